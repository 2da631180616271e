"""Numbers in all notations, alone and by their column; currencies; digits Excel has lost."""

import sys
import unittest
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client.cells.numbers import read_number  # noqa: E402
from client.values import NumberReader, is_shortened, parse_code, parse_number  # noqa: E402

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
# Thousands, decimal sign: those that a number with both tells.
NOTATIONS = [
    (",", "."), (".", ","), (" ", "."), (" ", ","), ("\u00a0", ","), ("\u202f", ","), ("'", "."),
    ("’", "."), ("٬", "٫"), ("،", "٫"), ("،", "."), ("", "."), ("", ","), ("", "٫"),
]  # fmt: skip
AROUND = [
    "{}", "{} EUR", "EUR {}", "EUR{}", "(EUR) {}", "{} (EUR)", "€{}", "{} €", "${}", "US$ {}",
    "Rs.{}", "kr {}", "{} ریال", "{}ريال", "ریال {}", "{} تومان", "﷼ {}", "\u200f{}\u200e",
    "{} IRR", "{} Rials", "{} CHF", "{} zł", " {} ",
]  # fmt: skip
NEGATIVE = ["-{}", "−{}", "({})", "{}-", "- {}"]


def write(number, thousands, decimal, places):
    """A number as a spreadsheet of some country writes it."""
    text = f"{number:,.{places}f}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", thousands)


