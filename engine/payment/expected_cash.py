"""What is expected to come in each week: amounts of documents, and how far the sum may be off."""

from dataclasses import dataclass

import numpy as np

# Nine of ten times it is more than the low end, and less than the high one.
Z90 = 1.2815515655446004
# Of a week's sum until enough of them have come due: half the time off by a tenth.
UNTRIED_ERROR = 0.15
MIN_DUE_WEEKS, MAX_ERROR = 6, 1.0
# Odoo's currencies have no more.
DIGITS = 6


@dataclass(frozen=True)
class CashRange:
    """Expected amount of a week, and between what it lies eight of ten times."""

    expected: float
    low: float
    high: float


def get_week_amounts(amounts, weights, weeks, rounding=0.01):
    """Return what is expected of each document in each week, rounded so that it adds up.

    What is within sight is rounded as a whole; each week gets what is missing to the rounded sum
    up to it. One row per document.

    :param rounding: the smallest amount of the currency, such as 0.01, 0.05 or 100
    """
    shares = np.nan_to_num(weeks) * (np.asarray(amounts) * np.asarray(weights))[:, None]
    until = np.round(np.cumsum(shares, axis=1) / rounding)
    found = np.diff(until, axis=1, prepend=0.0) if until.size else until
    # Multiples of 0.05 as they are written, not 0.15000000000000002.
    return np.round(found * rounding, DIGITS) + 0.0


def get_cash_ranges(amounts, weights, weeks, week_amounts, misses=()):
    """Return the ranges of all weeks: chance of the single documents, and of the whole.

    :param misses: of weeks that came due: came / expected − 1
    """
    weeks = np.nan_to_num(weeks)
    # The day of a simple rule has no chance of its own: even odds that it is that week.
    chance = np.where(weeks >= 1 - 1e-9, 0.5, weeks) * np.asarray(weights)[:, None]
    squares = (np.asarray(amounts) ** 2)[:, None]
    variance = (squares * chance * (1 - chance)).sum(axis=0)
    error = UNTRIED_ERROR
    if len(misses) >= MIN_DUE_WEEKS:
        error = min(float(np.sqrt(np.mean(np.square(misses)))), MAX_ERROR)
        variance = variance * 0  # the misses hold the chance of single documents already
    expected = week_amounts.sum(axis=0)
    off = Z90 * np.sqrt(variance + (error * expected) ** 2)
    return [
        CashRange(float(amount), max(float(amount - more), 0.0), float(amount + more))
        for amount, more in zip(expected, off, strict=True)
    ]
