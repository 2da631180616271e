"""Scores every model and rule as of the split date and compares with what came after."""

import dataclasses
from datetime import date

import numpy as np

from engine.backtest import (
    get_auc,
    get_brier,
    get_capture,
    get_date_error,
    get_deciles,
    get_mean_absolute_error,
    get_rank_correlation,
    get_rule_dates,
    get_rule_purchases,
    get_rule_scores,
    get_total_ratio,
    is_date_comparable,
    is_seasonal,
)
from engine.prediction import (
    OccasionLog,
    fit_prediction,
    fit_purchase_process,
    fit_shrunk_mean,
    get_expected_purchases,
    get_next_purchase_wait,
    get_purchase_probability,
    predict,
)

from .bad_input import BadInput
from .baselines import get_baselines
from .facts import get_traits
from .scores import write_scores

SHORT_HORIZONS = (30, 90)
MAIN = "customer_value"


def evaluate(sales, split: int, horizon: int, unit_days: int, scores=None) -> dict:
    """Return the figures of all models and rules, JSON-able.

    :param split: ordinal of the last known day; ``horizon``: days held out after it
    :param unit_days: days per unit of time in which parameters are told (1 or 7)
    :param scores: path of a file for what is said about each customer, or None
    :raises BadInput: nobody had bought by then
    """
    columns = (sales.customers, sales.days, sales.amounts, sales.profits)
    log = OccasionLog.of(*columns, with_free=True, unit=sales.unit)
    traits = get_traits(sales, split)
    log = log.with_traits(traits and traits.take(log.keys))
    facts = log.as_of(split)
    _check_somebody_bought(facts, split)
    reached = int(sales.days.max()) - split
    wanted = sorted({*SHORT_HORIZONS, horizon})
    horizons = [days for days in wanted if days <= max(horizon, reached)]
    outcomes = {days: log.get_outcome(facts, days) for days in horizons}
    outcome = outcomes[horizon]
    trial = Trial(facts, outcomes, horizon, unit_days)
    models = {MAIN: trial.run_main(log, split)}
    for name, family, prior in (
        ("mbg_nbd_map", "mbg", True),
        ("mbg_nbd_ml", "mbg", False),
        ("bg_nbd_ml", "bg", False),
    ):
        models[name] = trial.run_process(family, prior)
    models.update(trial.run_rules())
    models.update(trial.run_baselines(log, split))
    if scores:
        write_scores(scores, sales.customer_names, log.keys[facts.keys], facts, trial.found)
    for figures in models.values():
        for days in set(wanted) - set(horizons):  # the file ends before
            figures["probabilities"][str(days)] = {"auc": None, "brier": None}
    return {
        "customers": len(facts),
        "repeat_customers": int((facts.occasions > 1).sum()),
        "history_days": int(split - log.first_day),
        "bought_again": int((outcome.purchases > 0).sum()),
        "actual_occasions": int(outcome.purchases.sum()),
        "actual_money": float(outcome.profit.sum()),
        "horizons": horizons,
        "seasonal": is_seasonal(models[MAIN]["total_ratio"]),
        "models": models,
    }


def _check_somebody_bought(facts, split):
    if not len(facts):
        raise BadInput(
            f"--split {date.fromordinal(split)}: nobody had bought anything by then; what is "
            "before it are credit notes alone. Give a later day."
        )


