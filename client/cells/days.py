"""Dates as people and programs write them, with every day a cell may stand for. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from .. import jalali
from .months import GREGORIAN, JALALI, is_filler, month_of, split_era
from .signs import ARABIC_TO_PERSIAN, STRETCH, bare

FIRST_YEAR, LAST_YEAR = 1970, 2100  # Gregorian; outside of them nothing was sold or written down
# Excel counts days from here, and so names 1970-01-01 to 2100-12-31 by these numbers.
LONGEST = 80  # signs of a cell with a date
EXCEL_START = datetime(1899, 12, 30)
EXCEL_DAYS = range(25_569, 73_416)
PIVOT = {GREGORIAN: 69, JALALI: 50}  # two-digit years from here on are of the century before
CENTURY = {GREGORIAN: 2000, JALALI: 1400}
ORDERS = ("dmy", "mdy", "ymd")
# Persian keyboards have the Arabic decimal sign beside the digits, and \ in the place of /.
SIGN = r"(?:\s*[/.\-\\_·،٫\u2010\u2011\u2013\u2044\u2215\uff0f]\s*|\s+)"
NUMBERS = re.compile(rf"(\d{{1,4}}){SIGN}(\d{{1,2}}){SIGN}(\d{{1,4}})")
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(?:\.0)?")
SERIAL = re.compile(r"([2-7]\d{4})(?:[.,٫](\d+))?")
HALVES = r"am|pm|a\.m\.|p\.m\.|ق\.?\s?ظ\.?|ب\.?\s?ظ\.?|قبل از ظهر|بعد ?از ?ظهر|صبح|ظهر|عصر"
CLOCK = (
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?"
    rf"\s*({HALVES})?\s*(Z|[+-]\d{{2}}:?\d{{2}})?"
)
GAP = r"(?:\s*[T,،;؛|_]\s*|\s+[-–]\s+|\s*[-–:](?=\d{1,2}:)|\s+)(?:ساعت\s*:?\s*)?"
GAP_BEHIND = GAP.replace(r"(?=\d{1,2}:)", "", 1)
DAY_THEN_CLOCK = re.compile(rf"(.*?\S){GAP}{CLOCK}", re.IGNORECASE | re.DOTALL)
CLOCK_THEN_DAY = re.compile(
    rf"(?:ساعت\s*)?{CLOCK.replace('[:.]', ':', 1)}{GAP_BEHIND}(.*)", re.IGNORECASE
)
WORDS = re.compile(r"[^\W\d_]+|\d+")
ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th|ام|م)\b", re.IGNORECASE)


@dataclass(frozen=True)
class DateCell:
    """One cell, understood as far as it can be without its column.

    :param days: the day for each order of year, month and day that fits (``ymd``, ``dmy``,
        ``mdy``; with `` jalali`` behind it where a year of two digits leaves the calendar open),
        or just ``any`` where nothing is open
    :param calendar: ``jalali`` or ``gregorian``, empty where it is open
    :param clock: None for a bare day
    :param zone: None when the cell names none
    :param form: how it is written, in one word, for whoever looks
    """

    days: dict[str, date]
    calendar: str
    form: str
    clock: time | None = None
    zone: timezone | None = None

    @property
    def is_short(self) -> bool:
        """Whether the year has two digits only."""
        return self.form == "two-digit year"


@lru_cache(maxsize=100_000)
def read_date(text: str) -> DateCell:
    """What a cell says of a day: ``1403/05/12 14:30``, ``12 مرداد ۱۴۰۳``, ``45506``.

    :raises ValueError: not a date, no such day, or a year before 1970 or after 2100
    """
    plain = bare(text).translate(ARABIC_TO_PERSIAN).replace(STRETCH, "")
    if len(plain) > LONGEST:
        raise ValueError("not a date: too long")
    plain, era = split_era(plain)
    cell = _read_plain(plain, text)
    return _in_era(cell, era, text) if era else cell


def _in_era(cell: DateCell, era: str, text: str) -> DateCell:
    """The cell in the calendar that is named beside it.

    :raises ValueError: its year is none of that calendar
    """
    if era not in (JALALI, GREGORIAN):
        raise ValueError(f"a date of the lunar calendar is not read: {text!r}")
    if cell.calendar not in ("", era):
        raise ValueError(f"no such day: {text!r}")
    days = {w: day for w, day in cell.days.items() if w.endswith(JALALI) == (era == JALALI)}
    if not cell.calendar and not days:
        raise ValueError(f"no such day: {text!r}")
    return cell if cell.calendar else replace(cell, days=days, calendar=era)


def _read_plain(plain: str, text: str) -> DateCell:
    serial = SERIAL.fullmatch(plain)
    if serial and int(serial[1]) in EXCEL_DAYS:
        return _from_serial(serial)
    compact = COMPACT.fullmatch(plain)
    if compact:
        clock = _clock(*compact.group(4, 5, 6), None, text) if compact[4] else None
        return _single(compact[1], compact[2], compact[3], "compact", text, clock)
    day, clock, zone = _split_clock(plain, text)
    numbers = NUMBERS.fullmatch(day)
    if numbers:
        return _from_numbers(*numbers.groups(), text, clock, zone)
    return _from_words(day, text, clock, zone)


def _from_serial(match: re.Match[str]) -> DateCell:
    """Excel's number of a day, the time of day behind the decimal sign."""
    fraction = float(f"0.{match[2] or 0}")
    moment = EXCEL_START + timedelta(days=int(match[1]), seconds=round(fraction * 86_400))
    clock = moment.time() if match[2] and moment.time() != time() else None
    return DateCell({"any": moment.date()}, GREGORIAN, "Excel day number", clock)


