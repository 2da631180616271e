"""Real invoices in Odoo against the pure engine on the same file."""

import csv
import gzip
from collections import defaultdict
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import numpy as np

from odoo.tests import freeze_time, tagged

from ...devtools.paths import ROOT
from ...engine import backtest
from ...engine.prediction import OccasionLog, fit_prediction, get_default_horizon, predict
from .common import PredictionCommon

ONLINE_RETAIL = ROOT.parent / "shared" / "data" / "online_retail_2010-12_2011-12.csv.gz"
# The day after the last one of the file; a third of its customers takes some seconds.
TODAY = "2011-12-10"
EVERY = 3
# Half of what the profile rounds to: a purchase brings some hundreds, so amounts are whole.
ROUNDING = {
    "alive_probability": 6e-4,
    "churn_probability": 6e-4,
    "pause_probability": 6e-4,
    "expected_purchases": 0.006,
    "predicted_profit": 0.51,
}


def read_documents(path):
    """Return (customer number, day, untaxed amount) of every document of the slice."""
    totals = defaultdict(Decimal)
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            number = row["CustomerID"].removesuffix(".0")
            if not number or int(number) % EVERY:
                continue
            try:
                amount = Decimal(row["Quantity"]) * Decimal(row["UnitPrice"])
            except InvalidOperation:
                continue
            day = datetime.fromisoformat(row["InvoiceDate"].strip()).date()
            amount = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
            totals[row["InvoiceNo"], int(number), day] += amount
    return [(number, day, amount) for (_i, number, day), amount in totals.items() if amount]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRealPrediction(PredictionCommon):
    def test_odoo_shows_what_the_engine_says(self):
        if not ONLINE_RETAIL.exists():
            self.skipTest(f"{ONLINE_RETAIL} is not there")
        documents = read_documents(ONLINE_RETAIL)
        numbers = sorted({number for number, _day, _amount in documents})
        partners = dict(zip(numbers, self._add_customers(len(numbers), "Retail"), strict=True))
        self._add_sales(
            [(partners[number].id, day, amount) for number, day, amount in documents], cost_share=0
        )
        self._analyze()
        self._run_nightly()
        model = self._make_model()
        self._run_nightly()
        self.assertEqual((model.state, model.level), ("active", "full"))
        expected, card, fitted = self._ask_engine(documents)
        self.assertAlmostEqual(
            model.log_likelihood, fitted.process.log_likelihood, delta=1e-3, msg="same data"
        )
        self.assertEqual(model.grade, card.grade)
        self.assertAlmostEqual(model.auc, card.cuts[0].auc["model"], delta=1e-6)
        profiles = {
            profile.partner_id: profile
            for profile in self.env["customer.profile"].search(
                [("alive_probability", "!=", False), ("company_id", "=", self.company.id)]
            )
        }
        self.assertEqual(len(profiles), len(expected))
        self.assertGreater(len(expected), 1000)
        for number, values in expected.items():
            profile = profiles[partners[number]]
            for name, value in values.items():
                self.assertAlmostEqual(
                    profile[name] or 0, value, delta=ROUNDING[name], msg=(number, name)
                )

    def _ask_engine(self, documents):
        """Fit, grade and score with nothing but the file."""
        bought, money = defaultdict(Decimal), defaultdict(Decimal)
        for number, day, amount in documents:
            money[number, day.toordinal()] += amount
            bought[number, day.toordinal()] += max(amount, 0)
        keys = sorted(money)
        customers, codes = np.unique([number for number, _day in keys], return_inverse=True)
        amounts = np.array([float(money[key]) for key in keys])
        log = OccasionLog(
            keys=customers,
            customers=codes,
            days=np.array([day for _number, day in keys]),
            revenues=amounts,
            profits=amounts,
            bought=np.array([bought[key] > 0 for key in keys]),
        )
        today = self._day(TODAY).toordinal()
        gaps = np.concatenate(
            [np.diff(log.days[(log.customers == c) & log.bought]) for c in range(len(customers))]
        )
        horizon = get_default_horizon(np.median(gaps))
        model = fit_prediction(log, today, horizon)
        facts = log.as_of(today)
        found = predict(model, facts)
        expected = {
            int(customers[code]): {
                "alive_probability": found.alive_probability[row],
                "churn_probability": 1 - found.purchase_probability[row],
                "expected_purchases": found.year_purchases[row],
                "predicted_profit": found.value[row],
                "pause_probability": found.pause_probability[row],
            }
            for row, code in enumerate(facts.keys)
        }
        return expected, backtest.grade_prediction(log, today, horizon), model
