import math
from datetime import date, timedelta

import numpy as np

from odoo import api, models

from ...engine import backtest
from ...engine.lifetime_value import judge_retention
from ...engine.prediction import (
    DEFAULT_MEAN_WEIGHT,
    CustomerFacts,
    ShrunkMean,
    get_median_gap,
    predict,
    subtract_cost_to_serve,
)
from ...engine.standing import StagePrediction, get_value_class
from .customer_profile import PREDICTION_FIELDS

# A day further ahead is no help to anybody.
LAST_DAY = timedelta(days=3650)
# Less alive than this is gone: what such a customer would be worth cannot be told.
MIN_ALIVE = 1e-6
DAYS = {
    "next_purchase_date": "next_day",
    "next_purchase_from_date": "next_day_low",
    "next_purchase_until_date": "next_day_high",
}
# profile field -> (array of the engine, digits): more digits would be written anew every night,
# and no prediction is that exact.
NUMBERS = {
    "alive_probability": ("alive_probability", 3),
    "pause_probability": ("pause_probability", 3),
    "expected_purchases": ("year_purchases", 2),
}


class CustomerProfile(models.Model):
    """Scoring: the last good model of the company applied to rows of facts.

    Everything comes from facts the profile stores, so the customers of an event and the ranges
    of the nightly run get the same numbers.
    """

    _inherit = "customer.profile"

    @api.model
    def _add_gaps(self, rows, today):
        result = super()._add_gaps(rows, today)
        for row in rows:
            row["gap_median_days"] = get_median_gap(row["_occasion_days"] or ())
        return result

    @api.model
    def _add_relative_measures(self, rows, cutoffs, today):
        model = self.env["customer.prediction.model"]._get_active(self.env.company)
        for row in rows:
            row.update(dict.fromkeys(PREDICTION_FIELDS))
            row["prediction_reason"] = "no_model" if row["occasion_count"] else "no_purchase"
        buyers = [row for row in rows if row["occasion_count"]]
        if model and buyers:
            self._add_predictions(model, buyers, today)
            self._add_expected_class(buyers, cutoffs)
        return super()._add_relative_measures(rows, cutoffs, today)

    @api.model
    def _add_predictions(self, record, rows, today):
        """Add what the engine foretells to rows of facts of customers who bought, in place.

        :param record: the active ``customer.prediction.model``
        """
        model, card = record._get_engine_objects()
        facts = self._get_engine_facts(rows, today)
        found = predict(model, facts)
        if model.level in ("short_history", "no_data"):
            for row in rows:
                row["prediction_reason"] = model.level
            return
        served = ShrunkMean(record.cost_per_occasion, DEFAULT_MEAN_WEIGHT).predict(
            [row["cost_to_serve_total"] or 0 for row in rows], facts.occasions
        )
        money = {
            "revenue": found.year_purchases * found.revenue_per_occasion,
            "profit": subtract_cost_to_serve(found, model, served),
        }
        unit = self._get_money_unit(record)
        plays = self.env.company._get_customer_retention_plays()
        for index, row in enumerate(rows):
            row["prediction_reason"] = str(found.reason[index])
            if np.isnan(found.alive_probability[index]):
                continue
            self._add_probabilities(row, found, index, model.horizon, card)
            self._add_dates(row, found, index, today)
            self._add_money(row, money, index, unit)
            self._add_retention(row, plays)

    @api.model
    def _get_engine_facts(self, rows, today):
        """Return rows of facts as arrays; a profit that is not known yet counts as nothing."""
        return CustomerFacts.of(
            today.toordinal(),
            [row["occasion_count"] for row in rows],
            [row["first_occasion_date"].toordinal() for row in rows],
            [row["last_occasion_date"].toordinal() for row in rows],
            [float(row["revenue_total"] or 0) for row in rows],
            [float(row["gross_profit_total"] or 0) for row in rows],
        )

    @api.model
    def _add_probabilities(self, row, found, index, horizon, card):
        buys = float(found.purchase_probability[index])
        similar = backtest.get_similar(card, buys) if card else None
        row.update(
            {
                name: round(float(getattr(found, array)[index]), digits)
                for name, (array, digits) in NUMBERS.items()
            },
            churn_probability=round(1 - buys, 3),
            prediction_horizon_days=horizon,
            similar_buyers_percent=similar[0] if similar else None,
            prediction_confidence=str(found.confidence[index]),
        )

    @api.model
    def _add_dates(self, row, found, index, today):
        for name, array in DAYS.items():
            day = getattr(found, array)[index]
            if np.isfinite(day) and day <= (today + LAST_DAY).toordinal():
                row[name] = date.fromordinal(int(day))

    @api.model
    def _get_money_unit(self, record):
        """Return what predicted amounts are rounded to: 1 for purchases that bring 100 to 999.

        Cents of a forecast mean nothing, and would have every row written every night.
        """
        size = max(abs(record.profit_per_occasion or 0.0), self.env.company.currency_id.rounding)
        return 10 ** (math.floor(math.log10(size)) - 2)

    @api.model
    def _add_money(self, row, money, index, unit):
        """Add amounts in company currency; without the cost of the past there is no profit."""
        currency = self.env.company.currency_id

        def rounded(amount):
            return currency.round(round(float(amount) / unit) * unit)

        row["predicted_revenue"] = rounded(money["revenue"][index])
        if row["gross_profit_total"] is None:
            return
        profit = rounded(money["profit"][index])
        row["predicted_profit"] = profit
        row["value_at_risk"] = rounded(max(profit, 0) * row["churn_probability"])
        if row["net_profit_total"] is not None:
            row["lifetime_value"] = currency.round(float(row["net_profit_total"]) + profit)

    @api.model
    def _add_retention(self, row, plays):
        """Judge by the numbers that are shown, so that the sum in words comes out the same."""
        if not plays or row["predicted_profit"] is None:
            return
        stay, worth = self._get_stay_and_worth(row)
        verdict = judge_retention(stay, worth, plays)
        currency = self.env.company.currency_id
        row.update(
            retention_verdict=verdict.verdict,
            retention_max_offer=currency.round(verdict.max_offer),
            retention_gain=currency.round(verdict.gain),
        )

    @api.model
    def _get_stay_and_worth(self, values):
        """Return the probability to stay, and what the customer is worth if they do.

        :param values: a row of facts or a profile
        """
        alive, profit = values["alive_probability"], values["predicted_profit"]
        return alive, profit / alive if alive > MIN_ALIVE else 0.0

    @api.model
    def _add_expected_class(self, rows, cutoffs):
        """Add the value class by predicted profit, in place."""
        borders = cutoffs.expected_class if cutoffs else None
        for row in rows:
            if borders is not None and row["alive_probability"] is not None:
                row["expected_value_class"] = get_value_class(row["predicted_profit"], borders)

    @api.model
    def _get_stage_prediction(self, row):
        if row["alive_probability"] is None:
            return super()._get_stage_prediction(row)
        return StagePrediction(
            alive_probability=row["alive_probability"],
            purchase_probability=1 - row["churn_probability"],
            pause_probability=row["pause_probability"],
        )
