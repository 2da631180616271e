"""The rows of a file of sales as lines, every cell understood by what its column tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from ..cells.currencies import RIAL, RIALS_PER_TOMAN, TOMAN, currency_of
from ..cells.numbers import COMMA, POINT, NumberReader, read_number
from ..dates import DateReader
from ..errors import InvalidInput
from ..loading.rejects import RejectedLine
from ..table_file import TableFile
from ..tables.preview import EXAMPLES, as_understood
from ..values import parse_code
from .column_map import DATE_FIELDS, ColumnMap
from .document import SaleLine

NO_CUSTOMER = "no customer"
NUMBER_FIELDS = ("quantity", "price", "cost")
KNOWN_CELLS = 100_000  # of a column: most cells are there many times
NEEDED = ("invoice", "code", "quantity", "date", "price")


class LineReader:
    """Reads the lines of one file with one column map.

    Every row that is not blank comes out exactly once, as SaleLine or RejectedLine.
    """

    def __init__(self, table: TableFile, column_map: ColumnMap, currency: str = "") -> None:
        """
        :param currency: of all lines, whatever the file says: its numbers are taken as they stand
        :raises InvalidInput: a required column is missing, or its dates cannot be told apart
        """
        self.table = table
        self.currency = currency
        self.positions = column_map.positions(table.header)
        self.rows = list(table.rows())
        form = column_map.date_format or ""
        self.dates = {n: DateReader(form=form) for n in DATE_FIELDS if n in self.positions}
        self.numbers = {
            n: NumberReader(column_map.decimal) for n in NUMBER_FIELDS if n in self.positions
        }
        self._learn()
        # The only currency named beside prices is that of the bare ones, too.
        units = self.numbers["price"].currencies
        self.unit = next(iter(units)) if len(units) == 1 else ""
        parsers: dict[str, Callable[[str], Any]] = {
            **dict.fromkeys(("invoice", "code", "customer", "credit_of"), parse_code),
            **{name: reader.number for name, reader in self.numbers.items()},
            **{name: reader.written for name, reader in self.dates.items()},
        }
        self._parsers = {name: lru_cache(KNOWN_CELLS)(parse) for name, parse in parsers.items()}

    def lines(self) -> Iterator[SaleLine | RejectedLine]:
        """All lines, in the order of the file."""
        for number, row in self.rows:
            if row is None:
                reason, text = self.table.fault(number)
                yield RejectedLine(number, (), reason, text)
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
            elif name in NEEDED:
                fault = fault or (f"no {name}", "")
        if not values.get("customer"):
            fault = fault or (NO_CUSTOMER, "")
        fault = fault or self._set_currency(row, values)
        if fault:
            return RejectedLine(number, row, *fault, date=values.get("date"))
        return SaleLine(number, row, **values)

    def guesses(self) -> list[str]:
        """What was found out about the file, and its first rows as they are understood."""
        text = [f"{self.table.path.name}: {self.table.described}, {len(self.rows):,} rows"]
        signs = {reader.decimal for reader in self.numbers.values()}
        text.append(f"  decimal sign: {' and '.join(sorted(signs))}")
        text += [f"  {name.replace('_', ' ')}: {r.describe()}" for name, r in self.dates.items()]
        text += [f"  note: {note}" for note in self.notes()]
        lines = islice((x for x in self.lines() if isinstance(x, SaleLine)), EXAMPLES)
        return text + [f"  line {line.number}: {self._understood(line)}" for line in lines]

    def notes(self) -> list[str]:
        """What should be looked at: what may be wrong, and what was decided."""
        found = list(self.table.notes)
        for name, reader in {**self.dates, **self.numbers}.items():
            found += [f"{name.replace('_', ' ')}: {reader.doubt}"] if reader.doubt else []
        for name, reader in self.numbers.items():
            if reader.shortened:
                found.append(
                    f"{name}: {reader.shortened:,} numbers such as 1.23E+05 were shortened by a "
                    "spreadsheet: digits may be missing"
                )
        return found + self._currency_notes() + self._doubled()

    def _learn(self) -> None:
        """Look at every cell of the columns that hold dates and numbers."""
        readers = {**self.dates, **self.numbers}
        for name, reader in readers.items():
            position = self.positions[name]
            cells = Counter(r[position].strip() for _n, r in self.rows if r and position < len(r))
            for text, count in cells.items():
                if text:
                    reader.learn(text, count)
        for name, reader in self.dates.items():
            reader.set_fallback_evidence(self.dates.values())
            if reader.refusal:
                raise InvalidInput(
                    f"{self.table.path}, {name.replace('_', ' ')}: {reader.refusal}; say "
                    'date_format in a map (--map), "dmy" or "mdy"'
                )
        told = [reader.evidence for reader in self.numbers.values() if reader.evidence]
        usual = COMMA if self.table.delimiter == ";" else POINT
        for reader in self.numbers.values():
            reader.fallback = max(told, key=told.count) if told else usual
            reader.is_told = bool(told)

    def _set_currency(self, row: tuple[str, ...], values: dict[str, Any]) -> tuple[str, str] | None:
        """Take the currency from its column, else from beside the price; a toman is ten rials.

        :return: the fault when both are there and differ
        """
        if self.currency:
            return None
        said = values.get("currency", "")
        said = said and (currency_of(said) or said)
        unit = ""
        if self.numbers["price"].currencies:
            cell = read_number(row[self.positions["price"]])
            unit = cell.currency or (not said and not cell.has_open_currency and self.unit) or ""
            if not unit and not said:
                named = ", ".join(self.numbers["price"].currencies)
                return "bad price", (
                    f"in which currency? Others are in {named}: say it beside the price, in a "
                    "column currency, or for all with --currency"
                )
        if unit and said and {unit, said} not in ({unit}, {RIAL, TOMAN}):
            return "bad price", f"in {unit}, but the currency is {said}"
        if TOMAN in (unit, said) and unit != RIAL:
            values["price"] *= RIALS_PER_TOMAN
            if "cost" in values and read_number(row[self.positions["cost"]]).currency != RIAL:
                values["cost"] *= RIALS_PER_TOMAN
        code = unit or said
        if code:
            values["currency"] = RIAL if code == TOMAN else code
        return None

    def _currency_notes(self) -> list[str]:
        units = self.numbers["price"].currencies
        named = ", ".join(f"{code} ({count:,})" for code, count in units.most_common())
        if not units:
            return []
        if self.currency:
            return [f"prices name {named}; --currency {self.currency} takes them as they stand"]
        found = [f"prices name {named}: documents are in that currency"]
        if TOMAN in units:
            found.append(
                f"a toman ({TOMAN}) is read as {RIALS_PER_TOMAN} rials ({RIAL}); "
                f"--currency {RIAL} takes the numbers as they stand"
            )
        return found

    def _doubled(self) -> list[str]:
        """Rows that are there twice, cell by cell; they are loaded as they stand."""
        first: dict[tuple[str, ...], int] = {}
        doubled = [(n, first[r]) for n, r in self.rows if r and first.setdefault(r, n) != n]
        if not doubled:
            return []
        line, earlier = doubled[0]
        return [
            f"{len(doubled):,} rows are the same as an earlier one (line {line} as line "
            f"{earlier}): they are loaded as they stand"
        ]

    def _understood(self, line: SaleLine) -> str:
        shown = []
        for name in ("invoice", "date", "customer", "code", "quantity", "price", "currency"):
            value = getattr(line, name)
            if value:
                position = self.positions.get(name, len(line.row))
                text = line.row[position] if position < len(line.row) else str(value)
                shown.append(as_understood(name, text, value))
        return ", ".join(shown)
