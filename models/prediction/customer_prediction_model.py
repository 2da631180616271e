from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...engine.backtest import GradeCard
from ...engine.prediction import PredictionModel
from ..base.access import GROUPS_PROFIT, MANAGER
from ..base.nullable import NullableFloat, NullableInteger

CRON = "customer_value.ir_cron_customer_value_prediction"
LEVELS = [
    ("full", "Fitted on the company's own customers"),
    ("few_customers", "Few customers: estimated from typical shops"),
    ("short_history", "Less than 180 days of sales: nothing is predicted"),
    ("no_data", "Nobody has bought yet"),
]
GRADE_REASONS = [
    ("better_than_rule", "Better than the best simple rule on past data"),
    ("equal_to_rule", "As good as the best simple rule on past data"),
    ("close_to_rule", "Slightly behind the best simple rule on past data"),
    ("seasonal", "The total was off by more than a quarter: another season"),
    ("worse_than_rule", "Behind the best simple rule on past data"),
    ("worse_than_average", "No better than the average of all customers"),
    ("no_data", "Not graded: nobody has bought yet"),
    ("short_history", "Not graded: the sales history is too short to hold a part of it back"),
    ("few_customers", "Not graded: fewer than 50 customers in the past"),
    ("few_events", "Not graded: too few customers did, or did not, buy"),
]

RULES = [
    ("recency", "who bought last"),
    ("frequency", "who bought most often"),
    ("rfm_sum", "the sum of recency, frequency and revenue"),
]
SEASON_SOURCES = [
    ("year_ago", "The same season a year ago"),
    ("season_index", "How the season stood out of the one year there is"),
    ("unknown", "Nothing: less than a year of sales"),
]


