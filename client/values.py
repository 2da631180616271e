"""Numbers, dates and codes as people write them. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

LARGEST = Decimal("1e12")  # beyond this a number is a typing error, not a sale
FIRST_YEAR, LAST_YEAR = 1970, 2100
CURRENCY_SIGNS = re.compile(r"^[£$€¥₹﷼]|[£$€¥₹﷼]$")
SPACES = re.compile(r"[\s\u00a0\u202f'’٬]")

# Tried in this order; of those that read equally many dates, the first one counts.
DATE_FORMATS = (
    "iso",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d-%m-%Y",
    "%d-%m-%Y %H:%M",
    "%m/%d/%y",
    "%m/%d/%y %H:%M",
    "%Y%m%d",
)


@lru_cache(maxsize=100_000)
def parse_number(text: str, decimal: str = ".") -> Decimal:
    """The number in a cell: ``1,234.5``, ``1.234,5``, ``(3)``, ``£2.55``, ``۱۲٫۵``.

    :param decimal: the decimal sign when a lone ``,`` or ``.`` leaves it open
    :raises ValueError: not a finite number, or too large to be meant
    """
    plain = SPACES.sub("", ascii_digits(text)).replace("٫", decimal)
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    plain = CURRENCY_SIGNS.sub("", plain).replace("−", "-")
    if "," in plain and "." in plain:
        decimal = max(",", ".", key=plain.rfind)
    thousands = "." if decimal == "," else ","
    groups = plain.split(thousands)
    if len(groups) > 1 and any(len(g.split(decimal)[0]) != 3 for g in groups[1:]):
        raise ValueError(f"not a number: {text!r}")
    try:
        number = Decimal("".join(groups).replace(decimal, "."))
    except InvalidOperation:
        raise ValueError(f"not a number: {text!r}") from None
    if not number.is_finite() or abs(number) >= LARGEST:
        raise ValueError(f"not a usable number: {text!r}")
    return number


@lru_cache(maxsize=100_000)
def parse_date(text: str, date_format: str = "iso") -> datetime:
    """The moment in a cell, without a time zone.

    :param date_format: ``iso`` or a ``strptime`` format
    :raises ValueError: another format, or a year no sale happened in
    """
    plain = ascii_digits(text).strip()
    try:
        if date_format == "iso":
            moment = datetime.fromisoformat(plain.replace("Z", ""))
        else:
            moment = datetime.strptime(plain, date_format)
    except ValueError:
        raise ValueError(f"not a date: {text!r}") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"not a usable date: {text!r}")
    return moment.replace(tzinfo=None, microsecond=0)


def guess_date_format(texts: Iterable[str]) -> str:
    """The format that reads most of these dates (day first when nothing tells)."""
    sample = [text for text in dict.fromkeys(texts) if text.strip()]
    best, best_count = "iso", -1
    for candidate in DATE_FORMATS:
        count = sum(1 for text in sample if _is_date(text, candidate))
        if count > best_count:
            best, best_count = candidate, count
        if sample and count == len(sample):
            break
    return best


def moment_text(moment: datetime) -> str:
    """The moment as Odoo's datetime fields take it.

    A day without a time is put at noon, so that it is the same day in every time zone.
    """
    if moment.time() == time():
        moment = datetime.combine(moment, time(12))
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def parse_code(text: str) -> str:
    """A code as text; a spreadsheet's ``17850.0`` is ``17850``."""
    code = text.strip()
    return code[:-2] if re.fullmatch(r"\d+\.0", code) else code


def heading(text: str) -> str:
    """A column heading reduced to its letters and digits, for comparing."""
    return "".join(c for c in text.casefold() if c.isalnum())


def ascii_digits(text: str) -> str:
    """The text with Persian, Arabic and other decimal digits as 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c, c)) for c in text)


def _is_date(text: str, date_format: str) -> bool:
    try:
        parse_date(text, date_format)
    except ValueError:
        return False
    return True
