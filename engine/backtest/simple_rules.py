"""The rules a shop could use without a model; the model has to be at least as good as they are."""

import numpy as np

from ..prediction import CustomerFacts
from ..standing import get_rfm_scores, get_score_cutoffs

SIMPLE_RULES = ("recency", "frequency", "rfm_sum", "own_gap")
GRADED_RULES = ("recency", "frequency", "rfm_sum")


def get_rule_scores(facts: CustomerFacts) -> dict[str, np.ndarray]:
    """Return a score per rule of :data:`SIMPLE_RULES` and customer; higher: "buys again" sooner.

    Only orders count: the scores of two rules are in different units.

    ``own_gap``: silence measured in own mean gaps (the age stands in for one with one purchase).
    """
    return {
        "recency": facts.last_days.astype(float),
        "frequency": facts.occasions.astype(float),
        "rfm_sum": get_rfm_sum(facts),
        "own_gap": -facts.pause / np.maximum(get_own_gap(facts), 1.0),
    }


def get_rfm_sum(facts: CustomerFacts) -> np.ndarray:
    """Return the sum of the three scores 1-5, all on everything known."""
    total = np.zeros(len(facts))
    for values in (facts.last_days, facts.occasions, facts.revenue):
        distinct, counts = np.unique(values, return_counts=True)
        total += get_rfm_scores(values, get_score_cutoffs(distinct, counts))
    return total


def get_own_gap(facts: CustomerFacts) -> np.ndarray:
    """Return the own mean gap in days; with a single purchase the age."""
    span = facts.last_days - facts.first_days
    age = facts.today - facts.first_days
    return np.where(facts.occasions > 1, span / np.maximum(facts.occasions - 1, 1), age)


def get_rule_dates(facts: CustomerFacts) -> np.ndarray:
    """Return last day + own mean gap (ordinals), not before tomorrow; NaN with one purchase."""
    day = np.maximum(facts.last_days + get_own_gap(facts), facts.today + 1)
    return np.where(facts.occasions > 1, day, np.nan)


def get_rule_purchases(facts: CustomerFacts, horizon: float) -> np.ndarray:
    """Return purchases at the pace so far: repeats / age · horizon (days, age at least one)."""
    age = np.maximum(facts.today - facts.first_days, 1)
    return (facts.occasions - 1) / age * horizon
