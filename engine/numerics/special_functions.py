"""Gamma and beta functions on numpy arrays: numpy has none, and scipy is no dependency of Odoo."""

import numpy as np

# Stirling's series is exact to the last bits from here on; smaller arguments are shifted up.
SHIFT = 10
_HALF_LOG_2_PI = 0.9189385332046727
_LOG_GAMMA_TERMS = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
_DIGAMMA_TERMS = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760)


def log_gamma(values):
    """Return ln Γ of positive numbers, by Stirling's series (Abramowitz & Stegun 6.1.41)."""
    z = np.asarray(values, dtype=float)
    small = z < SHIFT
    product = np.ones_like(z)
    for step in range(SHIFT):
        product = np.where(small, product * (z + step), product)
    high = np.where(small, z + SHIFT, z)
    series = _sum_series(_LOG_GAMMA_TERMS, 1 / high**2) / high
    return (high - 0.5) * np.log(high) - high + _HALF_LOG_2_PI + series - np.log(product)


def digamma(values):
    """Return ψ, the derivative of ln Γ, of positive numbers (Abramowitz & Stegun 6.3.18)."""
    z = np.asarray(values, dtype=float)
    small = z < SHIFT
    shift = np.zeros_like(z)
    for step in range(SHIFT):
        shift = np.where(small, shift + 1 / (z + step), shift)
    high = np.where(small, z + SHIFT, z)
    inverse = 1 / high**2
    return np.log(high) - 0.5 / high + inverse * _sum_series(_DIGAMMA_TERMS, inverse) - shift


def log_beta(a, b):
    """Return ln B(a, b) = ln Γ(a) + ln Γ(b) - ln Γ(a + b) of positive numbers."""
    return log_gamma(a) + log_gamma(b) - log_gamma(np.add(a, b))


def _sum_series(terms, x):
    total = np.zeros_like(x)
    for term in reversed(terms):
        total = total * x + term
    return total
