from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CustomerComplaintResolution(models.Model):
    """A replacement: a quotation with the goods, free of charge or at their price."""

    _inherit = "customer.complaint.resolution"

    is_free = fields.Boolean(
        string="Free of charge", default=True, help="Else at the price of the lines."
    )

    def _propose_lines_replacement(self):
        """Propose what the complaint is about, at its price: that is what is given."""
        complaint = self.complaint_id.sudo()
        line = complaint.order_line_id or complaint.invoice_line_id
        product = complaint.product_id
        if not product:
            return []
        quantity = line.product_uom_qty if line._name == "sale.order.line" else line.quantity
        return [
            {
                "product_id": product.id,
                "name": product.display_name,
                "quantity": (line and quantity) or 1,
                "price_unit": line.price_unit if line else product.list_price,
                "discount": line.discount if line else 0,
                "currency_id": (line or product).currency_id.id,
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
            "order_line": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "product_uom_qty": line.quantity,
                        "price_unit": 0 if self.is_free else line.price_unit,
                        "discount": 0 if self.is_free else line.discount,
                    }
                )
                for line in self.line_ids
                if line.quantity > 0
            ],
        }
        if origin:
            values["partner_shipping_id"] = origin.partner_shipping_id.id
        return self.env["sale.order"].with_company(self.company_id).create(values)
