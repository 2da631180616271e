"""What is not bought any more, against hand counts and a naive reading of the same purchases."""

import math
import unittest
from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.recommendation import (
    PurchaseLines,
    UsualLimits,
    get_stopped_categories,
)

TODAY = 740_000
PAPER, INK, GLUE = 7, 9, 11
# product -> category; product 40 has none
CATEGORIES = {10: PAPER, 11: PAPER, 20: INK, 30: GLUE, 40: -1}
NO_LIMITS = UsualLimits(np.array([], dtype=np.int64), np.array([]))


def make_lines(rows):
    """Purchases from (customer, product, days ago, revenue); a third of it is profit."""
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    customers, products, ago, revenues = columns
    days = [TODAY - number for number in ago]
    profits = [revenue / 3 for revenue in revenues]
    return PurchaseLines.of(customers, products, days, [1] * len(rows), revenues, profits)


def find(rows, usual=NO_LIMITS, leaving=None):
    lines = make_lines(rows)
    categories = [CATEGORIES[product] for product in lines.products.tolist()]
    return get_stopped_categories(lines, categories, TODAY, usual, leaving)


def buy(customer, product, *ago, amount=100.0):
    return [(customer, product, days, amount) for days in ago]


def get_quantile(gaps, share):
    """Linear interpolation between the ordered values."""
    ordered = sorted(gaps)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def get_naive(rows, overall=360.0, leaving=None):
    """The same in plain loops: {(customer, category): (last day, limit, others, revenue)}."""
    days = defaultdict(lambda: defaultdict(set))
    for customer, product, ago, _revenue in rows:
        days[customer][CATEGORIES[product]].add(-ago)

    def limit(own):
        ordered = sorted(own)
        gaps = [b - a for a, b in zip(ordered, ordered[1:], strict=False)]
        if leaving:
            return leaving
        if len(gaps) >= 3:
            return max(get_quantile(gaps, 0.95), 2 * sum(gaps) / len(gaps))
        return max([overall, *gaps])

    found = {}
    for customer, categories in days.items():
        everything = set().union(*categories.values())
        if -max(everything) > limit(everything):
            continue
        for category, own in categories.items():
            last = max(own)
            others = [day for day in everything if day > last]
            if category < 0 or len(own) < 2 or not others or -last <= limit(own):
                continue
            worth = sum(
                revenue
                for c, p, ago, revenue in rows
                if c == customer and CATEGORIES[p] == category and -ago > last - 365
            )
            found[customer, category] = (last, limit(own), len(others), worth)
    return found


