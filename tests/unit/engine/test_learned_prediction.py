"""What is learned on top of the purchase process: regression, trees, cycle, level, reasons."""

import json
import unittest
import warnings
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.customer_value.engine import backtest
from odoo.addons.customer_value.engine.numerics import TreeBooster, fit_grouped, fit_trees
from odoo.addons.customer_value.engine.numerics.tree_booster import FEW_ROWS
from odoo.addons.customer_value.engine.prediction import (
    CustomerFacts,
    Level,
    OccasionLog,
    PredictionModel,
    RecentPurchases,
    fit_prediction,
    get_moves,
    get_process_probability,
    get_purchases_within,
    predict,
)
from odoo.addons.customer_value.engine.prediction.level import (
    get_scaled_total,
    learn_level,
    shift_probability,
)
from odoo.addons.customer_value.engine.prediction.model import get_start

from .sales_log import make_log

# scikit-learn 1.9.1: HistGradientBoostingClassifier(max_iter=100, learning_rate=0.05,
# max_leaf_nodes=6, min_samples_leaf=20, l2_regularization=1.0, early_stopping=False, max_bins=32)
# .fit(columns.T, outcome).decision_function(columns.T): the first twelve rows, and the sum.
PUBLISHED = (-2.451885, -2.839268, -3.347906, -2.46862, 4.082305, -2.830087,
             4.255994, -2.730518, -2.735552, -2.33808, -3.095961, 4.445203)  # fmt: skip
PUBLISHED_SUM = -1276.298


