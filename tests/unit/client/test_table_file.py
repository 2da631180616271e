"""From any file people send to rows: encodings, delimiters, headings, quotes. No server."""

import csv
import gzip
import io
import re
import sys
import tempfile
import unittest
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client.errors import InvalidInput  # noqa: E402
from client.table_file import TableFile  # noqa: E402

PERSIAN = "آبپتجچحخدرزژسشصطعغفقکگلمنوهي"  # as Windows-1256 has them: no ی
WORDS = st.sampled_from(
    ["شرکت", "فولاد", "تبريز", "بازرگاني", "ايران", "صنايع", "پگاه", "گيلان", "Alpha", "Co"]
)
PLAIN = st.text(st.sampled_from(list("abzAZ059 .-_'()/:") + list("éü")), max_size=12)
SIGNS = st.sampled_from([",", ";", "\t", "|", '"', "\n", "\r\n", ""])
CELLS = st.builds(lambda a, sign, b: a + sign + b, PLAIN, SIGNS, PLAIN)


class TableCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "table.csv"

    def table(self, content, encoding="utf-8", **said):
        self.path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return TableFile(self.path, **said)

    def rows(self, content, encoding="utf-8"):
        return list(self.table(content, encoding).rows())


class TestEncodings(TableCase):
    def test_persian_of_old_windows_is_found_by_its_letters_and_said(self):
        for text in (
            "کد,نام\n1,بازرگاني پگاه گيلان\n2,حاج علي رضايي\n",
            "id,name\n7,شركة الحديد والصلب\n",
            "id,name\n7,علي\n",
            "id,name,city\n" + "1,Alpha Co,Rome\n" * 500 + "2,فروشگاه ژاله چوبين,Shiraz\n",
        ):
            with self.subTest(text[:20]):
                table = self.table(text, "cp1256")
                self.assertEqual(list(table.rows())[-1][1][1], text.split("\n")[-2].split(",")[1])
                self.assertIn(
                    "Windows-1256 (Persian, Arabic), found by its letters", table.notes[0]
                )
                self.assertIn("Windows-1256", table.described)

    def test_letters_of_other_countries_are_not_taken_for_persian(self):
        for encoding, text in {
            "latin-1": "Größe Müller Äpfel für Übungen in Österreich",
            "cp1252": "Société générale à Évry, garçon français – naïve œuvre",
            "iso8859-15": "Señor Peña Ñandú €",
            "cp1250": "Łódź spółka zażółć gęślą jaźń",
            "cp1251": "МОСКВА ЗАВОД ИМЕНИ ЛЕНИНА Самара",
            "cp1253": "Αθήνα εταιρεία ΕΛΛΑΔΑ ΜΕΤΑΛΛΑ",
            "cp1254": "İstanbul Şişli çağrı müşteri",
            "cp1255": "שלום עולם חברה",
        }.items():
            with self.subTest(encoding):
                table = self.table(f"id;name\n1;{text}\n", encoding)
                self.assertEqual(table.encoding, "cp1252")
                self.assertIn("neither UTF-8 nor Persian", table.notes[0])
        table = self.table("id;name\n1;Größe Müller\n", "latin-1")
        self.assertEqual(list(table.rows()), [(2, ("1", "Größe Müller"))])

    def test_marks_and_wide_letters(self):
        text = "id\tname\n1\tآلفا é\n"
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"):
            with self.subTest(encoding):
                self.assertEqual(self.rows(text, encoding), [(2, ("1", "آلفا é"))])
        self.assertIn("UTF-16 without its mark", self.table(text, "utf-16-le").notes[0])
        self.assertEqual(self.table(text, "utf-8").notes, [])

    def test_a_few_broken_bytes_do_not_spoil_the_other_letters(self):
        table = self.table("id,name\n1,شرکت فولاد تبریز بزرگ ایران زمین\n".encode() + b"2,a\xffb\n")
        self.assertEqual([row[1] for _n, row in table.rows()][1], "a\ufffdb")
        self.assertIn("1 places are no UTF-8", table.notes[0])

    def test_a_broken_byte_does_not_spoil_a_small_file(self):
        for text, line in (
            ("id,name\n7,علی ر*ضایی\n", 2),
            ("id,name\n1,x\n7,Zo*ë\n", 3),
            ("id,na*me\n7,شرکت پگاه\n", 1),
            ("id,name\n7,گ*ل\n", 2),
        ):
            with self.subTest(text):
                table = self.table(text.encode().replace(b"*", b"\xff"))
                self.assertEqual(table.encoding, "utf-8")
                cells = [*table.header, *(cell for _number, row in table.rows() for cell in row)]
                self.assertEqual(cells, re.split("[,\n]", text.strip().replace("*", "\ufffd")))
                note = "1 places are no UTF-8 and were replaced by \ufffd, the first one in line"
                self.assertIn(f"{note} {line}", table.notes[0])
        cut = self.table("id,name\n7,سلام".encode()[:-1])
        self.assertEqual(list(cut.rows())[0][1][1], "سلا\ufffd")
        self.assertIn("the first one in line 2", cut.notes[0])

    def test_zero_bytes_are_left_out_and_counted(self):
        table = self.table(b"id,name\n1,Al\0pha\n2,B\0eta\n")
        self.assertEqual([row[1] for _n, row in table.rows()], ["Alpha", "Beta"])
        self.assertEqual(table.notes, ["2 zero bytes were left out"])

    def test_what_is_no_table(self):
        for content, words in (
            (b"", "is empty"),
            (b"\n \r\n\n", "is empty"),
            (bytes(range(256)) * 40, "no text file"),
            (b"\0" * 500, "no text file"),
            (b"<html><body><table><tr><td>1", "is a web page"),
            (gzip.compress(b"id,name\n" * 999)[:-9], "cannot read|damaged"),
        ):
            with self.subTest(words), self.assertRaisesRegex(InvalidInput, words):
                list(self.table(content).rows())


