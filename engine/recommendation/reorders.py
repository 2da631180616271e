"""Own products a customer buys again and again, and whether they are due by their own gap."""

from dataclasses import dataclass

import numpy as np

from .basket_history import BasketHistory
from .suggestions import HISTORY_HALF_LIFE_DAYS, Suggestions

# Beyond this many own gaps the customer has stopped buying the product: reminding is too late.
MAX_GAPS_LATE = 4.0


@dataclass(frozen=True)
class Reorders:
    """One row per customer and product bought on at least two days; positions in the history.

    ``gap``: own mean days between purchases; ``pause``: days since the last; ``pace``: decayed
    number of purchases, by which the list is ordered; ``overdue``: pause beyond the own gap.
    """

    customers: np.ndarray
    products: np.ndarray
    purchases: np.ndarray
    gap: np.ndarray
    pause: np.ndarray
    pace: np.ndarray
    overdue: np.ndarray


def get_reorders(history: BasketHistory, today: int) -> Reorders:
    """Return what customers are used to buying, as of the end of a day, by customer and pace.

    :param today: ordinal; what is more than four own gaps late is left out
    """
    distinct, starts, counts, pace = _get_days(history.until(today), today)
    customers, products, days = distinct
    first, last = days[starts], days[starts + counts - 1]
    again = counts > 1
    gap = (last - first)[again] / (counts[again] - 1)
    pause = today - last[again]
    keep = pause <= gap * (1 + MAX_GAPS_LATE)
    columns = (customers[starts][again], products[starts][again], counts[again], gap, pause)
    customers, products, counts, gap, pause = (column[keep] for column in columns)
    pace = pace[again][keep]
    order = np.lexsort((products, -pace, customers))
    columns = (customers, products, counts, gap, pause, pace, pause > gap)
    return Reorders(*(column[order] for column in columns))


def suggest_repeats(history: BasketHistory, customers, today: int, count: int = 5) -> Suggestions:
    """Return the own products with the quickest pace, also those bought only once.

    :param customers: positions; ``today``: ordinal; ``count``: products per customer
    """
    (owner, products, _days), starts, _counts, pace = _get_days(history.until(today), today)
    owner, products = owner[starts], products[starts]
    order = np.lexsort((products, -pace, owner))
    owner, products, pace = owner[order], products[order], pace[order]
    begin = np.searchsorted(owner, customers)
    end = np.searchsorted(owner, customers, side="right")
    place = begin[:, None] + np.arange(count)
    inside = place < end[:, None]
    place = np.where(inside, place, 0)
    found = np.where(inside, products[place] if len(products) else -1, -1)
    scores = np.where(inside, pace[place] if len(pace) else 0.0, 0.0)
    return Suggestions(np.asarray(customers), found, scores, found)


def _get_days(history, today):
    """Distinct (customer, product, day), where each pair starts, its days, its decayed count."""
    order = np.lexsort((history.days, history.products, history.customers))
    columns = [array[order] for array in (history.customers, history.products, history.days)]
    if not len(order):
        empty = np.zeros(0, dtype=np.int64)
        return columns, empty, empty, np.zeros(0)
    changes = [np.diff(column) != 0 for column in columns]
    keep = np.r_[True, changes[0] | changes[1] | changes[2]]
    customers, products, days = (column[keep] for column in columns)
    starts = np.flatnonzero(np.r_[True, (np.diff(customers) != 0) | (np.diff(products) != 0)])
    counts = np.diff(np.r_[starts, len(days)])
    weight = np.power(0.5, (today - days) / HISTORY_HALF_LIFE_DAYS)
    return (customers, products, days), starts, counts, np.add.reduceat(weight, starts)
