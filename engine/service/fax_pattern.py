"""Finds the sender's number in what a fax gateway writes.

A pattern is plain text with ``{number}`` where the number stands and ``*`` for any short text.
Users write patterns and strangers write the mails: regular expressions of users could keep a
server busy for ever, these cannot, as every repetition is bounded.
"""

import re

from .phone_number import clean_phone_text, extract_phone_number

PLACEHOLDER = "{number}"
MAX_PATTERNS, MAX_PATTERN_LENGTH, MAX_STARS, MAX_TEXT_LENGTH = 20, 100, 2, 200
# Before it, a switchboard may say on which line it came: "L0#0912…".
NUMBER = r"(?:(?:tel|fax|sips?):|[a-z]{0,3}\d{0,3}[#*]\s{0,2})?([+(]?\d[\d ()./\-]{1,28}\d)"
# Persian as Arabic and old keyboards write it.
LETTERS = str.maketrans("يىئكۀةهٱأإآ", "یییکههها" + "ااا", "\u0640\u200c\u200d")
DEFAULT_FAX_PATTERNS = """Fax from {number}
Fax message from {number}
Fax received from {number}
Fax * from {number}
فکس از {number}
فکس از شماره {number}
دورنگار از {number}
نمابر از {number}
فاکس از {number}
فکس * از {number}
دورنگار * از {number}
نمابر * از {number}
از شماره {number}
<{number}@"""


class FaxPatternError(ValueError):
    """``args``: the reason (``count``, ``length``, ``number``, ``stars``) and the pattern."""


def compile_fax_patterns(text):
    """Return the compiled expressions of patterns, one in each line; empty lines are left out.

    :param text: what a user wrote, at most 20 patterns of 100 signs; ``None`` is no pattern
    :raise FaxPatternError: if one cannot be used
    """
    lines = [_fold(line) for line in (text or "").splitlines() if line.strip()]
    if len(lines) > MAX_PATTERNS:
        raise FaxPatternError("count", str(MAX_PATTERNS))
    return [_compile(line) for line in lines]


def _compile(line):
    if len(line) > MAX_PATTERN_LENGTH:
        raise FaxPatternError("length", line)
    if line.count(PLACEHOLDER) != 1:
        raise FaxPatternError("number", line)
    if line.count("*") > MAX_STARS:
        raise FaxPatternError("stars", line)
    parts = []
    for part in re.split(r"(\{number\}|\*|\s+)", line):
        if part == PLACEHOLDER:
            parts.append(NUMBER)
        elif part == "*":
            parts.append(".{0,40}?")
        elif part.isspace():
            parts.append(r"[\s:]{1,5}")
        else:
            parts.append(re.escape(part))
    return re.compile("".join(parts), re.IGNORECASE)


def find_fax_number(patterns, texts):
    """Return the first number a pattern finds in the texts, the first text first, or ``""``.

    :param patterns: of :func:`compile_fax_patterns`
    :param texts: such as subject and sender of a mail; only the first 200 signs are looked at
    """
    for text in texts:
        shown = _fold((text or "")[:MAX_TEXT_LENGTH])[:MAX_TEXT_LENGTH]
        for pattern in patterns:
            found = pattern.search(shown)
            number = found and extract_phone_number(found[1])
            if number:
                return number
    return ""


def _fold(text):
    """Return a text as it is compared: letters and digits of one kind, no signs nobody sees."""
    return clean_phone_text(text).translate(LETTERS).strip()
