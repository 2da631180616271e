"""From export files to rows and values: names, encodings, headings, dates, text. No server."""

import csv
import importlib.util
import sys
import tempfile
import unittest
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client import InvalidInput  # noqa: E402
from client.crm_import.export_files import CrmRow, ExportFolder  # noqa: E402
from client.crm_import.mapping import ImportMapping  # noqa: E402
from client.crm_import.text import HtmlReader, clean, html_text, key_text, name_text  # noqa: E402
from client.dates import DateReader  # noqa: E402
from client.loading.rejects import RejectFile  # noqa: E402


class FolderCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def put(self, name, text, encoding="utf-8"):
        (self.folder / name).write_bytes(text.encode(encoding))

    def files(self):
        found = ExportFolder(self.folder, ImportMapping.from_file())
        return {file.entity.name: file for file in found.files}


class TestText(unittest.TestCase):
    def test_arabic_letters_become_persian(self):
        self.assertEqual(name_text("فولاد البرز مركزي"), "فولاد البرز مرکزی")
        self.assertEqual(name_text("موسى  كاظمي"), "موسی کاظمی")
        self.assertEqual(name_text("two\nlines"), "two lines")

    def test_comparing_sees_through_spelling(self):
        self.assertEqual(key_text("تماس‌هاي ۱۲"), key_text("تماسهای 12"))
        self.assertEqual(key_text("كــتاب"), key_text("کتاب"))
        self.assertEqual(key_text("Assigned To:"), key_text("assigned_to"))
        self.assertNotEqual(key_text("Held"), key_text("Not Held"))

    def test_cleaning_keeps_the_text(self):
        self.assertEqual(clean("'+98 21 1"), "+98 21 1", "SuiteCRM's shield against formulas")
        self.assertEqual(clean("'quoted'"), "'quoted'")
        self.assertEqual(clean(" \u200f۱۴۰۳\u202c \x00"), "۱۴۰۳")
        self.assertEqual(clean("نیم\u200cفاصله"), "نیم\u200cفاصله", "half-spaces stay")

    def test_coded_signs_are_read_once(self):
        self.assertEqual(clean("O&#039;Neil &amp; Sons &lt;x&gt;"), "O'Neil & Sons <x>")
        self.assertEqual(clean("&amp;lt; &eacute; R&D;"), "&lt; &eacute; R&D;")

    def test_html_bodies_become_text(self):
        body = (
            "<html><head><style>p {color: red}</style></head><body><p>سلام&nbsp;دوست</p>\n"
            "<div>Line one<br/>Line\ntwo</div><script>x()</script></body></html>"
        )
        self.assertEqual(HtmlReader.text_of(body), "سلام دوست\n\nLine one\nLine two")
        for text in ("1 < 2 > 0", "a\n  b", "<me@x.example> wrote", "&copy;"):
            self.assertEqual(HtmlReader.text_of(text), text, "no HTML: unchanged")

    def test_html_shows_the_text(self):
        self.assertEqual(html_text("a < b & c\r\nd"), "a &lt; b &amp; c<br>d")


