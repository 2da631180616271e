from datetime import datetime, timedelta

from odoo.tests import freeze_time, tagged

from .common import SatisfactionCommon

NOW = datetime(2026, 6, 15, 10)


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestSatisfactionState(SatisfactionCommon):
    """A state is what customers said of themselves; who said nothing was not asked."""

    def _deliver_in_time(self, days, in_time=True):
        for ago in days:
            promised = NOW - timedelta(days=ago)
            with freeze_time(promised - timedelta(days=5)):
                order = self._order(self.customer, commitment_date=promised)
            with freeze_time(promised + timedelta(days=-1 if in_time else 4)):
                self._deliver(order)

    def _assert_state(self, state, basis=False):
        profile = self._refreshed()
        self.assertEqual((profile.satisfaction_state, profile.satisfaction_basis), (state, basis))
        return profile

    def test_punctual_deliveries_alone_delight_nobody(self):
        self._deliver_in_time((20, 60, 90))
        invoice = self._invoice(self.customer, "2026-02-01", 100)
        self._pay(invoice, "2026-05-12")
        profile = self._assert_state(False)
        self.assertEqual((profile.satisfaction, profile.satisfaction_delivery), (100, 100))
        card = profile.with_user(self.salesperson).get_card()
        self.assertEqual(card["standing"]["satisfaction_state"], "Not asked")
        self.assertIn("no answer in the last 360 days", card["standing"]["satisfaction_basis"])
        self.assertIn("Answers: 0", card["standing"]["satisfaction_basis"])
        self.assertNotIn("dissatisfied", profile._get_alerts())

    def test_late_deliveries_alone_are_not_the_customers_word(self):
        self._deliver_in_time((20, 60), in_time=False)
        profile = self._assert_state(False)
        self.assertEqual(profile.satisfaction, 0)
        self.assertNotIn("dissatisfied", profile._get_alerts())
        self._complain(severity="2")
        profile = self._assert_state("dissatisfied", "complaints")
        message = profile._get_alerts()["dissatisfied"][1]
        self.assertIn("complaints, and 18.4 of 100 points", message)

    def test_one_answer_is_asked(self):
        self._deliver_in_time((20, 60))
        self._answer(rating=5)
        profile = self._assert_state("delighted", "score")
        card = profile.with_user(self.salesperson).get_card()
        self.assertEqual(
            card["standing"]["satisfaction_basis"],
            "Goes by: The score. Answers: 1; order lines and complaints: 2.",
        )

    def test_complaints_alone_can_only_say_dissatisfied(self):
        complaint = self._complain(severity="1")  # 60.7 points
        self._assert_state(False)
        complaint.severity = "2"
        self._assert_state("dissatisfied", "complaints")
        self.company.customer_satisfaction_weight_complaints = 0
        self._answer(self.other_customer, rating=5)
        self._run_nightly()
        self._assert_state(False)

    def test_complaints_among_good_deliveries(self):
        self._deliver_in_time((20, 60))
        complaint = self._complain(severity="2")  # (100 + 36.8) / 2
        self.assertEqual(self._assert_state(False).satisfaction, 68.4)
        complaint.severity = "3"
        self.assertEqual(self._assert_state("dissatisfied", "complaints").satisfaction, 56.8)

    def test_a_limit_of_the_company(self):
        self._deliver_in_time((20, 60))
        self._complain(severity="2")
        self.company.customer_satisfaction_satisfied = 70
        self._run_nightly()
        self._assert_state("dissatisfied", "complaints")

    def test_a_solved_complaint_is_forgotten_by_the_night(self):
        self._complain(severity="2", ago=200, closed_ago=170)
        self._assert_state("dissatisfied", "complaints")
        with freeze_time(NOW + timedelta(days=11)):
            self._run_nightly()
            self._assert_state(False)

    def test_two_half_lives_and_it_is_asked_too_long_ago(self):
        self._answer(rating=5, ago=359)
        self._assert_state("delighted", "score")
        with freeze_time(NOW + timedelta(days=1)):
            self._run_nightly()
            profile = self._assert_state(False)
            self.assertEqual((profile.satisfaction, profile.satisfaction_answer_count), (100, 1))
        self.company.customer_satisfaction_half_life = 181
        with freeze_time(NOW + timedelta(days=1)):
            self._run_nightly()
            self._assert_state("delighted", "score")

    def test_a_questionnaire_of_long_ago_does_not_answer_for_today(self):
        self._answer(levels=[(3, 5), (3, 5)], ago=700)
        self._assert_state(False)
        self._answer(rating=1)
        self._assert_state("dissatisfied", "score")
        self._answer(levels=[(3, 5)], ago=10)
        profile = self._assert_state("delighted", "gap")
        why = profile.with_user(self.salesperson).get_card()["standing"]["satisfaction_basis"]
        self.assertIn("what they expect: 2.00 levels of 5 more. The score of ", why)
        badges = self.customer.with_user(self.salesperson)._get_customer_badges()
        self.assertIn(f"Satisfaction: {why}", [badge["label"] for badge in badges])

    def test_an_old_word_does_not_silence_a_complaint(self):
        self._answer(levels=[(3, 5), (3, 5)], ago=700)
        self._complain(severity="3")
        profile = self._assert_state("dissatisfied", "complaints")
        self.assertNotIn("levels", profile._get_alerts()["dissatisfied"][1])

    def test_void_and_foreign_answers(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        self._deliver_in_time((20,))
        self._answer(rating=5, company_id=other.id)
        self._assert_state(False)
        answer = self._answer(rating=5)
        self._assert_state("delighted", "score")
        answer.is_void = True
        self._assert_state(False)

    def test_an_answer_without_a_level_is_none(self):
        self._deliver_in_time((20,))
        self._answer(comment="We are moving", rating=None)
        self._assert_state(False)

    def test_groups_and_filters(self):
        self._deliver_in_time((20,))
        self._answer(self.other_customer, rating=5)
        self._drain()
        profiles = self.env["customer.profile"].with_user(self.salesperson)
        within = [("partner_id", "in", (self.customer | self.other_customer).ids)]
        found = profiles.search([*within, ("satisfaction_state", "=", False)])
        self.assertEqual(found.partner_id, self.customer.with_user(self.salesperson))
        for model in ("customer.profile", "customer.profile.snapshot", "customer.answer.report"):
            described = self.env[model].fields_get(["satisfaction_state"])
            self.assertEqual(described["satisfaction_state"]["falsy_value_label"], "Not asked")
