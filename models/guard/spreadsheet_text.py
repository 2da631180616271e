"""What a spreadsheet would run or open, and how it is made plain text."""

import re

# Signs nobody sees, which some programs skip before they look for a formula.
UNSEEN = r"\s\x00-\x1f\x7f\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
# Full-width signs count for spreadsheets of East Asian settings, a brace for XLSX files.
FORMULA = re.compile(rf"[\t\r\n]|[{UNSEEN}]*(?:[=@＝＠]|\{{=)")
# Spreadsheets reckon with these, too, when they open a file; phone numbers begin so.
SIGNED = re.compile(rf"[{UNSEEN}]*[+\-＋－]")
LINK = re.compile(
    rf"[{UNSEEN}]*(?:[a-z][a-z0-9+.-]*://|mailto:|internal:|external:)", re.IGNORECASE
)


def disarm(value):
    """Return what a program gets for a value: no formula, whatever text it is."""
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value


def disarm_cell(value):
    """Return what is written into the cell of a file: no text that begins as a formula may."""
    if isinstance(value, str) and SIGNED.match(value):
        return f"'{value}"
    return disarm(value)


def disarm_link(value):
    """Do as ``disarm_cell``, and leave no text that XLSX files take for a link."""
    if isinstance(value, str) and LINK.match(value):
        return f"'{value}"
    return disarm_cell(value)
