"""Reads a file of sales: with or without a heading line, separated by signs or by spaces.

Ten million rows fit into memory: a column is kept as its different texts and a number per row.
"""

import sys
from array import array
from collections import Counter
from dataclasses import dataclass
from itertools import islice

import numpy as np

from client.cells.currencies import RIAL, RIALS_PER_TOMAN, TOMAN
from client.cells.numbers import NumberReader, read_number
from client.errors import InvalidInput
from client.table_file import TableFile
from client.values import heading, parse_code, parse_number

from .bad_input import BadInput
from .day_format import is_day_column

MAX_SHOWN = 40
MAX_NOTED = 5  # broken lines that are named one by one
SAMPLE = 200
PROGRESS_ROWS = 1_000_000


@dataclass
class Column:
    """The cells of a column: ``texts``, each once, and the place of its text for every row."""

    texts: list
    places: np.ndarray

    def count(self):
        """Return text -> number of rows, as they come in the file."""
        counts = np.bincount(self.places, minlength=len(self.texts)).tolist()
        return Counter(dict(zip(self.texts, counts, strict=True)))

    def map(self, values, kind):
        """Return one value per row from one per text."""
        return np.array(values, dtype=kind)[self.places]


class SalesTable:
    """The cells of a file by column; ``notes`` tells what was assumed."""

    def __init__(self, path):
        """Read the headings.

        :raises BadInput: missing, unreadable, empty
        """
        self.path = path
        self.notes = []
        self.decimal = "."
        self.columns = {}
        self.unreadable = 0
        try:
            self.table = table = TableFile(path)
            first, self.described = table.header, table.described
            self.is_divided = len(first) == 1 and len(first[0].split()) > 1
            if self.is_divided:
                first = tuple(first[0].split())
                self.described = f"{self.described}, divided at spaces"
            self.first = first
            self.has_heading = not any(_is_value(cell) for cell in first)
            count = len(first)
            self.names = list(first) if self.has_heading else [str(i + 1) for i in range(count)]
            kept = (cells for _number, cells in self._rows() if cells and len(cells) <= count)
            self.sample = list(islice(kept, SAMPLE))
        except InvalidInput as error:
            raise BadInput(f"{error}.") from None
        if not self.sample:
            raise BadInput(f"{path} has a heading but no rows.")

    def read(self, indexes):
        """Read the columns at these positions, row by row.

        :raises BadInput: the file breaks off
        """
        known = {index: {} for index in sorted(set(indexes))}
        places = {index: array("i") for index in known}
        lines, hashes, broken, too_long = array("q"), array("q"), [], []
        try:
            for number, cells in self._rows():
                if cells is None:
                    broken.append(number)
                    continue
                if len(cells) > len(self.first):
                    too_long.append(number)
                    continue
                lines.append(number)
                hashes.append(hash(cells))
                for index, texts in known.items():
                    text = cells[index].strip() if index < len(cells) else ""
                    places[index].append(texts.setdefault(text, len(texts)))
                if len(lines) % PROGRESS_ROWS == 0:
                    show_progress(f"{len(lines):,} rows read")
        except InvalidInput as error:
            raise BadInput(f"{error}.") from None
        self.lines = np.frombuffer(lines, dtype=np.int64)
        self.columns = {
            index: Column(list(texts), np.frombuffer(places[index], dtype=np.int32))
            for index, texts in known.items()
        }
        self.unreadable = len(broken) + len(too_long)
        guesses, self.notes = self.notes, []
        self._note_left_out(broken, too_long)
        self._note_doubled(np.frombuffer(hashes, dtype=np.int64))
        self.notes += guesses

    def _rows(self):
        """(line, cells) of every row, also of a first one that is no heading."""
        if not self.has_heading:
            yield 1, self.first
        for number, cells in self.table.rows(share=False):
            yield number, tuple(cells[0].split()) if cells and self.is_divided else cells

    def _note_left_out(self, broken, too_long):
        heads = "heading " if not self.has_heading else "\0"
        self.notes += [f"{note}." for note in self.table.notes if not note.startswith(heads)]
        for number in broken[:MAX_NOTED]:
            self.notes.append(f"Line {number} is left out: {self.table.fault(number)[0]}.")
        if len(broken) > MAX_NOTED:
            self.notes.append(f"So are {len(broken) - MAX_NOTED} more lines.")
        if too_long:
            self.notes.append(
                f"{len(too_long)} rows have more cells than columns (line {too_long[0]}): left out."
            )

    def _note_doubled(self, hashes):
        order = np.argsort(hashes, kind="stable")
        again = np.flatnonzero(hashes[order[1:]] == hashes[order[:-1]]) + 1
        if len(again):
            row = int(order[again].min())
            earlier = int(np.argmax(hashes == hashes[row]))
            self.notes.append(
                f"{len(again)} rows are the same as an earlier one (line {self.lines[row]} as line "
                f"{self.lines[earlier]}): all of them count."
            )

    def __len__(self):
        return len(self.lines)

    def find(self, text, option, *, quiet=False):
        """Return the position of a column named by its heading or its number (from 1).

        :param quiet: what is guessed has been noted before
        :raises BadInput: there is no such column
        """
        index = self.locate(text)
        if index is None and not self.has_heading:
            count = len(self.notes)
            index = self._guess(option)
            if quiet:
                del self.notes[count:]
        if index is None:
            shown = ", ".join(self.names[:MAX_SHOWN])
            kind = "columns" if self.has_heading else "columns (it has no heading line)"
            raise BadInput(f"--{option}: {self.path} has no column {text}; its {kind}: {shown}.")
        return index

    def find_quantity(self):
        """Return the position of a column of quantities, or None."""
        for index, name in enumerate(self.names):
            if heading(name) in ("quantity", "qty", "units", "menge", "quantite", "تعداد"):
                return index
        return None

    def locate(self, text):
        """Return the position of a column by heading or number, or None."""
        if text in self.names:
            return self.names.index(text)
        wanted = [heading(name) for name in self.names]
        if heading(text) in wanted:
            return wanted.index(heading(text))
        if text.isdigit() and 1 <= int(text) <= len(self.names):
            return int(text) - 1
        return None

    def _guess(self, option):
        """Without headings: customers come first, money last, dates are what reads as dates."""
        sample = self.sample
        if option == "date":
            for index in range(len(self.names)):
                cells = [row[index] for row in sample if index < len(row)]
                if cells and is_day_column(cells):
                    return self._note(option, index)
        places = {"customer": 0, "amount": len(self.names) - 1}
        return self._note(option, places[option]) if option in places else None

    def _note(self, option, index):
        self.notes.append(f"No heading line: column {index + 1} is taken for --{option}.")
        return index


