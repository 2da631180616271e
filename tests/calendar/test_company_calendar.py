"""Jalali months and years of a company: snapshots, forecasts, tier periods, SQL against Python."""

from datetime import date, timedelta

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ...client.jalali import from_gregorian, to_gregorian
from ...models.calendar.company_calendar import (
    GREGORIAN,
    JALALI,
    calendar_of,
    get_half_year_end_sql,
    get_month_end,
    get_next_month_sql,
)
from ..common import CustomerValueCommon
from ..forecast.common import ForecastCommon
from ..prediction.common import TODAY


@tagged("post_install", "-at_install")
class TestCompanyCalendar(CustomerValueCommon):
    def test_every_day_in_sql_as_in_python(self):
        """Two hundred years, and a calendar whose first day is told by its number."""
        for calendar in (GREGORIAN, JALALI):
            rows = self.env.execute_query(
                SQL(
                    """SELECT d.day::date, %(start)s, %(number)s
                         FROM generate_series('1922-01-01'::date, '2121-12-31', '1 day')
                              AS d(day)""",
                    start=calendar.get_month_start_sql(SQL("d.day::date")),
                    number=calendar.get_month_number_sql(SQL("d.day::date")),
                )
            )
            self.assertGreater(len(rows), 73_000)
            for day, start, number in rows:
                self.assertEqual(start, calendar.get_month_start(day), day)
                self.assertEqual(number, calendar.get_month_number(day), day)
            self.assertEqual({calendar_of(start) for _day, start, _number in rows}, {calendar})

    def test_months_end_where_the_next_begins(self):
        for calendar in (GREGORIAN, JALALI):
            month = calendar.get_month_start(date(2020, 5, 5))
            starts = [calendar.add_months(month, ahead) for ahead in range(60)]
            rows = self.env.execute_query(
                SQL(
                    "SELECT m.day, %s FROM unnest(%s::date[]) AS m(day) ORDER BY 1",
                    get_next_month_sql(SQL("m.day")),
                    starts,
                )
            )
            for (start, following), after in zip(rows, starts[1:], strict=False):
                self.assertEqual(following, after)
                self.assertEqual(get_month_end(start), after - timedelta(days=1))

    def test_half_a_year_ends_with_its_sixth_month(self):
        for calendar in (GREGORIAN, JALALI):
            month = calendar.get_month_start(date(2000, 5, 5))
            ends = [calendar.add_months(month, ahead) - timedelta(days=1) for ahead in range(600)]
            rows = self.env.execute_query(
                SQL(
                    "SELECT %s FROM unnest(%s::date[]) AS m(day) ORDER BY m.day",
                    get_half_year_end_sql(SQL("m.day")),
                    ends,
                )
            )
            self.assertEqual([end for (end,) in rows][:-6], ends[6:])

    def test_the_same_day_of_another_month(self):
        """Of a shorter month, the last day: 30 Esfand exists in leap years only."""
        leap = to_gregorian(1403, 12, 30)
        self.assertEqual(from_gregorian(JALALI.add_months(leap, 12)), (1404, 12, 29))
        self.assertEqual(from_gregorian(JALALI.add_months(leap, -6)), (1403, 6, 30))
        self.assertEqual(JALALI.get_year_end(date(2025, 3, 19)), date(2025, 3, 20))
        self.assertEqual(JALALI.get_year_end(date(2025, 3, 21)), date(2026, 3, 20))

    def test_tier_periods(self):
        company = self.company
        company.write({"customer_tier_period": "fixed", "customer_calendar": "readers"})
        self.assertEqual(company._get_tier_period_end(date(2026, 3, 1)), date(2026, 12, 31))
        company.customer_calendar = "jalali"
        self.assertEqual(company._get_tier_period_end(date(2026, 3, 1)), date(2026, 3, 20))
        company.write({"customer_tier_period": "anniversary", "customer_tier_period_months": 6})
        first = to_gregorian(1405, 1, 15)
        self.assertEqual(company._get_tier_period_end(first), to_gregorian(1405, 7, 14))

    def test_a_snapshot_at_the_end_of_a_jalali_month(self):
        self.company.customer_calendar = "jalali"
        taken = []
        snapshots = self.env["customer.profile.snapshot"]
        self.patch(type(snapshots), "_take", lambda _self, _company, day: taken.append(day))
        self.env["customer.refresh.run"].create(
            {"company_id": self.company.id, "date": to_gregorian(1405, 8, 30)}
        )
        snapshots._take_due(self.company, to_gregorian(1405, 8, 30))
        self.assertFalse(taken, "no run before the end of Mehr")
        snapshots._take_due(self.company, to_gregorian(1405, 9, 1))
        self.assertEqual(taken, [to_gregorian(1405, 8, 30)])


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestJalaliForecast(ForecastCommon):
    def test_months_of_the_company(self):
        """Each month begins where Iran's does, and what was invoiced adds up to its list."""
        self.company.customer_calendar = "jalali"
        rows = self._make()
        first = JALALI.get_month_start(self.today)
        self.assertEqual(
            rows.mapped("month"), [JALALI.add_months(first, ahead) for ahead in range(4)]
        )
        for row in rows:
            self.assertEqual(row.note, "ok")
            moves = self.env["account.move"].search(row._get_invoice_domain())
            self.assertAlmostEqual(sum(moves.mapped("amount_untaxed_signed")), row.actual_amount)
        self.env["res.lang"]._activate_lang("fa_IR")
        self.env["res.lang"]._activate_lang("en_US")
        rows.invalidate_recordset(["name"])
        self.assertEqual(rows.with_context(lang="en_US")[0].name, "May 22 – Jun 21, 2026")
        self.assertEqual(rows.with_context(lang="fa_IR")[0].name, "خرداد 1405")

    def test_a_company_that_changes_its_calendar(self):
        """What was foretold in Gregorian months stays, and gets what was invoiced in them."""
        before = self._make()
        self.company.customer_calendar = "jalali"
        rows = self._make()
        self.assertFalse(any(before.mapped("is_current")))
        self.assertTrue(all(rows.mapped("is_current")))
        self.assertEqual(before[0].month.day, 1)
        moves = self.env["account.move"].search(before[0]._get_invoice_domain())
        self.assertAlmostEqual(sum(moves.mapped("amount_untaxed_signed")), before[0].actual_amount)
