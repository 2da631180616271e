"""Suggestions of products as of the split date against what was bought after it."""

from dataclasses import asdict

import numpy as np

from engine.numerics import sum_by_code
from engine.recommendation import (
    BasketHistory,
    PurchaseLines,
    Suggestions,
    evaluate_suggestions,
    fit_affinity,
    suggest_new_products,
    suggest_repeats,
)

COUNT = 5


def evaluate_products(sales, split: int, horizon: int) -> dict:
    """Return hit rate and recall at 5, for new products and for repeats, beside popularity.

    A basket is all that one customer bought on one day.
    """
    book = get_book(sales, split)
    is_held_out = (book.days > split) & (book.days <= split + horizon)
    customers = np.intersect1d(book.customers[book.days <= split], book.customers[is_held_out])
    if not len(customers):
        return {"reason": "no customer bought a product before and after the split"}
    tables = fit_affinity(book, split)  # before past and future are copied: it needs most memory
    past, future = book.until(split), book.take(np.flatnonzero(is_held_out))
    new = {
        "customer_value": suggest_new_products(tables, book, customers, split, COUNT),
        "popularity": suggest_popular(past, customers),
    }
    repeats = {"own_pace": suggest_repeats(book, customers, split, COUNT)}
    return {
        "products": len(book.product_keys),
        "baskets": int(len(np.unique(past.baskets))),
        "rule": tables.rule,
        "grade": asdict(tables.grade) if tables.grade else None,
        "new": {
            name: _describe(evaluate_suggestions(found, past, future))
            for name, found in new.items()
        },
        "repeats": {
            name: _describe(evaluate_suggestions(found, past, future, repeats=True))
            for name, found in repeats.items()
        },
    }


def get_book(sales, split) -> BasketHistory:
    """Return the purchases less what was returned; returns after the split take nothing before."""
    parts = []
    for rows in (sales.days <= split, sales.days > split):
        parts.append(_get_kept(_get_lines(sales, np.flatnonzero(rows & (sales.products >= 0)))))
    customers, products, days = (np.concatenate(column) for column in zip(*parts, strict=True))
    return BasketHistory.of(customers, customers * 10_000_000 + days, products, days)


def _get_kept(lines):
    kept = lines.bought
    return lines.customers[kept], lines.products[kept], lines.days[kept]


def _get_lines(sales, rows) -> PurchaseLines:
    customers, products, pairs = _number_pairs(sales.customers[rows], sales.products[rows])
    pairs, days, where = _number_pairs(pairs, sales.days[rows])
    amounts = sum_by_code(where, sales.amounts[rows], len(days))
    del where  # long files: every column of rows counts
    ones = np.broadcast_to(1.0, len(days))
    columns = (customers[pairs], products[pairs], days, ones, amounts, amounts)
    return PurchaseLines.of(*columns, unit=sales.unit)


def _number_pairs(left, right):
    """Return left and right of the different pairs, sorted, and the place of each row in them."""
    size = int(right.max(initial=0)) + 1
    codes, places = np.unique(left.astype(np.int64) * size + right, return_inverse=True)
    return codes // size, codes % size, places.astype(np.int32)


def suggest_popular(past, customers) -> Suggestions:
    """The products in most baskets that the customer has never bought."""
    ranked = past.get_top_products()
    owner, owned, _last, _count = past.owned
    begin = np.searchsorted(owner, customers)
    end = np.searchsorted(owner, customers, side="right")
    found = np.full((len(customers), COUNT), -1)
    for row, (start, stop) in enumerate(zip(begin, end, strict=True)):
        mine = set(owned[start:stop].tolist())
        fresh = [product for product in ranked[: len(mine) + COUNT] if product not in mine]
        found[row, : len(fresh[:COUNT])] = fresh[:COUNT]
    return Suggestions(customers, found, np.zeros(found.shape), found)


def _describe(result):
    return {"hit_rate": result.hit_rate, "recall": result.recall, "customers": result.customers}
