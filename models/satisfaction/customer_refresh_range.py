from odoo import api, models
from odoo.tools import SQL


class CustomerRefreshRange(models.Model):
    """Customers whose only trace is an answer are customers too."""

    _inherit = "customer.refresh.range"

    @api.model
    def _get_customer_sql(self, company):
        return SQL(
            """%(others)s
                UNION
               SELECT f.customer_id
                 FROM customer_feedback f
                WHERE %(companies)s AND f.is_void IS NOT TRUE AND f.customer_id IS NOT NULL""",
            others=super()._get_customer_sql(company),
            companies=company._where_counted(SQL("f.company_id")),
        )
