"""Yardsticks survive their way through a JSON column unchanged."""

import json
import unittest

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.lifecycle import CompanyGaps
from odoo.addons.customer_value.engine.yardsticks import Yardsticks

number = st.floats(-1e9, 1e9, allow_nan=False)
population = st.dictionaries(number, st.integers(1, 50), max_size=12).map(
    lambda counts: list(counts.items())
)
gaps = st.builds(CompanyGaps, *[st.floats(0, 5_000)] * 3)


class TestYardsticks(unittest.TestCase):
    def test_small_company(self):
        """Two customers: days 100 and 200, 1 and 4 occasions, 0 and 900 revenue, profit 500, -20.

        Half of them are strictly worse than the better one: 1 + floor(2.5) = 3.
        """
        yardsticks = Yardsticks.from_populations(
            recency=[(100, 1), (200, 1)],
            frequency=[(4, 1), (1, 1)],
            monetary=[(0.0, 1), (900.0, 1)],
            profit=[(500.0, 1), (-20.0, 1)],
            gaps=CompanyGaps(7, 14, 21),
        )
        self.assertEqual(yardsticks.recency, [200, 200, None, None])
        self.assertEqual(yardsticks.frequency, [4, 4, None, None])
        self.assertEqual(yardsticks.monetary, [900, 900, None, None])
        self.assertEqual(yardsticks.value_class, {"A": 500, "B": 500, "C": 500})

    def test_company_without_customers(self):
        yardsticks = Yardsticks.from_populations([], [], [], [], CompanyGaps())
        self.assertEqual(yardsticks.recency, [None] * 4)
        text = json.dumps(yardsticks.to_json())
        self.assertEqual(Yardsticks.from_json(json.loads(text)), yardsticks)

    @given(population, population, population, population, gaps)
    def test_json_round_trip(self, recency, frequency, monetary, profit, company_gaps):
        yardsticks = Yardsticks.from_populations(recency, frequency, monetary, profit, company_gaps)
        text = json.dumps(yardsticks.to_json(), allow_nan=False)
        self.assertEqual(Yardsticks.from_json(json.loads(text)), yardsticks)
