from odoo import models


class AccountMoveLine(models.Model):
    """What a product line of an invoice would cost by a pricelist."""

    _inherit = "account.move.line"

    def _is_priced_by_tier(self):
        """Whether it is a product of the invoice's own; lines of an order have its price."""
        return (
            self.display_type == "product" and bool(self.product_id) and not self.sale_line_ids
        ) and self.quantity > 0

    def _get_discounted_price(self):
        return self.price_unit * (1 - self.discount / 100)

    def _get_tier_price(self, pricelist):
        """Return the price of a unit by a pricelist, in the currency of the invoice."""
        move = self.move_id
        price = pricelist.sudo()._get_product_price(
            self.product_id,
            self.quantity,
            currency=move.currency_id,
            uom=self.product_uom_id,
            date=move.invoice_date or False,
        )
        taxes = self.product_id.taxes_id.filtered(lambda tax: tax.company_id == move.company_id)
        return self.product_id._get_tax_included_unit_price_from_price(
            price, taxes, fiscal_position=move.fiscal_position_id
        )
