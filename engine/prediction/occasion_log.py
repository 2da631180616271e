"""All purchase days of all customers, from which the facts as of any past day are read."""

from dataclasses import dataclass, replace

import numpy as np

from ..numerics import MONEY_UNIT, Traits, drop_dust
from .customer_facts import CustomerFacts
from .recent_purchases import HALF_YEAR, YEAR, RecentPurchases


@dataclass(frozen=True)
class OccasionLog:
    """One row per customer and day with money on it, sorted by customer and day.

    ``customers``: position in ``keys``. ``bought``: the day is an occasion; other days (credit
    notes) only change money. ``traits``: what the customers are, in the order of ``keys``.
    """

    keys: np.ndarray
    customers: np.ndarray
    days: np.ndarray
    revenues: np.ndarray
    profits: np.ndarray
    bought: np.ndarray
    traits: Traits | None = None

    @classmethod
    def of(
        cls, customers, days, revenues, profits=None, *, with_free=False, unit=MONEY_UNIT
    ) -> "OccasionLog":
        """Merge any rows (invoices, lines, …) by customer and day; an occasion has revenue > 0.

        The order of the rows makes no difference, not in the last bit either.

        :param customers: integers or texts; ``days``: ordinals
        :param profits: revenue stands in for it if not given
        :param unit: smallest of the currency; totals below half of it are nothing
        :param with_free: a day on which everything was free, and nothing credited, counts as well
        """
        revenues = np.asarray(revenues, dtype=float)
        profits = revenues if profits is None else np.asarray(profits, dtype=float)
        usable = np.isfinite(revenues) & np.isfinite(profits)
        keys, codes = np.unique(np.asarray(customers)[usable], return_inverse=True)
        days = np.asarray(days)[usable].astype(np.int64)
        revenues, profits = revenues[usable], profits[usable]
        # By size within a day: a sum of floats depends on the order of its parts.
        order = np.lexsort((profits, revenues, days, codes))
        codes, days, revenues, profits = (
            column[order] for column in (codes, days, revenues, profits)
        )
        starts = np.flatnonzero(_differs(codes, days))
        totals = drop_dust(_sum(revenues, starts), unit)
        bought = totals > 0
        if with_free and len(starts):
            bought |= (totals == 0) & (revenues[starts] == 0)
        profits = drop_dust(_sum(profits, starts), unit)
        return cls(keys, codes[starts], days[starts], totals, profits, bought)

    def __len__(self):
        return len(self.days)

    @property
    def first_day(self) -> int | None:
        """The first day with a purchase, ``None`` without one."""
        bought = self.days[self.bought]
        return int(bought.min()) if len(bought) else None

    def with_traits(self, traits: Traits | None) -> "OccasionLog":
        """Return the same log with what is known of its customers, in the order of ``keys``."""
        return replace(self, traits=traits)

    def sample(self, limit: int) -> "OccasionLog":
        """Return every n-th customer, so that there are at most so many: no chance in it."""
        step = -(-len(self.keys) // limit)
        if step <= 1:
            return self
        rows = self.customers % step == 0
        return OccasionLog(
            self.keys[::step],
            self.customers[rows] // step,
            self.days[rows],
            self.revenues[rows],
            self.profits[rows],
            self.bought[rows],
            self.traits and self.traits.take(slice(None, None, step)),
        )

    def as_of(self, today: int, *, recent: bool = True) -> CustomerFacts:
        """Return the facts of everybody who had bought by the end of that day; nothing later.

        :param today: ordinal; the keys of the facts are positions in ``keys``
        :param recent: with what they did lately; scoring needs it, fitting a process does not
        """
        seen = np.flatnonzero(self.days <= today)
        customers, days = self.customers[seen], self.days[seen]
        revenues, profits = self.revenues[seen], self.profits[seen]
        is_occasion = self.bought[seen]
        size = len(self.keys)
        count = np.bincount(customers[is_occasion], minlength=size)
        rows = np.flatnonzero(count)
        ends = np.cumsum(count[rows])
        return CustomerFacts.of(
            today,
            count[rows],
            days[is_occasion][ends - count[rows]],
            days[is_occasion][ends - 1],
            np.bincount(customers, revenues, size)[rows],
            np.bincount(customers, profits, size)[rows],
            np.bincount(customers, profits**2, size)[rows],
            keys=rows,
            log_gaps=self._get_log_gaps(seen[is_occasion])[rows],
            recent=self._get_recent(today, seen, is_occasion, rows) if recent else None,
            traits=self.traits and self.traits.as_of(today).take(rows),
        )

    def get_outcome(self, facts: CustomerFacts, horizon: int) -> "Outcome":
        """Return what these customers did within the horizon (days) after the day of the facts.

        :param facts: of :meth:`as_of`, whose keys are positions
        """
        within = (self.days > facts.today) & (self.days <= facts.today + horizon)
        bought = within & self.bought
        size = len(self.keys)
        purchases = np.bincount(self.customers[bought], minlength=size)
        starts = (np.cumsum(purchases) - purchases)[purchases > 0]
        next_day = np.full(size, -1)
        next_day[purchases > 0] = self.days[bought][starts]
        profit = np.bincount(self.customers[within], self.profits[within], size)
        return Outcome(purchases[facts.keys], profit[facts.keys], next_day[facts.keys])

    def _get_recent(self, today, seen, is_occasion, rows):
        size = len(self.keys)
        lately = seen[self.days[seen] > today - HALF_YEAR]
        revenue = np.bincount(self.customers[lately], self.revenues[lately], size)
        bought = seen[is_occasion]
        last = np.zeros(size, dtype=np.int64)
        last[self.customers[bought]] = bought  # the last one of a customer stays
        bought = bought[self.days[bought] > today - YEAR]
        counts = np.bincount(self.customers[bought], minlength=size)
        return RecentPurchases(
            self.days[bought], counts[rows], revenue[rows], self.revenues[last[rows]]
        )

    def _get_log_gaps(self, rows):
        customers, days = self.customers[rows], self.days[rows]
        same = np.diff(customers) == 0
        gaps = np.log(np.maximum(np.diff(days)[same], 1))
        return np.bincount(customers[1:][same], gaps, len(self.keys))


@dataclass(frozen=True)
class Outcome:
    """What happened within a horizon, one row per customer of the facts.

    ``purchases``: occasions; ``profit``: company currency; ``next_day``: ordinal of the next
    occasion, -1 for none.
    """

    purchases: np.ndarray
    profit: np.ndarray
    next_day: np.ndarray


def _differs(codes, days):
    if not len(codes):
        return np.zeros(0, dtype=bool)
    return np.r_[True, (np.diff(codes) != 0) | (np.diff(days) != 0)]


def _sum(values, starts):
    return np.add.reduceat(values, starts) if len(starts) else values[:0]
