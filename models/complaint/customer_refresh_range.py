from odoo import api, models
from odoo.tools import SQL


class CustomerRefreshRange(models.Model):
    """Customers whose only trace is a complaint are customers too."""

    _inherit = "customer.refresh.range"

    @api.model
    def _get_customer_sql(self, company):
        return SQL(
            """%s
                UNION
               SELECT c.customer_id
                 FROM customer_complaint c
                WHERE %s AND c.customer_id IS NOT NULL""",
            super()._get_customer_sql(company),
            company._where_counted(SQL("c.company_id")),
        )
