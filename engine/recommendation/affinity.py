"""Which product a customer may need next: cross-sell from pairs in baskets (docs/prediction.md).

Several ways of weighting pairs are tried on the last part of the company's own past, and the one
whose five suggestions were bought most often is used. Raw lift is never one of them: it suggests
oddities; lift and support are what a suggestion is explained with.
"""

from dataclasses import dataclass

import numpy as np

from .basket_history import BasketHistory
from .suggestions import evaluate_suggestions, suggest_new_products

MAX_NEIGHBOURS = 20
MIN_SUPPORT = 3
# Exponents (a, b) of co_ij / (n_i^a · n_j^b): dense catalogues want .5, sparse ones 0.
EXPONENTS = ((0.5, 0.5), (0.5, 0.3), (0.5, 0.0), (1.0, 0.0))
# Ridge of the regression of every product on all others (EASE: Steck 2019), in baskets.
RIDGE = 200.0
HELD_OUT_RATIO = 0.2
MIN_BASKETS = 50
MAX_TRIAL_CUSTOMERS = 1_000
# Older baskets count less: catalogues and seasons change.
PAIR_HALF_LIFE_DAYS = 180.0
# Pairs of baskets of one length that are counted at once.
MAX_CHUNK_PAIRS = 4_000_000


@dataclass(frozen=True)
class AffinityTables:
    """The strongest neighbours per product, as stored.

    Rows of ``others``, ``scores``, ``together`` belong to ``products`` (positions in the history's
    ``product_keys``); ``others`` is -1 where there are fewer. ``together``: baskets with both;
    ``baskets``: baskets with the product; ``rule``: ``regression`` or ``a=…, b=…``; ``trial``:
    rule -> share of customers who bought one of five suggestions.
    """

    products: np.ndarray
    others: np.ndarray
    scores: np.ndarray
    together: np.ndarray
    baskets: np.ndarray
    total_baskets: int
    rule: str
    trial: dict[str, float]

    def get_neighbours(self, product: int) -> list[tuple[int, float, int, float]]:
        """Return (other, score, together, lift) of a product position, the best first."""
        found = np.flatnonzero(self.products == product)
        if not len(found):
            return []
        row = found[0]
        spot = {int(position): i for i, position in enumerate(self.products)}
        lines = []
        for other, score, together in zip(
            self.others[row], self.scores[row], self.together[row], strict=True
        ):
            if other >= 0:
                expected = self.baskets[row] * self.baskets[spot[int(other)]] / self.total_baskets
                lines.append((int(other), float(score), int(together), float(together / expected)))
        return lines


def fit_affinity(history: BasketHistory, today: int, *, rule: str | None = None) -> AffinityTables:
    """Count pairs up to the end of a day and choose the rule by a trial on the past.

    :param today: ordinal; nothing later is looked at
    :param rule: use this one without a trial, ``regression`` or such as ``a=0.5, b=0.5``
    """
    known = history.until(today)
    trial = {} if rule else try_rules(known, today)
    rule = rule or (max(trial, key=trial.get) if trial else _name(EXPONENTS[0]))
    return make_tables(known, today, rule, trial)


