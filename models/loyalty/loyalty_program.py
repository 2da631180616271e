from odoo import models


class LoyaltyProgram(models.Model):
    """The type of a program tells whether its products are money or goods."""

    _name = "loyalty.program"
    _inherit = ["customer.refresh.source.mixin", "loyalty.program"]

    _refresh_reason = "loyalty"
    _refresh_fields = frozenset({"program_type"})

    def _get_customer_pairs(self):
        """Return (customer id, company id) of who bought with these products."""
        return self._get_buyer_pairs(self.sudo().rule_ids.product_ids)