def show_progress(text):
    """Tell those who wait for a long file how far it is."""
    print(f"  {text}", file=sys.stderr, flush=True)


def get_codes(column):
    """Codes by text of a column, and how many rows have one that a spreadsheet has shortened.

    A spreadsheet's 17850.0 is 17850; empty ones and the like are empty, so are shortened ones.
    """
    codes, shortened = [], 0
    for text, count in column.count().items():
        try:
            code = parse_code(text)
        except ValueError:
            code = ""
            shortened += count
        codes.append("" if code.casefold() in ("nan", "null", "none", "n/a", "na") else code)
    return codes, shortened


def get_numbers(column, reader):
    """Numbers by text of a column, NaN where it is none; a toman counts as ten rials where both
    occur.

    :raises BadInput: amounts in several currencies do not add up
    """
    units = reader.currencies
    if len(units) > 1 and set(units) != {RIAL, TOMAN}:
        named = ", ".join(f"{code} ({count})" for code, count in units.most_common())
        raise BadInput(f"holds amounts in {named}: give a file of one currency.")
    numbers = [_get_number(text, reader) for text in column.texts]
    if len(units) > 1:
        for place, text in enumerate(column.texts):
            if numbers[place] == numbers[place] and read_number(text).currency == TOMAN:
                numbers[place] *= RIALS_PER_TOMAN
    return numbers


def learn_numbers(column, delimiter):
    """Return a reader of numbers that has seen the column."""
    reader = NumberReader()
    for text, count in column.count().items():
        reader.learn(text, count)
    reader.fallback = "," if delimiter == ";" else "."
    return reader


def _get_number(cell, reader):
    try:
        return float(reader.number(cell))
    except ValueError:
        return float("nan")


def _is_value(cell):
    try:
        return bool(parse_number(cell).is_finite())
    except ValueError:
        return is_day_column([cell])
