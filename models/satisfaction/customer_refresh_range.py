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
               SELECT p.commercial_partner_id
                 FROM customer_feedback f JOIN res_partner p ON p.id = f.partner_id
                WHERE f.company_id = %(company)s AND f.is_void IS NOT TRUE""",
            others=super()._get_customer_sql(company),
            company=company.id,
        )
