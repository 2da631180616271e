"""Minimises a smooth function of a few parameters with its gradient (BFGS inside bounds)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_ITERATIONS = 200
MAX_HALVINGS = 40
# Accepted on the value, not on the gradient: near a flat optimum the gradient never vanishes.
VALUE_TOLERANCE = 1e-12
GRADIENT_TOLERANCE = 1e-9
ARMIJO = 1e-4
MAX_STEP = 2.0


@dataclass(frozen=True)
class Minimum:
    """Where the function is least, and whether the search ended by itself."""

    point: np.ndarray
    value: float
    converged: bool
    iterations: int


def minimise(
    function: Callable[[np.ndarray], tuple[float, np.ndarray]],
    start: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> Minimum:
    """Search the least value of a function inside a box (BFGS: Nocedal & Wright 2006, chapter 6).

    Never fails: where the search does not end by itself the best point is returned with
    ``converged`` false.

    :param function: point -> (value, gradient); finite inside the box
    :param start: where to begin, moved into the box; ``lower``, ``upper``: its bounds
    """
    point = np.clip(np.asarray(start, dtype=float), lower, upper)
    value, gradient = function(point)
    inverse = np.eye(len(point))
    quiet = 0
    for iteration in range(1, MAX_ITERATIONS + 1):
        free = ~_is_held(point, gradient, lower, upper)
        if _is_flat(value, gradient, free):
            return Minimum(point, value, True, iteration - 1)
        found = _search_line(function, point, value, gradient, inverse, free, (lower, upper))
        if found is None:
            if np.array_equal(inverse, np.eye(len(point))):
                return Minimum(point, value, quiet > 0 or iteration > 1, iteration)
            inverse = np.eye(len(point))
            continue
        new_point, new_value, new_gradient = found
        inverse = _update(inverse, new_point - point, new_gradient - gradient)
        quiet = quiet + 1 if value - new_value <= VALUE_TOLERANCE * (1 + abs(value)) else 0
        point, value, gradient = new_point, new_value, new_gradient
        if quiet >= 2:
            return Minimum(point, value, True, iteration)
    return Minimum(point, value, False, MAX_ITERATIONS)


def _is_held(point, gradient, lower, upper):
    """Parameters at a bound that the function pushes further out stay there."""
    return ((point <= lower) & (gradient > 0)) | ((point >= upper) & (gradient < 0))


def _is_flat(value, gradient, free):
    return not free.any() or np.abs(gradient[free]).max() < GRADIENT_TOLERANCE * (1 + abs(value))


def _search_line(function, point, value, gradient, inverse, free, box):
    """Return a better point along the direction of descent, or ``None``."""
    slope = np.where(free, gradient, 0.0)
    direction = np.where(free, -(inverse @ slope), 0.0)
    if direction @ slope >= 0:
        direction = -slope
    longest = np.abs(direction).max()
    step = min(1.0, MAX_STEP / longest) if longest else 1.0
    for _attempt in range(MAX_HALVINGS):
        candidate = np.clip(point + step * direction, *box)
        new_value, new_gradient = function(candidate)
        if new_value <= value + ARMIJO * (slope @ (candidate - point)) and np.isfinite(new_value):
            return (
                None if np.array_equal(candidate, point) else (candidate, new_value, new_gradient)
            )
        step /= 2
    return None


def _update(inverse, move, change):
    """BFGS update of the inverse Hessian; skipped where the curvature is not positive."""
    product = move @ change
    if product <= 1e-14 * np.linalg.norm(move) * np.linalg.norm(change):
        return inverse
    rho = 1 / product
    left = np.eye(len(move)) - rho * np.outer(move, change)
    return left @ inverse @ left.T + rho * np.outer(move, move)
