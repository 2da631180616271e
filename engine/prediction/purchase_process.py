"""How often customers buy and when they stop: MBG/NBD and BG/NBD (docs/prediction.md).

Purchases of a living customer come at random at a rate λ ~ Gamma(r, α); after each purchase the
customer stops for good with probability p ~ Beta(a, b). MBG also lets the first purchase be the
last one; under BG nobody who bought once can ever have stopped, hence it is kept for published
tables only.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..numerics import digamma, log_gamma, minimise
from .process_history import ProcessHistory, group_histories, sample_histories

MAX_SAMPLE = 50_000
MAX_LOG_DISTANCE = 10.0
# Log-normal prior: medians of r, α (in median ages), a, b; standard deviations of the logarithms.
# Chosen by eye on retail data; doubling or halving them changes little (docs/prediction.md).
PRIOR_MEDIANS = (0.7, 0.35, 0.4, 2.5)
PRIOR_DEVIATIONS = (0.7, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class PurchaseModel:
    """Fitted parameters; times in the unit of the history it was fitted on.

    ``reason`` is a code: ``fitted``; ``no_data`` (nobody to learn from: the prior is used);
    ``not_converged`` (the best point found is used).
    """

    family: str
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0
    converged: bool = True
    iterations: int = 0
    customers: int = 0
    repeaters: int = 0
    rejected: int = 0
    window: float = 0.0
    uses_prior: bool = True
    reason: str = "fitted"
    shape: int = 1

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        """r, α, a, b."""
        return self.r, self.alpha, self.a, self.b

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "PurchaseModel":
        """Read back what :meth:`to_json` wrote."""
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able dictionary."""
        return asdict(self)


def fit_purchase_process(
    repeats, last, age, *, family: str = "mbg", prior: bool = True, shape: int = 1
) -> PurchaseModel:
    """Fit the process: maximum a posteriori, or maximum likelihood without the prior.

    :param repeats, last, age: arrays, see :class:`~.process_history.ProcessHistory`; customers
        with impossible numbers are left out and counted
    :param family: ``mbg`` (Batislam et al. 2007) or ``bg`` (Fader, Hardie & Lee 2005)
    :param shape: 1: purchases come at random; k > 1: pauses are more regular (Erlang-k)
    :return: never fails on numbers of any kind; see :attr:`PurchaseModel.reason`
    :raise ValueError: when the arrays differ in length
    """
    history = ProcessHistory.of(repeats, last, age)
    valid = history.is_valid()
    usable = history.take(valid)
    unit = get_time_unit(usable)
    facts = {"family": family, "uses_prior": prior, "shape": shape, **_describe(usable, valid)}
    start = np.log(PRIOR_MEDIANS)
    if not len(usable):
        return _make(start, unit, reason="no_data", **facts)
    rows, counts = group_histories(sample_histories(usable, MAX_SAMPLE).scaled(unit))
    total = counts.sum()

    def objective(logs):
        value, gradient = get_process_log_likelihood(np.exp(logs), rows, counts, family, shape)
        if prior:
            value += _get_log_prior(logs)
            gradient = gradient - (logs - start) / np.square(PRIOR_DEVIATIONS)
        return -value / total, -gradient / total

    found = minimise(objective, start, start - MAX_LOG_DISTANCE, start + MAX_LOG_DISTANCE)
    likelihood, _gradient = get_process_log_likelihood(
        np.exp(found.point), rows, counts, family, shape
    )
    # A process in another unit of time differs by the density of each repeat purchase.
    likelihood -= shape * (counts @ rows.repeats) * math.log(unit)
    return _make(
        found.point,
        unit,
        log_likelihood=float(likelihood) * len(usable) / total,
        converged=found.converged,
        iterations=found.iterations,
        reason="fitted" if found.converged else "not_converged",
        **facts,
    )


def _describe(usable, valid):
    return {
        "customers": len(usable),
        "repeaters": int((usable.repeats > 0).sum()),
        "rejected": int((~valid).sum()),
        "window": float(usable.age.max()) if len(usable) else 0.0,
    }


def get_time_unit(history: ProcessHistory) -> float:
    """Return the median age (1 without any), so that fitting does not depend on days or weeks."""
    unit = float(np.median(history.age)) if len(history) else 1.0
    if unit <= 0 and len(history):
        unit = float(history.age.max())
    return unit if unit > 0 else 1.0


