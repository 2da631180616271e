"""Numbers as their reader writes them on our pages, prints and mails: one kind of digits."""

import re

from odoo.tools.misc import formatLang

from ..guard.digits import write_digits

SEPARATOR = re.compile(r"(?<=\d)[,.](?=\d)")
MINUS = re.compile(r"(?<!\w)-(?=\S*\d)")
PERSIAN_SEPARATORS = {",": "٬", ".": "٫"}


def write_amount(env, text):
    """Return a number with the digits and separators of the reader's language, in one piece."""
    text = MINUS.sub("\N{MINUS SIGN}", text)
    if (env.lang or "").startswith("fa"):
        text = SEPARATOR.sub(lambda found: PERSIAN_SEPARATORS[found[0]], text)
    return write_digits(env, text)


def write_number(env, value, digits=0):
    """Return a number with the separators and digits of the reader."""
    return write_amount(env, formatLang(env, value, digits=digits))


def write_money(env, value, currency):
    """Return an amount with its currency."""
    return write_amount(env, formatLang(env, value, currency_obj=currency))
