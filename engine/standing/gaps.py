"""Gaps between the purchase occasions of customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

# A won-back customer is one who returned within this many days.
MAX_WON_BACK_DAYS = 180


@dataclass(frozen=True)
class GapSummary:
    """Days between successive occasions of one customer; ``None`` without a repeat purchase."""

    count: int
    mean: float | None
    p80: float | None
    p95: float | None
    recent_longest: int | None


@dataclass(frozen=True)
class GapTable:
    """The gaps of many customers in days, ascending for each.

    ``owners``: positions of the customers; ``counts``: how many gaps each of them has;
    ``recent_longest``: the longest that ended lately, NaN without one.
    """

    owners: np.ndarray
    gaps: np.ndarray
    counts: np.ndarray
    recent_longest: np.ndarray

    @classmethod
    def of(cls, histories: Sequence[Sequence[int] | None], today: int) -> "GapTable":
        """Build from the ordinals of the distinct occasion days of each customer, ascending.

        :param today: ordinal of the reference day; lately is within :data:`MAX_WON_BACK_DAYS`
        """
        sizes = np.array([len(days) if days else 0 for days in histories], dtype=np.int64)
        days = np.fromiter(
            chain.from_iterable(days for days in histories if days), np.int64, int(sizes.sum())
        )
        owners = np.repeat(np.arange(len(sizes)), sizes)
        inner = np.flatnonzero(np.diff(owners) == 0)
        gaps, owners, ends = days[inner + 1] - days[inner], owners[inner], days[inner + 1]
        longest = np.full(len(sizes), -np.inf)
        recent = ends >= today - MAX_WON_BACK_DAYS
        np.maximum.at(longest, owners[recent], gaps[recent])
        order = np.lexsort((gaps, owners))
        return cls(
            owners[order],
            gaps[order],
            np.bincount(owners, minlength=len(sizes)),
            np.where(np.isinf(longest), np.nan, longest),
        )

    def get_means(self) -> np.ndarray:
        """Return the mean gap of each customer, NaN without one."""
        sums = np.bincount(self.owners, self.gaps, len(self.counts))
        return np.divide(
            sums, self.counts, out=np.full(len(self.counts), np.nan), where=self.counts > 0
        )

    def get_quantiles(self, probability: float) -> np.ndarray:
        """Return a quantile of each customer's gaps by linear interpolation, NaN without one.

        Like ``percentile_cont``.

        :param probability: 0 (the least) to 1 (the greatest)
        """
        found = np.full(len(self.counts), np.nan)
        known = np.flatnonzero(self.counts)
        first = (np.cumsum(self.counts) - self.counts)[known]
        last = self.counts[known] - 1
        place = probability * last
        below = place.astype(np.int64)
        low = self.gaps[first + below]
        high = self.gaps[first + np.minimum(below + 1, last)]
        found[known] = low + (place - below) * (high - low)
        return found


def summarise_gaps(days: Sequence[int], today: int) -> GapSummary:
    """Summarise the gaps between the occasion days of one customer.

    :param days: ordinals of the distinct occasion days, ascending
    :param today: ordinal of the reference day
    :return: mean, 80 % and 95 % quantiles in days, and the longest gap that ended within
        :data:`MAX_WON_BACK_DAYS`
    """
    table = GapTable.of([days], today)
    if not table.counts[0]:
        return GapSummary(0, None, None, None, None)
    longest = table.recent_longest[0]
    return GapSummary(
        count=int(table.counts[0]),
        mean=float(table.get_means()[0]),
        p80=float(table.get_quantiles(0.80)[0]),
        p95=float(table.get_quantiles(0.95)[0]),
        recent_longest=None if np.isnan(longest) else int(longest),
    )


def get_weighted_quantiles(
    counts: dict[int, int], probabilities: Sequence[float]
) -> list[float] | None:
    """Return quantiles of a population by linear interpolation, like ``percentile_cont``.

    :param counts: value -> how often it occurs
    :return: ``None`` of an empty population
    """
    if not counts:
        return None
    values = np.array(sorted(counts), dtype=float)
    until = np.cumsum([counts[value] for value in sorted(counts)])
    place = np.asarray(probabilities, dtype=float) * (until[-1] - 1)
    below = np.floor(place)
    low = values[np.searchsorted(until, below, side="right")]
    high = values[np.searchsorted(until, np.minimum(below + 1, until[-1] - 1), side="right")]
    return (low + (place - below) * (high - low)).tolist()
