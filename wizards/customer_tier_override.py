from odoo import fields, models
from odoo.exceptions import UserError


class CustomerTierOverride(models.TransientModel):
    """Give one customer a tier by hand, for a limited time and with a reason."""

    _name = "customer.tier.override"
    _description = "Set a Tier by Hand"
    _inherit = "customer.tier.step.mixin"

    company_id = fields.Many2one(related="profile_id.company_id", related_sudo=False)
    current_tier_id = fields.Many2one(
        string="Tier now", related="profile_id.tier_id", related_sudo=False
    )
    tier_id = fields.Many2one(
        string="New tier",
        comodel_name="customer.tier",
        required=True,
        ondelete="cascade",
        domain="[('company_id', '=', company_id)]",
    )
    until_date = fields.Date(
        help="The last day of this tier; on the next day the earned tier returns."
    )

    def action_apply(self):
        """Set the tier now and log the change. Public: button.

        :raise AccessError: for users who are not managers
        :raise UserError: when the last day has passed, or the tier is of another company
        """
        profile, today = self._get_decided_profile()
        if self.until_date < today:
            raise UserError(
                self.env._(
                    "The manual tier of %(customer)s would have ended already on %(date)s: "
                    "choose today or a later day.",
                    customer=profile.display_name,
                    date=self.until_date,
                )
            )
        if self.tier_id.company_id != profile.company_id:
            raise UserError(
                self.env._(
                    "Tier %(tier)s belongs to %(company)s: choose one of the customer's company.",
                    tier=self.tier_id.name,
                    company=self.tier_id.company_id.name,
                )
            )
        profile.write(
            {
                "override_tier_id": self.tier_id.id,
                "override_until_date": self.until_date,
                "override_reason": self.reason,
                "override_user_id": self.env.uid,
            }
        )
        profile._apply_tier(
            today, {"reason": "override", "note": self.reason, "user_id": self.env.uid}
        )
        return {"type": "ir.actions.act_window_close"}
