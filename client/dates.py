"""Dates and times as the exports of different installations write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import jalali
from .errors import InvalidInput
from .values import FIRST_YEAR, LAST_YEAR, ascii_digits

ORDERS = ("auto", "ymd", "dmy", "mdy")
CALENDARS = ("auto", "jalali", "gregorian")
MOMENT = re.compile(
    r"(\d{1,4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,4})"
    r"(?:(?:\s*[T,،]\s*|\s+)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?"
    r"\s*(am|pm|ق\.?\s?ظ\.?|ب\.?\s?ظ\.?)?\s*(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)


class DateReader:
    """Reads ``1403/05/12``, ``۱۴۰۳/۰۵/۱۲ ۱۴:۳۰``, ``2024-08-02 10:00:00``, ``08/02/2024 10:00 am``.

    A year from 1300 to 1500 is Jalali. Whether a date that ends in its year begins with the
    day or the month is learned from the whole file, since one date alone often fits both.
    """

    def __init__(self, order: str = "auto", calendar: str = "auto", zone: str = "UTC") -> None:
        """
        :param order: one of ORDERS
        :param calendar: one of CALENDARS; other than ``auto`` it rejects the other calendar
        :param zone: time zone of times without one, e.g. ``Asia/Tehran``
        :raises InvalidInput: one of them is unknown
        """
        if order not in ORDERS:
            raise InvalidInput(f"dates.order: {order!r} is none of {', '.join(ORDERS)}")
        if calendar not in CALENDARS:
            raise InvalidInput(f"dates.calendar: {calendar!r} is none of {', '.join(CALENDARS)}")
        try:
            self.zone = timezone.utc if zone == "UTC" else ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InvalidInput(f"dates.time_zone: {zone!r} is no known time zone") from None
        self.order = order
        self.calendar = calendar
        self._day_first = self._month_first = self._either = 0
        self._hint = (0, 0)

    def learn(self, text: str) -> None:
        """Take one cell of the file into account."""
        match = MOMENT.fullmatch(ascii_digits(text).strip())
        if match and len(match[3]) == 4:
            first, second = int(match[1]), int(match[2])
            self._day_first += first > 12 >= second
            self._month_first += second > 12 >= first
            self._either += first <= 12 and second <= 12 and first != second

    @property
    def evidence(self) -> tuple[int, int]:
        """How many dates of the file fit only day first, and only month first."""
        return self._day_first, self._month_first

    def follow(self, day_first: int, month_first: int) -> None:
        """What the other files of the export tell; it counts where this one tells nothing."""
        self._hint = (day_first, month_first)

    @property
    def year_last_order(self) -> str:
        """``dmy`` or ``mdy``: told by the mapping, else learned, else day first."""
        if self.order in ("dmy", "mdy"):
            return self.order
        day_first, month_first = self._counted()
        return "mdy" if month_first > day_first else "dmy"

    @property
    def doubt(self) -> str:
        """Why dates of the file may have been read wrongly; empty when they may not."""
        day_first, month_first = self._counted()
        if self.order != "auto" or not self._either or bool(day_first) != bool(month_first):
            return ""
        way = "day" if self.year_last_order == "dmy" else "month"
        return (
            f"{self._either:,} dates fit day/month and month/day and were read {way} first: "
            "say dates.order in the mapping if that is wrong"
        )

    def moment(self, text: str) -> datetime:
        """The moment in a cell, in UTC without a zone; noon of its place for a bare day.

        :raises ValueError: not a date, or no such day
        """
        match = MOMENT.fullmatch(ascii_digits(text).strip())
        if not match:
            raise ValueError(f"not a date: {text!r}")
        day = self._day(match, text)
        try:
            clock = _clock(match)
            local = datetime.combine(day, time(12) if clock is None else clock)
        except ValueError:
            raise ValueError(f"not a time: {text!r}") from None
        zone = _offset(match[8]) if match[8] else self.zone
        return local.replace(tzinfo=zone).astimezone(timezone.utc).replace(tzinfo=None)

    def day(self, text: str) -> date:
        """The day in a cell, as it is written there.

        :raises ValueError: not a date, or no such day
        """
        match = MOMENT.fullmatch(ascii_digits(text).strip())
        if not match:
            raise ValueError(f"not a date: {text!r}")
        return self._day(match, text)

    def _counted(self) -> tuple[int, int]:
        return self.evidence if any(self.evidence) else self._hint

    def _day(self, match: re.Match[str], text: str) -> date:
        first, second, third = (int(match[i]) for i in (1, 2, 3))
        if len(match[1]) == 4:
            year, month, day = first, second, third
        elif len(match[3]) == 4:
            dmy = self.year_last_order == "dmy"
            year, month, day = (third, second, first) if dmy else (third, first, second)
        else:
            raise ValueError(f"year with four digits expected: {text!r}")
        try:
            found = self._dated(year, month, day)
        except ValueError:
            raise ValueError(f"no such day: {text!r}") from None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError(f"not a usable date: {text!r}")
        return found

    def _dated(self, year: int, month: int, day: int) -> date:
        is_jalali = jalali.FIRST_YEAR <= year <= jalali.LAST_YEAR
        if self.calendar != "auto" and is_jalali != (self.calendar == "jalali"):
            raise ValueError("the other calendar")
        return jalali.to_gregorian(year, month, day) if is_jalali else date(year, month, day)


def _clock(match: re.Match[str]) -> time | None:
    """The time of day, None without one."""
    if match[4] is None:
        return None
    hour, half = int(match[4]), (match[7] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("hour of half a day")
        hour = hour % 12 + (12 if half[0] in "pب" else 0)
    return time(hour, int(match[5]), int(match[6] or 0))


def _offset(text: str) -> timezone:
    if text in "Zz":
        return timezone.utc
    return datetime.strptime(text.replace(":", ""), "%z").tzinfo  # type: ignore[return-value]
