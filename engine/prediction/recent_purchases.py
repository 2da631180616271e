"""What customers did lately: purchase days of a year, revenue of half a year, last amount."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

YEAR = 365
HALF_YEAR = 180


@dataclass(frozen=True)
class RecentPurchases:
    """Purchases of the last 365 days of many customers, who stand in the order of their facts.

    ``days``: ordinals, one customer after the other, ascending for each; ``counts``: how many of
    them each has. ``revenue_180``: of the last 180 days, credit notes deducted; ``last_revenue``:
    of the last day with a purchase. Company currency.
    """

    days: np.ndarray
    counts: np.ndarray
    revenue_180: np.ndarray
    last_revenue: np.ndarray

    @classmethod
    def of(cls, histories, today: int, revenue_180, last_revenue) -> "RecentPurchases":
        """Build from the purchase days of each customer.

        :param histories: ordinals of distinct days, ascending; ``None`` for none
        :param today: ordinal; days up to it
        """
        sizes = np.array([len(days) if days else 0 for days in histories], dtype=np.int64)
        days = np.fromiter(
            chain.from_iterable(days for days in histories if days), np.int64, int(sizes.sum())
        )
        owners = np.repeat(np.arange(len(sizes)), sizes)
        lately = days > today - YEAR
        counts = np.bincount(owners[lately], minlength=len(sizes))
        money = (np.asarray(values, dtype=float) for values in (revenue_180, last_revenue))
        return cls(days[lately], counts, *money)

    def __len__(self):
        return len(self.counts)

    def take(self, rows) -> "RecentPurchases":
        """Return the chosen customers.

        :param rows: positions, or a mask
        """
        counts = self.counts[rows]
        starts = (np.cumsum(self.counts) - self.counts)[rows]
        inner = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        return RecentPurchases(
            self.days[np.repeat(starts, counts) + inner],
            counts,
            self.revenue_180[rows],
            self.last_revenue[rows],
        )

    def count_between(self, after: int, until: int) -> np.ndarray:
        """Return how many purchases each customer made later than a day, and up to another."""
        inside = np.zeros(len(self.days) + 1)
        np.cumsum((self.days > after) & (self.days <= until), out=inside[1:])
        ends = np.cumsum(self.counts)
        return inside[ends] - inside[ends - self.counts]