def get_process_log_likelihood(parameters, history, counts, family="mbg", shape=1):
    """Return Σ counts·ln L and its gradient by the logarithms of r, α, a, b (docs/prediction.md).

    :param parameters: (r, α, a, b); ``history``: valid rows, ``counts``: customers with each

    With a shape above 1 the terms of the single pauses that no parameter touches are left out.
    """
    r, alpha, a, b = parameters
    x, counts = history.repeats, np.asarray(counts, dtype=float)
    log_age, log_last = np.log(alpha + history.age), np.log(alpha + history.last)
    log_odds = get_log_odds_dead(parameters, history, family, shape)
    alive = 1 / (1 + np.exp(np.clip(log_odds, -700, 700)))
    dead = 1 - alive
    log_phases, phase, by_phase = _get_phases(parameters, history, shape)
    # Functions of the count alone are worked out once per distinct count, and in one call.
    distinct, where = np.unique(x, return_inverse=True)
    kept = distinct + 1 if family == "mbg" else distinct
    stages = r + shape * distinct
    size = len(distinct)
    arguments = np.concatenate([stages, b + kept, a + b + kept, [r, b, a + b]])
    by_count, constant = np.split(log_gamma(arguments), [3 * size])
    terms = by_count[:size] + by_count[size : 2 * size] - by_count[2 * size :]
    terms += constant @ (-1, -1, 1) + r * math.log(alpha)
    value = terms[where] - stages[where] * log_age + log_phases + np.logaddexp(0, log_odds)
    by_count, constant = np.split(digamma(arguments), [3 * size])
    by_r = (by_count[:size] - constant[0] + math.log(alpha))[where]
    by_r += alive * (by_phase - log_age) - dead * log_last
    by_alpha = r / alpha - alive * (stages[where] + phase) / (alpha + history.age)
    by_alpha -= dead * stages[where] / (alpha + history.last)
    shared = constant[2] - by_count[2 * size :]
    by_a = shared[where] + dead / a
    # A dead customer has one success less in the coin tosses: ψ(b+n-1) = ψ(b+n) - 1/(b+n-1).
    tosses = np.where(kept[where] > 0, b + kept[where] - 1, 1.0)
    by_b = (shared - constant[1] + by_count[size : 2 * size])[where] - dead / tosses
    gradient = np.array([counts @ by_r, counts @ by_alpha, counts @ by_a, counts @ by_b])
    return float(counts @ value), gradient * np.asarray(parameters)


def get_log_odds_dead(parameters, history, family="mbg", shape=1):
    """Return ln(P(dead) / P(alive)) per customer: no power form, hence no overflow.

    -∞ for one-time buyers under ``bg``, who can never have stopped.
    """
    _r, _alpha, a, b = parameters
    x = history.repeats
    tosses = b + x if family == "mbg" else np.where(x > 0, b + x - 1, np.inf)
    return math.log(a) - np.log(tosses) - get_log_pause_survival(parameters, history, shape)


def get_log_pause_survival(parameters, history, shape=1, beyond=0.0):
    """Return ln of the share of a living customer's pauses that outlast the present one.

    :param parameters: (r, α, a, b); ``history``: valid rows, in the model's unit of time
    :param beyond: time added to the present pause
    """
    r, alpha, _a, _b = parameters
    # ln((α+T)/(α+t)) by log1p: exact also when the pause is short beside a long history.
    stretch = np.log1p((history.age - history.last + beyond) / (alpha + history.last))
    log_phases = _get_phases(parameters, history, shape, beyond)[0]
    return log_phases - (r + shape * history.repeats) * stretch


def _get_phases(parameters, history, shape, beyond=0.0):
    """ln Σ_j c_j·u^j over the phases of an Erlang pause; mean phase; its derivative by r.

    A pause of shape k ends at the k-th of k events that come at random; j of them may have passed.
    """
    if shape == 1:
        return 0.0, 0.0, 0.0
    r, alpha, _a, _b = parameters
    stages = r + shape * history.repeats
    share = (history.age - history.last + beyond) / (alpha + history.age + beyond)
    term = np.ones_like(stages)
    rising = np.zeros_like(stages)
    total, phase, by_r = term.copy(), 0.0, 0.0
    for j in range(1, shape):
        rising = rising + 1 / (stages + j - 1)
        term = term * share * (stages + j - 1) / j
        total, phase, by_r = total + term, phase + j * term, by_r + rising * term
    return np.log(total), phase / total, by_r / total


def _get_log_prior(logs):
    return -0.5 * float(np.sum(np.square((logs - np.log(PRIOR_MEDIANS)) / PRIOR_DEVIATIONS)))


def _make(logs, unit, **facts):
    r, alpha, a, b = (float(value) for value in np.exp(logs))
    return PurchaseModel(r=r, alpha=alpha * unit, a=a, b=b, **facts)
