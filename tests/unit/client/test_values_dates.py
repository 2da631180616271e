"""Dates in every way of writing, of both calendars, alone and by their column. No server."""

import sys
import unittest
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client.dates import DateReader  # noqa: E402
from client.errors import InvalidInput  # noqa: E402
from client.jalali import FIRST_YEAR, is_leap, month_days  # noqa: E402
from client.values import guess_date_format, parse_date  # noqa: E402

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
JALALI_MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
LEAP_START = date(1921, 3, 21)
DAYS = st.dates(date(1971, 1, 1), date(2090, 12, 31))
CLOCKS = st.sampled_from(
    [("", 0, 0, 0), (" 14:30", 14, 30, 0), ("T08:05:09", 8, 5, 9), (" 02:15 PM", 14, 15, 0)]
    + [("، 02:30 ب.ظ", 14, 30, 0), (" ساعت 9:07", 9, 7, 0), (" 12:15 am", 0, 15, 0)]
)


def to_jalali(day):
    """Year, month and day, counted up from 1 Farvardin 1300: slow, and not the client's way."""
    left, year = (day - LEAP_START).days, FIRST_YEAR
    while left >= 365 + is_leap(year):
        left -= 365 + is_leap(year)
        year += 1
    month = 1
    while left >= month_days(year, month):
        left -= month_days(year, month)
        month += 1
    return year, month, left + 1


def spellings(day):
    """The day in every way in which it can be read by itself."""
    year, month, number = to_jalali(day)
    serial = (day - date(1899, 12, 30)).days
    return [
        day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y.%m.%d}", f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}", f"{day:%d %b %Y}", f"{day:%d-%b-%Y}", f"{day:%B} {day.day}, {day.year}",
        f"{day:%A}, {day:%d %B %Y}", f"{year}/{month:02}/{number:02}", f"{year}-{month}-{number}",
        f"{year}{month:02}{number:02}", f"{number} {JALALI_MONTHS[month - 1]} {year}",
        f"{JALALI_MONTHS[month - 1]} {number}، {year}", str(serial),
    ]  # fmt: skip


