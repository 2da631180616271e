"""Numbers, codes and headings as people write them. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache

LARGEST = Decimal("1e12")  # beyond this a number is a typing error, not a sale
CURRENCY_SIGNS = re.compile(r"^[£$€¥₹﷼]|[£$€¥₹﷼]$")
SPACES = re.compile(r"[\s\u00a0\u202f'’٬]")


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
