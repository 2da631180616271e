from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerTier(models.Model):
    """A tier may ask for satisfied customers; one without a score does not meet that rule."""

    _inherit = "customer.tier"

    min_satisfaction = fields.Integer(
        string="Satisfaction at least",
        help="Score from 0 to 100; 0 means no rule. A customer without a score does not meet it.",
        aggregator=None,
    )

    @api.constrains("min_satisfaction")
    def _check_min_satisfaction(self):
        for tier in self:
            if not 0 <= tier.min_satisfaction <= 100:
                raise ValidationError(
                    self.env._(
                        "Satisfaction is a score from 0 to 100: enter a number in between for "
                        "tier %(tier)s, or 0 to switch the rule off.",
                        tier=tier.name,
                    )
                )
