"""What a prediction is made from: a few totals per customer as of one day."""

from dataclasses import dataclass

import numpy as np

from ..numerics import Traits
from .process_history import ProcessHistory
from .recent_purchases import RecentPurchases


@dataclass(frozen=True)
class CustomerFacts:
    """Arrays of one length, as of the end of the day ``today`` (an ordinal).

    ``occasions``: days with a purchase. ``revenue``, ``profit``: since the first, credit notes
    deducted. ``profit_squares``: Σ of squared profits by day. ``log_gaps``: Σ ln of the gaps in
    days, only needed for fitting. ``keys``: whose numbers these are. ``recent``: what they did
    lately, ``traits``: what they are; ``None`` if that is not known: the prediction then does
    without.
    """

    today: int
    keys: np.ndarray
    occasions: np.ndarray
    first_days: np.ndarray
    last_days: np.ndarray
    revenue: np.ndarray
    profit: np.ndarray
    profit_squares: np.ndarray
    log_gaps: np.ndarray
    recent: RecentPurchases | None = None
    traits: Traits | None = None

    @classmethod
    def of(
        cls,
        today,
        occasions,
        first_days,
        last_days,
        revenue,
        profit=None,
        profit_squares=None,
        *,
        keys=None,
        log_gaps=None,
        recent: RecentPurchases | None = None,
        traits: Traits | None = None,
    ) -> "CustomerFacts":
        """Build from anything that converts to numbers; what is not given is NaN or derived.

        Without ``profit`` revenue stands in for it; without ``profit_squares`` all purchases of a
        customer are taken as equal.

        :param today: ordinal of the day; ``first_days``, ``last_days``: ordinals of first and last
            occasion
        :raise ValueError: when the arrays differ in length
        """
        count = np.atleast_1d(np.asarray(occasions, dtype=float))
        revenue = _numbers(revenue)
        profit = revenue if profit is None else _numbers(profit)
        if profit_squares is None:
            profit_squares = profit**2 / np.maximum(count, 1)
        arrays = {
            "keys": np.arange(len(count)) if keys is None else np.asarray(keys),
            "occasions": count,
            "first_days": _numbers(first_days),
            "last_days": _numbers(last_days),
            "revenue": revenue,
            "profit": profit,
            "profit_squares": _numbers(profit_squares),
            "log_gaps": np.full(len(count), np.nan) if log_gaps is None else _numbers(log_gaps),
        }
        lengths = {len(array) for array in arrays.values()}
        if len(lengths | (set() if recent is None else {len(recent)})) != 1:
            raise ValueError("all facts must be arrays of one length")
        return cls(today=int(today), recent=recent, traits=traits, **arrays)

    def __len__(self):
        return len(self.occasions)

    def take(self, rows) -> "CustomerFacts":
        """Return the chosen customers.

        :param rows: positions, or a mask
        """
        others = ("today", "recent", "traits")
        arrays = {n: v[rows] for n, v in vars(self).items() if n not in others}
        recent = None if self.recent is None else self.recent.take(rows)
        traits = None if self.traits is None else self.traits.take(rows)
        return CustomerFacts(today=self.today, recent=recent, traits=traits, **arrays)

    @property
    def history(self) -> ProcessHistory:
        """Repeats, time from first to last, and from first to today, in days."""
        return ProcessHistory.of(
            self.occasions - 1, self.last_days - self.first_days, self.today - self.first_days
        )

    @property
    def pause(self) -> np.ndarray:
        """Days since the last occasion."""
        return self.today - self.last_days


def _numbers(values):
    return np.atleast_1d(np.asarray(values, dtype=float))
