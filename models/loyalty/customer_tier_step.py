from odoo import api, fields, models


class CustomerTierStepMixin(models.AbstractModel):
    """A decision of a manager on the tier of one customer: until when, and why."""

    _name = "customer.tier.step.mixin"
    _description = "Step on a Tier"
    _inherit = ["customer.gate.mixin", "customer.date.bounds.mixin"]

    profile_id = fields.Many2one(
        string="Customer",
        comodel_name="customer.profile",
        required=True,
        ondelete="cascade",
        readonly=True,
        default=lambda self: self._default_profile_id(),
    )
    earned_tier_id = fields.Many2one(
        string="Earned tier", related="profile_id.earned_tier_id", related_sudo=False
    )
    until_date = fields.Date(string="Until", required=True)
    reason = fields.Char(required=True, help="Kept in the tier history of the customer.")

    @api.model
    def _default_profile_id(self):
        is_profile = self.env.context.get("active_model") == "customer.profile"
        return is_profile and self.env.context.get("active_id")

    def _get_decided_profile(self):
        """Return (the profile as it may be changed, the day it is for its company)."""
        self.ensure_one()
        profile = self.profile_id._get_for_tier_change()
        return profile, profile._get_today(profile.company_id)
