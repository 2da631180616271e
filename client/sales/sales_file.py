"""A file of sales, read, grouped, chosen and moved in time: all that needs no Odoo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from ..dates import guess_date_format, parse_date
from ..loading.rejects import RejectedLine
from ..loading.table_file import TableFile
from ..values import parse_code, parse_number
from .column_map import DATE_FIELDS, ColumnMap
from .document import Document, SaleLine, group_lines

SAMPLE = 50_000  # rows looked at to find out the date format
NO_CUSTOMER = "no customer"


@dataclass(frozen=True)
class LoadOptions:
    """Wishes of one run; see ``python -m client load-sales --help``.

    :param first: day of the oldest document that is loaded; open when None
    :param last: day of the newest one; open when None
    :param limit: most documents, the oldest ones; all when None
    :param deliveries: None decides by the presence of a delivery date column
    :param company_id: the user's own company when None
    :param batch: most documents per request
    :param currency: code for every document, over the file's own column
    :param prefix: put before every number to make its reference in Odoo
    """

    first: date | None = None
    last: date | None = None
    limit: int | None = None
    shift_to_today: bool = False
    deliveries: bool | None = None
    company_id: int | None = None
    batch: int = 50
    currency: str = ""
    prefix: str = ""


class LineReader:
    """Reads the lines of one file with one column map.

    Every row that is not blank comes out exactly once, as SaleLine or RejectedLine.
    """

    def __init__(self, table: TableFile, column_map: ColumnMap) -> None:
        """:raises InvalidInput: a required column is missing"""
        self.table = table
        self.positions = column_map.positions(table.header)
        self.decimal = column_map.decimal or ("," if table.delimiter == ";" else ".")
        self.date_format = column_map.date_format or self._guess_date_format()
        self._parsers: dict[str, Callable[[str], Any]] = {
            "invoice": parse_code,
            "code": parse_code,
            "customer": parse_code,
            "credit_of": parse_code,
            "quantity": self._number,
            "price": self._number,
            "cost": self._number,
            **dict.fromkeys(DATE_FIELDS, self._date),
        }

    def lines(self) -> Iterator[SaleLine | RejectedLine]:
        """All lines, in the order of the file."""
        for number, row in self.table.rows():
            if row is None:
                yield RejectedLine(number, (), "unreadable line")
            elif len(row) > len(self.table.header):
                yield RejectedLine(number, row, "more cells than columns")
            else:
                yield self.line(number, row)

    def line(self, number: int, row: tuple[str, ...]) -> SaleLine | RejectedLine:
        """One row understood, or rejected for its first fault."""
        values: dict[str, Any] = {}
        fault: tuple[str, str] | None = None
        for name, position in self.positions.items():
            text = row[position].strip() if position < len(row) else ""
            parse = self._parsers.get(name)
            if text and parse:
                try:
                    values[name] = parse(text)
                except ValueError as error:
                    fault = fault or (f"bad {name.replace('_', ' ')}", str(error))
            elif text:
                values[name] = text
            elif name in ("invoice", "code", "quantity", "date", "price"):
                fault = fault or (f"no {name}", "")
        if not values.get("customer"):
            fault = fault or (NO_CUSTOMER, "")
        if fault:
            return RejectedLine(number, row, *fault, date=values.get("date"))
        return SaleLine(number, row, **values)

    def _number(self, text: str) -> Decimal:
        return parse_number(text, self.decimal)

    def _date(self, text: str) -> datetime:
        return parse_date(text, self.date_format, "auto")

    def _guess_date_format(self) -> str:
        """From the first rows; the last tenth of a month tells days from months."""
        position = self.positions["date"]
        rows = (row for _, row in islice(self.table.rows(), SAMPLE) if row)
        return guess_date_format(
            dict.fromkeys(row[position] for row in rows if position < len(row))
        )


@dataclass(frozen=True)
class Selection:
    """What is loaded, what is rejected, and how many lines are outside the wish."""

    documents: list[Document]
    rejected: list[RejectedLine]
    out_of_range: int


def select(
    documents: Iterable[Document],
    rejected: Iterable[RejectedLine],
    first: date | None = None,
    last: date | None = None,
    limit: int | None = None,
) -> Selection:
    """The documents between two days, at most ``limit`` of them, oldest first.

    A faulty line counts as out of range when its own date is; without a readable date it is
    always rejected. With a limit the range ends at the last chosen document's moment.
    """
    inside: list[Document] = []
    outside = 0
    end: datetime | None = None
    for document in sorted(documents, key=lambda d: d.moment):
        full = limit is not None and len(inside) >= limit
        if full or not _between(document.day, first, last):
            outside += len(document.lines)
            continue
        inside.append(document)
    if limit is not None and len(inside) >= limit:
        end = inside[-1].moment if inside else datetime.min
    kept: list[RejectedLine] = []
    for line in rejected:
        late = end is not None and line.date is not None and line.date > end
        if late or (line.date and not _between(line.date.date(), first, last)):
            outside += 1
        else:
            kept.append(line)
    return Selection(inside, kept, outside)


def shift_to(documents: list[Document], last: date) -> tuple[list[Document], int]:
    """Documents moved by the same number of days so that the newest is of day ``last``.

    :return: the moved documents and the number of days
    """
    if not documents:
        return [], 0
    days = (last - max(document.day for document in documents)).days
    return [document.shifted(days) for document in documents], days


def yesterday() -> date:
    """The day before today, on this machine."""
    return date.today() - timedelta(days=1)


def _between(day: date, first: date | None, last: date | None) -> bool:
    return not ((first and day < first) or (last and day > last))


class SalesFile:
    """What of a file is to be loaded.

    ``lines_read`` = lines of ``documents`` + ``rejected`` + ``out_of_range``.
    """

    def __init__(self, path: str | Path, column_map: ColumnMap, options: LoadOptions) -> None:
        """:raises InvalidInput: the file or its columns cannot be used"""
        table = TableFile(path, column_map.encoding, column_map.delimiter)
        reader = LineReader(table, column_map)
        self.header = table.header
        self.column_map = column_map
        self.deliveries = (
            "delivery_date" in reader.positions
            if options.deliveries is None
            else options.deliveries
        )
        self.has_delivery_dates = "delivery_date" in reader.positions
        lines: list[SaleLine] = []
        rejected: list[RejectedLine] = []
        for line in reader.lines():
            (lines if isinstance(line, SaleLine) else rejected).append(line)  # type: ignore
        self.lines_read = len(lines) + len(rejected)
        documents, misfits = group_lines(lines, column_map, options.prefix)
        chosen = select(documents, rejected + misfits, options.first, options.last, options.limit)
        self.rejected = chosen.rejected
        self.out_of_range = chosen.out_of_range
        self.shifted_days = 0
        self.documents = [self._completed(d, options) for d in chosen.documents]
        if options.shift_to_today:
            self.documents, self.shifted_days = shift_to(self.documents, yesterday())

    def _completed(self, document: Document, options: LoadOptions) -> Document:
        """The document with the wished currency, and delivered at once if no column tells."""
        at_once = self.deliveries and not self.has_delivery_dates
        return replace(
            document,
            currency=options.currency or document.currency,
            delivery_date=document.moment if at_once else document.delivery_date,
        )
