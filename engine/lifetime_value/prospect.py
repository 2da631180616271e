"""Groups of prospects: where the value of a group lies among all, and who is like the best."""

import math

import numpy as np

from .lead_value import GROUP_WEIGHT, MIN_CUSTOMERS

# Of the best customers, at least so many, or nothing can be told about what they are like.
MIN_BEST = 5
# A group is of low or high value if its median lies below or above so many of all customers.
LOW_PLACE, HIGH_PLACE = 0.4, 0.6


def get_value_bands(medians, values):
    """Return ``low``, ``middle`` or ``high`` for each group, ``None`` for one without a median.

    :param medians: lifetime value in the middle of each group, NaN for not enough data
    :param values: lifetime values of all customers
    """
    medians = np.asarray(medians, dtype=float)
    values = np.sort(np.asarray(values, dtype=float))
    if not len(values):
        return [None] * len(medians)
    below = np.searchsorted(values, medians, side="left")
    until = np.searchsorted(values, medians, side="right")
    places = (below + until) / 2 / len(values)
    bands = np.where(places < LOW_PLACE, "low", np.where(places > HIGH_PLACE, "high", "middle"))
    known = np.isfinite(medians)
    return [
        band if is_known else None for band, is_known in zip(bands.tolist(), known, strict=True)
    ]


def get_trait_lift(best, count, best_total, total):
    """Return by how much a trait raises the log odds of being one of the best; 0: nobody has it.

    log [(b + w·n/N) / (B + w)] − log [(n − b + w·n/N) / (N − B + w)]: the trait's share among the
    best against that among the others, both drawn to its share among all (weight w).

    :param best: of the best customers, those who have the trait; ``count``: of all
    """
    if not count:
        return 0.0
    prior = GROUP_WEIGHT * count / total
    among_best = (best + prior) / (best_total + GROUP_WEIGHT)
    among_others = (count - best + prior) / (total - best_total + GROUP_WEIGHT)
    return math.log(among_best / among_others)


def has_likeness(best_total, total):
    """Whether there are enough customers, and enough of the best, to say who is like them."""
    return total >= MIN_CUSTOMERS and MIN_BEST <= best_total < total


def get_likeness(best_total, total, lifts):
    """Return the chance, 0 to 1, that somebody with such traits is one of the best customers.

    As if traits were independent among the best and among the others (naive Bayes).

    :param lifts: what :func:`get_trait_lift` says of each trait
    :return: ``None`` for not enough data (:func:`has_likeness`)
    """
    if not has_likeness(best_total, total):
        return None
    odds = math.log(best_total / (total - best_total)) + sum(lifts)
    return 1 / (1 + math.exp(-odds))
