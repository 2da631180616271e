from odoo import api, fields, models

SEVERITIES = [("0", "Minor"), ("1", "Normal"), ("2", "Major"), ("3", "Critical")]


class CustomerComplaint(models.Model):
    """A customer's complaint, from its receipt to its solution."""

    _name = "customer.complaint"
    _description = "Complaint"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "open_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    subject = fields.Char(required=True)
    description = fields.Html()
    severity = fields.Selection(selection=SEVERITIES, required=True, default="1")
    partner_id = fields.Many2one(
        string="Contact", comodel_name="res.partner", ondelete="restrict", index=True
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        help="The commercial partner of the contact.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        comodel_name="customer.complaint.team", ondelete="restrict", check_company=True, index=True
    )
    user_id = fields.Many2one(
        string="Responsible", comodel_name="res.users", ondelete="set null", index="btree_not_null"
    )
    stage_id = fields.Many2one(
        comodel_name="customer.complaint.stage", ondelete="restrict", index=True, tracking=True
    )
    category_id = fields.Many2one(
        comodel_name="customer.complaint.category", ondelete="restrict", index=True
    )
    open_date = fields.Datetime(required=True, default=fields.Datetime.now)
    first_response_date = fields.Datetime(readonly=True, copy=False)
    close_date = fields.Datetime(readonly=True, copy=False)
    hours = fields.Float(string="Hours spent", help="Working time; counts in the cost to serve.")
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line", ondelete="set null", index="btree_not_null"
    )
    invoice_line_id = fields.Many2one(
        comodel_name="account.move.line", ondelete="set null", index="btree_not_null"
    )
    picking_id = fields.Many2one(
        comodel_name="stock.picking", ondelete="set null", index="btree_not_null"
    )
    product_id = fields.Many2one(
        comodel_name="product.product", ondelete="set null", index="btree_not_null"
    )
    lot_id = fields.Many2one(comodel_name="stock.lot", ondelete="set null", index="btree_not_null")
    duplicate_of_id = fields.Many2one(
        comodel_name="customer.complaint", ondelete="set null", index="btree_not_null"
    )

    _customer_idx = models.Index("(customer_id, open_date DESC, id DESC)")

    @api.depends("partner_id.commercial_partner_id")
    def _compute_customer_id(self):
        for complaint in self:
            complaint.customer_id = complaint.partner_id.commercial_partner_id
