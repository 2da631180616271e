from odoo import models

TRACKED_FIELDS = {"state", "date", "date_deadline", "quantity", "product_uom"}


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        """Queue the customer when goods reach or leave them, or when a promise moves."""
        result = super().write(vals)
        if not TRACKED_FIELDS.isdisjoint(vals) and self._is_customer_news(vals):
            self.env["customer.refresh.queue"]._note(self, "delivery")
        return result

    def _is_customer_news(self, vals):
        """Tell whether a write may change delivery facts: not while moves are being planned."""
        return (
            vals.get("state") in ("done", "cancel")
            or "date_deadline" in vals
            or (
                not {"date", "quantity", "product_uom"}.isdisjoint(vals)
                and any(move.state == "done" for move in self)
            )
        )

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the moves to or from customers.

        And of the invoices of their order lines: what came back decides about what these sold.
        """
        moves = self.sudo().filtered(
            lambda move: "customer" in (move.location_id.usage, move.location_dest_id.usage)
        )
        pairs = moves.sale_line_id.invoice_lines.move_id._get_customer_pairs()
        for move in moves:
            order, picking = move.sale_line_id.order_id, move.picking_id
            own = picking.customer_moved_from_id or picking.partner_id
            customer = order.customer_counted_for_id or own.commercial_partner_id
            pairs.add((customer.id, move.company_id.id))
        return pairs
