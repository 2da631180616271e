from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE
from ..base.nullable import NullableFloat, NullableInteger, NullableMonetary
from .customer_profile import SEGMENTS, STAGES, VALUE_CLASSES

COPIED_FIELDS = (
    "currency_id",
    "revenue_total",
    "revenue_365",
    "gross_profit_365",
    "net_profit_365",
    "occasion_count",
    "occasion_count_365",
    "overdue_amount",
    "payment_days_late",
    "bad_debt_amount_365",
    "otif_ratio",
    "rfm_recency",
    "rfm_frequency",
    "rfm_monetary",
    "fm_score",
    "segment",
    "value_class",
    "stage",
    "tier_id",
)


class CustomerProfileSnapshot(models.Model):
    """Month-end copy of the main metrics of a profile; append-only."""

    _name = "customer.profile.snapshot"
    _description = "Customer Profile Snapshot"
    _inherit = "customer.date.bounds.mixin"
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", readonly=True
    )
    currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    date = fields.Date(string="Month end", required=True, readonly=True)
    revenue_total = fields.Monetary(string="Revenue", groups=GROUPS_REVENUE, readonly=True)
    revenue_365 = fields.Monetary(
        string="Revenue, last 365 days", groups=GROUPS_REVENUE, readonly=True
    )
    gross_profit_365 = NullableMonetary(
        string="Gross profit, last 365 days", groups=GROUPS_PROFIT, readonly=True
    )
    net_profit_365 = NullableMonetary(
        string="Net profit, last 365 days", groups=GROUPS_PROFIT, readonly=True
    )
    occasion_count = fields.Integer(string="Purchase days", readonly=True)
    occasion_count_365 = fields.Integer(string="Purchase days, last 365 days", readonly=True)
    overdue_amount = fields.Monetary(string="Overdue", groups=GROUPS_REVENUE, readonly=True)
    payment_days_late = NullableFloat(
        string="Days late", groups=GROUPS_REVENUE, aggregator="avg", readonly=True
    )
    bad_debt_amount_365 = fields.Monetary(
        string="Bad debt, last 365 days", groups=GROUPS_REVENUE, readonly=True
    )
    otif_ratio = NullableFloat(string="On time in full", aggregator="avg", readonly=True)
    rfm_recency = NullableInteger(string="Recency score", aggregator="avg", readonly=True)
    rfm_frequency = NullableInteger(string="Frequency score", aggregator="avg", readonly=True)
    rfm_monetary = NullableInteger(string="Monetary score", aggregator="avg", readonly=True)
    segment = fields.Selection(selection=SEGMENTS, readonly=True)
    value_class = fields.Selection(selection=VALUE_CLASSES, readonly=True)
    stage = fields.Selection(selection=STAGES, string="Lifecycle stage", readonly=True)
    tier_id = fields.Many2one(comodel_name="customer.tier", ondelete="restrict", readonly=True)
    fm_score = NullableInteger(string="Buying score", aggregator="avg", readonly=True)
    # What the snapshot before it says: who moved from where to where is one group of rows.
    previous_date = fields.Date(
        string="Snapshot before",
        readonly=True,
        help="Empty: the customer had none, or bought for the first time since.",
    )
    previous_segment = fields.Selection(selection=SEGMENTS, string="Segment before", readonly=True)
    previous_stage = fields.Selection(
        selection=STAGES, string="Lifecycle stage before", readonly=True
    )
    previous_tier_id = fields.Many2one(
        string="Tier before", comodel_name="customer.tier", ondelete="restrict", readonly=True
    )

    _partner_company_date_uniq = models.Constraint(
        "UNIQUE(partner_id, company_id, date)",
        "A customer has one snapshot per company and month end.",
    )
    _company_date_idx = models.Index("(company_id, date)")

    @api.model
    def _take_due(self, company, today):
        """Copy the profiles for the last month end, unless that was done before.

        The copy is made by the first full run after the month's last day, so the windows of
        the copied measures end on the day of that run. A month in which the addon was not yet
        at work gets no snapshot.
        """
        begin = company._get_customer_calendar().get_month_start(today)
        month_end = begin - timedelta(days=1)
        in_company = [("company_id", "=", company.id)]
        runs = self.env["customer.refresh.run"].sudo()
        was_at_work = runs.search_count(in_company + [("date", "<=", month_end)], limit=1)
        is_taken = self.sudo().search_count(in_company + [("date", "=", month_end)], limit=1)
        if was_at_work and not is_taken:
            self._take(company, month_end)

    @api.model
    def _get_copied_fields(self):
        """Return the fields of the profile that are copied; extended by other features."""
        return COPIED_FIELDS

    @api.model
    def _take(self, company, date):
        """Copy all profiles of a company under a date; existing copies stay as they are."""
        self.env.flush_all()
        names = self._get_copied_fields()
        self.env.execute_query(
            SQL(
                """INSERT INTO customer_profile_snapshot
                          (partner_id, company_id, date, previous_date, previous_segment,
                           previous_stage, previous_tier_id, %(columns)s)
                   SELECT p.partner_id, p.company_id, %(date)s, b.date, b.segment,
                          b.stage, b.tier_id, %(values)s
                     FROM customer_profile p
                LEFT JOIN customer_profile_snapshot b
                       ON b.partner_id = p.partner_id AND b.company_id = p.company_id
                      AND b.date = (SELECT MAX(s.date) FROM customer_profile_snapshot s
                                     WHERE s.company_id = %(company)s AND s.date < %(date)s)
                    WHERE p.company_id = %(company)s AND p.occasion_count > 0
              ON CONFLICT (partner_id, company_id, date) DO NOTHING
                RETURNING id""",
                columns=SQL(", ").join(SQL.identifier(name) for name in names),
                values=SQL(", ").join(SQL.identifier("p", name) for name in names),
                date=date,
                company=company.id,
            )
        )
        self.invalidate_model()