def make_table():
    x = np.arange(2000)
    columns = np.stack([x * 7 % 16, x * 11 % 13, (x // 5) * 3 % 11]).astype(float)
    first, second, third = columns
    outcome = (first > 9) & (second < 7) | (third > 7) & (x * 13 % 5 < 3) | (x * 17 % 19 == 0)
    return columns, outcome.astype(float)


def make_cycles(seed=1, customers=84, days=1100, cycles=(91, 182, 365)):
    """A book of business customers who order like clockwork; some leave."""
    dice = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        cycle, day = dice.choice(cycles), dice.integers(0, 365)
        end = days if dice.random() < 0.85 else dice.integers(300, days)
        while day < end:
            rows.append((customer, int(day), 1000 * dice.lognormal(0, 0.5)))
            day += max(5, cycle * dice.normal(1, 0.1))
    return OccasionLog.of(*(np.array(column) for column in zip(*rows, strict=True)))


def make_holidays(seed=22, customers=900, days=728):
    """Frequent buyers of whom many stay away for months and come back; a third buys once."""
    dice = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        day, gap, end = float(dice.integers(0, 90)), 3 + dice.gamma(2, 4.5), dice.exponential(1500)
        leaves, once = dice.random() < 0.6, dice.random() < 0.3
        while day < days and day <= end + 90:
            rows.append((customer, int(day), 20 * dice.gamma(3, 0.3) + 1))
            if once:
                break
            day += max(1, dice.gamma(2, gap / 2))
            if leaves and dice.random() < 0.04:
                day += dice.integers(60, 300)
    return OccasionLog.of(*(np.array(column) for column in zip(*rows, strict=True)))


def make_season(seed=3, customers=800, days=1000, peak=3.0):
    """Random buyers who buy four times as much around day 330 of each year."""
    dice = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        start, rate = int(dice.integers(0, 500)), dice.gamma(1.5, 0.01)
        end = start + dice.exponential(900)
        span = np.arange(start, int(min(days, end)) + 1)
        lift = 1 + peak * np.exp(-np.square((span % 365 - 330) / 30))
        bought = span[(dice.random(len(span)) < rate * lift) | (span == start)]
        rows += [(customer, int(day), 30.0) for day in bought]
    return OccasionLog.of(*(np.array(column) for column in zip(*rows, strict=True)))


class TestRecentPurchases(unittest.TestCase):
    @settings(deadline=None, max_examples=100)
    @given(
        st.lists(
            st.tuples(st.integers(0, 4), st.integers(0, 900), st.integers(-5, 9)),
            min_size=1,
            max_size=50,
        ),
        st.integers(0, 900),
        st.integers(1, 365),
        st.data(),
    )
    def test_against_a_naive_loop(self, rows, today, horizon, data):
        log = OccasionLog.of(*(np.array(column) for column in zip(*rows, strict=True)))
        facts = log.as_of(today)
        chosen = data.draw(st.permutations(range(len(facts)))) if len(facts) else []
        facts = facts.take(np.array(chosen, dtype=int))
        recent = facts.recent
        for row, key in enumerate(facts.keys):
            days = {}
            for customer, day, amount in rows:
                if customer == log.keys[key] and day <= today:
                    days[day] = days.get(day, 0) + amount
            bought = [day for day, amount in days.items() if amount > 0]
            self.assertEqual(
                recent.count_between(today - 90, today)[row], sum(d > today - 90 for d in bought)
            )
            self.assertEqual(
                recent.count_between(today - 365, today - 365 + horizon)[row],
                sum(today - 365 < day <= today - 365 + horizon for day in bought),
            )
            self.assertEqual(
                recent.revenue_180[row], sum(v for d, v in days.items() if d > today - 180)
            )
            self.assertEqual(recent.last_revenue[row], days[max(bought)])

    def test_from_histories(self):
        """Days of the last 365 only, customer by customer; nobody has to have any."""
        recent = RecentPurchases.of([[1, 400], None, [36, 37, 401]], 401, [5, 0, 7], [5, 0, 2])
        self.assertEqual(recent.days.tolist(), [400, 37, 401])
        self.assertEqual(recent.counts.tolist(), [1, 0, 2])
        self.assertEqual(recent.count_between(36, 401).tolist(), [1, 0, 2])
        self.assertEqual(len(RecentPurchases.of([], 401, [], [])), 0)

    def test_lengths_must_agree(self):
        recent = RecentPurchases(np.array([1]), np.array([1]), np.zeros(1), np.zeros(1))
        with self.assertRaises(ValueError):
            CustomerFacts.of(5, [1, 1], [1, 1], [1, 1], [5, 5], recent=recent)


class TestRegression(unittest.TestCase):
    def test_slope_and_groups_of_a_known_process(self):
        """Counts at exp(0.5·x + level of the group): the slope comes out, levels do not matter."""
        dice = np.random.default_rng(5)
        x, groups = dice.normal(0, 1, 40_000), np.arange(40_000) % 3
        counts = dice.poisson(np.exp(0.5 * x - groups))
        part = fit_grouped([x, np.ones(40_000)], counts, np.zeros(40_000), groups, 1, counts=True)
        self.assertAlmostEqual(part.slopes[0] / part.spreads[0], 0.5, delta=0.02)
        self.assertEqual(part.slopes[1], 0.0)

    def test_gradient_is_zero_where_it_stops(self):
        """Logistic: Σ x·(outcome - expected) is the penalty times the slope."""
        columns, outcome = make_table()
        groups = np.zeros(2000, dtype=int)
        part = fit_grouped(list(columns), outcome, np.zeros(2000), groups, 10)
        moved = part.add(list(columns))
        low, high = -10.0, 10.0
        for _halving in range(80):  # the intercept, which the part does not keep
            middle = (low + high) / 2
            total = (1 / (1 + np.exp(-moved - middle))).sum()
            low, high = (low, middle) if total > outcome.sum() else (middle, high)
        rest = outcome - 1 / (1 + np.exp(-moved - low))
        for values, slope, mean, spread in zip(
            columns, part.slopes, part.means, part.spreads, strict=True
        ):
            self.assertAlmostEqual(((values - mean) / spread) @ rest, 10 * slope, delta=0.01)


class TestTrees(unittest.TestCase):
    def test_as_scikit_learn(self):
        columns, outcome = make_table()
        share = outcome.mean()
        base = np.log(share / (1 - share))
        booster = fit_trees(list(columns), outcome, np.full(2000, base))
        found = base + booster.add(list(columns))
        np.testing.assert_allclose(found[:12], PUBLISHED, atol=2e-6)
        self.assertAlmostEqual(found.sum(), PUBLISHED_SUM, delta=1e-3)

    def test_a_row_alone_and_json(self):
        columns, outcome = make_table()
        booster = fit_trees(list(columns), outcome, np.zeros(2000), trees=10)
        again = TreeBooster.from_json(json.loads(json.dumps(booster.to_json())))
        self.assertEqual(again, booster)
        together = booster.add(list(columns))
        self.assertGreater(len(together), FEW_ROWS)
        for size in (1, 7, FEW_ROWS):
            with self.subTest(rows_at_once=size):
                alone = [
                    again.add([values[begin : begin + size] for values in columns])
                    for begin in range(0, len(together), size)
                ]
                self.assertEqual(np.concatenate(alone).tolist(), together.tolist())

    def test_nothing_to_split(self):
        booster = fit_trees([np.ones(50)], np.arange(50) % 2.0, np.zeros(50))
        np.testing.assert_allclose(booster.add([np.ones(3)]), 0.0, atol=1e-9)


class TestOwnCycle(unittest.TestCase):
    """Small books of regular customers: who has just bought is not due."""

    def test_small_books_are_ahead_of_every_rule(self):
        for seed in (1, 2, 3):
            with self.subTest(seed):
                log = make_cycles(seed)
                model, facts = fit_prediction(log, 900, 90), log.as_of(900)
                bought = log.get_outcome(facts, 90).purchases > 0
                buys = predict(model, facts).purchase_probability
                rules = backtest.get_rule_scores(facts)
                best = max(backtest.get_auc(rules[name], bought) for name in rules)
                self.assertGreater(model.adjustment.cycle.shape, 1)
                self.assertGreater(backtest.get_auc(buys, bought), max(best, 0.8))
                plain = get_process_probability(model, facts)
                self.assertLess(backtest.get_brier(buys, bought), backtest.get_brier(plain, bought))

    def test_random_buyers_have_no_cycle(self):
        self.assertIsNone(fit_prediction(make_log(4), 500, 90).adjustment.cycle)


class TestLongPauses(unittest.TestCase):
    def test_frequent_buyers_on_holiday_are_not_below_one_time_buyers(self):
        """The process is sure that they have left; the company's past says that they return."""
        log = make_holidays()
        model, facts = fit_prediction(log, 364, 180), log.as_of(364)
        buys = predict(model, facts).purchase_probability
        bought = log.get_outcome(facts, 180).purchases > 0
        frequent = (facts.occasions >= 10) & (facts.pause > 60)
        plain = get_process_probability(model, facts)
        self.assertLess(plain[frequent].mean(), 0.5 * bought[frequent].mean())
        self.assertGreater(buys[frequent].mean(), 2 * plain[frequent].mean())
        self.assertGreater(buys[frequent].mean(), buys[facts.occasions == 1].mean())
        self.assertGreater(backtest.get_auc(buys, bought), backtest.get_auc(plain, bought))

    def test_who_will_buy_is_still_a_customer(self):
        """What was learned of purchases counts for who is still there, their dates and stages."""
        log = make_holidays()
        model, facts = fit_prediction(log, 364, 180), log.as_of(364)
        found, (_features, _chances, process) = predict(model, facts), get_start(model, facts)
        mended = found.purchase_probability > process + 0.01
        self.assertGreater(mended.sum(), 100)
        np.testing.assert_array_equal(
            found.alive_probability, np.maximum(process, found.purchase_probability)
        )
        has_date = (found.alive_probability >= 0.5) & (facts.occasions > 1)
        np.testing.assert_array_equal(np.isfinite(found.next_day), has_date)


class TestLevel(unittest.TestCase):
    def test_before_and_after_the_season(self):
        """A year ago tells what the next months are like, as of any day of the third year."""
        log = make_season()
        for today in (620, 680, 760, 820):
            with self.subTest(today):
                model, facts = fit_prediction(log, today, 120), log.as_of(today)
                came = log.get_outcome(facts, 120).purchases.sum()
                found = predict(model, facts)
                self.assertEqual(model.season.source, "year_ago")
                self.assertTrue(model.season.season_known)
                self.assertTrue(0.8 <= found.purchases.sum() / came <= 1.25)

    def test_less_than_fifteen_months(self):
        log = make_season()
        first = log.first_day
        expected = ((364, "unknown", False), (365, "season_index", False),
                    (455, "season_index", False), (456, "season_index", True),
                    (484, "season_index", True), (485, "year_ago", True))  # fmt: skip
        for days, source, known in expected:
            level = learn_level(log, first + days, 90, 365)
            self.assertEqual((level.source, level.season_known), (source, known), days)
        self.assertEqual(learn_level(log, first + 100, 90, 365), Level())

    def test_index_finds_the_season_and_no_cohort(self):
        log = make_season()
        after = learn_level(log, log.first_day + 400, 90, 365).horizon  # the peak is over
        before = learn_level(log, log.first_day + 480, 200, 365)
        self.assertLess(after, 0.75)
        self.assertGreater(before.horizon, 0.6)
        flat = make_season(peak=0.0)
        self.assertAlmostEqual(learn_level(flat, flat.first_day + 400, 90, 365).horizon, 1, 0)

    def test_bounds(self):
        days = np.r_[np.arange(0, 400), np.full(1, 700)]
        log = OccasionLog.of(np.zeros(401, dtype=int), days, np.ones(401))
        for today in range(365, 1500, 50):
            level = learn_level(log, today, 90, 365)
            self.assertTrue(0.5 <= level.horizon <= 2 and 0.5 <= level.value <= 2)

    def test_worked_example_of_the_document(self):
        """480 came where 390 were expected: 1.225; of P(alive) 0.8 and P(buys) 0.4 count 0.458."""
        total = get_scaled_total(np.array([0.4]), np.array([0.8]), (480 + 10) / (390 + 10))
        self.assertAlmostEqual(total, 0.458, places=3)
        self.assertEqual(get_scaled_total(np.array([0.0, 1.0]), np.array([0.0, 0.9]), 2.0), 1.0)

    def test_shift_keeps_the_order(self):
        moved = shift_probability(np.array([0.0, 0.1, 0.5, 1.0]), np.log(2))
        np.testing.assert_allclose(moved, [0, 2 / 11, 2 / 3, 1])

    def test_a_year_holds_the_horizon(self):
        log = make_season()
        found = predict(fit_prediction(log, 620, 120), log.as_of(620))
        self.assertTrue((found.year_purchases >= found.purchases).all())


class TestLearned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = make_holidays()
        cls.model = fit_prediction(cls.log, 364, 180)
        cls.facts = cls.log.as_of(364)
        cls.found = predict(cls.model, cls.facts)

    def test_only_what_helps_on_two_windows_is_used(self):
        adjustment = self.model.adjustment
        for member in adjustment.members:
            self.assertGreater(min(adjustment.gains[member]), 0, member)
        left_out = {"few", "many", "trees"} - set(adjustment.members)
        for member in left_out & set(adjustment.gains):
            self.assertLessEqual(min(adjustment.gains[member]), 0, member)

    def test_counts_too_are_used_only_where_they_help_on_two_windows(self):
        """Also the half of what members do: nothing goes by the mean of the two windows."""
        for model in (self.model, *(fit_prediction(self.log, day, 60) for day in (200, 260, 320))):
            gains = {
                name: gain
                for name, gain in model.adjustment.gains.items()
                if name.startswith("counts_")
            }
            weights = model.adjustment.count_weights
            best = max(
                (name for name in gains if min(gains[name]) > 0),
                key=lambda name, gains=gains: sum(gains[name]),
                default="counts_0.0_0.0",
            )
            self.assertEqual(f"counts_{weights[0]}_{weights[1]}", best)

    def test_row_order_changes_nothing(self):
        dice = np.random.default_rng(8)
        order = dice.permutation(len(self.log))
        again = OccasionLog.of(
            self.log.customers[order], self.log.days[order], self.log.revenues[order]
        )
        self.assertEqual(fit_prediction(again, 364, 180), self.model)

    def test_large_and_small_calls_agree(self):
        """Columns are worked on in parts: a customer's numbers are the same in any of them."""
        many = self.facts.take(np.tile(np.arange(len(self.facts)), 70))
        found = predict(self.model, many)
        for name in ("purchase_probability", "purchases", "value", "pause_probability"):
            np.testing.assert_array_equal(
                getattr(found, name)[-len(self.facts) :], getattr(self.found, name), name
            )

    def test_without_recent_facts_the_process_answers(self):
        facts = replace(self.facts, recent=None)
        model = replace(self.model, season=Level())
        features, chances, _alive = get_start(model, facts)
        self.assertIsNone(features)
        found = predict(model, facts)
        np.testing.assert_allclose(found.purchase_probability, chances.probability)
        self.assertEqual(get_moves(model, facts), {})

    def test_moves_add_up_for_lines(self):
        """Without trees: what the facts add is the whole difference from a usual customer."""
        lines = tuple(name for name in self.model.adjustment.members if name != "trees")
        self.assertTrue(lines, self.model.adjustment.gains)
        adjustment = replace(self.model.adjustment, members=lines)
        features, _chances, _alive = get_start(self.model, self.facts)
        moves = adjustment.get_moves(features)
        self.assertEqual(set(moves), {"rhythm", "recent", "season", "money", "history"})
        usual = {name: np.full(1, value) for name, value in adjustment.usual.items()}
        expected = adjustment.add_up(features) - adjustment.add_up(usual)
        np.testing.assert_allclose(sum(moves.values()), expected, atol=1e-9)

    def test_moves_are_differences_of_probabilities(self):
        buys = self.found.purchase_probability
        for values in get_moves(self.model, self.facts).values():
            self.assertTrue((buys - values >= -1e-9).all() and (buys - values <= 1 + 1e-9).all())

    def test_moves_name_the_pause(self):
        """The longer a regular customer is silent, the more the rhythm lowers it."""
        order = np.argsort(self.found.pause_probability)
        moves = get_moves(self.model, self.facts)["rhythm"]
        size = len(order) // 5
        self.assertLess(moves[order[:size]].mean(), moves[order[-size:]].mean())

    def test_model_of_an_earlier_version_is_read(self):
        data = json.loads(json.dumps(self.model.to_json()))
        data["adjustment"] = {"slopes": [0.1] * 5, "intercept": 0.2, "amounts": [1, 2],
                              "reason": "learned", "windows": 2}  # fmt: skip
        data["purchase_scale"] = 1.1
        del data["season"]
        model = PredictionModel.from_json(data)
        found = predict(model, self.facts)
        np.testing.assert_allclose(
            found.purchase_probability, get_process_probability(model, self.facts)
        )

    def test_months_follow_what_was_learned_but_not_the_season(self):
        within = get_purchases_within(self.model, self.facts, [90, 365])
        other = replace(self.model, season=replace(self.model.season, horizon=2.0, shift=0.7))
        np.testing.assert_array_equal(within, get_purchases_within(other, self.facts, [90, 365]))
        self.assertTrue((within[:, 1] >= within[:, 0]).all())

    def test_odd_amounts_are_silent(self):
        """No amount, refunds above the sales, giants: finite and without a warning."""
        dice = np.random.default_rng(4)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for scale in (1e-9, 1e12):
                log = OccasionLog.of(
                    np.repeat(np.arange(300), 6), dice.integers(0, 800, 1800),
                    dice.normal(0.3, 1, 1800) * scale,
                )  # fmt: skip
                model, facts = fit_prediction(log, 700, 90), log.as_of(700)
                self.assertTrue(np.isfinite(predict(model, facts).purchases).all())
                for values in get_moves(model, facts).values():
                    self.assertTrue(np.isfinite(values).all())
