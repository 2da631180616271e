"""The prediction on many cuts of the shared files and of made-up shops, half of them unseen.

Every second cut was looked at while the engine was made; the other half only when it was done.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from devtools.backtest.sales import read_sales
from engine.backtest import (
    SIMPLE_RULES,
    get_auc,
    get_brier,
    get_mean_absolute_error,
    get_rule_scores,
    get_total_ratio,
    is_seasonal,
)
from engine.prediction import (
    OccasionLog,
    fit_prediction,
    get_expected_purchases,
    get_process_probability,
    predict,
)

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


def iterate_cuts():
    """Yield all cuts; those of files that are not there are left out."""
    yield from _cut_cdnow()
    yield from _cut_retail()
    for name, (options, days) in SHOPS.items():
        log = OccasionLog.of(*make_shop(**options))
        for day, horizon in days:
            yield Cut(f"made up: {name}", log, day, horizon)
    for number in range(BOOKS):
        log = OccasionLog.of(*make_book(10 + number, 84 if number < 6 else 160))
        yield Cut("made up: small books", log, 600 + 13 * number, 60 if number % 4 < 2 else 90)


def _cut_cdnow():
    path = DATA / "cdnow_sample.txt"
    if not path.exists():
        return
    rows = [line.split() for line in path.read_text().splitlines()]
    columns = [np.array(column) for column in zip(*[
        (int(row[0]), datetime.strptime(row[2], "%Y%m%d").toordinal(), float(row[4]))
        for row in rows
    ], strict=True)]  # fmt: skip
    everybody = np.ones(len(rows), dtype=bool)
    yield from _cut("CDNOW 1/10", columns, everybody, CDNOW)
    for third, day in enumerate(CDNOW_THIRDS):
        yield from _cut("CDNOW 1/10", columns, columns[0] % 3 == third, [day])


def _cut_retail():
    path = DATA / "online_retail_2010-12_2011-12.csv.gz"
    if not path.exists():
        return
    options = {"date": "InvoiceDate", "amount": "Quantity*UnitPrice", "cost": None}
    sales = read_sales(
        SimpleNamespace(file=str(path), customer="CustomerID", product="Country", **options)
    )
    columns = [sales.customers, sales.days, sales.amounts]
    numbers = np.unique(sales.customers, return_inverse=True)[1]
    british = sales.products == np.bincount(sales.products).argmax()  # nine of ten lines are
    everybody = np.ones(len(numbers), dtype=bool)
    yield from _cut("Online Retail", columns, everybody, RETAIL)
    yield from _cut("Online Retail", columns, british, [("2011-07-09", 150), ("2011-09-09", 90)])
    yield from _cut("Online Retail", columns, ~british, [("2011-07-09", 120), ("2011-09-09", 90)])
    for quarter, day in enumerate(RETAIL_QUARTERS):
        yield from _cut("Online Retail", columns, numbers % 4 == quarter, [day])
    late = sales.days >= date(2011, 3, 1).toordinal()
    yield from _cut("Online Retail", columns, late, [("2011-09-09", 90), ("2011-08-09", 120)])


def _cut(family, columns, rows, days):
    log = OccasionLog.of(*(column[rows] for column in columns), with_free=True)
    for day, horizon in days:
        yield Cut(family, log, date.fromisoformat(day).toordinal(), horizon)


def measure_cut(cut):
    """Return name -> figure of one cut: the prediction, the bare process, and the best rule."""
    model, facts = fit_prediction(cut.log, cut.day, cut.horizon), cut.log.as_of(cut.day)
    came = cut.log.get_outcome(facts, cut.horizon).purchases
    bought = came > 0
    found = predict(model, facts)
    plain = get_process_probability(model, facts)
    history = facts.history
    usual = get_expected_purchases(
        model.process, history.repeats, history.last, history.age, cut.horizon
    )
    rules = get_rule_scores(facts)
    return {
        "AUC": get_auc(found.purchase_probability, bought),
        "AUC process": get_auc(plain, bought),
        "AUC rule": max(get_auc(rules[name], bought) for name in SIMPLE_RULES[:3]),
        "Brier": get_brier(found.purchase_probability, bought),
        "Brier process": get_brier(plain, bought),
        "MAE": get_mean_absolute_error(found.purchases, came),
        "MAE process": get_mean_absolute_error(usual, came),
        "total": not is_seasonal(get_total_ratio(found.purchases, came)),
        "total process": not is_seasonal(get_total_ratio(usual, came)),
    }


def measure_cuts():
    """Yield (label, mean figure) by half and family: the half looked at, then the unseen one."""
    halves = ({}, {})
    for number, cut in enumerate(iterate_cuts()):
        figures = measure_cut(cut)
        for family in (cut.family, "all"):
            halves[number % 2].setdefault(family, []).append(figures)
    for word, families in zip(("looked at", "unseen"), halves, strict=True):
        for family, rows in families.items():
            for name in rows[0]:
                yield f"{word}, {family}, {len(rows)} cuts: {name}", _get_mean(rows, name)
        rows = families["all"]
        yield f"{word}: totals off by more than a quarter, share", 1 - _get_mean(rows, "total")
        for name in ("Brier", "MAE"):
            ratios = [row[name] / row[f"{name} process"] for row in rows]
            yield f"{word}: {name} over that of the process, mean", float(np.mean(ratios))
        yield (
            f"{word}: AUC gained over the process, mean",
            (_get_mean(rows, "AUC") - _get_mean(rows, "AUC process")),
        )
        yield (
            f"{word}: AUC lost against the process, worst cut",
            max(row["AUC process"] - row["AUC"] for row in rows),
        )


def _get_mean(rows, name):
    return float(np.mean([row[name] for row in rows]))