class TestDates(unittest.TestCase):
    def test_formats(self):
        cases = {
            "1403/05/12": "2024-08-02 12:00:00",
            "۱۴۰۳/۰۵/۱۲": "2024-08-02 12:00:00",
            "١٤٠٣/٠٥/١٢": "2024-08-02 12:00:00",
            "1403-5-12 14:30": "2024-08-02 14:30:00",
            "۱۴۰۳/۰۵/۱۲ ۱۴:۳۰:۱۵": "2024-08-02 14:30:15",
            "1403/05/12، 02:30 ب.ظ": "2024-08-02 14:30:00",
            "1403/05/12 02:30 ق.ظ": "2024-08-02 02:30:00",
            "12/05/1403": "2024-08-02 12:00:00",
            "1403/12/30": "2025-03-20 12:00:00",
            "2024-08-02": "2024-08-02 12:00:00",
            "2024-08-02 10:00:00": "2024-08-02 10:00:00",
            "2024-08-02T10:00:00.123Z": "2024-08-02 10:00:00",
            "2024-08-02 10:00:00+03:30": "2024-08-02 06:30:00",
            "2.8.2024 09.05": "2024-08-02 09:05:00",
            "02/08/2024 12:15 am": "2024-08-02 00:15:00",
            "02/08/2024 12:15pm": "2024-08-02 12:15:00",
            "2024/08/02": "2024-08-02 12:00:00",
        }
        for text, wanted in cases.items():
            self.assertEqual(str(DateReader().moment(text)), wanted, text)

    def test_what_is_no_date(self):
        for text in (
            *("", "soon", "2024-02-30", "1404/12/30", "1403/13/01", "24-08-02", "2024-13-01"),
            *("2024-08-02 25:00", "2024-08-02 13:00 pm", "2024-08-02 10:61", "0000-00-00 00:00:00"),
            *("1250/01/01", "1969-12-31", "2101-01-01", "2024-08-02 x", "202408", "2024-08"),
        ):
            with self.assertRaises(ValueError, msg=text):
                DateReader().moment(text)

    def test_day_or_month_first_is_learned(self):
        reader = DateReader()
        for text in ("03/04/2024", "03/25/2024 10:00"):
            reader.learn(text)
        self.assertEqual(str(reader.day("03/04/2024")), "2024-03-04")
        self.assertEqual(reader.doubt, "")
        reader = DateReader()
        reader.learn("25/03/2024")
        self.assertEqual(str(reader.day("03/04/2024")), "2024-04-03")
        self.assertEqual(str(DateReader("mdy").day("03/04/2024")), "2024-03-04")

    def test_doubt_is_told(self):
        reader = DateReader()
        reader.learn("03/04/2024")
        self.assertIn("1 dates fit day/month and month/day and were read day first", reader.doubt)
        for text in ("25/03/2024", "03/25/2024"):
            reader.learn(text)
        self.assertIn("both are in use", reader.doubt)
        with self.assertRaisesRegex(ValueError, "day or month first"):
            reader.day("03/04/2024")
        self.assertEqual(str(reader.day("03/25/2024")), "2024-03-25", "fits in one way only")
        reader = DateReader()
        reader.learn("2024-03-04")
        reader.learn("04/04/2024")
        self.assertEqual(reader.doubt, "")

    def test_calendar_can_be_said(self):
        self.assertEqual(str(DateReader(calendar="jalali").day("1403/01/01")), "2024-03-20")
        with self.assertRaises(ValueError):
            DateReader(calendar="jalali").day("2024-03-20")
        with self.assertRaises(ValueError):
            DateReader(calendar="gregorian").day("1403/01/01")

    def test_time_zone(self):
        tehran = DateReader(zone="Asia/Tehran")
        self.assertEqual(tehran.moment("1403/05/12 14:30"), datetime(2024, 8, 2, 11, 0))
        self.assertEqual(tehran.moment("1400/05/12 14:30"), datetime(2021, 8, 3, 10, 0), "summer")
        self.assertEqual(tehran.moment("2024-08-02").date(), tehran.day("2024-08-02"))
        with self.assertRaisesRegex(InvalidInput, "dates.time_zone: 'Mars/Base'"):
            DateReader(zone="Mars/Base")


