"""What the loaders find out about files: told before it is used, and nothing is lost in silence."""

import contextlib
import io
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from unittest import mock

try:
    import openpyxl
except ImportError:
    openpyxl = None

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client import InvalidInput, command_line  # noqa: E402
from client.crm_import.export_files import CrmRow, ExportFolder  # noqa: E402
from client.crm_import.mapping import ImportMapping  # noqa: E402
from client.crm_import.row_converter import RowConverter  # noqa: E402
from client.sales.column_map import ColumnMap  # noqa: E402
from client.sales.sales_file import LoadOptions, SalesFile  # noqa: E402

HEAD = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
PERSIAN_HEAD = "شماره فاکتور;کد کالا;تعداد;تاریخ فاکتور;قیمت واحد;کد مشتری\n"


class FolderCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def put(self, text, name="sales.csv", encoding="utf-8"):
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def sales(self, text, column_map=None, encoding="utf-8", **options):
        path = self.put(text, encoding=encoding)
        sales = SalesFile(path, column_map or ColumnMap(), LoadOptions(**options))
        lines = sum(len(document.lines) for document in sales.documents)
        self.assertEqual(sales.lines_read, lines + len(sales.rejected) + sales.out_of_range)
        return sales

    def run_it(self, *arguments, answer=None):
        """Run the command line with a server nobody reaches; return code, output, errors."""
        out, err = io.StringIO(), io.StringIO()
        stdin = mock.Mock(isatty=lambda: answer is not None)
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch("sys.stdin", stdin),
            mock.patch("builtins.input", lambda _question: answer),
            mock.patch.object(command_line, "connect", side_effect=InvalidInput("connected")),
        ):
            try:
                code = command_line.main([str(argument) for argument in arguments])
            except SystemExit as stop:
                code = stop.code
        return code, out.getvalue(), err.getvalue()


