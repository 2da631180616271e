from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["customer.refresh.source.mixin", "sale.order"]

    _refresh_reason = "order"
    _refresh_fields = frozenset(
        {
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
    )

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the orders and quotations."""
        return {
            (order.partner_id.commercial_partner_id.id, order.company_id.id)
            for order in self.sudo()
        }
