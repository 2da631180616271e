"""Numbers as people write them, with both signs that may divide them. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from .currencies import currency_of
from .signs import bare, is_shortened

LARGEST = Decimal("1e12")  # beyond this a number is a typing error, not a sale
LONGEST = 80  # signs of a cell with a number
POINT, COMMA, SLASH = ".", ",", "/"
MOST_MIXED = 0.01  # of the cells that tell; more of the other sign, and the column has both
# First and last digit with what is between; a dot after a letter belongs to the word (Rs.500).
CORE = re.compile(r"(?:(?<![^\W\d_])[.,٫])?\d(?:.*\d)?", re.DOTALL)
NO_CENTS = re.compile(r"^(?:[.,/][-–—]+|\.(?!\S))")  # 100.- and 100,– are no negative numbers
EXPONENT = re.compile(r"(\d+(?:[.,٫]\d+)?)[eE]([+-]?\d{1,3})")
THOUSANDS = ",.٬' "
PARTS = re.compile(r"(\D+)")
SPACES = re.compile(r"\s")
ENCLOSED = re.compile(r"\(([^()\d]*[^()\d\s+−–-][^()\d]*)\)")
ONE_SIGN = str.maketrans(
    {"،": COMMA, "’": "'", "ʼ": "'", "`": "'", **dict.fromkeys("\u2044\u2215\uff0f", SLASH)}
)
ASCII_DIGIT = re.compile("[0-9]")
MINUS = "-−–"
# Of fractions that people write; 12/50 is none.
DENOMINATORS = (*range(1, 17), 32, 64, 100)
SAY_SLASH = 'write it with a point, or say "decimal": "/" where it is the decimal sign'


@dataclass(frozen=True)
class NumberCell:
    """One number in both readings; None where the cell cannot be read so.

    :param point: with ``.`` as the decimal sign
    :param comma: with ``,`` as the decimal sign
    :param sign: the decimal sign it tells, as ``2,5``, ``1.234.567`` and ``12/5`` do; empty
        without one
    :param currency: code beside it, empty without one
    :param has_open_currency: beside it is a sign that several currencies share, such as ``$``
    :param has_open_slash: ``1/2`` may be a fraction, ``12/500`` thousands: only the column tells
    """

    point: Decimal | None
    comma: Decimal | None
    sign: str = ""
    currency: str = ""
    has_open_currency: bool = False
    has_open_slash: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the decimal sign changes the number, as in ``1,234``."""
        return not self.sign and self.point != self.comma


@lru_cache(maxsize=100_000)
def read_number(text: str) -> NumberCell:
    """The number in a cell: ``1,234.5``, ``(3)``, ``EUR 2,55``, ``۱٬۲۵۰٬۰۰۰ ریال``, ``100-``.

    :raises ValueError: not a number, or too large to be meant
    """
    plain = bare(text)
    core = CORE.search(plain)
    if not core or len(plain) > LONGEST:
        raise ValueError(f"not a number: {text!r}")
    after = NO_CENTS.sub("", plain[core.end() :])
    negative, currency, is_shared = _around(plain[: core.start()], after, text)
    written = core[0].translate(ONE_SIGN)
    point, comma, sign = (_by_slash if SLASH in written else _readings)(written, text)
    if any(number is not None and number >= LARGEST for number in (point, comma)):
        raise ValueError(f"not a usable number: {text!r}")
    if negative:
        point, comma = (None if number is None else -number for number in (point, comma))
    is_open = SLASH in written and _may_be_no_decimal(written, text)
    return NumberCell(point, comma, "" if is_open else sign, currency, is_shared, is_open)


def parse_number(text: str, decimal: str | None = None) -> Decimal:
    """The number in a cell, see :func:`read_number`.

    :param decimal: the decimal sign, ``.``, ``,`` or ``/``; when None what the cell tells, else
        ``.``
    :raises ValueError: not a number, too large to be meant, or not with this decimal sign
    """
    cell = read_number(text)
    if cell.has_open_slash and not decimal:
        raise ValueError(f"decimals, a fraction or thousands? Nothing tells: {text!r}; {SAY_SLASH}")
    number = cell.comma if (decimal or cell.sign) == COMMA else cell.point
    if decimal == SLASH and cell.is_open:
        number = cell.comma if number is None else max(number, cell.comma or number, key=abs)
    has_slash = cell.has_open_slash or cell.sign == SLASH
    if number is None or (has_slash and decimal in (POINT, COMMA)):
        raise ValueError(f"not a number: {text!r}")
    return number


