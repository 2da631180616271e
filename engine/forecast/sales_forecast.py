"""Revenue of this month and the next three: what customers, newcomers and open documents bring.

Without double counting: whoever has a quotation open brings either that or what is usual for
them, whichever is more (docs/forecast.md).
"""

from dataclasses import dataclass

import numpy as np

from ..prediction import (
    CustomerFacts,
    PredictionModel,
    get_purchases_within,
    get_revenue_per_occasion,
)

# 10 % and 90 % of a normal distribution, in standard deviations.
RANGE_WIDTH = 1.2816
# No company's sales are known better than this in advance (relative standard deviation).
MIN_RELATIVE_ERROR, DEFAULT_RELATIVE_ERROR, UNKNOWN_SEASON_ERROR = 0.05, 0.25, 0.25
MIN_AMOUNT = 1e-6
# Within a year the trend at most doubles, or halves: a step is not a slope.
MAX_LOG_GROWTH = np.log(2)
REFERENCE_MONTHS, MIN_REFERENCES = 12, 3
# Without a fitted spend, amounts differ from purchase to purchase by their own mean.
DEFAULT_VARIATION = 2.0


@dataclass(frozen=True)
class RepeatSales:
    """Expected revenue and its variance, one row per customer and one column per month."""

    amounts: np.ndarray
    variances: np.ndarray


@dataclass(frozen=True)
class NewSales:
    """Revenue of those who are no customers yet, per month; ``None`` for not enough data."""

    amounts: np.ndarray
    variances: np.ndarray
    months: int


@dataclass(frozen=True)
class Season:
    """``index``: month / mean month of the year, January first; ``error``: its relative one."""

    index: np.ndarray
    error: float


@dataclass(frozen=True)
class MonthForecast:
    """One month, company currency; ``low`` to ``high`` holds four of five outcomes."""

    billed: float
    repeat: float
    new: float
    pipeline: float
    expected: float
    low: float
    high: float


def get_repeat_sales(
    model: PredictionModel, facts: CustomerFacts, month_ends, factors=None
) -> RepeatSales:
    """Return what customers will buy per month, company currency: purchases × revenue of one.

    The variance is that of a compound Poisson sum: purchases × (m² + m²/p) with p of the
    Gamma-Gamma spend. Customers nothing can be said about bring nothing.

    :param month_ends: days from today to the last day of each month, 0 or more, ascending
    :param factors: of purchases, see :func:`~..prediction.get_purchases_within`
    """
    within = np.nan_to_num(get_purchases_within(model, facts, month_ends, factors))
    purchases = np.maximum(np.diff(within, axis=1, prepend=0.0), 0.0)
    amount = np.nan_to_num(get_revenue_per_occasion(model, facts))[:, None]
    spread = 1 + 1 / model.spend.p if model.spend else DEFAULT_VARIATION
    return RepeatSales(purchases * amount, purchases * np.square(amount) * spread)


def get_new_sales(
    months, first_months, revenues, now, remaining_month_ratio, ahead
) -> NewSales | None:
    """Return what those who first buy from today on bring, by how it was in the last 12 months.

    For the month k ahead: the mean, over past months, of the revenue of customers whose first
    month was less than k months before; of those k months before, the part that came after this
    day of the month.

    :param months, first_months: of the revenue and of the customer's first purchase, year·12 +
        month - 1, one row per pair; ``revenues`` in company currency
    :param now: this month, year·12 + month - 1; ``ahead``: number of months to foretell
    :param remaining_month_ratio: part of this month still to come, 0 to 1
    :return: ``None`` with less than three past months to learn from
    """
    months, first = np.asarray(months), np.asarray(first_months)
    revenues = np.asarray(revenues, dtype=float)
    begin = int(first.min()) if len(first) else now
    amounts, variances, fewest = np.zeros(ahead), np.zeros(ahead), REFERENCE_MONTHS
    for k in range(ahead):
        # Everybody was new in a company's own first month: nothing to learn from it.
        past = np.arange(max(now - REFERENCE_MONTHS, begin + k + 1), now)
        if len(past) < MIN_REFERENCES:
            if not k:
                return None
            amounts[k], variances[k] = amounts[k - 1], variances[k - 1]
            continue
        fewest = min(fewest, len(past))
        inside = np.isin(months, past)
        age = months - first
        share = np.where(age < k, 1.0, np.where(age == k, remaining_month_ratio, 0.0))
        totals = np.bincount(months[inside] - past[0], (revenues * share)[inside], len(past))
        amounts[k], variances[k] = max(totals.mean(), 0.0), totals.var(ddof=1)
    return NewSales(amounts, variances, fewest)


