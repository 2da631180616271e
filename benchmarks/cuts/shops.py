"""Made-up shops: customers with a pace of their own, a season, holidays, and an end."""

import numpy as np

YEAR = 365
PEAK_WIDTH = 35.0
HOLIDAY_RATIO = 0.07


def make_shop(
    seed,
    customers,
    days,
    *,
    shape=1,
    pace=40,
    spread=1.2,
    life=500,
    peak=0.0,
    peak_day=320,
    growth=0.0,
    holidays=0.0,
):
    """Return columns (customer, day, amount).

    :param shape: of the Erlang pauses, 1: at random; ``pace``: mean days between purchases, which
        differ between customers with shape ``spread``; ``life``: mean days until they stop
    :param peak: how many times as much is bought around ``peak_day`` of a year, less one
    :param growth: 0: as many come each day; ``holidays``: share of customers who stay away for
        two to five months now and then
    """
    dice = np.random.default_rng(seed)
    rows = []
    season = 1 + peak * np.exp(-np.square(
        ((np.arange(days + 1) - peak_day + 182) % YEAR - 182) / PEAK_WIDTH))  # fmt: skip
    for customer in range(customers):
        start = int(days * dice.random() ** (1 / (1 + growth)))
        if dice.random() >= 0.7:  # those who were there before
            start = int(dice.integers(0, 60))
        gap, size = 3 + dice.gamma(spread, pace / spread), dice.gamma(3, 30)
        size *= np.exp(dice.normal(0, 0.8))
        end = start + dice.exponential(life) * (0.5 + dice.random())
        leaves, day = dice.random() < holidays, float(start)
        while day < days and day <= end:
            rows.append((customer, int(day), max(1.0, size * dice.gamma(5, 0.2))))
            left, later = dice.gamma(shape, gap / shape), day
            while left > 0 and later < days:
                left -= season[int(later)]
                later += 1
            day = max(later, day + 1)
            if leaves and dice.random() < HOLIDAY_RATIO:
                day += dice.integers(60, 150)
    return _get_columns(rows)


def make_book(seed, customers=84, days=900):
    """Return columns of a book of businesses who order in cycles of one to six months."""
    dice = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        gap, day = dice.choice([30, 45, 60, 91, 91, 120, 182]), dice.integers(0, 200)
        size = dice.lognormal(7, 1)
        end = days if dice.random() < 0.85 else dice.integers(200, days)
        while day < end:
            rows.append((customer, int(day), size * dice.lognormal(0, 0.3)))
            day += max(5, gap * dice.normal(1, 0.12))
    return _get_columns(rows)


def _get_columns(rows):
    return tuple(np.array(column) for column in zip(*rows, strict=True))
