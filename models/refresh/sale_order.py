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
        """Return (customer id, company id) of whoever the orders and quotations may count for.

        Of all candidates: which one it is may just have changed with an invoice.
        """
        return {
            (customer.id, order.company_id.id)
            for order in self.sudo()
            for customer in (
                order.partner_id | order.customer_moved_from_id | order._get_invoiced_customers()
            ).commercial_partner_id
        }
