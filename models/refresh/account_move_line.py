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
        """Queue the customer when a due date of a posted invoice or an ordered part changes.

        And when what an entry stands for does: its account, or whose it is. An order that loses
        its invoice may be somebody else's from then on.
        """
        orders = self.sudo().sale_line_ids.order_id if "sale_line_ids" in vals else ()
        moved = not {"account_id", "partner_id"}.isdisjoint(vals)
        before = self.move_id._get_pairs_before() if moved else frozenset()
        result = super().write(vals)
        if moved or not SOLD_FIELDS.isdisjoint(vals):
            self.move_id._queue_customers(before)
        if not {"quantity", "sale_line_ids"}.isdisjoint(vals):
            self._queue_order_customers()
        if orders:
            orders._queue_customers()
        return result

    def unlink(self):
        orders = self.sudo().sale_line_ids.order_id
        result = super().unlink()
        orders._queue_customers()
        return result

    def _queue_order_customers(self):
        """What is drafted on an invoice is no longer open on the order."""
        self.sudo().sale_line_ids.order_id._queue_customers()

    def _get_receivable_pairs(self):
        """Return (customer id, company id) of the posted receivable lines of plain entries."""
        return {
            (line.partner_id.commercial_partner_id.id, line.company_id.id)
            for line in self.sudo()
            if line.partner_id
            and line.parent_state == "posted"
            and line.move_id.move_type == "entry"
            and line.account_id.account_type == "asset_receivable"
        }
