from datetime import datetime

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import SatisfactionCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestSatisfactionFacts(SatisfactionCommon):
    """What the score is used for, and what is behind it."""

    # === TIER === #

    def test_tier_rule(self):
        tiers = self.env["customer.tier"].search([("company_id", "=", self.company.id)])
        bronze, silver = tiers.sorted("sequence")[:2]
        silver.write({"min_occasions": 1, "min_revenue": 0, "min_satisfaction": 75})
        self._invoice(self.customer, "2026-05-01", 100)
        self.assertEqual(self._refreshed().tier_id, bronze, "no score does not meet the rule")
        self._answer(rating=4)
        self.assertEqual(self._refreshed().tier_id, silver, "exactly the limit does")
        card = self._profile(self.customer).with_user(self.salesperson).get_card()
        rules = {rule["rule"]: rule for rule in card["explanation"]["current"]["rules"]}
        self.assertEqual((rules["satisfaction"]["limit"], rules["satisfaction"]["met"]), (75, True))

    def test_tier_rule_in_the_preview(self):
        tiers = self.env["customer.tier"].search([("company_id", "=", self.company.id)])
        self._invoice(self.customer, "2026-05-01", 100)
        self._answer(rating=2)
        self._refreshed()
        preview = self.env["customer.tier.preview"].with_user(self.manager).create({})
        preview.line_ids.min_satisfaction = 30
        preview.action_preview()
        self.assertEqual(preview.down_count, 1)
        preview.action_apply()
        self.assertEqual(set(tiers.mapped("min_satisfaction")), {30})

    def test_tier_rule_is_a_score(self):
        tier = self.env["customer.tier"].search([], limit=1)
        for limit in (-1, 101):
            with self.assertRaisesRegex(ValidationError, "score from 0 to 100"):
                tier.min_satisfaction = limit

    # === DRILL-DOWN === #

    def test_facts_add_up_to_every_number(self):
        with freeze_time("2026-05-01 08:00:00"):
            order = self._order(self.customer, commitment_date=datetime(2026, 5, 10))
            late = self._order(self.customer, commitment_date=datetime(2026, 5, 3))
        with freeze_time("2026-05-09 08:00:00"):
            self._deliver(order)
            self._deliver(late)
        for ago, rating in ((0, 5), (30, 2), (400, 4)):
            self._answer(rating=rating, ago=ago)
        self._answer(nps=3, ago=77)
        self._answer(levels=[(4, 5), (5, 3)], ago=5)
        self._answer(levels=[(2, 5)], ago=95)
        self._complain(severity="0", ago=3)
        self._complain(severity="2", ago=200, closed_ago=100)
        profile = self._refreshed()
        for name in ("rating", "nps", "gap", "delivery", "complaints"):
            metric = f"satisfaction_{name}"
            points = sum(self._open(metric).mapped("points"))
            self.assertAlmostEqual(points, profile[metric], delta=0.0501, msg=name)
        facts = self._open("satisfaction")
        self.assertAlmostEqual(
            sum(facts.mapped("score_points")), profile.satisfaction, delta=0.0501
        )
        self.assertEqual(len(self._open("satisfaction_answer_count")), 6)
        self.assertEqual(profile.satisfaction_answer_count, 6)
        self.assertEqual(len(self._open("satisfaction_fact_count")), 4)
        self.assertEqual(profile.satisfaction_fact_count, 4)
        self.assertEqual(len(set(facts.ids)), len(facts))

    def test_list_of_all_customers_is_the_same_list(self):
        self._answer(rating=5)
        self._answer(self.other_customer, rating=1)
        self._refreshed()
        facts = self.env["customer.satisfaction.fact"].with_user(self.salesperson)
        everybody = facts.search([("component", "=", "rating")])
        self.assertEqual(everybody.partner_id, self.customer | self.other_customer)
        self.assertEqual(sorted(everybody.mapped("points")), [0, 100])

    def test_facts_without_documents_cannot_be_opened(self):
        self._complain()
        self._refreshed()
        base = self._open("satisfaction_complaints").filtered(lambda fact: not fact.res_id)
        self.assertEqual((base.points, base.document_name), (100, "Without complaints"))
        with self.assertRaisesRegex(UserError, "no document"):
            base.action_open_document()
        complaint = self._open("satisfaction_complaints", self.env.user) - base
        action = complaint.with_user(self.env.user).action_open_document()
        self.assertEqual(action["res_model"], "customer.complaint")
