"""`./dev backtest` on the two real files and on files as people send them."""

import contextlib
import csv
import datetime
import gzip
import importlib.util
import io
import json
import random
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the command needs no Odoo

from devtools.backtest.__main__ import main  # noqa: E402

from ..engine.cdnow import CDNOW, ONLINE_RETAIL  # noqa: E402


class CommandCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, text, name="sales.csv", encoding="utf-8"):
        path = self.folder / name
        data = text.encode(encoding)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    def run_command(self, path, *options):
        """Return (exit code, JSON or None, errors)."""
        out = self.folder / "out.json"
        errors = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(errors):
            code = main([str(path), *options, "--json", str(out)])
        return code, json.loads(out.read_text()) if out.exists() else None, errors.getvalue()

    def run_small(self, text, *more, name="sales.csv", encoding="utf-8"):
        path = self.write(text, name, encoding)
        columns = ("--customer", "who", "--date", "when", "--amount", "much")
        times = () if "--split" in more else ("--split", "2020-02-10", "--horizon", "30")
        return self.run_command(path, *columns, *times, *more)


class TestRealFiles(CommandCase):
    def test_cdnow(self):
        """The file has no heading; figures of the literature in the same run (analytics.md 2.1)."""
        if not CDNOW.exists():
            self.skipTest(f"{CDNOW} is not there")
        code, report, errors = self.run_command(
            CDNOW, "--customer", "1", "--date", "3", "--amount", "5", "--split", "1997-09-30",
            "--horizon", "273", "--unit", "weeks",
        )  # fmt: skip
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual((report["customers"], report["rows"]["rows"]), (2357, 6919))
        models = report["models"]
        self.assertAlmostEqual(models["bg_nbd_ml"]["parameters"]["alpha"], 4.41360, delta=0.004)
        self.assertAlmostEqual(models["bg_nbd_ml"]["log_likelihood"], -9582.429, delta=0.001)
        self.assertAlmostEqual(models["bg_nbd_ml"]["mae"], 0.7855, delta=0.0005)
        self.assertAlmostEqual(models["mbg_nbd_ml"]["mae"], 0.7648, delta=0.0005)
        self.assertAlmostEqual(models["rfm_sum"]["probabilities"]["273"]["auc"], 0.776, delta=0.001)
        ours = models["customer_value"]
        self.assertLessEqual(ours["mae"], 0.763)
        self.assertGreaterEqual(ours["probabilities"]["273"]["auc"], 0.780)
        self.assertEqual(list(ours["probabilities"]), ["30", "90", "273"])

    def test_cdnow_by_other_names(self):
        if not CDNOW.exists():
            self.skipTest(f"{CDNOW} is not there")
        code, report, _errors = self.run_command(
            CDNOW, "--customer", "id", "--date", "day", "--amount", "value", "--split", "19970930",
            "--horizon", "28",
        )  # fmt: skip
        self.assertEqual((code, report["customers"], len(report["notes"])), (0, 2357, 4))
        self.assertIn("21 rows are the same as an earlier one", report["notes"][0])

    def test_online_retail(self):
        """Half a year of history: better than every rule in money; seasonal; products as well."""
        if not ONLINE_RETAIL.exists():
            self.skipTest(f"{ONLINE_RETAIL} is not there")
        code, report, errors = self.run_command(
            ONLINE_RETAIL, "--customer", "CustomerID", "--date", "InvoiceDate", "--amount",
            "Quantity*UnitPrice", "--product", "StockCode", "--split", "2011-09-09", "--horizon",
            "90",
        )  # fmt: skip
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(report["rows"]["without_customer"], 135_080)
        self.assertEqual(report["rows"]["negative"], 8_905)
        models = report["models"]
        ours = models["customer_value"]
        for rule in ("recency", "frequency", "rfm_sum", "own_gap"):
            self.assertGreater(ours["capture_top10"], models[rule]["capture_top10"], rule)
        auc = ours["probabilities"]["90"]["auc"]
        self.assertGreater(auc, models["recency"]["probabilities"]["90"]["auc"])
        # Nine months of history and a Christmas ahead: level with RFM, not better.
        self.assertGreater(auc, models["rfm_sum"]["probabilities"]["90"]["auc"] - 0.001)
        self.assertLess(ours["median_date_error"], models["mbg_nbd_map"]["median_date_error"])
        bare = models["mbg_nbd_map"]
        self.assertLess(ours["median_date_error_common"], bare["median_date_error_common"])
        self.assertEqual(ours["median_date_error_common"], ours["median_date_error"])
        self.assertLessEqual(ours["date_customers"], bare["date_customers"])
        new = report["products"]["new"]
        self.assertGreaterEqual(new["customer_value"]["hit_rate"], 0.36)
        self.assertGreater(new["customer_value"]["hit_rate"], new["popularity"]["hit_rate"] + 0.1)
        self.assertEqual(report["products"]["rule"], "regression")
        self.assertGreaterEqual(report["products"]["repeats"]["own_pace"]["hit_rate"], 0.75)