class CustomerPredictionModel(models.Model):
    """One fit of the prediction on all sales of a company, graded on held-out history.

    The active one scores the customers until a later fit succeeds: a fit that fails leaves it in
    use. Times are in days, amounts in company currency.
    """

    _name = "customer.prediction.model"
    _description = "Customer Prediction Model"
    _inherit = ["customer.date.bounds.mixin", "mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, readonly=True, help="The day up to whose end sales were learned from."
    )
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("active", "In use"),
            ("superseded", "Replaced by a later one"),
            ("failed", "Failed"),
        ],
        default="requested",
        required=True,
        readonly=True,
    )
    is_after_change = fields.Boolean(
        string="After a large change",
        readonly=True,
        help="Asked for by itself, because many customers had changed.",
    )
    error = fields.Text(readonly=True, help="Why the fit failed.")
    duration_seconds = fields.Float(string="Duration (s)", readonly=True, digits=(16, 2))

    # === WHAT WAS FITTED === #
    level = fields.Selection(selection=LEVELS, string="Basis", readonly=True)
    family = fields.Char(string="Model", readonly=True)
    horizon_days = fields.Integer(
        string="Horizon (days)",
        readonly=True,
        aggregator=None,
        help="The larger of 90 days and twice the median gap between two purchases, unless the "
        "company sets it.",
    )
    history_days = fields.Integer(string="Window (days)", readonly=True, aggregator=None)
    customer_count = fields.Integer(string="Customers", readonly=True, aggregator=None)
    repeater_count = fields.Integer(string="Customers who came back", readonly=True)
    process_r = NullableFloat(string="r", readonly=True, aggregator=None)
    process_alpha = NullableFloat(string="α (days)", readonly=True, aggregator=None)
    process_a = NullableFloat(string="a", readonly=True, aggregator=None)
    process_b = NullableFloat(string="b", readonly=True, aggregator=None)
    log_likelihood = NullableFloat(string="Log-likelihood", readonly=True, aggregator=None)
    is_converged = fields.Boolean(string="Converged", readonly=True)
    iteration_count = fields.Integer(string="Iterations", readonly=True, aggregator=None)
    fit_reason = fields.Char(string="Result of the fit", readonly=True)
    unknown_cost_count = fields.Integer(
        string="Days of sale without cost",
        readonly=True,
        aggregator=None,
        help="Days of sale whose cost was still to be filled in; until none is left the "
        "prediction is made anew every day.",
    )
    profit_per_occasion = NullableFloat(
        string="Profit per purchase, all customers", readonly=True, groups=GROUPS_PROFIT
    )
    cost_per_occasion = fields.Float(
        string="Cost to serve per purchase, all customers", readonly=True, groups=GROUPS_PROFIT
    )
    parameters = fields.Json(readonly=True, groups="base.group_system")

    # === HOW GOOD IT WAS ON THE PAST (newest cut) === #
    grade = fields.Selection(
        selection=[("A", "A"), ("B", "B"), ("C", "C")],
        readonly=True,
        help="A: at least as good as the best simple rule on past days. B: close to it, or the "
        "season was misjudged. C: worse.",
    )
    grade_reason = fields.Selection(
        selection=GRADE_REASONS, string="Reason of the grade", readonly=True
    )
    is_seasonal = fields.Boolean(
        string="Seasonal",
        readonly=True,
        help="On past days the total was off by more than a quarter.",
    )
    auc = NullableFloat(
        string="AUC",
        readonly=True,
        aggregator=None,
        help="Probability that of two customers, one who bought and one who did not, the former "
        "was rated higher.",
    )
    rule_auc = NullableFloat(string="AUC of the best simple rule", readonly=True, aggregator=None)
    brier = NullableFloat(string="Brier score", readonly=True, aggregator=None)
    total_ratio = NullableFloat(
        string="Expected / actual purchases", readonly=True, aggregator=None
    )
    mean_absolute_error = NullableFloat(
        string="Mean error of purchases", readonly=True, aggregator=None
    )
    capture_ratio = NullableFloat(
        string="Profit captured by the top tenth",
        readonly=True,
        aggregator=None,
        groups=GROUPS_PROFIT,
    )
    date_error_days = NullableFloat(
        string="Median error of the next date (days)", readonly=True, aggregator=None
    )
    best_rule = fields.Selection(
        selection=RULES,
        string="Best simple rule",
        readonly=True,
        help="The rule without a model that ranked the customers best on past days.",
    )
    tried_from = fields.Date(
        string="Tried from",
        readonly=True,
        help="The grade speaks for the season from this day on: what was bought then had been "
        "hidden.",
    )
    tried_until = fields.Date(string="Tried until", readonly=True)
    left_of_ten = NullableInteger(
        string="Of ten likeliest to leave, left",
        readonly=True,
        aggregator=None,
        help="Of the ten customers it called likeliest to leave on the last past day, how many "
        "bought nothing within the horizon.",
    )
    is_season_known = fields.Boolean(
        string="Season known", readonly=True, help="There are 15 months of sales or more."
    )
    season_source = fields.Selection(
        selection=SEASON_SOURCES, string="Level taken from", readonly=True
    )
    season_factor = NullableFloat(
        string="Level and season",
        readonly=True,
        aggregator=None,
        help="So many times as many purchases as the process alone expects within the horizon: "
        "what came in the same season a year ago, over what was to be expected then. Between 0.5 "
        "and 2.",
    )
    learned = fields.Char(
        string="Learned on past days",
        readonly=True,
        help="What beat the purchase process on two past windows, and is used.",
    )
    summary = fields.Text(compute="_compute_summary")
    card = fields.Json(readonly=True, groups="base.group_system")
    decile_ids = fields.One2many(
        comodel_name="customer.prediction.decile", inverse_name="model_id", readonly=True
    )
    chart = fields.Json(compute="_compute_chart")
    is_last_fit_failed = fields.Boolean(compute="_compute_is_last_fit_failed")

    _active_uniq = models.UniqueIndex(
        "(company_id) WHERE state = 'active'", "A company has one model in use."
    )

    @api.depends("decile_ids")
    def _compute_chart(self):
        """Predicted against actual by tenth of customers, for the chart: newest cut."""
        for model in self:
            newest = max(model.decile_ids.mapped("date"), default=False)
            deciles = model.decile_ids.filtered(lambda line, day=newest: line.date == day)
            model.chart = [
                {
                    "decile": line.decile,
                    "predicted": line.predicted_ratio,
                    "actual": line.actual_ratio,
                    "customers": line.customer_count,
                }
                for line in deciles.sorted("decile")
            ]

    @api.depends("state", "company_id")
    def _compute_is_last_fit_failed(self):
        tried = self.search(
            [("company_id", "in", self.company_id.ids), ("state", "!=", "requested")]
        )
        last = {company: models[:1] for company, models in tried.grouped("company_id").items()}
        for model in self:
            latest = last.get(model.company_id, self.browse())
            model.is_last_fit_failed = model.state == "active" and latest.state == "failed"

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for model in self:
            day = fields.Date.to_string(model.date)
            model.display_name = self.env._("Prediction of %(day)s", day=day)

    @api.model
    def _get_active(self, company):
        """Return the model in use in a company; empty before the first fit."""
        return self.sudo().search(
            [("company_id", "=", company.id), ("state", "=", "active")], limit=1
        )

    @api.model
    def _get_horizon(self, company):
        """Return the days within which "buys again" is asked for; 0 without a model."""
        return self._get_active(company).horizon_days

    def _get_engine_objects(self):
        """Return (PredictionModel, GradeCard), with what the company may change between fits."""
        self.ensure_one()
        model = self.sudo()
        rate = model.company_id.customer_discount_percent / 100
        # A field of the ORM would hand out a copy of every tree.
        model.flush_recordset(["parameters", "card"])
        [(parameters, card)] = model.env.execute_query(
            SQL(
                "SELECT parameters, card FROM customer_prediction_model WHERE id = %s",
                model.id,
            )
        )
        engine = replace(PredictionModel.from_json(parameters), yearly_rate=rate)
        return engine, GradeCard.from_json(card) if card else None

    def action_request_fit(self):
        """Have the current company's prediction made anew, in the background. Public: button.

        :return: a notification
        :raise AccessError: when the user is no manager of Customer Value, or may not read these
        """
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only managers of Customer Value can have the prediction made anew. Ask one "
                    "of them, or an administrator for the right."
                )
            )
        self._request(self.env.company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The prediction is being made in the background; the customers follow."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _request(self, companies, is_after_change=False):
        """Queue a fit for companies that do not wait for one already, and wake the cron."""
        models = self.sudo()
        waiting = models.search([("state", "=", "requested")]).company_id
        profiles = self.env["customer.profile"]
        models.create(
            [
                {
                    "company_id": company.id,
                    "date": profiles._get_today(company),
                    "is_after_change": is_after_change,
                }
                for company in companies - waiting
            ]
        )
        self.env.ref(CRON)._trigger()
