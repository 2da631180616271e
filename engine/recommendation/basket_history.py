"""Who bought which product in which basket and when."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

# More products are bought too rarely to be paired; a table of all pairs has to fit into memory.
MAX_PRODUCTS = 2_000


@dataclass(frozen=True)
class BasketHistory:
    """Who bought which product in which basket: one row per basket and product, sorted.

    ``customers`` and ``products`` are positions in ``customer_keys`` and ``product_keys``; ``days``
    are ordinals.
    """

    customer_keys: np.ndarray
    product_keys: np.ndarray
    customers: np.ndarray
    baskets: np.ndarray
    products: np.ndarray
    days: np.ndarray

    @classmethod
    def of(cls, customers, baskets, products, days) -> "BasketHistory":
        """Build from lines of invoices; the same product twice in a basket counts once.

        :param customers, baskets, products: keys of any sortable kind; ``days``: ordinals
        """
        customer_keys, customers = np.unique(np.asarray(customers), return_inverse=True)
        product_keys, products = np.unique(np.asarray(products), return_inverse=True)
        _basket_keys, baskets = np.unique(np.asarray(baskets), return_inverse=True)
        days = np.asarray(days).astype(np.int64)
        codes = baskets.astype(np.int64) * max(len(product_keys), 1) + products
        # The first day of a basket and product counts, in whatever order the lines come.
        order = np.lexsort((customers, days, codes))
        rows = order[np.r_[True, np.diff(codes[order]) != 0]] if len(order) else order
        columns = (customers[rows], baskets[rows], products[rows], days[rows])
        return cls(customer_keys, product_keys, *columns)

    def __len__(self):
        return len(self.products)

    def take(self, rows) -> "BasketHistory":
        """Return some rows, in their order, with the same keys."""
        columns = (self.customers[rows], self.baskets[rows], self.products[rows], self.days[rows])
        return BasketHistory(self.customer_keys, self.product_keys, *columns)

    def until(self, day: int) -> "BasketHistory":
        """Return the rows up to the end of a day: nothing later can leak into a forecast."""
        known = self.days <= day
        return self if known.all() else self.take(np.flatnonzero(known))

    @cached_property
    def popularity(self) -> np.ndarray:
        """Baskets per product."""
        return np.bincount(self.products, minlength=len(self.product_keys))

    def get_top_products(self, limit: int = MAX_PRODUCTS) -> np.ndarray:
        """Return the products in most baskets (by position; ties by key)."""
        order = np.argsort(-self.popularity, kind="stable")[:limit]
        return order[self.popularity[order] > 0]

    @cached_property
    def owned(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Per customer and product: customer, product, last day, number of baskets."""
        size = max(len(self.product_keys), 1)
        pairs = self.customers.astype(np.int64) * size + self.products
        order = np.argsort(pairs, kind="stable")
        pairs = pairs[order]
        starts = np.flatnonzero(np.r_[True, np.diff(pairs) != 0]) if len(pairs) else order
        last = np.maximum.reduceat(self.days[order], starts) if len(pairs) else order
        counts = np.diff(np.r_[starts, len(pairs)])
        return pairs[starts] // size, pairs[starts] % size, last, counts
