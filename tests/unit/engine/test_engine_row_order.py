"""The order of rows leaves no trace, and a day credited in full is no purchase: bit for bit."""

import json
import unittest
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.customer_value.engine import backtest, prediction
from odoo.addons.customer_value.engine.numerics import drop_dust, get_money_unit, sum_by_code
from odoo.addons.customer_value.engine.prediction import OccasionLog
from odoo.addons.customer_value.engine.recommendation import (
    BasketHistory,
    PurchaseLines,
    fit_affinity,
    get_category_needs,
    suggest_new_products,
)

# Cents that binary fractions cannot hold: sums of them depend on their order.
cents = st.integers(-500, 500)
sales = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 3), cents),
    min_size=1,
    max_size=40,
)


def same(one, other):
    """Tell whether two dataclasses of arrays are equal bit for bit."""
    return all(
        np.array_equal(column, vars(other)[name], equal_nan=column.dtype.kind == "f")
        if isinstance(column, np.ndarray)
        else column == vars(other)[name]
        for name, column in vars(one).items()
    )


def make_shop(dice, customers=260):
    """Rows of customer, day, product and amount over two years; every tenth day is credited."""
    rows = []
    for customer in range(customers):
        for day in dice.integers(0, 730, 1 + dice.poisson(5)).tolist():
            parts = [
                (customer, day, int(product), int(cent) / 100)
                for product, cent in zip(
                    dice.integers(0, 25, 3), dice.integers(1, 9_999, 3), strict=True
                )
            ]
            rows += parts
            if dice.random() < 0.1:
                rows += [(*key, -amount) for *key, amount in parts]
    return rows


class TestRowOrder(unittest.TestCase):
    @settings(deadline=None, max_examples=120)
    @given(sales, st.randoms(use_true_random=False))
    def test_days_against_exact_decimals(self, rows, dice):
        exact, least = {}, {}
        for customer, day, _product, amount in rows:
            key = (customer, day)
            exact[key] = exact.get(key, 0) + Decimal(amount) / 100
            least[key] = min(amount, least.get(key, amount))
        columns = zip(*((c, d, a / 100) for c, d, _p, a in rows), strict=True)
        log = OccasionLog.of(*columns)
        found = zip(log.keys[log.customers].tolist(), log.days.tolist(), strict=True)
        bought = dict(zip(found, log.bought.tolist(), strict=True))
        self.assertEqual(bought, {key: total > 0 for key, total in exact.items()})
        dice.shuffle(rows)
        again = OccasionLog.of(*zip(*((c, d, a / 100) for c, d, _p, a in rows), strict=True))
        self.assertTrue(same(log, again))

    @settings(deadline=None, max_examples=120)
    @given(sales, st.randoms(use_true_random=False))
    def test_lines_and_baskets(self, rows, dice):
        results = []
        for _turn in range(2):
            customers, days, products, amounts = (np.array(c) for c in zip(*rows, strict=True))
            amounts = amounts / 100
            lines = PurchaseLines.of(customers, products, days, amounts / 3, amounts, amounts / 7)
            baskets = BasketHistory.of(customers, customers, products, days)
            needs = get_category_needs(customers, products, amounts, [0] * 5)
            results.append((lines, lines.get_basket_history(), baskets, needs))
            dice.shuffle(rows)
        for one, other in zip(*results, strict=True):
            self.assertTrue(same(one, other), type(one))

    def test_fit_scores_grade_and_affinity(self):
        dice = np.random.default_rng(5)
        rows, results = make_shop(dice), []
        for _turn in range(3):
            customers, days, products, amounts = (np.array(c) for c in zip(*rows, strict=True))
            log = OccasionLog.of(customers, days, amounts, amounts * 0.3, with_free=True)
            model = prediction.fit_prediction(log, 730, 90)
            found = prediction.predict(model, log.as_of(730))
            card = backtest.grade_prediction(log, 730, 90)
            lines = PurchaseLines.of(customers, products, days, amounts, amounts, amounts)
            book = lines.get_basket_history()
            tables = fit_affinity(book, 730, rule="regression")
            offers = suggest_new_products(tables, book, np.arange(50), 730)
            texts = [json.dumps(part.to_json()) for part in (model, card)]
            results.append((texts, found, tables, offers, fit_affinity(book, 730).grade))
            order = dice.permutation(len(rows))
            rows = [rows[place] for place in order]
        texts, found, tables, offers, grade = results[0]
        self.assertIsNotNone(grade)
        for other in results[1:]:
            self.assertEqual(other[0], texts)
            self.assertTrue(same(other[1], found))
            self.assertTrue(same(other[2], tables))
            self.assertTrue(same(other[3], offers))
            self.assertEqual(other[4], grade)