class TestSales(FolderCase):
    def test_a_persian_file(self):
        text = (
            PERSIAN_HEAD
            + "۱;A1;۲;۱۴۰۳/۰۵/۱۲;۱٬۲۵۰٬۰۰۰ ریال;77\n۲;A1;۱;12/06/1403;۲٬۵۰۰٫۵ ریال;78\n"
        )
        sales = self.sales(text)
        told = [(d.reference, d.day, d.lines[0].price, d.currency) for d in sales.documents]
        self.assertEqual(
            told,
            [
                ("۱", date(2024, 8, 2), 1_250_000, "IRR"),
                ("۲", date(2024, 9, 2), Decimal("2500.5"), "IRR"),
            ],
        )
        shown = "\n".join(sales.guesses)
        self.assertIn("UTF-8, separated by ;, 2 rows", shown)
        self.assertIn("date: Jalali: year first (1); year last, day first (1)", shown)
        self.assertIn("line 2: invoice ۱, date 2024-08-02 (۱۴۰۳/۰۵/۱۲)", shown)
        self.assertIn("price 1250000 (۱٬۲۵۰٬۰۰۰ ریال)", shown)

    def test_old_persian_windows_is_said(self):
        sales = self.sales(
            PERSIAN_HEAD.replace("ی", "ي") + "1;A1;2;1403/05/12;5;77\n", encoding="cp1256"
        )
        self.assertEqual(sales.documents[0].day, date(2024, 8, 2))
        self.assertIn("Windows-1256", sales.guesses[0])

    def test_currencies_beside_the_price(self):
        lines = "1,A1,1,2024-08-02,EUR 12.50,77\n2,A1,1,2024-08-02,12,77\n"
        sales = self.sales(HEAD + lines)
        self.assertEqual([d.currency for d in sales.documents], ["EUR", "EUR"], "the only one")
        self.assertIn(
            "prices name EUR (1): documents are in that currency", "\n".join(sales.guesses)
        )
        sales = self.sales(HEAD + lines + "3,A1,1,2024-08-02,£3,77\n")
        self.assertEqual([d.currency for d in sales.documents], ["EUR", "GBP"])
        self.assertIn("in which currency? Others are in EUR, GBP", sales.rejected[0].text)
        sales = self.sales(HEAD + lines + "3,A1,1,2024-08-02,$3,77\n")
        self.assertEqual([d.currency for d in sales.documents], ["EUR", "EUR"], "$ is no euro")
        self.assertIn("in which currency?", sales.rejected[0].text)
        sales = self.sales(HEAD + lines, currency="USD")
        self.assertEqual([d.currency for d in sales.documents], ["USD", "USD"])
        self.assertIn("--currency USD takes them as they stand", "\n".join(sales.guesses))

    def test_prices_of_a_persian_keyboard(self):
        lines = "۱;A1;۲;1403/05/12;12/5;77\n۲;A1;1/2;1403\\05\\12;7;77\n"
        sales = self.sales(PERSIAN_HEAD + lines)
        told = [(d.day, d.lines[0].quantity, d.lines[0].price) for d in sales.documents]
        day = date(2024, 8, 2)
        self.assertEqual(told, [(day, 2, Decimal("12.5")), (day, Decimal("1.2"), 7)])
        shown = "\n".join(sales.guesses)
        self.assertIn("price: 1 numbers such as '12/5' have / as the decimal sign", shown)
        self.assertIn("quantity: 1 numbers such as '1/2' have / as the decimal sign", shown)
        self.assertIn("price 12.5 (12/5)", shown)

    def test_halves_that_nothing_explains(self):
        lines = "1,A1,1/2,2024-08-02,7,77\n2,A1,1,2024-08-02,7,77\n"
        sales = self.sales(HEAD + lines)
        self.assertEqual(len(sales.documents), 1)
        self.assertIn("bad quantity: decimals, a fraction or thousands", sales.rejected[0].text)
        shown = "\n".join(sales.guesses)
        self.assertIn("quantity: 1 numbers such as '1/2' may be decimals, fractions", shown)
        sales = self.sales(HEAD + lines, ColumnMap(decimal="/"))
        self.assertEqual(sales.documents[0].lines[0].quantity, Decimal("1.2"))

    def test_a_toman_is_ten_rials(self):
        lines = "1,A1,1,2024-08-02,۱۲۵٬۰۰۰ تومان,77\n2,A1,1,2024-08-02,1 ریال,77\n"
        sales = self.sales(HEAD + lines)
        told = [(d.lines[0].price, d.currency) for d in sales.documents]
        self.assertEqual(told, [(1_250_000, "IRR"), (1, "IRR")])
        self.assertIn("a toman (IRT) is read as 10 rials (IRR)", "\n".join(sales.guesses))
        sales = self.sales(HEAD + lines, currency="IRR")
        self.assertEqual(sales.documents[0].lines[0].price, 125_000, "as it stands")
        head = HEAD.replace("\n", ",Currency,Cost\n")
        sales = self.sales(
            head + "1,A1,1,2024-08-02,5,77,تومان,3\n2,A1,1,2024-08-02,5 تومان,77,IRR,3\n"
        )
        told = [(d.lines[0].price, d.lines[0].cost, d.currency) for d in sales.documents]
        self.assertEqual(told, [(50, 30, "IRR")] * 2)

    def test_two_currencies_for_one_price_are_a_reject(self):
        head = HEAD.replace("\n", ",Currency\n")
        sales = self.sales(head + "1,A1,1,2024-08-02,EUR 5,77,USD\n2,A1,1,2024-08-02,€5,77,EUR\n")
        self.assertEqual(
            [x.text for x in sales.rejected], ["bad price: in EUR, but the currency is USD"]
        )
        self.assertEqual(len(sales.documents), 1)

    def test_digits_excel_has_lost(self):
        sales = self.sales(HEAD + "1,A1,1,2024-08-02,5,9.89E+11\n2,A1,1,2024-08-02,1.5E+06,77\n")
        self.assertIn("bad customer: Excel has shortened this number", sales.rejected[0].text)
        self.assertEqual(sales.documents[0].lines[0].price, 1_500_000)
        self.assertIn("price: 1 numbers such as 1.23E+05 were shortened", "\n".join(sales.guesses))
        sales = self.sales(HEAD + '1,="0012",1,2024-08-02,5,="0912"\n')
        self.assertEqual(
            (sales.documents[0].customer, sales.documents[0].lines[0].code), ("0912", "0012")
        )

    def test_an_open_quote_is_a_reject_of_its_line(self):
        sales = self.sales(HEAD + '1,"A1,1,2024-08-02,5,77\n2,A1,1,2024-08-02,5,77\n')
        self.assertEqual(
            [(x.number, x.reason) for x in sales.rejected], [(2, "a quote is never closed")]
        )
        self.assertIn('1,"A1,1,2024-08-02,5,77', sales.rejected[0].detail, "as it is written")
        self.assertIn("not usable: 1 lines, a quote is never closed (line 2)", sales.guesses[-1])

    def test_nothing_is_sold_after_today(self):
        ahead = date.today() + timedelta(days=3)
        today = f"1,A1,1,{date.today()},5,77\n"
        text = HEAD + today + f"2,A1,1,{ahead},5,77\n3,A1,1,1462/05/12,5,77\n"
        sales = self.sales(text)
        told = [(x.reason, x.detail) for x in sales.rejected]
        self.assertEqual(told, [("after today", str(ahead)), ("after today", "2083-08-03")])
        self.assertIn("not usable: 2 lines, after today (line 3)", "\n".join(sales.guesses))
        sales = self.sales(text, shift_to_today=True)
        self.assertEqual(sales.rejected, [], "a file of such dates is what is to be moved")
        rows = "".join(f"{n},A1,1,2020-01-05,5,77\n" for n in range(10, 300))
        sales = self.sales(HEAD + rows + f"2,A1,1,{ahead},5,77\n", shift_to_today=True)
        self.assertEqual(len(sales.rejected), 1, "one slip does not move all others")
        self.assertEqual(sales.documents[-1].day, date.today() - timedelta(days=1))

    def test_rows_that_are_there_twice_are_said_and_kept(self):
        line = "1,A1,1,2024-08-02,5,77\n"
        sales = self.sales(HEAD + line + "2,A1,1,2024-08-02,5,77\n" + line * 2)
        self.assertEqual(len(sales.documents[0].lines), 3)
        self.assertIn(
            "2 rows are the same as an earlier one (line 4 as line 2)", "\n".join(sales.guesses)
        )

    def test_two_formats_in_one_column(self):
        lines = "1,A1,1,2024-08-02,5,77\n2,A1,1,25.12.2023,5,77\n3,A1,1,1403/05/12,5,77\n"
        sales = self.sales(HEAD + lines + "4,A1,1,45506,5,77\n5,A1,1,2 Aug 2024,5,77\n")
        days = {document.reference: str(document.day) for document in sales.documents}
        self.assertEqual(days.pop("2"), "2023-12-25")
        self.assertEqual((set(days.values()), sales.rejected), ({"2024-08-02"}, []))
        mixed = HEAD + "1,A1,1,25/03/2024,5,77\n2,A1,1,03/26/2024,5,77\n3,A1,1,03/04/2024,5,77\n"
        with self.assertRaisesRegex(InvalidInput, "1 dates fit day/month and month/day, and both"):
            self.sales(mixed)
        sales = self.sales(mixed, ColumnMap(date_format="dmy"))
        self.assertEqual([x.reason for x in sales.rejected], ["bad date"])

    def test_open_dates_and_numbers_are_said(self):
        sales = self.sales(HEAD + '1,A1,1,03/04/2024,"1,234",77\n')
        shown = "\n".join(sales.guesses)
        self.assertIn("date: 1 dates fit day/month and month/day and were read day first", shown)
        self.assertIn("price: 1 numbers such as '1,234' leave the decimal sign open", shown)
        head = HEAD.replace("\n", ",DueDate,Cost\n")
        sales = self.sales(
            head + '1,A1,1,12/25/2024,"1,234",77,01/02/2025,2.5\n', last=date(2024, 12, 31)
        )
        document = sales.documents[0]
        self.assertEqual(str(document.due_date.date()), "2025-01-02", "as the other column tells")
        self.assertEqual(document.lines[0].price, 1234, "as the other column tells")


