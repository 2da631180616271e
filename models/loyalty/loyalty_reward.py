from odoo import models


class LoyaltyReward(models.Model):
    """The product a reward is booked with is money on an invoice, not goods."""

    _name = "loyalty.reward"
    _inherit = ["customer.refresh.source.mixin", "loyalty.reward"]

    _refresh_reason = "loyalty"
    _refresh_fields = frozenset({"discount_line_product_id"})

    def _get_customer_pairs(self):
        """Return (customer id, company id) of who bought with these products."""
        return self._get_buyer_pairs(self.sudo().discount_line_product_id)
