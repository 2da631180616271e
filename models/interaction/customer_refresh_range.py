from odoo import api, models
from odoo.tools import SQL


class CustomerRefreshRange(models.Model):
    """Customers whose only trace is an interaction are customers too."""

    _inherit = "customer.refresh.range"

    @api.model
    def _get_customer_sql(self, company):
        return SQL(
            """%s
                UNION
               SELECT i.customer_id
                 FROM customer_interaction i
                WHERE %s AND i.customer_id IS NOT NULL""",
            super()._get_customer_sql(company),
            company._where_counted(SQL("i.company_id")),
        )
