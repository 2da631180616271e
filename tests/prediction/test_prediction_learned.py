"""What was learned on past days in Odoo: the same facts by every way, reasons, grade in words."""

from datetime import timedelta
from unittest.mock import patch

import numpy as np

from odoo.tests import freeze_time, tagged

from ...engine import backtest, prediction
from ...models.base import facts as base_facts
from ...models.profile import customer_work_table
from .common import TODAY, PredictionCommon

NAMES = (
    "churn_probability",
    "expected_purchases",
    "purchase_factor",
    "prediction_raised_by",
    "prediction_raised_percent",
    "prediction_lowered_by",
    "prediction_lowered_percent",
    "predicted_profit",
)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLearnedPrediction(PredictionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shoppers = cls._add_customers(250)
        cls.sales = cls._add_history(cls.shoppers)
        cls._run_nightly()
        cls.model = cls._make_model()
        cls._run_nightly()
        cls.profiles = cls.env["customer.profile"].search([("company_id", "=", cls.company.id)])

    def _read_learned(self, profiles=None):
        self.env.invalidate_all()
        return {
            profile.partner_id.id: [profile[name] for name in NAMES]
            for profile in profiles or self.profiles
        }

    def test_something_was_learned(self):
        engine, _card = self.model._get_engine_objects()
        self.assertTrue(engine.adjustment.is_learned, engine.adjustment.gains)
        self.assertTrue(self.model.learned)
        self.assertEqual(self.model.season_source, "year_ago")
        self.assertTrue(self.model.is_season_known)

    def test_lately_is_what_the_documents_say(self):
        """Purchase days, revenue of half a year and last amount, with credit notes, naively."""
        customer = self.shoppers[3]
        self._add_sales([(customer.id, "2026-06-14", 300), (customer.id, "2026-06-14", -40),
                         (customer.id, "2026-05-01", -25)])  # fmt: skip
        days = {}
        for partner, day, amount in self.sales:
            if partner == customer.id:
                key = self._day(day).toordinal()
                days[key] = days.get(key, 0) + amount
        days[self._day("2026-06-14").toordinal()] = 260
        today = self._day(TODAY)
        profiles = self.env["customer.profile"].with_company(self.company).sudo()
        scope = profiles._get_scope(self.company, [customer.id], today)
        facts = profiles._read_facts(profiles._settle_documents(scope))
        recent = profiles._get_engine_facts(facts, today).recent
        since = today.toordinal() - 180
        expected = sum(v for day, v in days.items() if day > since) - 25
        self.assertAlmostEqual(recent.revenue_180[0], expected, 2)
        self.assertAlmostEqual(recent.last_revenue[0], 260, 2)
        year = [day for day in days if day > today.toordinal() - 365]
        self.assertEqual(recent.counts[0], len(year))

    def test_few_many_and_nightly_say_the_same(self):
        """By parameters or work tables, few or many at once, an event or the whole run."""
        self._invoice(self.shoppers[7], "2026-06-10", 120)
        self._credit(self._invoice(self.shoppers[8], "2026-06-11", 90), "2026-06-12", 40)
        self._drain()
        by_event = self._read_learned()
        self._run_nightly()
        self.assertEqual(self._read_learned(), by_event)
        with (
            patch.object(base_facts, "FEW_CUSTOMERS", 2),
            patch.object(customer_work_table, "FEW_DOCUMENTS", 2),
        ):
            self.env["customer.profile"]._refresh(self.company, self.shoppers.ids)
        self.assertEqual(self._read_learned(), by_event)

    def test_a_later_day_moves_on(self):
        """Counts of the last days change without a document: the nightly run follows."""
        before = self._read_learned()
        tomorrow = self._day(TODAY) + timedelta(days=60)
        with freeze_time(tomorrow):
            self._run_nightly()
            after = self._read_learned()
            self.env["customer.profile"]._refresh(self.company, self.shoppers.ids)
            self.assertEqual(self._read_learned(), after)
        self.assertNotEqual(before, after)

    def test_reasons_are_those_of_the_engine(self):
        customers, days, amounts = zip(*self.sales, strict=True)
        profits = [amount - round(amount * 0.6, 2) for amount in amounts]
        log = prediction.OccasionLog.of(
            customers, [self._day(day).toordinal() for day in days], amounts, profits
        )
        today = self._day(TODAY).toordinal()
        model = prediction.fit_prediction(log, today, self.model.horizon_days)
        facts = log.as_of(today)
        moves = prediction.get_moves(model, facts)
        if self.model.grade == "C" or not moves:
            self.skipTest("nothing to explain")
        names, table = list(moves), np.stack(list(moves.values()))
        for row, key in enumerate(log.keys[facts.keys]):
            profile = self.profiles.filtered(lambda p, k=key: p.partner_id.id == k)
            best = table[:, row].max()
            if best >= 0.02:
                self.assertEqual(profile.prediction_raised_by, names[table[:, row].argmax()])
                self.assertEqual(profile.prediction_raised_percent, round(100 * best))
            else:
                self.assertFalse(profile.prediction_raised_by)
        moved = self.profiles.filtered("prediction_lowered_by")[:1].with_user(self.salesperson)
        self.assertIn("What moved it most", moved.prediction_sentence)

    def test_grade_speaks_to_a_manager(self):
        _engine, card = self.model._get_engine_objects()
        newest = card.cuts[0]
        self.assertEqual(self.model.left_of_ten, newest.left_of_ten)
        self.assertEqual(self.model.tried_from.toordinal(), newest.day + 1)
        self.assertEqual(self.model.tried_until.toordinal(), self._day(TODAY).toordinal())
        self.assertIn(f"likeliest to leave, {self.model.left_of_ten} left", self.model.summary)
        self.assertIn(self.model.best_rule, backtest.SIMPLE_RULES)

    def test_fifteen_months_make_a_season(self):
        self.model.is_season_known = False
        self.assertIn("Season not known", self.model._get_grade_text())

    def test_grade_c_hides_the_number_and_shows_the_rule(self):
        self.company.write(
            {"customer_retention_contact_cost": 5, "customer_retention_offer_cost": 20}
        )
        self.env["customer.profile"]._refresh(self.company, self.shoppers.ids)
        self.env.invalidate_all()
        profile = self._profile(self.shoppers[0])
        self.assertIsNot(profile.churn_probability, False)
        self.assertTrue(profile.retention_verdict)
        self.assertIn("Value at risk", profile._get_worth_note())
        self.model.grade = "C"
        for rule, text in (
            ("recency", "days ago"), ("frequency", "purchases so far"), ("rfm_sum", "RFM"),
        ):  # fmt: skip
            self.model.best_rule = rule
            self.env["customer.profile"]._refresh(self.company, self.shoppers.ids)
            self.env.invalidate_all()
            profile = self._profile(self.shoppers[0]).with_user(self.salesperson)
            for name in ("churn_probability", "similar_buyers_percent"):
                self.assertIs(profile[name], False, name)
            self._check_nothing_is_told_by_another_name(profile.with_user(self.manager))
            answer = profile.get_card()["prediction"]["answers"][0]
            self.assertIn(text, answer["answer"])
            self.assertIn(self.model._get_rule_label(), answer["note"])
            self.assertTrue(profile.stage)
            self.assertTrue(profile.prediction_sentence)
            names = [
                item["name"]
                for section in profile.get_card()["sections"]
                for item in section["items"]
            ]
            self.assertNotIn("alive_probability", names)

    def _check_nothing_is_told_by_another_name(self, profile):
        """Neither a value at risk of 0, nor a verdict on whether to keep them."""
        for name in ("value_at_risk", "retention_verdict", "retention_max_offer"):
            self.assertFalse(profile[name], name)
        self.assertNotIn("Value at risk", profile._get_worth_note())
        self.assertEqual(profile.retention_sum, profile._get_rule_note())

    def test_months_of_the_forecast_follow_what_was_learned(self):
        """The stored factor stands for what happened lately, which the forecast does not read."""
        customers, days, amounts = zip(*self.sales, strict=True)
        log = prediction.OccasionLog.of(
            customers, [self._day(day).toordinal() for day in days], amounts
        )
        today = self._day(TODAY)
        engine, _card = self.model._get_engine_objects()
        facts = log.as_of(today.toordinal())
        expected = prediction.get_purchases_within(engine, facts, [30, 90])
        known = dict(zip(log.keys[facts.keys].tolist(), expected, strict=True))
        forecasts = self.env["customer.sales.forecast"]
        [(ids, stored, factors)] = list(forecasts._iterate_facts(self.company, today))
        found = prediction.get_purchases_within(engine, stored, [30, 90], factors)
        for partner, values in zip(ids, found, strict=True):
            np.testing.assert_allclose(values, known[partner], rtol=1e-4)