class TestDelimiters(TableCase):
    def test_the_one_by_which_rows_agree(self):
        cases = {
            "id;betrag\n1;2,5\n2;3,5\n": ";",
            "Name, voll;Betrag\nA;2,5\nB;3,5\n": ";",
            "id\tname\n1\tSmith, John\n": "\t",
            "id|name\n1|a,b;c\n": "|",
            'id,"a;b;c;d"\n1,"x;y"\n': ",",
            "a,b,c\n1\n2,3\n": ",",
            "a,b,\n1,2,\n": ",",
            "a,b\n1,2,\n3,4,\n": ",",
            "a,b\nr1,2,3\nr2,4,5\n": ",",
            "only;headings": ";",
        }
        for text, delimiter in cases.items():
            self.assertEqual(self.table(text).delimiter, delimiter, text)
        self.assertEqual(self.table("a;b\n1;2\n", delimiter=",").header, ("a;b",))

    def test_one_column(self):
        self.assertEqual(self.rows("name\nSmith, John\nDoe; Ann\n")[1], (3, ("Doe; Ann",)))
        self.assertEqual(self.table("name\nAnn\n").described, "UTF-8, one column")

    def test_the_line_excel_names_the_delimiter_in(self):
        for line, sign in (("sep=;", ";"), ('"sep=|"', "|"), ("SEP=,", ","), ("sep=\t", "\t")):
            for encoding in ("utf-8", "utf-8-sig", "utf-16"):
                with self.subTest(line, encoding=encoding):
                    table = self.table(f"{line}\r\nid{sign}name\r\n1{sign}A.B:C\r\n", encoding)
                    self.assertEqual(table.header, ("id", "name"))
                    self.assertEqual(list(table.rows()), [(3, ("1", "A.B:C"))], "lines of the file")

    def test_the_line_of_excel_saved_again(self):
        for content in (
            *("sep=;,,\nid,name,city\n1,a;b,c\n", '"sep=;",,\nid,name,city\n1,a;b,c\n'),
            *("sep=;;;\nid;name;city\n1;a;c\n", "sep=\\t\nid\tname\tcity\n1\ta, b\tc\n"),
            *("sep=\t\nid\tname\tcity\n1\ta\tc\n", "SEP = ;\nid;name;city\n1;a;c\n"),
            *('"sep=,",,\nid,name,city\n1,a,c\n', "\ufeffsep=|\nid|name|city\n1|a|c\n"),
        ):
            with self.subTest(content):
                table = self.table(content)
                self.assertEqual(table.header, ("id", "name", "city"))
                ((number, cells),) = table.rows()
                self.assertEqual((number, len(cells), cells[2]), (3, 3, "c"))


