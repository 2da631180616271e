import math
from dataclasses import replace
from datetime import timedelta

import numpy as np

from odoo import api, models

from ...engine import backtest
from ...engine.lifetime_value import judge_retentions
from ...engine.prediction import (
    DEFAULT_MEAN_WEIGHT,
    CustomerFacts,
    RecentPurchases,
    ShrunkMean,
    get_moves,
    predict,
    subtract_cost_to_serve,
)
from ...engine.standing import StagePrediction, get_risk_bands, get_value_classes
from ..base.facts import round_amounts, to_days
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
    "purchase_factor": ("purchase_factor", 6),
}
# Less than so much is no reason worth a word.
MIN_MOVE = 0.02
# What is not shown while a simple rule ranks better: see the grade.
HIDDEN_FIELDS = (
    *("churn_probability", "similar_buyers_percent", "value_at_risk"),
    *("retention_verdict", "retention_max_offer", "retention_gain"),
)


class CustomerProfile(models.Model):
    """Scoring: the last good model of the company applied to facts, column by column.

    Everything comes from facts the profile stores, so the customers of an event and the ranges
    of the nightly run get the same numbers.
    """

    _inherit = "customer.profile"

    @api.model
    def _add_gaps(self, facts, today):
        table = super()._add_gaps(facts, today)
        facts["gap_median_days"] = table.get_quantiles(0.5)
        return table

    @api.model
    def _add_measures(self, facts, today):
        result = super()._add_measures(facts, today)
        self._add_predictions(facts, today)
        low, high = self.env.company._get_churn_borders()
        facts["churn_band"] = get_risk_bands(facts.numbers("churn_probability"), low, high)
        return result

    @api.model
    def _add_predictions(self, facts, today):
        """Add what the model of the company foretells to facts, in place."""
        bought = facts.numbers("occasion_count") > 0
        for name in PREDICTION_FIELDS:
            facts[name] = None
        facts["prediction_reason"] = np.where(bought, "no_model", "no_purchase").astype(object)
        model = self.env["customer.prediction.model"]._get_active(self.env.company)
        buyers = np.flatnonzero(bought)
        if not model or not len(buyers):
            return
        part = facts.take(buyers)
        for name, values in self._predict(model, part, today).items():
            facts.put(name, buyers, values)

    @api.model
    def _predict(self, record, facts, today):
        """Return what the engine foretells of customers who bought, by field.

        :param record: the active ``customer.prediction.model``
        """
        model, card = record._get_engine_objects()
        known = self._get_engine_facts(facts, today)
        if model.adjustment.traits:
            traits = record._get_traits(facts.keys, model.adjustment.traits.names)
            known = replace(known, traits=traits)
        found = predict(model, known)
        values = {"prediction_reason": found.reason.astype(object)}
        if model.level in ("short_history", "no_data"):
            return values | {"prediction_reason": model.level}
        is_foretold = ~np.isnan(found.alive_probability)
        values |= self._get_probabilities(found, model.horizon, card, is_foretold)
        values |= self._get_dates(found, today, is_foretold)
        served = ShrunkMean(record.cost_per_occasion, DEFAULT_MEAN_WEIGHT).predict(
            np.nan_to_num(facts.numbers("cost_to_serve_total")), known.occasions
        )
        profit = subtract_cost_to_serve(found, model, served)
        values |= self._get_money(record, facts, found, profit, values["churn_probability"])
        values |= self._get_retention(values)
        if record._is_behind_rule():
            return values | {name: np.full(len(facts), np.nan) for name in HIDDEN_FIELDS}
        return values | self._get_movers(get_moves(model, known))

    @api.model
    def _get_movers(self, moves):
        """Return what raises, and what lowers, the probability most, in percentage points.

        :param moves: fact -> difference of probabilities, NaN where nothing is foretold
        """
        if not moves:
            return {}
        names = np.array([self._get_mover(name) for name in moves], dtype=object)
        table = np.nan_to_num(np.stack(list(moves.values())))
        values = {}
        for word, places in (("raised", table.argmax(axis=0)), ("lowered", table.argmin(axis=0))):
            moved = table[places, np.arange(table.shape[1])] * (1 if word == "raised" else -1)
            is_worth = moved >= MIN_MOVE
            values[f"prediction_{word}_by"] = np.where(is_worth, names[places], None)
            values[f"prediction_{word}_percent"] = np.where(is_worth, np.rint(100 * moved), np.nan)
        return values

    @api.model
    def _get_engine_facts(self, facts, today):
        """Return facts for the engine; a profit that is not known yet counts as nothing."""
        return CustomerFacts.of(
            today.toordinal(),
            facts.numbers("occasion_count"),
            facts.ordinals("first_occasion_date"),
            facts.ordinals("last_occasion_date"),
            np.nan_to_num(facts.numbers("revenue_total")),
            np.nan_to_num(facts.numbers("gross_profit_total")),
            recent=RecentPurchases.of(
                facts["_occasion_days"].tolist(),
                today.toordinal(),
                facts.numbers("_revenue_180"),
                facts.numbers("_last_revenue"),
            ),
        )

    @api.model
    def _get_probabilities(self, found, horizon, card, is_foretold):
        """Return probabilities and what is said of them; unknown where nothing is foretold."""
        buys = found.purchase_probability
        values = {
            name: np.round(getattr(found, array), digits)
            for name, (array, digits) in NUMBERS.items()
        }
        values["churn_probability"] = np.round(1 - buys, 3)
        values["prediction_horizon_days"] = np.where(is_foretold, float(horizon), np.nan)
        unknown = np.full(len(buys), np.nan)
        values["similar_buyers_percent"] = (
            np.where(is_foretold, backtest.get_similar_percents(card, buys), np.nan)
            if card
            else unknown
        )
        confidence = found.confidence.astype(object)
        confidence[~is_foretold] = None
        return values | {"prediction_confidence": confidence}

    @api.model
    def _get_dates(self, found, today, is_foretold):
        last = (today + LAST_DAY).toordinal()
        dates = {}
        for name, array in DAYS.items():
            days = getattr(found, array)
            with np.errstate(invalid="ignore"):
                near = is_foretold & np.isfinite(days) & (days <= last)
            dates[name] = to_days(np.where(near, days, np.nan)).astype(object)
        return dates

    @api.model
    def _get_money_unit(self, record):
        """Return what predicted amounts are rounded to: 1 for purchases that bring 100 to 999.

        Cents of a forecast mean nothing, and would have every row written every night.
        """
        size = max(abs(record.profit_per_occasion or 0.0), self.env.company.currency_id.rounding)
        return 10 ** (math.floor(math.log10(size)) - 2)

    @api.model
    def _get_money(self, record, facts, found, profit, churn):
        """Return amounts in company currency; without the cost of the past there is no profit."""
        currency = self.env.company.currency_id
        unit = self._get_money_unit(record)

        def rounded(amounts):
            return round_amounts(np.rint(amounts / unit) * unit, currency)

        revenue = found.year_purchases * found.revenue_per_occasion
        is_known = ~np.isnan(facts.numbers("gross_profit_total"))
        profit = np.where(is_known, rounded(profit), np.nan)
        return {
            "predicted_revenue": rounded(revenue),
            "predicted_profit": profit,
            "value_at_risk": rounded(np.maximum(profit, 0) * churn),
            "lifetime_value": round_amounts(facts.numbers("net_profit_total") + profit, currency),
        }

    @api.model
    def _get_retention(self, values):
        """Judge by the numbers that are shown, so that the sum in words comes out the same."""
        plays = self.env.company._get_customer_retention_plays()
        if not plays:
            return {}
        stay, worth = self._get_stays_and_worths(
            values["alive_probability"], values["predicted_profit"]
        )
        found = judge_retentions(stay, worth, plays)
        is_known = ~np.isnan(values["predicted_profit"])
        verdict = found.verdict.astype(object)
        verdict[~is_known] = None
        currency = self.env.company.currency_id
        return {
            "retention_verdict": verdict,
            "retention_max_offer": np.where(
                is_known, round_amounts(found.max_offer, currency), np.nan
            ),
            "retention_gain": np.where(is_known, round_amounts(found.gain, currency), np.nan),
        }

    @api.model
    def _get_stays_and_worths(self, alive, profit):
        """Return probabilities to stay, and what customers are worth if they do.

        :param alive: probabilities, ``profit``: predicted, company currency; NaN: unknown
        """
        alive, profit = np.asarray(alive, dtype=float), np.asarray(profit, dtype=float)
        is_alive = alive > MIN_ALIVE
        worth = np.divide(profit, alive, out=np.zeros_like(profit), where=is_alive)
        return alive, np.where(np.isnan(profit), np.nan, worth)

    @api.model
    def _add_relative_measures(self, facts, cutoffs, today):
        """Add the value class by predicted profit as well."""
        result = super()._add_relative_measures(facts, cutoffs, today)
        facts["expected_value_class"] = None
        borders = cutoffs.expected_class if cutoffs else None
        rows = np.flatnonzero(~np.isnan(facts.numbers("alive_probability")))
        if borders is not None and len(rows):
            profits = facts.numbers("predicted_profit")[rows]
            facts.put("expected_value_class", rows, get_value_classes(profits, borders))
        return result

    @api.model
    def _get_stage_prediction(self, facts):
        return StagePrediction(
            alive_probability=facts.numbers("alive_probability"),
            purchase_probability=1 - facts.numbers("churn_probability"),
            pause_probability=facts.numbers("pause_probability"),
        )
