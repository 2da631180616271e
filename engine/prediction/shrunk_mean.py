"""Value per occasion: the own mean of a customer, drawn to the mean of all (docs/prediction.md)."""

from dataclasses import asdict, dataclass

import numpy as np

# Weight of the common mean, counted in occasions: used until there is something to learn from.
DEFAULT_MEAN_WEIGHT = 2.0
MIN_WEIGHT, MAX_WEIGHT = 0.2, 50.0
MIN_REPEATERS = 20
# One giant order must not decide how much all others are trusted.
TRIM_RATIO = 0.99


@dataclass(frozen=True)
class ShrunkMean:
    """``mean`` of all occasions and the number of occasions it counts for (σ²/τ²)."""

    mean: float
    weight: float

    def predict(self, totals, occasions) -> np.ndarray:
        """Return (Σ own + weight·mean) / (occasions + weight), in the unit of the totals."""
        totals, occasions = np.asarray(totals, dtype=float), np.asarray(occasions, dtype=float)
        return (totals + self.weight * self.mean) / (occasions + self.weight)

    @classmethod
    def from_json(cls, data) -> "ShrunkMean":
        """Read back what :meth:`to_json` wrote."""
        return cls(**data)

    def to_json(self):
        """Return a JSON-able dictionary."""
        return asdict(self)


def fit_shrunk_mean(totals, squares, occasions) -> ShrunkMean:
    """Learn how far customers differ from each other and how far one differs from day to day.

    Empirical Bayes (Bühlmann's credibility). Works for losses as well: nothing is assumed about
    the sign. Never fails: with few who came back the default weight is used.

    :param totals, squares: Σ and Σ² of the values of the single days of a customer, in any unit;
        NaN rows are left out
    :param occasions: number of those days
    """
    n = np.asarray(occasions, dtype=float)
    total, squared = np.asarray(totals, dtype=float), np.asarray(squares, dtype=float)
    usable = np.isfinite(total) & np.isfinite(squared) & (n > 0)
    n, total, squared = n[usable], total[usable], squared[usable]
    if not len(n):
        return ShrunkMean(0.0, DEFAULT_MEAN_WEIGHT)
    common = float(total.sum() / n.sum())
    repeat = n > 1
    if repeat.sum() < MIN_REPEATERS:
        return ShrunkMean(common, DEFAULT_MEAN_WEIGHT)
    own = total / n
    within = np.maximum(squared - total * own, 0)[repeat] / (n[repeat] - 1)
    within = _trimmed_mean(within, n[repeat] - 1)
    # A mean of n occasions differs from the common one by τ² + σ²/n.
    between = _trimmed_mean(np.square(own - common)[repeat], n[repeat])
    between -= within * repeat.sum() / n[repeat].sum()
    if between <= 0 or within <= 0:
        weight = MAX_WEIGHT if within > 0 else MIN_WEIGHT
    else:
        weight = within / between
    return ShrunkMean(common, float(np.clip(weight, MIN_WEIGHT, MAX_WEIGHT)))


def _trimmed_mean(values, weights):
    low = values <= np.quantile(values, TRIM_RATIO)
    return float(np.average(values[low], weights=weights[low]))
