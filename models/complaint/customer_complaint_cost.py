from odoo import api, fields, models

from ..base.access import GROUPS_PROFIT


class CustomerComplaint(models.Model):
    """What was done for a complaint, and what it has cost.

    Credit notes and the goods of replacements are in the revenue and cost of goods of the
    customer already: here they are only shown. The hours alone go into the cost to serve.
    """

    _inherit = "customer.complaint"
    # Whoever could write them could have anybody's document told, and counted as given.
    _guarded_fields = frozenset(
        {"credit_note_ids", "return_ids", "replacement_ids", "loyalty_history_ids"}
        | {"customer_id", "customer_origin_id", "access_token"}
    )

    currency_id = fields.Many2one(related="company_id.currency_id")
    resolution_ids = fields.One2many(
        string="Resolutions",
        comodel_name="customer.complaint.resolution",
        inverse_name="complaint_id",
    )
    credit_note_ids = fields.Many2many(
        comodel_name="account.move",
        relation="customer_complaint_credit_note_rel",
        column1="complaint_id",
        column2="move_id",
        copy=False,
        readonly=True,
    )
    return_ids = fields.Many2many(
        string="Returns",
        comodel_name="stock.picking",
        relation="customer_complaint_return_rel",
        column1="complaint_id",
        column2="picking_id",
        copy=False,
        readonly=True,
    )
    replacement_ids = fields.Many2many(
        string="Replacements",
        comodel_name="sale.order",
        relation="customer_complaint_replacement_rel",
        column1="complaint_id",
        column2="order_id",
        copy=False,
        readonly=True,
    )
    loyalty_history_ids = fields.Many2many(
        string="Points given",
        comodel_name="loyalty.history",
        relation="customer_complaint_loyalty_rel",
        column1="complaint_id",
        column2="history_id",
        copy=False,
        readonly=True,
    )
    credit_note_count = fields.Integer(compute="_compute_result_counts", compute_sudo=True)
    return_count = fields.Integer(compute="_compute_result_counts", compute_sudo=True)
    replacement_count = fields.Integer(compute="_compute_result_counts", compute_sudo=True)
    customer_complaint_count = fields.Integer(
        string="Complaints of the customer",
        related="customer_id.customer_complaint_count",
        related_sudo=False,
    )
    cost_credit = fields.Monetary(
        string="Credited", compute="_compute_costs", groups=GROUPS_PROFIT, help="Without taxes."
    )
    cost_goods = fields.Monetary(
        string="Goods",
        compute="_compute_costs",
        groups=GROUPS_PROFIT,
        help="Cost of the goods sent as replacement less the value of those that came back.",
    )
    cost_hours = fields.Monetary(string="Work", compute="_compute_costs", groups=GROUPS_PROFIT)
    cost_points = fields.Monetary(
        string="Points",
        compute="_compute_costs",
        groups=GROUPS_PROFIT,
        help="What the points given are worth once they are spent.",
    )
    cost_total = fields.Monetary(
        string="Cost of the complaint", compute="_compute_costs", groups=GROUPS_PROFIT
    )

    @api.depends("credit_note_ids", "return_ids", "replacement_ids")
    def _compute_result_counts(self):
        for complaint in self:
            complaint.credit_note_count = len(complaint.credit_note_ids)
            complaint.return_count = len(complaint.return_ids)
            complaint.replacement_count = len(complaint.replacement_ids)

    @api.depends("hours", "credit_note_ids", "return_ids", "replacement_ids", "resolution_ids")
    def _compute_costs(self):
        for complaint in self.sudo():
            company = complaint.company_id
            notes = complaint.credit_note_ids.filtered(lambda move: move.state == "posted")
            transfers = complaint.replacement_ids.picking_ids | complaint.return_ids
            points = complaint.resolution_ids.filtered(
                lambda r: r.kind == "points" and r.state == "done"
            )
            # A form may have no company for a moment.
            round_ = (complaint.currency_id or self.env.company.currency_id).round
            complaint.cost_credit = -sum(notes.mapped("amount_untaxed_signed"))
            complaint.cost_goods = round_(self._get_goods_value(transfers))
            complaint.cost_hours = round_(
                complaint.hours * company.customer_cost_per_complaint_hour
            )
            complaint.cost_points = sum(points.mapped("amount"))
            complaint.cost_total = round_(
                complaint.cost_credit
                + complaint.cost_goods
                + complaint.cost_hours
                + complaint.cost_points
            )

    @api.model
    def _get_goods_value(self, pickings):
        """Return the value of the goods sent in done transfers, less that of what came back.

        What came back of a replacement is among its transfers, too. Without a valued move, the
        product's cost of today.
        """
        value = 0
        for move in pickings.move_ids.filtered(lambda move: move.state == "done"):
            came, left = (
                place.usage == "customer" for place in (move.location_id, move.location_dest_id)
            )
            if came != left:
                quantity = move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)
                cost = move.product_id.with_company(move.company_id).standard_price
                worth = abs(move.value) or quantity * cost
                value += worth if left else -worth
        return value
