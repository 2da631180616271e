"""A file of sales, read, grouped, chosen and moved in time: all that needs no Odoo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from ..loading.rejects import RejectedLine
from ..table_file import TableFile
from .column_map import ColumnMap
from .document import Document, SaleLine, group_lines
from .line_reader import LineReader

AFTER_TODAY = "after today"
# More dates than these to come, and --shift-to-today is for just such a file.
MOST_TO_COME = 0.01


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


def _without_to_come(
    lines: list[SaleLine], shifted: bool
) -> tuple[list[SaleLine], list[RejectedLine]]:
    """The lines up to today, and those after it rejected: nothing was sold on a day to come.

    :param shifted: all dates are moved afterwards; then only a few such lines are typing errors
    """
    today = date.today()
    to_come = [line for line in lines if line.date.date() > today]
    if not to_come or (shifted and len(to_come) > MOST_TO_COME * len(lines)):
        return lines, []
    rejected = [
        RejectedLine(line.number, line.row, AFTER_TODAY, str(line.date.date()), line.date)
        for line in to_come
    ]
    return [line for line in lines if line.date.date() <= today], rejected


def _told(rejected: list[RejectedLine]) -> list[str]:
    """How many lines cannot be used, by reason, with the first one of each."""
    counts = Counter(line.reason for line in rejected)
    first = {line.reason: line for line in reversed(rejected)}
    return [
        f"  not usable: {count:,} lines, {reason} (line {first[reason].number})"
        for reason, count in counts.most_common()
    ]


class SalesFile:
    """What of a file is to be loaded.

    ``lines_read`` = lines of ``documents`` + ``rejected`` + ``out_of_range``; ``guesses`` says in
    sentences what was found out about the file.
    """

    def __init__(self, path: str | Path, column_map: ColumnMap, options: LoadOptions) -> None:
        """:raises InvalidInput: the file or its columns cannot be used"""
        table = TableFile(path, column_map.encoding, column_map.delimiter)
        reader = LineReader(table, column_map, options.currency)
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
        lines, to_come = _without_to_come(lines, options.shift_to_today)
        rejected += to_come
        self.guesses = reader.guesses() + _told(rejected)
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
