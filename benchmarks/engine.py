"""The engine alone, one core, beside `lifetimes` and `implicit`: `./dev bench --engine`.

Every part runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from devtools.backtest import products
from devtools.backtest.sales import read_sales
from engine.prediction import OccasionLog, fit_prediction, fit_purchase_process, predict
from engine.recommendation import BasketHistory, Suggestions, evaluate_suggestions, fit_affinity

TODAY, HORIZON = 730, 90
SPLIT, HELD_OUT = "2011-08-31", 100
SALES = Path("..", "shared", "data", "online_retail_2010-12_2011-12.csv.gz")
# Factors, regularisation and weight of a purchase: the best of them counts for ALS.
ALS = [(f, r, a) for f in (16, 64) for r in (0.01, 0.1) for a in (1.0, 10.0, 40.0)]


def make_log(customers):
    """Years of purchases of customers whose rates and lives differ, and the time it takes."""
    dice = np.random.default_rng(1)
    age = dice.integers(30, TODAY, customers)
    life = dice.geometric(np.clip(dice.beta(0.9, 2.5, customers), 1e-4, 1))
    repeats = np.minimum(dice.poisson(dice.gamma(0.6, 1 / 40, customers) * age), life - 1)
    owner = np.repeat(np.arange(customers), repeats + 1)
    starts = np.repeat(np.cumsum(repeats + 1) - repeats - 1, repeats + 1)
    later = np.arange(len(owner)) != starts
    days = TODAY - np.repeat(age, repeats + 1)
    days += (dice.random(len(owner)) * np.repeat(age, repeats + 1) * later).astype(int)
    amounts = dice.gamma(2, 30, len(owner))
    return OccasionLog.of(owner, days, amounts, amounts * 0.4)


def measure_customers(customers=1_000_000):
    """Yield the time of fitting and scoring so many customers."""
    seconds, log = _timed(make_log, customers)
    yield f"sales of {customers} customers made, seconds", seconds
    yield "days with a purchase", len(log)
    seconds, model = _timed(fit_prediction, log, TODAY, HORIZON)
    yield "fit: process, dates, value, spend, adjustment, seconds", seconds
    facts = log.as_of(TODAY)
    history = (facts.history.repeats, facts.history.last, facts.history.age)
    seconds, _process = _timed(fit_purchase_process, *history)
    yield "fit of MBG/NBD alone (on a sample of 50 000), seconds", seconds
    seconds, found = _timed(predict, model, facts)
    yield "score: all quantities, seconds", seconds
    yield "customers scored", int(np.isfinite(found.alive_probability).sum())


def measure_lifetimes(customers=1_000_000):
    """Yield the time `lifetimes` takes to fit the purchase process alone to the same customers."""
    from lifetimes import ModifiedBetaGeoFitter  # noqa: PLC0415 - only this part needs it

    history = make_log(customers).as_of(TODAY).history
    fitter = ModifiedBetaGeoFitter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seconds, _fitter = _timed(fitter.fit, history.repeats, history.last, history.age)
    yield "lifetimes 0.11.3: fit of MBG/NBD, seconds", seconds
    seconds, _found = _timed(
        fitter.conditional_probability_alive, history.repeats, history.last, history.age
    )
    yield "lifetimes 0.11.3: P(alive) alone, seconds", seconds


def measure_affinity(lines=2_000_000, catalogue=4_000):
    """Yield the time of learning which products go together."""
    dice = np.random.default_rng(2)
    drawn = 2 * lines  # some of them twice
    baskets = np.sort(dice.integers(0, drawn // 20, drawn))
    items = np.minimum(dice.zipf(1.3, drawn) - 1, catalogue - 1)
    items = (items + 37 * (baskets % 50)) % catalogue
    book = BasketHistory.of(baskets % 20_000, baskets, items, baskets % TODAY)
    book = book.take(np.arange(lines))
    yield "different lines of baskets", len(book)
    seconds, tables = _timed(fit_affinity, book, TODAY)
    yield "affinity: counts, regression, grade and tables, seconds", seconds
    yield "products with neighbours", int((tables.others >= 0).any(axis=1).sum())


def measure_suggestions(path=SALES):
    """Yield hit rates at 5 for new products, after one cut of the real sales."""
    sales = read_sales(
        SimpleNamespace(
            file=str(path),
            customer="CustomerID",
            date="InvoiceDate",
            amount="Quantity*UnitPrice",
            product="StockCode",
            cost=None,
        )
    )
    split = np.datetime64(SPLIT).astype(object).toordinal()
    found = products.evaluate_products(sales, split, HELD_OUT)["new"]
    for name, figures in found.items():
        yield f"hit rate at 5, {name}", figures["hit_rate"]
    book = products.get_book(sales, split)
    past = book.until(split)
    future = book.take(np.flatnonzero((book.days > split) & (book.days <= split + HELD_OUT)))
    best = max((try_als(past, future, *options), options) for options in ALS)
    yield f"hit rate at 5, implicit ALS, best of {len(ALS)}: {best[1]}", best[0]


def try_als(past, future, factors, regularization, weight):
    """Return the hit rate of alternating least squares on implicit feedback."""
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415
    from scipy.sparse import csr_matrix  # noqa: PLC0415

    owner, owned, _last, counts = past.owned
    shape = (len(past.customer_keys), len(past.product_keys))
    matrix = csr_matrix((1 + weight * np.log1p(counts), (owner, owned)), shape=shape)
    model = AlternatingLeastSquares(
        factors=factors,
        regularization=regularization,
        iterations=20,
        num_threads=1,
        random_state=7,
    )
    model.fit(matrix, show_progress=False)
    customers = np.intersect1d(past.customers, future.customers)
    items, scores = model.recommend(
        customers, matrix[customers], N=products.COUNT, filter_already_liked_items=True
    )
    return evaluate_suggestions(Suggestions(customers, items, scores, items), past, future).hit_rate


def measure_all_cuts():
    """Yield the figures of the prediction on many cuts, half of them unseen: minutes."""
    from .cuts import measure_cuts  # noqa: PLC0415 - only this part needs it

    yield from measure_cuts()


def measure_all_product_cuts():
    """Yield hit rates of suggestions on many cuts of the real sales, half of them unseen."""
    from .cuts.product_cuts import measure_product_cuts  # noqa: PLC0415 - only this part needs it

    yield from measure_product_cuts()


PARTS = {
    "customers": measure_customers,
    "lifetimes": measure_lifetimes,
    "affinity": measure_affinity,
    "suggestions": measure_suggestions,
    "cuts": measure_all_cuts,
    "products": measure_all_product_cuts,
}


def main():
    """Run all parts, or one, and print one line per figure."""
    parser = argparse.ArgumentParser(prog="./dev bench --engine", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS)
    part = parser.parse_args().part
    if not part:
        command = [sys.executable, "-m", "benchmarks.engine"]
        return max(subprocess.call([*command, name]) for name in PARTS)
    for label, figure in PARTS[part]():
        print(f"{label:<75} {figure:>14,.3f}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{part + ': peak memory, MB':<75} {peak:>14,.0f}", flush=True)
    return 0


def _timed(method, *arguments):
    begin = time.process_time()
    result = method(*arguments)
    return time.process_time() - begin, result


if __name__ == "__main__":
    sys.exit(main())