class TestFolder(FolderCase):
    def test_names_of_files(self):
        for name in ("ACCOUNTS.CSV", "contact.csv", "Note.txt"):
            self.put(name, "id,name,date_entered\n1,a,2024-01-01\n")
        self.put("تماس‌ها.csv", "شناسه,موضوع,تاریخ\n1,الف,1403/01/01\n")
        self.put("Leads.csv", "id\n1\n")
        self.put("readme.md", "no table")
        found = ExportFolder(self.folder, ImportMapping.from_file())
        names = [file.entity.name for file in found.files]
        self.assertEqual(names, ["accounts", "contacts", "calls", "notes"], "referred to first")
        self.assertEqual(found.unknown, ["Leads.csv"])

    def test_one_file_tells_the_format_of_the_others(self):
        self.put("Accounts.csv", "ID,Name,Date Modified\n1,a,12/25/2024\n2,b,01/02/2024\n")
        self.put("Calls.csv", "ID,Name,Start Date\n1,a,03/04/2024\n")
        self.put("Notes.csv", "ID,Name,Date Created\n1,a,25/03/2024\n")
        files = self.files()
        self.assertEqual(str(files["calls"].dates.day("03/04/2024")), "2024-04-03")
        self.assertIn("say dates.order", files["calls"].doubts[0], "the others disagree")
        self.put("Notes.csv", "ID,Name,Date Created\n1,a,2024-03-25\n")
        files = self.files()
        self.assertEqual(str(files["calls"].dates.day("03/04/2024")), "2024-03-04")
        self.assertEqual(files["calls"].doubts, [])

    def test_unusable_folders(self):
        with self.assertRaisesRegex(InvalidInput, "is not a folder"):
            ExportFolder(self.folder / "nowhere", ImportMapping.from_file())
        with self.assertRaisesRegex(InvalidInput, "has none of Accounts.csv, Contacts.csv"):
            self.files()
        self.put("Account.csv", "id,name\n1,a\n")
        self.put("accounts.csv", "id,name\n1,a\n")
        with self.assertRaisesRegex(InvalidInput, "several files of accounts"):
            self.files()

    def test_missing_columns_name_the_key_of_the_mapping(self):
        self.put("Accounts.csv", "Number,Name\n1,a\n")
        with self.assertRaisesRegex(
            InvalidInput, r"no column for entities.accounts.columns.@id \(looked for ID"
        ):
            self.files()
        self.put("Accounts.csv", "ID,Title\n1,a\n")
        with self.assertRaisesRegex(
            InvalidInput, "columns.name or entities.accounts.columns.@last"
        ):
            self.files()

    def test_labels_and_field_names(self):
        label = "ID,Name,Office Phone,Billing Street,Assigned User Name\n1,A,2,3,4\n"
        field = "id,name,phone_office,billing_address_street,assigned_user_name\n1,A,2,3,4\n"
        for text in (label, field, label.replace(",", ";"), field.replace(",", "\t")):
            for encoding in ("utf-8", "utf-8-sig", "utf-16"):
                self.put("Accounts.csv", text, encoding)
                (row,) = self.files()["accounts"].rows()
                keys = ("@id", "name", "phone", "street", "@user")
                self.assertEqual([row.text(key) for key in keys], ["1", "A", "2", "3", "4"])
                self.assertEqual(row.rest(), [])

    def test_every_row_comes_out_once(self):
        self.put(
            "Accounts.csv",
            'ID,Name\r\n1,"two\nlines"\r\n\r\n2,b,too much\r\n,no id\r\n1,again\r\n3,c\r\n',
        )
        file = self.files()["accounts"]
        rows = list(file.rows())
        self.assertEqual((len(rows), file.count), (5, 5))
        told = [(r.number, r.id) if isinstance(r, CrmRow) else (r.number, r.text) for r in rows]
        self.assertEqual(
            told,
            [
                (2, "1"),
                (5, "more cells than columns"),
                (6, "no id"),
                (7, "id twice in the file: first on line 2"),
                (8, "3"),
            ],
        )

    def test_a_damaged_file_is_an_error_not_a_crash(self):
        (self.folder / "Accounts.csv").write_bytes("ID,Name\n1,é\n".encode("cp1252"))
        content = {"encoding": "utf-8"}
        mapping = self.folder / "m.json"
        mapping.write_text(str(content).replace("'", '"'))
        with self.assertRaisesRegex(InvalidInput, "damaged|cannot read"):
            ExportFolder(self.folder, ImportMapping.from_file(mapping))

    def test_a_long_body_is_read(self):
        self.put("Emails.csv", f'id,name,date_sent,description\n1,a,2024-01-01,"{"x" * 300_000}"\n')
        (row,) = self.files()["emails"].rows()
        self.assertEqual(len(row.text("note")), 300_000)

    def test_the_first_filled_column_counts_and_the_others_are_kept(self):
        self.put(
            "Contacts.csv",
            "ID,Last Name,Office Phone,Mobile,Home Phone,Colour,Modified By\n"
            "1,A,,2,3,red,me\n2,B,4,4,,,\n",
        )
        first, second = self.files()["contacts"].rows()
        for row in (first, second):
            for key in ("@id", "@last_name", "phone"):
                row.text(key)
        self.assertEqual(first.text("phone"), "2")
        self.assertEqual(first.rest(), ["Home Phone: 3", "Colour: red"])
        self.assertEqual(second.rest(), [], "the same number twice is not worth a line")


class TestRejects(FolderCase):
    def test_rejects_tell_where_and_why_and_are_no_formula(self):
        self.put("Accounts.csv", "ID,Name\n=1+1,a\n=1+1,b\n")
        file = self.files()["accounts"]
        rejects = [row for row in file.rows() if not isinstance(row, CrmRow)]
        path = self.folder / "rejects.csv"
        self.assertEqual(RejectFile(path, ("File", "ID", "Content")).write(rejects), 1)
        with path.open(encoding="utf-8") as stream:
            (row,) = csv.DictReader(stream)
        self.assertEqual(
            row,
            {
                "File": "Accounts.csv",
                "ID": "'=1+1",
                "Content": "ID==1+1; Name=b",
                "Line": "3",
                "Reason": "id twice in the file: first on line 2",
            },
        )
        self.assertEqual(RejectFile(path, ("File",)).write([]), 0)
        self.assertFalse(path.exists())


class TestSample(unittest.TestCase):
    def test_the_sample_is_what_its_script_makes(self):
        path = ROOT / "demo" / "make_crm_sample.py"
        spec = importlib.util.spec_from_file_location("make_crm_sample", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        with tempfile.TemporaryDirectory() as folder:
            kept, script.FOLDER = script.FOLDER, Path(folder)
            script.main()
            names = sorted(file.name for file in kept.iterdir())
            self.assertEqual(sorted(file.name for file in script.FOLDER.iterdir()), names)
            for name in names:
                made = (script.FOLDER / name).read_bytes()
                self.assertEqual((kept / name).read_bytes(), made, name)

    def test_sizes(self):
        folder = ExportFolder(ROOT / "demo" / "crm_sample", ImportMapping.from_file())
        counts = {file.entity.name: file.count for file in folder.files}
        self.assertEqual((counts["accounts"], counts["contacts"]), (34, 63))
        activities = ("calls", "meetings", "emails", "notes", "cases")
        self.assertEqual(sum(counts[name] for name in activities), 213)
        self.assertFalse(any(file.dates.doubt for file in folder.files))
