from odoo import models
from odoo.exceptions import UserError


class LoyaltyGenerateWizard(models.TransientModel):
    """Cards given with points: by who may correct points, if these come from paid invoices."""

    _inherit = "loyalty.generate.wizard"

    def generate_coupons(self):
        """Make the cards.

        :raise AccessError: for users who may not correct points from paid invoices
        :raise UserError: without a reason
        """
        if not self.sudo().program_id.filtered("customer_points"):
            return super().generate_coupons()
        cards = self.env["loyalty.card"]
        cards._check_points_right()
        if not all((wizard.description or "").strip() for wizard in self):
            raise UserError(self.env._("Say why the points are given: fill in the description."))
        wizard = self.with_env(cards._allow_points().env)
        made = super(LoyaltyGenerateWizard, wizard).generate_coupons().with_env(self.env)
        made._filter_points()._note_points()
        return made
