from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..base.access import MANAGER


class CustomerProfile(models.Model):
    """Tiers set by hand: managers only, although nobody may write profiles."""

    _inherit = "customer.profile"

    def _get_for_tier_change(self):
        """Return the profile with the rights to change its tier.

        :raise AccessError: when the user is no manager, or may not see the profile
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers of Customer Value can set a tier by hand."))
        return self.sudo()

    def action_end_tier_override(self):
        """Let the earned tier return today. Public: button.

        :raise AccessError: for users who are not managers
        :raise UserError: when the tier was not set by hand
        """
        profile = self._get_for_tier_change()
        if not profile.override_tier_id:
            raise UserError(
                self.env._(
                    "The tier of %(customer)s was earned, there is no manual tier to end.",
                    customer=profile.display_name,
                )
            )
        today = profile._get_today(profile.company_id)
        profile.override_until_date = today - timedelta(days=1)
        decision = {"reason": "override_end", "user_id": self.env.uid}
        profile._apply_tier(today, decision | {"note": profile.override_reason})
        return True
