"""How prints write dates and numbers: the one place for the calendar and digits of the reader."""

import re

from odoo.tools.misc import formatLang

from ..calendar.reader_date import format_day, format_moment, format_numeric_day

SEPARATOR = re.compile(r"(?<=\d)[,.](?=\d)")
PERSIAN_SEPARATORS = {",": "٬", ".": "٫"}
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def write_digits(env, text):
    """Return a text with the digits of the reader's language."""
    return text.translate(PERSIAN_DIGITS) if (env.lang or "").startswith("fa") else text


def _write_amount(env, text):
    """Return a number with the digits and separators of the reader's language, in one piece."""
    text = text.replace("-", "\N{MINUS SIGN}")
    if (env.lang or "").startswith("fa"):
        text = SEPARATOR.sub(lambda found: PERSIAN_SEPARATORS[found[0]], text)
    return write_digits(env, text)


def write_date(env, day):
    """Return a day as the reader writes it; "" for none."""
    return write_digits(env, format_numeric_day(env, day))


def write_month(env, day):
    """Return the month of a day, short enough for the axis of a chart."""
    return write_digits(env, format_day(env, day, date_format="MMM yy"))


def write_moment(env, moment, timezone):
    """Return a moment as the reader writes it, without seconds; "" for none."""
    return write_digits(env, format_moment(env, moment, timezone))


def write_number(env, value, digits=0):
    """Return a number with the separators and digits of the reader."""
    return _write_amount(env, formatLang(env, value, digits=digits))


def write_money(env, value, currency):
    """Return an amount with its currency."""
    return _write_amount(env, formatLang(env, value, currency_obj=currency))


def write_percent(env, share):
    """Return a share from 0 to 1 as whole percent."""
    percent = write_number(env, 100 * share)
    return env._("%(percent)s %%", percent=percent)
