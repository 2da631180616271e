"""Records of delimited text. A quote that is never closed costs its own line, not those behind it.

Python's csv takes an open quote to the end of the file for one cell. Here a record that goes over
several lines has to be one: its quotes close before a delimiter or the end of a line, it has as
many cells as there are headings, and its lines are no rows themselves.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DELIMITERS = "\t;|,"  # of those that fit equally well, the first one counts
LONGEST = 1 << 24  # signs of one record: bodies of e-mails are long
MOST_LINES = 10_000  # of one record
SAMPLE = 30  # records looked at to find the delimiter
# Whatever saved the file again has put its own delimiters behind Excel's line.
SEP_LINE = re.compile(r'[\s\ufeff]*"?sep ?= ?(\\t|tab|.)"?([,;\t|]*)\s*', re.IGNORECASE)
ONE_COLUMN = "\x1f"  # a sign that no text has
CUT_QUOTE = re.compile(r'[,;\t|]"|"[,;\t|]')  # in a cell: another delimiter ends cells
UNCLOSED = "a quote is never closed"
csv.field_size_limit(LONGEST)


@dataclass(frozen=True)
class Record:
    """Cells that belong together; ``cells`` is None where they cannot be told.

    :param number: its first line in the file
    :param fault: why there are no cells
    :param text: the line as it is written, where there are no cells
    """

    number: int
    cells: tuple[str, ...] | None
    fault: str = ""
    text: str = ""


def read_records(lines: Iterable[str], delimiter: str, width: int = 0) -> Iterator[Record]:
    """The records of lines that keep their ends; blank lines are records of no cells.

    :param width: number of headings, 0 when it is not known yet
    """
    waiting: deque[str] = deque()
    source = iter(lines)
    number = 0
    while True:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        number += 1
        if '"' not in line:
            text = line.rstrip("\r\n")
            yield Record(number, tuple(text.split(delimiter)) if text else ())
            continue
        is_open, _is_sound = _scan(line, delimiter, inside=False)
        if not is_open:
            yield Record(number, _cells([line], delimiter))
            continue
        taken = _take_open(line, waiting, source, delimiter)
        cells = _cells(taken, delimiter) if len(taken) > 1 else None
        if cells is None or not _is_one_record(taken, cells, delimiter, width):
            waiting.extendleft(reversed(taken[1:]))
            yield Record(number, None, UNCLOSED, line.rstrip("\r\n"))
            continue
        yield Record(number, cells)
        number += len(taken) - 1


def told_delimiter(line: str) -> str | None:
    """The delimiter that Excel's line ``sep=;`` tells.

    :return: empty where another program has saved the file again; None for any other line
    """
    match = SEP_LINE.fullmatch(line)
    if not match:
        return None
    told = "\t" if match[1].lower() in ("\\t", "tab") else match[1]
    return told if not match[2].strip(told) else ""


def find_delimiter(lines: list[str]) -> str:
    """The delimiter by which the first rows have most cells, and as many as there are headings."""
    best, best_score, most_cells = ",", 0.0, 0
    for delimiter in DELIMITERS:
        head, *rows = [r.cells for r in read_records(lines, delimiter) if r.cells] or [()]
        width = len(head)
        score = width * (1.001 if not rows else 0.001 + _agreement(rows[:SAMPLE], width))
        if any(CUT_QUOTE.search(cell) for cell in head):
            score /= width
        if score > best_score:
            best, best_score = delimiter, score
        most_cells = max(most_cells, width)
    if most_cells == 1:  # one column: commas in its texts divide nothing
        return next((d for d in ",;\t|" if not any(d in line for line in lines)), ONE_COLUMN)
    return best


def _agreement(rows: list[tuple[str, ...]], width: int) -> float:
    """How well rows fit the headings, from 0 to 1; too many cells count a little."""
    points = 0.0
    for cells in rows:
        filled = max((i for i, cell in enumerate(cells, 1) if cell.strip()), default=0)
        if (len(cells) > 1 or width == 1) and not any(map(CUT_QUOTE.search, cells)):
            points += 1.0 if filled <= width else 0.6 * (width > 1)
    return points / len(rows)


def _take_open(first: str, waiting: deque[str], source: Iterator[str], delimiter: str) -> list[str]:
    """The lines up to the one that closes the quote; only the first one when none does.

    Lines read in vain are put back.
    """
    taken, size = [first], len(first)
    while size < LONGEST and len(taken) < MOST_LINES:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            break
        taken.append(line)
        size += len(line)
        if '"' not in line:
            continue
        is_open, is_sound = _scan(line, delimiter, inside=True)
        if not is_sound:
            break
        if not is_open:
            return taken
    waiting.extendleft(reversed(taken[1:]))
    return taken[:1]


def _scan(line: str, delimiter: str, inside: bool) -> tuple[bool, bool]:
    """Whether a quoted cell is open at the line's end, and whether those before closed well."""
    position, is_sound = 0, True
    while (found := line.find('"', position)) >= 0:
        position = found + 1
        if not inside:
            inside = found == 0 or line[found - 1] == delimiter
        elif line.startswith('"', position):
            position += 1
        else:
            inside = False
            is_sound &= position >= len(line) or line[position] in f"{delimiter}\r\n"
    return inside, is_sound


def _cells(lines: list[str], delimiter: str) -> tuple[str, ...] | None:
    """The cells of one record; None when csv finds none or several in it."""
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return None
    return tuple(rows[0]) if len(rows) == 1 else None if rows else ()


def _is_one_record(lines: list[str], cells: tuple[str, ...], delimiter: str, width: int) -> bool:
    """Whether several lines are one record, not rows swallowed by an open quote."""
    if width and len(cells) != width:
        return False
    if width < 2 or (width == 2 and len(lines) < 3):
        return True
    rows = [line.replace('"', "").split(delimiter) for line in lines if line.strip()]
    kind = _kind(cells[0])
    if width == 2 and kind != "number":  # prose with a comma in every line
        return True
    return not all(len(row) == width and _kind(row[0]) == kind for row in rows)


def _kind(cell: str) -> str:
    if any(sign.isdigit() for sign in cell):
        return "number"
    return "text" if cell.strip() else ""
