"""How prints write dates and numbers: the one place for the calendar and digits of the reader."""

from ..calendar.reader_date import format_day, format_moment, format_numeric_day
from ..calendar.reader_number import write_digits, write_money, write_number

__all__ = ["write_digits", "write_money", "write_number"]


def write_date(env, day):
    """Return a day as the reader writes it; "" for none."""
    return write_digits(env, format_numeric_day(env, day))


def write_month(env, day):
    """Return the month of a day, short enough for the axis of a chart."""
    return write_digits(env, format_day(env, day, date_format="MMM yy"))


def write_moment(env, moment, timezone):
    """Return a moment as the reader writes it, without seconds; "" for none."""
    return write_digits(env, format_moment(env, moment, timezone))


def write_percent(env, share):
    """Return a share from 0 to 1 as whole percent."""
    percent = write_number(env, 100 * share)
    return env._("%(percent)s %%", percent=percent)
