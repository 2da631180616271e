from odoo import models


class StockMoveLine(models.Model):
    """Corrections of finished deliveries: Odoo recomputes the move without writing to it."""

    _name = "stock.move.line"
    _inherit = ["customer.refresh.source.mixin", "stock.move.line"]

    _refresh_reason = "delivery"
    _refresh_fields = frozenset({"quantity", "product_uom_id", "move_id"})

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the finished moves the lines belong to."""
        return self.sudo().move_id.filtered(lambda move: move.state == "done")._get_customer_pairs()
