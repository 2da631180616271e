"""Cuts nobody looked at before the engine was done: other days, customers, lines and shops."""

from datetime import date

import numpy as np

from engine.prediction import OccasionLog

from .known_cuts import Cut, cut_rows, cut_shops, read_cdnow, read_retail
from .shops import make_book

MIX = 2_654_435_761  # spreads neighbouring numbers (Knuth)
CDNOW = [("1997-05-31", 120), ("1997-08-15", 90), ("1997-11-15", 200), ("1998-01-15", 160)]
RETAIL = [("2011-06-30", 61), ("2011-07-31", 90), ("2011-08-31", 92), ("2011-10-31", 39)]
RETAIL_FIFTHS = [("2011-08-25", 75), ("2011-07-20", 100), ("2011-09-20", 80)]
# name -> (how it is made, days looked from and held out)
SHOPS = {
    "grocery with holidays": (
        {"seed": 31, "customers": 1200, "days": 900, "shape": 2, "pace": 12, "holidays": 0.4},
        [(480, 90), (720, 120)],
    ),
    "wholesale with a Christmas": (
        {"seed": 32, "customers": 2500, "days": 1000, "pace": 70, "peak": 2, "growth": 0.3},
        [(500, 150), (620, 90), (800, 183)],
    ),
    "gifts": (
        {"seed": 34, "customers": 2500, "days": 1000, "pace": 120, "peak": 3, "growth": 0.5},
        [(600, 120), (780, 183)],
    ),
    "plain": (
        {"seed": 35, "customers": 1000, "days": 900, "pace": 40, "life": 500},
        [(400, 90), (700, 183)],
    ),
}  # fmt: skip
BOOKS = [(60, 50, 610, 60), (61, 84, 640, 90), (62, 110, 700, 90), (63, 200, 660, 60)]


def iterate_new_cuts():
    """Yield them; those of files that are not there are left out."""
    yield from _cut_cdnow()
    yield from _cut_retail()
    yield from cut_shops(SHOPS)
    for seed, customers, day, horizon in BOOKS:
        log = OccasionLog.of(*make_book(seed, customers))
        yield Cut("made up: small books", log, day, horizon, f"{customers} customers")


def _cut_cdnow():
    columns = read_cdnow()
    if columns is None:
        return
    name = "CDNOW 1/10"
    yield from cut_rows(name, columns, slice(None), CDNOW)
    half = spread(columns[0]) % 2 == 0
    yield from cut_rows(name, columns, half, [("1997-10-15", 180)], "a half")
    yield from cut_rows(name, columns, ~half, [("1998-02-10", 100)], "the other half")
    _customer, where = np.unique(columns[0], return_inverse=True)
    first = np.full(where.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, where, columns[1])
    early = first[where] <= date(1997, 2, 10).toordinal()
    yield from cut_rows(name, columns, early, [("1997-09-30", 273)], "came first")
    yield from cut_rows(name, columns, ~early, [("1997-10-31", 240)], "came later")


def _cut_retail():
    found = read_retail()
    if found is None:
        return
    columns, numbers, british = found
    name = "Online Retail"
    yield from cut_rows(name, columns, slice(None), RETAIL)
    yield from cut_rows(name, columns, ~british, [("2011-08-15", 100)], "not British")
    for fifth, day in enumerate(RETAIL_FIFTHS):
        rows = spread(numbers) % 5 == fifth
        yield from cut_rows(name, columns, rows, [day], f"fifth {fifth}")
    for start, day in (("2011-02-01", ("2011-10-09", 60)), ("2011-04-15", ("2011-10-01", 69))):
        late = columns[1] >= date.fromisoformat(start).toordinal()
        yield from cut_rows(name, columns, late, [day], f"from {start} on")
    lines = spread(np.arange(len(numbers))) % 2 == 0
    yield from cut_rows(name, columns, lines, [("2011-09-09", 90)], "half of the lines")


def spread(numbers):
    """Numbers without any order of the customers in them, 0 to 4 294 967 295 >> 8."""
    return (
        np.asarray(numbers, dtype=np.uint64) * np.uint64(MIX) % np.uint64(1 << 32)
    ) >> np.uint64(8)
