"""Sheets of Excel read like files of text. No server."""

import datetime as dt
import io
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

try:
    import openpyxl
except ImportError:
    openpyxl = None
try:
    import xlwt
except ImportError:
    xlwt = None

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client.errors import InvalidInput  # noqa: E402
from client.sales.column_map import ColumnMap  # noqa: E402
from client.sales.sales_file import LoadOptions, SalesFile  # noqa: E402
from client.table_file import TableFile  # noqa: E402

VALUES = st.one_of(
    st.text(st.sampled_from("abcآبی ;,\"'"), min_size=1, max_size=8).filter(str.strip),
    st.integers(-(10**11), 10**11),
    st.decimals(-9999, 9999, places=2),
    st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.just(None),
)


class WorkbookCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


@unittest.skipUnless(openpyxl, "no openpyxl here")
class TestXlsx(WorkbookCase):
    def book(self, *sheets, name="book.xlsx"):
        """Write (title, rows) as sheets and open the file."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(self.folder / "saved.xlsx")
        path = self.folder / name
        path.write_bytes((self.folder / "saved.xlsx").read_bytes())
        return TableFile(path)

    def test_typed_cells_become_text_as_in_a_csv_file(self):
        rows = [
            ["id", "day", "moment", "phone", "amount", "yes"],
            [
                17850.0,
                dt.date(2024, 8, 2),
                dt.datetime(2024, 8, 2, 14, 30),
                989121234567,
                0.1 + 0.2,
                True,
            ],
            ["0912", "۱۴۰۳/۰۵/۱۲", None, 1234567890123456, -2.5, False],
        ]
        table = self.book(("Sales", rows))
        (_two, first), (three, second) = table.rows()
        self.assertEqual(
            first, ("17850", "2024-08-02", "2024-08-02 14:30:00", "989121234567", "0.3", "TRUE")
        )
        self.assertEqual(three, 3)
        self.assertEqual(second[:3], ("0912", "۱۴۰۳/۰۵/۱۲", ""))
        self.assertEqual(second[3], "1.23456789012346E+15", "Excel itself has lost the last digits")
        self.assertEqual(table.described, "Excel workbook")

    def test_the_first_filled_sheet_is_read_and_the_others_named(self):
        table = self.book(("Empty", []), ("Sales", [["id"], [1]]), ("Old", [["x"], [2]]))
        self.assertEqual((table.header, list(table.rows())), (("id",), [(2, ("1",))]))
        self.assertEqual(table.notes, ["sheet 'Sales' is read; not read: Empty, Old"])

    def test_hidden_sheets_come_last(self):
        book = openpyxl.Workbook()
        book.active.append(["settings"])
        book.active.sheet_state = "hidden"
        book.create_sheet("Shown").append(["id"])
        book.save(self.folder / "hidden.xlsx")
        self.assertEqual(TableFile(self.folder / "hidden.xlsx").header, ("id",))

    def test_titles_and_merged_headings(self):
        rows = [
            ["Sales of 1403"],
            [],
            ["Invoice", "Sale", None, "Customer", None],
            [None, "Day", "Amount", "Code", "Name"],
            [1, dt.date(2024, 8, 2), 5, 77, "Ann"],
        ]
        table = self.book(("Sales", rows))
        self.assertEqual(table.header, ("Invoice", "Day", "Amount", "Code", "Name"))
        self.assertEqual(list(table.rows()), [(5, ("1", "2024-08-02", "5", "77", "Ann"))])
        self.assertEqual(
            table.notes,
            [
                "line 1 is above the headings: 'Sales of 1403'",
                "the headings stand in lines 3 and 4",
            ],
        )

    def test_formulas_have_their_stored_result_or_are_said_to_have_none(self):
        table = self.book(("Sales", [["id", "total"], [1, "=1+1"], [2, 5]]))
        self.assertEqual([row for _n, row in table.rows()], [("1", ""), ("2", "5")])
        self.assertIn("1 formulas have no stored result", table.notes[0])
        self.assertIn("row 2", table.notes[0])
        self.store_result()
        table = TableFile(self.folder / "stored.xlsx")
        self.assertEqual([row for _n, row in table.rows()], [("1", "2"), ("2", "5")])
        self.assertEqual(table.notes, [])

    def store_result(self):
        """Write into the sheet what Excel stores beside a formula."""
        with (
            zipfile.ZipFile(self.folder / "saved.xlsx") as old,
            zipfile.ZipFile(self.folder / "stored.xlsx", "w") as new,
        ):
            for name in old.namelist():
                content = old.read(name)
                if name.endswith("sheet1.xml"):
                    content = content.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
                    content = content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
                new.writestr(name, content)

    def test_the_ending_of_the_name_does_not_matter(self):
        table = self.book(("Sales", [["id"], [1]]), name="export.csv")
        self.assertEqual(list(table.rows()), [(2, ("1",))])

    def test_cells_beyond_the_headings_are_a_column_without_one(self):
        table = self.book(("Sales", [["id"], [1, "note"], [2]]))
        self.assertEqual(table.header, ("id", ""))
        self.assertEqual(len(list(table.rows())), 2)

    def test_a_workbook_of_sales(self):
        head = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
        rows = [head, ["1", "A1", 2, dt.datetime(2024, 8, 2), "۱٬۲۵۰٫۵", 77.0]]
        rows += [["2", "A1", 2, "1403/05/13", 3.5, "=1+1"], ["3", "A1", 2, 45506, 3, 78]]
        self.book(("Sales", rows))
        sales = SalesFile(self.folder / "book.xlsx", ColumnMap(), LoadOptions())
        told = [(d.reference, str(d.day), d.customer) for d in sales.documents]
        self.assertEqual(told, [("1", "2024-08-02", "77"), ("3", "2024-08-02", "78")])
        self.assertEqual([line.reason for line in sales.rejected], ["no customer"])

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=6))
    def test_every_sheet_reads_back(self, rows):
        book = openpyxl.Workbook()
        book.active.append(["a", "b", "c", "d"])
        for number, row in enumerate(rows):
            book.active.append([number, *row])
        stream = io.BytesIO()
        book.save(stream)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "random.xlsx"
            path.write_bytes(stream.getvalue())
            found = [(*row, *[""] * (4 - len(row))) for _n, row in TableFile(path).rows()]
        wanted = [(str(number), *map(as_text, row)) for number, row in enumerate(rows)]
        self.assertEqual(found, wanted)


@unittest.skipUnless(xlwt, "no xlwt here")
class TestXls(WorkbookCase):
    def test_old_workbooks(self):
        book = xlwt.Workbook()
        book.add_sheet("Empty")
        sheet = book.add_sheet("Sales")
        day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        for column, name in enumerate(["id", "day", "yes", "name"]):
            sheet.write(0, column, name)
        sheet.write(1, 0, 17850)
        sheet.write(1, 1, dt.datetime(2024, 8, 2, 14, 30), day)
        sheet.write(1, 2, True)
        sheet.write(1, 3, "پگاه")
        sheet.write(3, 0, "0912")
        book.save(str(self.folder / "old.xls"))
        table = TableFile(self.folder / "old.xls")
        self.assertEqual(
            list(table.rows()),
            [(2, ("17850", "2024-08-02 14:30:00", "TRUE", "پگاه")), (4, ("0912", "", "", ""))],
        )
        self.assertEqual(table.notes, ["sheet 'Sales' is read; not read: Empty"])


class TestUnusable(WorkbookCase):
    def test_what_is_no_workbook_is_said(self):
        with zipfile.ZipFile(self.folder / "open.ods", "w") as archive:
            archive.writestr("content.xml", "x")
        with zipfile.ZipFile(self.folder / "other.zip", "w") as archive:
            archive.writestr("a.txt", "x")
        (self.folder / "cut.xlsx").write_bytes(b"PK\x03\x04 and no more")
        (self.folder / "cut.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"x" * 600)
        (self.folder / "page.xls").write_bytes(b"\xef\xbb\xbf <TABLE><tr><td>id</td></tr></TABLE>")
        for name, words in (
            ("open.ods", "OpenDocument file: save it as .xlsx or as CSV"),
            ("other.zip", "an archive, no table"),
            ("cut.xlsx", "cannot read .* as a workbook"),
            ("cut.xls", "cannot read .* as a workbook|not installed"),
            ("page.xls", "is a web page"),
        ):
            with self.subTest(name), self.assertRaisesRegex(InvalidInput, words):
                TableFile(self.folder / name)

    def test_text_under_the_name_of_a_workbook_is_read(self):
        (self.folder / "text.xls").write_bytes("id\tname\n1\tپگاه\n".encode("utf-16"))
        self.assertEqual(list(TableFile(self.folder / "text.xls").rows()), [(2, ("1", "پگاه"))])


def as_text(value):
    """What a CSV file would say."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return str(value.date()) if value.time() == dt.time() else str(value)
    if isinstance(value, dt.date | str):
        return str(value)
    return str(int(value)) if value == int(value) else str(value.normalize())


if __name__ == "__main__":
    unittest.main()