def try_rules(history: BasketHistory, today: int) -> dict[str, float]:
    """Return rule -> hit rate at 5 (0 to 1) of new products in the last fifth of the time.

    :return: empty with fewer than 50 baskets, or nobody who bought before and after
    """
    if not len(history) or len(np.unique(history.baskets)) < MIN_BASKETS:
        return {}
    first = int(history.days.min())
    cut = int(today - HELD_OUT_RATIO * (today - first))
    past = history.until(cut)
    future = history.take(np.flatnonzero(history.days > cut))
    customers = np.intersect1d(past.customers, future.customers)
    step = max(1, -(-len(customers) // MAX_TRIAL_CUSTOMERS))
    customers = customers[::step]
    if not len(customers):
        return {}
    return {
        name: evaluate_suggestions(
            suggest_new_products(tables, past, customers, cut), past, future
        ).hit_rate
        for name, tables in _make_all(past, cut).items()
    }


def _make_all(history, today):
    products = history.get_top_products()
    decayed, plain = count_product_pairs(history, products, today)
    names = ["regression", *(_name(pair) for pair in EXPONENTS)]
    return {name: _make(history, products, decayed, plain, name, {}) for name in names}


def make_tables(history: BasketHistory, today: int, rule: str, trial) -> AffinityTables:
    """Return the tables of one rule from everything in the history."""
    products = history.get_top_products()
    decayed, plain = count_product_pairs(history, products, today)
    return _make(history, products, decayed, plain, rule, trial)


def _make(history, products, decayed, plain, rule, trial):
    weights = _get_regression(decayed) if rule == "regression" else _get_ratio(decayed, rule)
    np.fill_diagonal(weights, 0)
    weights[(plain < MIN_SUPPORT) | (weights <= 0)] = 0
    count = min(MAX_NEIGHBOURS, len(products))
    # Ties by position, so that the result does not depend on the partition.
    best = np.argpartition(-weights, count - 1, axis=1)[:, :count] if count else weights.astype(int)
    order = np.lexsort((best, -np.take_along_axis(weights, best, axis=1)), axis=1)
    best = np.take_along_axis(best, order, axis=1)
    scores = np.take_along_axis(weights, best, axis=1)
    return AffinityTables(
        products=products,
        others=np.where(scores > 0, products[best] if count else best, -1),
        scores=scores,
        together=np.take_along_axis(plain, best, axis=1).astype(int),
        baskets=np.diag(plain).astype(int),
        total_baskets=len(np.unique(history.baskets)),
        rule=rule,
        trial=trial,
    )


def _get_ratio(decayed, rule):
    a, b = next(pair for pair in EXPONENTS if _name(pair) == rule)
    count = np.maximum(np.diag(decayed), 1e-6)
    return decayed / (count[:, None] ** a * count[None, :] ** b)


def _get_regression(decayed):
    """Weights of the best linear guess of each product from the others in the basket."""
    if not len(decayed):
        return decayed.copy()
    gram = decayed.copy()
    gram[np.diag_indices(len(gram))] += RIDGE
    inverse = np.linalg.inv(gram)
    return -inverse / np.diag(inverse)[None, :]


def _name(pair):
    return f"a={pair[0]:g}, b={pair[1]:g}"


def count_product_pairs(
    history: BasketHistory, products: np.ndarray, today: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (decayed counts, plain counts), both products × products, diagonals included.

    :param products: the positions to count; a row and a column of the result each
    :param today: ordinal from which baskets decay, with a half-life of 180 days
    """
    size = len(products)
    code = np.full(len(history.product_keys), -1)
    code[products] = np.arange(size)
    rows = np.flatnonzero(code[history.products] >= 0)
    items, baskets = code[history.products[rows]], history.baskets[rows]
    weights = np.power(0.5, (today - history.days[rows]) / PAIR_HALF_LIFE_DAYS)
    # One pass for both: the real part decays, the imaginary part counts.
    table = np.zeros(size * size, dtype=np.complex64)
    starts = np.flatnonzero(np.r_[True, np.diff(baskets) != 0]) if len(rows) else rows
    lengths = np.diff(np.r_[starts, len(rows)])
    for length in np.unique(lengths):
        group = starts[lengths == length]
        step = max(1, MAX_CHUNK_PAIRS // int(length) ** 2)
        for begin in range(0, len(group), step):
            part = group[begin : begin + step]
            inside = items[part[:, None] + np.arange(length)]
            index = (inside[:, :, None] * size + inside[:, None, :]).ravel()
            values = (weights[part] + 1j).astype(np.complex64)
            np.add.at(table, index, np.repeat(values, length * length))
    table = table.reshape(size, size)
    return np.ascontiguousarray(table.real), np.ascontiguousarray(table.imag)
