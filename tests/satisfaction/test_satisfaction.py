from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import SatisfactionCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestSatisfaction(SatisfactionCommon):
    def test_no_data(self):
        """A customer with documents but without a fact has no score, not zero."""
        self._invoice(self.customer, "2026-05-01", 100)
        profile = self._refreshed()
        for name in ("satisfaction", "satisfaction_rating", "satisfaction_complaints"):
            self.assertIs(profile[name], False, name)
        self.assertIs(profile.satisfaction_state, False)
        self.assertEqual(profile.satisfaction_answer_count, 0)
        self.env.cr.execute(
            "SELECT satisfaction, satisfaction_change FROM customer_profile WHERE id = %s",
            [profile.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (None, None))

    def test_worst_answer_is_zero_and_not_unknown(self):
        self._answer(rating=1)
        profile = self._refreshed()
        self.assertEqual(profile.satisfaction, 0)
        self.assertIsNot(profile.satisfaction, False)
        self.assertEqual(profile.satisfaction_state, "dissatisfied")
        found = self.env["customer.profile"].search([("satisfaction", "=", False)])
        self.assertNotIn(profile, found)

    def test_worked_example_of_the_docs(self):
        self._answer(rating=5, ago=0)
        self._answer(rating=3, ago=180)
        self._answer(nps=9)
        self._answer(levels=[(4, 5), (4, 4)])
        self._complain(severity="1", ago=10)
        profile = self._refreshed()
        self.assertEqual(profile.satisfaction_rating, 83.3)
        self.assertEqual(profile.satisfaction_nps, 90)
        self.assertEqual(profile.satisfaction_gap_mean, 0.5)
        self.assertEqual(profile.satisfaction_gap, 56.3)
        self.assertIs(profile.satisfaction_delivery, False)
        self.assertEqual(profile.satisfaction_complaints, 60.7)
        # (30 * 83.333 + 20 * 90 + 20 * 56.25 + 15 * 60.653) / 85
        self.assertEqual(profile.satisfaction, 74.5)
        self.assertEqual(profile.satisfaction_state, "delighted")
        self.assertEqual(profile.satisfaction_answer_count, 4)
        self.assertEqual(profile.satisfaction_fact_count, 1)

    def test_one_half_life_is_exactly_half(self):
        self._answer(nps=10, ago=0)
        self._answer(nps=1, ago=180)
        self.assertEqual(self._refreshed().satisfaction, 70)
        self.company.customer_satisfaction_half_life = 90
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).satisfaction, 82)

    def test_decay_goes_on_at_night(self):
        """Of two answers the older one fades against the newer one only by their distance."""
        self._answer(nps=10, ago=0)
        self._answer(nps=0, ago=100)
        before = self._refreshed().satisfaction
        with freeze_time("2026-09-15 10:00:00"):
            self._run_nightly()
            self.assertEqual(self._profile(self.customer).satisfaction, before)
            self._answer(nps=0)
            self.assertLess(self._refreshed().satisfaction, before)

    def test_answers_of_another_century_are_still_answers(self):
        """Weights too small to be divided by are not an error, nor no data."""
        self.company.customer_satisfaction_half_life = 1
        self._answer(nps=7, ago=36500)
        self._answer(nps=3, ago=36501)
        self.assertEqual(self._refreshed().satisfaction, 56.7)
        facts = self._open("satisfaction_nps")
        self.assertAlmostEqual(sum(facts.mapped("points")), 56.7, 1)

    def test_weights(self):
        self._answer(rating=5)
        self._answer(nps=0)
        self.assertEqual(self._refreshed().satisfaction, 60)
        self.company.customer_satisfaction_weight_nps = 30
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).satisfaction, 50)
        self.company.write(
            {"customer_satisfaction_weight_rating": 0, "customer_satisfaction_weight_nps": 0}
        )
        self._run_nightly()
        profile = self._profile(self.customer)
        self.assertIs(profile.satisfaction, False, "there is data, but none that counts")
        self.assertEqual(profile.satisfaction_rating, 100)

    def test_states_without_gap(self):
        for weight, rating, nps, state in (
            (30, 5, 10, "delighted"),
            (30, 4, 10, "delighted"),  # exactly 85
            (30, 5, 0, "satisfied"),  # exactly 60
            (29.8, 5, 0, "dissatisfied"),  # 59.8
            (29.9, 4, 10, "delighted"),  # 85.01
            (30.6, 4, 10, "satisfied"),  # 84.9
        ):
            with self.subTest(rating=rating, nps=nps, weight=weight):
                self.env["customer.feedback"].search([]).unlink()
                self.company.customer_satisfaction_weight_rating = weight
                self._answer(rating=rating)
                self._answer(nps=nps)
                self.assertEqual(self._refreshed().satisfaction_state, state)

    def test_states_with_gap(self):
        """The gap decides whatever the score; exactly at the limit is as expected."""
        for gaps, state in (
            ((1, 0, 0, 0), "satisfied"),
            ((-1, 0, 0, 0), "satisfied"),
            ((1, 1, 0, 0), "delighted"),
            ((-1, -1, 0, 0), "dissatisfied"),
        ):
            with self.subTest(gaps=gaps):
                self.env["customer.feedback"].search([]).unlink()
                self._answer(levels=[(3, 3 + gap) for gap in gaps])
                self.assertEqual(self._refreshed().satisfaction_state, state)

    def test_void_answers_do_not_count(self):
        self._answer(rating=5)
        bad = self._answer(rating=1)
        self.assertEqual(self._refreshed().satisfaction, 50)
        bad.is_void = True
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction, profile.satisfaction_answer_count), (100, 1))
        bad.unlink()
        self.assertEqual(self._refreshed().satisfaction, 100)

    def test_answer_of_a_contact_counts_for_the_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.customer.id, "email": "ada@example.com"}
        )
        self._answer(contact, rating=4)
        self.assertEqual(self._refreshed().satisfaction, 75)
        self.assertEqual(contact.customer_satisfaction, 75)

    def test_complaints(self):
        complaint = self._complain(severity="2", ago=400)
        profile = self._refreshed()
        self.assertEqual(profile.satisfaction_complaints, 36.8, "open ones are felt undiminished")
        complaint.close_date = datetime.now() - timedelta(days=179)
        self.assertEqual(self._refreshed().satisfaction_complaints, 36.8)
        complaint.close_date = datetime.now() - timedelta(days=180)
        self.assertIs(self._refreshed().satisfaction_complaints, False)

    def test_duplicates_and_severities_of_complaints(self):
        first = self._complain(severity="0")
        self._complain(severity="1")
        self._complain(severity="3", duplicate_of_id=first.id)
        self.assertEqual(self._refreshed().satisfaction_complaints, 47.2)  # 100 * exp(-0.75)
        first.severity = "3"
        self.assertEqual(self._refreshed().satisfaction_complaints, 8.2)  # 100 * exp(-2.5)

    def test_trend_is_computed_as_of_then(self):
        """Answers and complaints of then as they were then; none then is no trend."""
        self._answer(nps=8, ago=100)
        self._complain(severity="2", ago=120, closed_ago=80)
        profile = self._refreshed()
        self.assertEqual(profile.satisfaction_change, 0)
        self._answer(nps=0, ago=1)
        profile = self._refreshed()
        self.assertLess(profile.satisfaction_change, -15)
        self._answer(self.other_customer, nps=8, ago=1)
        self.assertIs(self._refreshed(self.other_customer).satisfaction_change, False)

    def test_only_changed_rows_are_written(self):
        self._answer(rating=4, ago=50)
        self._answer(rating=2, ago=150)
        self._refreshed()
        profiles = self.env["customer.profile"]
        self.assertFalse(profiles._refresh(self.company, self.customer.ids))
        with freeze_time("2026-06-16 10:00:00"):
            self.assertFalse(profiles._refresh(self.company, self.customer.ids))

    def test_customer_without_documents_is_found_by_the_nightly_run(self):
        self._answer(rating=4)
        self.env["customer.refresh.queue"].search([]).unlink()
        self._complain(self.other_customer)
        self.env["customer.refresh.queue"].search([]).unlink()
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).satisfaction, 75)
        self.assertEqual(self._profile(self.other_customer).satisfaction_fact_count, 1)

    def test_two_companies(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self._answer(rating=5)
        self._answer(rating=1, company_id=other.id)
        self._complain(company_id=other.id)
        self._drain()
        self.assertEqual(self._profile(self.customer).satisfaction, 100)
        self.assertEqual(self._profile(self.customer, other).satisfaction, 20.2)
        contact = self.customer.with_context(allowed_company_ids=other.ids)
        self.assertEqual(contact.customer_satisfaction_state, "dissatisfied")

    def test_merged_contacts(self):
        self._answer(rating=5)
        self._answer(self.other_customer, rating=1)
        self._drain()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.other_customer).ids, self.customer)
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction, profile.satisfaction_answer_count), (50, 2))

    def test_settings_must_make_sense(self):
        for values, message in (
            ({"customer_satisfaction_weight_nps": -1}, "weights cannot be negative"),
            (
                {
                    f"customer_satisfaction_weight_{name}": 0
                    for name in ("rating", "nps", "gap", "delivery", "complaints")
                },
                "one of them must be above 0",
            ),
            ({"customer_satisfaction_half_life": 0}, "one day at least"),
            ({"customer_satisfaction_satisfied": 90}, "may not be above"),
            ({"customer_satisfaction_gap": 5}, "0 to 4 levels"),
        ):
            with self.subTest(values=values):
                with self.assertRaises(ValidationError) as caught:
                    self.company.write(values)
                self.assertIn(message, str(caught.exception))

    def test_snapshot_keeps_satisfaction(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._answer(rating=4)
        self._refreshed()
        snapshots = self.env["customer.profile.snapshot"]
        snapshots._take(self.company, self._day("2026-05-31"))
        snapshot = snapshots.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(snapshot.satisfaction, 75)
        self.assertEqual(snapshot.satisfaction_state, "satisfied")
