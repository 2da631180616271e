"""What a fitted purchase process says about customers, on arrays (docs/prediction.md)."""

import numpy as np

from ..numerics import log_beta
from .process_history import ProcessHistory
from .purchase_process import PurchaseModel, get_log_odds_dead

# Rows worked on at once: keeps a million customers under 100 MB.
MAX_CHUNK_ROWS = 20_000
NODES = 44
# Half-ranges of the integral in units of e-folds of its tails: exp(-18) is below 2e-8.
TAIL = 18.0


def get_alive_probability(model: PurchaseModel, repeats, last, age) -> np.ndarray:
    """Return P(the customer has not stopped) as of the day looked from; NaN for impossible rows.

    :param repeats, last, age: see :class:`~.process_history.ProcessHistory`, in the model's unit
    """
    history = ProcessHistory.of(repeats, last, age)
    valid = history.is_valid()
    result = np.full(len(history), np.nan)
    log_odds = get_log_odds_dead(model.parameters, history.take(valid), model.family)
    result[valid] = 1 / (1 + np.exp(np.clip(log_odds, -700, 700)))
    return result


def get_purchase_probability(model: PurchaseModel, repeats, last, age, horizon) -> np.ndarray:
    """Return P(at least one purchase within the horizon); NaN for impossible rows.

    P(alive) · (1 - ((α + T) / (α + T + h))^(r + x)).

    :param horizon: time from now, in the model's unit as all times
    """
    alive = get_alive_probability(model, repeats, last, age)
    x, age = np.asarray(repeats, dtype=float), np.asarray(age, dtype=float)
    with np.errstate(invalid="ignore"):
        return alive * -np.expm1(-(model.r + x) * np.log1p(horizon / (model.alpha + age)))


def get_pause_probability(model: PurchaseModel, repeats, last, age) -> np.ndarray:
    """Return the share of a living customer's pauses that are at least as long as the present one.

    ((α + t) / (α + T))^(r + x): small means that the silence is unusual for this customer. NaN for
    impossible rows.
    """
    history = ProcessHistory.of(repeats, last, age)
    valid = history.is_valid()
    result = np.full(len(history), np.nan)
    rows = history.take(valid)
    stretch = np.log1p((rows.age - rows.last) / (model.alpha + rows.last))
    result[valid] = np.exp(-(model.r + rows.repeats) * stretch)
    return result


def get_expected_purchases(model: PurchaseModel, repeats, last, age, horizon) -> np.ndarray:
    """Return the expected number of purchases within the horizon; NaN for impossible rows.

    P(alive) · E[(1 - (1 + p·h/(α+T))^-(r+x)) / p] over p ~ Beta(a, b+x+1) (b+x under BG), by
    quadrature: the closed form with ₂F₁ overflows for frequent buyers and is singular at a = 1.
    """
    history = ProcessHistory.of(repeats, last, age)
    valid = np.flatnonzero(history.is_valid())
    result = np.full(len(history), np.nan)
    if horizon <= 0:
        result[valid] = 0.0
        return result
    # A living customer's future depends on two numbers only, and few pairs of them differ.
    pairs, where = np.unique(history.repeats[valid] + 1j * history.age[valid], return_inverse=True)
    living = np.empty(len(pairs))
    for begin in range(0, len(pairs), MAX_CHUNK_ROWS):
        x, seen = (
            pairs[begin : begin + MAX_CHUNK_ROWS].real,
            pairs[begin : begin + MAX_CHUNK_ROWS].imag,
        )
        tosses = x + 1 if model.family == "mbg" else x
        living[begin : begin + MAX_CHUNK_ROWS] = get_living_purchases(
            model.a, model.b + tosses, model.r + x, horizon / (model.alpha + seen)
        )
    result[valid] = living[where]
    return result * get_alive_probability(model, repeats, last, age)


