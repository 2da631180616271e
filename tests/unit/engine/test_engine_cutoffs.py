"""Cutoffs survive their way through a JSON column unchanged."""

import json
import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.standing import CompanyGaps, Cutoffs

number = st.floats(-1e9, 1e9, allow_nan=False)
population = st.dictionaries(number, st.integers(1, 50), max_size=12).map(
    lambda counts: list(counts.items())
)
gaps = st.builds(CompanyGaps, *[st.floats(0, 5_000)] * 3)


class TestCutoffs(unittest.TestCase):
    def test_small_company(self):
        """Two customers: days 100 and 200, 1 and 4 occasions, 0 and 900 revenue, profit 500, -20.

        One is worse than the better one, who counts half: 1 + floor(5 * 0.75) = 4. The other
        one has 1 + floor(5 * 0.25) = 2, so nobody scores 5 and nobody 1.
        """
        cutoffs = Cutoffs.from_populations(
            recency=[(100, 1), (200, 1)],
            frequency=[(4, 1), (1, 1)],
            monetary=[(0.0, 1), (900.0, 1)],
            profit=[(500.0, 1), (-20.0, 1)],
            gaps=CompanyGaps(7, 14, 21),
            frequency_before_pause=[(5, 1), (9, 1)],
            monetary_before_pause=[(700.0, 2)],
        )
        self.assertEqual(cutoffs.recency, [100, 200, 200, None])
        self.assertEqual(cutoffs.frequency, [1, 4, 4, None])
        self.assertEqual(cutoffs.monetary, [0, 900, 900, None])
        self.assertEqual(cutoffs.frequency_before_pause, [5, 9, 9, None])
        self.assertEqual(cutoffs.monetary_before_pause, [700, 700, None, None])
        self.assertEqual(cutoffs.value_class, {"A": 500, "B": 500, "C": 500})

    def test_company_without_customers(self):
        cutoffs = Cutoffs.from_populations([], [], [], [], CompanyGaps())
        self.assertEqual(cutoffs.recency, [None] * 4)
        text = json.dumps(cutoffs.to_json())
        self.assertEqual(Cutoffs.from_json(json.loads(text)), cutoffs)

    @given(population, population, population, population, gaps)
    def test_json_round_trip(self, recency, frequency, monetary, profit, company_gaps):
        cutoffs = Cutoffs.from_populations(recency, frequency, monetary, profit, company_gaps)
        text = json.dumps(cutoffs.to_json(), allow_nan=False)
        self.assertEqual(Cutoffs.from_json(json.loads(text)), cutoffs)
