"""`./dev backtest` on files as they come: what it says of them, and what it refuses."""

import datetime as dt
import unittest
from unittest import mock

try:
    import openpyxl
except ImportError:
    openpyxl = None

from devtools.backtest import __main__ as command

from .test_backtest_command import CommandCase

HEAD = "who,when,much\n"
ROWS = "A,2020-01-05,5\nA,2020-02-20,7\nB,2020-01-06,5\n"


class TestFilesAsTheyCome(CommandCase):
    def assert_figures_of(self, text, **file):
        """The same figures as from the plain file."""
        _code, wanted, _errors = self.run_small(HEAD + ROWS)
        code, report, errors = self.run_small(text, **file)
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(report["models"], wanted["models"])
        self.assertEqual(report["rows"]["used"], 3)
        return report

    def test_every_spelling_gives_the_same_figures(self):
        for text, file in (
            (HEAD + "A,1398/10/15,5\nA,1398/12/01,7\nB,۱۳۹۸/۱۰/۱۶,5\n", {}),
            (HEAD + "A,15 دی 1398,۵ ریال\nA,1 اسفند 1398,7 ریال\nB,16 دی 1398,5\n", {}),
            ("sep=;\nwho;when;much\nA;05.01.2020;5,00\nA;20.02.2020;7,00\nB;06.01.2020;5,00\n", {}),
            (HEAD + "A,43835,5\nA,43881,7\nB,43836,5\n", {}),
            (HEAD + "A,2020-01-05,5 EUR\nA,20.02.2020,EUR 7\nB,Jan 6 2020,€5\n", {}),
            (HEAD.replace(",", "\t") + ROWS.replace(",", "\t"), {"encoding": "utf-16"}),
            (HEAD.replace("who", '"who\nbuys"').replace("who\nbuys", "who") + ROWS, {}),
            (HEAD + ROWS.replace("A,", "فروشگاه پگاه,"), {"encoding": "cp1256"}),
        ):
            with self.subTest(text[:60]):
                self.assert_figures_of(text, **file)

    def test_split_may_be_jalali(self):
        for split in ("1398/11/21", "۱۳۹۸/۱۱/۲۱", "21 بهمن 1398", "20200210", "10 Feb 2020"):
            code, report, _errors = self.run_small(HEAD + ROWS, "--split", split, "--horizon", "30")
            self.assertEqual((code, report["split"]), (0, "2020-02-10"), split)

    @unittest.skipUnless(openpyxl, "no openpyxl here")
    def test_a_workbook(self):
        book = openpyxl.Workbook()
        book.active.append(["who", "when", "much"])
        for row in (["A", dt.date(2020, 1, 5), 5], ["A", dt.date(2020, 2, 20), 7.0]):
            book.active.append(row)
        book.save(self.folder / "sales.xlsx")
        code, report, _errors = self.run_command(
            self.folder / "sales.xlsx", "--customer", "who", "--date", "when", "--amount", "much",
            "--split", "2020-02-10", "--horizon", "30",
        )  # fmt: skip
        self.assertEqual((code, report["actual_money"]), (0, 7))

    def test_what_is_left_out_has_its_count(self):
        ahead = dt.date.today() + dt.timedelta(days=9)
        text = HEAD + ROWS + f"C,{ahead},5\n9.89E+11,2020-01-07,5\n" + ROWS.split("\n")[0] + "\n"
        code, report, _errors = self.run_small(text)
        counts = report["rows"]
        self.assertEqual((code, counts["used"], counts["after_today"]), (0, 4, 1))
        self.assertEqual(counts["without_customer"], 1)
        self.assertEqual(counts["rows"], counts["used"] + counts["after_today"] + 1)
        notes = " ".join(report["notes"])
        self.assertIn("1 rows are of days after today (line 5): left out", notes)
        self.assertIn("who: 1 numbers were shortened by a spreadsheet", notes)
        self.assertIn("1 rows are the same as an earlier one (line 7 as line 2)", notes)

    def test_rows_with_too_many_cells_are_left_out(self):
        """A decimal comma in a file of commas: 5,00 would be read as 5."""
        text = HEAD + ROWS + "C,2020-01-05,5,00\n" + "".join(f'D{n},"open\n' for n in range(7))
        code, report, _errors = self.run_small(text)
        self.assertEqual((code, report["rows"]["used"], report["rows"]["unreadable"]), (0, 3, 8))
        self.assertEqual(report["notes"][0], "Line 6 is left out: a quote is never closed.")
        self.assertEqual(report["notes"][5], "So are 2 more lines.")
        self.assertIn("1 rows have more cells than columns (line 5): left out", report["notes"][6])

    def test_dates_that_are_lost_are_refused(self):
        for more, words in (
            (
                "C,Q1-2020,5\n",
                "1 of 4 dates in column when cannot be read, such as 'Q1-2020' in line 5",
            ),
            ("C,25/03/2020,1\nC,03/26/2020,1\nC,03/04/2020,1\n", "both are in use"),
        ):
            code, report, errors = self.run_small(HEAD + ROWS + more)
            self.assertEqual((code, report), (2, None))
            self.assertIn(words, errors)
        many = "".join(f"D{n},2020-01-{1 + n % 28:02},5\n" for n in range(200))
        code, report, _errors = self.run_small(HEAD + ROWS + many + "C,Q1-2020,5\n")
        self.assertEqual((code, report["rows"]["without_date"]), (0, 1), "one in a hundred may be")

    def test_currencies_do_not_add_up_but_tomans_and_rials_do(self):
        code, _report, errors = self.run_small(HEAD + "A,2020-01-05,5 EUR\nA,2020-02-20,$7 USD\n")
        self.assertEqual(code, 2)
        self.assertIn("EUR (1), USD (1): give a file of one currency", errors)
        text = HEAD + "A,2020-01-05,5 ریال\nA,2020-02-20,7 تومان\n"
        _code, report, _errors = self.run_small(text)
        self.assertEqual(report["actual_money"], 70)
        self.assertIn("a toman is counted as ten rials", " ".join(report["notes"]))

    def test_guesses_are_shown_and_people_are_asked(self):
        path = self.write(HEAD + "A,1398/10/15,5\nA,1398/12/01,7\n")
        options = ("--customer", "who", "--date", "when", "--amount", "much", "--split",
                   "1398/11/01", "--horizon", "60")  # fmt: skip
        with mock.patch("builtins.print") as said:
            command.main([str(path), *options])
        shown = "\n".join(str(call.args[0]) for call in said.call_args_list if call.args)
        self.assertIn("UTF-8, separated by ,, 2 rows", shown)
        self.assertIn("when: Jalali: year first", shown)
        self.assertIn("line 2: customer A, date 2020-01-05 (1398/10/15), amount 5", shown)
        with (
            mock.patch.object(command.preview, "is_attended", return_value=True),
            mock.patch("builtins.input", return_value="n"),
        ):
            code, _report, errors = self.run_command(path, *options)
            self.assertEqual(code, 2)
            self.assertIn("stopped before anything was computed", errors)
            self.assertEqual(self.run_command(path, *options, "--yes")[0], 0)
