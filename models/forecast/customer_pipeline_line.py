from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...engine.forecast import MAX_WIN_DAYS
from ..base.nullable import NullableFloat, NullableInteger
from ..calendar.reader_number import write_amount
from ..guard.digits import write_digits
from ..guard.plural import count_days

KINDS = [
    ("order", "Order"),
    ("quotation", "Quotation"),
    ("opportunity", "Opportunity"),
]


class CustomerPipelineLine(models.Model):
    """An open document and the revenue to be expected of it, as of the last night.

    Confirmed orders that are not invoiced yet, open quotations, and open opportunities nobody
    has made a quotation for. Made anew with the forecast they are a part of
    (``customer_pipeline_line_collect``); nobody writes them by hand.
    """

    _name = "customer.pipeline.line"
    _description = "Open Document in the Sales Forecast"
    _inherit = "customer.date.bounds.mixin"
    _order = "expected_date, weighted_amount desc, id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    order_id = fields.Many2one(
        string="Order or quotation",
        comodel_name="sale.order",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
    )
    lead_id = fields.Many2one(
        string="Opportunity",
        comodel_name="crm.lead",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
    )
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    user_id = fields.Many2one(string="Salesperson", comodel_name="res.users", readonly=True)
    team_id = fields.Many2one(string="Sales Team", comodel_name="crm.team", readonly=True)
    stage_id = fields.Many2one(comodel_name="crm.stage", readonly=True)
    date = fields.Date(string="As of", required=True, readonly=True)
    age_days = fields.Integer(string="Open for (days)", readonly=True, aggregator="avg")
    expected_date = fields.Date(
        string="Invoice around",
        required=True,
        readonly=True,
        help="When it should be invoiced if it is won.",
    )
    amount = fields.Monetary(
        readonly=True, help="Without taxes, company currency; of an order what is to be invoiced."
    )
    win_probability = fields.Float(
        string="Chance",
        readonly=True,
        aggregator="avg",
        digits=(16, 3),
        help="0 to 1. Quotation: share of the company's quotations of this age that were won. "
        "Opportunity: its probability. Order: 1.",
    )
    quotation_count = NullableInteger(
        string="Learned from",
        readonly=True,
        aggregator=None,
        help="Quotations of that age the chance was learned from.",
    )
    alive_probability = NullableFloat(
        string="Still a customer", readonly=True, aggregator="avg", digits=(16, 3)
    )
    customer_factor = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 3),
        help="Still a customer, against the mean of the quotations and opportunities in the list.",
    )
    weight = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 3),
        help="Chance × customer factor, 1 at most.",
    )
    weighted_amount = fields.Monetary(string="Weighted", readonly=True, help="Amount × weight.")
    reason = fields.Char(compute="_compute_reason")

    _month_idx = models.Index("(company_id, expected_date)")

    @api.depends("order_id", "lead_id")
    def _compute_display_name(self):
        # Who reads the line may read its name: the rules of lines are those of the documents.
        for line in self:
            line.display_name = (line.order_id or line.lead_id).sudo().display_name

    @api.depends("kind", "win_probability", "customer_factor", "age_days", "quotation_count")
    @api.depends_context("lang")
    def _compute_reason(self):
        for line in self:
            line.reason = " ".join(filter(None, [line._get_chance_text(), line._get_factor_text()]))

    def _get_chance_text(self):
        """Return where the chance comes from, in words."""
        self.ensure_one()
        if self.kind == "order":
            return self.env._("Confirmed: it only has to be invoiced.")
        percent = f"{self.win_probability * 100:.0f}"
        if self.kind == "opportunity":
            return self.env._(
                "%(percent)s of 100: the probability of the opportunity.",
                percent=write_digits(self.env, percent),
            )
        return self.env._(
            "Open for %(age)s: %(percent)s of 100 such quotations are won within %(days)s "
            "days (learned from %(count)s).",
            age=count_days(self.env, self.age_days),
            percent=write_digits(self.env, percent),
            days=write_digits(self.env, MAX_WIN_DAYS),
            count=write_digits(self.env, self.quotation_count or 0),
        )

    def _get_factor_text(self):
        """Return what the customer does to the chance, "" for nothing."""
        self.ensure_one()
        if abs(self.customer_factor - 1) < 0.005:
            return ""
        values = {
            "factor": write_amount(self.env, f"{self.customer_factor:.2f}"),
            "alive": self.env["customer.profile"]._get_percent(self.alive_probability),
        }
        if self.customer_factor > 1:
            return self.env._(
                "× %(factor)s: %(alive)s of 100 such customers are still there, more than of the "
                "others in the list.",
                **values,
            )
        return self.env._(
            "× %(factor)s: %(alive)s of 100 such customers are still there, fewer than of the "
            "others in the list.",
            **values,
        )

    def action_open_document(self):
        """Open the order, quotation or opportunity. Public: button.

        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        document = self.order_id or self.lead_id
        if not document.has_access("read"):
            raise AccessError(
                self.env._(
                    "You may not open this document. Ask its salesperson, or an administrator "
                    "for the right to see all sales documents."
                )
            )
        return document._get_records_action(context={})
