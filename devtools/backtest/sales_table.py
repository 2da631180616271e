"""Reads a file of sales: with or without a heading line, separated by signs or by spaces."""

from client.errors import InvalidInput
from client.loading.table_file import TableFile
from client.values import heading, parse_code, parse_number

from .bad_input import BadInput
from .day_format import find_day_format

MAX_SHOWN = 40
# Nothing in a file of sales is a text of so many lines.
MAX_LINE_BREAKS = 5


class SalesTable:
    """The cells of a file by column; ``notes`` tells what was assumed."""

    def __init__(self, path):
        """Read the whole file.

        :raises BadInput: missing, unreadable, empty
        """
        self.path = path
        self.notes = []
        try:
            table = TableFile(path)
            first = table.header
            rows = self._read_rows(table)
        except InvalidInput as error:
            raise BadInput(f"{error}.") from None
        self.unreadable = rows.count(None)
        rows = [cells for cells in rows if cells is not None]
        if len(first) == 1 and len(first[0].split()) > 1:
            first = tuple(first[0].split())
            rows = [tuple(cells[0].split()) for cells in rows]
        self.has_heading = not any(_is_value(cell) for cell in first)
        self.names = list(first) if self.has_heading else [str(i + 1) for i in range(len(first))]
        if not self.has_heading:
            rows.insert(0, first)
        self.rows = rows
        if not rows:
            raise BadInput(f"{path} has a heading but no rows.")

    def _read_rows(self, table):
        """Return the rows; where a quote is never closed, every line is a row of its own."""
        rows = []
        for number, cells in table.rows():
            if cells and any(cell.count("\n") > MAX_LINE_BREAKS for cell in cells):
                self.notes.append(
                    f"A quote in line {number} is not closed: every line is read as a row."
                )
                return [cells for _number, cells in table.rows(by_line=True)]
            rows.append(cells)
        return rows

    def __len__(self):
        return len(self.rows)

    def get_column(self, index):
        """The cells of a column; rows that are too short give an empty cell."""
        return [cells[index].strip() if index < len(cells) else "" for cells in self.rows]

    def find(self, text, option):
        """Return the position of a column named by its heading or its number (from 1).

        :raises BadInput: there is no such column
        """
        index = self.locate(text)
        if index is None and not self.has_heading:
            index = self._guess(option)
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
                if cells and find_day_format(cells, strict=True):
                    return self._note(option, index)
        places = {"customer": 0, "amount": len(self.names) - 1}
        return self._note(option, places[option]) if option in places else None

    def _note(self, option, index):
        self.notes.append(f"No heading line: column {index + 1} is taken for --{option}.")
        return index


def get_codes(cells):
    """Codes as text; a spreadsheet's 17850.0 is 17850; empty ones and the like are empty."""
    known = {cell: parse_code(cell) for cell in set(cells)}
    for cell, code in known.items():
        if code.casefold() in ("nan", "null", "none", "n/a", "na"):
            known[cell] = ""
    return [known[cell] for cell in cells]


def get_numbers(cells):
    """Numbers as float, None where a cell is none."""
    distinct = set(cells)
    decimal = _get_decimal_sign(distinct)
    known = {cell: _get_number(cell, decimal) for cell in distinct}
    return [known[cell] for cell in cells]


def _get_decimal_sign(cells):
    point = sum(_get_number(cell, ".") is not None for cell in cells)
    comma = sum(_get_number(cell, ",") is not None for cell in cells) if point < len(cells) else 0
    return "," if comma > point else "."


def _get_number(cell, decimal):
    try:
        return float(parse_number(cell, decimal))
    except ValueError:
        return None


def _is_value(cell):
    return _get_number(cell, ".") is not None or bool(find_day_format([cell], strict=True))
