from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Customers are asked about recent deliveries: the cron looks for them every hour.
    _customer_done_idx = models.Index("(company_id, date_done) WHERE state = 'done'")

    def write(self, vals):
        """Queue the customers when the address or the day of a finished transfer changes."""
        tracked = not {"partner_id", "date_done", "sale_id"}.isdisjoint(vals)
        before = self._get_customer_pairs() if tracked else set()
        result = super().write(vals)
        if tracked:
            pairs = before | self._get_customer_pairs()
            self.env["customer.refresh.queue"]._enqueue(pairs, "delivery")
        return result

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the finished transfers among the records."""
        done = self.sudo().filtered(lambda picking: picking.state == "done")
        return done.move_ids._get_customer_pairs()
