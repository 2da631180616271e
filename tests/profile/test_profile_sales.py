from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestProfileSales(CustomerValueCommon):
    def test_invoices_of_three_windows(self):
        self._invoice(self.customer, "2024-01-10", 100)
        self._invoice(self.customer, "2024-08-01", 200)
        self._invoice(self.customer, "2026-06-01", 300, 50)
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(profile.revenue_total, 650)
        self.assertEqual(profile.revenue_365, 350)
        self.assertEqual(profile.revenue_previous_365, 200)
        self.assertEqual(profile.occasion_count, 3)
        self.assertEqual(profile.occasion_count_365, 1)
        self.assertEqual(profile.first_occasion_date, self._day("2024-01-10"))
        self.assertEqual(profile.last_occasion_date, self._day("2026-06-01"))
        self.assertEqual(profile.gross_profit_total, 650 - 4 * 60)
        self.assertEqual(profile.gap_count, 2)

    def test_window_borders(self):
        """The last 365 days end today: the day a year ago is already outside."""
        self._invoice(self.customer, "2025-06-15", 1)
        self._invoice(self.customer, "2025-06-16", 10)
        self._invoice(self.customer, "2026-06-15", 100)
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(profile.revenue_365, 110)
        self.assertEqual(profile.revenue_previous_365, 1)

    def test_full_credit_makes_no_occasion(self):
        kept = self._invoice(self.customer, "2026-01-10", 100)
        invoice = self._invoice(self.customer, "2026-02-10", 500)
        self._credit(invoice, "2026-02-20")
        self._credit(kept, "2026-03-01", 40)
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(profile.revenue_total, 60)
        self.assertEqual(profile.occasion_count, 1)
        self.assertEqual(profile.last_occasion_date, self._day("2026-01-10"))
        self.assertEqual(profile.credit_note_count, 2)

    def test_nightly_scores(self):
        self._invoice(self.customer, "2026-01-10", 100)
        self._invoice(self.customer, "2026-03-10", 100)
        self._invoice(self.other_customer, "2024-03-10", 100)
        self._run_nightly()
        # Half are worse, and half of those who are equal: 1 + ⌊5 × (1/2 + 1/4)⌋.
        self.assertEqual(self._profile(self.customer).rfm_recency, 4)
        self.assertEqual(self._profile(self.other_customer).rfm_recency, 2)
        self.assertEqual(self._profile(self.customer).value_class, "A")
        self.assertTrue(self._profile(self.customer).tier_id)
