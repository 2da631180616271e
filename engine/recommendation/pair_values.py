"""A number per customer and product, looked up for many at once."""

import numpy as np


class PairValues:
    """Values by the pairs of :meth:`Offers.get_pairs`."""

    def __init__(self, pairs, values, size):
        """:param size: number of products, which the pairs were made with."""
        order = np.argsort(pairs, kind="stable")
        self.pairs, self.values, self.size = pairs[order], values[order], size

    def join(self, other: "PairValues") -> "PairValues":
        """Return the values of both; where both know a pair, these come first."""
        pairs = np.concatenate([self.pairs, other.pairs])
        return PairValues(pairs, np.concatenate([self.values, other.values]), self.size)

    def __call__(self, offers):
        """Return the values of offers, all of which must be known."""
        return self.values[np.searchsorted(self.pairs, offers.get_pairs(self.size))]
