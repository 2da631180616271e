"""Measures of a forecast, the grade, and the bars on the CDNOW sample."""

import dataclasses
import json
import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.customer_value.engine import backtest
from odoo.addons.customer_value.engine.prediction import OccasionLog, fit_prediction, predict

from .cdnow import SPLIT, read_lines
from .sales_log import make_log


class TestMetrics(unittest.TestCase):
    @settings(deadline=None, max_examples=100)
    @given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=30))
    def test_auc_against_all_pairs(self, rows):
        scores, happened = (list(column) for column in zip(*rows, strict=True))
        pairs = [
            (a > b) + (a == b) / 2
            for a, first in rows if first for b, second in rows if not second
        ]  # fmt: skip
        expected = sum(pairs) / len(pairs) if pairs else None
        found = backtest.get_auc(scores, happened)
        if expected is None:
            self.assertIsNone(found)
        else:
            self.assertAlmostEqual(found, expected)

    def test_capture_shares_ties(self):
        """Top half of 9 | 5, 5 | 1: the first and half of the two that tie: (40 + 15) / 100."""
        self.assertAlmostEqual(backtest.get_capture([9, 5, 5, 1], [40, 10, 20, 30], 0.5), 0.55)
        self.assertIsNone(backtest.get_capture([1, 2], [5, -5], 0.5))

    def test_rank_correlation(self):
        self.assertAlmostEqual(backtest.get_rank_correlation([1, 2, 9], [3, 4, 5]), 1)
        self.assertIsNone(backtest.get_rank_correlation([1, 1], [3, 4]))

    def test_total_ratio(self):
        self.assertEqual(backtest.get_total_ratio([1, 2], [1, 1]), 1.5)
        self.assertIsNone(backtest.get_total_ratio([1], [0]))


class TestGrade(unittest.TestCase):
    def make_cut(self, model, rule, brier=0.1, ratio=1.0):
        rules = {name: rule for name in backtest.SIMPLE_RULES}
        return backtest.BacktestCut(
            1, 90, 100, 0.5, {"model": model, **rules}, {}, brier, ratio, 0.0, None, [], "full"
        )

    def test_letters(self):
        """A: as good as the best rule, total right; B: close, or another season; C: worse."""
        for expected, cuts in {
            ("A", "better_than_rule"): [(0.8, 0.79)],
            ("A", "equal_to_rule"): [(0.8, 0.804)],
            ("B", "close_to_rule"): [(0.8, 0.81)],
            ("B", "seasonal"): [(0.8, 0.7, 0.1, 1.3)],
            ("C", "worse_than_rule"): [(0.8, 0.7), (0.8, 0.83)],
            ("C", "worse_than_average"): [(0.8, 0.7, 0.25)],
        }.items():
            with self.subTest(expected):
                self.assertEqual(
                    backtest.judge_cuts([self.make_cut(*cut) for cut in cuts]), expected
                )

    def test_best_rule_and_who_left(self):
        """Of equal rules the first; of ten who were likeliest to leave, 8 left: .8 did not buy."""
        cut = self.make_cut(0.8, 0.7)
        self.assertEqual((cut.best_rule, cut.best_rule_auc, cut.until), ("recency", 0.7, 91))
        self.assertIsNone(cut.left_of_ten)
        low = {"low": 0.0, "high": 0.1, "customers": 10, "predicted": 0.1, "actual": 0.2}
        cut = dataclasses.replace(cut, deciles=[low | {"actual": 1.0}, low])
        self.assertEqual(cut.left_of_ten, 8)

    def test_card_of_a_shop(self):
        log = make_log(2)
        card = backtest.grade_prediction(log, 600, 90)
        self.assertEqual([cut.day for cut in card.cuts], [510, 420])
        self.assertIn(card.grade, ("A", "B"))
        again = backtest.GradeCard.from_json(json.loads(json.dumps(card.to_json())))
        self.assertEqual(again, card)
        bought, of = backtest.get_similar(card, 0.99)
        self.assertGreater(bought, backtest.get_similar(card, 0.0)[0])
        self.assertEqual(of, 100)
        self.assertIsNone(backtest.get_similar(card, float("nan")))

    def test_no_grade_says_why(self):
        log = make_log(2)
        card = backtest.grade_prediction(log, 150, 90)
        self.assertEqual((card.grade, card.reason), (None, "short_history"))
        self.assertEqual(card.values["needed"], 180)
        few = OccasionLog.of([1, 2], [0, 5], [5, 5])
        self.assertEqual(backtest.grade_prediction(few, 400, 90).reason, "few_customers")
        self.assertEqual(backtest.grade_prediction(few, -1, 90).reason, "no_data")


class TestCdnow(unittest.TestCase):
    """39 weeks held out: MAE at most .765 and AUC at least .760 asked for; .755 and .776 hoped."""

    def test_bars(self):
        log = OccasionLog.of(*read_lines(), with_free=True)
        model = fit_prediction(log, SPLIT, 273)
        facts = log.as_of(SPLIT)
        outcome = log.get_outcome(facts, 273)
        found = predict(model, facts)
        bought = outcome.purchases > 0
        self.assertEqual(len(facts), 2357)
        self.assertLessEqual(np.abs(found.purchases - outcome.purchases).mean(), 0.760)
        self.assertGreaterEqual(backtest.get_auc(found.purchase_probability, bought), 0.784)
        rules = backtest.get_rule_scores(facts)
        for name in ("recency", "frequency", "rfm_sum"):
            self.assertGreater(
                backtest.get_auc(found.purchase_probability, bought),
                backtest.get_auc(rules[name], bought),
                name,
            )
            self.assertGreater(
                backtest.get_capture(found.value, outcome.profit, 0.1),
                backtest.get_capture(rules[name], outcome.profit, 0.1),
                name,
            )
