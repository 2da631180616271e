"""Penalised regression of outcomes 0/1 (logistic) or counts (Poisson), with an intercept per group.

Iteratively reweighted least squares, that is Newton's method. McCullagh & Nelder (1989), 2.5.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

MAX_STEPS = 50
# A customer further out than so many standard deviations counts as being there: extremes of a
# thousand customers say nothing about the next one.
MAX_DEVIATIONS = 4.0
MIN_SPREAD = 1e-9
FREE = 1e-3  # penalty of the intercepts: next to none
MAX_EXPONENT = 12.0


@dataclass(frozen=True)
class LinearPart:
    """Σ slope · bounded (x - mean) / spread over features; what is added to an offset."""

    slopes: tuple[float, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]

    @classmethod
    def from_json(cls, data) -> "LinearPart":
        """Read back what :meth:`to_json` wrote."""
        return cls(**{name: tuple(values) for name, values in data.items()})

    def to_json(self):
        """Return a JSON-able dictionary."""
        return asdict(self)

    def add(self, columns: Sequence[np.ndarray]) -> np.ndarray:
        """Return the sum for each row; who else is there changes no bit of it.

        :param columns: one array per feature
        """
        total = np.zeros(len(columns[0]))
        for values, *line in zip(columns, self.slopes, self.means, self.spreads, strict=True):
            slope, mean, spread = line
            if slope:
                total += slope * np.clip((values - mean) / spread, -MAX_DEVIATIONS, MAX_DEVIATIONS)
        return total


def fit_grouped(columns, outcome, offset, groups, penalty, *, counts=False) -> LinearPart:
    """Fit slopes with a ridge penalty on standardised features.

    :param columns: one array per feature; one that never differs gets no slope
    :param outcome: 0 or 1, or counts; ``offset``: log-odds, or logarithms of expected counts
    :param groups: 0, 1, … for each row; each has an intercept of its own
    :param penalty: in rows
    """
    features = np.stack(columns, axis=1)
    means, spreads = features.mean(axis=0), features.std(axis=0)
    known = spreads > MIN_SPREAD
    spreads[~known] = 1.0
    standard = np.clip((features - means) / spreads, -MAX_DEVIATIONS, MAX_DEVIATIONS) * known
    size = int(groups.max()) + 1
    design = np.hstack([np.eye(size)[groups], standard])
    penalties = np.full(design.shape[1], float(penalty))
    penalties[:size] = FREE
    weights = np.zeros(design.shape[1])
    expect = _expect_counts if counts else _expect_odds
    if counts:
        totals = np.bincount(groups, np.exp(np.minimum(offset, MAX_EXPONENT)), size)
        came = np.bincount(groups, outcome, size)
        weights[:size] = np.log(np.maximum(came, 0.5) / np.maximum(totals, 1e-9))
    for _step in range(MAX_STEPS):
        expected, variance = expect(offset + design @ weights)
        gradient = design.T @ (outcome - expected) - penalties * weights
        curvature = (design * variance[:, None]).T @ design + np.diag(penalties)
        step = np.linalg.solve(curvature, gradient)
        # Newton may overshoot where everything is nearly certain; a bounded step never does.
        weights += step / max(1.0, np.abs(step).max())
        if np.abs(step).max() < 1e-7:
            break
    slopes = weights[size:] * known
    return LinearPart(*(tuple(map(float, array)) for array in (slopes, means, spreads)))


def _expect_odds(log_odds):
    expected = 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))
    return expected, expected * (1 - expected)


def _expect_counts(logs):
    expected = np.exp(np.clip(logs, -30, MAX_EXPONENT))
    return expected, expected
