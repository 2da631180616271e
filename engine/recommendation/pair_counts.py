"""How many owners (customers, baskets) have both products of a pair, for all pairs at once."""

import numpy as np

# Of an owner of more products a row of a matrix is quicker than a list of its pairs.
MAX_LISTED_PRODUCTS = 150
# Pairs that are counted, and rows of a matrix that are multiplied, at once.
MAX_CHUNK_PAIRS = 4_000_000
MAX_CHUNK_ROWS = 1_024


def count_pairs(owners, items, size: int, weights=None) -> tuple[np.ndarray | None, np.ndarray]:
    """Return (weighted, plain) tables of size × size, diagonals included.

    Plain: owners of both; weighted: Σ over them of the product of both weights.

    :param owners: sorted, one row per owner and item; ``items``: 0 to size - 1, size² below 2^31
    :param weights: per row; ``None``: only the plain table is made, the other is ``None``
    """
    items = np.asarray(items, dtype=np.int32)
    tables = [np.zeros((size, size)) for _each in range(1 if weights is None else 2)]
    starts = np.flatnonzero(np.r_[True, np.diff(owners) != 0]) if len(owners) else owners
    lengths = np.diff(np.r_[starts, len(owners)])
    for parts in _list_pairs(starts, lengths):
        first, second = (np.concatenate(rows) for rows in zip(*parts, strict=True))
        index = items[first] * np.int32(size) + items[second]
        tables[0] += np.bincount(index, minlength=size * size).reshape(size, size)
        if weights is not None:
            both = weights[first] * weights[second]
            tables[1] += np.bincount(index, both, size * size).reshape(size, size)
    many = np.flatnonzero(lengths > MAX_LISTED_PRODUCTS)
    for begin in range(0, len(many), MAX_CHUNK_ROWS):
        part = many[begin : begin + MAX_CHUNK_ROWS]
        rows = np.concatenate([np.arange(starts[i], starts[i] + lengths[i]) for i in part])
        owner = np.repeat(np.arange(len(part)), lengths[part])
        for table, cells in zip(tables, (1, weights), strict=False):
            matrix = np.zeros((len(part), size), dtype=np.float32)
            matrix[owner, items[rows]] = 1 if table is tables[0] else cells[rows]
            table += np.triu(matrix.T @ matrix, 1)
    for table, cells in zip(tables, (None, weights), strict=False):
        table += table.T.copy()
        own = np.bincount(items, None if cells is None else cells**2, size)
        np.fill_diagonal(table, own)
    return (None if weights is None else tables[1]), tables[0]


def _list_pairs(starts, lengths):
    """Yield lists of (rows, other rows): each pair of an owner once, some millions at a time."""
    parts, pairs = [], 0
    for length in np.unique(lengths[(lengths > 1) & (lengths <= MAX_LISTED_PRODUCTS)]).tolist():
        group = starts[lengths == length].astype(np.int32)
        first, second = (part.astype(np.int32) for part in np.triu_indices(length, 1))
        step = max(1, MAX_CHUNK_PAIRS // len(first))
        for begin in range(0, len(group), step):
            part = group[begin : begin + step, None]
            parts.append(((part + first).ravel(), (part + second).ravel()))
            pairs += parts[-1][0].size
            if pairs >= MAX_CHUNK_PAIRS:
                yield parts
                parts, pairs = [], 0
    if parts:
        yield parts
