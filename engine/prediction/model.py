"""The prediction of a company: fitting it on a log, and scoring customers with it.

Fall-back ladder (``PredictionModel.level``): ``full``; ``few_customers``: the same, mostly from
the prior (say "estimated from typical shops"); ``short_history``: no probability is shown, only
RFM and own gaps; ``no_data``.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from . import purchase_scores
from .adjustment import Adjustment, find_intercept, keep_total, learn_adjustment
from .customer_facts import CustomerFacts
from .gamma_gamma import GammaGamma, fit_gamma_gamma
from .learned_features import get_features, get_log_odds
from .level import Level, get_scaled_total, learn_level, shift_probability
from .next_purchase import fit_regularity, get_next_purchase_wait
from .occasion_log import OccasionLog
from .own_cycle import get_cycle_alive
from .past_window import get_chances
from .purchase_process import PurchaseModel, fit_purchase_process, get_log_pause_survival
from .shrunk_mean import ShrunkMean, fit_shrunk_mean

MIN_CUSTOMERS, MIN_REPEATERS, MIN_DAYS = 200, 50, 180
VALUE_DAYS = 365
YEARLY_RATE = 0.10
# Dates are given only to customers who have bought twice and are rather here than gone.
MIN_ALIVE_PROBABILITY = 0.5
RANGE_PROBABILITIES = (0.1, 0.9)
# Totals are kept, and levels learned, on so many customers: more tell nothing new.
MAX_SAMPLE = 50_000
# Customers scored at once: keeps a million of them under 100 MB.
CHUNK = 50_000


@dataclass(frozen=True)
class PredictionModel:
    """All that is needed to score a customer; days and company currency.

    ``purchase_scale``: factor that keeps the total of expected purchases under the adjustment;
    ``season``: the factors of level and season on top of it.
    """

    today: int
    horizon: int
    level: str
    process: PurchaseModel
    dates: PurchaseModel
    value: ShrunkMean
    spend: GammaGamma | None
    adjustment: Adjustment
    purchase_scale: float = 1.0
    history_days: int = 0
    value_days: int = VALUE_DAYS
    yearly_rate: float = YEARLY_RATE
    season: Level = field(default_factory=Level)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "PredictionModel":
        """Read back what :meth:`to_json` wrote."""
        parts = {
            "process": PurchaseModel.from_json(data["process"]),
            "dates": PurchaseModel.from_json(data["dates"]),
            "value": ShrunkMean.from_json(data["value"]),
            "spend": GammaGamma.from_json(data["spend"]) if data["spend"] else None,
            "adjustment": Adjustment.from_json(data["adjustment"]),
            "season": Level.from_json(data.get("season", {})),
        }
        if "members" not in data["adjustment"]:  # of an earlier version
            parts["purchase_scale"] = 1.0
        return cls(**{**data, **parts})

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able dictionary."""
        parts = ("process", "dates", "value", "spend", "adjustment", "season")
        found = {name: getattr(self, name) for name in parts}
        return vars(self) | {n: part.to_json() if part else None for n, part in found.items()}


