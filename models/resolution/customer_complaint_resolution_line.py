from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# More is a slip of the pen, or an attempt; "not a number" is outside, too.
MAX_QUANTITY = 1_000_000
MAX_PRICE = 10**12


class CustomerComplaintResolutionLine(models.Model):
    """One product, quantity and price of what is given for a complaint."""

    _name = "customer.complaint.resolution.line"
    _description = "Line of a Complaint's Resolution"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "resolution_id, id"
    _document_fields = ("invoice_line_id", "move_id", "product_id")
    _guarded_fields = frozenset({"amount", "currency_id", "company_id"})

    resolution_id = fields.Many2one(
        comodel_name="customer.complaint.resolution",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="resolution_id.company_id", store=True, index=True)
    product_id = fields.Many2one(comodel_name="product.product", ondelete="restrict")
    name = fields.Char(string="Description")
    quantity = fields.Float(digits="Product Unit", default=1)
    price_unit = fields.Float(
        string="Price", digits="Product Price", help="Of one unit, without discount."
    )
    discount = fields.Float(string="Discount %", digits="Discount")
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        help="Of the price: that of the document the line is from or for.",
    )
    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line", ondelete="cascade", readonly=True
    )
    move_id = fields.Many2one(comodel_name="stock.move", ondelete="cascade", readonly=True)
    amount = fields.Float(
        compute="_compute_amount",
        store=True,
        help="Quantity × price, without taxes, in the currency of the company.",
    )

    @api.depends("resolution_id.kind", "resolution_id.invoice_id", "resolution_id.picking_id")
    def _compute_currency_id(self):
        for line in self:
            line.currency_id = line.resolution_id._call_kind("get_price_currency")

    @api.depends("quantity", "price_unit", "discount", "currency_id", "invoice_line_id")
    def _compute_amount(self):
        for line in self:
            line.amount = line._convert(line._get_untaxed_amount())

    def _convert(self, amount, currency=None):
        """Return an amount in the currency of the company, at the rate of today."""
        company = self.resolution_id.complaint_id.company_id or self.env.company
        source = currency or self.currency_id or company.currency_id
        today = fields.Date.context_today(self)
        return source._convert(amount, company.currency_id, company, today)

    @api.constrains("quantity", "price_unit", "discount")
    def _check_bounds(self):
        """Below 0 is only what the invoice itself takes off, such as a down payment."""
        limits = {"quantity": MAX_QUANTITY, "price_unit": MAX_PRICE, "discount": 100}
        for line in self:
            original = line.sudo().invoice_line_id
            for name, most in limits.items():
                if not min(original[name], 0) <= line[name] <= most:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of %(product)s must be between 0 and %(most)s.",
                            field=self._fields[name]._description_string(self.env),
                            product=line.name or line.product_id.display_name or "",
                            most=f"{most:,}",
                        )
                    )

    def _get_untaxed_amount(self):
        """Return quantity x price without taxes, in the currency of the price, not rounded.

        Where prices include the taxes of the invoice line, they are taken off.
        """
        self.ensure_one()
        return self.quantity * self._get_net_price() * self._get_untaxed_share()

    def _get_net_price(self):
        return self.price_unit * (1 - self.discount / 100)

    def _get_untaxed_share(self):
        """Return the share of the price that is left without the taxes it includes.

        Of the price asked for, not of the one invoiced: taxes of a fixed amount are no share.
        """
        line, price = self.sudo().invoice_line_id, self._get_net_price()
        if self.resolution_id.kind != "credit" or not line.tax_ids or not price:
            return 1
        taxes = line.tax_ids.with_context(round_base=False).compute_all(
            price,
            line.currency_id,
            product=line.product_id,
            partner=line.partner_id,
            rounding_method="round_globally",
        )
        return taxes["total_excluded"] / price

    def _get_approval_amount(self):
        """Return quantity x the higher of price and list price, in company currency of today.

        Before the discount, without included taxes; no line makes another smaller.
        """
        self.ensure_one()
        price = self._convert(max(self.quantity, 0) * self.price_unit)
        return max(price, self._get_listed_amount()) * max(self._get_untaxed_share(), 0)

    def _get_listed_amount(self):
        """Return quantity x list price, or cost of goods that have none; in company currency.

        What is typed on the line is only the word of who asks. A line of an invoice or delivery
        is in their unit, the list price in that of the product.
        """
        line = self.sudo()
        product = line.product_id.with_company(self.company_id)
        unit = line.invoice_line_id.product_uom_id or line.move_id.product_uom or product.uom_id
        quantity = unit._compute_quantity(max(self.quantity, 0), product.uom_id, round=False)
        price, currency = product.lst_price, product.currency_id
        if not price:
            price, currency = product.standard_price, product.cost_currency_id
        return self._convert(quantity * price, currency)

    def _is_own_document(self, name, document, values):
        """What a line refers to belongs to what the resolution refers to."""
        if name == "product_id":
            named = self._get_given(values, "invoice_line_id").product_id
            return document in (named | self._get_given(values, "move_id").product_id)
        is_invoiced = name == "invoice_line_id"
        field = "invoice_id" if is_invoiced else "picking_id"
        origin = document.move_id if is_invoiced else document.picking_id
        form = values.get("resolution_id")
        form = form if isinstance(form, dict) else {}
        resolution = self._get_given(values, "resolution_id")
        form = resolution.with_env(self.env)._blank_hidden(form)
        chosen = resolution._get_given(form, field) or origin
        return chosen == origin and resolution._is_own_document(field, origin, form)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        self._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self._check_open()

    def _check_open(self):
        """What was asked for or approved stays as it is, also if it is asked for right now.

        An update, not only a lock: whoever confirms at the same time begins anew, or we do.
        """
        if self.env.su or not self:
            return
        self.check_access("write")
        self.env.cr.execute(
            SQL(
                "UPDATE customer_complaint_resolution SET id = id WHERE id = ANY(%s)",
                self.sudo().resolution_id.ids,
            )
        )
        if any(line.resolution_id.state != "draft" for line in self):
            self.resolution_id._refuse_guarded()

    def _prepare_amounts(self):
        return {
            "quantity": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
        }

    def _prepare_document_line(self):
        """Return the values of a line of a credit note."""
        values = {"product_id": self.product_id.id, **self._prepare_amounts()}
        return {**values, "name": self.name} if self.name else values
