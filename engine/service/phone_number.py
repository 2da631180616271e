"""Phone numbers as telephone systems and fax gateways write them."""

import re
import unicodedata

MAX_LENGTH = 200
MIN_DIGITS, MAX_DIGITS = 3, 20
BRACKETED = re.compile(r"<([^<>]{1,100})>")
SCHEME = re.compile(r"^(sips?|tel|fax|callto):", re.IGNORECASE)
# What people put between digits; anything else means that this is no number.
SEPARATORS = " \t.-/()_"


def extract_phone_number(text):
    """Return the number in a text such as ``"Ali" <sip:0098…@host>``: digits, perhaps after a +.

    Digits of any script count; a leading 00 becomes a +.

    :return: an empty text for names, withheld and other non-numbers (3 to 20 digits make a number)
    """
    text = "".join(sign for sign in (text or "")[:MAX_LENGTH] if unicodedata.category(sign) != "Cf")
    bracketed = BRACKETED.search(text)
    text = SCHEME.sub("", (bracketed[1] if bracketed else text).strip())
    text = re.split("[@;]", text, maxsplit=1)[0].strip()
    plus = text.startswith("+")
    digits = ""
    for sign in text[1:] if plus else text:
        value = unicodedata.digit(sign, None)
        if value is not None:
            digits += str(value)
        elif sign not in SEPARATORS:
            return ""
    if digits.startswith("00") and not plus:
        plus, digits = True, digits[2:]
    if not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
        return ""
    return ("+" if plus else "") + digits