class TestCells(unittest.TestCase):
    @settings(max_examples=300, deadline=None)
    @given(DAYS, st.integers(0, 14), CLOCKS, st.booleans())
    def test_every_spelling_reads_back(self, day, way, clock, persian):
        text = spellings(day)[way]
        added, *numbers = clock if not text.isdigit() else ("", 0, 0, 0)
        text += added
        if persian:
            text = text.translate(PERSIAN_DIGITS)
        wanted = datetime(day.year, day.month, day.day, *numbers)
        self.assertEqual(parse_date(text, guess_date_format([text])), wanted, text)

    def test_words_and_times(self):
        wanted = datetime(2024, 8, 2)
        for text in (
            *(
                "۱۲ مرداد ۱۴۰۳",
                "جمعه ۱۲ مرداد ماه ۱۴۰۳",
                "12 Mordad 1403",
                "مرداد ۱۲، ۱۴۰۳",
                "12 اسد 1403",
            ),
            *("2nd August 2024", "Fri, 02 Aug 2024", "2. August 2024", "2 août 2024", "2 اوت 2024"),
            *("12 مرداد 03", "02-Aug-24", "45506", "45506.0", "14030512", "\u200f۱۴۰۳/۵/۱۲\u200e"),
        ):
            self.assertEqual(parse_date(text), wanted, text)
        wanted = datetime(2024, 8, 2, 14, 30)
        for text in (
            *(
                "1403/05/12 14:30",
                "14:30 1403/05/12",
                "1403/05/12 - 14:30",
                "1403/05/12 ساعت ۱۴:۳۰",
            ),
            *(
                "1403/05/12 02:30 بعد از ظهر",
                "2024-08-02T14:30:00+03:30",
                "45506.6041667",
                "20240802T1430",
            ),
        ):
            self.assertEqual(parse_date(text), wanted, text)

    def test_signs_of_persian_keyboards(self):
        for text in (
            *(r"1403\05\12", "۱۴۰۳٫۰۵٫۱۲", "1403،05،12", "1403_05_12", "1403·5·12", "1403 05 12"),
            *("12\\05\\1403", "۱۴۰۳ـ/۰۵/۱۲", "1403–05–12", "1403／05／12"),
        ):
            self.assertEqual(parse_date(text), datetime(2024, 8, 2), text)
        wanted = datetime(2024, 8, 2, 14, 30)
        for text in (
            *("1403/05/12-14:30", "1403-05-12-14:30", "1403/05/12_14:30", "1403/05/12|14:30"),
            *("14:30-1403/05/12", "1403/05/12:14:30", "1403/05/12؛ ۱۴:۳۰", "۱۴۰۳/۰۵/۱۲ – 14:30"),
            *("2024-08-02T14:30-03:30", "02-08-2024-14:30", "1403/05/12-2:30 ب.ظ"),
        ):
            self.assertEqual(parse_date(text), wanted, text)

    def test_the_calendar_named_beside_a_date(self):
        for text in (
            *("1403/05/12 هـ.ش", "1403/05/12 ه.ش", "1403/05/12ه\u200d.ش.", "۱۴۰۳/۰۵/۱۲ (ه. ش)"),
            *("1403/05/12 هجری شمسی", "1403/05/12 هجري شمسي", "1403/05/12 هجری خورشیدی"),
            *("1403/05/12 ش", "شمسی 1403/05/12", "12/05/1403 SH", "1403/5/12 A.P."),
            *("۱۲ مرداد سال ۱۴۰۳ هجری شمسی", "۱۲ امرداد\u200cماه ۱۴۰۳ ه.ش", "12 Mordad 1403 AP"),
            *("مورخ ۱۴۰۳/۰۵/۱۲", "تاریخ: 1403/05/12", "در تاریخ ۱۲ مرداد ۱۴۰۳"),
            *("2024/08/02 م", "2024-08-02 میلادی", "2 August 2024 AD"),
        ):
            self.assertEqual(parse_date(text), datetime(2024, 8, 2), text)
        self.assertEqual(parse_date("1403/05/12 ه.ش 14:30"), datetime(2024, 8, 2, 14, 30))
        for text in ("2024/08/02 ه.ش", "1403/05/12 میلادی", "1403/13/12 ه.ش"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_date(text)
        for text in ("1445/01/12 ه.ق", "1445/01/12 هجری قمری", "12/01/1445 AH"):
            with self.subTest(text), self.assertRaisesRegex(ValueError, "lunar"):
                parse_date(text)

    def test_what_is_no_date(self):
        for text in (
            *("", "soon", "2024-02-30", "1404/12/30", "1403/07/31", "31/04/2024", "30 Feb 2024"),
            *("31 مهر 1403", "12 مرداد 2024", "2 Aug 1403", "12 Foo 2024", "Aug 2024", "2024"),
            *("12345", "99999", "20241301", "13/25/2024", "1.5", "2024-08-02 14:61", "5/2024"),
            *("03/05/12", "1445/13/01", "2567-08-02", "1969-12-31"),
        ):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_date(text)

    def test_a_format_that_was_said_is_the_only_one(self):
        self.assertEqual(parse_date("02.08.24", "%d.%m.%y"), datetime(2024, 8, 2))
        self.assertEqual(parse_date("03/05/12", "ymd jalali"), datetime(2024, 8, 2))
        self.assertEqual(parse_date("08/02/2024", "mdy"), datetime(2024, 8, 2))
        for text, form in (("2024-08-02", "%d.%m.%Y"), ("25/03/2024", "mdy")):
            with self.assertRaises(ValueError):
                parse_date(text, form)
        with self.assertRaises(InvalidInput):
            parse_date("2024-08-02", "somehow")


class TestColumns(unittest.TestCase):
    def reader(self, *cells, **said):
        reader = DateReader(**said)
        for cell in cells:
            reader.learn(cell)
        return reader

    def days(self, *cells):
        reader = self.reader(*cells)
        return [str(reader.day(cell)) for cell in cells]

    def test_several_formats_in_one_column_are_all_read(self):
        self.assertEqual(
            set(
                self.days(
                    "2024-08-02", "02.08.2024", "1403/05/12", "12 مرداد ۱۴۰۳", "45506", "20240802"
                )
            ),
            {"2024-08-02"},
        )
        self.assertEqual(self.days("25/12/2024", "03/04/2024")[1], "2024-04-03")
        self.assertEqual(self.days("12/25/2024", "03/04/2024")[1], "2024-03-04")
        self.assertEqual(self.days("29/12/1403", "03/04/1403")[1], "2024-06-23", "Jalali alike")

    def test_dates_that_fit_both_ways_are_said(self):
        reader = self.reader("03/04/2024", "05/06/2024", "07/07/2024")
        self.assertEqual(
            reader.doubt, "2 dates fit day/month and month/day and were read day first"
        )
        self.assertEqual(reader.refusal, "")
        self.assertEqual(self.reader("03/04/2024", "25/04/2024").doubt, "")
        self.assertEqual(self.reader("03/04/2024", order="mdy").doubt, "")

    def test_both_orders_in_one_column(self):
        reader = self.reader("25/03/2024", "03/26/2024", "03/04/2024", "05/05/2024")
        self.assertEqual(str(reader.day("25/03/2024")), "2024-03-25")
        self.assertEqual(str(reader.day("03/26/2024")), "2024-03-26")
        self.assertEqual(str(reader.day("05/05/2024")), "2024-05-05", "the same in both")
        with self.assertRaisesRegex(ValueError, "day or month first"):
            reader.day("03/04/2024")
        self.assertIn("1 dates fit day/month and month/day, and both are in use", reader.refusal)

    def test_up_to_one_in_a_hundred_may_be_lost(self):
        many = ["2024-01-01"] * 400
        reader = self.reader("25/03/2024", "03/26/2024", *["03/04/2024"] * 4, *many)
        self.assertEqual((reader.undecided, reader.refusal), (4, ""))
        reader.learn("06/07/2024")
        self.assertIn("they are not read", reader.refusal)
        reader = self.reader(*["25/03/2024"] * 200, "03/26/2024", "03/04/2024")
        self.assertEqual(str(reader.day("03/04/2024")), "2024-04-03", "one slip decides nothing")

    def test_years_of_two_digits(self):
        self.assertEqual(self.days("98/10/23", "98/11/30"), ["2020-01-13", "2020-02-19"])
        self.assertEqual(self.days("03/05/12", "1403/05/12")[0], "2024-08-02", "as the others are")
        self.assertEqual(self.days("03/02/31", "03/05/12"), ["2024-05-20", "2024-08-02"])
        self.assertEqual(self.days("13/01/20", "05/06/20"), ["2020-01-13", "2020-06-05"])
        self.assertEqual(self.days("01/13/20", "05/06/20"), ["2020-01-13", "2020-05-06"])
        self.assertEqual(self.days("31.12.99"), ["1999-12-31"])
        self.assertEqual(self.days("03/05/12 ه.ش"), ["2024-08-02"], "the calendar is named")
        reader = self.reader("03/05/12")
        self.assertIn(
            "were read day first, Gregorian; month first, Gregorian would fit", reader.doubt
        )

    def test_other_columns_tell_what_one_leaves_open(self):
        other, open_one = self.reader("12/25/2024"), self.reader("03/04/2024")
        open_one.set_fallback_evidence([other, open_one])
        self.assertEqual(str(open_one.day("03/04/2024")), "2024-03-04")
        other, open_one = self.reader("1403/05/12"), self.reader("03/05/12")
        open_one.set_fallback_evidence([other, open_one])
        self.assertEqual(str(open_one.day("03/05/12")), "2024-08-02")

    def test_description(self):
        self.assertEqual(self.reader("1403/05/12").describe(), "Jalali: year first")
        self.assertEqual(self.reader("25/12/2024").describe(), "Gregorian: year last, day first")
        text = self.reader("98/10/23").describe()
        self.assertEqual(text, "Jalali: two-digit year, year first")
        self.assertEqual(self.reader("soon").describe(), "no dates")
        text = self.reader("1403/05/12", "1403/05/13", "2024-08-02", "45506").describe()
        self.assertEqual(text, "Jalali and Gregorian: year first (3); Excel day number (1)")

    @settings(max_examples=100, deadline=None)
    @given(
        st.lists(DAYS, min_size=1, max_size=30),
        st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m-%d-%Y"]),
        st.booleans(),
    )
    def test_a_column_of_one_order_reads_back(self, days, form, jalali):
        """One day after the 12th is enough; without any, the reader says so."""
        parts = [to_jalali(day) if jalali else (day.year, day.month, day.day) for day in days]
        cells = [
            form.replace("%Y", f"{y}").replace("%m", f"{m:02}").replace("%d", f"{d:02}")
            for y, m, d in parts
        ]
        reader = self.reader(*cells)
        decided = any(d > 12 for _y, _m, d in parts)
        if decided or form.startswith("%d"):
            self.assertEqual([reader.day(cell) for cell in cells], days)
        if not decided and any(m != d for _y, m, d in parts):
            self.assertIn("were read day first", reader.doubt)
        if decided:
            self.assertEqual(reader.doubt, "")

    @settings(max_examples=40, deadline=None)
    @given(st.dates(date(2000, 1, 1), date(2049, 1, 1)), st.sampled_from(["dmy", "mdy", "ymd"]))
    def test_a_year_of_short_dates_reads_back(self, start, order):
        """Enough different days leave one way of reading only."""
        days = [start + timedelta(days=n) for n in range(0, 400, 3)]
        cells = ["/".join(f"{day:%{part}}" for part in order) for day in days]
        reader = self.reader(*cells, f"{start:%Y-%m-%d}")
        self.assertEqual([reader.day(cell) for cell in cells], days)


if __name__ == "__main__":
    unittest.main()
