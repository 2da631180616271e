"""How the total differs from what the process expects: level and season (docs/prediction.md).

What really happened in the same season a year ago, over what the process would have expected
then. Where less than that is known, how the season stands out of the year.
"""

import math
from dataclasses import asdict, dataclass

import numpy as np

from .past_window import get_chances
from .purchase_process import fit_purchase_process
from .purchase_scores import get_new_customer_purchases

YEAR = 365
# So much history before the year shows how the process does then.
MIN_DAYS_BEFORE = 120
# Under 15 months nobody has seen a season twice.
KNOWN_SEASON_DAYS = 456
MIN_FACTOR, MAX_FACTOR = 0.5, 2.0
# So many purchases of nothing unusual: what a handful did a year ago says little.
CREDIBILITY = 10.0


@dataclass(frozen=True)
class Level:
    """``horizon``, ``value``: factors of expected purchases within the horizon, and within a year.

    ``shift``: what is added to the log-odds of buying within the horizon, so that as many buy as
    follows from the factor. ``source``: ``year_ago``, ``season_index``, or ``unknown`` (factors
    of 1). ``season_known``: there are 15 months of history.
    """

    horizon: float = 1.0
    value: float = 1.0
    shift: float = 0.0
    source: str = "unknown"
    season_known: bool = False

    @classmethod
    def from_json(cls, data) -> "Level":
        """Read back what :meth:`to_json` wrote."""
        return cls(**data)

    def to_json(self):
        """Return a JSON-able dictionary."""
        return asdict(self)


def learn_level(log, today: int, horizon: int, value_days: int, shape: int = 1) -> Level:
    """Compare the same season a year ago with what was, or could have been, expected then.

    :param log: :class:`~.occasion_log.OccasionLog`; nothing after ``today`` is looked at
    :param horizon, value_days: days; a horizon above a year counts as one
    :param shape: of the pauses, where the own cycle is what is started from
    """
    history = -1 if log.first_day is None else today - log.first_day
    known = history >= KNOWN_SEASON_DAYS
    horizon, value_days = (min(days, YEAR) for days in (horizon, value_days))
    if history < YEAR:
        return Level(season_known=known)
    if history < YEAR + MIN_DAYS_BEFORE:
        index = get_season_index(log, today, horizon)
        return Level(index, source="season_index", season_known=known)
    facts = log.as_of(today - YEAR)
    arrays = (facts.history.repeats, facts.history.last, facts.history.age)
    process = fit_purchase_process(*arrays)
    cycle = fit_purchase_process(*arrays, shape=shape) if shape > 1 else None
    factors = []
    for days in (horizon, value_days):
        came = float(log.get_outcome(facts, days).purchases.sum())
        expected = float(get_chances(process, cycle, facts, days)[0].purchases.sum())
        factors.append(_bound((came + CREDIBILITY) / (expected + CREDIBILITY)))
    return Level(*factors, source="year_ago", season_known=known)


def get_season_index(log, today: int, days: int) -> float:
    """Return how far this season stood out of the year, a year ago: repeat purchases over expected.

    Expected of customers by how long ago they had first bought, so that neither growth nor a
    cohort that grows old is taken for a season.
    """
    facts = log.as_of(today)
    process = fit_purchase_process(facts.history.repeats, facts.history.last, facts.history.age)
    bought = log.days[log.bought]
    repeats = np.bincount(bought[bought <= today] - log.first_day)
    first = np.bincount(facts.first_days.astype(np.int64) - log.first_day, minlength=len(repeats))
    curve = get_new_customer_purchases(process, np.arange(len(repeats) + 1.0))
    expected = np.convolve(first, np.diff(curve))[: len(repeats)]
    begin = today - YEAR - log.first_day + 1
    came = (repeats - first)[begin:]
    expected = expected[begin:]
    usual = came.sum() * expected[:days].sum() / max(expected.sum(), 1e-9)
    return _bound((came[:days].sum() + CREDIBILITY) / (usual + CREDIBILITY))


def get_scaled_total(probability: np.ndarray, alive: np.ndarray, factor: float) -> float:
    """Return how many buy when so many times as many purchases of the living are expected.

    Σ a · (1 - (1 - p/a)^f) with a = P(alive): no season brings back who has left.
    """
    alive = np.maximum(alive, probability)
    with np.errstate(divide="ignore", invalid="ignore"):
        living = np.where(alive > 0, probability / alive, 0.0)
        return float((alive * -np.expm1(factor * np.log1p(-living))).sum())


def shift_probability(probability: np.ndarray, shift: float) -> np.ndarray:
    """Return probabilities with their log-odds moved; the order of customers stays."""
    if not shift:
        return probability
    odds = math.exp(shift)
    return odds * probability / (1 - probability + odds * probability)


def _bound(factor):
    return float(np.clip(factor, MIN_FACTOR, MAX_FACTOR))
