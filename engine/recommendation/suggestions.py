"""Suggests products to customers from affinity tables, and checks suggestions on what came."""

from dataclasses import dataclass

import numpy as np

from .basket_history import BasketHistory

HISTORY_HALF_LIFE_DAYS = 120.0
MAX_CHUNK_CUSTOMERS = 500
# Popular products fill up what the pairs leave open, always below any pair.
POPULARITY_WEIGHT = 1e-9


@dataclass(frozen=True)
class Suggestions:
    """One row per customer, the best first; ``products`` is -1 where there are no more.

    ``because``: the own product that speaks most for it, -1 for one that is merely popular.
    """

    customers: np.ndarray
    products: np.ndarray
    scores: np.ndarray
    because: np.ndarray


@dataclass(frozen=True)
class HitRate:
    """Share (0 to 1) of customers who bought a suggestion, and hits / min(suggestions, bought)."""

    hit_rate: float
    recall: float
    customers: int


def get_owned_weights(history: BasketHistory, today: int):
    """Return per customer and product: customer, product, weight 0.5^(days since / 120)."""
    customers, products, last, _count = history.owned
    return customers, products, np.power(0.5, (today - last) / HISTORY_HALF_LIFE_DAYS)


def suggest_new_products(
    tables, history: BasketHistory, customers, today: int, count: int = 5, blocked=None
):
    """Suggest products these customers have never bought.

    :param tables: :class:`~.affinity.AffinityTables`, learned on the keys of this history
    :param customers: positions in the history's ``customer_keys``
    :param today: ordinal; nothing later is looked at; ``count``: suggestions per customer
    :param blocked: bool per product position: never suggested (not saleable, at a loss …)
    """
    customers = np.asarray(customers)
    history = history.until(today)
    owner, owned, weight = get_owned_weights(history, today)
    popularity = history.popularity
    parts = []
    for begin in range(0, max(len(customers), 1), MAX_CHUNK_CUSTOMERS):
        part = customers[begin : begin + MAX_CHUNK_CUSTOMERS]
        rows = _get_rows_of(owner, part)
        purchases = (np.searchsorted(np.sort(part), owner[rows]), owned[rows], weight[rows])
        order = np.argsort(part, kind="stable")
        found = _suggest_part(tables, purchases, len(part), popularity, count, blocked)
        back = np.empty(len(part), dtype=np.int64)
        back[order] = np.arange(len(part))
        parts.append([array[back] for array in found])
    products, scores, because = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Suggestions(customers, products, scores, because)


def _get_rows_of(owner, part):
    """Ascending rows of some customers, of rows sorted by customer: without going through all."""
    wanted = np.sort(part)
    wanted = wanted[np.r_[True, np.diff(wanted) != 0]] if len(wanted) else wanted
    begin = np.searchsorted(owner, wanted, side="left")
    count = np.searchsorted(owner, wanted, side="right") - begin
    ends = np.cumsum(count)
    return np.repeat(begin - ends + count, count) + np.arange(count.sum())


def _suggest_part(tables, purchases, size, popularity, count, blocked):
    row, owned, weight = purchases
    spot = np.full(len(popularity), -1)
    spot[tables.products] = np.arange(len(tables.products))
    # Only products that have tables can be suggested: columns are positions in them.
    popular = popularity[tables.products] / max(popularity.sum(), 1) * POPULARITY_WEIGHT
    total = np.tile(popular.astype(np.float32), (size, 1))
    known = np.flatnonzero(spot[owned] >= 0)
    row, owned, weight = row[known], spot[owned[known]], weight[known]
    others = tables.others[owned]
    real = others >= 0
    gains = (tables.scores[owned] * weight[:, None])[real]
    rows = np.broadcast_to(row[:, None], others.shape)[real]
    columns = spot[others[real]]
    np.add.at(total, (rows, columns), gains.astype(np.float32))
    total[row, owned] = -1
    if blocked is not None:
        total[:, np.asarray(blocked, dtype=bool)[tables.products]] = -1
    best, scores = _get_best(total, count)
    causes = np.broadcast_to(owned[:, None], others.shape)[real]
    because = _get_because(best, rows, columns, gains, causes, len(tables.products))
    return _to_products(tables, best), scores, _to_products(tables, because)


def _to_products(tables, positions):
    if not len(tables.products):
        return positions
    return np.where(positions >= 0, tables.products[positions], -1)


def _get_best(total, count):
    count = min(count, total.shape[1])
    top = np.argpartition(-total, count - 1, axis=1)[:, :count] if count else total.astype(int)
    values = np.take_along_axis(total, top, axis=1)
    order = np.lexsort((top, -values), axis=1)
    top, values = np.take_along_axis(top, order, axis=1), np.take_along_axis(values, order, axis=1)
    return np.where(values > 0, top, -1), values


def _get_because(products, pair_rows, others, gains, causes, size):
    """The owned product that added most to each suggestion."""
    because = np.full(products.shape, -1)
    wanted = np.arange(len(products))[:, None] * size + products
    key = pair_rows.astype(np.int64) * size + others
    ordered = np.sort(wanted, axis=None)  # few: much faster than ``np.isin``
    spot = np.minimum(np.searchsorted(ordered, key), max(ordered.size - 1, 0))
    rows = np.flatnonzero(ordered[spot] == key) if ordered.size else np.zeros(0, np.int64)
    order = rows[np.lexsort((causes[rows], -gains[rows], key[rows]))]
    first = order[np.r_[True, np.diff(key[order]) != 0]] if len(order) else order
    place = np.searchsorted(key[first], wanted)
    place = np.minimum(place, max(len(first) - 1, 0))
    if len(first):
        hit = (key[first][place] == wanted) & (products >= 0)
        because[hit] = causes[first][place][hit]
    return because


def evaluate_suggestions(
    found: Suggestions, past: BasketHistory, future: BasketHistory, *, repeats=False
):
    """Return the :class:`HitRate` of suggestions against what was bought later.

    Customers who bought nothing that could have been suggested are left out.

    :param repeats: look at products bought before, else at new ones only
    """
    hits, truth = _count_hits(found, past, future, repeats)
    if not len(hits):
        return HitRate(0.0, 0.0, 0)
    possible = np.minimum(truth, found.products.shape[1])
    return HitRate(float((hits > 0).mean()), float((hits / possible).mean()), len(hits))


def get_hits(found: Suggestions, past: BasketHistory, future: BasketHistory) -> np.ndarray:
    """Tell of each customer who later bought something new whether one suggestion was of it."""
    return _count_hits(found, past, future, repeats=False)[0] > 0


def _count_hits(found, past, future, repeats):
    """How many suggestions were bought of how many products, of customers who bought any."""
    size = max(len(past.product_keys), 1)
    owner, product, _last, _baskets = future.owned
    bought = owner.astype(np.int64) * size + product
    owned = past.owned[0].astype(np.int64) * size + past.owned[1]
    bought = bought[_is_among(bought, owned) == repeats]
    truth = np.bincount(bought // size, minlength=len(past.customer_keys))[found.customers]
    pairs = found.customers[:, None].astype(np.int64) * size + found.products
    hits = (_is_among(pairs, bought) & (found.products >= 0)).sum(axis=1)
    return hits[truth > 0], truth[truth > 0]


def _is_among(values, ordered):
    """Tell of each value whether it is among sorted ones."""
    if not len(ordered):
        return np.zeros(np.shape(values), dtype=bool)
    return ordered[np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)] == values
