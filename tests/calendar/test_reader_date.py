"""Dates in the calendar of their reader: on screens, in groups, on pages."""

from datetime import date, datetime

from odoo.tests import freeze_time, tagged

from ...models.calendar.reader_date import (
    format_day,
    format_moment,
    format_month,
    format_numeric_day,
    write_day,
    write_jalali,
)
from ...models.calendar.reader_number import write_money
from ...models.guard.plural import count_days
from ..common import CustomerValueCommon

NOROOZ = date(2026, 3, 21)


@freeze_time("2026-11-28 12:00:00")
@tagged("post_install", "-at_install")
class TestReaderDate(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fa_IR")
        cls.env["res.lang"]._activate_lang("en_US")
        cls.persian = cls.env(context={**cls.env.context, "lang": "fa_IR", "tz": "Asia/Tehran"})
        cls.english = cls.env(context={**cls.env.context, "lang": "en_US", "tz": "UTC"})

    def test_days_in_words_as_beside_them(self):
        """The year stands where it is not this one, of the calendar that is shown."""
        self.assertEqual(format_day(self.english, NOROOZ), "Mar 21")
        self.assertEqual(format_day(self.english, date(2025, 12, 31)), "Dec 31, 2025")
        self.assertEqual(format_day(self.persian, NOROOZ), "1 فروردین")
        self.assertEqual(format_day(self.persian, date(2026, 3, 20)), "29 اسفند 1404")
        self.assertEqual(format_day(self.persian, False), "")
        self.assertEqual(format_day(self.persian, "2026-03-20"), "29 اسفند 1404")

    def test_days_in_digits(self):
        self.assertEqual(format_numeric_day(self.english, NOROOZ), "03/21/2026")
        self.assertEqual(format_numeric_day(self.persian, NOROOZ), "1405/01/01")

    def test_a_sentence_has_the_digits_of_its_language(self):
        dollar = self.env.ref("base.USD")
        for env, day, days, money in (
            (self.english, "Mar 20", "12 days", "$ 1,046.90"),
            (self.persian, "۲۹ اسفند ۱۴۰۴", "۱۲ روز", "$ ۱٬۰۴۶٫۹۰"),
        ):
            self.assertEqual(write_day(env, "2026-03-20"), day)
            self.assertEqual(count_days(env, 12), days)
            written = write_money(env, 1046.9, dollar).replace("\N{NO-BREAK SPACE}", " ")
            self.assertEqual(set(written.split()) - {"$"}, set(money.split()) - {"$"})

    def test_patterns(self):
        self.assertEqual(write_jalali(NOROOZ, "EEEE d MMMM y"), "شنبه 1 فروردین 1405")
        self.assertEqual(write_jalali(NOROOZ, "yy/M/dd 'y'"), "05/1/01 y")

    def test_moments_are_days_of_the_readers_place(self):
        """Half past ten in the evening of London is the next day in Tehran, and another year."""
        moment = datetime(2026, 3, 20, 21, 30, 15)
        self.assertEqual(format_moment(self.persian, moment), "1405/01/01 01:00")
        self.assertEqual(format_moment(self.english, moment), "03/20/2026 09:30 PM")
        self.assertEqual(format_day(self.persian, moment), "1 فروردین")

    def test_months(self):
        self.assertEqual(format_month(self.english, date(2026, 3, 1)), "March 2026")
        self.assertEqual(format_month(self.english, NOROOZ), "Mar 21 – Apr 20, 2026")
        self.assertEqual(format_month(self.persian, NOROOZ), "فروردین 1405")
        self.assertEqual(format_month(self.persian, date(2026, 3, 1)), "اسفند 1404 – فروردین 1405")
        self.assertEqual(format_month(self.persian, date(2026, 5, 1)), "اردیبهشت – خرداد 1405")

    def test_a_company_that_wants_none_of_it(self):
        self.company.customer_calendar = "gregorian"
        self.assertEqual(format_numeric_day(self.persian, NOROOZ), "2026/03/21")
        self.assertIn("2026", format_month(self.persian, date(2026, 3, 1)))
        self.assertEqual(format_day(self.persian, NOROOZ), "21 مارس")

    def test_each_company_decides_for_itself(self):
        other = self.env["res.company"].create({"name": "Gregorian Ltd"})
        other.customer_calendar = "gregorian"
        self.assertEqual(format_numeric_day(self.persian, NOROOZ, company=other), "2026/03/21")
        self.assertEqual(format_numeric_day(self.persian, NOROOZ), "1405/01/01")

    def test_names_of_groups(self):
        """The groups stay Odoo's; a Gregorian month is called by both it reaches over."""
        partner = self.env["res.partner"].create({"name": "Grouped"})
        self.env["customer.interaction"].create(
            {"partner_id": partner.id, "kind": "call", "date": "2026-03-25 08:00:00"}
        )
        found = {}
        for granularity in ("day", "week", "month", "quarter", "year"):
            [group] = self.persian["customer.interaction"].formatted_read_group(
                [("partner_id", "=", partner.id)], [f"date:{granularity}"], ["__count"]
            )
            found[granularity] = group[f"date:{granularity}"][1]
            english = self.english["customer.interaction"].formatted_read_group(
                [("partner_id", "=", partner.id)], [f"date:{granularity}"], ["__count"]
            )
            self.assertIn("2026", english[0][f"date:{granularity}"][1])
        self.assertEqual(found["day"], "5 فروردین 1405")
        self.assertEqual(found["month"], "اسفند 1404 – فروردین 1405")
        self.assertEqual(found["quarter"], "دی 1404 – فروردین 1405")
        self.assertEqual(found["year"], "دی 1404 – دی 1405")
        self.assertIn("فروردین", found["week"])

    def test_pages(self):
        """The converters of QWeb, with a format and without."""
        view = self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "arch": """<t t-name="customer_value.days">
                    <i t-out="day" t-options="{'widget': 'customer_date'}"/>
                    <b t-out="day" t-options="{'widget': 'customer_date', 'format': 'd MMMM y'}"/>
                    <u t-out="moment" t-options="{'widget': 'customer_datetime'}"/></t>""",
            }
        )
        values = {"day": NOROOZ, "moment": datetime(2026, 3, 20, 21, 30)}
        page = str(self.persian["ir.qweb"]._render(view.id, values))
        for text in (">۱۴۰۵/۰۱/۰۱</i>", ">۱ فروردین ۱۴۰۵</b>", ">۱۴۰۵/۰۱/۰۱ ۰۱:۰۰</u>"):
            self.assertIn(text, page)
        page = str(self.english["ir.qweb"]._render(view.id, values))
        self.assertIn(">03/21/2026</i>", page)
        self.assertIn(">21 March 2026</b>", page)
