"""Date of the next purchase: regular pauses (Erlang-k) where the data show them."""

import math
from dataclasses import replace

import numpy as np

from .customer_facts import CustomerFacts
from .purchase_history import PurchaseHistory
from .purchase_process import PurchaseModel, fit, get_log_pause_survival

SHAPES = (1, 2, 3, 4)
MIN_REPEATERS = 50
STEPS = 40


def fit_regularity(facts: CustomerFacts) -> PurchaseModel:
    """Return the process of the shape that explains the pauses best, by log-likelihood.

    The shape stays 1 (at random) with few repeat buyers or without the gaps of ``log_gaps``.
    """
    history = facts.history
    arrays = (history.repeats, history.last, history.age)
    valid = history.is_valid()
    known = bool(np.isfinite(facts.log_gaps[valid]).all())
    best, best_value = fit(*arrays), None
    if best.repeaters < MIN_REPEATERS or not known:
        return best
    gaps, repeats = float(facts.log_gaps[valid].sum()), float(history.repeats[valid].sum())
    best_value = best.log_likelihood
    for shape in SHAPES[1:]:
        model = fit(*arrays, shape=shape)
        # The density of an Erlang pause: λ^k·t^(k-1)·e^(-λt) / (k-1)!
        value = model.log_likelihood + (shape - 1) * gaps - repeats * math.lgamma(shape)
        if value <= best_value:
            break
        best, best_value = replace(model, log_likelihood=value), value
    return best


def get_wait(model: PurchaseModel, history: PurchaseHistory, share: float) -> np.ndarray:
    """Return the days from now within which a living customer buys again with this probability.

    Closed form at shape 1 (a Lomax quantile), else a bracketed search on the logarithm of time;
    infinite where it cannot be told as a number. Rows must be valid.
    """
    scale = model.alpha + history.age
    if model.shape == 1:
        with np.errstate(over="ignore"):
            return scale * np.expm1(-math.log1p(-share) / (model.r + history.repeats))
    wanted = get_log_pause_survival(model.parameters, history, model.shape) + math.log1p(-share)
    low, high = np.full(len(history), -20.0), np.full(len(history), 20.0)
    for _step in range(STEPS):
        middle = (low + high) / 2
        ahead = scale * np.exp(middle)
        reached = get_log_pause_survival(model.parameters, history, model.shape, ahead) < wanted
        high, low = np.where(reached, middle, high), np.where(reached, low, middle)
    return scale * np.exp((low + high) / 2)
