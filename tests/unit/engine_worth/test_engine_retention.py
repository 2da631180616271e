"""Is a customer worth keeping: the sum by hand, its limits, and what must always hold."""

import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.lifetime_value import (
    MAX_STAY_PROBABILITY,
    MIN_STAY_PROBABILITY,
    RetentionPlays,
    judge_retention,
)

PLAYS = RetentionPlays(
    contact_uplift_ratio=0.05, offer_uplift_ratio=0.15, contact_cost=5, offer_cost=20
)
share = st.floats(0, 1)
money = st.floats(-1e6, 1e6)
cost = st.floats(0, 1e5)
plays = st.builds(RetentionPlays, share, share, cost, cost)


class TestRetention(unittest.TestCase):
    def test_offer_by_hand(self):
        found = judge_retention(0.4, 1000, PLAYS)
        self.assertEqual(found.verdict, "offer")
        self.assertAlmostEqual(found.untouched, 400)
        self.assertAlmostEqual(found.with_contact, 0.43 * 1000 - 5)
        self.assertAlmostEqual(found.with_offer, 0.49 * 980 - 5)
        self.assertAlmostEqual(found.gain, 75.2)
        self.assertAlmostEqual(found.max_offer, 1000 - 430 / 0.49)

    def test_contact_when_the_offer_is_too_dear(self):
        dear = RetentionPlays(0.05, 0.15, 5, 500)
        found = judge_retention(0.4, 1000, dear)
        self.assertEqual((found.verdict, found.max_offer), ("contact", 0))
        self.assertAlmostEqual(found.gain, 25)

    def test_let_go_when_nothing_pays(self):
        for value in (-10, 0, 50):
            found = judge_retention(0.4, value, PLAYS)
            self.assertEqual((found.verdict, found.gain), ("let_go", 0))

    def test_who_stays_anyway_is_left_alone(self):
        self.assertEqual(judge_retention(MAX_STAY_PROBABILITY, 1000, PLAYS).verdict, "stays")
        self.assertEqual(judge_retention(MAX_STAY_PROBABILITY - 1e-9, 1000, PLAYS).verdict, "offer")
        self.assertEqual(judge_retention(1.0, -5, PLAYS).verdict, "let_go")

    def test_who_is_gone_is_not_kept(self):
        self.assertEqual(judge_retention(MIN_STAY_PROBABILITY, 10_000, PLAYS).verdict, "offer")
        found = judge_retention(MIN_STAY_PROBABILITY - 1e-9, 10_000, PLAYS)
        self.assertEqual((found.verdict, found.gain, found.max_offer), ("let_go", 0, 0))

    def test_nothing_known_nothing_said(self):
        self.assertEqual(judge_retention(None, 10, PLAYS).verdict, "no_data")
        self.assertEqual(judge_retention(0.5, None, PLAYS).verdict, "no_data")

    @given(share, money, plays)
    def test_advice_is_never_worse_than_doing_nothing(self, stay, value, settings):
        found = judge_retention(stay, value, settings)
        self.assertIn(found.verdict, ("offer", "contact", "let_go", "stays"))
        self.assertGreaterEqual(found.gain, 0)
        if found.verdict == "offer":
            self.assertGreaterEqual(found.max_offer + 1e-6 * abs(value) + 1e-6, 0)
            self.assertGreaterEqual(
                found.with_offer, max(found.untouched, found.with_contact) - 1e-6
            )

    @given(st.floats(0, 0.79), st.floats(1, 1e6), plays)
    def test_dearest_offer_breaks_even(self, stay, value, settings):
        found = judge_retention(stay, value, settings)
        if found.verdict != "offer":
            return
        at_limit = RetentionPlays(
            settings.contact_uplift_ratio,
            settings.offer_uplift_ratio,
            settings.contact_cost,
            found.max_offer,
        )
        again = judge_retention(stay, value, at_limit)
        best_other = max(again.untouched, again.with_contact)
        self.assertAlmostEqual(again.with_offer, best_other, delta=1e-6 * (1 + abs(value)))
