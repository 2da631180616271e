from odoo import api, models

TRACKED_FIELDS = {
    "product_id",
    "product_uom_qty",
    "product_uom_id",
    "price_unit",
    "discount",
    "tax_ids",
    "qty_delivered",
    "display_type",
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._queue_customers()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not TRACKED_FIELDS.isdisjoint(vals):
            self._queue_customers()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        self.env["customer.refresh.queue"]._enqueue(orders._get_customer_pairs(), "order")
        return result

    def _queue_customers(self):
        self.env["customer.refresh.queue"]._enqueue(self.order_id._get_customer_pairs(), "order")
