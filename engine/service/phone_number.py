"""Phone numbers as telephone systems and fax gateways write them."""

import re
import unicodedata

MAX_LENGTH = 1000
MIN_DIGITS, MAX_DIGITS = 3, 20
BRACKETED = re.compile(r"<([^<>]{1,200})>")
SCHEME = re.compile(r"^(sips?|tel|fax|callto):", re.IGNORECASE)
HOST = re.compile(r"@.*$", re.DOTALL)
PARAMETERS = re.compile(r";(?!\s*ext).*$", re.IGNORECASE | re.DOTALL)
# What people put between digits; anything else means that this is no number.
SEPARATORS = " .-/()_"


def extract_phone_number(text):
    """Return the number in a text such as ``"Ali" <sip:0098…@host>``: digits, perhaps after a +.

    Digits of any script count; a leading 00 becomes a +.

    :return: an empty text for names, withheld and other non-numbers (3 to 20 digits make a number)
    """
    text = unwrap_phone_number(text).split(";")[0].strip()
    plus = text.startswith("+")
    digits = ""
    for sign in text[1:] if plus else text:
        if sign.isdecimal():
            digits += sign
        elif sign not in SEPARATORS:
            return ""
    if digits.startswith("00") and not plus:
        plus, digits = True, digits[2:]
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
        return ""
    return ("+" if plus else "") + digits


def unwrap_phone_number(text):
    """Return what a telephone system says of a number, without name, scheme, host and parameters.

    Of several brackets the last count: names come first. Cleaned as :func:`clean_phone_text` does.
    """
    text = clean_phone_text(text)
    bracketed = BRACKETED.findall(text)
    text = (bracketed[-1] if bracketed else text).strip()
    bare, schemes = SCHEME.subn("", text)
    bare, hosts = HOST.subn("", bare)
    return (PARAMETERS.sub("", bare) if bracketed or schemes or hosts else bare).strip()


def strip_phone_prefixes(text, prefixes):
    """Return the readings of a caller's number: as told, then without what a switchboard adds.

    Prefixes with other signs than digits come off at once, as no number begins so.

    :param text: of :func:`unwrap_phone_number`
    :param prefixes: such as ``("L0#", "9")``
    """
    marks = [prefix for prefix in prefixes if not prefix.isdecimal()]
    digits = [prefix for prefix in prefixes if prefix.isdecimal()]
    for mark in marks:
        if text.lower().startswith(mark.lower()):
            text = text[len(mark) :].strip()
            break
    return [text, *(text[len(one) :].strip() for one in digits if text.startswith(one))]


def clean_phone_text(text):
    """Return text with digits 0 to 9, plain dashes and spaces, without signs nobody sees.

    Of longer texts only the first 1,000 signs.
    """
    signs = []
    for sign in (text or "")[:MAX_LENGTH]:
        category = unicodedata.category(sign)
        if category == "Nd":
            sign = str(unicodedata.decimal(sign))
        elif category in ("Cf", "Mn"):
            continue
        elif category == "Pd" or sign == "\N{MINUS SIGN}":
            sign = "-"
        elif category == "Zs" or sign == "\t":
            sign = " "
        elif category == "No":  # a footnote is no digit
            sign = "?"
        signs.append(unicodedata.normalize("NFKC", sign))
    return "".join(signs)
