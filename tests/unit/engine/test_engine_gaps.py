"""Gap statistics against linear interpolation done by hand."""

import unittest
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.standing import MAX_WON_BACK_DAYS, GapSummary, summarise_gaps

occasion_days = st.sets(st.integers(1, 4_000), min_size=2, max_size=40).map(sorted)


def naive_quantile(values, share):
    """Linear interpolation between the order statistics (PostgreSQL's ``percentile_cont``)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


class TestGaps(unittest.TestCase):
    def test_five_occasions(self):
        """Days 0, 10, 30, 60, 100: gaps 10, 20, 30, 40, mean 25.

        80 %: place 0.8 x 3 = 2.4, so 30 + 0.4 x 10 = 34. 95 %: place 2.85, so 38.5.
        """
        summary = summarise_gaps([0, 10, 30, 60, 100], 100)
        self.assertEqual((summary.count, summary.mean, summary.recent_longest), (4, 25.0, 40))
        self.assertAlmostEqual(summary.p80, 34.0)
        self.assertAlmostEqual(summary.p95, 38.5)

    def test_no_repeat_purchase(self):
        nothing = GapSummary(0, None, None, None, None)
        self.assertEqual(summarise_gaps([], 100), nothing)
        self.assertEqual(summarise_gaps([42], 100), nothing)

    def test_one_gap(self):
        self.assertEqual(summarise_gaps([10, 17], 20), GapSummary(1, 7.0, 7.0, 7.0, 7))

    def test_recent_means_ended_within_180_days(self):
        """The gap of 400 days ended on day 500: recent up to day 680, not on day 681."""
        days = [100, 500, 510]
        self.assertEqual(MAX_WON_BACK_DAYS, 180)
        self.assertEqual(summarise_gaps(days, 680).recent_longest, 400)
        self.assertEqual(summarise_gaps(days, 681).recent_longest, 10)
        self.assertIsNone(summarise_gaps(days, 691).recent_longest)

    @given(occasion_days, st.integers(0, 500))
    def test_naive_statistics(self, days, pause):
        today = days[-1] + pause
        gaps = [later - earlier for earlier, later in zip(days, days[1:], strict=False)]
        recent = [
            later - earlier
            for earlier, later in zip(days, days[1:], strict=False)
            if later >= today - 180
        ]
        summary = summarise_gaps(days, today)
        self.assertEqual(summary.count, len(gaps))
        self.assertAlmostEqual(summary.mean, sum(gaps) / len(gaps))
        self.assertAlmostEqual(summary.p80, naive_quantile(gaps, Fraction(80, 100)), 6)
        self.assertAlmostEqual(summary.p95, naive_quantile(gaps, Fraction(95, 100)), 6)
        self.assertEqual(summary.recent_longest, max(recent, default=None))
