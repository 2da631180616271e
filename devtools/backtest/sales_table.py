"""Reads a file of sales: with or without a heading line, separated by signs or by spaces."""

from collections import Counter

from client.cells.currencies import RIAL, RIALS_PER_TOMAN, TOMAN
from client.cells.numbers import NumberReader, read_number
from client.errors import InvalidInput
from client.table_file import TableFile
from client.values import heading, parse_code, parse_number

from .bad_input import BadInput
from .day_format import is_day_column

MAX_SHOWN = 40
MAX_NOTED = 5  # broken lines that are named one by one


class SalesTable:
    """The cells of a file by column; ``notes`` tells what was assumed."""

    def __init__(self, path):
        """Read the whole file.

        :raises BadInput: missing, unreadable, empty
        """
        self.path = path
        self.notes = []
        self.decimal = "."
        try:
            self.table = table = TableFile(path)
            numbered = list(table.rows())
        except InvalidInput as error:
            raise BadInput(f"{error}.") from None
        first, self.described = table.header, table.described
        kept = [(number, cells) for number, cells in numbered if cells is not None]
        if len(first) == 1 and len(first[0].split()) > 1:
            first = tuple(first[0].split())
            kept = [(number, tuple(cells[0].split())) for number, cells in kept]
            self.described = f"{self.described}, divided at spaces"
        self.has_heading = not any(_is_value(cell) for cell in first)
        self.names = list(first) if self.has_heading else [str(i + 1) for i in range(len(first))]
        if not self.has_heading:
            kept.insert(0, (1, first))
        too_long = [number for number, cells in kept if len(cells) > len(first)]
        kept = [(number, cells) for number, cells in kept if len(cells) <= len(first)]
        self.lines, self.rows = ([row[part] for row in kept] for part in (0, 1))
        self.unreadable = len(numbered) + (not self.has_heading) - len(kept)
        if not self.rows:
            raise BadInput(f"{path} has a heading but no rows.")
        self._note_left_out([n for n, cells in numbered if cells is None], too_long)
        self._note_doubled()

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

    def _note_doubled(self):
        first = {}
        doubled = [
            (line, first[cells])
            for line, cells in zip(self.lines, self.rows, strict=True)
            if first.setdefault(cells, line) != line
        ]
        if doubled:
            line, earlier = doubled[0]
            self.notes.append(
                f"{len(doubled)} rows are the same as an earlier one (line {line} as line "
                f"{earlier}): all of them count."
            )

    def __len__(self):
        return len(self.rows)

    def get_column(self, index):
        """The cells of a column; rows that are too short give an empty cell."""
        return [cells[index].strip() if index < len(cells) else "" for cells in self.rows]

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
        sample = self.rows[:200]
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


def get_codes(cells):
    """Codes as text, and how many of them a spreadsheet has shortened.

    A spreadsheet's 17850.0 is 17850; empty ones and the like are empty, so are shortened ones.
    """
    known, shortened = {}, set()
    for cell in set(cells):
        try:
            known[cell] = parse_code(cell)
        except ValueError:
            known[cell] = ""
            shortened.add(cell)
        if known[cell].casefold() in ("nan", "null", "none", "n/a", "na"):
            known[cell] = ""
    return [known[cell] for cell in cells], sum(cell in shortened for cell in cells)


def get_numbers(cells, reader):
    """Numbers as float, None where a cell is none; a toman counts as ten rials where both occur.

    :raises BadInput: amounts in several currencies do not add up
    """
    units = reader.currencies
    if len(units) > 1 and set(units) != {RIAL, TOMAN}:
        named = ", ".join(f"{code} ({count})" for code, count in units.most_common())
        raise BadInput(f"holds amounts in {named}: give a file of one currency.")
    known = {cell: _get_number(cell, reader) for cell in set(cells)}
    if len(units) > 1:
        for cell, number in known.items():
            if number is not None and read_number(cell).currency == TOMAN:
                known[cell] = number * RIALS_PER_TOMAN
    return [known[cell] for cell in cells]


def learn_numbers(cells, delimiter):
    """Return a reader of numbers that has seen the column."""
    reader = NumberReader()
    for text, count in Counter(cells).items():
        reader.learn(text, count)
    reader.fallback = "," if delimiter == ";" else "."
    return reader


def _get_number(cell, reader):
    try:
        return float(reader.number(cell))
    except ValueError:
        return None


def _is_value(cell):
    try:
        return bool(parse_number(cell).is_finite())
    except ValueError:
        return is_day_column([cell])