@dataclass(frozen=True)
class Predictions:
    """One array per quantity, in the order of the facts; NaN where nothing can be said.

    ``purchase_probability``, ``purchases``: within the horizon of the model; ``year_purchases``,
    ``value`` (discounted profit): within its value days; ``pause_probability``: share of a living
    customer's pauses at least as long as the present one; ``purchase_factor``: how much more often
    than the process alone says, see :func:`get_purchases_within`. ``next_day`` (median), ``next_day_low``,
    ``next_day_high`` (10 % and 90 %): ordinals. Amounts in company currency. ``confidence``:
    ``none``, ``low``, ``medium``, ``high`` by number of occasions; ``reason``: ``ok``,
    ``one_purchase``, ``no_purchase``, ``bad_data``, ``short_history`` or ``no_data``.
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


def fit_prediction(
    log: OccasionLog,
    today: int,
    horizon: int,
    *,
    value_days: int = VALUE_DAYS,
    yearly_rate: float = YEARLY_RATE,
) -> PredictionModel:
    """Fit all parts on what was known at the end of a day; never fails.

    :param today: ordinal of that day; nothing later is looked at
    :param horizon: days within which "buys again" is asked for, at least 1
    :param value_days: days whose purchases make the value; ``yearly_rate``: discount, 0.1 for 10 %
    """
    horizon = max(int(horizon), 1)
    facts = log.as_of(today, recent=False)
    history = facts.history
    process = fit_purchase_process(history.repeats, history.last, history.age)
    adjustment = learn_adjustment(log, today, horizon)
    sample = log.sample(MAX_SAMPLE)
    model = PredictionModel(
        today=int(today),
        horizon=horizon,
        level=get_fallback_level(process, process.window),
        process=process,
        dates=adjustment.cycle or fit_regularity(facts),
        value=fit_shrunk_mean(facts.profit, facts.profit_squares, facts.occasions),
        spend=fit_gamma_gamma(facts.revenue / facts.occasions, facts.occasions),
        adjustment=adjustment,
        history_days=int(process.window),
        value_days=value_days,
        yearly_rate=yearly_rate,
        season=learn_level(
            sample,
            today,
            horizon,
            value_days,
            adjustment.cycle.shape if adjustment.cycle else 1,
        ),
    )
    return _keep_totals(model, sample.as_of(today))


def get_fallback_level(process: PurchaseModel, history_days: float) -> str:
    """Return the step of the fall-back ladder: ``full``, ``few_customers``, ``short_history`` …"""
    if not process.customers:
        return "no_data"
    if history_days < MIN_DAYS:
        return "short_history"
    enough = process.customers >= MIN_CUSTOMERS and process.repeaters >= MIN_REPEATERS
    return "full" if enough else "few_customers"


def get_default_horizon(median_gap: float | None) -> int:
    """Return h = max(90 days, twice the median gap between purchases), in days.

    :param median_gap: days, ``None`` if nobody has come back yet
    """
    return int(max(90, np.ceil(2 * (median_gap or 0))))


def _keep_totals(model, facts):
    """Set the levels: the totals of the process, times what level and season make of them."""
    facts = facts.take(np.flatnonzero(facts.history.is_valid()))
    if not len(facts):
        return model
    features, chances, alive = _get_start(model, facts)
    adjustment = keep_total(model.adjustment, features, chances)
    buys, purchases = adjustment.apply(features, chances)
    scale = float(chances.purchases.sum()) / max(float(purchases.sum()), 1e-12)
    season = model.season
    if season.horizon != 1:
        total = get_scaled_total(buys, alive, season.horizon)
        odds = np.clip(get_log_odds(buys), -700, 700)
        season = replace(season, shift=find_intercept(odds, total))
    return replace(model, adjustment=adjustment, purchase_scale=scale, season=season)


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

    :return: fact (``rhythm``, ``recent``, ``season``, ``money``, ``history``) -> difference of
        probabilities, NaN for impossible rows; empty where nothing was learned or is known
    """
    valid = facts.history.is_valid() & np.isfinite(facts.revenue)
    rows = np.flatnonzero(valid)
    if facts.recent is None or not model.adjustment.members or not len(rows):
        return {}
    parts = []
    for begin in range(0, len(rows), CHUNK):
        features, chances, _alive = _get_start(model, facts.take(rows[begin : begin + CHUNK]))
        buys, _purchases = model.adjustment.apply(features, chances)
        odds = np.clip(get_log_odds(shift_probability(buys, model.season.shift)), -700, 700)
        buys = 1 / (1 + np.exp(-odds))
        parts.append(
            {
                fact: buys - 1 / (1 + np.exp(-(odds - moved)))
                for fact, moved in model.adjustment.get_moves(features).items()
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
    features, chances, alive = _get_start(model, known)
    factor = _get_factor(model, known, features, chances, alive) * model.season.value
    if factors is not None:
        given = np.asarray(factors, dtype=float)[rows]
        factor = np.where(np.isnan(given), factor, given)
    found = np.full((len(facts), len(horizons)), np.nan)
    for column, days in enumerate(horizons):
        found[rows, column] = _get_process_purchases(model, known, days) * factor
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
    features, chances, alive = _get_start(model, facts)
    buys, purchases = model.adjustment.apply(features, chances)
    factor = _get_factor(model, facts, features, chances, alive) * model.season.value
    buys = shift_probability(buys, model.season.shift)
    scale = 1.0 if features is None else model.purchase_scale
    # Whoever buys at least once has bought once: the expectation is never below the probability.
    purchases = np.maximum(purchases * scale * model.season.horizon, buys)
    year = _get_process_purchases(model, facts, model.value_days) * factor
    if model.value_days >= model.horizon:
        year = np.maximum(year, purchases)
    return {
        "alive_probability": alive,
        "purchase_probability": buys,
        "purchases": purchases,
        "year_purchases": year,
        "purchase_factor": factor,
        "pause_probability": _get_pause_probability(model, facts, arrays),
        **_get_dates(model, facts, alive),
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


def _get_start(model, facts):
    """Features (``None`` where it is not known what happened lately), chances, P(alive)."""
    chances, alive = get_chances(model.process, model.adjustment.cycle, facts, model.horizon)
    if alive is None:
        alive = _get_random_alive(model, facts)
    features = None
    if facts.recent is not None and model.adjustment.is_learned:
        features = get_features(facts, chances, model.horizon, model.adjustment.amounts)
    return features, chances, alive


def _get_random_alive(model, facts):
    history = facts.history
    return purchase_scores.get_alive_probability(
        model.process, history.repeats, history.last, history.age
    )


def _get_factor(model, facts, features, chances, alive):
    """What was learned, as a factor of the purchases of any horizon."""
    factor = np.ones(len(facts))
    if model.adjustment.cycle:  # when they are due says nothing about how often they buy
        factor = alive / np.maximum(_get_random_alive(model, facts), 1e-9)
    if features is not None and any(model.adjustment.count_weights):
        _buys, purchases = model.adjustment.apply(features, chances)
        factor = factor * purchases / np.maximum(chances.purchases, 1e-12) * model.purchase_scale
    return factor


def get_process_probability(model: PredictionModel, facts: CustomerFacts) -> np.ndarray:
    """Return P(buys within the horizon) by the purchase process alone, before the adjustment."""
    history = facts.history
    return purchase_scores.get_purchase_probability(
        model.process, history.repeats, history.last, history.age, model.horizon
    )


def _get_process_purchases(model, facts, days):
    history = facts.history
    return purchase_scores.get_expected_purchases(
        model.process, history.repeats, history.last, history.age, days
    )


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
