"""Digits, signs, codes and headings as people and spreadsheets write them. Pure functions."""

from __future__ import annotations

import re
import unicodedata

# Marks of direction and half-spaces: invisible, and between digits they say nothing.
INVISIBLE = re.compile("[\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
# Excel's way of saying that digits are a text: ="0912" in a CSV file, '0912 in a cell.
TEXT_FORMULA = re.compile(r'\s*="((?:[^"]|"")*)"\s*', re.DOTALL)
SHORTENED = re.compile(r"([+-]?)(\d)(?:[.,٫](\d+))?[eE]\+(\d{1,3})")
STRETCH = "\u0640"  # draws a word out, says nothing
ARABIC_TO_PERSIAN = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه"})


# Invisible, or a space, anywhere in an address: left over from copying.
NOT_IN_MAIL = re.compile(
    "[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f]"
)
AROUND_AT = re.compile(r"\s*@\s*")


def mail_text(text: str) -> str:
    """An e-mail address without what nobody sees in it."""
    return AROUND_AT.sub("@", NOT_IN_MAIL.sub("", text)).strip()


def mail_forms(text: str) -> tuple[str, ...]:
    """How an address may stand in a database: small letters, its domain as servers have it
    (punycode) and as it is read. The first one is the same for all spellings of an address.
    """
    name, at, domain = unicodedata.normalize("NFKC", mail_text(text)).lower().rpartition("@")
    try:
        served = domain.encode("idna").decode()
        shown = served.encode().decode("idna")
    except UnicodeError:
        served = shown = domain
    if shown != domain and not domain.isascii():  # ß is a letter of its own today, not ss
        served = shown = domain
    return tuple(dict.fromkeys(f"{name}{at}{form}" for form in (served, domain, shown)))


def mail_key(text: str) -> str:
    """What is the same for all spellings of an address."""
    return mail_forms(text)[0]


def ascii_digits(text: str) -> str:
    """The text with Persian, Arabic and other decimal digits as 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c, c)) for c in text)


def bare(text: str) -> str:
    """A cell with digits 0-9, without invisible marks and surrounding space."""
    if text.isascii():
        return text.strip()
    return INVISIBLE.sub("", ascii_digits(text)).strip()


def heading(text: str) -> str:
    """A column heading reduced to its letters and digits, for comparing.

    Arabic letters are Persian ones then: that is how Windows-1256 has them.
    """
    plain = text.translate(ARABIC_TO_PERSIAN).replace(STRETCH, "")
    return "".join(c for c in plain.casefold() if c.isalnum())


def formula_text(cell: str) -> str:
    """The text of Excel's ``="0912"``; any other cell as it is."""
    if "=" not in cell:
        return cell
    match = TEXT_FORMULA.fullmatch(cell)
    return match[1].replace('""', '"') if match else cell


def is_shortened(text: str) -> bool:
    """Whether Excel has shortened digits (``9.89E+11``) so that the last ones are lost."""
    match = SHORTENED.fullmatch(bare(text))
    return bool(match) and len(match[3] or "") < int(match[4])


def parse_code(text: str) -> str:
    """A code as text: a spreadsheet's ``17850.0`` is ``17850``, ``="0912"`` is ``0912``.

    :raises ValueError: Excel has shortened it (``9.89E+11``): its last digits cannot be restored
    """
    code = formula_text(text).strip()
    if code.isascii() and code.isalnum():
        return code
    if is_shortened(code):
        raise ValueError(
            f"Excel has shortened this number, its last digits are lost: {text!r}; "
            "export it as text"
        )
    match = SHORTENED.fullmatch(bare(code))
    if match:
        fraction, size = match[3] or "", int(match[4])
        return match[1] + match[2] + fraction[:size] if not fraction[size:].strip("0") else code
    return code[:-2] if re.fullmatch(r"\d+\.0", code) else code.removeprefix("'")
