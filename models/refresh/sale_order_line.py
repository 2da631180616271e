from odoo import models


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["customer.refresh.source.mixin", "sale.order.line"]

    _refresh_reason = "order"
    _refresh_fields = frozenset(
        {
            "product_id",
            "product_uom_qty",
            "product_uom_id",
            "price_unit",
            "discount",
            "tax_ids",
            "qty_delivered",
            "display_type",
            "invoice_lines",
        }
    )

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the orders the lines belong to."""
        return self.order_id._get_customer_pairs()

    def write(self, vals):
        """Queue whose invoices gain or lose an order line, too: it tells what was given back."""
        if "invoice_lines" not in vals:
            return super().write(vals)
        moves = self.sudo().invoice_lines.move_id
        result = super().write(vals)
        (moves | self.sudo().invoice_lines.move_id)._queue_customers()
        return result
