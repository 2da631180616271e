"""Up-sell: the better product of the same category that buyers of this one went on to buy."""

from dataclasses import dataclass

import numpy as np

from .basket_history import BasketHistory

MIN_FOLLOWERS = 3
MAX_PER_PRODUCT = 20
MAX_CHUNK_PAIRS = 4_000_000


@dataclass(frozen=True)
class UpSells:
    """One row per pair, by product and the likeliest first; positions in the history.

    ``followers`` of ``buyers`` customers of ``products`` bought ``others`` on a later day; all of
    them of the group of customers in ``groups``.
    """

    products: np.ndarray
    others: np.ndarray
    followers: np.ndarray
    buyers: np.ndarray
    groups: np.ndarray

    @property
    def probability(self) -> np.ndarray:
        """Share of the buyers who went on to the better product, 0 to 1."""
        return self.followers / self.buyers


def get_up_sells(
    history: BasketHistory, today: int, categories, prices, profits, groups=None
) -> UpSells:
    """Return pairs with the same category and a higher price and profit, as of the end of a day.

    Every group of customers is counted alone: those who spend little do not follow those who
    spend much.

    :param categories: integer per product position, negative for none
    :param prices, profits: per product position, of one unit in company currency; NaN if unknown
    :param groups: integer per customer position, all of one group if not given
    """
    known = history.until(today)
    standing = (
        np.asarray(categories),
        np.asarray(prices, dtype=float),
        np.asarray(profits, dtype=float),
    )
    groups = np.zeros(len(history.customer_keys), int) if groups is None else np.asarray(groups)
    parts = [_get_group(known.take(np.zeros(0, int)), *standing, 0)]
    for group in np.unique(groups).tolist():
        rows = np.flatnonzero(groups[known.customers] == group)
        parts.append(_get_group(known.take(rows), *standing, group))
    columns = [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return UpSells(*(column[order] for column in columns))


def _get_group(known, categories, prices, profits, group):
    """Columns of UpSells of one group of customers, by product, the likeliest first."""
    customers, products, first = _get_first_days(known, categories)
    size = np.int64(max(len(known.product_keys), 1))
    buyers = np.bincount(products, minlength=int(size))
    pairs, counts = _count_followers(customers, products, first, categories, size)
    low, high = pairs // size, pairs % size
    with np.errstate(invalid="ignore"):
        better = (prices[high] > prices[low]) & (profits[high] > profits[low])
    keep = better & (counts >= MIN_FOLLOWERS)
    low, high, counts = low[keep], high[keep], counts[keep]
    order = np.lexsort((high, -counts, low))
    low, high, counts = low[order], high[order], counts[order]
    starts = np.searchsorted(low, low)
    best = np.arange(len(low)) - starts < MAX_PER_PRODUCT
    found = (low[best], high[best], counts[best], buyers[low[best]])
    return (*found, np.full(len(found[0]), group))


def _get_first_days(history, categories):
    """Customer, product and first day per pair, sorted by customer and category."""
    order = np.lexsort((history.days, history.products, history.customers))
    customers, products, days = (
        column[order] for column in (history.customers, history.products, history.days)
    )
    new = np.ones(len(customers), dtype=bool)
    new[1:] = (np.diff(customers) != 0) | (np.diff(products) != 0)
    new &= categories[products] >= 0
    customers, products, days = customers[new], products[new], days[new]
    order = np.lexsort((products, categories[products], customers))
    return customers[order], products[order], days[order]


def _count_followers(customers, products, first, categories, size):
    """Distinct (low, high) pairs as low·size + high, and how many customers bought high later."""
    if not len(customers):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    group = categories[products]
    changes = (np.diff(customers) != 0) | (np.diff(group) != 0)
    starts = np.flatnonzero(np.r_[True, changes])
    lengths = np.diff(np.r_[starts, len(customers)])
    totals: dict[str, list[np.ndarray]] = {"pairs": [], "counts": []}
    for length in np.unique(lengths[lengths > 1]):
        same = starts[lengths == length]
        step = max(1, MAX_CHUNK_PAIRS // int(length) ** 2)
        for begin in range(0, len(same), step):
            rows = same[begin : begin + step, None] + np.arange(length)
            later = first[rows][:, None, :] > first[rows][:, :, None]
            codes = products[rows][:, :, None].astype(np.int64) * size + products[rows][:, None, :]
            pairs, counts = np.unique(codes[later], return_counts=True)
            totals["pairs"].append(pairs)
            totals["counts"].append(counts)
    if not totals["pairs"]:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    pairs, where = np.unique(np.concatenate(totals["pairs"]), return_inverse=True)
    return pairs, np.bincount(where, np.concatenate(totals["counts"])).astype(np.int64)
