"""Instalments of the past: when due, when their last money came, and when it is known."""

from dataclasses import dataclass

import numpy as np

# Delays beyond say that somebody forgot, not how long it takes.
LEAST_DELAY, MOST_DELAY = -30.0, 90.0
COLUMNS = (
    *("customers", "issued", "due", "ended", "paid", "amounts"),
    *("complaint_days", "dispute_days"),
)


@dataclass(frozen=True)
class Instalments:
    """One row per instalment, in an order that does not depend on the one they came in.

    ``ended``: day of the last money (``paid``), or of the write-off (not ``paid``); NaN while open.
    ``complaint_days``, ``dispute_days``: since when a complaint of the customer, or about the
    invoice, was open between its day and the due date (or the payment, if that came first); NaN
    without one.
    """

    customers: np.ndarray
    issued: np.ndarray
    due: np.ndarray
    ended: np.ndarray
    paid: np.ndarray
    amounts: np.ndarray
    complaint_days: np.ndarray
    dispute_days: np.ndarray

    @classmethod
    def of(cls, customers, issued, due, ended, paid, amounts, complaining=None, disputed=None):
        """Return instalments from sequences of any kind, ``None`` for not known.

        Rows without customer, day or due date are left out; a due date before the issue counts
        as the day of issue, money before it as money of that day.

        :param complaining, disputed: the day since when, or whether there was one the day before
        """
        numbers = [
            np.array([np.nan if value is None else value for value in values], dtype=float)
            for values in (customers, issued, due, ended, amounts)
        ]
        who, issued, due, ended, amounts = numbers
        known = np.isfinite(who) & np.isfinite(issued) & np.isfinite(due)
        amounts = np.where(np.isfinite(amounts), np.abs(amounts), 0.0)
        due, ended = np.fmax(due, issued), np.where(np.isnan(ended), np.nan, np.fmax(ended, issued))
        paid = np.array(paid, dtype=bool) & np.isfinite(ended)
        told = [_get_days(values, issued) for values in (complaining, disputed)]
        columns = (who, issued, due, ended, paid, amounts, *told)
        order = np.lexsort((*reversed(told), amounts, paid, ended, due, issued, who))
        order = order[known[order]]
        who, *others = (column[order] for column in columns)
        return cls(who.astype(np.int64), *others)

    def __len__(self):
        return len(self.customers)

    def take(self, rows) -> "Instalments":
        """Return some of the instalments: ascending positions, or a mask."""
        return Instalments(*(getattr(self, name)[rows] for name in COLUMNS))

    def as_of(self, day) -> "Instalments":
        """Return what was known on a day, before its own money: later endings are still open."""
        then = self.take(self.issued < day)
        ended = np.where(then.ended < day, then.ended, np.nan)
        columns = [getattr(then, name) for name in COLUMNS]
        columns[3], columns[4] = ended, then.paid & np.isfinite(ended)
        columns[6:] = (np.where(days < day, days, np.nan) for days in columns[6:])
        return Instalments(*columns)

    @property
    def complaining(self) -> np.ndarray:
        """Whether a complaint was open before the due date; known only once that is past."""
        return np.isfinite(self.complaint_days)

    @property
    def disputed(self) -> np.ndarray:
        """Whether a complaint about the invoice was; known only once the due date is past."""
        return np.isfinite(self.dispute_days)

    @property
    def told_at_issue(self) -> tuple[np.ndarray, np.ndarray]:
        """Whether the customer was complaining, and about it, in the morning of its own day."""
        return self.complaint_days < self.issued, self.dispute_days < self.issued

    @property
    def late(self) -> np.ndarray:
        """Whether money was still missing after the due date; means nothing before it is known."""
        return ~(self.ended <= self.due)

    @property
    def told(self) -> np.ndarray:
        """The first day on which it counts whether it was paid late: the one after the due date.

        Also of what was paid early: else those who pay early would be known first, and all would
        look better than they are. Written off before it was due: never (inf).
        """
        return np.where(~self.late & ~self.paid, np.inf, self.due + 1)

    @property
    def delays(self) -> np.ndarray:
        """Days from the due date to the last money; NaN where none closed it."""
        return np.where(self.paid, self.ended - self.due, np.nan)

    @property
    def bounded_delays(self) -> np.ndarray:
        """Delays for means: −30 to 90 days."""
        return np.clip(self.delays, LEAST_DELAY, MOST_DELAY)


class OwnSums:
    """Sums over what each customer did until a day, what is older counting less.

    Exact recursion from one event to the next: sum · 2^(−days / half-life) + value.
    """

    def __init__(self, customers, days, values, half_life=np.inf):
        """Take events in any order; those without a finite day or value are left out."""
        known = np.isfinite(days) & np.isfinite(values)
        customers, days, values = customers[known], days[known], values[known]
        order = np.lexsort((values, days, customers))
        self.rate = np.log(2) / half_life
        self.customers, self.days, values = customers[order], days[order], values[order]
        self.names, starts, counts = np.unique(
            self.customers, return_index=True, return_counts=True
        )
        sums = values.copy()
        longest_first = np.argsort(-counts, kind="stable")
        alive = len(longest_first)
        sorted_counts = counts[longest_first]
        for place in range(1, counts.max(initial=0)):
            alive = np.searchsorted(-sorted_counts[:alive], -place, side="left")
            rows = starts[longest_first[:alive]] + place
            gaps = self.days[rows] - self.days[rows - 1]
            sums[rows] += sums[rows - 1] * np.exp(-self.rate * gaps)
        self.sums = sums
        self.starts = starts

    def at(self, customers, days):
        """Return the sum of each customer over events up to a day, that day included."""
        found = np.zeros(len(customers))
        if not len(self.names) or not len(found):
            return found
        low = min(self.days.min(), np.min(days))
        span = max(self.days.max(), np.max(days)) - low + 1
        place = np.searchsorted(self.names, customers)
        place = np.minimum(place, len(self.names) - 1)
        known = self.names[place] == customers
        codes = np.repeat(np.arange(len(self.names)), np.diff([*self.starts, len(self.customers)]))
        keys = codes * span + (self.days - low)
        rows = np.searchsorted(keys, place * span + (days - low), side="right") - 1
        known &= rows >= self.starts[place]
        rows = rows[known]
        ages = np.asarray(days, dtype=float)[known] - self.days[rows]
        found[known] = self.sums[rows] * np.exp(-self.rate * ages)
        return found


def _get_days(values, issued):
    """Return ordinals since when; of mere flags the day before the issue; NaN for none."""
    if values is None:
        return np.full(len(issued), np.nan)
    values = np.array([np.nan if value is None else value for value in values])
    if values.dtype == bool:
        return np.where(values, issued - 1, np.nan)
    return values.astype(float)
