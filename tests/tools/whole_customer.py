"""All that is known of customers at once, held against everything it must agree with."""

from odoo import Command

from . import oracle
from .final_notes import FinalNotes

# How a metric starts -> what the list behind its button adds up; every other one counts rows.
SUMS = {
    "revenue": "amount_untaxed_signed",
    "own_revenue": "amount_untaxed_signed",
    "gross_profit": "customer_profit",
    "net_profit": "amount",
    "cost_to_serve": "cost",
    "overdue_amount": "amount_residual",
    "bad_debt": "customer_written_off_amount",
    "cash_discount": "balance",
    "open_order_amount": "customer_open_amount",
    "open_quotation_amount": "customer_untaxed_amount",
}
COUNTS = (
    "invoice_count",
    "credit_note_count",
    "paid_invoice_count",
    "open_order_count",
    "open_quotation_count",
    "order_line_count",
    "delivery_count",
    "return_count",
    "otif_line_count",
    "interaction_count",
    "complaint_count_total",
)


class WholeCustomer(FinalNotes):
    """For tests with documents: after any event, queue = oracle = full refresh = lists."""

    def setUp(self):
        super().setUp()
        self.final = {}

    def _check(self, companies=None):
        """Compare all customers of the companies, and what their buttons open."""
        companies = companies or self.company
        self.note_final()
        self._drain()
        for company in companies:
            self._compare_with_oracle_of(company)
        before = self._read_measures(companies)
        self._run_nightly(companies)
        self.assertEqual(self._read_measures(companies), before)
        self._check_lists(companies)

    def _compare_with_oracle_of(self, company):
        book = oracle.Oracle(company, oracle.Oracle.get_today(company), self.final)
        profiles = self.env["customer.profile"].search([("company_id", "=", company.id)])
        by_partner = profiles.grouped(lambda profile: profile.partner_id.id)
        for partner in {*book.customer_ids, *by_partner}:
            expected = book.measure(partner)
            profile = by_partner.get(partner)
            if not profile and not any(expected.values()):
                continue
            self.assertTrue(profile, f"no profile of {partner} in {company.name}")
            found = oracle.read_profile(profile, expected)
            wrong = oracle.differences(expected, found, company.currency_id)
            self.assertFalse(wrong, f"{profile.partner_id.name} in {company.name}")

    def _read_measures(self, companies):
        profiles = self.env["customer.profile"].search([("company_id", "in", companies.ids)])
        return {profile: profile.read(profile._get_absolute_fields())[0] for profile in profiles}

    def _check_lists(self, companies):
        """The manager finds behind each button what the number says."""
        self.manager.company_ids = [Command.link(company.id) for company in companies]
        for company in companies:
            allowed = [company.id, *(companies - company).ids]
            profiles = self.env["customer.profile"].with_user(self.manager)
            profiles = profiles.with_context(allowed_company_ids=allowed)
            for profile in profiles.search([("company_id", "=", company.id)]):
                for metric in profile._get_metric_documents():
                    self._check_list(profile, metric)

    def _check_list(self, profile, metric):
        column = next((SUMS[name] for name in SUMS if metric.startswith(name)), None)
        if not column and not metric.startswith(COUNTS):
            return
        action = profile.with_context(metric=metric).action_open_documents()
        context = {**profile.env.context, **action["context"]}
        documents = profile.env[action["res_model"]].with_context(**context)
        documents = documents.search(action["domain"])
        listed = sum(documents.mapped(column)) if column else len(documents)
        name = f"{metric} of {profile.partner_id.name} in {profile.company_id.name}"
        self.assertAlmostEqual(listed, profile[metric] or 0, 2, name)
