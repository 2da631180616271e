"""Finds out how dates are written, and reads them as ordinals."""

from client.values import guess_date_format, parse_date

SAMPLE = 500
MIN_READABLE = 0.5
COMPACT_LENGTHS = (8, 12, 14)
# Beside those client.values knows: names of months, and two-digit years.
MORE_FORMATS = (
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d/%b/%Y",
    "%d %B %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d/%m/%y",
    "%d.%m.%y",
    "%Y.%m.%d",
    "%Y-%m-%d",
    "%m-%d-%Y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%m/%d/%y",
    "%Y%m%d%H%M",
    "%Y%m%d%H%M%S",
)


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
    best = max((guess_date_format(texts), *MORE_FORMATS), key=lambda form: _count(texts, form))
    share = _count(texts, best) / len(texts)
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


def _count(texts, form):
    return sum(_read(text, form) is not None for text in texts)


def _read(text, form):
    if text.isdigit() and len(text) not in COMPACT_LENGTHS:
        return None  # strptime would take 0001 for a date
    try:
        return parse_date(text, form).toordinal()
    except ValueError:
        return None
