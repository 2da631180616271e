"""Random sub-samples of shops, made up and real: fit and score never fail, warn or waver.

``CUSTOMER_VALUE_SUB_SAMPLES`` (default 30): how many; 1000 in the nightly run, with
``CUSTOMER_VALUE_SUB_SAMPLES_SEED`` for others than the usual ones. The real files are those of
:mod:`.cdnow`; without them all are made up.
"""

import csv
import gzip
import json
import os
import unittest
import warnings
from datetime import date
from functools import cache

import numpy as np

from odoo.addons.customer_value.engine import backtest
from odoo.addons.customer_value.engine.prediction import (
    OccasionLog,
    PredictionModel,
    fit_prediction,
    fit_purchase_process,
    get_expected_purchases,
    get_moves,
    predict,
)
from odoo.addons.customer_value.engine.recommendation import (
    PurchaseLines,
    fit_affinity,
    suggest_new_products,
)

from .cdnow import CDNOW, ONLINE_RETAIL, read_lines

SAMPLES = int(os.environ.get("CUSTOMER_VALUE_SUB_SAMPLES", "30"))
SEED = int(os.environ.get("CUSTOMER_VALUE_SUB_SAMPLES_SEED", "31"))
MOST_CUSTOMERS = 200
AGAIN_EVERY, SLOW_EVERY = 4, 30
ALWAYS_FINITE = (
    *("alive_probability", "purchase_probability", "purchases", "year_purchases"),
    *("purchase_factor", "pause_probability", "profit_per_occasion", "revenue_per_occasion"),
    "value",
)


@cache
def make_shop():
    """Columns of customer, day, amount and product: own paces, giants, some at a loss."""
    dice, rows = np.random.default_rng(30), []
    for customer in range(1500):
        day, gap = int(dice.integers(0, 700)), dice.choice([5, 30, 100])
        days = day + np.cumsum(np.r_[0, dice.exponential(gap, dice.geometric(0.2) - 1)])
        size = 10.0 ** dice.choice([0, 0, 0, 6])
        rows += [
            (customer, int(day), float(size * amount), int(product))
            for day, amount, product in zip(
                days, dice.normal(40, 30, len(days)), dice.zipf(1.4, len(days)) % 60, strict=True
            )
        ]
    return tuple(np.array(column) for column in zip(*rows, strict=True))


@cache
def read_retail():
    """The same columns of the Online Retail file; the lines without a customer are left out."""
    rows, days = [], {}
    with gzip.open(ONLINE_RETAIL, "rt", encoding="utf-8-sig") as stream:
        for row in csv.DictReader(stream):
            if not row["CustomerID"]:
                continue
            text = row["InvoiceDate"][:10]
            day = days.setdefault(text, None) or date.fromisoformat(text).toordinal()
            days[text] = day
            amount = float(row["Quantity"]) * float(row["UnitPrice"])
            rows.append((int(float(row["CustomerID"])), day, amount, row["StockCode"]))
    customers, days, amounts, products = (np.array(column) for column in zip(*rows, strict=True))
    return customers, days, amounts, np.unique(products, return_inverse=True)[1]


def get_sources():
    """Functions that give the columns of a shop."""
    sources = [make_shop]
    if CDNOW.exists():
        sources.append(cache(lambda: (*read_lines(), np.zeros(len(read_lines()[0]), int))))
    if ONLINE_RETAIL.exists():
        sources.append(read_retail)
    return sources


def draw_sample(columns, dice):
    """Rows of 1 to 200 customers, sometimes only some of them, and the day to look from."""
    names = np.unique(columns[0])
    chosen = dice.choice(names, min(int(dice.integers(1, MOST_CUSTOMERS + 1)), len(names)), False)
    rows = np.isin(columns[0], chosen)
    if dice.random() < 0.3:
        rows &= dice.random(len(rows)) < dice.random()
    rows = tuple(column[rows] for column in columns)
    first, last = int(columns[1].min()), int(columns[1].max())
    return rows, int(dice.integers(first + 60, last + 60))


def score(rows, today, horizon):
    """Return (model, predictions, moves) of rows in the order they are in."""
    customers, days, amounts, _products = rows
    log = OccasionLog.of(customers, days, amounts, amounts * 0.4, with_free=True)
    model = fit_prediction(log, today, horizon)
    facts = log.as_of(today)
    return model, predict(model, facts), get_moves(model, facts), log


