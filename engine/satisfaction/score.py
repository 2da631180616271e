"""The satisfaction score: dated facts -> components -> one number and a state.

Formulas and a worked example: docs/satisfaction_score.md. All scores are 0 to 100, ``None`` is
*not enough data*; days are plain numbers, only their differences matter.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# What a complaint of a severity counts; one of 1 leaves 37 of 100 points, two leave 14.
SEVERITY_WEIGHTS = {"0": 0.25, "1": 0.5, "2": 1.0, "3": 2.0}
# A closed complaint is felt for half a year.
COMPLAINT_DAYS = 180
# The day of a fact that is not over yet.
STILL_OPEN = 1_000_000
SCORE_DIGITS = 1
GAP_DIGITS = 2
# An answer older than so many half-lives says nothing of today.
STATE_HALF_LIVES = 2
# Points per level of the gap: from -4 to +4 makes 0 to 100.
POINTS_PER_GAP = 12.5


@dataclass(frozen=True)
class SatisfactionFacts:
    """Facts of many customers, flat and parallel, in the order in which they are to be added.

    ``customer``: position of whose fact it is; ``known`` and ``day`` in days; ``value`` in points
    of its component. A fact counts from the day it is ``known``; its age runs from ``day``.
    ``size`` is how much it weighs before it decays.
    """

    customer: np.ndarray
    known: np.ndarray
    day: np.ndarray
    value: np.ndarray
    size: np.ndarray


@dataclass(frozen=True)
class SatisfactionLimits:
    """From where a customer is delighted, and below which one is dissatisfied.

    ``delighted``, ``satisfied``: scores 0 to 100; ``gap``: perception less expectation, in levels.
    """

    delighted: float = 85.0
    satisfied: float = 60.0
    gap: float = 0.25


@dataclass(frozen=True)
class SatisfactionEvidence:
    """What speaks for a customer's state, beside the score.

    ``gap``: decayed mean gap as it is shown, ``None`` unless an answer to a questionnaire still
    speaks; ``is_answered``: whether any answer does; ``is_complained``: whether complaints count in
    the score.
    """

    gap: float | None = None
    is_answered: bool = False
    is_complained: bool = False


class SatisfactionJudgement(NamedTuple):
    """State (``delighted``, ``satisfied``, ``dissatisfied``) and what it goes by.

    ``basis``: ``gap``, ``score`` or ``complaints``. ``None`` twice: not asked.
    """

    state: str | None
    basis: str | None


def flatten_facts(histories: Sequence[Sequence[Sequence[float]] | None]) -> SatisfactionFacts:
    """Turn one (known, day, value, size) of sequences per customer, or ``None``, into facts."""
    known = [(number, history) for number, history in enumerate(histories) if history]
    columns = [
        np.array([item for _number, history in known for item in history[column]], dtype=float)
        for column in range(4)
    ]
    sizes = [len(history[0]) for _number, history in known]
    return SatisfactionFacts(
        np.repeat([number for number, _history in known], sizes).astype(int), *columns
    )


def select_facts(
    facts: SatisfactionFacts, as_of: int, window: int | None = None
) -> SatisfactionFacts:
    """Return what was known at the end of a day and, with a window, not older than it (days)."""
    kept = facts.known <= as_of
    if window is not None:
        kept &= facts.day > as_of - window
    columns = (facts.customer, facts.known, facts.day, facts.value, facts.size)
    return SatisfactionFacts(*(column[kept] for column in columns))


def get_decay_weights(days: np.ndarray, as_of: int, half_life: float) -> np.ndarray:
    """Return the weight of facts by age, 0 to 1: 0.5^(age / half-life), 1 for the future.

    :param as_of: day looked from; ``half_life``: days
    """
    return np.power(0.5, np.maximum(as_of - days, 0) / half_life)


def get_decayed_means(
    facts: SatisfactionFacts, customers: int, as_of: int, half_life: float
) -> list[float | None]:
    """Return the decayed mean of each customer's values, in their unit; ``None`` without a fact.

    Σ size·decay·value / Σ size·decay (docs/satisfaction_score.md). The ages are counted from the
    customer's newest fact: that changes no mean, and old facts alone do not become too light to be
    divided by.
    """
    newest = np.full(customers, -np.inf)
    np.maximum.at(newest, facts.customer, facts.day)
    reference = np.minimum(newest[facts.customer], as_of)
    weights = facts.size * get_decay_weights(facts.day, reference, half_life)
    total = np.bincount(facts.customer, weights, customers)
    value = np.bincount(facts.customer, weights * facts.value, customers)
    return [float(v / t) if t else None for v, t in zip(value, total, strict=True)]


def get_burden_scores(facts: SatisfactionFacts, customers: int) -> list[float | None]:
    """Return 100·exp(−sum of the sizes) of each customer, 0 to 100; ``None`` without a fact.

    :param customers: number of customers, as in the other functions here
    """
    count = np.bincount(facts.customer, minlength=customers)
    total = np.bincount(facts.customer, facts.size, customers)
    return [float(100 * math.exp(-t)) if n else None for n, t in zip(count, total, strict=True)]


def count_facts(facts: SatisfactionFacts, customers: int) -> list[int]:
    """Return the number of facts of each customer."""
    return np.bincount(facts.customer, minlength=customers).tolist()


def get_gap_score(mean: float | None) -> float | None:
    """Return the points of a mean gap, perception less expectation, of -4 to 4 levels."""
    return None if mean is None else 50 + POINTS_PER_GAP * mean


def combine_scores(
    components: Mapping[str, float | None], weights: Mapping[str, float]
) -> float | None:
    """Return the weighted mean of the components with data; ``None`` without any that counts.

    :param components: name -> score 0 to 100, ``None`` without data
    :param weights: name -> weight, 0 or more, of any sum; components of weight 0 do not count
    """
    counted = {
        name: score for name, score in components.items() if score is not None and weights[name] > 0
    }
    if not counted:
        return None
    total = math.fsum(weights[name] for name in counted)
    return math.fsum(weights[name] * score for name, score in counted.items()) / total


def round_half_up(value: float | None, digits: int) -> float | None:
    """Round as people do; what a computer makes of an exact half is taken for that half."""
    if value is None:
        return None
    scale = 10**digits
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-7) / scale, value) + 0.0


def get_newest_days(facts: SatisfactionFacts, customers: int) -> list[int | None]:
    """Return the day of each customer's newest fact; ``None`` without a fact."""
    newest = np.full(customers, -np.inf)
    np.maximum.at(newest, facts.customer, facts.day)
    return [None if day == -np.inf else int(day) for day in newest]


