"""Ranks of numbers, ties sharing their mean rank."""

import numpy as np


def rank(values) -> np.ndarray:
    """Return ranks from 1; equal values get the mean of their ranks."""
    _distinct, where, counts = np.unique(
        np.asarray(values, dtype=float), return_inverse=True, return_counts=True
    )
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[where]
