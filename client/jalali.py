"""The Jalali (Solar Hijri) calendar of Iran and Afghanistan. Pure functions.

Official leap years follow the spring equinox in Tehran. From 1178 to 1501 that is the same as the
33-year rule used here: in each cycle of 33 years, eight are leap, those of (8 y + 29) mod 33 < 8.
Source of rule and range: K. M. Borkowski, "The Persian calendar for 3000 years", Earth, Moon and
Planets 74 (1996), and the corrections table of ICU's persncal.cpp, whose first entry is 1502.
Only 1300 to 1500 are accepted: what a CRM holds.
"""

from __future__ import annotations

from datetime import date

FIRST_YEAR, LAST_YEAR = 1300, 1500
# Persian months, as Iran names them.
MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
MONTH_STARTS = (0, 31, 62, 93, 124, 155, 186, 216, 246, 276, 306, 336)
# Ordinal of 1 Farvardin 0; 1 Farvardin 1403 was 20 March 2024.
YEAR_ZERO = date(2024, 3, 20).toordinal() - (365 * 1403 + (8 * 1403 + 21) // 33)


def is_leap(year: int) -> bool:
    """Whether Esfand of this Jalali year has 30 days."""
    return (8 * year + 29) % 33 < 8


def month_days(year: int, month: int) -> int:
    """Number of days of a month."""
    if month <= 6:
        return 31
    return 30 if month < 12 or is_leap(year) else 29


def to_gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian date of a Jalali one.

    :raises ValueError: there is no such day, or the year is out of range
    """
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        raise ValueError(f"no Jalali date: {year}/{month}/{day}")
    if not 1 <= day <= month_days(year, month):
        raise ValueError(f"no Jalali date: {year}/{month}/{day}")
    return by_rule(year, month, day)


def by_rule(year: int, month: int, day: int) -> date:
    """The Gregorian date of a day that is known to be one, in any year.

    Before 1178 and after 1501 it may be a day off.
    """
    # Leap days before this year: each full 33 years bring eight, and so for every part of them.
    new_year = YEAR_ZERO + 365 * year + (8 * year + 21) // 33
    return date.fromordinal(new_year + MONTH_STARTS[month - 1] + day - 1)


def from_gregorian(day: date) -> tuple[int, int, int]:
    """Year, month and day in the Jalali calendar.

    In any year, as :func:`by_rule`.
    """
    passed = day.toordinal() - YEAR_ZERO
    # The last year whose first day, 365 years and the leap days before it, is not later.
    year = (33 * passed + 11) // 12053
    rest = passed - 365 * year - (8 * year + 21) // 33
    month, before = divmod(rest, 31) if rest < 186 else divmod(rest - 186, 30)
    return year, month + (1 if rest < 186 else 7), before + 1
