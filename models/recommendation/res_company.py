from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_SETTINGS


class ResCompany(models.Model):
    """How long a recommendation stays out of sight after it was bought or rejected."""

    _inherit = "res.company"

    customer_recommendation_lookback_days = fields.Integer(
        string="Look-back of recommendations",
        default=90,
        help="A product that was bought or rejected is not recommended again for this many days; "
        "bought within as many days of being shown, a recommendation is a hit.",
        groups=GROUPS_SETTINGS,
    )

    @api.model
    def _get_refresh_settings(self):
        return super()._get_refresh_settings() | {"customer_recommendation_lookback_days"}

    @api.constrains("customer_recommendation_lookback_days")
    def _check_customer_recommendation_lookback_days(self):
        for company in self.sudo():
            if not 1 <= company.customer_recommendation_lookback_days <= 3650:
                raise ValidationError(
                    self.env._(
                        "The look-back of recommendations of %(company)s must be between 1 and "
                        "3,650 days.",
                        company=company.name,
                    )
                )
