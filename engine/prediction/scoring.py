"""Scoring customers with a fitted prediction: columns of facts in, columns of numbers out."""

from dataclasses import dataclass

import numpy as np

from . import purchase_scores
from .customer_facts import CustomerFacts
from .learned_features import get_log_odds
from .level import shift_probability
from .model import PredictionModel, get_process_purchases, get_random_alive, get_start
from .next_purchase import get_next_purchase_wait
from .purchase_process import get_log_pause_survival

# Dates are given only to customers who have bought twice and are rather here than gone.
MIN_ALIVE_PROBABILITY = 0.5
RANGE_PROBABILITIES = (0.1, 0.9)
# Customers scored at once: keeps a million of them under 100 MB.
MIN_PURCHASES = 1e-12
CHUNK = 50_000


@dataclass(frozen=True)
class Predictions:
    """One array per quantity, in the order of the facts; NaN where nothing can be said.

    ``alive_probability``: that of the process, and never below ``purchase_probability``, which
    what was learned mends. ``purchase_probability``, ``purchases``: within the horizon of the
    model; ``year_purchases``, ``value`` (discounted profit): within its value days;
    ``pause_probability``: share of a living customer's pauses at least as long as the present one;
    ``purchase_factor``: how much more often than the process alone says, see
    :func:`get_purchases_within`. ``next_day`` (median), ``next_day_low``, ``next_day_high`` (10 %
    and 90 %): ordinals. Amounts in company currency.
    ``confidence``: ``none``, ``low``, ``medium``, ``high`` by number of occasions; ``reason``:
    ``ok``, ``one_purchase``, ``no_purchase``, ``bad_data``, ``short_history`` or ``no_data``.
    """

    alive_probability: np.ndarray
    purchase_probability: np.ndarray
    purchases: np.ndarray
    year_purchases: np.ndarray
    purchase_factor: np.ndarray
    pause_probability: np.ndarray
    next_day: np.ndarray
    next_day_low: np.ndarray
    next_day_high: np.ndarray
    profit_per_occasion: np.ndarray
    revenue_per_occasion: np.ndarray
    value: np.ndarray
    confidence: np.ndarray
    reason: np.ndarray


def predict(model: PredictionModel, facts: CustomerFacts) -> Predictions:
    """Predict customers from their facts; impossible rows get NaN and a reason.

    Every customer is predicted alone: who else is in the facts changes no bit of the answer.

    :param facts: as of the day to predict from, which may be later than that of the fit
    """
    history = facts.history
    valid = history.is_valid() & np.isfinite(facts.revenue) & np.isfinite(facts.profit)
    rows = np.flatnonzero(valid)
    known = facts if len(rows) == len(facts) else facts.take(rows)
    found = _score_valid(model, known)
    year = found["year_purchases"]
    discount = (1 + model.yearly_rate) ** (-0.5 * model.value_days / 365)
    found["value"] = discount * year * found["profit_per_occasion"]
    arrays = {name: _spread(values, rows, len(facts)) for name, values in found.items()}
    reason = np.full(len(facts), "no_purchase", dtype="<U20")
    reason[~valid & (facts.occasions > 0)] = "bad_data"
    reason[rows] = np.where(known.occasions > 1, "ok", "one_purchase")
    if model.level in ("short_history", "no_data"):
        reason[rows] = model.level
    return Predictions(**arrays, confidence=_get_confidence(facts, valid), reason=reason)


def subtract_cost_to_serve(
    found: Predictions, model: PredictionModel, cost_per_occasion
) -> np.ndarray:
    """Return the expected value after what serving the expected occasions will cost.

    :param cost_per_occasion: company currency, one number or one per customer
    """
    discount = (1 + model.yearly_rate) ** (-0.5 * model.value_days / 365)
    return found.value - discount * found.year_purchases * np.asarray(cost_per_occasion)


def get_moves(model: PredictionModel, facts: CustomerFacts) -> dict[str, np.ndarray]:
    """Return by fact how far it moves P(buys), from what it were if the fact were as usual.

    :return: fact (``rhythm``, ``recent``, ``season``, ``money``, ``history``, ``trait:NAME``) ->
        difference of probabilities, NaN for impossible rows; empty where nothing was learned or is
        known
    """
    valid = facts.history.is_valid() & np.isfinite(facts.revenue)
    rows = np.flatnonzero(valid)
    adjustment = model.adjustment
    known = adjustment.members or adjustment.traits
    if facts.recent is None or not known or not len(rows):
        return {}
    parts = []
    for begin in range(0, len(rows), CHUNK):
        features, chances, _alive = get_start(model, facts.take(rows[begin : begin + CHUNK]))
        buys, _purchases = adjustment.apply(features, chances)
        odds = np.clip(get_log_odds(shift_probability(buys, model.season.shift)), -700, 700)
        buys = 1 / (1 + np.exp(-odds))
        parts.append(
            {
                fact: buys - 1 / (1 + np.exp(-(odds - moved)))
                for fact, moved in adjustment.get_moves(features).items()
            }
        )
    return {
        fact: _spread(np.concatenate([part[fact] for part in parts]), rows, len(facts))
        for fact in parts[0]
    }