def _split_clock(plain: str, text: str) -> tuple[str, time | None, timezone | None]:
    """The part that names the day, and the time of day before or behind it."""
    match = DAY_THEN_CLOCK.fullmatch(plain)
    if match:
        day, parts = match[1], match.groups()[1:]
    else:
        match = CLOCK_THEN_DAY.fullmatch(plain)
        if not match:
            return plain, None, None
        day, parts = match.groups()[-1], match.groups()[:-1]
    *clock, zone = parts
    return day.strip(), _clock(*clock, text), _zone(zone) if zone else None


def _clock(hour: str, minute: str, second: str | None, half: str | None, text: str) -> time:
    number = int(hour)
    half = (half or "").lower()
    if half:
        if not 1 <= number <= 12:
            raise ValueError(f"not a time: {text!r}")
        is_late = half[0] in "pبع" or half == "ظهر"
        number = number % 12 + (12 if is_late else 0)
    try:
        return time(number, int(minute), int(second or 0))
    except ValueError:
        raise ValueError(f"not a time: {text!r}") from None


def _zone(text: str) -> timezone:
    if text in "Zz":
        return timezone.utc
    return datetime.strptime(text.replace(":", ""), "%z").tzinfo  # type: ignore[return-value]


def _from_numbers(
    first: str, second: str, third: str, text: str, clock: time | None, zone: timezone | None
) -> DateCell:
    if len(first) == 4:
        return _single(first, second, third, "year first", text, clock, zone)
    if len(third) == 4:
        days = {
            "dmy": _day(int(third), int(second), int(first)),
            "mdy": _day(int(third), int(first), int(second)),
        }
        return _several(days, calendar_of(int(third)), "year last", text, clock, zone)
    days = {}
    for order in ORDERS:
        parts = dict(zip(order, (first, second, third), strict=True))
        if len(parts["y"]) == 2 and len(parts["m"]) < 3 and len(parts["d"]) < 3:
            for calendar in (GREGORIAN, JALALI):
                name = f"{order} {JALALI}" if calendar == JALALI else order
                year = full_year(int(parts["y"]), calendar)
                days[name] = _day(year, int(parts["m"]), int(parts["d"]))
    return _several(days, "", "two-digit year", text, clock, zone)


def _from_words(day: str, text: str, clock: time | None, zone: timezone | None) -> DateCell:
    """A day with the name of its month; of two numbers, the longer or the last is the year."""
    words = [w for w in WORDS.findall(ORDINAL.sub("", day)) if not is_filler(w)]
    months = [found for w in words if (found := month_of(w))]
    numbers = [w for w in words if w.isdigit()]
    if len(months) != 1 or len(numbers) != 2 or len(words) != 3:
        raise ValueError(f"not a date: {text!r}")
    number, year = numbers if len(numbers[0]) < 4 else reversed(numbers)
    month, calendar = months[0]
    if len(number) > 2 or len(year) not in (2, 4):
        raise ValueError(f"not a date: {text!r}")
    full = int(year) if len(year) == 4 else full_year(int(year), calendar)
    if calendar_of(full) != calendar:
        raise ValueError(f"no such day: {text!r}")
    found = {"any": _day(full, month, int(number))}
    return _several(found, calendar, "month by name", text, clock, zone)


def _single(
    year: str,
    month: str,
    day: str,
    form: str,
    text: str,
    clock: time | None,
    zone: timezone | None = None,
) -> DateCell:
    found = {"any": _day(int(year), int(month), int(day))}
    return _several(found, calendar_of(int(year)), form, text, clock, zone)


def _several(
    days: dict[str, date | None],
    calendar: str,
    form: str,
    text: str,
    clock: time | None,
    zone: timezone | None,
) -> DateCell:
    """The cell with the days that exist.

    :raises ValueError: none does
    """
    real = {order: day for order, day in days.items() if day}
    if not real:
        raise ValueError(f"{'no such day' if days else 'not a date'}: {text!r}")
    usable = {o: day for o, day in real.items() if FIRST_YEAR <= day.year <= LAST_YEAR}
    if not usable:
        raise ValueError(f"not a usable date: {text!r}")
    return DateCell(usable, calendar, form, clock, zone)


def calendar_of(year: int) -> str:
    """The calendar of a year of four digits."""
    is_jalali = jalali.FIRST_YEAR <= year <= jalali.LAST_YEAR
    return JALALI if is_jalali else GREGORIAN


def full_year(year: int, calendar: str) -> int:
    """The year that two digits mean."""
    return year + CENTURY[calendar] - (100 if year >= PIVOT[calendar] else 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        if calendar_of(year) == JALALI:
            return jalali.to_gregorian(year, month, day)
        return date(year, month, day)
    except ValueError:
        return None