class TestDust(unittest.TestCase):
    def test_a_day_credited_in_full_is_no_purchase(self):
        """0.1 + 0.2 - 0.3 leaves 5.6e-17: nothing, by day and by product over days."""
        log = OccasionLog.of([1, 1, 1], [5, 5, 5], [0.1, 0.2, -0.3])
        self.assertEqual((log.bought.tolist(), log.revenues.tolist()), ([False], [0.0]))
        lines = PurchaseLines.of([1] * 3, [7] * 3, [5, 5, 9], [1, 2, -3], [0.1, 0.2, -0.3], [0] * 3)
        self.assertEqual(len(lines.bought), 0)
        self.assertEqual(lines.revenues.tolist(), [0, 0, 0])
        lines = PurchaseLines.of([1, 1], [7, 7], [5, 9], [3, -3], [0.3, -0.1 - 0.2], [0, 0])
        self.assertEqual((len(lines.bought), (lines.revenues != 0).sum()), (0, 0))

    def test_half_the_smallest_unit(self):
        """A cent is money; of rials, without parts, half a rial is not."""
        for unit, amount, is_bought in (
            (0.01, 0.01, True), (0.01, 0.0049, False), (1, 0.4, False), (1, 1, True),
            (0.001, 0.001, True), (0.001, 0.0004, False),
        ):  # fmt: skip
            log = OccasionLog.of([1], [5], [amount], unit=unit)
            self.assertEqual(log.bought.tolist(), [is_bought], (unit, amount))
            lines = PurchaseLines.of([1], [1], [5], [1], [amount], [0], unit=unit)
            self.assertEqual(len(lines.bought), int(is_bought), (unit, amount))

    def test_free_days_stay_free(self):
        """A gift is a visit; a purchase that was credited is none, and no gift either."""
        log = OccasionLog.of([1, 2, 2], [5, 5, 5], [0, 0.3, -0.1 - 0.2], with_free=True)
        self.assertEqual(log.bought.tolist(), [True, False])

    def test_unit_of_a_file(self):
        for amounts, unit in (
            ([5, 1200, -3], 0.01), ([5.25, 1.5], 0.01), ([0.125, 3.5, 2.001], 0.001),
            ([1 / 3, 2 / 3, 0.1234567], 0.01), ([], 0.01), ([np.nan, 2.5], 0.01),
            ([30 * 0.55, 6 * 2.55, 0.1 + 0.2], 0.01),
        ):  # fmt: skip
            self.assertEqual(get_money_unit(amounts), unit, amounts)
        long = [1.25] * 100_000 + [0.125] * 2_000  # the first ones alone would say cents
        self.assertEqual((get_money_unit(long), get_money_unit(long[::-1])), (0.001, 0.001))

    def test_helpers(self):
        amounts = [1e-15, -0.004, 0.005, np.inf]
        np.testing.assert_array_equal(drop_dust(amounts), [0, 0, 0.005, np.inf])
        self.assertEqual(sum_by_code([1, 0, 1], [0.1, 2, 0.2], 3).tolist(), [2, 0.1 + 0.2, 0])
