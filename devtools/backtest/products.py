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
    past = book.until(split)
    future = book.take(np.flatnonzero((book.days > split) & (book.days <= split + horizon)))
    customers = np.intersect1d(past.customers, future.customers)
    if not len(customers):
        return {"reason": "no customer bought a product before and after the split"}
    tables = fit_affinity(book, split)
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
        lines = _get_lines(sales, np.flatnonzero(rows & (sales.products >= 0)))
        kept = lines.bought
        parts.append((lines.customers[kept], lines.products[kept], lines.days[kept]))
    customers, products, days = (np.concatenate(column) for column in zip(*parts, strict=True))
    return BasketHistory.of(customers, customers * 10_000_000 + days, products, days)


def _get_lines(sales, rows) -> PurchaseLines:
    keys = np.stack([sales.customers[rows], sales.products[rows], sales.days[rows]])
    (customers, products, days), where = np.unique(keys, axis=1, return_inverse=True)
    amounts = sum_by_code(where.ravel(), sales.amounts[rows], len(days))
    ones = np.ones(len(days))
    return PurchaseLines.of(customers, products, days, ones, amounts, amounts, unit=sales.unit)


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
