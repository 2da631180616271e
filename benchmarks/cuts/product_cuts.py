"""Suggestions of new products on many cuts of the real sales, beside popularity.

By day, by customers, by products, by lines (a sparse grocer) and without the first months; every
second cut was looked at when this was made, the others were not.
"""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np

from devtools.backtest.products import evaluate_products
from devtools.backtest.sales import read_sales

from .known_cuts import DATA
from .new_cuts import spread

DAYS = [("2011-05-31", 90), ("2011-06-30", 90), ("2011-07-31", 100), ("2011-08-31", 100),
        ("2011-09-09", 90), ("2011-10-09", 60)]  # fmt: skip
# Kept of 100 lines -> day.
LINES = {5: ("2011-08-31", 100), 7: ("2011-07-31", 100), 10: ("2011-09-09", 90),
         15: ("2011-06-30", 90), 25: ("2011-08-31", 100), 50: ("2011-09-09", 90)}  # fmt: skip
LATE = date(2011, 3, 1).toordinal()
HALVES = ("looked at", "unseen")


def iterate_product_cuts():
    """Yield (name, sales, last known day as ordinal, days held out); none without the file."""
    path = DATA / "online_retail_2010-12_2011-12.csv.gz"
    if not path.exists():
        return
    options = {"date": "InvoiceDate", "amount": "Quantity*UnitPrice", "cost": None}
    sales = read_sales(
        SimpleNamespace(file=str(path), customer="CustomerID", product="StockCode", **options)
    )
    yield from _cut("all", sales, slice(None), DAYS)
    yield from _cut("half of the customers", sales, spread(sales.customers) % 2 == 0, DAYS[1:5])
    yield from _cut("half of the products", sales, spread(sales.products) % 2 == 0, DAYS[1:5])
    lines = spread(np.arange(len(sales.days))) % 100
    for kept, day in LINES.items():
        yield from _cut(f"{kept} % of the lines", sales, lines < kept, [day])
    yield from _cut("a fifth of the customers", sales, spread(sales.customers) % 5 == 1, DAYS[3:5])
    yield from _cut("from March on", sales, sales.days >= LATE, DAYS[4:])


def measure_product_cuts():
    """Yield (label, hit rate at 5): cut by cut, then means by half."""
    halves = {half: [] for half in HALVES}
    for number, (name, sales, day, horizon) in enumerate(iterate_product_cuts()):
        found = evaluate_products(sales, day, horizon)
        shown, popular = (
            found["new"][kind]["hit_rate"] for kind in ("customer_value", "popularity")
        )
        half = HALVES[number % 2]
        halves[half].append((shown, popular))
        label = f"{half}: {name}, {date.fromordinal(day)}, {horizon} days ({found['rule']})"
        yield label, shown
        yield f"{label}: popularity", popular
    for half, rows in halves.items():
        if rows:
            shown, popular = np.array(rows).T
            yield f"{half}, {len(rows)} cuts: hit rate at 5, shown", float(shown.mean())
            yield f"{half}, {len(rows)} cuts: hit rate at 5, popularity", float(popular.mean())
            yield f"{half}: cuts below popularity", int((shown < popular).sum())


def _cut(name, sales, rows, days):
    columns = ("customers", "days", "amounts", "profits", "products")
    part = replace(sales, **{column: getattr(sales, column)[rows] for column in columns})
    for day, horizon in days:
        yield name, part, date.fromisoformat(day).toordinal(), horizon
