from odoo import api, fields, models

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE, GROUPS_STANDING
from ..base.nullable import NullableFloat, NullableInteger, NullableMonetary
from ..profile.customer_profile import VALUE_CLASSES
from .customer_profile import RETENTION_VERDICTS, RISK_BANDS

COPIED_FIELDS = (
    "alive_probability",
    "churn_probability",
    "churn_band",
    "lapsed_after_days",
    "prediction_horizon_days",
    "expected_purchases",
    "next_purchase_date",
    "predicted_revenue",
    "predicted_profit",
    "lifetime_value",
    "value_at_risk",
    "expected_value_class",
    "retention_verdict",
)


class CustomerProfileSnapshot(models.Model):
    """What was foretold at the end of a month."""

    _inherit = "customer.profile.snapshot"

    alive_probability = NullableFloat(
        string="Still a customer", groups=GROUPS_STANDING, aggregator="avg", readonly=True
    )
    churn_probability = NullableFloat(
        string="Churn within the horizon", groups=GROUPS_STANDING, aggregator="avg", readonly=True
    )
    churn_band = fields.Selection(
        selection=RISK_BANDS, string="Risk of leaving", groups=GROUPS_STANDING, readonly=True
    )
    lapsed_after_days = NullableInteger(
        string="Left after (days), set by the company",
        aggregator=None,
        readonly=True,
        help="Empty: what leaving means was learned.",
    )
    prediction_horizon_days = NullableInteger(
        string="Horizon (days)", groups=GROUPS_STANDING, aggregator="max", readonly=True
    )
    expected_purchases = NullableFloat(
        string="Expected purchases, 12 months", groups=GROUPS_STANDING, readonly=True
    )
    next_purchase_date = fields.Date(
        string="Next purchase around", groups=GROUPS_STANDING, readonly=True
    )
    predicted_revenue = NullableMonetary(
        string="Expected revenue, 12 months", groups=GROUPS_REVENUE, readonly=True
    )
    predicted_profit = NullableMonetary(
        string="Expected profit, 12 months", groups=GROUPS_PROFIT, readonly=True
    )
    lifetime_value = NullableMonetary(string="Lifetime value", groups=GROUPS_PROFIT, readonly=True)
    value_at_risk = NullableMonetary(string="Value at risk", groups=GROUPS_PROFIT, readonly=True)
    expected_value_class = fields.Selection(
        selection=VALUE_CLASSES, string="Expected value class", readonly=True
    )
    retention_verdict = fields.Selection(
        selection=RETENTION_VERDICTS, string="Worth keeping", groups=GROUPS_PROFIT, readonly=True
    )

    @api.model
    def _get_copied_fields(self):
        return (*super()._get_copied_fields(), *COPIED_FIELDS)
