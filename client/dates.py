"""Reading dates: one format for a file, or cell by cell; Gregorian or Jalali. Pure functions.

The loader of sales and the back-test look for the one format that reads a column
(:func:`guess_date_format`, :func:`parse_date`). Exports of a CRM mix their ways of writing, so
:class:`DateReader` reads every cell by itself and only learns whether days or months come first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import jalali
from .errors import InvalidInput
from .values import ascii_digits

FIRST_YEAR, LAST_YEAR = 1970, 2100  # Gregorian; outside of them nothing was sold or written down
ORDERS = ("auto", "ymd", "dmy", "mdy")
CALENDARS = ("auto", "jalali", "gregorian")
NOON = time(12)
MOMENT = re.compile(
    r"(\d{1,4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,4})"
    r"(?:(?:\s*[T,،]\s*|\s+)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?"
    r"\s*(am|pm|ق\.?\s?ظ\.?|ب\.?\s?ظ\.?)?\s*(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)

# Tried in this order; of those that read equally many dates, the first one counts.
DATE_FORMATS = (
    "iso",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y",
    "%d-%m-%Y %H:%M",
    "%m/%d/%y",
    "%m/%d/%y %H:%M",
    "%Y%m%d",
)
# Besides: names of months, and two-digit years; for whoever looks at the result.
WIDE_FORMATS = (
    *DATE_FORMATS,
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d/%b/%Y",
    "%d %B %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d/%m/%y",
    "%d.%m.%y",
    "%Y.%m.%d",
    "%Y-%m-%d",
    "%m-%d-%Y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%Y%m%d%H%M",
    "%Y%m%d%H%M%S",
)


@lru_cache(maxsize=100_000)
def parse_date(text: str, date_format: str = "iso", calendar: str = "gregorian") -> datetime:
    """The moment in a cell, without a time zone; midnight for a bare day.

    :param date_format: ``iso`` or a ``strptime`` format
    :param calendar: ``auto`` also reads what is surely Jalali, with a year of four digits from
        1300 to 1500; where the year comes last, the format tells whether the month comes first
    :raises ValueError: written in another way, no such day, or a year before 1970 or after 2100
    """
    plain = ascii_digits(text).strip()
    try:
        moment = _in_format(plain, date_format)
    except ValueError:
        moment = None
    if calendar == "auto" and (moment is None or moment.year < FIRST_YEAR):
        with suppress(ValueError):
            moment = _in_jalali(plain, "mdy" if date_format.startswith("%m") else "dmy")
    if moment is None:
        raise ValueError(f"not a date: {text!r}")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"not a usable date: {text!r}")
    return moment


def guess_date_format(
    texts: Iterable[str],
    formats: Sequence[str] = DATE_FORMATS,
    parse: Callable[[str, str, str], object] = parse_date,
) -> str:
    """The format that reads most of these dates, the first of several (day first if all fit).

    Jalali dates count only where no format reads a single Gregorian one.

    :param parse: called with text, format and calendar; raises ValueError if it cannot read
    """
    sample = [text for text in texts if text.strip()]
    for calendar in ("gregorian", "auto"):
        best, best_count = "iso", 0
        for candidate in formats:
            count = sum(_can(parse, text, candidate, calendar) for text in sample)
            if count > best_count:
                best, best_count = candidate, count
            if count == len(sample):
                break
        if best_count:
            break
    return best


def moment_text(moment: datetime) -> str:
    """The moment as Odoo's datetime fields take it.

    A day without a time is put at noon, so that it is the same day in every time zone.
    """
    if moment.time() == time():
        moment = datetime.combine(moment, NOON)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


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
        self._fallback_evidence = (0, 0)

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

    def set_fallback_evidence(self, day_first: int, month_first: int) -> None:
        """What the other files of the export tell; it counts where this one tells nothing."""
        self._fallback_evidence = (day_first, month_first)

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
            local = datetime.combine(day, NOON if clock is None else clock)
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
        return self.evidence if any(self.evidence) else self._fallback_evidence

    def _day(self, match: re.Match[str], text: str) -> date:
        try:
            year, month, day = _year_month_day(match, self.year_last_order)
        except ValueError as error:
            raise ValueError(f"{error}: {text!r}") from None
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


def _can(
    parse: Callable[[str, str, str], object], text: str, date_format: str, calendar: str
) -> bool:
    try:
        parse(text, date_format, calendar)
    except ValueError:
        return False
    return True


def _in_format(plain: str, date_format: str) -> datetime:
    """A moment in ``iso`` or a ``strptime`` format, of whatever year, in the zone it is told in."""
    if date_format == "iso":
        moment = datetime.fromisoformat(plain.replace("Z", ""))
    else:
        moment = datetime.strptime(plain, date_format)
    return moment.replace(tzinfo=None, microsecond=0)


def _in_jalali(plain: str, year_last_order: str) -> datetime:
    """A moment with a Jalali day; its own zone is left out as in other formats."""
    match = MOMENT.fullmatch(plain)
    if not match:
        raise ValueError("not a date")
    day = jalali.to_gregorian(*_year_month_day(match, year_last_order))
    return datetime.combine(day, _clock(match) or time())


def _year_month_day(match: re.Match[str], year_last_order: str) -> tuple[int, int, int]:
    """The numbers of a MOMENT in order; the year is the one with four digits."""
    first, second, third = (int(match[i]) for i in (1, 2, 3))
    if len(match[1]) == 4:
        return first, second, third
    if len(match[3]) != 4:
        raise ValueError("year with four digits expected")
    return (third, second, first) if year_last_order == "dmy" else (third, first, second)


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
