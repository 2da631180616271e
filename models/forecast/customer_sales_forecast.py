from odoo import api, fields, models

from ..base.access import GROUPS_REVENUE
from ..base.nullable import NullableFloat, NullableMonetary
from ..calendar.company_calendar import get_month_end
from ..calendar.reader_date import format_month

NOTES = [
    ("ok", "Complete"),
    ("no_season", "Season unknown"),
    ("no_prediction", "Not enough data"),
]


class CustomerSalesForecast(models.Model):
    """The revenue a company expects of a month, as foretold in an earlier one or the same.

    Made every night for this month and the next three; what was foretold until the end of a
    month stays as it was, and is shown against what was invoiced. Company currency, without
    taxes, credit notes negative. Formulas: docs/forecast.md.
    """

    _name = "customer.sales.forecast"
    _description = "Sales Forecast"
    _inherit = ["customer.forecast.job.mixin", "customer.date.bounds.mixin"]
    _order = "made_month desc, month, id"
    _rec_name = "name"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    model_id = fields.Many2one(
        string="Prediction",
        comodel_name="customer.prediction.model",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    date = fields.Date(string="Made on", required=True, readonly=True)
    made_month = fields.Date(
        string="Made in", required=True, readonly=True, help="First day of the month."
    )
    name = fields.Char(string="Month name", compute="_compute_name")
    month = fields.Date(required=True, readonly=True, help="First day of the month foretold.")
    months_ahead = fields.Integer(readonly=True, aggregator=None)
    is_current = fields.Boolean(
        string="Current", readonly=True, help="Made last night; replaced tonight."
    )
    note = fields.Selection(
        selection=NOTES,
        readonly=True,
        help="Season unknown: less than two years of sales. Not enough data: the prediction of "
        "the company is missing, or its sales reach back less than 180 days; only open documents "
        "are shown.",
    )

    billed_amount = fields.Monetary(
        string="So far",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What had been invoiced in the month when the forecast was made.",
    )
    order_amount = fields.Monetary(
        string="Orders",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Confirmed orders that are still to be invoiced.",
    )
    quotation_amount = fields.Monetary(
        string="Quotations",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Open quotations, weighted by their chance and by their customer.",
    )
    opportunity_amount = fields.Monetary(
        string="Opportunities",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Open opportunities without a quotation, weighted by their probability and customer.",
    )
    repeat_amount = NullableMonetary(
        string="Usual",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What customers usually buy, beyond their open documents of the month.",
    )
    new_amount = NullableMonetary(
        string="Newcomers",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What first-time customers brought on average over the last 12 months, beyond the "
        "open documents of those who have not bought yet. Empty: not enough data.",
    )
    expected_amount = NullableMonetary(
        string="Expected",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Sum of the parts. Empty: not enough data.",
    )
    low_amount = NullableMonetary(
        string="At least",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="9 of 10 times it will be more.",
    )
    high_amount = NullableMonetary(
        string="At most",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="9 of 10 times it will be less.",
    )
    usual_miss_percent = NullableFloat(
        string="Usual miss (%)", readonly=True, aggregator=None, digits=(16, 1)
    )
    actual_amount = NullableMonetary(
        string="Invoiced",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What was invoiced in the month, up to last night; empty before it began.",
    )
    is_over = fields.Boolean(string="Over", readonly=True, help="The month is over.")
    miss_percent = NullableFloat(
        string="Miss (%)",
        compute="_compute_miss_percent",
        groups=GROUPS_REVENUE,
        digits=(16, 1),
        help="Invoiced against expected, once the month is over.",
    )

    is_within = fields.Boolean(
        string="Within the range",
        compute="_compute_miss_percent",
        groups=GROUPS_REVENUE,
        help="Once the month is over: invoiced between at least and at most.",
    )

    _month_uniq = models.UniqueIndex(
        "(company_id, made_month, month)", "A month is foretold once in each month."
    )

    @api.depends("expected_amount", "low_amount", "high_amount", "actual_amount", "is_over")
    def _compute_miss_percent(self):
        for forecast in self:
            known = forecast.is_over and forecast.expected_amount
            forecast.miss_percent = (
                100 * (forecast.actual_amount / forecast.expected_amount - 1) if known else None
            )
            forecast.is_within = bool(
                known and forecast.low_amount <= forecast.actual_amount <= forecast.high_amount
            )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_name(self):
        for forecast in self:
            forecast.name = format_month(self.env, forecast.month)

    def action_open_pipeline(self):
        """Open the documents behind the weighted parts of a current forecast. Public: button.

        :raise AccessError: when the user may not read the forecast
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_pipeline_line_action"
        )
        return action | {
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("expected_date", ">=", self.month),
                ("expected_date", "<=", get_month_end(self.month)),
            ],
            "context": {},
        }

    def action_open_invoices(self):
        """Open the invoices and credit notes of the month. Public: button.

        :raise AccessError: when the user may not read invoices
        """
        self.ensure_one()
        self.check_access("read")
        moves = self.env["account.move"]
        moves.check_access("read")
        view = self.env.ref("account.view_out_invoice_tree").id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoiced"),
            "res_model": moves._name,
            "views": [(view, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": self._get_invoice_domain(),
            "context": {"create": False},
        }

    def _get_invoice_domain(self):
        """Domain of the documents whose untaxed amounts add up to ``actual_amount``."""
        self.ensure_one()
        last = get_month_end(self.month)
        current = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("is_current", "=", True)], limit=1
        )
        if current:  # what is dated later is not in the number yet
            last = min(last, current.date)
        return [
            ("company_id", "child_of", self.company_id.id),
            ("state", "=", "posted"),
            ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ("invoice_date", ">=", self.month),
            ("invoice_date", "<=", last),
        ]
