from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..base.access import GROUPS_REVENUE, GROUPS_STANDING
from ..base.nullable import NullableFloat
from ..base.scope import YEAR
from ..calendar.company_calendar import GREGORIAN, JALALI
from ..calendar.reader_date import reads_jalali

# Two years: this year's season can be compared with last year's.
TREND_MONTHS = 24


class CustomerProfile(models.Model):
    """Revenue over time, read from the documents when somebody looks at a profile."""

    _inherit = "customer.profile"

    revenue_change_ratio = NullableFloat(
        string="Change in revenue",
        compute="_compute_revenue_change_ratio",
        groups=GROUPS_REVENUE,
        aggregator=None,
        help="Revenue of the last 365 days against the 365 days before: 0.1 is 10 % more.",
    )
    own_revenue_365 = fields.Monetary(
        string="Your sales, last 365 days",
        compute="_compute_own_revenue_365",
        groups=GROUPS_STANDING,
        aggregator=None,
        help="Untaxed invoices less credit notes that you may read.",
    )
    revenue_trend = fields.Json(
        compute="_compute_revenue_trend",
        groups=GROUPS_REVENUE,
        help="Revenue per calendar month of the last two years, in company currency; months of "
        "the reader's calendar.",
    )

    @api.depends("revenue_365", "revenue_previous_365")
    def _compute_revenue_change_ratio(self):
        for profile in self:
            before = profile.revenue_previous_365
            profile.revenue_change_ratio = (
                (profile.revenue_365 - before) / before if before > 0 else None
            )

    @api.depends_context("uid")
    @api.depends("partner_id", "company_id")
    def _compute_own_revenue_365(self):
        """Add up what the user may read: one query per company."""
        self.own_revenue_365 = 0.0
        moves = self.env["account.move"]
        if not moves.has_access("read"):
            return
        for company, profiles in self.grouped("company_id").items():
            today = self._get_today(company)
            year = fields.Date.subtract(today, days=YEAR)
            rows = moves._read_group(
                [
                    ("company_id", "child_of", company.id),
                    ("commercial_partner_id.commercial_partner_id", "in", profiles.partner_id.ids),
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                    ("invoice_date", ">", year),
                    ("invoice_date", "<=", today),
                ],
                ["commercial_partner_id"],
                ["amount_untaxed_signed:sum"],
            )
            amounts = defaultdict(float)
            for partner, amount in rows:
                amounts[partner.commercial_partner_id] += amount or 0.0
            for profile in profiles:
                profile.own_revenue_365 = amounts[profile.partner_id]

    @api.depends_context("lang")
    @api.depends("revenue_total")
    def _compute_revenue_trend(self):
        amounts = self._get_monthly_revenue()
        months = {company: self._get_trend_months(company) for company in self.company_id}
        for profile in self:
            key = (profile.partner_id, profile.company_id)
            points = [
                {"month": month.isoformat(), "amount": amounts.get((*key, month), 0.0)}
                for month in months.get(profile.company_id, [])
            ]
            profile.revenue_trend = points if any(p["amount"] for p in points) else []

    def _get_monthly_revenue(self):
        """Return (customer, company, first of month) -> revenue in company currency.

        Months are those of :meth:`_get_trend_calendar`.

        One query for any number of profiles, whatever the user's rights on the documents:
        the months add up to figures the profile shows anyway.
        """
        in_window = Domain.OR(
            Domain("company_id", "child_of", company.id)
            & Domain("invoice_date", ">=", self._get_trend_months(company)[0])
            & Domain("invoice_date", "<=", self._get_today(company))
            for company in self.company_id
        )
        documents = Domain(
            [
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("commercial_partner_id.commercial_partner_id", "in", self.partner_id.ids),
            ]
        )
        rows = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                in_window & documents,
                ["commercial_partner_id", "company_id", "invoice_date:day"],
                ["amount_untaxed_signed:sum"],
            )
        )
        amounts = defaultdict(float)
        for partner, company, day, amount in rows:
            customer = partner.commercial_partner_id.sudo(False)
            for counting in company.parent_ids.sudo(False) & self.company_id:
                month = self._get_trend_calendar(counting).get_month_start(day)
                amounts[customer, counting, month] += amount or 0.0
        return amounts

    @api.model
    def _get_trend_calendar(self, company):
        """Return the calendar whose months the user reads."""
        return JALALI if reads_jalali(self.env, company=company) else GREGORIAN

    @api.model
    def _get_trend_months(self, company):
        """Return the first days of the months of the trend, oldest first."""
        calendar = self._get_trend_calendar(company)
        current = calendar.get_month_start(self._get_today(company))
        return [calendar.add_months(current, -ago) for ago in range(TREND_MONTHS - 1, -1, -1)]
