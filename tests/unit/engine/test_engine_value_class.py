"""Value classes against a naive Pareto cut in exact fractions."""

import unittest
from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.standing import get_class_cutoffs, get_value_class

SHARES = (("A", Fraction(50, 100)), ("B", Fraction(80, 100)), ("C", Fraction(95, 100)))

cents = st.lists(st.integers(-20_000, 200_000), min_size=1, max_size=40)
tied_cents = st.lists(st.sampled_from([-500, 0, 1, 250, 1_000, 99_999]), min_size=1, max_size=40)


def naive_classes(profits):
    """Class of every customer: add customers, best first, until the share is reached.

    Customers of equal profit are taken together. Works on exact fractions.
    """
    positive = [profit for profit in profits if profit > 0]
    total = sum(positive)
    members = {}
    for name, share in SHARES:
        taken = []
        for profit in sorted(set(positive), reverse=True):
            if total and sum(taken, Fraction(0)) >= share * total:
                break
            taken += [profit] * positive.count(profit)
        members[name] = set(taken)
    return [
        "N"
        if profit <= 0
        else next((name for name, _share in SHARES if profit in members[name]), "D")
        for profit in profits
    ]


def classes_of(profits):
    distinct = Counter(profits)
    borders = get_class_cutoffs(list(distinct), list(distinct.values()))
    return [get_value_class(profit, borders) for profit in profits]


class TestValueClass(unittest.TestCase):
    def test_all_classes(self):
        """Profit 1000 in all. 500 is exactly 50 %: A. +200 +100 = 80 %: B. +150 would be ...

        Sorted: 500, 200, 150, 100, 40, 10. Sums: 500 (50 %, A); 700, 850 (first over 80 %: B
        holds 200 and 150); 950 (exactly 95 %: C holds 100); 40 and 10 are D; 0 and -70 are N.
        """
        profits = [500, 200, 150, 100, 40, 10, 0, -70]
        self.assertEqual("".join(classes_of(profits)), "ABBCDDNN")

    def test_losses_do_not_shrink_the_total(self):
        """Shares are of all *positive* profit: the loss of 900 does not make 60 of 100 an A+."""
        self.assertEqual("".join(classes_of([60, 40, -900])), "ABN")

    def test_ties_stay_together(self):
        """100 each: two of the four would reach 50 %, but equal profits share a class."""
        self.assertEqual("".join(classes_of([100, 100, 100, 100])), "AAAA")

    def test_exact_shares_in_floats(self):
        """0.1 + 0.2 > 0.3 in floats; 0.3 of 0.6 is still exactly half."""
        self.assertEqual("".join(classes_of([0.3, 0.2, 0.1])), "ABC")
        # ten customers of 0.1: five of them would do, all ten are equal
        self.assertEqual("".join(classes_of([0.1] * 10)), "A" * 10)

    def test_single_customer(self):
        self.assertEqual(classes_of([12.5]), ["A"])
        self.assertEqual(classes_of([-12.5]), ["N"])

    def test_nobody_is_profitable(self):
        borders = get_class_cutoffs([-5, 0], [1, 3])
        self.assertEqual(borders, {"A": None, "B": None, "C": None})
        self.assertEqual(get_class_cutoffs([], []), borders)
        # the first profitable customer after such a run is neither A, B nor C yet
        self.assertEqual(get_value_class(10, borders), "D")

    def test_unknown_profit_has_no_class(self):
        self.assertIsNone(get_value_class(None, {"A": 1.0, "B": 1.0, "C": 1.0}))

    @given(cents)
    def test_naive_cut(self, population):
        exact = [Fraction(value, 100) for value in population]
        self.assertEqual(classes_of([value / 100 for value in population]), naive_classes(exact))

    @given(tied_cents)
    def test_naive_cut_with_ties(self, population):
        exact = [Fraction(value, 100) for value in population]
        self.assertEqual(classes_of([value / 100 for value in population]), naive_classes(exact))

    @given(cents)
    def test_more_profit_is_never_a_lower_class(self, population):
        ranked = [name for _p, name in sorted(zip(population, classes_of(population), strict=True))]
        self.assertEqual(ranked, sorted(ranked, key="NDCBA".index))
