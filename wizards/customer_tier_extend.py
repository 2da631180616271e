from odoo import fields, models
from odoo.exceptions import UserError

from ..models.calendar.reader_date import format_numeric_day


class CustomerTierExtend(models.TransientModel):
    """Keep the earned tier of one customer longer than its period, with a reason."""

    _name = "customer.tier.extend"
    _description = "Keep a Tier Longer"
    _inherit = "customer.tier.step.mixin"

    tier_until_date = fields.Date(
        string="Kept until now", related="profile_id.tier_until_date", related_sudo=False
    )
    until_date = fields.Date(
        string="Keep until",
        help="The earned tier cannot fall before this day plus the grace days of the company.",
    )

    def action_apply(self):
        """Prolong the period of the earned tier and log it. Public: button.

        :raise AccessError: for users who are not managers
        :raise UserError: without an earned tier, or when the day does not prolong its period
        """
        profile, today = self._get_decided_profile()
        if not profile.earned_tier_id:
            raise UserError(
                self.env._(
                    "%(customer)s has earned no tier that could be kept longer: set one by hand.",
                    customer=profile.display_name,
                )
            )
        last = profile.tier_until_date
        if self.until_date <= max(today, last or today):
            raise UserError(
                self.env._(
                    "The tier is kept until %(day)s already: choose a later day.",
                    day=format_numeric_day(self.env, max(today, last or today)),
                )
            )
        profile._extend_tier(self.until_date, self.reason, self.env.user, today)
        return {"type": "ir.actions.act_window_close"}
