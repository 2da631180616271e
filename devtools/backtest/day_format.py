"""Finds out how the days of a column are written, and reads them as ordinals."""

from client.dates import WIDE_FORMATS, guess_date_format, parse_date

SAMPLE = 500
MIN_READABLE = 0.5
COMPACT_LENGTHS = (8, 12, 14)


def get_day_text(cell):
    """The part of a moment that names the day."""
    text = cell.replace(",", " ").strip()
    if ":" not in text:
        return " ".join(text.split())
    words = text.replace("T", " ").split()
    return " ".join(word for word in words if ":" not in word and word.upper() not in ("AM", "PM"))


def find_day_format(cells, *, strict=False):
    """Return the format that reads most of these cells, or None if none reads half of them.

    :param strict: all of them must be read
    """
    distinct = list(dict.fromkeys(cells))
    texts = [get_day_text(cell) for cell in distinct if cell.strip()]
    # Evenly through the file: its first rows may all be of one month.
    texts = texts[:: max(1, len(texts) // SAMPLE)]
    if not texts:
        return None
    best = guess_date_format(texts, WIDE_FORMATS, _parse)
    share = sum(is_day(text, best) for text in texts) / len(texts)
    return best if share >= (1 if strict else MIN_READABLE) else None


def get_days(cells, form):
    """Ordinals of days, None where a cell is no date."""
    texts = {cell: get_day_text(cell) for cell in set(cells)}
    days = {text: _read(text, form) for text in set(texts.values())}
    known = {cell: days[text] for cell, text in texts.items()}
    return [known[cell] for cell in cells]


def get_other_reading(form):
    """Return the format with day and month exchanged, None where it cannot be mistaken."""
    if form.startswith(("%d", "%m")) and "%b" not in form and "%B" not in form:
        return form.translate(str.maketrans("dm", "md"))
    return None


def is_day(text, form):
    """Tell whether a text is a day in this format."""
    return _read(text, form) is not None


def _read(text, form):
    try:
        return _parse(text, form, "auto").toordinal()
    except ValueError:
        return None


def _parse(text, form, calendar):
    if text.isdigit() and len(text) not in COMPACT_LENGTHS:
        raise ValueError("strptime would take 0001 for a date")
    return parse_date(text, form, calendar)
