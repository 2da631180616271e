"""From a customer's purchases to what may be offered: three lists with the figures behind them."""

from dataclasses import dataclass, replace

import numpy as np

from .affinity import AffinityTables
from .basket_history import BasketHistory
from .reorders import get_reorders
from .suggestions import get_owned_weights, suggest_new_products
from .up_sell import UpSells

# Candidates per customer: what may not be offered to this one is taken out afterwards.
MAX_CANDIDATES = 40
UNKNOWN = -1


@dataclass(frozen=True)
class Offers:
    """One row per customer and product, by customer, the best first; positions in the history.

    ``because``: the own product that speaks for it, -1 for none; ``counts`` of ``bases`` are the
    figures of the reason (zero for reorders); ``lifts``, ``gaps`` (days between own purchases)
    are NaN and ``last_days``, ``purchases`` zero where they say nothing.
    """

    customers: np.ndarray
    products: np.ndarray
    because: np.ndarray
    counts: np.ndarray
    bases: np.ndarray
    lifts: np.ndarray
    gaps: np.ndarray
    last_days: np.ndarray
    purchases: np.ndarray

    @classmethod
    def of(cls, customers, products, **figures) -> "Offers":
        """Build from some of the columns; the others say nothing."""
        size = len(customers)
        columns = {
            "because": np.full(size, UNKNOWN),
            "counts": np.zeros(size, dtype=np.int64),
            "bases": np.zeros(size, dtype=np.int64),
            "lifts": np.full(size, np.nan),
            "gaps": np.full(size, np.nan),
            "last_days": np.zeros(size, dtype=np.int64),
            "purchases": np.zeros(size, dtype=np.int64),
        }
        return cls(customers=customers, products=products, **columns | figures)

    def __len__(self):
        return len(self.products)

    def take(self, rows) -> "Offers":
        """Return some rows, in their order."""
        return replace(self, **{name: column[rows] for name, column in vars(self).items()})

    def join(self, other: "Offers") -> "Offers":
        """Return the rows of both lists: per customer first these, then the other ones."""
        names = vars(self)
        both = Offers(
            **{name: np.concatenate([names[name], getattr(other, name)]) for name in names}
        )
        return both.take(np.argsort(both.customers, kind="stable"))

    def get_top(self, count: int) -> "Offers":
        """Return the first rows of every customer."""
        starts = np.searchsorted(self.customers, self.customers)
        return self.take(np.flatnonzero(np.arange(len(self)) - starts < count))

    def get_first_of(self, groups) -> "Offers":
        """Return the first row of every customer and group.

        :param groups: by position of the product, 0 and above
        """
        codes = self.customers.astype(np.int64) * (int(groups.max(initial=0)) + 1)
        _codes, first = np.unique(codes + groups[self.products], return_index=True)
        return self.take(np.sort(first))

    def without_groups(self, groups, pairs) -> "Offers":
        """Return the rows of groups of which nothing is among these customers and products.

        :param groups: as in :meth:`get_first_of`; ``pairs``: of :meth:`get_pairs`
        """
        codes = self.customers.astype(np.int64) * (int(groups.max(initial=0)) + 1)
        codes = codes + groups[self.products]
        hit = np.isin(self.get_pairs(len(groups)), pairs)
        return self.take(np.flatnonzero(~np.isin(codes, codes[hit])))

    def get_pairs(self, products: int) -> np.ndarray:
        """Return one number per customer and product, to compare lists by."""
        return self.customers.astype(np.int64) * max(products, 1) + self.products

    def without(self, pairs, products: int) -> "Offers":
        """Return the rows that are not among these customers and products."""
        return self.take(np.flatnonzero(~np.isin(self.get_pairs(products), pairs)))


class PairValues:
    """A number per customer and product, looked up for many offers at once.

    Values by the pairs of :meth:`Offers.get_pairs`, in whatever unit they have.
    """

    def __init__(self, pairs, values, size):
        """Sort the values by pair.

        :param size: number of products, which the pairs were made with
        """
        order = np.argsort(pairs, kind="stable")
        self.pairs, self.values, self.size = pairs[order], values[order], size

    def join(self, other: "PairValues") -> "PairValues":
        """Return the values of both; where both know a pair, these come first."""
        pairs = np.concatenate([self.pairs, other.pairs])
        return PairValues(pairs, np.concatenate([self.values, other.values]), self.size)

    def __call__(self, offers):
        """Return the values of :class:`Offers`, all pairs of which must be known."""
        return self.values[np.searchsorted(self.pairs, offers.get_pairs(self.size))]


