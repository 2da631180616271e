"""Earned tier and the calendar of changes."""

import unittest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.standing import (
    RULE_IS_MINIMUM,
    TierRules,
    TierState,
    get_earned_tier,
    is_tier_rule_met,
    may_tier_change,
)

BRONZE = TierRules(key=11, rank=10, limits={"occasions": 1})
SILVER = TierRules(key=12, rank=20, limits={"occasions": 3, "revenue": 2_000})
GOLD = TierRules(key=13, rank=30, limits={"revenue": 10_000, "days_late": 30})
LADDER = [SILVER, GOLD, BRONZE]
UNTIL = date(2026, 6, 30)


def earned(tiers=LADDER, **values):
    """Key of the earned tier when every tier is measured over the same window."""
    known = dict.fromkeys(RULE_IS_MINIMUM) | values
    tier = get_earned_tier(tiers, {tier.key: known for tier in tiers})
    return tier and tier.key


class TestEarnedTier(unittest.TestCase):
    def test_highest_tier_whose_every_rule_holds(self):
        self.assertEqual(earned(occasions=3, revenue=1_999.99, days_late=0), 11)
        self.assertEqual(earned(occasions=3, revenue=2_000, days_late=0), 12)
        self.assertEqual(earned(occasions=3, revenue=10_000, days_late=30), 13)
        self.assertEqual(earned(occasions=3, revenue=10_000, days_late=30.01), 12)

    def test_tiers_are_independent(self):
        """Gold asks for no number of occasions: it is earned although Silver is not."""
        self.assertEqual(earned(occasions=1, revenue=10_000, days_late=-5), 13)

    def test_none_earned(self):
        self.assertIsNone(earned(occasions=0, revenue=0))
        self.assertIsNone(earned(tiers=[]))

    def test_tier_without_rules_is_for_everybody(self):
        self.assertEqual(earned(tiers=[TierRules(key=1, rank=1)]), 1)

    def test_every_tier_has_its_own_window(self):
        """Silver over life (5 000), Gold over the year (500): Silver."""
        gold = TierRules(key=13, rank=30, limits={"revenue": 1_000})
        silver = TierRules(key=12, rank=20, limits={"revenue": 1_000})
        values = {13: {"revenue": 500}, 12: {"revenue": 5_000}}
        self.assertIs(get_earned_tier([silver, gold], values), silver)

    def test_unknown_never_meets_a_rule(self):
        for name in RULE_IS_MINIMUM:
            self.assertFalse(is_tier_rule_met(name, None, 0))
            self.assertFalse(is_tier_rule_met(name, None, 10**9))
        # a customer who paid nothing yet cannot be Gold, however small the limit
        self.assertEqual(earned(occasions=5, revenue=50_000, days_late=None), 12)

    def test_zero_is_a_value(self):
        self.assertTrue(is_tier_rule_met("days_late", 0, 0))
        self.assertTrue(is_tier_rule_met("net_profit", 0, 0))
        self.assertTrue(is_tier_rule_met("net_profit", 0, -1))

    def test_direction_of_the_rules(self):
        for name, more_is_better in RULE_IS_MINIMUM.items():
            self.assertTrue(is_tier_rule_met(name, 10, 10))
            self.assertEqual(is_tier_rule_met(name, 11, 10), more_is_better)
            self.assertEqual(is_tier_rule_met(name, 9, 10), not more_is_better)

    @given(st.dictionaries(st.integers(0, 50), st.integers(0, 9), max_size=8), st.integers(0, 9))
    def test_naive_choice(self, ranks, occasions):
        tiers = [TierRules(rank, rank, {"occasions": limit}) for rank, limit in ranks.items()]
        expected = max((rank for rank, limit in ranks.items() if occasions >= limit), default=None)
        self.assertEqual(earned(tiers, occasions=occasions), expected)


class TestMayChange(unittest.TestCase):
    def assertChange(self, expected, held, to, day, grace=30, until=UNTIL):
        self.assertEqual(may_tier_change(TierState(held, until), to, day, grace), expected)

    def test_first_tier_at_once(self):
        self.assertChange(True, None, 10, UNTIL, until=None)
        self.assertChange(False, None, None, UNTIL, until=None)

    def test_up_at_once(self):
        self.assertChange(True, 10, 20, UNTIL - timedelta(days=300))

    def test_down_only_after_period_and_grace(self):
        """Kept until 30 June plus 30 days of grace: the last safe day is 30 July."""
        for lower in (10, None):
            self.assertChange(False, 20, lower, UNTIL)
            self.assertChange(False, 20, lower, date(2026, 7, 1))
            self.assertChange(False, 20, lower, date(2026, 7, 30))
            self.assertChange(True, 20, lower, date(2026, 7, 31))
            self.assertChange(True, 20, lower, date(2026, 7, 1), grace=0)

    def test_renewed_the_day_after_the_period(self):
        self.assertChange(False, 20, 20, UNTIL)
        self.assertChange(True, 20, 20, date(2026, 7, 1))

    @given(
        st.none() | st.integers(0, 3),
        st.none() | st.integers(0, 3),
        st.integers(-400, 400),
        st.integers(0, 90),
    )
    def test_naive_calendar(self, held, to, days, grace):
        if held is None:
            expected = to is not None
        elif to is not None and to > held:
            expected = True
        elif to == held:
            expected = days > 0
        else:
            expected = days > grace
        self.assertChange(expected, held, to, UNTIL + timedelta(days=days), grace)