class TestStoppedCategories(unittest.TestCase):
    def test_worked_example(self):
        """docs/needs.md: paper every 30 days until 100 days ago, ink until last week."""
        rows = buy(1, 10, 190, 160, 130, 100, amount=250) + buy(1, 20, 187, 97, 7)
        found = find(rows)
        self.assertEqual(found.customers.tolist(), [1])
        self.assertEqual(found.categories.tolist(), [PAPER])
        self.assertEqual(found.last_days.tolist(), [TODAY - 100])
        self.assertEqual((found.gaps[0], found.limits[0]), (30, 60))
        self.assertEqual((found.purchases[0], found.others[0]), (4, 2))
        self.assertAlmostEqual(found.revenues[0], 1000)
        self.assertAlmostEqual(found.profits[0], 1000 / 3)

    def test_the_day_it_begins(self):
        """Twice the mean gap of 30 days is still a pause; a day more is not."""
        ink = buy(1, 20, 150, 120, 90, 60, 30, 1)
        self.assertEqual(len(find(buy(1, 10, 150, 120, 90, 60) + ink)), 0)
        self.assertEqual(len(find(buy(1, 10, 151, 121, 91, 61) + ink)), 1)

    def test_an_uneven_customer_has_more_time(self):
        """Gaps of 10, 10, 10 and 100 days: 95 % of them are shorter than 86.5 days."""
        ink = buy(1, 20, 200, 150, 100, 50, 1)
        uneven = [216, 206, 196, 186, 86]
        self.assertEqual(len(find(buy(1, 10, *uneven) + ink)), 0)
        self.assertEqual(len(find(buy(1, 10, *(ago + 1 for ago in uneven)) + ink)), 1)

    def test_who_buys_nothing_else_leaves_as_a_whole(self):
        self.assertEqual(len(find(buy(1, 10, 190, 160, 130, 100))), 0)
        stopped = buy(1, 10, 490, 460, 430, 400) + buy(1, 20, 490, 460, 430, 390)
        self.assertEqual(len(find(stopped)), 0)

    def test_bought_once_is_no_habit(self):
        self.assertEqual(len(find(buy(1, 10, 900) + buy(1, 20, 100, 50, 1))), 0)

    def test_few_gaps_are_judged_by_everybody(self):
        few = buy(1, 10, 120, 90) + buy(1, 20, 30, 1)
        usual = UsualLimits(np.array([PAPER, GLUE]), np.array([89.0, 1.0]), 500.0)
        self.assertEqual(len(find(few, usual)), 1)
        usual = UsualLimits(np.array([PAPER]), np.array([90.0]), 500.0)
        self.assertEqual(len(find(few, usual)), 0)
        self.assertEqual(len(find(few)), 0, "360 days until anything is known")

    def test_few_gaps_of_which_one_is_longer_than_usual(self):
        rows = buy(1, 10, 290, 100) + buy(1, 20, 30, 1)
        usual = UsualLimits(np.array([PAPER]), np.array([20.0]), 500.0)
        self.assertEqual(len(find(rows, usual)), 0)

    def test_the_companys_own_days_hold_for_every_category(self):
        rows = buy(1, 10, 190, 160, 130, 100) + buy(1, 20, 187, 97, 7)
        self.assertEqual(find(rows, leaving=99).limits.tolist(), [99])
        self.assertEqual(len(find(rows, leaving=100)), 0)
        self.assertEqual(len(find(buy(1, 10, 120, 100) + buy(1, 20, 7), leaving=90)), 1)

    def test_worth_is_of_the_last_year_and_less_what_came_back(self):
        rows = buy(1, 10, 800, 500, 400, 300, 250, amount=100) + buy(1, 20, 400, 300, 200, 10)
        rows += [(1, 10, 40, -60.0)]
        found = find(rows, leaving=240)
        self.assertAlmostEqual(found.revenues[0], 340)

    def test_what_was_taken_back_in_full_is_no_purchase(self):
        rows = buy(1, 10, 190, 160, 130, 100, 20) + buy(1, 20, 187, 97, 7)
        self.assertEqual(len(find(rows)), 0)
        self.assertEqual(len(find([*rows, (1, 10, 15, -100.0)])), 1)

    def test_a_profit_that_is_not_known_stays_so(self):
        lines = make_lines(buy(1, 10, 190, 160, 130, 100) + buy(1, 20, 187, 97, 7))
        lines.profits[0] = math.nan
        categories = [CATEGORIES[product] for product in lines.products.tolist()]
        found = get_stopped_categories(lines, categories, TODAY, NO_LIMITS)
        self.assertTrue(np.isnan(found.profits[0]))
        self.assertAlmostEqual(found.revenues[0], 400)

    def test_the_product_that_brought_most(self):
        rows = buy(1, 10, 190, 160) + buy(1, 11, 130, 100, amount=101) + buy(1, 20, 97, 7)
        self.assertEqual(find(rows, leaving=50).products.tolist(), [11])

    def test_nothing_at_all(self):
        self.assertEqual(len(find([])), 0)
        self.assertEqual(len(find(buy(1, 40, 300, 200, 1))), 0)
        self.assertEqual(UsualLimits.of(make_lines([]), []).overall, 360)

    def test_usual_limits_of_a_company(self):
        rows = buy(1, 10, 100, 90, 80) + buy(2, 11, 100, 60) + buy(3, 20, 50, 40)
        lines = make_lines(rows)
        usual = UsualLimits.of(lines, [CATEGORIES[p] for p in lines.products.tolist()])
        self.assertEqual(usual.categories.tolist(), [PAPER], "ink has one gap")
        self.assertEqual(usual.limits.tolist(), [40], "twice the mean of 10, 10 and 40")
        self.assertAlmostEqual(usual.overall, 35.5, msg="95 % of 10, 10, 10 and 40")
        self.assertEqual(usual.get_limits(np.array([INK, PAPER])).tolist(), [usual.overall, 40])
        again = UsualLimits.from_json(usual.to_json())
        self.assertEqual(again.to_json(), usual.to_json())

    @settings(deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 3),
                st.sampled_from([10, 11, 20, 30, 40]),
                st.integers(0, 900),
                st.integers(1, 999).map(float),
            ),
            max_size=60,
        ),
        st.none() | st.integers(1, 400),
        st.randoms(use_true_random=False),
    )
    def test_naive(self, rows, leaving, dice):
        found = find(rows, leaving=leaving)
        expected = get_naive(rows, leaving=leaving)
        pairs = list(zip(found.customers.tolist(), found.categories.tolist(), strict=True))
        self.assertEqual(pairs, sorted(expected))
        for row, pair in enumerate(pairs):
            last, limit, others, worth = expected[pair]
            self.assertEqual(found.last_days[row] - TODAY, last)
            self.assertAlmostEqual(found.limits[row], limit)
            self.assertEqual(found.others[row], others)
            self.assertAlmostEqual(found.revenues[row], worth)
        dice.shuffle(rows)
        again = find(rows, leaving=leaving)
        self.assertEqual(again.customers.tolist(), found.customers.tolist())
        self.assertEqual(again.limits.tolist(), found.limits.tolist())
