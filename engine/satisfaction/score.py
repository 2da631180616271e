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
    """What speaks for a customer's state, beside the score; of one, or arrays of many.

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
    """Return the points of a mean gap, perception less expectation, of -4 to 4 levels.

    Of one, or of an array of them, where NaN is unknown.
    """
    return None if mean is None else 50 + POINTS_PER_GAP * mean


def combine_scores(
    components: Mapping[str, float | None], weights: Mapping[str, float]
) -> float | None:
    """Return the score of one customer, see :func:`combine_all_scores`."""
    arrays = {name: np.array([score], dtype=float) for name, score in components.items()}
    score = combine_all_scores(arrays, weights)[0]
    return None if np.isnan(score) else float(score)


def combine_all_scores(
    components: Mapping[str, np.ndarray], weights: Mapping[str, float]
) -> np.ndarray:
    """Return the weighted mean of the components with data; NaN without any that counts.

    :param components: name -> scores 0 to 100, NaN without data
    :param weights: name -> weight, 0 or more, of any sum; components of weight 0 do not count
    """
    total = value = 0.0
    for name, scores in components.items():
        weight = np.where(np.isnan(scores), 0.0, max(weights[name], 0.0))
        total = total + weight
        value = value + weight * np.where(weight > 0, scores, 0.0)
    return np.divide(value, total, out=np.full(np.shape(total), np.nan), where=total > 0)


def round_half_up(value: float | None, digits: int) -> float | None:
    """Round as people do; what a computer makes of an exact half is taken for that half."""
    return None if value is None else float(round_all_half_up(value, digits))


def round_all_half_up(values, digits: int) -> np.ndarray:
    """Round numbers like :func:`round_half_up`; NaN stays."""
    scale = 10**digits
    values = np.asarray(values, dtype=float)
    return np.copysign(np.floor(np.abs(values) * scale + 0.5 + 1e-7) / scale, values) + 0.0


def get_newest_days(facts: SatisfactionFacts, customers: int) -> list[int | None]:
    """Return the day of each customer's newest fact; ``None`` without a fact."""
    newest = np.full(customers, -np.inf)
    np.maximum.at(newest, facts.customer, facts.day)
    return [None if day == -np.inf else int(day) for day in newest]


def is_speaking(newest: int | None, as_of: int, half_life: float) -> bool:
    """Tell whether an answer still speaks for the customer: younger than two half-lives.

    :param newest: day of the newest answer, ``None`` without one, or an array of days with NaN;
        ``half_life``: days
    """
    return newest is not None and as_of - newest < STATE_HALF_LIVES * half_life


def judge_satisfaction(
    score: float | None, evidence: SatisfactionEvidence, limits: SatisfactionLimits
) -> SatisfactionJudgement:
    """Return the state of one customer, and by what, see :func:`judge_all`."""
    many = SatisfactionEvidence(
        np.array([evidence.gap], dtype=float),
        np.array([evidence.is_answered]),
        np.array([evidence.is_complained]),
    )
    found = judge_all(np.array([score], dtype=float), many, limits)
    return SatisfactionJudgement(found.state[0], found.basis[0])


def judge_all(
    scores: np.ndarray, evidence: SatisfactionEvidence, limits: SatisfactionLimits
) -> SatisfactionJudgement:
    """Return the states, and by what; both ``None`` for who was not asked.

    What customers perceive against what they expect decides; the score, where nobody asked for
    that. Without an answer that still speaks nobody is content: facts alone delight nobody, but
    complaints may say the contrary.

    :param scores: 0 to 100, as they are shown; NaN if unknown
    :param evidence: arrays; the gap is NaN where no answer to a questionnaire speaks
    """
    is_known, by_gap = ~np.isnan(scores), ~np.isnan(evidence.gap)
    basis = np.select(
        [
            ~is_known,
            by_gap,
            evidence.is_answered,
            evidence.is_complained & (scores < limits.satisfied),
        ],
        ["", "gap", "score", "complaints"],
        "",
    ).astype(object)
    state = np.select(
        [
            basis == "gap",
            basis == "score",
            basis == "complaints",
        ],
        [
            _get_states(evidence.gap, limits.gap, -limits.gap, is_strict=True),
            _get_states(scores, limits.delighted, limits.satisfied),
            "dissatisfied",
        ],
        "",
    ).astype(object)
    state[state == ""] = None
    basis[basis == ""] = None
    return SatisfactionJudgement(state, basis)


def _get_states(values, delighted, dissatisfied, is_strict=False):
    is_delighted = values > delighted if is_strict else values >= delighted
    is_below = values < dissatisfied
    return np.select([is_delighted, is_below], ["delighted", "dissatisfied"], "satisfied")
