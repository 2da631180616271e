from odoo import models


class LoyaltyRule(models.Model):
    """The products gift cards and e-wallets are sold as are money on an invoice, not goods."""

    _name = "loyalty.rule"
    _inherit = ["customer.refresh.source.mixin", "loyalty.rule"]

    _refresh_reason = "loyalty"
    _refresh_fields = frozenset({"product_ids"})

    def _get_customer_pairs(self):
        """Return (customer id, company id) of who bought with these products."""
        return self._get_buyer_pairs(self.sudo().product_ids)
