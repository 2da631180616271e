from odoo import models

from ..guard.transaction_notes import watched


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Customers are asked about recent deliveries: the cron looks for them every hour.
    _customer_done_idx = models.Index("(company_id, date_done) WHERE state = 'done'")

    def write(self, vals):
        """Queue the customers when the address or the day of a finished transfer changes."""
        tracked = not {"partner_id", "date_done", "sale_id"}.isdisjoint(vals)
        queue = self.env["customer.refresh.queue"]
        if tracked:
            with watched(self.env, "stock.picking._get_customer_pairs"):
                queue._enqueue(self._get_customer_pairs(), "delivery")
        result = super().write(vals)
        if tracked:
            queue._note(self, "delivery")
        return result

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the finished transfers among the records."""
        done = self.sudo().filtered(lambda picking: picking.state == "done")
        return done.move_ids._get_customer_pairs()
