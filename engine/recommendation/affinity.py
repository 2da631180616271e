"""Which product a customer may need next: cross-sell learned over customers (docs/prediction.md).

One fixed rule: a regression of every product on all others over the customers (EASE: Steck 2019),
recent purchases counting more. Popular products are the floor: where the rule has not beaten them
on the last part of the company's own past, they are what is suggested. Raw lift is never ranked
by: it suggests oddities; lift and support are what a suggestion is explained with.
"""

from dataclasses import dataclass, replace

import numpy as np

from .basket_history import BasketHistory
from .pair_counts import count_pairs
from .suggestions import get_hits, get_owned_weights, suggest_new_products

REGRESSION, POPULARITY = "regression", "popularity"
MAX_NEIGHBOURS = 20
MIN_SUPPORT = 3  # customers with both products
# Ridge of the regression: at least so many customers, or this share of all of them.
MIN_RIDGE, RIDGE_RATIO = 100.0, 0.05
HELD_OUT_RATIO = 0.2
# Fewer customers who bought something new in the held-out part say nothing about the rule.
MIN_GRADED_CUSTOMERS = 50
MAX_GRADED_CUSTOMERS = 4_000


@dataclass(frozen=True)
class AffinityGrade:
    """What five suggestions of new products were worth in the last fifth of the past.

    ``hit_rate`` and ``popularity``: shares (0 to 1) of ``customers`` who bought one of five, by
    the rule and by popular products; ``error``: standard error of their difference.
    """

    hit_rate: float
    popularity: float
    error: float
    customers: int

    @property
    def is_ahead(self) -> bool:
        """Tell whether the rule beat popular products by more than chance: a standard error."""
        return self.hit_rate - self.popularity > self.error


@dataclass(frozen=True)
class AffinityTables:
    """The strongest neighbours per product, as stored.

    Rows of ``others``, ``scores``, ``together`` and ``in_basket`` belong to ``products``
    (positions in the history's ``product_keys``, ascending); ``others`` is -1 where there are
    fewer. ``together``: customers who bought both, ``buyers`` of ``total_buyers``: customers who
    bought the product; ``in_basket``: baskets with both, of ``total_baskets``. ``rule``:
    ``regression``, or ``popularity`` where there are no neighbours as popular products are not
    beaten; ``grade``: ``None`` with too little history.
    """

    products: np.ndarray
    others: np.ndarray
    scores: np.ndarray
    together: np.ndarray
    buyers: np.ndarray
    total_buyers: int
    in_basket: np.ndarray | None = None
    total_baskets: int = 0
    rule: str = REGRESSION
    grade: AffinityGrade | None = None

    def without_neighbours(self) -> "AffinityTables":
        """Return tables by which popular products are suggested, as no product has a neighbour."""
        none = np.full_like(self.others, -1)
        return replace(self, others=none, scores=np.zeros(none.shape), rule=POPULARITY)

    def get_neighbours(self, product: int) -> list[tuple[int, float, int, float]]:
        """Return (other, score, customers with both, lift) of a product, the best first."""
        found = np.flatnonzero(self.products == product)
        if not len(found):
            return []
        row = found[0]
        lifts = self.get_lifts()[row]
        columns = (self.others[row], self.scores[row], self.together[row], lifts)
        return [
            (int(other), float(score), int(together), float(lift))
            for other, score, together, lift in zip(*columns, strict=True)
            if other >= 0
        ]

    def get_lifts(self) -> np.ndarray:
        """Return how many times more customers have both than chance would have it, per pair."""
        size = 1 + max(self.products.max(initial=-1), self.others.max(initial=-1))
        buyers = np.zeros(size + 1)  # the last one is that of no neighbour
        buyers[self.products] = self.buyers
        expected = self.buyers[:, None] * buyers[self.others] / max(self.total_buyers, 1)
        return np.divide(
            self.together, expected, out=np.full(expected.shape, np.nan), where=expected > 0
        )


def fit_affinity(history: BasketHistory, today: int, *, rule: str | None = None) -> AffinityTables:
    """Learn up to the end of a day which products go together.

    :param today: ordinal; nothing later is looked at
    :param rule: ``regression`` or ``popularity`` without a look at the past; the better if None
    """
    known = history.until(today)
    grade = None if rule else grade_affinity(known, today)
    tables = replace(make_tables(known, today), grade=grade)
    is_floor = rule == POPULARITY or (grade and not grade.is_ahead)
    return tables.without_neighbours() if is_floor else tables


