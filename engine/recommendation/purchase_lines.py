"""What customers bought of which product on which day, after returns."""

from dataclasses import dataclass

import numpy as np

from ..numerics import MONEY_UNIT, drop_dust
from .basket_history import BasketHistory


@dataclass(frozen=True)
class PurchaseLines:
    """One row per customer, product and day, sorted so; keys as given.

    ``quantities`` in the product's unit; ``revenues``, ``profits`` in company currency, a profit
    that is not known is NaN. Negative rows are returns nothing was found for.
    """

    customers: np.ndarray
    products: np.ndarray
    days: np.ndarray
    quantities: np.ndarray
    revenues: np.ndarray
    profits: np.ndarray

    @classmethod
    def of(
        cls, customers, products, days, quantities, revenues, profits, unit=MONEY_UNIT
    ) -> "PurchaseLines":
        """Build from one row per customer, product and day; returns reduce what was bought.

        A negative row takes from the latest earlier purchases of the product by the customer.

        :param customers, products: integer keys; ``days``: ordinals
        :param unit: smallest of the currency; a revenue below half of it is nothing
        """
        columns = [
            *(np.asarray(keys, dtype=np.int64) for keys in (customers, products, days)),
            *(np.array(values, dtype=float) for values in (quantities, revenues, profits)),
        ]
        columns[4] = drop_dust(columns[4], unit)
        order = np.lexsort(columns[::-1])
        for place, column in enumerate(columns):  # one by one: of millions, two of each are much
            columns[place] = column[order]
        lines = cls(*columns)
        lines._take_returns(unit)
        return lines

    def __len__(self):
        return len(self.products)

    @property
    def bought(self) -> np.ndarray:
        """Positions of the rows that are purchases: net revenue above zero."""
        return np.flatnonzero(self.revenues > 0)

    def are_among(self, rows, pairs) -> np.ndarray:
        """Tell of some rows whether they are of these customers and products.

        :param pairs: (customer, product) keys, below 2^31
        """
        wanted = np.array([(customer << 32) + product for customer, product in pairs], np.int64)
        return np.isin((self.customers[rows] << 32) + self.products[rows], wanted)

    def get_basket_history(self) -> BasketHistory:
        """Return the purchases as baskets: all one customer bought on one day is one."""
        rows = self.bought
        customers, days = self.customers[rows], self.days[rows]
        _keys, codes = np.unique(customers, return_inverse=True)
        baskets = codes.astype(np.int64) * 10_000_000 + days
        return BasketHistory.of(customers, baskets, self.products[rows], days)

    def get_usual_quantities(self, product_keys) -> np.ndarray:
        """Return the mean quantity per purchase of each of these products; 1 where unknown.

        :param product_keys: sorted, such as those of the basket history
        """
        rows = self.bought
        rows = rows[np.isin(self.products[rows], product_keys)]
        places = np.searchsorted(product_keys, self.products[rows])
        sums = np.bincount(places, self.quantities[rows], len(product_keys))
        counts = np.bincount(places, minlength=len(product_keys))
        means = np.divide(sums, counts, out=np.zeros(len(product_keys)), where=counts > 0)
        return np.where(means > 0, means, 1.0)

    def _take_returns(self, unit):
        for row in np.flatnonzero(self.revenues < 0):
            earlier = row - 1
            while self.revenues[row] < 0 and earlier >= 0 and self._is_same_pair(row, earlier):
                if self.revenues[earlier] > 0:
                    self._take(row, earlier, unit)
                earlier -= 1

    def _is_same_pair(self, row, other):
        return (
            self.customers[row] == self.customers[other]
            and self.products[row] == self.products[other]
        )

    def _take(self, row, earlier, unit):
        """Move as much of a return as fits into an earlier purchase, with quantity and profit."""
        amount = min(-self.revenues[row], self.revenues[earlier])
        whole = -self.revenues[row] - amount < unit / 2
        share = 1 if whole else amount / -self.revenues[row]
        for column in (self.quantities, self.profits):
            part = column[row] * share
            column[earlier] += part
            column[row] = 0 if whole else column[row] - part
        # A quantity that came back for more than it was sold for leaves nothing negative behind.
        self.quantities[earlier] = max(self.quantities[earlier], 0)
        left = self.revenues[earlier] - amount
        self.revenues[earlier] = 0 if left < unit / 2 else left
        self.revenues[row] = 0 if whole else self.revenues[row] + amount
