from odoo import api, models

TRACKED_FIELDS = {
    "state",
    "partner_id",
    "company_id",
    "currency_id",
    "pricelist_id",
    "date_order",
    "commitment_date",
    "order_line",
    "locked",
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        self.env["customer.refresh.queue"]._enqueue(orders._get_customer_pairs(), "order")
        return orders

    def write(self, vals):
        if TRACKED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self._get_customer_pairs()
        result = super().write(vals)
        pairs = before | self._get_customer_pairs()
        self.env["customer.refresh.queue"]._enqueue(pairs, "order")
        return result

    def unlink(self):
        pairs = self._get_customer_pairs()
        result = super().unlink()
        self.env["customer.refresh.queue"]._enqueue(pairs, "order")
        return result

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the orders and quotations."""
        return {
            (order.partner_id.commercial_partner_id.id, order.company_id.id)
            for order in self.sudo()
        }
