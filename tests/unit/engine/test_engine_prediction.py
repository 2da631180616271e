"""The prediction as a whole: facts, value, adjustment and scores."""

import json
import unittest
import warnings

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.customer_value.engine import backtest
from odoo.addons.customer_value.engine.prediction import (
    CustomerFacts,
    OccasionLog,
    PredictionModel,
    ShrunkMean,
    find_intercept,
    fit_gamma_gamma,
    fit_prediction,
    fit_shrunk_mean,
    get_default_horizon,
    get_process_probability,
    get_window_days,
    predict,
    subtract_cost_to_serve,
)

from .sales_log import make_log

log_rows = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 40), st.integers(-5, 9)), min_size=1, max_size=50
)


class TestOccasionLog(unittest.TestCase):
    @settings(deadline=None, max_examples=100)
    @given(log_rows, st.integers(0, 40), st.integers(1, 40))
    def test_facts_and_outcome_against_a_naive_loop(self, rows, today, horizon):
        log = OccasionLog.of(*(np.array(column) for column in zip(*rows, strict=True)))
        days = {}
        for customer, day, amount in rows:
            days[customer, day] = days.get((customer, day), 0) + amount
        facts, expected, keys = log.as_of(today), [], []
        outcome = log.get_outcome(facts, horizon)
        for customer in sorted({row[0] for row in rows}):
            known = {d: v for (c, d), v in days.items() if c == customer and d <= today}
            bought = sorted(d for d, v in known.items() if v > 0)
            if bought:
                later = {d: v for (c, d), v in days.items()
                         if c == customer and today < d <= today + horizon}  # fmt: skip
                next_days = [d for d, v in later.items() if v > 0]
                keys.append(customer)
                expected.append((
                    len(bought), bought[0], bought[-1], sum(known.values()),
                    sum(v * v for v in known.values()), len(next_days), sum(later.values()),
                    min(next_days, default=-1),
                ))  # fmt: skip
        self.assertEqual([int(key) for key in log.keys[facts.keys]], keys)
        found = (
            facts.occasions, facts.first_days, facts.last_days, facts.revenue,
            facts.profit_squares, outcome.purchases, outcome.profit, outcome.next_day,
        )  # fmt: skip
        np.testing.assert_allclose(np.array(found).T, np.array(expected).reshape(-1, 8))

    def test_free_days(self):
        """All free: an occasion only where asked for; bought and given back: never."""
        rows = ([1, 2, 2], [5, 5, 5], [0.0, 7.0, -7.0])
        self.assertEqual(len(OccasionLog.of(*rows).as_of(9)), 0)
        facts = OccasionLog.of(*rows, with_free=True).as_of(9)
        self.assertEqual(list(facts.keys), [0])


class TestValue(unittest.TestCase):
    def test_shrunk_mean_by_hand(self):
        """Total 300 of 3 occasions, common mean 40 counting for 2: (300 + 80) / 5 = 76."""
        model = ShrunkMean(40, 2)
        self.assertEqual(model.predict([300], [3])[0], 76)

    def test_weight_is_the_ratio_of_variances(self):
        """Customers differ by sd 20, days of one by sd 40: weight 1600/400 = 4; losses allowed."""
        random = np.random.default_rng(6)
        n = random.integers(2, 9, 20_000)
        own = random.normal(5, 20, len(n))
        values = [random.normal(mean, 40, count) for mean, count in zip(own, n, strict=True)]
        totals = [v.sum() for v in values]
        model = fit_shrunk_mean(totals, [np.square(v).sum() for v in values], n)
        self.assertAlmostEqual(model.weight, 4, delta=0.5)
        self.assertAlmostEqual(model.mean, 5, delta=0.6)

    def test_nothing_to_learn_from(self):
        self.assertEqual(fit_shrunk_mean([], [], []).mean, 0)
        self.assertIsNone(fit_gamma_gamma([0, -5, np.nan], [1, 2, 3]))

    def test_gamma_gamma_always_has_a_mean(self):
        """q stays above 1, so that no spend is ever negative (pymc-marketing issue 594)."""
        model = fit_gamma_gamma([1, 1e9, 3, 1e-6], [1, 1, 1, 1])
        self.assertGreater(model.q, 1)
        self.assertTrue((model.predict([0, 5, 1e12], [0, 1, 100]) > 0).all())


