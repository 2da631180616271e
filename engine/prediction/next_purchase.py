"""Date of the next purchase: regular pauses (Erlang-k) where the data show them."""

import math

import numpy as np

from .customer_facts import CustomerFacts
from .own_cycle import fit_shape
from .process_history import ProcessHistory
from .purchase_process import PurchaseModel, get_log_pause_survival

SHAPES = (1, 2, 3, 4)
MIN_REPEATERS = 50
NEWTON_STEPS = 10
MAX_LOG_WAIT = 20.0  # of the wait, in units of α + age


def fit_regularity(facts: CustomerFacts) -> PurchaseModel:
    """Return the process of the shape that explains the pauses best, by log-likelihood.

    The shape stays 1 (at random) with fewer than 50 repeat buyers, or without ``log_gaps``.

    :return: times in days
    """
    return fit_shape(facts, SHAPES, MIN_REPEATERS)


def get_next_purchase_wait(
    model: PurchaseModel, history: ProcessHistory, probability: float
) -> np.ndarray:
    """Return the days from now within which a living customer buys again with this probability.

    Closed form at shape 1 (a Lomax quantile), else Newton's method; infinite where it cannot be
    told as a number.

    :param history: valid rows only, in the model's unit of time
    :param probability: 0 to 1, both excluded; 0.5 for the median
    """
    scale = model.alpha + history.age
    if model.shape == 1:
        with np.errstate(over="ignore"):
            return scale * np.expm1(-math.log1p(-probability) / (model.r + history.repeats))
    wanted = get_log_pause_survival(model.parameters, history, model.shape) + math.log1p(
        -probability
    )
    # The survival is concave in the logarithm of time: Newton cannot miss, and starts near by.
    first = -math.log1p(-max(probability, 0.5)) / (model.r + history.repeats)
    start = np.expm1(np.minimum(first, MAX_LOG_WAIT))
    log_time = np.clip(np.log(start), -MAX_LOG_WAIT, MAX_LOG_WAIT)
    # Always as many steps: the answer must not depend on who else is scored in the same call.
    for _step in range(NEWTON_STEPS):
        ahead = scale * np.exp(log_time)
        value = get_log_pause_survival(model.parameters, history, model.shape, ahead)
        slope = ahead * _get_hazard(model, history, ahead, value)
        log_time = log_time + (value - wanted) / np.maximum(slope, 1e-12)
        log_time = np.clip(log_time, -MAX_LOG_WAIT, MAX_LOG_WAIT)
    return scale * np.exp(log_time)


def _get_hazard(model, history, ahead, log_survival):
    """Density of the end of the pause over its survival; both conditional on the same past."""
    stages = model.r + model.shape * history.repeats
    rate = model.alpha + history.last
    pause = history.age - history.last + ahead
    log_density = _log_binomial(stages, model.shape) + (model.shape - 1) * np.log(pause)
    log_density += stages * np.log(rate) - (stages + model.shape) * np.log(rate + pause)
    return np.exp(log_density - log_survival)


def _log_binomial(stages, shape):
    """ln Γ(s+k) / (Γ(s)·Γ(k)), for a small whole k."""
    product = np.ones_like(stages)
    for step in range(shape):
        product = product * (stages + step)
    return np.log(product) - math.lgamma(shape)
