"""Reading the dates of a file, Gregorian or Jalali: every cell by itself, what it leaves open
from its column.

Exports mix their ways of writing. :mod:`client.cells.days` says what a cell may mean; whether days
or months come first, and what a year of two digits is, :class:`DateReader` learns from the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .cells.days import FIRST_YEAR, LAST_YEAR, DateCell, read_date
from .cells.months import GREGORIAN, JALALI
from .cells.signs import bare
from .errors import InvalidInput

ORDERS = ("auto", "ymd", "dmy", "mdy")
CALENDARS = ("auto", JALALI, GREGORIAN)
NOON = time(12)
MOST_LOST = 0.01
MOST_MIXED = 0.01  # of the dates that tell; more of the other order, and the column has both
# Ways to read a year of two digits: of those that fit equally many dates, the first one counts.
SHORT_WAYS = ("dmy", "mdy", "ymd jalali", "ymd", "dmy jalali", "mdy jalali")
SHORT_WAYS_OF = {
    JALALI: ("ymd jalali", "dmy jalali", "mdy jalali", "dmy", "mdy", "ymd"),
    GREGORIAN: ("dmy", "mdy", "ymd", "ymd jalali", "dmy jalali", "mdy jalali"),
}
WORDS = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}


def parse_date(text: str, date_format: str = "auto", calendar: str = "auto") -> datetime:
    """The moment in a cell as it is written, without a time zone; midnight for a bare day.

    :param date_format: what :func:`guess_date_format` found, ``auto`` or ``iso`` for any date that
        leaves nothing open (day first otherwise), or a ``strptime`` format
    :param calendar: one of CALENDARS; other than ``auto`` it rejects the other calendar
    :raises ValueError: written in another way, no such day, or a year before 1970 or after 2100
    """
    return DateReader(calendar=calendar, form=date_format).written(text)


def guess_date_format(texts: Iterable[str]) -> str:
    """How these dates are written: ``dmy``, ``mdy`` or ``ymd``, then `` jalali`` when years of two
    digits are of that calendar. It matters where the year comes last or is short.
    """
    reader = DateReader()
    for text in texts:
        reader.learn(text)
    return reader.form


def moment_text(moment: datetime) -> str:
    """The moment as Odoo's datetime fields take it.

    A day without a time is put at noon, so that it is the same day in every time zone.
    """
    if moment.time() == time():
        moment = datetime.combine(moment, NOON)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


class DateReader:
    """Reads the dates of a column or file, after it has seen them all.

    A year from 1300 to 1500 is Jalali. Whether a date that ends in its year begins with the day or
    the month, and what ``03/05/12`` means, is learned, since one date alone often fits both.
    """

    def __init__(
        self, order: str = "auto", calendar: str = "auto", zone: str = "UTC", form: str = ""
    ) -> None:
        """
        :param order: one of ORDERS
        :param calendar: one of CALENDARS; other than ``auto`` it rejects the other calendar
        :param zone: time zone of times without one, e.g. ``Asia/Tehran``
        :param form: a ``strptime`` format or what :func:`guess_date_format` tells: nothing else
            is tried then
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
        self.order, self.calendar = order, calendar
        self.strptime = form if "%" in form else ""
        self._short_way = ""
        if form and not self.strptime and form not in ("auto", "iso"):
            if form not in SHORT_WAYS:
                raise InvalidInput(f"{form!r} is no way of writing dates: say dmy, mdy or ymd")
            self.order, self._short_way = form[:3], form
        self.forms: Counter[str] = Counter()
        self.calendars: Counter[str] = Counter()
        self._orders: Counter[str] = Counter()
        self._short: Counter[str] = Counter()
        self._spans: dict[str, tuple[date, date]] = {}
        self._fallback_evidence = (0, 0)
        self._elsewhere = ""

    # === LEARNING ===

    def learn(self, text: str, count: int = 1) -> None:
        """Take one cell of the column into account, or ``count`` of them that are alike."""
        try:
            cell = read_date(text)
        except ValueError:
            return
        self.forms[cell.form] += count
        if cell.calendar:
            self.calendars[cell.calendar] += count
        if cell.is_short:
            self._short.update(dict.fromkeys(cell.days, count))
            for way, day in cell.days.items():
                first, last = self._spans.get(way, (day, day))
                self._spans[way] = min(first, day), max(last, day)
        elif "any" not in cell.days:
            fits = set(cell.days)
            same = len(set(cell.days.values())) == 1 and len(fits) > 1
            self._orders["same" if same else min(fits) if len(fits) == 1 else "either"] += count

    @property
    def evidence(self) -> tuple[int, int]:
        """How many dates fit only day first, and only month first."""
        return self._orders["dmy"], self._orders["mdy"]

    def set_fallback_evidence(self, readers: Iterable[DateReader]) -> None:
        """What other columns or files tell; it counts where this one tells nothing."""
        readers = list(readers)
        day_first, month_first = (sum(reader.evidence[way] for reader in readers) for way in (0, 1))
        self._fallback_evidence = (day_first, month_first)
        calendars = sum((reader.calendars for reader in readers), Counter())
        self._elsewhere = max(calendars, key=lambda name: calendars[name], default="")

    @property
    def year_last_order(self) -> str:
        """``dmy`` or ``mdy``: said, else learned, else day first."""
        if self.order in ("dmy", "mdy"):
            return self.order
        day_first, month_first = self._counted()
        return "mdy" if month_first > day_first else "dmy"

    @property
    def short_way(self) -> str:
        """How a year of two digits is read: the way that fits most dates; empty without any."""
        if self._short_way or not self.forms["two-digit year"]:
            return self._short_way
        return max(self._short_ways(), key=self._fit)

    @property
    def form(self) -> str:
        """What :func:`guess_date_format` tells."""
        if self.short_way:
            return self.short_way
        return self.year_last_order if self.forms["year last"] else "ymd"

    @property
    def is_mixed(self) -> bool:
        """Whether both orders are in use: then only what can be read in one way is read."""
        few = min(self.evidence)
        return self.order == "auto" and few > MOST_MIXED * sum(self.evidence)

    @property
    def undecided(self) -> int:
        """How many dates are not read because both orders are in use and both fit."""
        return self._orders["either"] if self.is_mixed else 0

    @property
    def doubt(self) -> str:
        """Why dates may have been read wrongly, or are not read; empty when neither is so."""
        if self.strptime or self.order in ("dmy", "mdy") or self._short_way:
            return ""
        if self.undecided:
            return (
                f"{self.undecided:,} dates fit day/month and month/day, and both are in use "
                f"({self.evidence[0]:,} fit only the one, {self.evidence[1]:,} only the other): "
                "they are not read"
            )
        day_first, month_first = self._counted()
        if self._orders["either"] and bool(day_first) == bool(month_first):
            way = WORDS[self.year_last_order]
            return (
                f"{self._orders['either']:,} dates fit day/month and month/day and were read {way}"
            )
        rivals = [
            way
            for way in self._short_ways()
            if way != self.short_way and self._fit(way) == self._fit(self.short_way)
        ]
        if rivals and self.short_way:
            return (
                f"{self.forms['two-digit year']:,} dates with years of two digits were read "
                f"{_in_words(self.short_way)}; {_in_words(rivals[0])} would fit as well"
            )
        return ""

    @property
    def refusal(self) -> str:
        """Why the column should not be used at all; empty when no more than 1 % is lost."""
        lost = self.undecided
        return self.doubt if lost > MOST_LOST * self.forms.total() else ""

    def describe(self) -> str:
        """Calendar and way of writing, for whoever is to say whether that is right."""
        if self.strptime:
            return self.strptime
        calendars = [name.capitalize() for name, _n in self.calendars.most_common()]
        short = self.short_way and _in_words(self.short_way).rpartition(" ")[2]
        calendars += [short] if short and short not in calendars else []
        forms = []
        for form, count in self.forms.most_common():
            way = {
                "year last": WORDS[self.year_last_order],
                "two-digit year": WORDS[self.short_way[:3]] if self.short_way else "",
            }
            text = f"{form}, {way[form]}" if form in way else form
            forms.append(f"{text} ({count:,})" if len(self.forms) > 1 else text)
        return f"{' and '.join(calendars)}: {'; '.join(forms)}" if forms else "no dates"

    # === READING ===

    def moment(self, text: str) -> datetime:
        """The moment in a cell, in UTC without a zone; noon of its place for a bare day.

        :raises ValueError: not a date, no such day, or one that can be read in two ways
        """
        cell = read_date(text)
        local = datetime.combine(self._day(cell, text), NOON if cell.clock is None else cell.clock)
        zone = cell.zone or self.zone
        return local.replace(tzinfo=zone).astimezone(timezone.utc).replace(tzinfo=None)

    def day(self, text: str) -> date:
        """The day in a cell, as it is written there.

        :raises ValueError: as in :meth:`moment`
        """
        return self._day(read_date(text), text)

    def written(self, text: str) -> datetime:
        """The moment in a cell as it is written, its own zone left out; midnight for a bare day.

        :raises ValueError: as in :meth:`moment`
        """
        if self.strptime:
            return self._in_strptime(text)
        cell = read_date(text)
        return datetime.combine(self._day(cell, text), cell.clock or time())

    def _counted(self) -> tuple[int, int]:
        return self.evidence if any(self.evidence) else self._fallback_evidence

    def _fit(self, way: str) -> tuple[int, int]:
        """How many short dates fit, and that they are close together: in the wrong order, days
        turn into years and spread over decades.
        """
        first, last = self._spans.get(way, (date.min, date.max))
        return self._short[way], -((last - first).days // 366)

    def _short_ways(self) -> list[str]:
        """Ways to read years of two digits, the likeliest first."""
        likely = max(self.calendars, key=lambda name: self.calendars[name], default=self._elsewhere)
        ways = SHORT_WAYS_OF.get(likely, SHORT_WAYS)
        if self.calendar != "auto":
            ways = tuple(w for w in ways if w.endswith(JALALI) == (self.calendar == JALALI))
        return [way for way in ways if self.order in ("auto", way[:3])]

    def _day(self, cell: DateCell, text: str) -> date:
        if self.calendar not in ("auto", cell.calendar) and cell.calendar:
            raise ValueError(f"not a date of the {self.calendar.capitalize()} calendar: {text!r}")
        if "any" in cell.days:
            return cell.days["any"]
        if cell.is_short:
            way = self.short_way
        elif self.order in ("dmy", "mdy"):
            way = self.order
        elif len(set(cell.days.values())) == 1:
            way = min(cell.days)
        elif self.is_mixed:
            raise ValueError(f"day or month first? Both are in use: {text!r}")
        else:
            way = self.year_last_order
        if not way:
            raise ValueError(f"year with four digits expected: {text!r}")
        if way not in cell.days:
            raise ValueError(f"no such day: {text!r}")
        return cell.days[way]

    def _in_strptime(self, text: str) -> datetime:
        """In the format that was said; a Jalali day is read in its order."""
        plain = bare(text)
        try:
            moment = datetime.strptime(plain, self.strptime).replace(tzinfo=None, microsecond=0)
        except ValueError:
            moment = None
        if (moment is None or moment.year < FIRST_YEAR) and self.calendar != GREGORIAN:
            order = "mdy" if self.strptime.startswith("%m") else "dmy"
            cell = read_date(text)
            if cell.calendar == JALALI:
                moment = DateReader(order).written(text)
        if moment is None:
            raise ValueError(f"not a date: {text!r}")
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError(f"not a usable date: {text!r}")
        return moment


def _in_words(way: str) -> str:
    return f"{WORDS[way[:3]]}, {way[4:].capitalize() or 'Gregorian'}" if way else ""