class TestSubSamples(unittest.TestCase):
    def test_random_sub_samples(self):
        sources = get_sources()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for number in range(SAMPLES):
                dice = np.random.default_rng([SEED, number])
                columns = sources[number % len(sources)]()
                rows, today = draw_sample(columns, dice)
                horizon = int(dice.choice([30, 90, 183, 365]))
                warn = np.errstate(all="warn", under="ignore")
                with self.subTest(seed=SEED, number=number), warn:
                    self._check(rows, today, horizon, dice, number % AGAIN_EVERY == 0)
                    if number % SLOW_EVERY < len(sources):
                        self._check_slow_parts(rows, today, horizon, dice)

    def _check(self, rows, today, horizon, dice, again):
        """Fit and score twice, the rows shuffled; ``again``: and once more as they were."""
        model, found, moves, log = score(rows, today, horizon)
        text = json.dumps(model.to_json(), allow_nan=False)
        self._check_numbers(model, found, moves, log, today)
        order = dice.permutation(len(rows[0]))
        shuffled = tuple(column[order] for column in rows)
        for turn in (rows, shuffled) if again else (shuffled,):
            other, others, other_moves, _log = score(turn, today, horizon)
            self.assertEqual(json.dumps(other.to_json()), text)
            self._assert_same(vars(others), vars(found))
            self._assert_same(other_moves, moves)
        read = PredictionModel.from_json(json.loads(text))
        self._assert_same(vars(predict(read, log.as_of(today))), vars(found))

    def _check_numbers(self, model, found, moves, log, today):
        """Finite numbers that do not contradict each other; dates as the document has them."""
        for name in ALWAYS_FINITE:
            self.assertTrue(np.isfinite(getattr(found, name)).all(), name)
        for name in ("alive_probability", "purchase_probability", "pause_probability"):
            values = getattr(found, name)
            self.assertTrue(((values >= 0) & (values <= 1)).all(), name)
        self.assertTrue((found.purchases >= found.purchase_probability - 1e-12).all())
        self.assertTrue((found.alive_probability >= found.purchase_probability).all())
        for fact, values in moves.items():
            self.assertTrue(np.isfinite(values).all(), fact)
        facts = log.as_of(today)
        dated = np.isfinite(found.next_day)
        may_have = (facts.occasions > 1) & (found.alive_probability >= 0.5)
        self.assertFalse((dated & ~may_have).any())
        in_order = (found.next_day_low <= found.next_day) & (found.next_day > today)
        self.assertTrue(in_order[dated].all())
        self.assertTrue(model.process.reason)

    def _check_slow_parts(self, rows, today, horizon, dice):
        """The grade, the fits of the published tables, and what goes with what."""
        customers, days, amounts, products = rows
        order = dice.permutation(len(customers))
        cards, tables = [], []
        for places in (slice(None), order):
            columns = (column[places] for column in (customers, days, amounts))
            log = OccasionLog.of(*columns, with_free=True)
            card = backtest.grade_prediction(log, today, horizon)
            cards.append(json.dumps(card.to_json(), allow_nan=False))
            keys = (column[places] for column in (customers, products, days))
            money = amounts[places]
            book = PurchaseLines.of(*keys, np.ones(len(money)), money, money).get_basket_history()
            fitted = fit_affinity(book, today)
            known = np.arange(len(book.customer_keys))
            offers = suggest_new_products(fitted, book, known, today)
            self.assertTrue(np.isfinite(offers.scores).all())
            tables.append((fitted.others, fitted.scores, offers.products, offers.scores))
        self.assertEqual(*cards)
        for one, other in zip(*tables, strict=True):
            np.testing.assert_array_equal(one, other)
        history = log.as_of(today).history
        arrays = (history.repeats, history.last, history.age)
        for family, prior in (("mbg", False), ("bg", True), ("bg", False)):
            fitted = fit_purchase_process(*arrays, family=family, prior=prior)
            self.assertTrue(fitted.reason)
            expected = get_expected_purchases(fitted, *arrays, 90)
            self.assertTrue(np.isfinite(expected).all(), (family, prior))

    def _assert_same(self, one, other):
        self.assertEqual(set(one), set(other))
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name], err_msg=name)
