"""The cuts that were there while the engine was made: every second one looked at."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from devtools.backtest.sales import read_sales
from engine.prediction import OccasionLog

from .shops import make_book, make_shop

DATA = Path("..", "shared", "data")
RETAIL = [("2011-05-09", 90), ("2011-06-09", 90), ("2011-06-09", 183), ("2011-07-09", 120),
          ("2011-08-09", 90), ("2011-08-09", 120), ("2011-09-09", 90), ("2011-10-09", 60),
          ("2011-04-09", 60), ("2011-05-09", 183)]  # fmt: skip
RETAIL_QUARTERS = [("2011-06-09", 120), ("2011-08-09", 90), ("2011-09-09", 60), ("2011-07-09", 90)]
CDNOW = [("1997-06-30", 90), ("1997-07-31", 120), ("1997-08-31", 180), ("1997-09-30", 273),
         ("1997-10-31", 150), ("1997-11-30", 90), ("1997-12-31", 180), ("1998-02-28", 120),
         ("1998-03-31", 90)]  # fmt: skip
CDNOW_THIRDS = [("1997-09-30", 183), ("1997-12-31", 120), ("1998-01-31", 150)]
# name -> (how it is made, days looked from and held out)
SHOPS = {
    "grocery with holidays": (
        {"seed": 1, "customers": 1500, "days": 1100, "shape": 2, "pace": 9, "holidays": 0.5,
         "life": 900, "spread": 2},
        [(500, 180), (600, 364), (700, 90), (736, 364)],
    ),
    "wholesale with a Christmas": (
        {"seed": 2, "customers": 3000, "days": 1250, "pace": 60, "peak": 2.5, "growth": 0.5},
        [(400, 120), (460, 183), (555, 183), (640, 90), (680, 120), (740, 183), (800, 183),
         (850, 90), (940, 90), (1030, 183)],
    ),
    "regular, with a Christmas": (
        {"seed": 3, "customers": 2000, "days": 1250, "shape": 3, "pace": 45, "peak": 1.5,
         "life": 700},
        [(420, 90), (500, 183), (600, 120), (680, 90), (760, 183), (900, 120), (1000, 183),
         (1060, 90)],
    ),
    "gifts": (
        {"seed": 4, "customers": 3000, "days": 900, "pace": 150, "peak": 4, "growth": 1,
         "life": 900},
        [(380, 183), (470, 120), (560, 183), (650, 90), (700, 183)],
    ),
    "plain": (
        {"seed": 5, "customers": 1200, "days": 800, "shape": 2, "pace": 30, "life": 400},
        [(300, 90), (450, 183), (560, 120), (600, 183)],
    ),
}  # fmt: skip
BOOKS = 8


@dataclass(frozen=True)
class Cut:
    """One past day of one file: what is known up to it, and how long is held out."""

    family: str
    log: OccasionLog
    day: int
    horizon: int
    rows: str = "all"

    def __str__(self):
        made_up = self.family.startswith("made up")
        day = self.day if made_up else date.fromordinal(self.day)
        return f"{self.family} ({self.rows}), {day}, {self.horizon} days"


def iterate_cuts():
    """Yield all cuts; those of files that are not there are left out."""
    yield from _cut_cdnow()
    yield from _cut_retail()
    yield from cut_shops(SHOPS)
    for number in range(BOOKS):
        log = OccasionLog.of(*make_book(10 + number, 84 if number < 6 else 160))
        yield Cut("made up: small books", log, 600 + 13 * number, 60 if number % 4 < 2 else 90)


def read_cdnow():
    """Return columns (customer, day, amount) of the CDNOW sample, ``None`` without the file."""
    path = DATA / "cdnow_sample.txt"
    if not path.exists():
        return None
    rows = [line.split() for line in path.read_text().splitlines()]
    return [np.array(column) for column in zip(*[
        (int(row[0]), datetime.strptime(row[2], "%Y%m%d").toordinal(), float(row[4]))
        for row in rows
    ], strict=True)]  # fmt: skip


def read_retail():
    """Return (columns, number of the customer, is it a British line), ``None`` without the file."""
    path = DATA / "online_retail_2010-12_2011-12.csv.gz"
    if not path.exists():
        return None
    options = {"date": "InvoiceDate", "amount": "Quantity*UnitPrice", "cost": None}
    sales = read_sales(
        SimpleNamespace(file=str(path), customer="CustomerID", product="Country", **options)
    )
    columns = [sales.customers, sales.days, sales.amounts]
    numbers = np.unique(sales.customers, return_inverse=True)[1]
    british = sales.products == np.bincount(sales.products).argmax()  # nine of ten lines are
    return columns, numbers, british


def cut_shops(shops):
    """Yield the cuts of made-up shops: name -> (how it is made, [(day, days held out)])."""
    for name, (options, days) in shops.items():
        log = OccasionLog.of(*make_shop(**options))
        for day, horizon in days:
            yield Cut(f"made up: {name}", log, day, horizon)


def cut_rows(family, columns, rows, days, name="all"):
    """Yield a cut of the chosen rows for each (ISO date, days held out)."""
    log = OccasionLog.of(*(column[rows] for column in columns), with_free=True)
    for day, horizon in days:
        yield Cut(family, log, date.fromisoformat(day).toordinal(), horizon, name)


def _cut_cdnow():
    columns = read_cdnow()
    if columns is None:
        return
    yield from cut_rows("CDNOW 1/10", columns, slice(None), CDNOW)
    for third, day in enumerate(CDNOW_THIRDS):
        rows = columns[0] % 3 == third
        yield from cut_rows("CDNOW 1/10", columns, rows, [day], f"third {third}")


def _cut_retail():
    found = read_retail()
    if found is None:
        return
    columns, numbers, british = found
    name = "Online Retail"
    yield from cut_rows(name, columns, slice(None), RETAIL)
    days = [("2011-07-09", 150), ("2011-09-09", 90)]
    yield from cut_rows(name, columns, british, days, "British")
    days = [("2011-07-09", 120), ("2011-09-09", 90)]
    yield from cut_rows(name, columns, ~british, days, "not British")
    for quarter, day in enumerate(RETAIL_QUARTERS):
        yield from cut_rows(name, columns, numbers % 4 == quarter, [day], f"quarter {quarter}")
    late = columns[1] >= date(2011, 3, 1).toordinal()
    days = [("2011-09-09", 90), ("2011-08-09", 120)]
    yield from cut_rows(name, columns, late, days, "from March on")