class TestAsking(FolderCase):
    GOOD = HEAD + "1,A1,1,1403/05/12,5,77\n"

    def test_programs_say_yes_and_nobody_is_kept_waiting(self):
        path = self.put(self.GOOD)
        code, out, err = self.run_it("load-sales", path)
        self.assertEqual(code, 1)
        self.assertIn("line 2: invoice 1, date 2024-08-02 (1403/05/12)", out)
        self.assertIn("run the same command with --yes", err)
        code, out, err = self.run_it("load-sales", path, "--yes")
        self.assertIn("line 2: invoice 1", out, "shown all the same")
        self.assertIn("connected", err)

    def test_people_are_asked(self):
        path = self.put(self.GOOD)
        for answer, words in (
            ("y", "connected"),
            ("yes", "connected"),
            ("", "nothing was written"),
        ):
            self.assertIn(words, self.run_it("load-sales", path, answer=answer)[2])

    def test_without_any_input_the_real_command_ends(self):
        path = self.put(self.GOOD)
        command = [sys.executable, "-m", "client", "load-sales", str(path)]
        answer = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
        self.assertEqual(answer.returncode, 1)
        self.assertIn("run the same command with --yes", answer.stderr)

    def test_days_of_both_calendars_bound_the_range(self):
        lines = "".join(f"{n},A1,1,1403/05/{n:02},5,77\n" for n in range(1, 32))
        path = self.put(HEAD + lines)
        for first, last in (
            ("1403/05/10", "1403/05/19"),
            ("2024-07-31", "2024-08-09"),
            ("۱۰ مرداد ۱۴۰۳", "19 مرداد 1403"),
        ):
            with mock.patch.object(command_line, "SalesLoader") as loader:
                loader.return_value.run.return_value.lines.return_value = []
                with (
                    mock.patch.object(command_line, "connect"),
                    contextlib.redirect_stdout(io.StringIO()),
                ):
                    command_line.main(
                        ["load-sales", str(path), "--yes", "--from", first, "--until", last]
                    )
            self.assertEqual(
                [d.reference for d in loader.call_args[0][1].documents],
                [str(n) for n in range(10, 20)],
            )
        for text in ("03/04/2024", "soon", "1404/12/30"):
            code, _out, err = self.run_it("load-sales", path, "--to", text)
            self.assertEqual(code, 2)
            self.assertIn("write it like 2026-01-31 or 1404/11/11", err)

    def test_a_dry_import_asks_nobody(self):
        self.put("ID,Name\n1,a\n", "Accounts.csv")
        for options, words in (
            ([], "with --yes"),
            (["--dry-run"], "connected"),
            (["--yes"], "connected"),
        ):
            code, out, err = self.run_it("import-crm", self.folder, *options)
            self.assertIn("line 2: ID 1, Name a", out)
            self.assertIn(words, err)


