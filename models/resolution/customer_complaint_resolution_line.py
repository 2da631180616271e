from odoo import api, fields, models


class CustomerComplaintResolutionLine(models.Model):
    """One product, quantity and price of what is given for a complaint."""

    _name = "customer.complaint.resolution.line"
    _description = "Line of a Complaint's Resolution"
    _inherit = ["customer.company.mixin"]
    _order = "resolution_id, id"

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
    currency_id = fields.Many2one(comodel_name="res.currency")
    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line", ondelete="cascade", readonly=True
    )
    move_id = fields.Many2one(comodel_name="stock.move", ondelete="cascade", readonly=True)
    amount = fields.Float(
        compute="_compute_amount",
        store=True,
        help="Quantity × price, without taxes, in the currency of the company.",
    )

    @api.depends("quantity", "price_unit", "discount", "currency_id", "resolution_id.invoice_id")
    def _compute_amount(self):
        for line in self:
            company = line.resolution_id.complaint_id.company_id or self.env.company
            invoice = line.sudo().resolution_id.invoice_id
            currency = line.currency_id or invoice.currency_id or company.currency_id
            today = fields.Date.context_today(line)
            line.amount = currency._convert(
                line._get_untaxed_amount(), company.currency_id, company, today
            )

    def _get_untaxed_amount(self):
        """Return quantity x price without taxes, in the currency of the price, not rounded.

        Where prices include taxes they are taken off as on the invoice line.
        """
        self.ensure_one()
        amount = self.quantity * self.price_unit * (1 - self.discount / 100)
        line = self.sudo().invoice_line_id
        gross = line.quantity * line.price_unit * (1 - line.discount / 100)
        return amount * line.price_subtotal / gross if gross else amount

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
        """What was asked for or approved stays as it is."""
        if not self.env.su and any(line.resolution_id.state != "draft" for line in self):
            self.resolution_id._refuse_shortcut()

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
