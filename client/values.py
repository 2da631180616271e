"""One door to what reads cells: codes, numbers, dates, headings."""

from __future__ import annotations

from .cells.numbers import NumberReader, parse_number
from .cells.signs import ascii_digits, formula_text, heading, is_shortened, parse_code
from .dates import DateReader, guess_date_format, parse_date

__all__ = [
    "DateReader",
    "NumberReader",
    "ascii_digits",
    "formula_text",
    "guess_date_format",
    "heading",
    "is_shortened",
    "parse_code",
    "parse_date",
    "parse_number",
]
