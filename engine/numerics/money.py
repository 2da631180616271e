"""Sums of money in which the order of the rows leaves no trace, and what a sum of nothing is.

A day credited in full leaves 1e-15 of binary fractions: less than half the smallest unit of the
currency is nothing. Added up by size, rows give the same bits in whatever order they come.
"""

import numpy as np

MONEY_UNIT = 0.01
# Of files: smallest units that are looked for, the coarsest first; and how many amounts show it.
FILE_UNITS = (0.01, 0.001, 0.0001)
MIN_IN_UNIT = 0.99
AMOUNTS_AT_ONCE = 1_000_000


def drop_dust(amounts, unit: float = MONEY_UNIT) -> np.ndarray:
    """Return amounts with zero for what is below half the smallest unit, either way."""
    amounts = np.asarray(amounts, dtype=float)
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(amounts) < unit / 2, 0.0, amounts)


def sum_by_code(codes, amounts, size: int) -> np.ndarray:
    """Return the sum of the amounts of each code from 0 to size - 1, whatever their order."""
    codes, amounts = np.asarray(codes, dtype=np.int64), np.asarray(amounts, dtype=float)
    order = np.lexsort((amounts, codes))
    return np.bincount(codes[order], amounts[order], size)


def get_money_unit(amounts) -> float:
    """Return the smallest unit of amounts: a cent, unless they are written with more decimals.

    All of them are looked at: of the first ones it would depend on the order of the rows.
    """
    amounts = np.asarray(amounts, dtype=float)
    known, whole = 0, dict.fromkeys(FILE_UNITS, 0)
    for begin in range(0, len(amounts), AMOUNTS_AT_ONCE):
        part = np.abs(amounts[begin : begin + AMOUNTS_AT_ONCE])
        part = part[np.isfinite(part)]
        known += len(part)
        for unit in FILE_UNITS:
            parts = part / unit
            whole[unit] += int((np.abs(parts - np.rint(parts)) < 1e-6 * (1 + parts)).sum())
    units = [unit for unit in FILE_UNITS if known and whole[unit] >= MIN_IN_UNIT * known]
    return units[0] if units else MONEY_UNIT