class TestPrediction(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = make_log(regularity=3)
        cls.model = fit_prediction(cls.log, 500, 90)
        cls.facts = cls.log.as_of(500)
        cls.found = predict(cls.model, cls.facts)

    def test_survives_json(self):
        data = json.loads(json.dumps(self.model.to_json(), allow_nan=False))
        again = PredictionModel.from_json(data)
        self.assertEqual(again, self.model)
        np.testing.assert_array_equal(predict(again, self.facts).value, self.found.value)

    def test_a_customer_alone_scores_as_among_others(self):
        for row in (0, 7, 100):
            alone = predict(self.model, self.facts.take([row]))
            for name, values in vars(alone).items():
                np.testing.assert_array_equal(values, getattr(self.found, name)[[row]], name)

    def test_future_is_not_looked_at(self):
        """Poison everything after the day: the model is the same to the last bit."""
        known = self.log.days <= 500
        columns = (self.log.customers, self.log.days, self.log.revenues)
        past = [column[known] for column in columns]
        poison = [np.r_[past[0], np.arange(400)], np.r_[past[1], [501] * 400],
                  np.r_[past[2], [1e6] * 400]]  # fmt: skip
        self.assertEqual(
            fit_prediction(OccasionLog.of(*past), 500, 90),
            fit_prediction(OccasionLog.of(*poison), 500, 90),
        )

    def test_adjustment_keeps_the_totals_of_the_process(self):
        self.assertEqual(self.model.adjustment.reason, "learned")
        self.assertGreater(self.model.dates.shape, 1)
        model = fit_prediction(make_log(), 360, 90)  # too young to know a level or a season
        self.assertEqual((model.adjustment.cycle, model.season.horizon), (None, 1.0))
        facts = make_log().as_of(360)
        plain = get_process_probability(model, facts)
        found = predict(model, facts)
        self.assertAlmostEqual(found.purchase_probability.sum() / plain.sum(), 1, places=6)
        self.assertTrue((self.found.purchases >= self.found.purchase_probability).all())

    def test_ranges_and_missing_dates(self):
        found = self.found
        dated = np.isfinite(found.next_day)
        self.assertTrue(dated.any())
        np.testing.assert_array_equal(
            dated, (self.facts.occasions > 1) & (found.alive_probability >= 0.5)
        )
        self.assertTrue((found.next_day[dated] > 500).all())
        self.assertTrue((found.next_day_low <= found.next_day)[dated].all())
        self.assertTrue((found.next_day <= found.next_day_high)[dated].all())

    def test_range_holds_four_of_five(self):
        """The 80 % range on regular customers who do buy again."""
        outcome = self.log.get_outcome(self.facts, 200)
        rows = np.isfinite(self.found.next_day) & (outcome.next_day > 0)
        inside = (outcome.next_day >= self.found.next_day_low) & (
            outcome.next_day <= self.found.next_day_high
        )
        self.assertAlmostEqual(inside[rows].mean(), 0.8, delta=0.1)

    def test_value_is_discounted_at_mid_year(self):
        """Occasions of the year x profit per occasion / 1.1^0.5, less the cost to serve."""
        expected = self.found.year_purchases * self.found.profit_per_occasion / 1.1**0.5
        np.testing.assert_allclose(self.found.value, expected)
        served = subtract_cost_to_serve(self.found, self.model, 5.0)
        lost = self.found.year_purchases * 5 / 1.1**0.5
        np.testing.assert_allclose(self.found.value - served, lost)

    def test_bad_rows_have_a_reason_and_no_number(self):
        facts = CustomerFacts.of(
            500, [2, 0, 3, 1, 2], [400, 0, 490, 600, 400], [450, 0, 480, 600, 450],
            [10, 0, 10, 10, np.nan],
        )  # fmt: skip
        found = predict(self.model, facts)
        expected = ["ok", "no_purchase", "bad_data", "bad_data", "bad_data"]
        self.assertEqual(list(found.reason), expected)
        self.assertEqual(list(np.isfinite(found.purchase_probability)), [True] + [False] * 4)
        self.assertEqual(list(found.confidence), ["medium"] + ["none"] * 4)

    def test_refunded_customers_and_giants_are_finite(self):
        facts = CustomerFacts.of(500, [2, 3, 1_000_000], [1, 1, 1], [450, 400, 499], [-5, 0, 1e15])
        found = predict(self.model, facts)
        self.assertTrue(
            np.isfinite(found.value).all() and np.isfinite(found.purchase_probability).all()
        )

    def test_ladder(self):
        few = OccasionLog.of([1, 1, 2], [0, 200, 5], [5, 5, 5])
        self.assertEqual(fit_prediction(few, 400, 90).level, "few_customers")
        short = fit_prediction(few, 100, 90)
        self.assertEqual(short.level, "short_history")
        self.assertEqual(set(predict(short, few.as_of(100)).reason), {"short_history"})
        self.assertEqual(fit_prediction(few, -1, 90).level, "no_data")
        self.assertEqual(self.model.level, "full")

    def test_default_horizon(self):
        self.assertEqual(get_default_horizon(None), 90)
        self.assertEqual(get_default_horizon(60.5), 121)

    def test_strange_shops_never_fail(self):
        """Random small logs with losses, giants and one day only: no exception, warning or NaN."""
        random = np.random.default_rng(12)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _shop in range(60):
                rows = int(random.integers(1, 300))
                scale = 10.0 ** random.integers(-3, 13)
                log = OccasionLog.of(
                    random.integers(0, int(random.choice([1, 5, 100])), rows),
                    random.integers(0, int(random.choice([1, 30, 2000])), rows),
                    random.normal(0.5, 1, rows) * scale,
                    random.normal(0.0, 1, rows) * scale,
                )
                today = int(random.integers(0, 2500))
                model = fit_prediction(log, today, int(random.choice([1, 90, 400])))
                json.dumps(model.to_json(), allow_nan=False)
                facts = log.as_of(today)
                found = predict(model, facts)
                for name in (
                    "alive_probability",
                    "purchase_probability",
                    "purchases",
                    "value",
                    "pause_probability",
                ):
                    self.assertTrue(np.isfinite(getattr(found, name)).all(), name)
                card = backtest.grade_prediction(log, today, 90)
                json.dumps(card.to_json(), allow_nan=False)


class TestAdjustment(unittest.TestCase):
    def test_same_season_of_last_year_is_looked_at_too(self):
        self.assertEqual(get_window_days(0, 300, 90), [(210, 90), (180, 90), (150, 90), (120, 90)])
        self.assertEqual(get_window_days(0, 300, 270), [(180, 120), (140, 120)])
        recent = [(510 - 30 * number, 90) for number in range(6)]
        self.assertEqual(get_window_days(0, 700, 90), [(day + 100, 90) for day, _n in recent]
                         + [(335, 90)])  # fmt: skip
        self.assertEqual(get_window_days(None, 600, 90), [])

    def test_level_makes_the_total(self):
        log_odds = np.array([-5.0, 0, 3, 40, -40])
        shift = find_intercept(log_odds, 2.5)
        self.assertAlmostEqual((1 / (1 + np.exp(-(log_odds + shift)))).sum(), 2.5, places=6)