class NumberReader:
    """Reads the numbers of a column, after it has seen them all.

    ``1,234`` alone may be two numbers. Which one is told by the other cells, else by the other
    columns, else it is taken as English; then :attr:`doubt` says so.
    """

    def __init__(self, decimal: str | None = None) -> None:
        """:param decimal: the decimal sign when it is known"""
        self.said = decimal
        self.fallback = POINT  # where the column tells nothing
        self.is_told = False  # whether other columns tell the fallback
        self.currencies: Counter[str] = Counter()
        self.shortened = 0
        self._signs: Counter[str] = Counter()
        self._open = 0
        self._slashes: dict[str, int] = {}
        self._example = ""

    def learn(self, text: str, count: int = 1) -> None:
        """Take one cell of the column into account, or ``count`` of them that are alike."""
        try:
            cell = read_number(text)
        except ValueError:
            return
        if cell.currency:
            self.currencies[cell.currency] += count
        self.shortened += count * is_shortened(text)
        if cell.has_open_slash or cell.sign == SLASH:
            self._slashes[text] = self._slashes.get(text, 0) + count
        if cell.sign:
            self._signs[cell.sign] += count
        elif cell.is_open:
            self._open += count
            self._example = self._example or text

    @property
    def evidence(self) -> str:
        """The decimal sign most cells tell; empty when none does."""
        return max(self._signs, key=lambda sign: self._signs[sign]) if self._signs else ""

    @property
    def decimal(self) -> str:
        """The decimal sign: said, else learned, else the other columns'."""
        return self.said or self.evidence or self.fallback

    @property
    def is_mixed(self) -> bool:
        """Whether both signs are in use: then only what can be read in one way is read."""
        few = min(self._signs[POINT], self._signs[COMMA])
        return not self.said and few > MOST_MIXED * self._signs.total()

    @property
    def doubt(self) -> str:
        """What may have been read wrongly; empty when nothing may."""
        return "; ".join(filter(None, (self._sign_doubt, self._slash_doubt)))

    @property
    def _slash_doubt(self) -> str:
        if self.said or not self._slashes:
            return ""
        count = sum(self._slashes.values())
        example = next(iter(self._slashes))
        if not self._is_slash_told:
            return (
                f"{count:,} numbers such as {example!r} may be decimals, fractions or thousands: "
                f"they are not read; {SAY_SLASH}"
            )
        return (
            f"{count:,} numbers such as {example!r} have / as the decimal sign: read as "
            f"{self.number(example):f}"
        )

    @property
    def _is_slash_told(self) -> bool:
        return SLASH in (self.said, self.fallback) or self._signs[SLASH] > 0

    @property
    def _sign_doubt(self) -> str:
        if self.is_mixed:
            return "both . and , stand for the decimal sign"
        if self._open and not (self.said or self.evidence or self.is_told):
            return (
                f"{self._open:,} numbers such as {self._example!r} leave the decimal sign open: "
                f"read as {self.number(self._example):f}"
            )
        return ""

    def number(self, text: str) -> Decimal:
        """The number in a cell.

        :raises ValueError: none, or one that can be read in two ways
        """
        cell = read_number(text)
        if cell.has_open_slash or cell.sign == SLASH:
            return parse_number(text, self.said or (SLASH if self._is_slash_told else None))
        if not self.is_mixed:
            return parse_number(text, self.decimal)
        if cell.is_open:
            raise ValueError(f"thousands or decimals? Both are in this column: {text!r}")
        return parse_number(text)


def _around(before: str, after: str, text: str) -> tuple[bool, str, bool]:
    """Whether the number is negative, the currency beside it, and whether that is left open."""
    before, after = ENCLOSED.sub(r" \1 ", before), ENCLOSED.sub(r" \1 ", after)
    negative = before.count("(") == 1 and after.count(")") == 1
    if negative:
        before, after = before.replace("(", ""), after.replace(")", "")
    signs = [c for c in before + after if c in MINUS + "+"]
    if len(signs) > 1 or (signs and negative):
        raise ValueError(f"not a number: {text!r}")
    if signs:
        negative = signs[0] != "+"
        before, after = (part.replace(signs[0], "") for part in (before, after))
    words = [word for word in (before.strip(), after.strip()) if word]
    found = [currency_of(word) for word in words]
    named = {code for code in found if code}
    if None in found or len(named) > 1:
        raise ValueError(f"not a number: {text!r}")
    return negative, next(iter(named), ""), bool(found) and not named


