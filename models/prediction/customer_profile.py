from odoo import api, fields, models

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE, GROUPS_STANDING
from ..base.nullable import NullableFloat, NullableInteger, NullableMonetary
from ..guard.digits import write_digits
from ..profile.customer_profile import VALUE_CLASSES

RISK_BANDS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]
CONFIDENCES = [("low", "Low"), ("medium", "Medium"), ("high", "High")]
# Why something is missing; ``ok`` and ``one_purchase`` come with a probability.
REASONS = [
    ("ok", "Predicted"),
    ("one_purchase", "Bought once: no date can be told"),
    ("no_purchase", "No purchase yet"),
    ("no_model", "The prediction of the company has not been made yet"),
    ("no_data", "Nobody has bought yet when the prediction was made"),
    ("short_history", "Less than 180 days of sales"),
    ("bad_data", "The purchases contradict each other"),
]
# What moves a probability: fact of the engine, and how it is called.
MOVERS = [
    ("rhythm", "The pause and the own rhythm"),
    ("recent", "What was bought within a year"),
    ("season", "What was bought in this season a year ago"),
    ("money", "The amounts"),
    ("history", "How long and how often they have bought"),
    # Who the customer is: ``customer_profile_trait``.
    ("industry", "The industry"),
    ("country", "The country"),
    ("kind", "Company or person"),
    ("source", "The source they came from"),
    ("tags", "The tags"),
    ("salesperson", "The salesperson"),
    ("record", "How long the contact is known"),
]
RETENTION_VERDICTS = [
    ("offer", "Keep with an offer"),
    ("contact", "Contact only"),
    ("let_go", "Let go"),
    ("stays", "Stays anyway"),
]
PREDICTION_FIELDS = (
    "alive_probability",
    "churn_probability",
    "churn_band",
    "prediction_horizon_days",
    "pause_probability",
    "similar_buyers_percent",
    "expected_purchases",
    "next_purchase_date",
    "next_purchase_from_date",
    "next_purchase_until_date",
    "predicted_revenue",
    "predicted_profit",
    "lifetime_value",
    "value_at_risk",
    "expected_value_class",
    "prediction_confidence",
    "prediction_reason",
    "prediction_raised_by",
    "prediction_raised_percent",
    "prediction_lowered_by",
    "prediction_lowered_percent",
    "purchase_factor",
    "retention_verdict",
    "retention_max_offer",
    "retention_gain",
)
# What a day of silence alone changes: programs that follow changes need not hear of it.
QUIET_FIELDS = (
    "alive_probability",
    "churn_probability",
    "pause_probability",
    "similar_buyers_percent",
    "expected_purchases",
    "next_purchase_date",
    "next_purchase_from_date",
    "next_purchase_until_date",
    "predicted_revenue",
    "predicted_profit",
    "lifetime_value",
    "value_at_risk",
    "prediction_raised_by",
    "prediction_raised_percent",
    "prediction_lowered_by",
    "prediction_lowered_percent",
    "purchase_factor",
    "retention_max_offer",
    "retention_gain",
)


