"""Need analysis: what customers alike spend on each category, and where this one does not."""

from dataclasses import dataclass

import numpy as np

from ..numerics import drop_dust, sum_by_code

MIN_ALIKE = 5
# Customers compared at once.
MAX_CHUNK_CUSTOMERS = 5_000
# A category counts as a need when this share of the customers alike buys it.
MIN_BUYER_RATIO = 0.3
# Below half of what is usual among customers alike the rest is probably bought elsewhere.
MAX_WALLET_RATIO = 0.5


@dataclass(frozen=True)
class CategoryNeeds:
    """One row per customer and category that the customer or enough of the customers alike buy.

    ``spent``: own revenue; ``expected``: what customers alike with the same total would spend;
    ``wallet_ratio`` = spent / expected, at most 1: the part of the need that is bought here;
    ``buyer_ratio``, ``alike``: share and number of the other customers alike; ``is_gap``.
    """

    customers: np.ndarray
    categories: np.ndarray
    spent: np.ndarray
    expected: np.ndarray
    wallet_ratio: np.ndarray
    buyer_ratio: np.ndarray
    alike: np.ndarray
    is_gap: np.ndarray


def get_category_needs(customers, categories, revenues, groups) -> CategoryNeeds:
    """Compare the categories of every customer with those of the other customers of the group.

    Expected = mean share of the category among the others · own total (docs/needs.md).

    :param customers, categories, revenues: rows; positions from 0, company currency. Rows of one
        customer and category are added up; negative totals count as nothing bought
    :param groups: group of each customer position (customers alike), negative for none
    """
    groups = np.asarray(groups)
    size = int(max(np.max(categories, initial=-1), 0)) + 1
    spent = _get_table(customers, categories, revenues, len(groups), size)
    parts = [
        _compare(np.flatnonzero(groups == group), spent) for group in np.unique(groups[groups >= 0])
    ]
    columns = list(zip(*parts, strict=True)) if parts else [[np.zeros(0)]] * 7
    merged = [np.concatenate(column) for column in columns]
    owner, category, own, expected, buyer_ratio, alike, wallet = merged
    order = np.lexsort((category, owner))
    gap = (buyer_ratio >= MIN_BUYER_RATIO) & (alike >= MIN_ALIKE) & (wallet < MAX_WALLET_RATIO)
    return CategoryNeeds(
        owner[order].astype(np.int64),
        category[order].astype(np.int64),
        own[order],
        expected[order],
        wallet[order],
        buyer_ratio[order],
        alike[order].astype(np.int64),
        gap[order].astype(bool),
    )


def _get_table(customers, categories, revenues, count, size):
    index = np.asarray(customers, dtype=np.int64) * size + np.asarray(categories, dtype=np.int64)
    revenues = np.nan_to_num(np.asarray(revenues, dtype=float), posinf=0, neginf=0)
    table = drop_dust(sum_by_code(index, revenues, count * size))
    return np.maximum(table.reshape(count, size), 0)


def _compare(members, spent):
    """Rows of one group, some customers at a time: full tables would not fit into memory."""
    chunks = [
        members[begin : begin + MAX_CHUNK_CUSTOMERS]
        for begin in range(0, len(members), MAX_CHUNK_CUSTOMERS)
    ]
    size = spent.shape[1]
    share_sum, buyers, active = np.zeros(size), np.zeros(size), 0
    for chunk in chunks:
        own, totals, shares = _get_shares(chunk, spent)
        share_sum += shares.sum(axis=0)
        buyers += (own > 0).sum(axis=0)
        active += int((totals > 0).sum())
    parts = [_compare_chunk(chunk, spent, share_sum, buyers, active) for chunk in chunks]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _get_shares(members, spent):
    own = spent[members]
    totals = own.sum(axis=1)
    return own, totals, own / np.maximum(totals, 1e-300)[:, None]


def _compare_chunk(members, spent, share_sum, buyers, active_count):
    own, totals, shares = _get_shares(members, spent)
    active = totals > 0
    # Everybody is compared with the others: one's own habits say nothing about a need.
    others = active_count - active
    divisor = np.maximum(others, 1)[:, None]
    buyer_ratio = (buyers - (own > 0)) / divisor
    # Rounding must not make a need of what nobody else buys.
    usual = np.where(buyer_ratio > 0, np.maximum(share_sum - shares, 0.0), 0.0) / divisor
    expected = usual * totals[:, None]
    wallet = np.minimum(np.divide(own, expected, out=np.ones_like(own), where=expected > 0), 1)
    row, column = np.nonzero(((own > 0) | (buyer_ratio >= MIN_BUYER_RATIO)) & active[:, None])
    return (
        members[row],
        column,
        own[row, column],
        expected[row, column],
        buyer_ratio[row, column],
        others[row],
        wallet[row, column],
    )