def _readings(core: str, text: str) -> tuple[Decimal | None, Decimal | None, str]:
    """The number with ``.`` and with ``,`` as the decimal sign, and the sign it tells."""
    exponent = EXPONENT.fullmatch(core)
    if exponent:
        number = Decimal(re.sub("[,٫]", ".", exponent[1])).scaleb(int(exponent[2]))
        return number, number, ""
    pieces = PARTS.split(core)
    digits, signs = pieces[::2], [SPACES.sub(" ", sign) for sign in pieces[1::2]]
    if len(signs) == 1 and signs[0] in (POINT, COMMA):
        return _by_one_sign(digits, signs[0])
    fraction = told = ""
    if len(set(signs)) == 2 or signs == ["٫"]:
        fraction, digits = digits[-1], digits[:-1]
        told = signs.pop()
        if told not in (POINT, COMMA, "٫"):
            raise ValueError(f"not a number: {text!r}")
    if signs and not (
        len(set(signs)) == 1 and signs[0] in THOUSANDS and _are_groups(digits, signs[0])
    ):
        raise ValueError(f"not a number: {text!r}")
    if not told and signs:
        told = {POINT: COMMA, COMMA: POINT}.get(signs[0], "")
    number = Decimal(f"{''.join(digits) or 0}.{fraction or 0}" if fraction else "".join(digits))
    return number, number, "" if told == "٫" else told


def _by_one_sign(digits: list[str], sign: str) -> tuple[Decimal | None, Decimal | None, str]:
    """``1,234``: thousands or decimals; ``1,23`` and ``0,123``: decimals."""
    decimals = Decimal(f"{digits[0] or 0}.{digits[1]}")
    thousands = Decimal("".join(digits)) if _are_groups(digits, sign) else None
    told = "" if thousands is not None else sign
    return (decimals, thousands, told) if sign == POINT else (thousands, decimals, told)


def _by_slash(core: str, text: str) -> tuple[Decimal | None, Decimal | None, str]:
    """``12/5``: Persian keyboards and Windows in Persian have ``/`` for the decimal sign."""
    whole, _slash, fraction = core.partition(SLASH)
    if not fraction.isdecimal():
        raise ValueError(f"not a number: {text!r}")
    digits, signs = PARTS.split(whole)[::2], [SPACES.sub(" ", s) for s in PARTS.findall(whole)]
    are_groups = not signs or (
        len(set(signs)) == 1 and signs[0] in THOUSANDS and _are_groups(digits, signs[0])
    )
    if not are_groups or not digits[-1]:
        raise ValueError(f"not a number: {text!r}")
    number = Decimal(f"{''.join(digits)}.{fraction}")
    return number, number, SLASH


def _may_be_no_decimal(core: str, text: str) -> bool:
    """Whether ``/`` may be a fraction's (``1/2``), or divide thousands (``12/500``).

    Who writes Persian digits has it on the keyboard for decimals, and no fraction is above one.
    """
    whole, _slash, fraction = core.partition(SLASH)
    if not whole.isdecimal() or len(whole) > 1 and whole[0] == "0":
        return False
    if len(fraction) == 3 and whole != "0":
        return True
    is_small = 0 < int(whole) <= int(fraction) and fraction[0] != "0"
    is_usual = is_small and int(fraction) in DENOMINATORS
    return is_usual and ASCII_DIGIT.search(text) is not None


def _are_groups(digits: list[str], sign: str) -> bool:
    """Groups of three; with commas also the Indian way, 12,34,567."""
    first, *others, last = digits
    if not 1 <= len(first) <= 3 or first[0] == "0" or len(last) != 3:
        return False
    if all(len(group) == 3 for group in others):
        return True
    return sign == COMMA and len(first) <= 2 and all(len(group) == 2 for group in others)
