from odoo import models


class LoyaltyCard(models.Model):
    """Coupons that plays gave are used as often as they were given."""

    _inherit = "loyalty.card"

    def _filter_given(self):
        given = super()._filter_given()
        actions = self.env["customer.play.action"].sudo()
        return given | actions.search([("card_id", "in", self.ids)]).card_id
