"""Months and years of a company: Gregorian, or Jalali where the company reckons so.

The first day of a month says which calendar it belongs to: the first of a Gregorian one has the day
number 1, the first of a Jalali one lies between the 19th and the 23rd. What was stored before a
company changed its calendar keeps its own.
"""

from datetime import date, timedelta

from odoo.tools import SQL, date_utils

from ...client.jalali import YEAR_ZERO, by_rule, from_gregorian, month_days

# Longer than any month, shorter than a month and the shortest one after it.
INTO_NEXT = 31
# Six Jalali months are 179 to 186 days: so long after the first of one it is the seventh.
INTO_SEVENTH = 190
# A date less this one is a number of days in PostgreSQL.
ORIGIN = date.fromordinal(YEAR_ZERO)


class GregorianCalendar:
    """Months and years as Odoo reckons them."""

    is_jalali = False

    def get_month_start(self, day):
        """Return the first day of the month of a day."""
        return day.replace(day=1)

    def get_month_number(self, day):
        """Return the month of a day as year · 12 + month - 1."""
        return day.year * 12 + day.month - 1

    def add_months(self, day, months):
        """Return the same day of another month, or the last one if that month is shorter."""
        return date_utils.add(day, months=months)

    def get_month_start_sql(self, column):
        """Return SQL of the first day of the month of a date column."""
        return SQL("date_trunc('month', %s)::date", column)

    def get_month_number_sql(self, column):
        """Return SQL of :meth:`get_month_number`."""
        return SQL(
            "(EXTRACT(YEAR FROM %(day)s)::int * 12 + EXTRACT(MONTH FROM %(day)s)::int - 1)",
            day=column,
        )


class JalaliCalendar:
    """Months and years of the Solar Hijri calendar; see :mod:`client.jalali` for the rule."""

    is_jalali = True

    def get_month_start(self, day):
        """Return the first day of the month of a day."""
        return day - timedelta(days=from_gregorian(day)[2] - 1)

    def get_month_number(self, day):
        """Return the month of a day as year · 12 + month - 1."""
        year, month, _day = from_gregorian(day)
        return year * 12 + month - 1

    def add_months(self, day, months):
        """Return the same day of another month, or the last one if that month is shorter."""
        year, month, number = from_gregorian(day)
        year, month = divmod(year * 12 + month - 1 + months, 12)
        return by_rule(year, month + 1, min(number, month_days(year, month + 1)))

    def get_year_end(self, day):
        """Return the last day of the year of a day."""
        return by_rule(from_gregorian(day)[0] + 1, 1, 1) - timedelta(days=1)

    def get_month_start_sql(self, column):
        """Return SQL of the first day of the month of a date column."""
        return SQL(
            "(SELECT %(day)s - CASE WHEN y.rest < 186 THEN y.rest %% 31 ELSE (y.rest - 186) %% 30"
            " END FROM (%(year)s) y)",
            day=column,
            year=self._get_year_sql(column),
        )

    def get_month_number_sql(self, column):
        """Return SQL of :meth:`get_month_number`."""
        return SQL(
            "(SELECT y.year * 12 + CASE WHEN y.rest < 186 THEN y.rest / 31"
            " ELSE 6 + (y.rest - 186) / 30 END FROM (%s) y)",
            self._get_year_sql(column),
        )

    def _get_year_sql(self, column):
        """Return SQL of the year of a date column and the days passed in it; as from_gregorian."""
        return SQL(
            """SELECT p.year, p.passed - 365 * p.year - (8 * p.year + 21) / 33 AS rest
                 FROM (SELECT %(day)s - %(origin)s::date AS passed,
                              (33 * (%(day)s - %(origin)s::date) + 11) / 12053 AS year) p""",
            day=column,
            origin=ORIGIN,
        )


GREGORIAN, JALALI = GregorianCalendar(), JalaliCalendar()


def calendar_of(month):
    """Return the calendar of the first day of a month."""
    return GREGORIAN if month.day == 1 else JALALI


def get_month_end(month):
    """Return the last day of a month from its first, in whichever calendar."""
    calendar = calendar_of(month)
    return calendar.get_month_start(month + timedelta(days=INTO_NEXT)) - timedelta(days=1)


def get_next_month_sql(column):
    """Return SQL of the first day after a month that begins on a column, in its own calendar."""
    return SQL(
        "CASE WHEN EXTRACT(DAY FROM %(month)s) = 1 THEN (%(month)s + INTERVAL '1 month')::date"
        " ELSE %(next)s END",
        month=column,
        next=JALALI.get_month_start_sql(SQL("(%s + %s)", column, INTO_NEXT)),
    )


def get_half_year_end_sql(column):
    """Return SQL of the sixth month end after a month end, in its own calendar."""
    return SQL(
        "(CASE WHEN EXTRACT(DAY FROM %(next)s) = 1 THEN (%(next)s + INTERVAL '6 months')::date"
        " ELSE %(seventh)s END - 1)",
        next=SQL("(%s + 1)", column),
        seventh=JALALI.get_month_start_sql(SQL("(%s + 1 + %s)", column, INTO_SEVENTH)),
    )