def get_purchases_within(
    model: PredictionModel, facts: CustomerFacts, horizons, factors=None
) -> np.ndarray:
    """Return the expected number of purchases within each of some horizons (days from today).

    At the level of the year to come, without its season: whoever asks for months has their own.

    :param factors: ``purchase_factor`` of the predictions, where they are known already; NaN for
        who has none
    :return: one row per customer, one column per horizon; NaN for impossible rows
    """
    rows = np.flatnonzero(facts.history.is_valid())
    known = facts.take(rows)
    factor = np.full(len(rows), np.nan)
    if factors is not None:
        factor = np.array(factors, dtype=float)[rows]
    if (unknown := np.flatnonzero(np.isnan(factor))).size:
        factor[unknown] = _score_valid(model, known.take(unknown))["purchase_factor"]
    found = np.full((len(facts), len(horizons)), np.nan)
    for column, days in enumerate(horizons):
        process = get_process_purchases(model, known, days)
        floor = MIN_PURCHASES if days else 0.0
        found[rows, column] = np.maximum(process, floor) * factor
    return found


def _score_valid(model, facts):
    """Score in parts: what is learned from needs many columns."""
    parts = []
    for begin in range(0, max(len(facts), 1), CHUNK):
        whole = len(facts) <= CHUNK
        parts.append(
            _score_part(model, facts if whole else facts.take(slice(begin, begin + CHUNK)))
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _score_part(model, facts):
    history = facts.history
    arrays = (history.repeats, history.last, history.age)
    features, chances, alive = get_start(model, facts)
    buys, purchases = model.adjustment.apply(features, chances)
    factor = _get_factor(model, facts, purchases, chances, alive) * model.season.value
    scale = 1.0 if features is None else model.purchase_scale
    # Whoever buys at least once has bought once: the expectation is never below the probability.
    usual = np.maximum(purchases * scale, buys)
    buys = shift_probability(buys, model.season.shift)
    purchases = np.maximum(purchases * scale * model.season.horizon, buys)
    # Who will buy is still a customer: what was learned may know better than the process.
    stays = np.maximum(alive, buys)
    process = np.maximum(get_process_purchases(model, facts, model.value_days), MIN_PURCHASES)
    year = process * factor
    if model.value_days >= model.horizon:
        # Months of a forecast are raised with the year, but not by a season: they have their own.
        factor = np.maximum(year, usual) / process
        year = np.maximum(process * factor, purchases)
    return {
        "alive_probability": stays,
        "purchase_probability": buys,
        "purchases": purchases,
        "year_purchases": year,
        "purchase_factor": factor,
        "pause_probability": _get_pause_probability(model, facts, arrays),
        **_get_dates(model, facts, stays),
        "profit_per_occasion": model.value.predict(facts.profit, facts.occasions),
        "revenue_per_occasion": get_revenue_per_occasion(model, facts),
    }


def _get_pause_probability(model, facts, arrays):
    """By the regular process where there is one: the sentence must agree with the number."""
    cycle = model.adjustment.cycle
    if cycle is None:
        return purchase_scores.get_pause_probability(model.process, *arrays)
    return np.exp(get_log_pause_survival(cycle.parameters, facts.history, cycle.shape))


def get_revenue_per_occasion(model: PredictionModel, facts: CustomerFacts) -> np.ndarray:
    """Return the expected revenue of a purchase: the own mean, drawn to that of all.

    Company currency; the own mean itself where no Gamma-Gamma could be fitted.
    """
    own = np.maximum(facts.revenue, 0) / np.maximum(facts.occasions, 1)
    return model.spend.predict(own, facts.occasions) if model.spend else own


def _get_factor(model, facts, purchases, chances, alive):
    """What was learned, as a factor of the purchases of any horizon.

    :param purchases: as mended, those of the chances where nothing is known to mend them by
    """
    factor = np.ones(len(facts))
    if model.adjustment.cycle:  # when they are due says nothing about how often they buy
        factor = alive / np.maximum(get_random_alive(model, facts), 1e-9)
    counts = any(model.adjustment.count_weights) or model.adjustment.count_traits
    if facts.recent is not None and counts:
        factor = factor * purchases / np.maximum(chances.purchases, 1e-12) * model.purchase_scale
    return factor


def _get_dates(model, facts, alive):
    history = facts.history
    rows = np.flatnonzero((history.repeats > 0) & (alive >= MIN_ALIVE_PROBABILITY))
    part = history.take(rows)
    dates = {}
    quantiles = {
        "next_day_low": RANGE_PROBABILITIES[0],
        "next_day": 0.5,
        "next_day_high": RANGE_PROBABILITIES[1],
    }
    for name, probability in quantiles.items():
        wait = get_next_purchase_wait(model.dates, part, probability)
        day = facts.today + np.where(np.isfinite(wait), np.maximum(np.ceil(wait), 1), np.nan)
        dates[name] = _spread(day, rows, len(facts))
    return dates


def _get_confidence(facts, valid):
    words = np.full(len(facts), "none", dtype="<U6")
    words[valid] = "low"
    words[valid & (facts.occasions >= 2)] = "medium"
    words[valid & (facts.occasions >= 4)] = "high"
    return words


def _spread(values, rows, size):
    result = np.full(size, np.nan)
    result[rows] = values
    return result
