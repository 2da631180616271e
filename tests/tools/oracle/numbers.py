"""Exact numbers of the naive oracles."""

from decimal import Decimal
from fractions import Fraction


def quantile(values, share):
    """Linear interpolation between the sorted values, in exact fractions."""
    ordered = sorted(values)
    place = Fraction(share) * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def exact(number):
    """Turn a float the ORM read from a column of the database into the decimal it stands for."""
    return Decimal(repr(number)) if number else Decimal(0)