class TestImport(FolderCase):
    def files(self, mapping=None):
        folder = ExportFolder(self.folder, mapping or ImportMapping.from_file())
        return folder, {file.entity.name: file for file in folder.files}

    def test_guesses_of_every_file(self):
        self.put("شناسه;نام\n1;شركت پگاه\n2;فروشگاه ژاله\n", "Accounts.csv", "cp1256")
        self.put('ID,Name,Start Date,Duration Hours\n1,Call,1403/05/12 14:30,"1,5"\n', "Calls.csv")
        self.put("x\n1\n", "Other.csv")
        folder, _files = self.files()
        shown = "\n".join(folder.guesses())
        self.assertIn(
            "Accounts.csv: Windows-1256 (Persian, Arabic), separated by ;, 2 accounts", shown
        )
        self.assertIn("line 2: شناسه 1, نام شركت پگاه", shown)
        self.assertIn("dates: Jalali: year first", shown)
        self.assertIn("Start Date 2024-08-02 14:30:00 (1403/05/12 14:30)", shown)
        self.assertIn("Duration Hours 1.5 (1,5)", shown)
        self.assertIn("not read: Other.csv", shown)

    @unittest.skipUnless(openpyxl, "no openpyxl here")
    def test_workbooks(self):
        book = openpyxl.Workbook()
        book.active.append(["ID", "Name", "Start Date"])
        book.active.append([7, "Call", datetime(2024, 8, 2, 14, 30)])
        book.save(self.folder / "Calls.xlsx")
        folder, files = self.files()
        (row,) = files["calls"].rows()
        self.assertEqual((row.id, str(files["calls"].dates.moment(row.text("date")))),
                         ("7", "2024-08-02 14:30:00"))  # fmt: skip
        self.assertIn("Calls.xlsx: Excel workbook, 1 calls", folder.guesses())

    def test_an_open_quote_costs_its_own_row(self):
        self.put('ID,Name\n1,"open\n2,b\n', "Accounts.csv")
        _folder, files = self.files()
        first, second = files["accounts"].rows()
        self.assertEqual((first.number, first.reason), (2, "a quote is never closed"))
        self.assertEqual((second.id, files["accounts"].count), ("2", 2))

    def test_both_orders_in_one_file_are_refused_above_one_in_a_hundred(self):
        rows = "1,a,25/03/2024\n2,b,03/26/2024\n3,c,03/04/2024\n"
        self.put("ID,Name,Start Date\n" + rows, "Calls.csv")
        with self.assertRaisesRegex(
            InvalidInput, "Calls.csv: 1 dates .* say dates.order in the mapping"
        ):
            self.files()

    def test_phones_and_ids_a_spreadsheet_has_shortened(self):
        self.put("ID,Name,Office Phone\n1,a,9.89E+11\n1.5E+15,b,021 88\n", "Accounts.csv")
        _folder, files = self.files()
        row, reject = files["accounts"].rows()
        self.assertIsInstance(row, CrmRow)
        self.assertEqual(reject.reason, "id shortened by a spreadsheet")
        kept = Counter()
        fields = mock.Mock(type_of=lambda _model, _field: "char")
        file = files["accounts"]
        converter = RowConverter(file.entity, fields, file.dates, file.numbers, kept)
        converted = converter.convert(row)
        self.assertNotIn("phone", converted.values)
        self.assertEqual(converted.extra_lines, ["Office Phone: 9.89E+11"])
        self.assertEqual(kept, {"Office Phone shortened by a spreadsheet, such as 9.89E+11": 1})


if __name__ == "__main__":
    unittest.main()
