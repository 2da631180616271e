"""The Jalali calendar against known dates and against ICU. No Odoo."""

import json
import shutil
import subprocess
import sys
import unittest
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client.jalali import from_gregorian, is_leap, month_days, to_gregorian  # noqa: E402

# Well-known days, written down, not computed; ICU agrees with each of them.
KNOWN = {
    (1300, 1, 1): "1921-03-21",
    (1304, 1, 11): "1925-03-31",  # the law that made the calendar official
    (1348, 10, 11): "1970-01-01",
    (1357, 11, 22): "1979-02-11",
    (1370, 12, 30): "1992-03-20",
    (1375, 12, 30): "1997-03-20",
    (1376, 1, 1): "1997-03-21",
    (1378, 10, 11): "2000-01-01",
    (1399, 12, 30): "2021-03-20",
    (1400, 1, 1): "2021-03-21",
    (1402, 12, 29): "2024-03-19",
    (1403, 1, 1): "2024-03-20",
    (1403, 5, 12): "2024-08-02",
    (1403, 6, 31): "2024-09-21",
    (1403, 7, 1): "2024-09-22",
    (1403, 12, 30): "2025-03-20",
    (1404, 1, 1): "2025-03-21",
    (1408, 12, 30): "2030-03-20",
    (1409, 1, 1): "2030-03-21",
}
LEAP = {1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420}
EVERY_DAY = """
const form = new Intl.DateTimeFormat("en-u-ca-persian",
    {year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC"});
const days = [];
for (let day = Date.UTC(1921, 2, 21); day < Date.UTC(2122, 2, 21); day += 86400000) {
    const parts = form.formatToParts(new Date(day));
    const part = (type) => Number(parts.find((p) => p.type === type).value);
    days.push([part("year"), part("month"), part("day"), new Date(day).toISOString().slice(0, 10)]);
}
console.log(JSON.stringify(days));
"""


class TestJalali(unittest.TestCase):
    def test_known_dates(self):
        for jalali, gregorian in KNOWN.items():
            self.assertEqual(to_gregorian(*jalali).isoformat(), gregorian, jalali)
            self.assertEqual(from_gregorian(date.fromisoformat(gregorian)), jalali)

    def test_leap_years(self):
        self.assertEqual({year for year in range(1370, 1421) if is_leap(year)}, LEAP)

    def test_cycle_of_33_years(self):
        for year in range(1300, 1468):
            cycle = [is_leap(year + n) for n in range(33)]
            self.assertEqual(sum(cycle), 8, year)
            self.assertEqual(is_leap(year), is_leap(year + 33))

    def test_no_day_is_left_out_or_doubled(self):
        day = date(1921, 3, 21)
        for year in range(1300, 1501):
            self.assertEqual(sum(month_days(year, m) for m in range(1, 13)), 365 + is_leap(year))
            for month in range(1, 13):
                for number in range(1, month_days(year, month) + 1):
                    self.assertEqual(to_gregorian(year, month, number), day)
                    self.assertEqual(from_gregorian(day), (year, month, number))
                    day += timedelta(days=1)

    def test_days_that_do_not_exist(self):
        for wrong in (
            (1404, 12, 30),
            (1402, 12, 30),
            (1403, 12, 31),
            (1403, 7, 31),
            (1403, 6, 32),
            (1403, 13, 1),
            (1403, 0, 1),
            (1403, 1, 0),
            (1299, 12, 29),
            (1501, 1, 1),
        ):
            with self.assertRaises(ValueError, msg=wrong):
                to_gregorian(*wrong)

    def test_every_day_agrees_with_icu(self):
        """201 years, day by day, against the calendar in Node's ICU."""
        node = shutil.which("node") or next(map(str, ROOT.glob(".odoo/node*/**/bin/node")), None)
        if not node:
            self.skipTest("no Node here")
        answer = subprocess.run([node, "-e", EVERY_DAY], capture_output=True, check=True)
        days = json.loads(answer.stdout)
        self.assertGreater(len(days), 73_000)
        for year, month, day, gregorian in days:
            if year <= 1500:
                self.assertEqual(to_gregorian(year, month, day).isoformat(), gregorian)
            self.assertEqual(from_gregorian(date.fromisoformat(gregorian)), (year, month, day))
