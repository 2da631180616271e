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
               SELECT p.commercial_partner_id
                 FROM customer_interaction i JOIN res_partner p ON p.id = i.partner_id
                WHERE i.company_id = %s""",
            super()._get_customer_sql(company),
            company.id,
        )
