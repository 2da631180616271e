from odoo import api, models

# What tells of a posted line when it is due, what it sells and of which order.
SOLD_FIELDS = {"date_maturity", "product_id", "quantity", "product_uom_id", "sale_line_ids"}


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
        if not SOLD_FIELDS.isdisjoint(vals):
            self.move_id._queue_customers()
        if not {"quantity", "sale_line_ids"}.isdisjoint(vals):
            self._queue_order_customers()
        return result

    def unlink(self):
        orders = self.sudo().sale_line_ids.order_id
        result = super().unlink()
        orders._queue_customers()
        return result

    def _queue_order_customers(self):
        """What is drafted on an invoice is no longer open on the order."""
        self.sudo().sale_line_ids.order_id._queue_customers()