def get_new_customer_purchases(model: PurchaseModel, horizon):
    """Return the expected number of repeat purchases of a customer who has just bought first.

    :param horizon: time from the first purchase, in the model's unit; a number, or an array
    """
    alive = model.b / (model.a + model.b) if model.family == "mbg" else 1.0
    tosses = model.b + 1 if model.family == "mbg" else model.b
    stretch = np.atleast_1d(np.asarray(horizon, dtype=float)) / model.alpha
    found = alive * get_living_purchases(model.a, np.array([tosses]), np.array([model.r]), stretch)
    return found if np.ndim(horizon) else float(found[0])


def get_living_purchases(a, b, shape, stretch):
    """Return E[g(p)], g(p) = (1 - (1 + p·s)^-n) / p, over p ~ Beta(a, b).

    g(p) and g(0)·(1-p)^m agree to the first order at p = 0, and the latter integrates in closed
    form; what is left has no singularity, however small a is. Its integral runs over logit p,
    where the trapezoidal rule converges fast.

    :param a: number; ``b, shape, stretch``: arrays of b, n and s
    """
    b, shape, stretch = np.broadcast_arrays(b, shape, stretch)
    found = np.empty(len(b))
    # Below 1 (BG/NBD, no repeat yet) the density is infinite at p = 1, too.
    for rows, living in ((b >= 1, _get_living_smooth), (b < 1, _get_living_steep)):
        if rows.any():
            found[rows] = living(a, b[rows], shape[rows], stretch[rows])
    return found


def _get_living_smooth(a, b, shape, stretch):
    slope = shape * stretch  # g(0)
    decay = (shape + 1) * stretch / 2
    closed = slope * np.exp(log_beta(a, b + decay) - log_beta(a, b))
    nodes, log_rest, weights = _get_nodes(a, b, decay)
    rest = weights * _get_rest(nodes, log_rest, shape, stretch, decay)
    return closed + a / (a + b) * rest.sum(axis=0)


def _get_living_steep(a, b, shape, stretch):
    """E[g] = g(1) + b/(a+b) · E[k], k(p) = (g(p) - g(1)) / (1-p) over p ~ Beta(a, b+1).

    Of k, (g(0) - g(1))·(1-p)^c integrates in closed form, as above.
    """
    slope = shape * stretch  # g(0)
    end = -np.expm1(-shape * np.log1p(stretch))  # g(1)
    decay = np.maximum((shape + 1) * stretch / 2, 1.0)
    top = b + 1
    nodes, log_rest, weights = _get_nodes(a, top, decay)
    grown = -np.expm1(-shape * np.log1p(nodes * stretch)) / nodes
    smooth = (grown - end) * np.exp(-log_rest) - (slope - end) * np.exp(decay * log_rest)
    closed = (slope - end) * np.exp(log_beta(a, top + decay) - log_beta(a, top))
    inner = closed + a / (a + top) * (weights * smooth / nodes).sum(axis=0)
    return end + b / (a + b) * inner


def _get_nodes(a, b, decay):
    """Nodes p, ln(1-p) and weights of Beta(a+1, b), shape (NODES, rows).

    The range holds the bulk of the density and the place where g bends (p near 1/decay).
    """
    centre = np.log((a + 1) / b)
    bend = -np.log(decay + 1)
    low = np.minimum(centre - TAIL / (a + 1) - 2 / np.sqrt(a + 1), bend - TAIL / (a + 2))
    high = np.maximum(centre, -3.0) + TAIL / np.minimum(b, 60.0) + 3.0
    y = low + (high - low) * (np.arange(NODES)[:, None] / (NODES - 1))
    log_rest = -np.logaddexp(0, y)  # ln(1-p)
    log_density = (a + 1) * (y + log_rest) + b * log_rest - log_beta(a + 1, b)
    return np.exp(-np.logaddexp(0, -y)), log_rest, np.exp(log_density) * (high - low) / (NODES - 1)


def _get_rest(p, log_rest, shape, stretch, decay):
    """(g(p) - g(0)·(1-p)^m) / p; both terms agree to the first order at p = 0."""
    grown = -np.expm1(-shape * np.log1p(p * stretch)) / p
    return (grown - shape * stretch * np.exp(decay * log_rest)) / p
