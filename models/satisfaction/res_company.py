from math import inf

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_SETTINGS

WEIGHTS = ("rating", "nps", "gap", "delivery", "complaints")


class ResCompany(models.Model):
    """How satisfaction is measured: weights of the components, half-life, limits of the states."""

    _inherit = "res.company"

    customer_satisfaction_weight_rating = fields.Float(
        string="Weight of ratings", default=30, groups=GROUPS_SETTINGS
    )
    customer_satisfaction_weight_nps = fields.Float(
        string="Weight of likely to recommend", default=20, groups=GROUPS_SETTINGS
    )
    customer_satisfaction_weight_gap = fields.Float(
        string="Weight of perception against expectation", default=20, groups=GROUPS_SETTINGS
    )
    customer_satisfaction_weight_delivery = fields.Float(
        string="Weight of deliveries", default=15, groups=GROUPS_SETTINGS
    )
    customer_satisfaction_weight_complaints = fields.Float(
        string="Weight of complaints", default=15, groups=GROUPS_SETTINGS
    )
    customer_satisfaction_half_life = fields.Integer(
        string="Half-life of satisfaction",
        default=180,
        help="Days after which an answer or a delivery counts half.",
        groups=GROUPS_SETTINGS,
    )
    customer_satisfaction_delighted = fields.Float(
        string="Delighted from", default=85, help="Score, 0 to 100.", groups=GROUPS_SETTINGS
    )
    customer_satisfaction_satisfied = fields.Float(
        string="Dissatisfied below", default=60, help="Score, 0 to 100.", groups=GROUPS_SETTINGS
    )
    customer_satisfaction_gap = fields.Float(
        string="As expected up to a gap of",
        default=0.25,
        help="Levels, 0 to 4: a mean gap above it delights, one below its negative disappoints.",
        groups=GROUPS_SETTINGS,
    )

    @api.model
    def _get_refresh_settings(self):
        return super()._get_refresh_settings() | {
            *(f"customer_satisfaction_weight_{name}" for name in WEIGHTS),
            *("customer_satisfaction_half_life", "customer_satisfaction_gap"),
            *("customer_satisfaction_delighted", "customer_satisfaction_satisfied"),
        }

    @api.constrains(
        *(f"customer_satisfaction_weight_{name}" for name in WEIGHTS),
        "customer_satisfaction_half_life",
        "customer_satisfaction_delighted",
        "customer_satisfaction_satisfied",
        "customer_satisfaction_gap",
    )
    def _check_customer_satisfaction(self):
        for company in self.sudo():
            weights = [company[f"customer_satisfaction_weight_{name}"] for name in WEIGHTS]
            # "Not a number" is neither negative nor a weight.
            if not all(0 <= weight < inf for weight in weights) or not sum(weights):
                message = self.env._(
                    "Satisfaction settings of %(company)s: the weights cannot be negative, and "
                    "one of them must be above 0.",
                    company=company.name,
                )
                raise ValidationError(message)
            if company.customer_satisfaction_half_life < 1:
                message = self.env._(
                    "Satisfaction settings of %(company)s: the half-life is one day at least.",
                    company=company.name,
                )
                raise ValidationError(message)
            low = company.customer_satisfaction_satisfied
            high = company.customer_satisfaction_delighted
            if not 0 <= low <= high <= 100 or not 0 <= company.customer_satisfaction_gap <= 4:
                message = self.env._(
                    "Satisfaction settings of %(company)s: “Dissatisfied below” may not be above "
                    "“Delighted from”, both are 0 to 100, and the gap is 0 to 4 levels.",
                    company=company.name,
                )
                raise ValidationError(message)