class TestNumbers(unittest.TestCase):
    def test_thousands(self):
        for text in (
            *("1,250,000", "1.250.000", "1 250 000", "1'250'000", "۱٬۲۵۰٬۰۰۰", "۱،۲۵۰،۰۰۰"),
            *("۱,۲۵۰,۰۰۰", "١٬٢٥٠٬٠٠٠", "12,50,000", "1,250,000.00", "1.250.000,00", "1.25E+06"),
            *("1,250,000 ریال", "۱٬۲۵۰٬۰۰۰ تومان", "IRR 1,250,000", "1.250.000,- EUR", "1250000."),
        ):
            self.assertEqual(parse_number(text), 1_250_000, text)

    def test_what_may_stand_around(self):
        for text, number in {
            "EUR 12.50": "12.50",
            "12,50 EUR": "12.50",
            "$12 USD": "12",
            "Rs.500": "500",
            "100.-": "100",
            "100,– €": "100",
            "-£5": "-5",
            "£-5": "-5",
            "(12.50 EUR)": "-12.50",
            "EUR (12.50)": "-12.50",
            "(EUR) 12.50": "12.50",
            "100-": "-100",
            "+7": "7",
            ".5": "0.5",
            "٫۵": "0.5",
        }.items():
            self.assertEqual(parse_number(text), Decimal(number), text)

    def test_what_is_no_number(self):
        for text in (
            *("", "six", "12 pcs", "1/2", "1_000", "1 2", "12 34", "0912 345 6789", "--1", "(-5)"),
            *("1,2345,678", "1.2.3", "1,23,4", "5 EUR USD", "EUR", "²", "1e15", "1E+999", "#N/A"),
            *("1,234.567.890", "1٫2٫3", "2024-08-02", "10:30", "0,123,456"),
        ):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_number(text)

    def test_currencies(self):
        for text, code in {
            "5 ریال": "IRR",
            "5 ريال": "IRR",
            "۵ تومان": "IRT",
            "€5": "EUR",
            "GBP 5": "GBP",
            "5 US$": "USD",
            "$5": "",
            "5": "",
        }.items():
            self.assertEqual(read_number(text).currency, code, text)

    def test_a_slash_as_the_decimal_sign(self):
        for text, number in {
            "12/5": "12.5",
            "۱۲/۵": "12.5",
            "١٢/٥": "12.5",
            "-12/50": "-12.5",
            "(7/25)": "-7.25",
            "0/5": "0.5",
            "3/05": "3.05",
            "۱/۲": "1.2",
            "1,250/5": "1250.5",
            "۱٬۲۵۰/۷۵ ریال": "1250.75",
            "9∕5": "9.5",
        }.items():
            self.assertEqual(parse_number(text), Decimal(number), text)
        for text in ("1/2", "3/4", "5/5", "250/000", "۱۲/۵۰۰"):
            with self.subTest(text), self.assertRaisesRegex(ValueError, "fraction or thousands"):
                parse_number(text)
            self.assertTrue(parse_number(text, "/"), text)
        for text in ("1403/05/12", "1/2/3", "12/5/", "/", "a/b", "12/5.5", "1,2/5", "1/250/000"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_number(text, "/")
        for decimal in ".,":
            with self.subTest(decimal), self.assertRaises(ValueError):
                parse_number("12/5", decimal)

    @settings(deadline=None)
    @given(
        st.decimals(0, 10**9, places=2),
        st.sampled_from(NOTATIONS),
        st.sampled_from(AROUND),
        st.sampled_from(["{}", *NEGATIVE]),
        st.sampled_from([{}, PERSIAN_DIGITS, ARABIC_DIGITS]),
    )
    def test_every_notation_reads_back(self, number, notation, around, sign, digits):
        text = sign.format(write(number, *notation, places=2))
        if "{} zł" != around or sign != "{}-":
            text = around.format(text) if sign != "({})" else text
        wanted = number if sign == "{}" else -number
        self.assertEqual(parse_number(text.translate(digits)), wanted, text)


class TestColumns(unittest.TestCase):
    def reader(self, *cells, decimal=None):
        reader = NumberReader(decimal)
        for cell in cells:
            reader.learn(cell)
        return reader

    def test_the_column_tells_what_one_cell_leaves_open(self):
        self.assertEqual(self.reader("1,234", "2,5").number("1,234"), Decimal("1.234"))
        self.assertEqual(self.reader("1,234", "2.5").number("1,234"), 1234)
        self.assertEqual(self.reader("1.234", "2,5").number("1.234"), 1234)
        self.assertEqual(self.reader("1.234", "0,125").number("1.234"), 1234)
        self.assertEqual(self.reader("1.234", "1,234,567").number("1.234"), Decimal("1.234"))
        self.assertEqual(self.reader("1,234", "9.876,5").number("1,234"), Decimal("1.234"))
        self.assertEqual(self.reader("1,234", decimal=",").number("1,234"), Decimal("1.234"))

    def test_open_ones_are_told(self):
        reader = self.reader("1,234", "5", "7,500")
        self.assertEqual(reader.number("1,234"), 1234)
        self.assertIn(
            "2 numbers such as '1,234' leave the decimal sign open: read as 1234", reader.doubt
        )
        for cells in (("1,234", "2.5"), ("1234", "5"), ("1,234.5",), ("۱۲٫۵", "۱٬۲۳۴")):
            self.assertEqual(self.reader(*cells).doubt, "", cells)

    def test_one_slip_does_not_change_a_column(self):
        reader = self.reader(*["2.55"] * 500, "1,5", "1,234")
        self.assertEqual(reader.number("1,234"), 1234)
        with self.assertRaises(ValueError):
            reader.number("1,5")

    def test_the_column_tells_what_a_slash_is(self):
        reader = self.reader("12/5", "1/2", "2/125", "1,234")
        self.assertEqual(
            [reader.number(text) for text in ("12/5", "1/2", "2/125", "1,234")],
            [Decimal("12.5"), Decimal("1.2"), Decimal("2.125"), 1234],
        )
        self.assertIn("3 numbers such as '12/5' have / as the decimal sign", reader.doubt)
        reader = self.reader("1/2", "3/4", "5")
        with self.assertRaisesRegex(ValueError, "decimals, a fraction or thousands"):
            reader.number("1/2")
        self.assertEqual(reader.number("5"), 5)
        self.assertIn("2 numbers such as '1/2' may be decimals, fractions", reader.doubt)
        reader = self.reader("1/2", decimal="/")
        self.assertEqual((reader.number("1/2"), reader.doubt), (Decimal("1.2"), ""))
        reader = self.reader("12/5", decimal=".")
        with self.assertRaises(ValueError):
            reader.number("12/5")
        reader = self.reader("12.5", "12/5")
        self.assertEqual({reader.number(text) for text in ("12.5", "12/5")}, {Decimal("12.5")})

    @settings(deadline=None)
    @given(
        st.lists(st.decimals(1, 10**7, places=2), min_size=1, max_size=20),
        st.sampled_from(["", "٬", "،", ","]),
        st.sampled_from([PERSIAN_DIGITS, ARABIC_DIGITS]),
    )
    def test_a_column_of_a_persian_keyboard_reads_back(self, numbers, thousands, digits):
        cells = [write(number, thousands, "/", places=2).translate(digits) for number in numbers]
        reader = self.reader(*cells)
        self.assertEqual([reader.number(cell) for cell in cells], numbers)

    def test_two_notations_in_one_column(self):
        reader = self.reader("2.55", "3.10", "2,5", "1,234")
        self.assertEqual(
            [reader.number(t) for t in ("2.55", "2,5")], [Decimal("2.55"), Decimal("2.5")]
        )
        with self.assertRaisesRegex(ValueError, "thousands or decimals"):
            reader.number("1,234")
        self.assertIn("both . and , stand for the decimal sign", reader.doubt)

    @settings(deadline=None)
    @given(
        st.lists(st.decimals(0, 10**7, places=2), min_size=1, max_size=20),
        st.sampled_from(NOTATIONS),
    )
    def test_a_column_of_one_notation_reads_back(self, numbers, notation):
        cells = [write(number, *notation, places=2) for number in numbers]
        # Rounded up, 999.50 alone would be 1,000: the only one with a sign for thousands.
        floors = [Decimal(int(number)) for number in numbers]
        whole = [write(number, *notation, places=0) for number in floors]
        reader = self.reader(*cells, *whole)
        self.assertEqual([reader.number(cell) for cell in cells], numbers)
        self.assertEqual(reader.doubt, "")
        self.assertEqual([reader.number(cell) for cell in whole], floors)


class TestCodes(unittest.TestCase):
    def test_codes_stay_as_they_are(self):
        for text, code in {
            " 17850.0 ": "17850",
            "85123A": "85123A",
            '="0912345"': "0912345",
            "'0912345": "0912345",
            "1E5": "1E5",
            "12E-3": "12E-3",
            "9.89121234567E+11": "989121234567",
            "1E+00": "1",
        }.items():
            self.assertEqual(parse_code(text), code, text)

    def test_lost_digits_are_said(self):
        for text in ("9.89E+11", "9,89E+11", "۹٫۸۹E+۱۱", "6.03799112345679E+15", "1E+05"):
            self.assertTrue(is_shortened(text), text)
            with self.assertRaisesRegex(ValueError, "its last digits are lost"):
                parse_code(text)


if __name__ == "__main__":
    unittest.main()
