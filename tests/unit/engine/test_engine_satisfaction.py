"""Decay, components, combination and state of the satisfaction score."""

import math
import unittest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine import satisfaction as engine

WEIGHTS = {"rating": 30, "nps": 20, "gap": 20, "delivery": 15, "complaints": 15}
TODAY = 20_000
scores = st.one_of(st.none(), st.floats(0, 100))


def facts(*histories):
    """One list of (age in days, value) per customer."""
    return engine.flatten_facts(
        [
            [
                [TODAY - age for age, _value in history],
                [TODAY - age for age, _value in history],
                [value for _age, value in history],
                [1] * len(history),
            ]
            for history in histories
        ]
    )


def mean(*history, half_life=180):
    return engine.get_decayed_means(facts(history), 1, TODAY, half_life)[0]


class TestDecay(unittest.TestCase):
    def test_no_fact_is_no_mean(self):
        self.assertIsNone(mean())
        self.assertEqual(engine.get_decayed_means(facts([], [(0, 5)]), 2, TODAY, 9), [None, 5])

    def test_weight_at_the_boundaries(self):
        days = np.array([TODAY, TODAY - 180, TODAY - 360, TODAY - 179])
        decay = engine.get_decay_weights(days, TODAY, 180)
        self.assertEqual(decay[:3].tolist(), [1, 0.5, 0.25])
        self.assertGreater(decay[3], 0.5)

    def test_one_half_life(self):
        self.assertAlmostEqual(mean((0, 100), (180, 0)), 100 * 2 / 3)
        self.assertAlmostEqual(mean((0, 100), (360, 0)), 80)
        self.assertAlmostEqual(mean((0, 100), (1, 0), half_life=1), 100 * 2 / 3)

    def test_a_day_later_the_mean_is_the_same(self):
        self.assertAlmostEqual(mean((0, 90), (77, 10)), mean((1, 90), (78, 10)))

    def test_very_old_facts_keep_a_mean(self):
        self.assertAlmostEqual(mean((40_000, 30), (40_001, 90), half_life=1), 50)

    def test_future_facts_weigh_like_those_of_today(self):
        self.assertEqual(engine.get_decay_weights(np.array([TODAY + 9]), TODAY, 180).tolist(), [1])

    @given(
        st.lists(st.tuples(st.integers(0, 2000), st.floats(0, 100)), min_size=1, max_size=9),
        st.integers(1, 400),
    )
    def test_like_the_formula(self, history, half_life):
        weights = [0.5 ** (age / half_life) for age, _value in history]
        if sum(weights) > 1e-300:
            expected = math.fsum(
                weight * value for weight, (_age, value) in zip(weights, history, strict=True)
            ) / math.fsum(weights)
            self.assertAlmostEqual(mean(*history, half_life=half_life), expected, 6)

    @given(
        st.lists(
            st.lists(st.tuples(st.integers(0, 900), st.integers(0, 100)), max_size=5),
            min_size=1,
            max_size=6,
        )
    )
    def test_customers_do_not_mix(self, histories):
        together = engine.get_decayed_means(facts(*histories), len(histories), TODAY, 180)
        alone = [
            engine.get_decayed_means(facts(history), 1, TODAY, 180)[0] for history in histories
        ]
        self.assertEqual(together, alone)


class TestSelection(unittest.TestCase):
    def test_known_by_the_end_of_the_day(self):
        known = facts([(0, 1), (1, 2), (2, 3)])
        self.assertEqual(engine.select_facts(known, TODAY - 1).value.tolist(), [2, 3])

    def test_window(self):
        known = facts([(179, 1), (180, 2)])
        self.assertEqual(engine.select_facts(known, TODAY, 180).value.tolist(), [1])

    def test_burdens(self):
        history = [[0, 0], [0, engine.STILL_OPEN], [0, 0], [0.5, 2]]
        burden = engine.flatten_facts([history, None])
        self.assertEqual(engine.get_burden_scores(burden, 2), [100 * math.exp(-2.5), None])
        self.assertEqual(engine.count_facts(burden, 2), [2, 0])
        self.assertEqual(engine.count_facts(engine.select_facts(burden, 180, 180), 2), [1, 0])


