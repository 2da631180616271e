"""Rows of a table, whatever it came in: CSV, plain or gzipped, in any usual encoding, or Excel.

Loader, importer and back-test read their files through this one class.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path
from typing import BinaryIO

from .cells.signs import formula_text
from .errors import InvalidInput
from .tables import workbooks
from .tables.delimited import SAMPLE, Record, find_delimiter, read_records, told_delimiter
from .tables.encodings import Encoding, find_encoding

SHORT = 64  # longer cells hardly repeat
MOST_ABOVE = 10  # lines of titles that may stand above the headings
SHOWN = 60


class TableFile:
    """A table with a row of headings.

    >>> list(TableFile("sales.csv").rows())  # doctest: +SKIP
    [(2, ("536365", "85123A")), (3, ("536366", "22633"))]

    What was guessed is in :attr:`encoding`, :attr:`delimiter` and :attr:`notes`.
    """

    def __init__(
        self, path: str | Path, encoding: str | None = None, delimiter: str | None = None
    ) -> None:
        """Open the file and read its headings.

        :param encoding: told by the file's mark, else guessed, when None
        :param delimiter: the one by which the first rows agree when None
        :raises InvalidInput: missing, unreadable or empty
        """
        self.path = Path(path)
        self.notes: list[str] = []
        self.faults: dict[int, tuple[str, str]] = {}
        self._encoding = Encoding(encoding or "utf-8")
        self._skipped = 0  # lines before the headings that are none of the table
        self._sheet: workbooks.Rows = []
        self.delimiter = delimiter or ""
        try:
            self.kind = workbooks.find_kind(self.path)
            if self.kind:
                sheet = workbooks.read_sheet(self.path, self.kind)
                self._sheet, notes = sheet.rows, sheet.notes
                self.notes += notes
            else:
                self._open_text(encoding)
        except (OSError, EOFError, LookupError, ValueError) as error:
            raise InvalidInput(f"cannot read {self.path}: {error}") from None
        self.header, self._first_row = self._find_header()

    @property
    def encoding(self) -> str:
        """Python's name of the encoding; empty for a workbook, which has none."""
        return "" if self.kind else self._encoding.name

    @property
    def described(self) -> str:
        """Kind, encoding and delimiter in a few words."""
        if self.kind:
            return self.kind
        if len(self.header) == 1:
            return f"{self._encoding.label}, one column"
        sign = "tabs" if self.delimiter == "\t" else self.delimiter
        return f"{self._encoding.label}, separated by {sign}"

    def rows(self, *, share: bool = True) -> Iterator[tuple[int, tuple[str, ...] | None]]:
        """(first line, cells) of every row that is not blank; None if unreadable.

        Why it is so is told by :meth:`fault`. Equal short cells share one string, so that a long
        file fits into memory. Empty cells beyond the headings are cut.

        :param share: False where rows are not kept: cells that never repeat would fill a memory
        :raises InvalidInput: the file ends or breaks off where it must not
        """
        shared: dict[str, str] = {}
        for record in self._records(len(self.header)):
            if record.number < self._first_row:
                continue
            if record.cells is None:
                self.faults[record.number] = (record.fault, record.text)
                yield record.number, None
            elif any(cell.strip() for cell in record.cells):
                row = list(record.cells)
                if share:
                    row = [shared.setdefault(c, c) if len(c) <= SHORT else c for c in row]
                if any('="' in cell for cell in row):
                    row = [formula_text(cell) for cell in row]
                yield record.number, self._cut(tuple(row))

    def fault(self, number: int) -> tuple[str, str]:
        """Why a row of :meth:`rows` was unreadable, and how it is written."""
        return self.faults.get(number, ("unreadable line", ""))

    def _cut(self, row: tuple[str, ...]) -> tuple[str, ...]:
        width = len(self.header)
        return row if len(row) <= width or any(c.strip() for c in row[width:]) else row[:width]

    # === HEADINGS ===

    def _find_header(self) -> tuple[tuple[str, ...], int]:
        """The headings, and the first line behind them.

        Titles above them (one cell filled, the others empty) are passed over, and said.
        """
        first = [r for r in islice(self._records(0), MOST_ABOVE + 2) if _is_filled(r)]
        if not first:
            raise InvalidInput(f"{self.path} is empty")
        place = self._count_titles(first)
        for record in first[:place]:
            title = next(cell for cell in record.cells or () if cell.strip())
            self.notes.append(f"line {record.number} is above the headings: {title[:SHOWN]!r}")
        head, *behind = first[place:]
        if head.cells is None:
            raise InvalidInput(f"{self.path}, line {head.number}, the headings: {head.fault}")
        names = [_in_one_line(name) for name in head.cells]
        widest = max((len(cells) for _number, cells in self._sheet), default=0)
        names += [""] * (widest - len(names))  # a sheet has no row that is too long
        after = behind[0].number if behind else head.number + 1
        if _continues(names, behind):
            below = [_in_one_line(name) for name in behind[0].cells or ()]
            names = [low or high for low, high in zip_longest(below, names, fillvalue="")]
            self.notes.append(f"the headings stand in lines {head.number} and {behind[0].number}")
            after = behind[0].number + 1
        doubled = [n for i, n in enumerate(names) if n and n in names[:i]]
        if doubled:
            self.notes.append(f"heading {doubled[0]!r} is there twice: the first column counts")
        return tuple(names), after

    def _count_titles(self, first: list[Record]) -> int:
        """How many records above the headings hold a single text beside empty cells."""
        if not any(_count(record) > 1 for record in first):
            return 0
        has_gaps = (_count(r) == 1 and (self.kind or len(r.cells or ()) > 1) for r in first)
        place = next(i for i, is_title in enumerate(has_gaps) if not is_title)
        cells = [cell for cell in first[place].cells or () if cell.strip()]
        has_words = all(any(sign.isalpha() for sign in cell) for cell in cells)
        return place if has_words else 0

    # === TEXT ===

    def _open_text(self, encoding: str | None) -> None:
        if not encoding:
            self._encoding = find_encoding(self._open)
            if self._encoding.note:
                self.notes.append(self._encoding.note)
        with self._text() as stream:
            sample = list(islice(stream, SAMPLE * 3))
        told = told_delimiter(sample[0]) if sample else None
        if told is not None:
            self._skipped = 1
            self.delimiter = self.delimiter or told
        if not self.delimiter:
            self.delimiter = find_delimiter(sample[self._skipped :])

    def _records(self, width: int) -> Iterator[Record]:
        if self.kind:
            yield from (Record(number, cells) for number, cells in self._sheet)
            return
        try:
            with self._text() as stream:
                lines = (line.replace("\0", "") if "\0" in line else line for line in stream)
                for _ in range(self._skipped):
                    next(lines, None)
                for record in read_records(lines, self.delimiter, width):
                    number = record.number + self._skipped
                    yield Record(number, record.cells, record.fault, record.text)
        except (EOFError, OSError, UnicodeError) as error:
            raise InvalidInput(f"{self.path} is damaged: {error}") from None

    def _open(self) -> BinaryIO:
        with self.path.open("rb") as probe:
            zipped = probe.read(2) == b"\x1f\x8b"
        return gzip.open(self.path) if zipped else self.path.open("rb")  # type: ignore

    def _text(self) -> io.TextIOWrapper:
        found = self._encoding
        return io.TextIOWrapper(self._open(), found.name, errors=found.errors, newline="")


def _is_filled(record: Record) -> bool:
    return record.cells is None or _count(record) > 0


def _count(record: Record) -> int:
    return sum(bool(cell.strip()) for cell in record.cells or ())


def _in_one_line(name: str) -> str:
    return " ".join(formula_text(name).split())


def _continues(names: list[str], behind: list[Record]) -> bool:
    """Whether the row below is the second half of the headings.

    It fills gaps of the first one, holds words only, and numbers stand below them.
    """
    if len(behind) < 2:
        return False
    cells, below = behind[0].cells or (), behind[1].cells or ()
    filled = [i for i, cell in enumerate(cells) if cell.strip()]
    return (
        any(i < len(names) and not names[i] for i in filled)
        and not any(_has_digit(cell) for cell in cells)
        and any(i < len(below) and _has_digit(below[i]) for i in filled)
    )


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)
