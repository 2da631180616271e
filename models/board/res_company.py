from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_SETTINGS

MAX_CUSTOMERS_A_DAY = 100


class ResCompany(models.Model):
    """How many customers somebody can contact on one day."""

    _inherit = "res.company"

    customer_today_limit = fields.Integer(
        string="Customers a day",
        default=12,
        help="The page Today shows each person no more customers than this.",
        groups=GROUPS_SETTINGS,
    )

    @api.constrains("customer_today_limit")
    def _check_customer_today_limit(self):
        for company in self.sudo():
            if not 1 <= company.customer_today_limit <= MAX_CUSTOMERS_A_DAY:
                raise ValidationError(
                    self.env._(
                        "“Customers a day” of %(company)s must be between 1 and %(most)s.",
                        company=company.name,
                        most=MAX_CUSTOMERS_A_DAY,
                    )
                )