class TestScore(unittest.TestCase):
    def test_missing_components_drop_out(self):
        self.assertIsNone(engine.combine_scores(dict.fromkeys(WEIGHTS), WEIGHTS))
        only = dict.fromkeys(WEIGHTS) | {"delivery": 40}
        self.assertEqual(engine.combine_scores(only, WEIGHTS), 40)
        two = dict.fromkeys(WEIGHTS) | {"rating": 100, "nps": 0}
        self.assertEqual(engine.combine_scores(two, WEIGHTS), 60)

    def test_weight_zero_does_not_count(self):
        only = dict.fromkeys(WEIGHTS) | {"rating": 100}
        self.assertIsNone(engine.combine_scores(only, WEIGHTS | {"rating": 0}))

    @given(st.fixed_dictionaries(dict.fromkeys(WEIGHTS, scores)))
    def test_between_its_components(self, components):
        score = engine.combine_scores(components, WEIGHTS)
        known = [value for value in components.values() if value is not None]
        if not known:
            self.assertIsNone(score)
        else:
            self.assertGreaterEqual(score, min(known) - 1e-9)
            self.assertLessEqual(score, max(known) + 1e-9)

    def test_gap_score(self):
        for gap, score in ((-4, 0), (0, 50), (4, 100), (0.5, 56.25), (None, None)):
            self.assertEqual(engine.get_gap_score(gap), score)

    def test_rounding(self):
        for value, digits, rounded in (
            (None, 1, None),
            (56.25, 1, 56.3),
            (56.2499999999999, 1, 56.3),
            (56.249, 1, 56.2),
            (-0.125, 2, -0.13),
            (-0.04, 1, 0),
            (100, 1, 100),
        ):
            self.assertEqual(engine.round_half_up(value, digits), rounded, value)

    def test_state(self):
        limits = engine.SatisfactionLimits()
        for score, gap, judgement in (
            (None, None, (None, None)),
            (None, 1, (None, None)),
            (85, None, ("delighted", "score")),
            (84.9, None, ("satisfied", "score")),
            (60, None, ("satisfied", "score")),
            (59.9, None, ("dissatisfied", "score")),
            (0, 0.26, ("delighted", "gap")),
            (0, 0.25, ("satisfied", "gap")),
            (100, -0.25, ("satisfied", "gap")),
            (100, -0.26, ("dissatisfied", "gap")),
        ):
            evidence = engine.SatisfactionEvidence(gap, is_answered=True, is_complained=True)
            found = engine.judge_satisfaction(score, evidence, limits)
            self.assertEqual(found, judgement, (score, gap))

    def test_who_said_nothing_is_never_content(self):
        limits = engine.SatisfactionLimits()
        for score in (0, 59.9, 60, 85, 100):
            silent = engine.judge_satisfaction(score, engine.SatisfactionEvidence(), limits)
            self.assertEqual(silent, (None, None), score)
            complained = engine.SatisfactionEvidence(is_complained=True)
            expected = ("dissatisfied", "complaints") if score < 60 else (None, None)
            self.assertEqual(engine.judge_satisfaction(score, complained, limits), expected, score)

    def test_an_answer_speaks_for_two_half_lives(self):
        for newest, speaks in ((None, False), (640, False), (641, True), (1000, True)):
            self.assertEqual(engine.is_speaking(newest, 1000, 180), speaks, newest)

    def test_newest_days(self):
        facts = engine.flatten_facts([None, ([3, 9], [3, 9], [0, 0], [1, 1]), ([4], [2], [0], [1])])
        self.assertEqual(engine.get_newest_days(facts, 3), [None, 9, 2])
