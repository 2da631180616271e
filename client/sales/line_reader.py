"""From rows of text to sale lines, or to rejects with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from ..loading.rejected_line import RejectedLine
from ..loading.table_file import TableFile
from ..values import guess_date_format, parse_code, parse_date, parse_number
from .column_map import DATE_FIELDS, ColumnMap
from .sale_line import SaleLine

SAMPLE = 50_000  # rows looked at to find out the date format
NO_CUSTOMER = "no customer"


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
        for name, place in self.positions.items():
            text = row[place].strip() if place < len(row) else ""
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
        return parse_date(text, self.date_format)

    def _guess_date_format(self) -> str:
        """From the first rows; the last tenth of a month tells days from months."""
        place = self.positions["date"]
        rows = (row for _, row in islice(self.table.rows(), SAMPLE) if row)
        return guess_date_format(row[place] for row in rows if place < len(row))
