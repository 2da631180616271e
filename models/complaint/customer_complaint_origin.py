from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize

# What hangs on a record by model and id: (model, field with the model, field with the id)
ATTACHED = (
    ("mail.message", "model", "res_id"),
    ("mail.activity", "res_model", "res_id"),
    ("ir.attachment", "res_model", "res_id"),
    ("customer.interaction", "res_model", "res_id"),
)


class CustomerComplaint(models.Model):
    """What a complaint is about: the line ordered, invoiced or delivered, and who did it.

    Complaints told twice: one goes on, with all that was said in the others.
    """

    _inherit = "customer.complaint"
    _document_fields = ("order_line_id", "invoice_line_id", "picking_id")

    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('display_type', '=', False),"
        " '|', ('order_id.customer_counted_for_id', '=', customer_id),"
        " '&', ('order_id.customer_moved_from_id', '=', False),"
        " ('order_id.partner_id.commercial_partner_id', '=', customer_id)]",
    )
    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id), ('display_type', '=', 'product'),"
        " ('move_id.commercial_partner_id.commercial_partner_id', '=', customer_id),"
        " ('move_id.move_type', 'in', ('out_invoice', 'out_receipt'))]",
    )
    picking_id = fields.Many2one(
        string="Delivery",
        comodel_name="stock.picking",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        domain="[('company_id', '=', company_id),"
        " '|', ('customer_counted_for_id', '=', customer_id),"
        " '&', ('customer_moved_from_id', '=', False),"
        " ('partner_id.commercial_partner_id', '=', customer_id)]",
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
    duplicate_of_id = fields.Many2one(
        comodel_name="customer.complaint",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    duplicate_ids = fields.One2many(
        string="Duplicates", comodel_name="customer.complaint", inverse_name="duplicate_of_id"
    )

    def _get_named_customer(self, values):
        """Return the customer as it is with what is given, with all rights."""
        if "partner_id" in values:
            return self._get_given(values, "partner_id").commercial_partner_id
        return self.sudo().customer_id

    def _is_own_document(self, name, document, values):
        customer = self._get_named_customer(values)
        company = self._get_given(values, "company_id") or self.env.company
        if name == "order_line_id":
            return document.order_id._is_of_customer(customer, company)
        if name == "invoice_line_id":
            move = document.move_id
            is_sold = move.state == "posted" and move.move_type in ("out_invoice", "out_receipt")
            is_line = document.display_type == "product"
            return is_sold and is_line and move._is_of_customer(customer, company)
        return document._is_of_customer(customer, company)

    def _get_customers(self):
        """Return the customers of complaints."""
        return self.customer_id

    def _refuse_named(self, names, values):
        """Tell of documents that are not the customer's the same, whoever may read them."""
        customer = self._get_named_customer(values)[:1]
        if customer and set(names) <= set(self._document_fields):
            self._refuse_origin(customer)
        return super()._refuse_named(names, values)

    def _refuse_origin(self, customer):
        # Whose it is, is not told: the user may have no right to know.
        raise ValidationError(
            self.env._(
                "The order, invoice or delivery is not of %(customer)s: choose a document of the "
                "customer.",
                customer=customer._get_plain_name(),
            )
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
                    self._refuse_origin(complaint.customer_id)

    def _get_origin_customers(self):
        """Return the customers of each document the complaint is about."""
        self.ensure_one()
        found = []
        if order := self.order_line_id.order_id:
            found.append(order._get_customers())
        if move := self.invoice_line_id.move_id:
            found.append(move.commercial_partner_id.commercial_partner_id)
        if picking := self.picking_id:
            # Goods may go to anybody's address: they are still delivered to who ordered them.
            found.append(picking._get_customers())
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
        return moves.filtered(
            lambda move: move.state == "posted"
            and move.move_type == "out_invoice"
            and move._is_of_customer(complaint.customer_id, complaint.company_id)
        )

    def _get_origin_pickings(self):
        """Return the done deliveries the complaint is about."""
        self.ensure_one()
        complaint = self.sudo()
        pickings = complaint.picking_id or complaint.order_line_id.move_ids.picking_id
        pickings = pickings or self._get_origin_order().picking_ids
        return pickings.filtered(
            lambda picking: picking.state == "done"
            and picking.location_dest_id.usage == "customer"
            and picking._is_of_customer(complaint.customer_id, complaint.company_id)
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

    @api.constrains("duplicate_of_id", "company_id")
    def _check_duplicate_of_id(self):
        for complaint in (self | self.duplicate_ids).sudo().filtered("duplicate_of_id"):
            original = complaint.duplicate_of_id
            if (complaint.customer_id, complaint.company_id) != (
                original.customer_id,
                original.company_id,
            ):
                raise ValidationError(
                    self.env._(
                        "%(complaint)s can only be a duplicate of a complaint of the same customer "
                        "in the same company.",
                        complaint=complaint.display_name,
                    )
                )
            if complaint.duplicate_of_id == complaint or complaint.duplicate_of_id.duplicate_of_id:
                raise ValidationError(
                    self.env._(
                        "%(complaint)s cannot be a duplicate of this complaint: choose the one "
                        "that goes on.",
                        complaint=complaint.display_name,
                    )
                )

    def _merge_into(self, target):
        """Close complaints as duplicates of another, which takes over all that hangs on them.

        :raise UserError: when they are not of one customer and company
        """
        sources = self - target
        self._check_mergeable(sources, target)
        # Tracking values and messages are the history of who said what: they move, too.
        for model, model_field, id_field in ATTACHED:
            records = self.env[model].sudo().with_context(active_test=False)
            records = records.search(
                [(model_field, "=", self._name), (id_field, "in", sources.ids)]
            )
            records.write({id_field: target.id})
        followers = sources.message_partner_ids
        target.message_subscribe(partner_ids=followers.ids)
        # The documents made for them, too, which the user may have no right to read.
        target.sudo().write(sources.sudo()._prepare_merge_values(target.sudo()))
        strange = (sources | sources.duplicate_ids).filtered(
            lambda source: source.customer_id != target.customer_id
        )
        strange.write({"partner_id": target.partner_id.id})
        sources.sudo().duplicate_ids.write({"duplicate_of_id": target.id})
        sources.sudo().resolution_ids.write({"complaint_id": target.id})
        stage = self.env["customer.complaint.stage"]._get_solved()
        sources.write({"hours": 0})
        sources.sudo().write({"duplicate_of_id": target.id})
        sources.filtered(lambda c: not c.close_date).write({"stage_id": stage.id})
        for source in sources:
            link = target._get_html_link(title=target.display_name)
            source._message_log(body=self.env._("Merged into %(complaint)s.", complaint=link))
            link = source._get_html_link(title=source.display_name)
            target._message_log(body=self.env._("%(complaint)s was merged in.", complaint=link))

    @api.model
    def _check_mergeable(self, sources, target):
        together = sources | target
        if not sources:
            raise UserError(self.env._("Choose at least two complaints to merge."))
        if len(together.company_id) > 1 or len(together.customer_id) > 1:
            raise UserError(
                self.env._("Only complaints of one customer in one company can be merged.")
            )
        if not together._is_of_one_sender():
            raise UserError(
                self.env._(
                    "Somebody nobody knows yet has written one of these complaints: say who it "
                    "is, in the field “Contact”, and merge them then."
                )
            )
        if target.duplicate_of_id:
            raise UserError(
                self.env._(
                    "%(complaint)s is a duplicate itself: merge into %(original)s.",
                    complaint=target.display_name,
                    original=target.duplicate_of_id.display_name,
                )
            )

    def _is_of_one_sender(self):
        """Whether those who are no contacts yet have one address, and one of the customer."""
        addresses = {True: set(), False: set()}
        for complaint in self.sudo():
            address = email_normalize(complaint.email_from or "", strict=False)
            addresses[bool(complaint.customer_id)].add(address)
        unknown = addresses[False] - {False, ""} - addresses[True]
        customer, partners = self.sudo().customer_id, self.env["res.partner"].sudo()
        if not customer:
            return len(unknown) <= 1
        return all(
            customer
            in partners._find_customers_by_email(address, self.company_id).commercial_partner_id
            for address in unknown
        )

    def _release_duplicates(self):
        """Take apart what is no duplicate any more: it is another customer's."""
        for complaint in self | self.duplicate_ids:
            original = complaint.duplicate_of_id
            if original and original.customer_id != complaint.customer_id:
                complaint.duplicate_of_id = False
                complaint._message_log(
                    body=self.env._(
                        "No duplicate of %(complaint)s any more: the customer is another.",
                        complaint=original.name,
                    )
                )
