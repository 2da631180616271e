"""Value classes A, B, C, D and N by cumulative profit (a Pareto cut)."""

from collections.abc import Sequence

import numpy as np

# Class -> share (0 to 1) of all positive profit that the class and the better ones reach together.
CLASS_PROFIT_RATIOS = {"A": 0.50, "B": 0.80, "C": 0.95}


def get_class_cutoffs(profits: Sequence[float], counts: Sequence[int]) -> dict[str, float | None]:
    """Return the lowest profit inside classes A, B and C.

    Customers are sorted by profit; each class is the smallest set that reaches its share
    of all positive profit. Equal profits are never split between two classes.

    :param profits: the distinct profits in company currency
    :param counts: how many customers have each profit
    :return: class -> cutoff in company currency, ``None`` when nobody is profitable
    """
    profit = np.asarray(profits, dtype=float)
    population = np.asarray(counts, dtype=float)[profit > 0]
    profit = profit[profit > 0]
    if not len(profit):
        return dict.fromkeys(CLASS_PROFIT_RATIOS)
    order = np.argsort(-profit)
    reached = np.cumsum((profit * population)[order])
    # A relative tolerance keeps an exact 50 % from slipping to the next customer.
    targets = [ratio * reached[-1] * (1 - 1e-12) for ratio in CLASS_PROFIT_RATIOS.values()]
    positions = np.searchsorted(reached, targets, side="left")
    return {
        name: float(profit[order][i])
        for name, i in zip(CLASS_PROFIT_RATIOS, positions, strict=True)
    }


def get_value_class(profit: float | None, cutoffs: dict[str, float | None]) -> str | None:
    """Return the class of one profit in company currency, see :func:`get_value_classes`."""
    return get_value_classes([profit], cutoffs)[0]


def get_value_classes(profits, cutoffs: dict[str, float | None]) -> np.ndarray:
    """Return the classes of profits in company currency.

    :param profits: NaN or ``None`` while unknown
    :param cutoffs: of :func:`get_class_cutoffs`
    :return: A, B, C, D, or N (at a loss or zero); ``None`` while the profit is unknown
    """
    profits = np.asarray(profits, dtype=float)
    found = np.where(profits <= 0, "N", "D").astype(object)
    for name in reversed(CLASS_PROFIT_RATIOS):
        cutoff = cutoffs.get(name)
        if cutoff is not None:
            found[(profits > 0) & (profits >= cutoff)] = name
    found[np.isnan(profits)] = None
    return found
