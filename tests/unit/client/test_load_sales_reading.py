"""From a file to documents: encodings, headings, numbers, dates, ranges, rejects. No server."""

import csv
import gzip
import importlib.util
import json
import sys
import tempfile
import unittest
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client import InvalidInput  # noqa: E402
from client.dates import guess_date_format, moment_text, parse_date  # noqa: E402
from client.loading.rejects import RejectFile  # noqa: E402
from client.sales.column_map import ColumnMap  # noqa: E402
from client.sales.document import CREDIT_NOTE, INVOICE  # noqa: E402
from client.sales.sales_file import LoadOptions, SalesFile, yesterday  # noqa: E402
from client.table_file import TableFile  # noqa: E402
from client.values import parse_code, parse_number  # noqa: E402

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


class FileCase(unittest.TestCase):
    """Writes a file and reads it as sales."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def sales(self, text, column_map=None, encoding="utf-8", **options):
        path = self.folder / "sales.csv"
        path.write_bytes(text.encode(encoding))
        sales = SalesFile(path, column_map or ColumnMap(), LoadOptions(**options))
        lines = sum(len(d.lines) for d in sales.documents)
        self.assertEqual(
            sales.lines_read, lines + len(sales.rejected) + sales.out_of_range, "every line once"
        )
        return sales

    def reasons(self, sales):
        return [line.reason for line in sorted(sales.rejected, key=lambda x: x.number)]


class TestValues(unittest.TestCase):
    def test_numbers(self):
        cases = {
            "2.55": "2.55",
            "1,234.50": "1234.50",
            "1.234,50": "1234.50",
            "1 234.5": "1234.5",
            "1,234": "1234",
            "(3)": "-3",
            "−4": "-4",
            "£2.55": "2.55",
            "۱۲٫۵": "12.5",
            "1e3": "1000",
        }
        for text, number in cases.items():
            self.assertEqual(parse_number(text), Decimal(number), text)
        self.assertEqual(parse_number("2,55", ","), Decimal("2.55"))

    def test_what_is_no_number(self):
        for text in ("six", "nan", "inf", "1e15", "--1", "1.2.3", "12 pcs", "1_000", "1/2"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_number(text)
        with self.assertRaises(ValueError):
            parse_number("1,23", ".")

    def test_dates(self):
        self.assertEqual(parse_date("2010-12-01 08:26:00"), datetime(2010, 12, 1, 8, 26))
        self.assertEqual(parse_date("۲۰۲۶-۰۳-۲۱"), datetime(2026, 3, 21))
        for text in ("2026-13-45", "1403-13-05", "soon"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_date(text)

    def test_date_format_is_told_by_the_data(self):
        self.assertEqual(guess_date_format(["2026-01-31", "1403/12/29"]), "ymd")
        self.assertEqual(guess_date_format(["12/1/2010 8:26", "12/13/2010 9:02"]), "mdy")
        self.assertEqual(guess_date_format(["1/12/2010", "13/12/2010", "x"]), "dmy")
        self.assertEqual(guess_date_format(["1/2/2010"]), "dmy", "day first when open")
        self.assertEqual(guess_date_format(["12/29/1403"]), "mdy")

    def test_jalali_dates(self):
        cases = {
            "1403/05/12": datetime(2024, 8, 2),
            "۱۴۰۳/۰۲/۳۱ ۱۴:۳۰": datetime(2024, 5, 20, 14, 30),
            "1403-12-30": datetime(2025, 3, 20),
            "12/05/1403": datetime(2024, 8, 2),
        }
        for text, moment in cases.items():
            self.assertEqual(parse_date(text), moment, text)
            self.assertEqual(parse_date(text, "%d/%m/%Y"), moment, text)
            for form in ("auto", "%d/%m/%Y"):
                with self.assertRaises(ValueError, msg=text):
                    parse_date(text, form, "gregorian")
        self.assertEqual(parse_date("05/12/1403", "%m/%d/%Y"), datetime(2024, 8, 2))
        self.assertEqual(parse_date("05/12/1403", "mdy"), datetime(2024, 8, 2))
        for text in ("1404/12/30", "1403/13/01", "1250/01/01", "1340/01/01", "03/05/12", "soon"):
            with self.subTest(text), self.assertRaises(ValueError):
                parse_date(text)

    def test_codes_and_moments(self):
        self.assertEqual(parse_code(" 17850.0 "), "17850")
        self.assertEqual(parse_code("85123A"), "85123A")
        self.assertEqual(moment_text(datetime(2026, 1, 2)), "2026-01-02 12:00:00")
        self.assertEqual(moment_text(datetime(2026, 1, 2, 8, 5)), "2026-01-02 08:05:00")


class TestFile(FileCase):
    LINE = "1,A1,Cup,2,2026-01-05,3.5,77,Iran\n"

    def test_default_layout(self):
        sales = self.sales(HEAD + self.LINE)
        document = sales.documents[0]
        self.assertEqual((document.reference, document.kind), ("1", INVOICE))
        self.assertEqual((document.customer, document.day), ("77", date(2026, 1, 5)))
        self.assertEqual(document.expected(2), Decimal("7.00"))
        self.assertFalse(sales.deliveries)

    def test_encodings_and_delimiters(self):
        text = HEAD + "1,A1,Café £,2,2026-01-05,3.5,77,Iran\n"
        for encoding in ("utf-8", "utf-8-sig", "latin-1", "utf-16"):
            with self.subTest(encoding):
                line = self.sales(text, encoding=encoding).documents[0].lines[0]
                self.assertEqual(line.description, "Café £")
        german = text.replace(",", ";").replace("3.5", "3,5")
        self.assertEqual(self.sales(german).documents[0].lines[0].price, Decimal("3.5"))

    def test_gzip(self):
        path = self.folder / "s.csv.gz"
        path.write_bytes(gzip.compress((HEAD + self.LINE).encode()))
        self.assertEqual(SalesFile(path, ColumnMap(), LoadOptions()).lines_read, 1)
        path.write_bytes(gzip.compress((HEAD + self.LINE * 999).encode())[:-20])
        with self.assertRaises(InvalidInput):
            SalesFile(path, ColumnMap(), LoadOptions())

    def test_other_headings(self):
        head = "Invoice,SKU,Qty,Order Date,Price,Customer ID\n"
        self.assertEqual(len(self.sales(head + "1,A1,2,2026-01-05,3.5,77\n").documents), 1)
        head = "شماره فاکتور,کد کالا,تعداد,تاریخ,قیمت واحد,کد مشتری\n"
        self.assertEqual(len(self.sales(head + "۱,A1,۲,2026-01-05,۳٫۵,77\n").documents), 1)

    def test_jalali_dates(self):
        lines = "2,A1,Cup,2,1403/02/31 10:15,3.5,77,Iran\n3,A1,Cup,2,۱۴۰۳/۱۲/۳۰,3.5,77,Iran\n"
        days = [document.day for document in self.sales(HEAD + lines).documents]
        self.assertEqual(days, [date(2024, 5, 20), date(2025, 3, 20)])
        sales = self.sales(HEAD + self.LINE + lines + "4,A1,Cup,2,1404/12/30,3.5,77,Iran\n")
        self.assertEqual(len(sales.documents), 3, "beside Gregorian ones")
        self.assertEqual(self.reasons(sales), ["bad date"], "no leap year")

    def test_map(self):
        path = self.folder / "map.json"
        content = {"invoice": "Nr", "date_format": "%d.%m.%Y", "country": None}
        path.write_text(json.dumps(content), encoding="utf-8")
        column_map = ColumnMap.from_file(path)
        text = HEAD.replace("InvoiceNo", "Nr") + "1,A1,Cup,2,05.01.2026,3.5,77,Iran\n"
        document = self.sales(text, column_map).documents[0]
        self.assertEqual(document.day, date(2026, 1, 5))
        self.assertEqual(document.lines[0].country, "")

    def test_unusable_files_and_maps(self):
        for text in ("", "InvoiceNo,StockCode\n1,A1\n"):
            with self.subTest(text), self.assertRaises(InvalidInput):
                self.sales(text)
        with self.assertRaises(InvalidInput):
            SalesFile(self.folder / "none.csv", ColumnMap(), LoadOptions())
        for content in ({"invoces": "x"}, []):
            path = self.folder / "map.json"
            path.write_text(json.dumps(content))
            with self.subTest(content), self.assertRaises(InvalidInput):
                ColumnMap.from_file(path)
        with self.assertRaises(InvalidInput):
            self.sales(HEAD, ColumnMap.from_dict({"invoice": "No such column"}))

    def test_every_fault_has_its_reason(self):
        sales = self.sales(
            HEAD
            + "1,A1,Cup,2,2026-01-05,3.5,,Iran\n"
            + "1,A1,Cup,six,2026-01-05,3.5,77,Iran\n"
            + "1,A1,Cup,2,2026-99-05,3.5,77,Iran\n"
            + "1,,Cup,2,2026-01-05,3.5,77,Iran\n"
            + "\n , ,\n"
            + "1,A1,Cup,2,2026-01-05,3.5,77,Iran,more\n"
            + "1,A1,Cup\n"
            + "2,A1,Cup,2,2026-01-05,3.5,77,Iran\n"
            + "2,A1,Cup,2,2026-01-05,3.5,78,Iran\n"
            + "2,A1,Cup,0,2026-01-05,0,77,Iran\n"
        )
        expected = ["no customer", "bad quantity", "bad date", "no code", "more cells than columns"]
        expected += ["no quantity", "another customer on the same invoice"]
        self.assertEqual(self.reasons(sales), expected)
        self.assertEqual(len(sales.documents[0].lines), 2, "zero price and quantity are kept")

    def test_rejects_can_be_loaded_again(self):
        sales = self.sales(HEAD + "1,A1,Cup,six,2026-01-05,3.5,77,Iran\n")
        path = self.folder / "rejects.csv"
        rejects = RejectFile(path, sales.header)
        self.assertEqual(rejects.write(sales.rejected), 1)
        with path.open(encoding="utf-8", newline="") as stream:
            row = next(csv.DictReader(stream))
        self.assertEqual((row["Quantity"], row["Line"]), ("six", "2"))
        self.assertEqual(row["Reason"], "bad quantity: not a number: 'six'")
        path.write_text(path.read_text().replace("six,", "6,"))
        again = SalesFile(path, ColumnMap(), LoadOptions())
        self.assertEqual(len(again.documents), 1)
        RejectFile(path, again.header).write([again.documents and sales.rejected[0]])
        self.assertEqual(TableFile(path).header, (*sales.header, "Line", "Reason"))
        rejects.write([])
        self.assertFalse(path.exists(), "no rejects, no file")


class TestDocuments(FileCase):
    def document(self, *lines):
        return self.sales(HEAD + "".join(f"{line},77,Iran\n" for line in lines)).documents[0]

    def test_credit_note_becomes_positive(self):
        for quantity in (-2, 2):
            document = self.document(f"C5,A1,Cup,{quantity},2026-01-05,3.5")
            self.assertEqual(document.kind, CREDIT_NOTE)
            self.assertEqual(document.quantity(document.lines[0]), 2)
            self.assertEqual(document.expected(2), 7)

    def test_mixed_credit_note_keeps_its_negative_line(self):
        document = self.document("C5,A1,Cup,-5,2026-01-05,2", "C5,A1,Cup,1,2026-01-05,2")
        self.assertEqual([int(document.quantity(x)) for x in document.lines], [5, -1])

    def test_negative_line_on_an_invoice_stays(self):
        document = self.document("5,A1,Cup,5,2026-01-05,2", "5,A1,Cup,-1,2026-01-05,2")
        self.assertEqual(document.kind, INVOICE)
        self.assertEqual(document.expected(2), 8)

    def test_invoice_below_zero_becomes_a_credit_note_with_a_note(self):
        for line in ("5,M,Correction,1,2026-01-05,-12.4", "5,A1,Cup,-4,2026-01-05,3.1"):
            document = self.document(line)
            self.assertEqual(document.kind, CREDIT_NOTE)
            self.assertEqual(document.expected(2), Decimal("12.40"))
            self.assertIn("negative total", document.note)

    def test_rounding_is_by_line_and_half_up(self):
        document = self.document(*["5,A1,Cup,1,2026-01-05,0.005"] * 3)
        self.assertEqual(document.expected(2), Decimal("0.03"))
        self.assertEqual(document.expected(0), 0)

    def test_services(self):
        column_map = ColumnMap.from_dict({"service_codes": ["C2"]})
        for code, service in (("POST", True), ("C2", True), ("85123A", False)):
            self.assertEqual(column_map.is_service(code), service, code)
        self.assertFalse(self.document("5,POST,Postage,1,2026-01-05,4").goods)


class TestSelection(FileCase):
    TEXT = HEAD + "".join(
        f"{n},A1,Cup,1,2026-01-{n:02d} 10:00:00,2,{77 if n % 4 else ''},Iran\n"
        for n in range(1, 13)
    )

    def test_range(self):
        sales = self.sales(self.TEXT, first=date(2026, 1, 4), last=date(2026, 1, 9))
        self.assertEqual([d.reference for d in sales.documents], ["5", "6", "7", "9"])
        self.assertEqual((len(sales.rejected), sales.out_of_range), (2, 6))

    def test_limit_ends_the_range(self):
        sales = self.sales(self.TEXT, limit=4)
        self.assertEqual([d.reference for d in sales.documents], ["1", "2", "3", "5"])
        self.assertEqual((len(sales.rejected), sales.out_of_range), (1, 7))

    def test_lines_without_a_readable_date_are_always_rejected(self):
        text = self.TEXT + "99,A1,Cup,1,soon,2,77,Iran\n"
        self.assertIn("bad date", self.reasons(self.sales(text, limit=1)))

    def test_shift_moves_all_dates_alike_after_the_selection(self):
        head = HEAD.replace("Country", "PaymentDate,DueDate,DeliveryDate")
        text = head + "".join(
            f"{n},A1,Cup,1,2026-01-{n:02d} 10:00:00,2,77,2026-01-{n + 2:02d},2026-02-01,\n"
            for n in range(1, 13)
        )
        sales = self.sales(text, shift_to_today=True, last=date(2026, 1, 9))
        days = [document.day for document in sales.documents]
        self.assertEqual(days[-1], yesterday())
        self.assertEqual((days[-1] - days[0]).days, 8)
        self.assertEqual(sales.shifted_days, (yesterday() - date(2026, 1, 9)).days)
        last = sales.documents[-1]
        self.assertEqual((last.payment_date - last.moment).days, 1)
        self.assertIsNone(last.delivery_date, "an empty date stays empty")
        self.assertEqual(last.moment.hour, 10)

    def test_deliveries(self):
        self.assertFalse(self.sales(self.TEXT).deliveries)
        at_once = self.sales(self.TEXT, deliveries=True).documents[0]
        self.assertEqual(at_once.delivery_date, at_once.moment)
        text = self.TEXT.replace("Country", "DeliveryDate")
        self.assertFalse(self.sales(text.replace("Iran", ""), deliveries=False).deliveries)
        self.assertTrue(self.sales(text.replace("Iran", "")).deliveries)


class TestSample(unittest.TestCase):
    def test_generator_makes_the_committed_file(self):
        path = ROOT / "demo" / "make_sales_sample.py"
        spec = importlib.util.spec_from_file_location("make_sales_sample", path)
        maker = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(maker)
        with tempfile.TemporaryDirectory() as folder:
            maker.PATH = Path(folder) / "sample.csv"
            maker.main()
            made = maker.PATH.read_bytes()
        self.assertEqual(made, (ROOT / "demo" / "sales_sample.csv").read_bytes())

    def test_what_it_holds(self):
        sales = SalesFile(ROOT / "demo" / "sales_sample.csv", ColumnMap(), LoadOptions())
        self.assertTrue(sales.deliveries)
        self.assertEqual(len(sales.rejected), 8)
        credits = [d for d in sales.documents if d.is_credit_note]
        self.assertEqual(len(credits), 26, "25 and one invoice below zero")
        self.assertTrue(300 <= len(sales.documents) - len(credits) <= 340)
        self.assertEqual(len({d.customer for d in sales.documents}), 45)


if __name__ == "__main__":
    unittest.main()