class TestHeadings(TableCase):
    def test_lines_of_a_heading_become_one(self):
        table = self.table('id,"Office\r\nPhone", "\r\n1,0211,x\r\n')
        self.assertEqual(table.header[:2], ("id", "Office Phone"))
        table = self.table('"تاریخ\nفاکتور";مبلغ\n1403/01/01;5\n')
        self.assertEqual(table.header, ("تاریخ فاکتور", "مبلغ"))
        self.assertEqual(list(table.rows()), [(3, ("1403/01/01", "5"))])

    def test_titles_above_and_headings_in_two_rows(self):
        table = self.table("Sales of 1403,,\n,,\nid,name,x\n1,a,b\n")
        self.assertEqual(
            (table.header, list(table.rows())), (("id", "name", "x"), [(4, ("1", "a", "b"))])
        )
        self.assertEqual(table.notes, ["line 1 is above the headings: 'Sales of 1403'"])
        table = self.table("Invoice,,Customer,\n,Date,Code,Name\n1,2024-01-01,5,Ann\n")
        self.assertEqual(table.header, ("Invoice", "Date", "Code", "Name"))
        self.assertEqual(table.notes, ["the headings stand in lines 1 and 2"])
        table = self.table("name,city,\nAnn,Paris,x\nBob,Rome,y\n")
        self.assertEqual(len(list(table.rows())), 2, "a row of words is no heading")

    def test_a_file_of_headings_only(self):
        for text in ("id,name", "id,name\n", "id,name\r\n\r\n"):
            self.assertEqual((self.table(text).header, self.rows(text)), (("id", "name"), []))

    def test_the_same_heading_twice_is_said(self):
        self.assertIn("'name' is there twice", self.table("id,name,name\n1,a,b\n").notes[0])

    def test_empty_cells_beyond_the_headings_are_cut_others_stay(self):
        self.assertEqual(self.rows("a,b\n1,2,,\n"), [(2, ("1", "2"))])
        self.assertEqual(self.rows("a,b\n1,2,,3\n"), [(2, ("1", "2", "", "3"))])


