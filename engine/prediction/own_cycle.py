"""Customers who buy in a cycle of their own: who has just bought is not due (docs/prediction.md).

The purchase process takes purchases for random, so it expects most of whoever bought last. In a
book of regular customers that is the wrong way round. Here the pauses are Erlang-k: the more
regular, the larger k, chosen by likelihood.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .customer_facts import CustomerFacts
from .purchase_process import (
    PurchaseModel,
    fit_purchase_process,
    get_log_odds_dead,
    get_log_pause_survival,
)

SHAPES = (1, 2, 3, 4, 6, 8, 12)
MIN_REPEATERS = 20
MARGIN = 1e-6


def fit_shape(
    facts: CustomerFacts, shapes: Sequence[int], min_repeaters: int = MIN_REPEATERS
) -> PurchaseModel:
    """Return the process of the shape that explains the pauses best, by log-likelihood.

    The shape stays 1 (at random) with too few repeat buyers, or without ``log_gaps``.

    :param shapes: to try, ascending from 1; the first that is no better ends it
    :return: times in days
    """
    history = facts.history
    arrays = (history.repeats, history.last, history.age)
    valid = history.is_valid()
    known = bool(np.isfinite(facts.log_gaps[valid]).all())
    best = fit_purchase_process(*arrays)
    if best.repeaters < min_repeaters or not known:
        return best
    gaps, repeats = float(facts.log_gaps[valid].sum()), float(history.repeats[valid].sum())
    best_value = best.log_likelihood
    for shape in shapes[1:]:
        model = fit_purchase_process(*arrays, shape=shape)
        # The density of an Erlang pause: λ^k·t^(k-1)·e^(-λt) / (k-1)!
        value = model.log_likelihood + (shape - 1) * gaps - repeats * math.lgamma(shape)
        if value <= best_value:
            break
        best, best_value = replace(model, log_likelihood=value), value
    return best


def get_cycle_alive(model: PurchaseModel, facts: CustomerFacts) -> np.ndarray:
    """Return P(alive) under regular pauses; valid rows only."""
    odds = get_log_odds_dead(model.parameters, facts.history, model.family, model.shape)
    return 1 / (1 + np.exp(np.clip(odds, -700, 700)))


def get_cycle_probability(
    model: PurchaseModel, facts: CustomerFacts, horizon: float, alive: np.ndarray
) -> np.ndarray:
    """Return P(buys within the horizon): P(alive) · (1 - S(pause + h) / S(pause)).

    :param horizon: days; ``alive``: of :func:`get_cycle_alive`; valid rows only
    """
    now = get_log_pause_survival(model.parameters, facts.history, model.shape)
    later = get_log_pause_survival(model.parameters, facts.history, model.shape, horizon)
    return np.clip(alive * -np.expm1(np.minimum(later - now, 0.0)), MARGIN, 1 - MARGIN)
