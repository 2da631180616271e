"""What is offered of a category that is not bought any more, against plain loops."""

import unittest
from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.recommendation import offer_win_backs

from . import stopped


class TestWinBacks(unittest.TestCase):
    @settings(deadline=None, max_examples=150)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 3), st.sampled_from(sorted(stopped.CATEGORIES)),
                st.integers(0, 900), st.integers(1, 50),
            ),
            max_size=40, unique_by=lambda row: row[:3],
        )
    )  # fmt: skip
    def test_against_loops(self, rows):
        lines, categories, found = stopped.find(rows)
        made = offer_win_backs(lines, categories, found)
        got = list(
            zip(made.offers.customers, made.groups, made.offers.products, made.offers.gaps,
                strict=True)
        )  # fmt: skip
        expected = []
        for row in range(len(found)):
            key = (found.customers[row], found.categories[row])
            brought = defaultdict(float)
            for customer, product, ago, revenue in rows:
                if (customer, stopped.CATEGORIES[product]) == key:
                    day = stopped.TODAY - ago
                    brought[product] += revenue * (day > found.last_days[row] - 365)
            for product in sorted(brought, key=lambda one: (-brought[one], one)):
                place = (key[0], -found.revenues[row], key[1])
                expected.append((place, (*key, product, found.gaps[row])))
        expected = [row for _place, row in sorted(expected, key=lambda pair: pair[0])]
        self.assertEqual(got, expected)
        places, groups = made.place(np.unique(lines.customers), np.unique(lines.products))
        first = places.get_first_of(groups)
        self.assertEqual(len(first), len(found))
        none = places.without_groups(groups, first.get_pairs(len(groups)))
        self.assertEqual(len(none), 0)
