from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CustomerComplaintResolution(models.Model):
    """A replacement: a quotation with the goods, free of charge or at their price."""

    _inherit = "customer.complaint.resolution"

    is_free = fields.Boolean(
        string="Free of charge", default=True, help="Else at the price of the lines."
    )

    def _get_price_currency_replacement(self):
        complaint = self.complaint_id
        line = complaint.order_line_id or complaint.invoice_line_id
        return line.currency_id or self._get_price_currency()

    def _is_amount_unknown_replacement(self):
        """Goods with neither list price nor cost need approval wherever there is a limit."""
        return any(line.quantity > 0 and not line._get_listed_amount() for line in self.line_ids)

    def _propose_lines_replacement(self):
        """Propose what the complaint is about, at its price: that is what is given.

        In the unit of the product, in which the quotation is made: two dozen are 24.
        """
        complaint = self.complaint_id.sudo()
        line = complaint.order_line_id or complaint.invoice_line_id
        product = complaint.product_id
        if not product:
            return []
        quantity = line.product_uom_qty if line._name == "sale.order.line" else line.quantity
        unit = line.product_uom_id or product.uom_id
        quantity = unit._compute_quantity(quantity, product.uom_id)
        price = unit._compute_price(line.price_unit, product.uom_id)
        return [
            {
                "product_id": product.id,
                "name": product.display_name,
                "quantity": (line and quantity) or 1,
                "price_unit": price if line else product.list_price,
                "discount": line.discount if line else 0,
            }
        ]

    def _check_replacement(self):
        self._check()
        if any(line.quantity > 0 and not line.product_id for line in self.line_ids):
            raise UserError(self.env._("Choose a product in every line that is replaced."))
        if not self.complaint_id.partner_id:
            raise UserError(self.env._("Choose the contact of the complaint first."))

    def _may_make_replacement(self):
        return self.env["sale.order"].has_access("create")

    def _make_replacement(self):
        """Create the quotation with the rights of the user; confirming it remains theirs."""
        complaint = self.complaint_id
        origin = complaint._get_origin_order()
        values = {
            "partner_id": (origin.partner_id or complaint.partner_id).id,
            "company_id": self.company_id.id,
            "origin": complaint.name,
            "client_order_ref": self.reason or complaint.name,
        }
        if origin:
            values["partner_shipping_id"] = origin.partner_shipping_id.id
        order = self.env["sale.order"].with_company(self.company_id).create(values)
        order.order_line = [
            Command.create(self._prepare_order_line(line, order))
            for line in self.line_ids
            if line.quantity > 0
        ]
        return order

    def _prepare_order_line(self, line, order):
        """Return the values of an order line, in the currency of the order."""
        today = fields.Date.context_today(self)
        price = line.currency_id._convert(
            line.price_unit, order.currency_id, self.company_id, today, round=False
        )
        return {
            "product_id": line.product_id.id,
            "product_uom_qty": line.quantity,
            "price_unit": 0 if self.is_free else price,
            "discount": 0 if self.is_free else line.discount,
        }