def get_season(months, revenues, now) -> Season | None:
    """Return how much above or below the average each month of the year is.

    The mean over whole years of month / trend, drawn to 1 like one more year. The trend of a
    year has its mean, and grows within it as the means do from the year before to the one after,
    at most twofold. Only years in a row with revenue count.

    :param months: year·12 + month - 1, with their total revenue; gaps count as 0
    :return: ``None`` with less than two whole years before this month
    """
    months, revenues = np.asarray(months), np.asarray(revenues, dtype=float)
    years = (now - int(months.min())) // 12 if len(months) else 0
    if years < 2:
        return None
    begin = now - 12 * years
    inside = (months >= begin) & (months < now)
    totals = np.bincount(months[inside] - begin, revenues[inside], 12 * years)
    table = totals.reshape(years, 12)
    empty = np.flatnonzero(table.sum(axis=1) <= 0)
    if len(empty):  # nothing can be learned across a gap
        table = table[empty[-1] + 1 :]
        years = len(table)
    if years < 2:
        return None
    means = table.mean(axis=1)
    growth = np.clip(np.gradient(np.log(means)), -MAX_LOG_GROWTH, MAX_LOG_GROWTH)
    trend = np.exp(growth[:, None] * (np.arange(12) - 5.5) / 12)
    trend *= (means / trend.mean(axis=1))[:, None]
    ratios = np.maximum(table / trend, 0.0)
    index = (ratios.sum(axis=0) + 1) / (years + 1)
    error = float(np.sqrt(np.mean(ratios.var(axis=0, ddof=1)) * (1 + 1 / years)))
    # Two years that differ much still tell more than nothing at all.
    return Season(np.roll(index, begin % 12), min(error, UNKNOWN_SEASON_ERROR))


def get_relative_error(misses) -> float | None:
    """Return the relative standard error of a total: the root of the mean squared past miss.

    :param misses: actual / expected - 1 of past days or months
    :return: ``None`` without any; never below 0.05
    """
    if not len(misses):
        return None
    return max(float(np.sqrt(np.mean(np.square(misses)))), MIN_RELATIVE_ERROR)


def get_untried_error(ratios, season: Season | None) -> float:
    """Return the relative standard error of a month while no forecast has come due yet.

    The errors of the totals on the past days of the grade, and what the season may do: 0.25 as
    long as two whole years of sales have not shown it.

    :param ratios: expected / actual purchases of the past days
    """
    misses = [1 / ratio - 1 for ratio in ratios if ratio and ratio > 0]
    known = get_relative_error(misses)
    error = season.error if season else UNKNOWN_SEASON_ERROR
    return float(np.hypot(DEFAULT_RELATIVE_ERROR if known is None else known, error))


def get_sales_beyond_pipeline(amounts, variances, pipeline) -> tuple[np.ndarray, np.ndarray]:
    """Return repeat sales beyond what open documents of the same customer and month bring.

    :param amounts, variances: of :class:`RepeatSales`, customers × months
    :param pipeline: weighted amounts, shaped like ``amounts``
    :return: (amounts, variances) summed over customers, per month
    """
    excess = np.maximum(amounts - pipeline, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(amounts > 0, excess / amounts, 0.0)
    return excess.sum(axis=0), (variances * share).sum(axis=0)


def get_pipeline_variance(amounts, weights) -> np.ndarray:
    """Return the variance of documents that are won whole or not at all: w·(1 - w)·amount².

    :param amounts: company currency; ``weights``: probabilities of being won, 0 to 1
    """
    weights = np.asarray(weights, dtype=float)
    return weights * (1 - weights) * np.square(np.asarray(amounts, dtype=float))


def get_month_forecast(billed, repeat, new, pipeline, variance, relative_error) -> MonthForecast:
    """Return a month with its range: chance of the single purchases, and the past misses.

    The range is that of a lognormal distribution around what is still to come; what has been
    billed is certain.

    :param billed, repeat, new, pipeline: company currency; ``variance``: of what is to come
    :param relative_error: relative standard error of what is to come, such as 0.25
    """
    coming = repeat + new + pipeline
    low = high = coming
    if coming > MIN_AMOUNT:
        single = np.sqrt(max(variance, 0.0)) / coming
        variation = np.sqrt(np.log1p(single**2 + relative_error**2))
        low = coming * float(np.exp(-RANGE_WIDTH * variation))
        high = coming * float(np.exp(RANGE_WIDTH * variation))
    return MonthForecast(
        billed, repeat, new, pipeline, billed + coming, billed + low, billed + high
    )
