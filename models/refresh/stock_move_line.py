from odoo import api, models


class StockMoveLine(models.Model):
    """Corrections of finished deliveries: Odoo recomputes the move without writing to it."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._queue_customers()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not {"quantity", "product_uom_id", "move_id"}.isdisjoint(vals):
            self._queue_customers()
        return result

    def unlink(self):
        pairs = self._get_customer_pairs()
        result = super().unlink()
        self.env["customer.refresh.queue"]._enqueue(pairs, "delivery")
        return result

    def _queue_customers(self):
        self.env["customer.refresh.queue"]._enqueue(self._get_customer_pairs(), "delivery")

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the finished moves the lines belong to."""
        return self.sudo().move_id.filtered(lambda move: move.state == "done")._get_customer_pairs()
