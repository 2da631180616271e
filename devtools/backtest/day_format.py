"""Reads the days of a column as ordinals, through the client's one reader of dates."""

from collections import Counter

from client.cells.days import SERIAL, read_date
from client.dates import DateReader


def learn_days(counts):
    """Return a reader that has seen a column: text -> number of cells."""
    reader = DateReader()
    for text, count in counts.items():
        reader.learn(text, count)
    return reader


def is_day_column(cells):
    """Tell whether every filled cell is a date that could not as well be a code or an amount."""
    reader = learn_days(Counter(cells))
    days = get_days(cells, reader)
    filled = [(cell, day) for cell, day in zip(cells, days, strict=True) if cell.strip()]
    return bool(filled) and all(
        day is not None and not SERIAL.fullmatch(cell.strip()) for cell, day in filled
    )


def get_days(cells, reader):
    """Ordinals of days, None where a cell is no date."""
    return [_get_day(cell, reader) for cell in cells]


def is_day(text):
    """Tell whether a text can be a date at all."""
    try:
        read_date(text)
    except ValueError:
        return False
    return True


def _get_day(cell, reader):
    try:
        return reader.day(cell).toordinal()
    except ValueError:
        return None
