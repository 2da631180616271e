"""Dates as their reader writes them: Jalali for readers of Persian, if the company wants that.

Digits are those Odoo shows numbers with, but for a day in a sentence (``write_day``). What is
stored, sent and searched for stays Gregorian.
"""

import re
from datetime import datetime

import babel.dates
import pytz

from odoo import fields
from odoo.tools.misc import (
    babel_locale_parse,
    format_date,
    format_datetime,
    get_lang,
    posix_to_ldml,
)

from ...client.jalali import MONTHS, from_gregorian
from ..guard.digits import write_digits
from .company_calendar import get_month_end

# Monday first, as Python counts.
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
TOKENS = re.compile(r"'[^']*'|y+|M+|L+|d+|E+")
LONG = "d MMMM y"


def reads_jalali(env, lang_code=None, company=None):
    """Whether texts in this language show Jalali dates, by default those of the current user."""
    company = company or env.company
    return _get_code(env, lang_code).startswith("fa") and company._shows_jalali_dates()


def format_day(env, value, lang_code=None, date_format=None, company=None):
    """Return a day for its reader, ``""`` for none.

    :param value: a date, a naive UTC datetime (its day in the user's time zone), or their text
    :param date_format: pattern of LDML, such as ``d MMMM y``. By default the day is written like
        the dates beside it on Odoo's screens: in words, without the year if it is this one. Texts
        that are stored give a pattern.
    """
    if not value:
        return ""
    day = _get_day(env, value)
    today = fields.Date.context_today(env["res.lang"])
    if reads_jalali(env, lang_code, company):
        is_near = from_gregorian(day)[0] == from_gregorian(today)[0]
        return write_jalali(day, date_format or ("d MMMM" if is_near else LONG))
    if date_format:
        return format_date(env, day, lang_code=lang_code, date_format=date_format)
    skeleton = "MMMd" if day.year == today.year else "yMMMd"
    locale = babel_locale_parse(_get_code(env, lang_code))
    return babel.dates.format_skeleton(skeleton, day, locale=locale)


def write_day(env, value, **options):
    """Return a day as ``format_day`` does, for a sentence: with the digits of its language."""
    return write_digits(env, format_day(env, value, **options))


def format_numeric_day(env, value, lang_code=None, company=None):
    """Return a day in digits, with the year, by the pattern of the language; ``""`` for none."""
    return format_day(env, value, lang_code, _get_pattern(env, lang_code), company)


def format_moment(env, value, tz=False, lang_code=None, company=None):
    """Return a moment for its reader to the minute, ``""`` for none; ``value`` is naive UTC."""
    if not value:
        return ""
    moment = fields.Datetime.to_datetime(value)
    zone = tz or env.context.get("tz") or env.user.tz or "UTC"
    lang = get_lang(env, lang_code)
    pattern = posix_to_ldml(lang.time_format, locale=babel_locale_parse(lang.code))
    time = re.sub(r"\W?s+", "", pattern).strip()
    clock = format_datetime(env, moment, tz=zone, dt_format=time, lang_code=lang_code)
    local = pytz.utc.localize(moment).astimezone(pytz.timezone(zone))
    return f"{format_numeric_day(env, local.date(), lang_code, company=company)} {clock}"


def format_month(env, month, lang_code=None, company=None):
    """Return the name of the month that begins on a day, in the reader's calendar.

    A Gregorian month reaches over two Jalali ones and is called by both.
    """
    if not month:
        return ""
    if not reads_jalali(env, lang_code, company):
        if month.day == 1:
            return format_date(env, month, lang_code=lang_code, date_format="MMMM y")
        locale = babel_locale_parse(_get_code(env, lang_code))
        first = babel.dates.format_skeleton("MMMd", month, locale=locale)
        last = babel.dates.format_skeleton("yMMMd", get_month_end(month), locale=locale)
        return f"{first} – {last}"
    end = get_month_end(month)
    if month.day != 1:
        return write_jalali(month, "MMMM y")
    years = {from_gregorian(day)[0] for day in (month, end)}
    first = write_jalali(month, "MMMM" if len(years) == 1 else "MMMM y")
    return f"{first} – {write_jalali(end, 'MMMM y')}"


def write_jalali(day, pattern=LONG):
    """Return a day in the Jalali calendar by a pattern of LDML; what is no token stays."""
    year, month, number = from_gregorian(day)
    texts = {"M": (month, MONTHS[month - 1]), "L": (month, MONTHS[month - 1])}

    def write(found):
        token = found.group()
        sign, size = token[0], len(token)
        if sign == "'":
            return token[1:-1] or "'"
        if sign == "y":
            return f"{year % 100:02}" if size == 2 else str(year)
        if sign == "d":
            return f"{number:0{size}}"
        if sign == "E":
            return WEEKDAYS[day.weekday()]
        return f"{texts[sign][0]:0{size}}" if size < 3 else texts[sign][1]

    return TOKENS.sub(write, pattern)


def _get_code(env, lang_code):
    """Return the language the words beside the date are in: English where none is asked for."""
    return lang_code or env.context.get("lang") or "en_US"


def _get_day(env, value):
    if isinstance(value, str):
        value = (
            fields.Date.to_date(value) if len(value) <= 10 else fields.Datetime.to_datetime(value)
        )
    if isinstance(value, datetime):
        return fields.Datetime.context_timestamp(env["res.lang"], value).date()
    return value


def _get_pattern(env, lang_code):
    lang = get_lang(env, lang_code)
    return posix_to_ldml(lang.date_format, locale=babel_locale_parse(lang.code))