class TestQuotes(TableCase):
    def test_an_open_quote_costs_its_own_line(self):
        cases = {
            'id,name\n1,"Alpha\n2,Beta\n3,Gamma\n': [2],
            'id,name\n1,"Alpha\n2,"Beta"\n3,"Gamma"\n': [2],
            'id,name\n1,a\n2,"b': [3],
            'id,name\n1,"a\n2,b\n3,"c\n4,d\n': [2, 4],
            'id,name,n\n1,"Alpha,3\n2,Beta,4\n3,Mon 12",5\n': [2],
            'id,name,n\n1,"Alpha,3\n2,Beta,4\n3,Gam,5\n4,"Mon, x",5\n': [2],
            'id,name\n1,"Alpha\n2,Beta\n3,Gamma\n4,Monitor 12"\n': [2],
        }
        for text, faulty in cases.items():
            with self.subTest(text):
                table = self.table(text)
                rows = dict(table.rows())
                self.assertEqual([n for n, row in rows.items() if row is None], faulty)
                lines = text.split("\n")
                self.assertEqual(len(rows), len([x for x in lines if x]) - 1, "no row is swallowed")
                for number in faulty:
                    told = ("a quote is never closed", lines[number - 1])
                    self.assertEqual(table.fault(number), told)

    def test_thousands_of_open_quotes_take_no_longer(self):
        text = "id,name\n" + "".join(f'{n},"open\n{n},b\n' for n in range(20_000))
        rows = self.rows(text)
        self.assertEqual(len(rows), 40_000)
        self.assertEqual(sum(row is None for _n, row in rows), 20_000)

    def test_texts_of_several_lines_stay_whole(self):
        body = 'Dear Ann,\nplease call, today,\n\nthanks, "soon",\nBob'
        quoted = body.replace('"', '""')
        for text in (
            f'id,note\n1,"{quoted}"\n2,b\n',
            f'note,id\n"{quoted}",1\nb,2\n',
            f'id,note,x\n1,"{quoted}",\n2,b,\n',
        ):
            with self.subTest(text):
                rows = self.rows(text)
                self.assertEqual(len(rows), 2)
                self.assertIn(body, rows[0][1])

    def test_quotes_inside(self):
        self.assertEqual(self.rows('a,b\n1,12" tube\n')[0][1], ("1", '12" tube'))
        self.assertEqual(self.rows('a,b\n1,"12" tube"\n2,x\n')[1], (3, ("2", "x")))

    def test_text_that_excel_writes_as_a_formula(self):
        text = 'id,phone\n1,="09121234567"\n2,"=""0912"""\n3,="a""b"\n4,=1+1\n'
        cells = [row[1] for _n, row in self.rows(text)]
        self.assertEqual(cells, ["09121234567", "0912", 'a"b', "=1+1"])

    def test_ends_of_lines_may_differ(self):
        text = b'id,name\r\n1,A\n2,B\r3,"C\r\nD"\r\n'
        self.assertEqual([row for _n, row in self.rows(text)][2], ("3", "C\r\nD"))

    def test_a_very_long_cell(self):
        rows = self.rows(f'id,note\n1,"{"x" * 3_000_000}"\n2,b\n')
        self.assertEqual((len(rows[0][1][1]), rows[1]), (3_000_000, (3, ("2", "b"))))

    def test_an_open_quote_in_the_headings_is_an_error(self):
        with self.assertRaisesRegex(InvalidInput, "line 1, the headings: a quote is never closed"):
            self.table('id,"name\n1,b\n2,c\n')


class TestRandom(unittest.TestCase):
    """Whatever csv writes, the same cells come back."""

    @settings(max_examples=300, deadline=None)
    @given(
        width=st.integers(2, 5),
        data=st.data(),
        delimiter=st.sampled_from(",;\t|"),
        quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1256"]),
        end=st.sampled_from(["\r\n", "\n"]),
        sep_line=st.booleans(),
    )
    def test_every_table_reads_back(self, width, data, delimiter, quoting, encoding, end, sep_line):
        cells = st.builds(" ".join, st.lists(WORDS, max_size=3)) if encoding == "cp1256" else CELLS
        rows = data.draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=8))
        rows = [[f"{n}", *row[1:]] for n, row in enumerate(rows)]
        header = [f"Heading {n}" for n in range(width)]
        stream = io.StringIO()
        if sep_line:
            stream.write(f"sep={delimiter}{end}")
        writer = csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=end)
        writer.writerows([header, *rows])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "random.csv"
            path.write_bytes(stream.getvalue().encode(encoding))
            table = TableFile(path)
            found = list(table.rows())
        self.assertEqual(table.header, tuple(header))
        self.assertEqual([row for _n, row in found], [tuple(row) for row in rows])

    @settings(max_examples=200, deadline=None)
    @given(
        rows=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=30),
        opened=st.sets(st.integers(0, 29), max_size=5),
        delimiter=st.sampled_from(",;"),
    )
    def test_no_row_vanishes_behind_open_quotes(self, rows, opened, delimiter):
        lines = [
            delimiter.join((str(n), f'"{a}' if n in opened else a, b))
            for n, (a, b) in enumerate(rows)
        ]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "open.csv"
            path.write_text(
                "\n".join([delimiter.join(("id", "one", "two")), *lines]) + "\n", "utf-8"
            )
            found = dict(TableFile(path).rows())
        self.assertEqual(list(found), list(range(2, len(rows) + 2)))
        for n, (a, b) in enumerate(rows):
            self.assertEqual(found[n + 2], None if n in opened else (str(n), a, b))


if __name__ == "__main__":
    unittest.main()
