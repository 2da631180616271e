from odoo import models


class StockMove(models.Model):
    """New deliveries for customers whose tier is delivered first are urgent."""

    _inherit = "stock.move"

    def _get_new_picking_values(self):
        """Make a new transfer urgent where an order of it is of such a customer.

        Transfers come of confirmed orders; posting an invoice makes none.
        """
        values = super()._get_new_picking_values()
        orders = self.sudo().sale_line_id.order_id
        if orders and any(orders._get_customer_tiers().mapped("benefit_is_priority")):
            values["priority"] = "1"
        return values
