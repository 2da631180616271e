"""Counts how often two products are in one basket: sparse in, dense out, no loop over baskets."""

import numpy as np

from .basket_history import PurchaseBook

CHUNK_PAIRS = 4_000_000
# Older baskets count less: catalogues and seasons change.
HALF_LIFE_DAYS = 180.0


def count_pairs(
    book: PurchaseBook, products: np.ndarray, today: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return (decayed counts, plain counts), both products × products, diagonals included.

    :param products: the positions to count; a row and a column of the result each
    """
    size = len(products)
    code = np.full(len(book.product_keys), -1)
    code[products] = np.arange(size)
    rows = np.flatnonzero(code[book.products] >= 0)
    items, baskets = code[book.products[rows]], book.baskets[rows]
    weights = np.power(0.5, (today - book.days[rows]) / HALF_LIFE_DAYS)
    # One pass for both: the real part decays, the imaginary part counts.
    table = np.zeros(size * size, dtype=np.complex64)
    starts = np.flatnonzero(np.r_[True, np.diff(baskets) != 0]) if len(rows) else rows
    lengths = np.diff(np.r_[starts, len(rows)])
    for length in np.unique(lengths):
        group = starts[lengths == length]
        step = max(1, CHUNK_PAIRS // int(length) ** 2)
        for begin in range(0, len(group), step):
            part = group[begin : begin + step]
            inside = items[part[:, None] + np.arange(length)]
            index = (inside[:, :, None] * size + inside[:, None, :]).ravel()
            values = (weights[part] + 1j).astype(np.complex64)
            np.add.at(table, index, np.repeat(values, length * length))
    table = table.reshape(size, size)
    return np.ascontiguousarray(table.real), np.ascontiguousarray(table.imag)
