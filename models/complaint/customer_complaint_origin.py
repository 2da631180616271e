from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerComplaint(models.Model):
    """What a complaint is about: the line ordered, invoiced or delivered, and who did it."""

    _inherit = "customer.complaint"

    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('display_type', '=', False),"
        " ('order_id.partner_id.commercial_partner_id', '=', customer_id)]",
    )
    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('display_type', '=', 'product'),"
        " ('move_id.commercial_partner_id', '=', customer_id),"
        " ('move_id.move_type', 'in', ('out_invoice', 'out_receipt'))]",
    )
    picking_id = fields.Many2one(
        string="Delivery",
        comodel_name="stock.picking",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), '|',"
        " ('partner_id.commercial_partner_id', '=', customer_id),"
        " ('sale_id.partner_id.commercial_partner_id', '=', customer_id)]",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    lot_id = fields.Many2one(
        string="Lot/Serial Number",
        comodel_name="stock.lot",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=?', product_id)]",
    )
    concerned_user_id = fields.Many2one(
        string="Person concerned",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Whose work the customer complains about.",
    )

    @api.depends("order_line_id", "invoice_line_id", "lot_id")
    def _compute_product_id(self):
        """The product of the origin, unless somebody chose one."""
        for complaint in self:
            origin = complaint.order_line_id or complaint.invoice_line_id or complaint.lot_id
            complaint.product_id = complaint.product_id or origin.product_id

    @api.constrains("partner_id", "order_line_id", "invoice_line_id", "picking_id")
    def _check_origin_customer(self):
        """The documents a complaint is about are the customer's own."""
        for complaint in self.sudo():
            for customers in complaint._get_origin_customers():
                if complaint.customer_id and complaint.customer_id not in customers:
                    # Whose it is, is not told: the user may have no right to know.
                    raise ValidationError(
                        self.env._(
                            "The order, invoice or delivery is not of %(customer)s: choose a "
                            "document of the customer.",
                            customer=complaint.customer_id.display_name,
                        )
                    )

    def _get_origin_customers(self):
        """Return the customers of each document the complaint is about."""
        self.ensure_one()
        found = []
        if order := self.order_line_id.order_id:
            found.append(order.partner_id.commercial_partner_id)
        if move := self.invoice_line_id.move_id:
            found.append(move.commercial_partner_id)
        if picking := self.picking_id:
            # Goods may go to anybody's address: they are still delivered to who ordered them.
            customers = picking.sale_id.partner_id.commercial_partner_id
            found.append(customers | picking.partner_id.commercial_partner_id)
        return found

    @api.constrains("product_id", "lot_id", "order_line_id", "invoice_line_id")
    def _check_origin_product(self):
        for complaint in self.sudo().filtered("product_id"):
            for origin in (complaint.lot_id, complaint.order_line_id, complaint.invoice_line_id):
                if origin.product_id and origin.product_id != complaint.product_id:
                    raise ValidationError(
                        self.env._(
                            "The complaint is about %(product)s, what it refers to is not: "
                            "choose the same product.",
                            product=complaint.product_id.display_name,
                        )
                    )

    def _get_origin_order(self):
        """Return the sales order the complaint is about, as far as it can be told."""
        self.ensure_one()
        complaint = self.sudo()
        order = complaint.order_line_id.order_id or complaint.picking_id.sale_id
        return order or complaint.invoice_line_id.sale_line_ids.order_id[:1]

    def _get_origin_invoices(self):
        """Return the posted invoices the complaint is about."""
        self.ensure_one()
        complaint = self.sudo()
        lines = complaint.invoice_line_id or complaint.order_line_id.invoice_lines
        moves = lines.move_id or self._get_origin_order().invoice_ids
        return moves.filtered(lambda m: m.state == "posted" and m.move_type == "out_invoice")

    def _get_origin_pickings(self):
        """Return the done deliveries the complaint is about."""
        self.ensure_one()
        complaint = self.sudo()
        pickings = complaint.picking_id or complaint.order_line_id.move_ids.picking_id
        pickings = pickings or self._get_origin_order().picking_ids
        return pickings.filtered(
            lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
        )

    def _is_about(self, line):
        """Whether a line of an order or invoice, or a move of goods, is what it is about."""
        self.ensure_one()
        named = self.invoice_line_id | self.order_line_id.invoice_lines
        if line._name == "account.move.line" and named:
            return line in named
        if line._name == "stock.move" and self.order_line_id:
            return line.sale_line_id == self.order_line_id
        return bool(self.product_id) and line.product_id == self.product_id