def grade_affinity(history: BasketHistory, today: int) -> AffinityGrade | None:
    """Try the rule and popular products on the last fifth of the past.

    :return: ``None`` if fewer than 50 customers bought something new in it
    """
    if not len(history):
        return None
    first = int(history.days.min())
    cut = int(today - HELD_OUT_RATIO * (today - first))
    past, future = history.until(cut), history.take(np.flatnonzero(history.days > cut))
    seen = (
        np.bincount(each.customers, minlength=len(history.customer_keys)) > 0
        for each in (past, future)
    )
    customers = np.flatnonzero(np.logical_and(*seen))
    customers = customers[:: max(1, -(-len(customers) // MAX_GRADED_CUSTOMERS))]
    if len(customers) < MIN_GRADED_CUSTOMERS:
        return None
    tables = make_tables(past, cut, with_baskets=False)
    ours, popular = (
        get_hits(suggest_new_products(each, past, customers, cut), past, future)
        for each in (tables, tables.without_neighbours())
    )
    if len(ours) < MIN_GRADED_CUSTOMERS:
        return None
    error = (ours.astype(float) - popular).std() / len(ours) ** 0.5
    return AffinityGrade(float(ours.mean()), float(popular.mean()), float(error), len(ours))


def make_tables(history: BasketHistory, today: int, *, with_baskets: bool = True) -> AffinityTables:
    """Return the tables of the rule from everything in the history.

    :param with_baskets: count pairs within baskets as well, which only explain
    """
    products = np.sort(history.get_top_products())
    decayed, plain = count_customer_pairs(history, products, today)
    buyers = int((np.bincount(history.customers) > 0).sum())
    best, scores = _get_best(_get_weights(decayed, plain, buyers))
    in_basket = None
    if with_baskets:
        in_basket = np.take_along_axis(_count_basket_pairs(history, products), best, axis=1)
    return AffinityTables(
        products=products,
        others=np.where(scores > 0, products[best], -1) if len(products) else best,
        scores=scores,
        together=np.take_along_axis(plain, best, axis=1).astype(int),
        buyers=np.diag(plain).astype(int),
        total_buyers=buyers,
        in_basket=in_basket,
        total_baskets=len(history) and int((np.diff(history.baskets) != 0).sum()) + 1,
    )


def count_customer_pairs(
    history: BasketHistory, products: np.ndarray, today: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (decayed, plain) customers per pair of products, diagonals included.

    A purchase decays with a half-life of 120 days; the decayed count of a pair is the sum of the
    products of both.

    :param products: the positions to count; a row and a column of the result each
    :param today: ordinal, from which purchases decay
    """
    customers, owned, weights = get_owned_weights(history, today)
    place = _get_places(history, products)
    rows = np.flatnonzero(place[owned] >= 0)
    return count_pairs(customers[rows], place[owned[rows]], len(products), weights[rows])


def _count_basket_pairs(history, products):
    place = _get_places(history, products)
    rows = np.flatnonzero(place[history.products] >= 0)
    items = place[history.products[rows]]
    return count_pairs(history.baskets[rows], items, len(products))[1].astype(int)


def _get_places(history, products):
    place = np.full(len(history.product_keys), -1)
    place[products] = np.arange(len(products))
    return place


def _get_weights(decayed, plain, customers):
    """Weights of the best linear guess of each product from the others: positive, supported."""
    if not len(decayed):
        return decayed
    decayed[np.diag_indices(len(decayed))] += max(MIN_RIDGE, RIDGE_RATIO * customers)
    inverse = np.linalg.inv(decayed)
    weights = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0)
    weights[(plain < MIN_SUPPORT) | (weights <= 0)] = 0
    return weights


def _get_best(weights):
    count = min(MAX_NEIGHBOURS, len(weights))
    # Ties by position: whatever the order they were found in.
    best = np.argsort(-weights, axis=1, kind="stable")[:, :count]
    return best, np.take_along_axis(weights, best, axis=1)