class TestFiles(CommandCase):
    def test_netting_missing_customers_and_days(self):
        """A: 3 rows of a day make one occasion; B is credited in full; two lack a customer."""
        text = (
            "who,when,much\nA,2020-01-01 10:00:00,5\nA,2020-01-01 18:30:00,7\nA,2020-01-01,-2\n"
            "B,2020-01-05,9\nB,2020-01-05,-9\n,2020-01-06,4\nnan,2020-01-06,4\n"
            "A,2020-02-20,3\nC,never,3\nC,2020-01-03,lots\n"
        )
        code, report, _errors = self.run_small(text)
        self.assertEqual(code, 0)
        counts = {"rows": 10, "without_customer": 2, "without_date": 1, "without_amount": 1,
                  "unreadable": 0, "used": 6, "negative": 2}  # fmt: skip
        self.assertEqual(report["rows"], counts)
        self.assertEqual((report["customers"], report["repeat_customers"]), (1, 0))
        self.assertEqual((report["actual_occasions"], report["actual_money"]), (1, 3.0))

    def test_other_ways_of_writing(self):
        """Semicolons, commas as decimal signs, days first, gzip, Latin-1, names of months."""
        for heading, row, more in (
            ("who;when;much", "Jos\xe9;13/1/2020;1.234,50", {"encoding": "latin-1"}),
            ("who\twhen\tmuch", "x\t13.01.2020 08:15\t1234.5", {}),
            ("who|when|much", "x|13-Jan-2020|1,234.50", {}),
            ("who,when,much", 'x,"Jan 13, 2020","1,234.50"', {"name": "sales.csv.gz"}),
            ("who,when,much", "x,20200113,1234.5", {}),
            ("who,when,much", "x,2020-01-13T08:15:00Z,\u00a31234.50", {}),
            ("who,when,much", "x,01/13/2020 08:15 AM,1234.5", {}),
        ):
            with self.subTest(row):
                text = f"{heading}\n{row}\n{row.replace('13', '25')}\n"
                text += row.replace("Jan", "Feb").replace("01", "02").replace("/1/", "/2/") + "\n"
                code, report, errors = self.run_small(
                    text, "--split", "2020-01-20", "--horizon", "9", **more
                )
                self.assertEqual((code, errors), (0, ""))
                self.assertEqual((report["customers"], report["rows"]["used"]), (1, 3))

    def test_jalali_dates(self):
        """2020-01-13, 2020-01-25 and 2020-02-13, with digits of both kinds."""
        for days in (
            ("1398/10/23", "1398/11/05", "1398/11/24"),
            ("۲۳/۱۰/۱۳۹۸", "05/11/1398", "24/11/1398"),
        ):
            text = "who,when,much\n" + "".join(f"x,{day} 08:15,5\n" for day in days)
            for split in ("2020-01-20", "1398/10/30"):
                code, report, errors = self.run_small(text, "--split", split, "--horizon", "9")
                self.assertEqual((code, errors, report["split"]), (0, "", "2020-01-20"))
                self.assertEqual((report["rows"]["used"], report["actual_occasions"]), (3, 1))

    def test_a_quote_that_is_never_closed_costs_its_own_row(self):
        rows = [f"{who},2020-01-{day:02d},5,p" for who in "AB" for day in range(1, 21)]
        text = "\n".join(["who,when,much,what", *rows[:10], 'C,2020-01-09,5,"12 inch', *rows[10:]])
        text += "\nA,2020-02-20,3,p\n"
        code, report, _errors = self.run_small(text, "--product", "what")
        counts = report["rows"]
        self.assertEqual(
            (code, counts["rows"], counts["used"], counts["unreadable"]), (0, 42, 41, 1)
        )
        self.assertEqual(report["notes"][0], "Line 12 is left out: a quote is never closed.")

    def test_split_is_read_as_the_file_writes_dates(self):
        text = "who,when,much\nA,1/25/2020,5\nA,2/9/2020,5\nB,2/1/2020,4\nA,3/1/2020,6\n"
        for split in ("2020-02-09", "2/9/2020", "20200209"):
            code, report, _errors = self.run_small(text, "--split", split, "--horizon", "30")
            self.assertEqual((code, report["split"]), (0, "2020-02-09"))

    def test_dates_that_can_be_read_in_two_ways_are_told(self):
        text = "who,when,much\nA,01/02/2020,5\nA,03/02/2020,5\nA,05/03/2020,6\n"
        _code, report, _errors = self.run_small(text)
        self.assertIn("fit day/month and month/day and were read day first", report["notes"][0])

    def test_dates_without_leading_zeros(self):
        text = "who,when,much\nA,2020-1-5,5\nA,2020-2-9,5\nB,2020-2-1,4\nA,2020-3-1,6\n"
        code, report, _errors = self.run_small(text)
        self.assertEqual((code, report["rows"]["used"]), (0, 4))

    def test_all_three_horizons_are_there(self):
        text = "who,when,much\nA,2020-01-05,5\nA,2020-01-20,5\nB,2020-02-01,4\nA,2020-03-01,6\n"
        _code, report, _errors = self.run_small(text, "--split", "2020-02-10", "--horizon", "20")
        for figures in report["models"].values():
            self.assertEqual(set(figures["probabilities"]), {"20", "30", "90"})
            self.assertEqual(figures["probabilities"]["90"], {"auc": None, "brier": None})

    def test_what_was_returned_was_not_bought(self):
        text = (
            "who,when,much,what\nA,2020-01-05,5,X\nA,2020-02-20,7,Y\nA,2020-02-20,-7,Y\n"
            "B,2020-01-06,5,X\nB,2020-02-21,7,Y\n"
        )
        _code, report, _errors = self.run_small(text, "--product", "what")
        self.assertEqual(report["products"]["new"]["popularity"]["customers"], 1)

    def test_no_warning_where_a_parameter_vanishes(self):
        """Nobody drops out: maximum likelihood of BG/NBD ends at b near 0."""
        rows = [f"{n},2020-01-{1 + n % 9:02d},5" for n in range(60)]
        rows += [f"{n},2020-02-{1 + n % 7:02d},5" for n in range(0, 60, 3)]
        text = "who,when,much\n" + "\n".join([*rows, "1,2020-03-05,5"]) + "\n"
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            _code, report, _errors = self.run_small(text)
        for name, figures in report["models"].items():
            if "parameters" in figures:
                self.assertIsNotNone(figures["mae"], name)

    def test_cost_makes_profit(self):
        text = "who,when,much,cost\nx,2020-01-01,10,4\nx,2020-02-20,10,12\n"
        _code, report, _errors = self.run_small(text, "--cost", "cost")
        self.assertEqual(report["actual_money"], -2)

    def test_unit_price_is_multiplied_with_the_quantity(self):
        text = "who,when,Unit Price,Qty\nx,2020-01-01,10,4\nx,2020-02-20,10,3\n"
        path = self.write(text)
        options = (
            "--customer",
            "who",
            "--date",
            "when",
            "--split",
            "2020-02-01",
            "--horizon",
            "30",
        )
        for amount in ("Unit Price", "Unit Price*Qty"):
            _code, report, _errors = self.run_command(path, *options, "--amount", amount)
            self.assertEqual(report["actual_money"], 30)

    def test_tiny_and_odd_shops_end_well(self):
        for name, text in {
            "one customer": "x,2020-01-01,5\nx,2020-02-20,5\n",
            "no repeats": "".join(f"c{i},2020-01-{i + 1:02d},5\n" for i in range(30))
            + "z,2020-03-01,5\n",
            "all on one day": "".join(f"c{i},2020-01-01,5\n" for i in range(60))
            + "z,2020-03-01,1\n",
            "giants": "x,2020-01-01,999999999999\nx,2020-02-20,-999999999999\ny,2020-02-01,1\n",
        }.items():
            with self.subTest(name):
                code, report, errors = self.run_small("who,when,much\n" + text, "--product", "who")
                self.assertEqual((code, errors), (0, ""))
                self.assertIn("customer_value", report["models"])

    def test_horizon_beyond_the_file_is_shortened(self):
        text = "who,when,much\nx,2020-01-01,5\nx,2020-02-20,5\n"
        _code, report, _errors = self.run_small(text)
        self.assertIn("ends on 2020-02-20", report["notes"][0])
        self.assertIn("30 days is shortened to 10", report["notes"][0])
        self.assertEqual((report["horizon"], report["asked_horizon"]), (10, 30))
        answers = report["models"]["customer_value"]["probabilities"]
        self.assertEqual(answers["30"], answers["10"])

    def test_order_of_rows_leaves_no_trace(self):
        """Shuffled, with days credited in full in tenths: the same figures, bit for bit."""
        dice = random.Random(4)
        rows = []
        for customer in range(80):
            for _visit in range(dice.randrange(1, 6)):
                day = f"2020-{dice.randrange(1, 7):02d}-{dice.randrange(1, 28):02d}"
                parts = [(dice.randrange(9), dice.randrange(1, 999) / 10) for _part in range(3)]
                rows += [f"c{customer},{day},{much},p{what}" for what, much in parts]
                if dice.random() < 0.3:
                    rows += [f"c{customer},{day},{-much},p{what}" for what, much in parts]
        reports = []
        for _turn in range(3):
            text = "\n".join(["who,when,much,what", *rows]) + "\n"
            scores = self.folder / "scores.csv"
            options = ("--product", "what", "--split", "2020-04-30", "--horizon", "40")
            _code, report, _errors = self.run_small(text, *options, "--scores", str(scores))
            del report["notes"]
            reports.append((report, scores.read_text()))
            dice.shuffle(rows)
        self.assertEqual(reports[0], reports[1])
        self.assertEqual(reports[0], reports[2])

    def test_scores_of_each_customer(self):
        text = "who,when,much\n=A,2020-01-01,5\n=A,2020-01-11,5\nB,2020-01-03,4\nA,2020-02-20,3\n"
        out = self.folder / "scores.csv"
        code, report, _errors = self.run_small(text, "--scores", str(out))
        self.assertEqual((code, report["customers"]), (0, 2))
        with out.open(newline="") as stream:
            first, second = csv.DictReader(stream)
        self.assertEqual(
            list(first),
            ["customer", "probability", "expected_purchases", "value", "next_date",
             "next_date_low", "next_date_high", "reason"],
        )  # fmt: skip
        self.assertEqual((first["customer"], second["customer"]), ("'=A", "B"))
        self.assertGreater(float(first["probability"]), float(second["probability"]))
        self.assertLess(first["next_date_low"], first["next_date"])
        self.assertLess(first["next_date"], first["next_date_high"])
        self.assertEqual(second["next_date"], "", "one purchase gives no date")
        self.assertIn("2 purchases, last 30 days ago, usually every 10 days", first["reason"])

    def test_facts_of_customers(self):
        """Customers of one trade leave at once, those of the other stay."""
        dice = random.Random(5)
        rows = []
        for customer in range(500):
            trade, day = dice.choice("ab"), dice.randrange(0, 440)
            end = day + dice.expovariate(1 / (600 if trade == "a" else 40))
            while day < min(end, 540):
                date = datetime.date(2020, 1, 1) + datetime.timedelta(day)
                rows.append(f"{customer},{date},9,{trade},{customer * 7919 % 1000}")
                day += 1 + round(dice.expovariate(1 / 30))
        text = "\n".join(["who,when,much,trade,staff", *rows]) + "\n"
        options = ("--split", "2021-03-15", "--horizon", "60")
        _code, plain, _errors = self.run_small(text, *options)
        code, report, _errors = self.run_small(text, *options, "--facts", "trade, staff")
        self.assertEqual((code, plain["models"]["customer_value"]["facts"]), (0, None))
        figures = report["models"]["customer_value"]
        self.assertGreater(figures["facts"]["effects"]["trade"]["a"], 0)
        self.assertLess(figures["facts"]["effects"]["trade"]["b"], 0)
        before = plain["models"]["customer_value"]["probabilities"]["60"]["auc"]
        self.assertGreater(figures["probabilities"]["60"]["auc"], before)
        code, _report, errors = self.run_small(text, *options, "--facts", "trad")
        self.assertEqual(code, 2)
        self.assertIn("--facts", errors)

    def test_baselines_stand_beside_the_model(self):
        """A logistic regression, and trees where scikit-learn is there, on the same customers."""
        dice = random.Random(7)
        rows = []
        for customer in range(120):
            day = dice.randrange(0, 200)
            while day < 500 and dice.random() < 0.9:
                date = datetime.date(2020, 1, 1) + datetime.timedelta(day)
                rows.append(f"{customer},{date},{dice.randrange(1, 99)}")
                day += dice.randrange(5, 60)
        text = "\n".join(["who,when,much", *rows]) + "\n"
        _code, report, _errors = self.run_small(text, "--split", "2021-01-31", "--horizon", "60")
        names = {"logistic", *(["trees"] if importlib.util.find_spec("sklearn") else [])}
        self.assertLessEqual(names, set(report["models"]))
        for name in names:
            answer = report["models"][name]["probabilities"]["60"]
            self.assertGreater(answer["auc"], 0.6, name)
            self.assertLess(answer["brier"], 0.25, name)