class CustomerProfile(models.Model):
    """What the model of the company foretells about a customer; NULL where it says nothing."""

    _inherit = "customer.profile"

    gap_median_days = NullableFloat(
        string="Days between purchases, median",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
    )
    alive_probability = NullableFloat(
        string="Still a customer",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
        help="0 to 1: probability that the customer has not stopped buying for good.",
    )
    churn_probability = NullableFloat(
        string="Churn within the horizon",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
        help="0 to 1: probability that the customer buys nothing within the horizon.",
    )
    churn_band = fields.Selection(
        selection=RISK_BANDS,
        string="Risk of leaving",
        readonly=True,
        groups=GROUPS_STANDING,
        help="The probability to buy nothing within the horizon, between the borders of the "
        "company. Empty: not enough data.",
    )
    prediction_horizon_days = NullableInteger(
        string="Horizon (days)", readonly=True, groups=GROUPS_STANDING, aggregator="max"
    )
    pause_probability = NullableFloat(
        string="Pauses as long as this one",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
        help="0 to 1: share of this customer's pauses that should be at least as long as the "
        "present one.",
    )
    similar_buyers_percent = NullableInteger(
        string="Of 100 like this one bought",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
        help="Of 100 customers who looked like this one on past days, how many bought within the "
        "horizon.",
    )
    expected_purchases = NullableFloat(
        string="Expected purchases, 12 months",
        readonly=True,
        groups=GROUPS_STANDING,
        help="Expected number of purchase days during the next 365 days.",
    )
    next_purchase_date = fields.Date(
        string="Next purchase around",
        readonly=True,
        groups=GROUPS_STANDING,
        help="As likely before this day as after it; only for customers who bought at least "
        "twice and are rather here than gone.",
    )
    next_purchase_from_date = fields.Date(
        string="Next purchase, earliest",
        readonly=True,
        groups=GROUPS_STANDING,
        help="9 of 10 such customers buy later than this day.",
    )
    next_purchase_until_date = fields.Date(
        string="Next purchase, latest",
        readonly=True,
        groups=GROUPS_STANDING,
        help="9 of 10 such customers have bought by this day.",
    )
    predicted_revenue = NullableMonetary(
        string="Expected revenue, 12 months",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Expected untaxed revenue of the next 365 days.",
    )
    predicted_profit = NullableMonetary(
        string="Expected profit, 12 months",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Expected net profit of the next 365 days after cost to serve, at today's value.",
    )
    lifetime_value = NullableMonetary(
        string="Lifetime value",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Net profit so far plus the expected profit of the next 12 months.",
    )
    value_at_risk = NullableMonetary(
        string="Value at risk",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Expected profit of the next 12 months × the probability that the customer buys "
        "nothing within the horizon; 0 for customers who cost more than they bring.",
    )
    expected_value_class = fields.Selection(
        selection=VALUE_CLASSES,
        string="Expected value class",
        readonly=True,
        help="Class by share in the company's expected profit of the next 12 months.",
    )
    prediction_confidence = fields.Selection(
        selection=CONFIDENCES,
        string="Confidence",
        readonly=True,
        groups=GROUPS_STANDING,
        help="Low: bought once. Medium: two or three purchases. High: more.",
    )
    prediction_reason = fields.Selection(
        selection=REASONS, string="Prediction status", readonly=True, groups=GROUPS_STANDING
    )
    prediction_raised_by = fields.Selection(
        selection=MOVERS,
        string="Raised by",
        readonly=True,
        groups=GROUPS_STANDING,
        help="The fact that makes a purchase likelier, against a customer for whom it is usual.",
    )
    prediction_raised_percent = NullableInteger(
        string="Raised by (percentage points)",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
    )
    prediction_lowered_by = fields.Selection(
        selection=MOVERS,
        string="Lowered by",
        readonly=True,
        groups=GROUPS_STANDING,
        help="The fact that makes a purchase least likely, against a customer for whom it is as "
        "usual.",
    )
    prediction_lowered_percent = NullableInteger(
        string="Lowered by (percentage points)",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
    )
    purchase_factor = NullableFloat(
        string="Purchases over those of the process",
        readonly=True,
        groups=GROUPS_STANDING,
        aggregator="avg",
        help="How many times as often this customer is expected to buy as counts and dates alone "
        "say; learned on the company's own past.",
    )
    retention_verdict = fields.Selection(
        selection=RETENTION_VERDICTS, string="Worth keeping", readonly=True, groups=GROUPS_PROFIT
    )
    retention_max_offer = NullableMonetary(
        string="Offer up to",
        readonly=True,
        groups=GROUPS_PROFIT,
        aggregator=None,
        help="The dearest offer that still brings more than a contact alone or doing nothing.",
    )
    retention_gain = NullableMonetary(
        string="Gain of acting",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Expected profit of the advised action less that of doing nothing.",
    )

    _churn_band_idx = models.Index("(company_id, churn_band)")

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Put the horizon of the current company into the label of the churn. Public: RPC."""
        found = super().fields_get(allfields, attributes)
        if "string" in found.get("churn_probability", {}):
            days = self.env["customer.prediction.model"]._get_horizon(self.env.company)
            found["churn_probability"]["string"] = self._get_churn_label(days)
        return found

    @api.model
    def _get_churn_label(self, days):
        """Return the label of the churn probability with its horizon."""
        if not days:
            return self._fields["churn_probability"]._description_string(self.env)
        return self.env._("No purchase within %(days)s days", days=write_digits(self.env, days))

    @api.model
    def _get_quiet_columns(self):
        return (*super()._get_quiet_columns(), *QUIET_FIELDS)

    @api.model
    def _get_absolute_fields(self):
        own = (name for name in PREDICTION_FIELDS if name != "expected_value_class")
        return (*super()._get_absolute_fields(), "gap_median_days", *own)

    @api.model
    def _get_relative_fields(self):
        return (*super()._get_relative_fields(), "expected_value_class")

    @api.model
    def _get_relative_sources(self):
        return (
            *super()._get_relative_sources(),
            "alive_probability",
            "churn_probability",
            "pause_probability",
            "predicted_profit",
        )
