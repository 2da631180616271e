"""Gamma-Gamma: mean revenue per purchase when amounts are positive (Fader & Hardie, note 025)."""

from dataclasses import asdict, dataclass

import numpy as np

from ..numerics import digamma, log_gamma, minimise

MAX_LOG_DISTANCE = 10.0
MAX_SAMPLE = 50_000
# Medians of p, q - 1 and γ (in mean amounts); standard deviation of the logarithms.
PRIOR_MEDIANS = (3.0, 2.0, 1.5)
PRIOR_DEVIATION = 1.5


@dataclass(frozen=True)
class GammaGamma:
    """Fitted p, q, γ (γ in money); ``q`` is above 1, so that a mean exists."""

    p: float
    q: float
    gamma: float
    log_likelihood: float
    converged: bool
    customers: int

    def predict(self, means, purchases) -> np.ndarray:
        """Return the expected mean amount: p·(γ + n·mean) / (p·n + q - 1); n = 0: that of all.

        :param means: own mean amounts, in the unit of the fit; ``purchases``: n, 0 or more
        """
        n = np.asarray(purchases, dtype=float)
        own = np.where(n > 0, np.asarray(means, dtype=float), 0.0)
        return self.p * (self.gamma + n * own) / (self.p * n + self.q - 1)

    @classmethod
    def from_json(cls, data) -> "GammaGamma":
        """Read back what :meth:`to_json` wrote."""
        return cls(**data)

    def to_json(self):
        """Return a JSON-able dictionary."""
        return asdict(self)


def fit_gamma_gamma(means, purchases, *, prior: bool = True) -> GammaGamma | None:
    """Fit on customers with a positive mean amount (Fader & Hardie 2013, note 025).

    :param means: mean amount of each customer; ``purchases``: how many it is the mean of
    :param prior: maximum a posteriori with a weak log-normal prior, else maximum likelihood
    :return: ``None`` if nobody has a positive amount
    """
    m, n = np.asarray(means, dtype=float), np.asarray(purchases, dtype=float)
    usable = np.isfinite(m) & np.isfinite(n) & (m > 0) & (n > 0)
    m, n = m[usable], n[usable]
    if not len(m):
        return None
    step = -(-len(m) // MAX_SAMPLE)  # more customers tell nothing new
    order = np.lexsort((n, m))[::step] if step > 1 else slice(None)
    m, n = m[order], n[order]
    unit = float(np.exp(np.mean(np.log(m))))
    m = m / unit
    start = np.log(PRIOR_MEDIANS)

    def objective(logs):
        value, gradient = _get_log_likelihood(np.exp(logs), m, n)
        if prior:
            value -= 0.5 * float(np.sum(np.square((logs - start) / PRIOR_DEVIATION)))
            gradient = gradient - (logs - start) / PRIOR_DEVIATION**2
        return -value / len(m), -gradient / len(m)

    found = minimise(objective, start, start - MAX_LOG_DISTANCE, start + MAX_LOG_DISTANCE)
    p, above, gamma = (float(value) for value in np.exp(found.point))
    value, _gradient = _get_log_likelihood(np.exp(found.point), m, n)
    value -= len(m) * np.log(unit)
    return GammaGamma(p, 1 + above, gamma * unit, float(value), found.converged, len(m))


def _get_log_likelihood(parameters, m, n):
    """Σ ln L and its gradient by the logarithms of p, q - 1 and γ."""
    p, above, gamma = parameters
    q, shape, spread = 1 + above, p * n, gamma + m * n
    log_spread = np.log(spread)
    value = log_gamma(shape + q) - log_gamma(shape) - log_gamma(q) + q * np.log(gamma)
    value += (shape - 1) * np.log(m) + shape * np.log(n) - (shape + q) * log_spread
    joint = digamma(shape + q)
    by_p = n * (joint - digamma(shape) + np.log(m) + np.log(n) - log_spread)
    by_q = joint - digamma(q) + np.log(gamma) - log_spread
    by_gamma = q / gamma - (shape + q) / spread
    gradient = np.array([by_p.sum(), by_q.sum(), by_gamma.sum()])
    return float(value.sum()), gradient * np.asarray(parameters)