def reposition_tables(tables: AffinityTables, places: np.ndarray) -> AffinityTables:
    """Return tables whose product positions are looked up in ``places``."""
    return replace(
        tables,
        products=places[tables.products],
        others=np.where(tables.others >= 0, places[tables.others], UNKNOWN),
    )


def offer_reorders(history: BasketHistory, today: int) -> Offers:
    """Return own products whose next purchase is overdue by the customer's own gap.

    :param today: ordinal
    """
    found = get_reorders(history, today)
    rows = np.flatnonzero(found.overdue)
    return Offers.of(
        found.customers[rows],
        found.products[rows],
        gaps=found.gap[rows],
        last_days=today - found.pause[rows],
        purchases=found.purchases[rows],
    )


def offer_cross_sells(
    tables: AffinityTables, history: BasketHistory, today: int, blocked
) -> Offers:
    """Return products customers have never bought, by the pairs with what they have bought.

    :param blocked: bool per product position: never offered
    """
    customers = np.arange(len(history.customer_keys))
    found = suggest_new_products(tables, history, customers, today, MAX_CANDIDATES, blocked)
    row, column = np.nonzero((found.products >= 0) & (found.because >= 0))
    products, because = found.products[row, column], found.because[row, column]
    spot = np.full(len(history.product_keys), UNKNOWN)
    spot[tables.products] = np.arange(len(tables.products))
    own = spot[because]
    place = (tables.others[own] == products[:, None]).argmax(axis=1) if len(own) else own
    together, bases = tables.together[own, place], tables.buyers[own]
    expected = bases * tables.buyers[spot[products]] / max(tables.total_buyers, 1)
    return Offers.of(
        found.customers[row],
        products,
        because=because,
        counts=together,
        bases=bases,
        lifts=together / np.maximum(expected, 1e-12),
    )


def offer_best_sellers(history: BasketHistory, products, buyers, total: int) -> Offers:
    """Return for every customer the products most customers buy, but not their own.

    :param products: positions, the best first; ``buyers``: how many of ``total`` customers
    """
    size = len(history.customer_keys)
    products = np.asarray(products, dtype=np.int64)
    customers = np.repeat(np.arange(size), len(products))
    offers = Offers.of(
        customers,
        np.tile(products, size),
        counts=np.tile(np.asarray(buyers, dtype=np.int64), size),
        bases=np.full(len(customers), total),
    )
    count = len(history.product_keys)
    return offers.without(_get_owned_pairs(history), count)


def offer_up_sells(
    up_sells: UpSells, history: BasketHistory, today: int, blocked, groups
) -> Offers:
    """Return better products than the own ones, by how many buyers alike went on to them.

    Ordered by that share times the age of the own purchase (half-life 120 days).

    :param groups: group of up_sells per customer position
    """
    customers, owned, weight = get_owned_weights(history, today)
    begin = np.searchsorted(up_sells.products, owned)
    length = np.searchsorted(up_sells.products, owned, side="right") - begin
    row = np.repeat(np.arange(len(owned)), length)
    inside = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    pair = begin[row] + inside
    pair_ok = ~np.asarray(blocked, dtype=bool)[up_sells.others[pair]]
    pair_ok &= up_sells.groups[pair] == np.asarray(groups)[customers[row]]
    row, pair = row[pair_ok], pair[pair_ok]
    offers = Offers.of(
        customers[row],
        up_sells.others[pair],
        because=owned[row],
        counts=up_sells.followers[pair],
        bases=up_sells.buyers[pair],
    )
    score = up_sells.probability[pair] * weight[row]
    # The own product that speaks most for it, once per product.
    order = np.lexsort((offers.because, -score, offers.products, offers.customers))
    codes = offers.get_pairs(len(history.product_keys))[order]
    best = order[np.r_[True, np.diff(codes) != 0]] if len(order) else order
    best = best[np.lexsort((offers.products[best], -score[best], offers.customers[best]))]
    return offers.take(best).without(_get_owned_pairs(history), len(history.product_keys))


def _get_owned_pairs(history):
    customers, products, _last, _count = history.owned
    return customers.astype(np.int64) * max(len(history.product_keys), 1) + products
