from odoo import models
from odoo.exceptions import UserError


class LoyaltyCardUpdateBalance(models.TransientModel):
    """A correction of points by hand: with a reason, by who may, of the balance as it is now."""

    _inherit = "loyalty.card.update.balance"

    def action_update_card_point(self):
        """Change the balance.

        :raise AccessError: for users who may not correct points from paid invoices, or of gifts
        :raise ValidationError: for a balance that is negative, or the same
        :raise UserError: without a reason
        """
        cards = self.card_id._filter_guarded()
        if not cards:
            return super().action_update_card_point()
        cards = self.env["loyalty.card"]
        cards._check_points_right()
        if not all((wizard.description or "").strip() for wizard in self):
            raise UserError(
                self.env._("Say why the points are corrected: fill in the description.")
            )
        self.card_id._lock_points()
        wizard = self.with_env(cards._allow_points().env)
        result = super(LoyaltyCardUpdateBalance, wizard).action_update_card_point()
        self.card_id._filter_points()._note_points()
        return result
