from odoo import api, fields, models
from odoo.fields import Domain

from ..base.access import GROUPS_REVENUE
from ..base.nullable import NullableFloat
from .customer_payment_expectation import LIKELY_LATE

FIELDS = ("likely_late_amount", "expected_delay_days")


class CustomerProfile(models.Model):
    """What is expected of the customer's open instalments; made with each refresh of one."""

    _inherit = "customer.profile"

    likely_late_amount = fields.Monetary(
        string="Likely late",
        compute="_compute_likely_late_amount",
        groups=GROUPS_REVENUE,
        help="Open instalments that are not due yet and will rather be paid late than in time.",
    )
    expected_delay_days = NullableFloat(
        string="Expected delay (days)",
        compute="_compute_likely_late_amount",
        groups=GROUPS_REVENUE,
        digits=(16, 1),
        help="Of the open instalments, against their due dates, weighted by amount. Empty: not "
        "enough data, or nothing open.",
    )

    @api.model
    def _follow_refresh(self, company, facts, scope, tally):
        """Foretell the open instalments of the customers; after a full run its own job does."""
        result = super()._follow_refresh(company, facts, scope, tally)
        if tally is None:
            expectations = self.env["customer.payment.expectation"]
            expectations._refresh_invoices(company, scope.partner_ids, scope.today)
        return result

    def _get_expectation_domain(self):
        """Domain of the open instalments of the profiles."""
        return Domain(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("kind", "in", ("invoice", "entry")),
                ("is_open", "=", True),
            ]
        )

    def _compute_likely_late_amount(self):
        found = self._read_expectations()
        for profile in self:
            lines = found.get((profile.partner_id, profile.company_id), ())
            late = [line.amount for line in lines if line._is_likely_late()]
            profile.likely_late_amount = sum(late)
            dated = [
                ((line.expected_date - line.due_date).days * line.amount, line.amount)
                for line in lines
                if line.expected_date
            ]
            total = sum(amount for _days, amount in dated)
            profile.expected_delay_days = (
                sum(days for days, _amount in dated) / total if total else None
            )

    def _read_expectations(self):
        """Return (customer, company) -> open instalments the user may read: one query for all."""
        expectations = self.env["customer.payment.expectation"]
        if not expectations.has_access("read"):
            return {}
        found = {}
        for line in expectations.search(self._get_expectation_domain()):
            key = line.partner_id, line.company_id
            found[key] = found.get(key, expectations) | line
        return found

    @api.model
    def _get_card_sections(self):
        return [
            (key, title, (*names, *FIELDS) if key == "payment" else names)
            for key, title, names in super()._get_card_sections()
        ]

    @api.model
    def _get_metric_documents(self):
        return super()._get_metric_documents() | {
            "likely_late_amount": (
                "customer.payment.expectation",
                self._get_likely_late_domain,
            )
        }

    def _get_likely_late_domain(self):
        """Domain of the open instalments whose amounts add up to ``likely_late_amount``."""
        today = self._get_today(self.company_id)
        return self._get_expectation_domain() & Domain(
            [("late_probability", ">=", LIKELY_LATE), ("due_date", ">=", today)]
        )