class Trial:
    """The customers known at the split, and what they did within each horizon."""

    def __init__(self, facts, outcomes, horizon, unit_days):
        self.facts = facts
        self.outcomes = outcomes
        self.horizon = horizon
        self.unit = unit_days
        self.outcome = outcomes[horizon]
        history = facts.history
        self.history = (history.repeats, history.last, history.age)
        self.dated = np.ones(len(facts), dtype=bool)
        self.found = None

    def run_main(self, log, split):
        """The engine as it is used in Odoo: one prediction model for each horizon."""
        answers = {}
        for days in self.outcomes:
            model = fit_prediction(log, split, days, value_days=self.horizon)
            answers[days] = predict(model, self.facts)
        found = self.found = answers[self.horizon]
        self.dated = np.isfinite(found.next_day)
        # Undiscounted: the money that comes within the horizon is what it is compared with.
        money = found.purchases * found.profit_per_occasion
        figures = self._get_figures(found.purchases, money, found.next_day)
        figures["probabilities"] = {
            str(days): self._get_probability_figures(answer.purchase_probability, days)
            for days, answer in answers.items()
        }
        figures["deciles"] = get_deciles(found.purchase_probability, self.outcome.purchases > 0)
        figures["gamma_gamma_money_mae"] = get_mean_absolute_error(
            found.purchases * found.revenue_per_occasion, self.outcome.profit
        )
        figures.update(self._describe(model.process))
        figures["level"] = model.level
        figures["adjustment"] = model.adjustment.to_json()
        figures["facts"] = model.adjustment.traits.to_json() if model.adjustment.traits else None
        figures["dates_model"] = self._describe(model.dates) | {"shape": model.dates.shape}
        figures["money_weight"] = model.value.weight
        return figures

    def run_process(self, family, prior):
        """A bare purchase process, as in the literature."""
        model = fit_purchase_process(*self.history, family=family, prior=prior)
        purchases = get_expected_purchases(model, *self.history, self.horizon)
        value = fit_shrunk_mean(self.facts.profit, self.facts.profit_squares, self.facts.occasions)
        money = purchases * value.predict(self.facts.profit, self.facts.occasions)
        wait = get_next_purchase_wait(model, self.facts.history, 0.5)
        figures = self._get_figures(purchases, money, self.facts.today + wait)
        figures["probabilities"] = {}
        for days in self.outcomes:
            buys = get_purchase_probability(model, *self.history, days)
            figures["probabilities"][str(days)] = self._get_probability_figures(buys, days)
        return figures | self._describe(model)

    def run_rules(self):
        """Recency, frequency, RFM sum and own gap: they rank, and some of them count."""
        found = {}
        for name, scores in get_rule_scores(self.facts).items():
            figures = self._get_ranking(scores)
            figures["probabilities"] = {
                str(days): {"auc": get_auc(scores, outcome.purchases > 0), "brier": None}
                for days, outcome in self.outcomes.items()
            }
            found[name] = figures
        dates = get_rule_dates(self.facts)
        found["own_gap"].update(self._get_date_figures(dates))
        pace = get_rule_purchases(self.facts, self.horizon)
        found["frequency"].update(self._get_occasion_figures(pace))
        return found

    def run_baselines(self, log, split):
        """A logistic regression and boosted trees: they foretell who buys, and rank by it."""
        found = {}
        for days in self.outcomes:
            for name, buys in get_baselines(log, self.facts, split, days).items():
                figures = found.setdefault(name, {"probabilities": {}})
                if days == self.horizon:
                    figures.update(self._get_ranking(buys))
                figures["probabilities"][str(days)] = self._get_probability_figures(buys, days)
        nothing = {"auc": None, "brier": None}
        for figures in found.values():
            for days in self.outcomes:
                figures["probabilities"].setdefault(str(days), dict(nothing))
        return found

    def _get_figures(self, purchases, money, next_days):
        return {
            **self._get_occasion_figures(purchases),
            "money_mae": get_mean_absolute_error(money, self.outcome.profit),
            **self._get_ranking(money),
            **self._get_date_figures(next_days),
        }

    def _get_date_figures(self, next_days):
        """The error on all whom this model gives a date, and on those whom the main one does."""
        common = np.where(self.dated, next_days, np.nan)
        return {
            "median_date_error": get_date_error(self.facts, next_days, self.outcome),
            "date_customers": int(is_date_comparable(self.facts, next_days, self.outcome).sum()),
            "median_date_error_common": get_date_error(self.facts, common, self.outcome),
        }

    def _get_occasion_figures(self, purchases):
        actual = self.outcome.purchases
        return {
            "mae": get_mean_absolute_error(purchases, actual),
            "total_ratio": get_total_ratio(purchases, actual),
            "occasions_rank_correlation": get_rank_correlation(purchases, actual),
        }

    def _get_ranking(self, scores):
        money = self.outcome.profit
        return {
            "rank_correlation": get_rank_correlation(scores, money),
            "capture_top10": get_capture(scores, money, 0.1),
            "capture_top20": get_capture(scores, money, 0.2),
        }

    def _get_probability_figures(self, buys, days):
        bought = self.outcomes[days].purchases > 0
        return {
            "auc": get_auc(buys, bought),
            "brier": get_brier(buys, bought),
            "expected": float(np.sum(buys)),
            "actual": int(bought.sum()),
        }

    def _describe(self, model):
        """Parameters and log-likelihood in the asked unit of time."""
        shown = dataclasses.replace(model, alpha=model.alpha / self.unit)
        repeats = float(self.facts.history.repeats.sum())
        return {
            "parameters": {
                "r": shown.r,
                "alpha": shown.alpha,
                "a": shown.a,
                "b": shown.b,
            },
            "log_likelihood": model.log_likelihood + repeats * float(np.log(self.unit)),
            "converged": model.converged,
            "iterations": model.iterations,
            "reason": model.reason,
        }
