from odoo import api, models


class AccountMoveLine(models.Model):
    """What an invoice line changes for its customer queues the customer."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        """Queue the customer of an order that gets a draft invoice."""
        lines = super().create(vals_list)
        if any("sale_line_ids" in vals for vals in vals_list):
            lines._queue_order_customers()
        return lines

    def write(self, vals):
        """Queue the customer when a due date of a posted invoice or an ordered part changes."""
        result = super().write(vals)
        if "date_maturity" in vals:
            pairs = self.move_id._get_customer_pairs()
            self.env["customer.refresh.queue"]._enqueue(pairs, "due date")
        if not {"quantity", "sale_line_ids"}.isdisjoint(vals):
            self._queue_order_customers()
        return result

    def unlink(self):
        orders = self.sudo().sale_line_ids.order_id
        result = super().unlink()
        self.env["customer.refresh.queue"]._enqueue(orders._get_customer_pairs(), "order")
        return result

    def _queue_order_customers(self):
        """What is drafted on an invoice is no longer open on the order."""
        pairs = self.sudo().sale_line_ids.order_id._get_customer_pairs()
        self.env["customer.refresh.queue"]._enqueue(pairs, "order")