class TestLauncher(CommandCase):
    def test_dev_hands_over(self):
        """The real launcher, without preparing Odoo; exit codes come through."""
        path = self.write("who,when,much\nx,2020-01-01,5\nx,2020-02-20,5\n")
        command = [sys.executable, str(ROOT / "dev"), "backtest", str(path), "--customer", "who"]
        command += ["--date", "when", "--amount", "much", "--yes", "--horizon", "30", "--split"]
        for split, code in (("2020-02-01", 0), ("2021-02-01", 2)):
            answer = subprocess.run([*command, split], capture_output=True, text=True)
            self.assertEqual(answer.returncode, code, answer.stderr)
            self.assertNotIn("Traceback", answer.stderr)


class TestBadInput(CommandCase):
    GOOD = "who,when,much\nx,2020-01-01,5\nx,2020-02-20,5\n"

    def assert_refused(self, expected, *arguments):
        code, report, errors = self.run_small(*arguments)
        self.assertEqual((code, report), (2, None))
        self.assertIn(expected, errors)
        self.assertNotIn("Traceback", errors)

    def test_what_is_wrong_is_said(self):
        split = ("--split", "2020-02-10", "--horizon", "30")
        self.assert_refused("no column nope; its columns: who, when, much", self.GOOD, "--customer",
                            "nope", *split)  # fmt: skip
        self.assert_refused("holds no dates", self.GOOD, "--date", "much", *split)
        self.assert_refused("holds no numbers", self.GOOD, "--amount", "who", *split)
        self.assert_refused("is empty", "")
        self.assert_refused("no rows", "who,when,much\n")
        self.assert_refused(
            "no date: write it like", self.GOOD, "--split", "soon", "--horizon", "3"
        )
        self.assert_refused("whole number", self.GOOD, "--split", "2020-02-10", "--horizon", "-3")
        self.assert_refused("from 2020-01-01 to 2020-02-20", self.GOOD, "--split", "2020-02-20",
                            "--horizon", "3")  # fmt: skip
        negative = "who,when,much\nx,2020-01-01,-5\ny,2020-02-20,-5\n"
        self.assert_refused("all 2 amounts of much are negative", negative)
        free = "who,when,much\nx,2020-01-01,-5\ny,2020-01-02,0\ny,2020-02-20,-5\n"
        self.assert_refused("all 2 amounts of much are negative but 1 of nothing", free)
        late = "who,when,much\nx,2020-01-01,-5\ny,2020-02-20,5\n"
        self.assert_refused("nobody had bought anything by then", late)
        self.assert_refused("no row with a customer", "who,when,much\n,2020-01-01,5\n")

    def test_missing_and_damaged_files(self):
        options = ("--customer", "a", "--date", "b", "--amount", "c", "--split", "2020-01-01",
                   "--horizon", "3")  # fmt: skip
        damaged = self.folder / "cut.csv.gz"
        damaged.write_bytes(gzip.compress(self.GOOD.encode() * 500)[:60])
        binary = self.folder / "binary.csv"
        binary.write_bytes(bytes(range(256)) * 40)
        for path in (self.folder / "no.csv", self.folder, damaged, binary):
            with self.subTest(path):
                code, _report, errors = self.run_command(path, *options)
                self.assertEqual(code, 2)
                self.assertTrue(errors.startswith("dev backtest: "), errors)

    def test_folder_of_the_figures_must_exist(self):
        path = self.write(self.GOOD)
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = main(
                [str(path), "--customer", "who", "--date", "when", "--amount", "much"]
                + ["--split", "2020-02-10", "--horizon", "30", "--json", "/no/where/x"]
            )
        self.assertEqual(code, 2)
        self.assertIn("no folder", errors.getvalue())

    def test_missing_option_is_refused_by_the_parser(self):
        with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(io.StringIO()):
            main(["x.csv", "--customer", "who"])
        self.assertEqual(ended.exception.code, 2)
