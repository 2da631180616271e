"""What the purchase process is fitted on: three numbers per customer, as arrays."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ProcessHistory:
    """Purchase histories as of one day; all three in arrays of one length, times in one unit.

    What a purchase process is fitted on: x, t_x and T of Fader, Hardie & Lee (2005). ``repeats``:
    occasions after the first. ``last``: time from first to last occasion. ``age``: time from first
    occasion to the day looked from.
    """

    repeats: np.ndarray
    last: np.ndarray
    age: np.ndarray

    @classmethod
    def of(cls, repeats, last, age) -> "ProcessHistory":
        """Build from anything that converts to numbers.

        :raise ValueError: when the lengths differ
        """
        arrays = [np.atleast_1d(np.asarray(values, dtype=float)) for values in (repeats, last, age)]
        if len({array.shape for array in arrays}) != 1 or arrays[0].ndim != 1:
            raise ValueError("repeats, last and age must be arrays of one length")
        return cls(*arrays)

    def __len__(self):
        return len(self.repeats)

    def is_valid(self) -> np.ndarray:
        """Tell which customers can be used: finite numbers, 0 <= last <= age, no half purchase."""
        x, last, age = self.repeats, self.last, self.age
        with np.errstate(invalid="ignore"):
            ordered = (x >= 0) & (last >= 0) & (last <= age) & ((x > 0) | (last == 0))
        finite = np.isfinite(x) & np.isfinite(last) & np.isfinite(age)
        return finite & ordered & (np.where(finite, x, 0) == np.floor(np.where(finite, x, 0)))

    def take(self, rows) -> "ProcessHistory":
        """Return the chosen customers.

        :param rows: positions, or a mask
        """
        return ProcessHistory(self.repeats[rows], self.last[rows], self.age[rows])

    def scaled(self, unit: float) -> "ProcessHistory":
        """Return the same customers with times in another unit.

        :param unit: length of the new unit in the present one, such as 7 from days to weeks
        """
        return ProcessHistory(self.repeats, self.last / unit, self.age / unit)

    def get_order(self) -> np.ndarray:
        """Return a sorting order that does not depend on the order of the customers."""
        return np.lexsort((self.repeats, self.last, self.age))


def group_histories(history: ProcessHistory) -> tuple[ProcessHistory, np.ndarray]:
    """Return the distinct histories, in order, and how many customers have each."""
    ordered = history.take(history.get_order())
    if not len(ordered):
        return ordered, np.zeros(0)
    differs = np.zeros(len(ordered), dtype=bool)
    for values in (ordered.repeats, ordered.last, ordered.age):
        differs[1:] |= np.diff(values) != 0
    starts = np.flatnonzero(np.r_[True, differs[1:]])
    return ordered.take(starts), np.diff(np.r_[starts, len(ordered)]).astype(float)


def sample_histories(history: ProcessHistory, limit: int) -> ProcessHistory:
    """Return every n-th customer of the sorted ones: no chance in it, and all kinds are met."""
    if len(history) <= limit:
        return history
    rows = np.linspace(0, len(history) - 1, limit).astype(np.int64)
    return history.take(history.get_order()[rows])