def is_speaking(newest: int | None, as_of: int, half_life: float) -> bool:
    """Tell whether an answer still speaks for the customer: younger than two half-lives.

    :param newest: day of the newest answer, ``None`` without one; ``half_life``: days
    """
    return newest is not None and as_of - newest < STATE_HALF_LIVES * half_life


def judge_satisfaction(
    score: float | None, evidence: SatisfactionEvidence, limits: SatisfactionLimits
) -> SatisfactionJudgement:
    """Return the state, and by what; both ``None`` for who was not asked.

    What customers perceive against what they expect decides; the score, where nobody asked for
    that. Without an answer that still speaks nobody is content: facts alone delight nobody, but
    complaints may say the contrary.

    :param score: 0 to 100, as it is shown
    """
    if score is None:
        return SatisfactionJudgement(None, None)
    if evidence.gap is not None:
        if evidence.gap > limits.gap:
            return SatisfactionJudgement("delighted", "gap")
        is_below = evidence.gap < -limits.gap
        return SatisfactionJudgement("dissatisfied" if is_below else "satisfied", "gap")
    if evidence.is_answered:
        if score >= limits.delighted:
            return SatisfactionJudgement("delighted", "score")
        is_below = score < limits.satisfied
        return SatisfactionJudgement("dissatisfied" if is_below else "satisfied", "score")
    if evidence.is_complained and score < limits.satisfied:
        return SatisfactionJudgement("dissatisfied", "complaints")
    return SatisfactionJudgement(None, None)
