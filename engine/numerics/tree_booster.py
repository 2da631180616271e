"""Gradient-boosted trees of few leaves on binned features (Friedman 2001; Ke et al. 2017).

Logistic loss, second-order gain, best leaf first. Deterministic: no sampling, ties go to the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

TREES, LEAVES = 100, 6
RATE = 0.05
BINS = 32
MIN_ROWS = 20  # in each leaf
RIDGE = 1.0
MIN_GAIN = 1e-6
# Rows scored at once: their bins stay in the cache.
CHUNK = 20_000
# Of so few rows all trees are asked at once: asking one by one would take longer than answering.
FEW_ROWS = 1_000
NO_LEAF = 255


@dataclass(frozen=True)
class TreeBooster:
    """``edges``: borders of each feature's bins. ``splits``: tree by tree, (leaf, feature, bin).

    Rows of that leaf in a bin above that one go to a new leaf, numbered in the order of the
    splits. ``values``: log-odds of the leaves of each tree.
    """

    edges: tuple[tuple[float, ...], ...]
    splits: tuple[tuple[tuple[int, int, int], ...], ...]
    values: tuple[tuple[float, ...], ...]

    @classmethod
    def from_json(cls, data) -> "TreeBooster":
        """Read back what :meth:`to_json` wrote."""
        return cls(
            tuple(map(tuple, data["edges"])),
            tuple(tuple(map(tuple, tree)) for tree in data["splits"]),
            tuple(map(tuple, data["values"])),
        )

    def to_json(self):
        """Return a JSON-able dictionary."""
        return {name: getattr(self, name) for name in ("edges", "splits", "values")}

    def add(self, columns: Sequence[np.ndarray]) -> np.ndarray:
        """Return the sum of the leaves each row falls into; who else is there changes nothing.

        :param columns: one array per feature
        """
        total = np.zeros(len(columns[0]))
        for begin in range(0, len(total), CHUNK):
            part = slice(begin, begin + CHUNK)
            bins = get_bins([values[part] for values in columns], self.edges)
            ask = self._ask_at_once if bins.shape[1] <= FEW_ROWS else self._ask_one_by_one
            total[part] = ask(bins)
        return total

    def _ask_one_by_one(self, bins):
        total = np.zeros(bins.shape[1])
        for splits, values in zip(self.splits, self.values, strict=True):
            leaf = np.zeros(bins.shape[1], dtype=np.uint8)
            for new, (old, feature, border) in enumerate(splits, 1):
                moves = (leaf == old) & (bins[feature] > border)
                leaf += moves.view(np.uint8) * np.uint8(new - old)
            total += np.array(values)[leaf]
        return total

    def _ask_at_once(self, bins):
        """Let all trees do their first split, then their second, and so on.

        The trees are added up in their order: the same bits for one row as for thousands.
        """
        splits, values = self._tables
        leaves = np.zeros((len(values), bins.shape[1]), dtype=np.uint8)
        for new, (old, feature, border) in enumerate(splits, 1):
            moves = (leaves == old[:, None]) & (bins[feature] > border[:, None])
            leaves += moves.view(np.uint8) * (new - old)[:, None]
        places = leaves + np.arange(len(values))[:, None] * values.shape[1]
        return np.add.accumulate(values.ravel()[places], axis=0)[-1] if len(values) else 0.0

    @cached_property
    def _tables(self):
        """Old leaf, feature and border of each tree by step, and the values of its leaves.

        A tree that has no more splits waits: no row is in its leaf.
        """
        steps = max(map(len, self.splits), default=0)
        splits = np.zeros((steps, 3, len(self.splits)), dtype=np.uint8)
        splits[:, 0] = NO_LEAF
        values = np.zeros((len(self.splits), steps + 1))
        for tree, (own, leaves) in enumerate(zip(self.splits, self.values, strict=True)):
            if own:
                splits[: len(own), :, tree] = own
            values[tree, : len(leaves)] = leaves
        return splits, values


def get_bins(columns, edges) -> np.ndarray:
    """Return the bin of each value, one row per feature."""
    return np.stack(
        [np.searchsorted(e, v, side="left") for e, v in zip(edges, columns, strict=True)]
    ).astype(np.uint8)


def fit_trees(columns: Sequence[np.ndarray], outcome, offset, *, trees=TREES) -> TreeBooster:
    """Fit trees, each on what those before it left unexplained.

    :param columns: one array per feature; ``outcome``: 0 or 1; ``offset``: log-odds to begin with
    """
    parts = np.linspace(0, 1, BINS + 1)[1:-1]
    edges = tuple(tuple(np.unique(np.quantile(v, parts)).tolist()) for v in columns)
    bins = get_bins(columns, edges)
    places = bins.T.astype(np.int64) + np.arange(len(columns)) * BINS
    log_odds = np.array(offset, dtype=float)
    splits, values = [], []
    for _tree in range(trees):
        expected = 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))
        tree = _Tree(bins, places, outcome - expected, expected * (1 - expected))
        tree.grow()
        splits.append(tuple(tree.splits))
        values.append(tuple(tree.get_values()))
        for rows, value in zip(tree.rows, values[-1], strict=True):
            log_odds[rows] += value
        if not tree.splits:
            break
    return TreeBooster(edges, tuple(splits), tuple(values))


class _Tree:
    """One tree while it grows."""

    def __init__(self, bins, places, slopes, weights):
        self.bins, self.places = bins, places
        self.slopes, self.weights = slopes, weights
        self.splits, self.rows = [], [np.arange(bins.shape[1])]
        self.sums = [self._add_up(self.rows[0])]
        self.best = [self._find_best(self.sums[0])]

    def grow(self):
        """Split the leaf where it helps most, as long as it helps."""
        while len(self.rows) < LEAVES:
            leaf = max(range(len(self.best)), key=lambda number: self.best[number][0])
            gain, feature, border = self.best[leaf]
            if gain <= MIN_GAIN:
                return
            self._split(leaf, feature, border)

    def get_values(self):
        """Return what each leaf adds to the log-odds."""
        return [
            float(RATE * self.slopes[rows].sum() / (self.weights[rows].sum() + RIDGE))
            for rows in self.rows
        ]

    def _split(self, leaf, feature, border):
        rows = self.rows[leaf]
        above = self.bins[feature, rows] > border
        self.splits.append((leaf, feature, border))
        self.rows[leaf] = rows[~above]
        self.rows.append(rows[above])
        # Only the smaller part is added up, the other is what is left.
        small = leaf if len(self.rows[leaf]) < len(self.rows[-1]) else len(self.rows) - 1
        large = len(self.rows) - 1 if small == leaf else leaf
        part = self._add_up(self.rows[small])
        rest = self.sums[leaf] - part
        self.sums.append(None)
        self.best.append(None)
        for number, sums in ((small, part), (large, rest)):
            self.sums[number], self.best[number] = sums, self._find_best(sums)

    def _add_up(self, rows):
        """Σ slopes, Σ weights and rows, by feature and bin."""
        count = self.places.shape[1]
        places = self.places[rows].ravel()
        size = count * BINS
        sums = (
            np.bincount(places, np.repeat(self.slopes[rows], count), size),
            np.bincount(places, np.repeat(self.weights[rows], count), size),
            np.bincount(places, minlength=size),
        )
        return np.stack(sums).reshape(3, count, BINS)

    def _find_best(self, sums):
        """Return (gain, feature, bin): rows above the bin go to a leaf of their own."""
        slope, weight, rows = sums.cumsum(axis=2)
        slopes, weights, total = (values[:, -1:] for values in (slope, weight, rows))
        gain = slope**2 / (weight + RIDGE)
        gain += (slopes - slope) ** 2 / (np.maximum(weights - weight, 0) + RIDGE)
        gain -= slopes**2 / (weights + RIDGE)
        gain[(rows < MIN_ROWS) | (total - rows < MIN_ROWS)] = -1.0
        place = int(gain.argmax())
        return float(gain.flat[place]), place // BINS, place % BINS
