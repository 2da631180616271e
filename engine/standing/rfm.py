"""Recency, frequency and monetary scores (1-5) and the eleven named segments.

Definition (docs/formulas.md): score = 1 + floor(5 x share of customers strictly worse),
capped at 5, so that equal values always get equal scores. Because the score is a step
function of the value, the population is reduced to four *cutoffs*: the smallest value that
earns a 2, 3, 4 and 5. A single customer is placed between the cutoffs of the last run.
"""

from collections.abc import Sequence

import numpy as np

SEGMENTS = {
    "champions": ((5, 5), (5, 4), (4, 5)),
    "loyal": ((4, 4), (3, 5), (3, 4)),
    "potential_loyalists": ((5, 3), (5, 2), (4, 3), (4, 2)),
    "new": ((5, 1),),
    "promising": ((4, 1),),
    "need_attention": ((3, 3), (3, 2)),
    "about_to_sleep": ((3, 1),),
    "cannot_lose": ((2, 5), (1, 5)),
    "at_risk": ((2, 4), (2, 3), (1, 4)),
    "hibernating": ((2, 2), (2, 1), (1, 3)),
    "lost": ((1, 2), (1, 1)),
}
_SEGMENT_BY_CELL = {cell: name for name, cells in SEGMENTS.items() for cell in cells}


def get_score_cutoffs(values: Sequence[float], counts: Sequence[int]) -> list[float | None]:
    """Return the smallest values scoring 2, 3, 4 and 5 in a population (see above).

    :param values: the distinct values; higher is better
    :param counts: how many customers have each value
    :return: four ascending cutoffs; ``None`` where nobody earns that score
    """
    if not len(values):
        return [None] * 4
    order = np.argsort(np.asarray(values, dtype=float))
    distinct = np.asarray(values, dtype=float)[order]
    population = np.asarray(counts, dtype=np.int64)[order]
    worse = np.cumsum(population) - population
    # Integer arithmetic: 5 * share must not fall below a whole number by a rounding error.
    scores = np.minimum(1 + 5 * worse // population.sum(), 5)
    reached = np.searchsorted(scores, [2, 3, 4, 5], side="left")
    return [float(distinct[i]) if i < len(distinct) else None for i in reached]


def get_rfm_scores(values: Sequence[float], cutoffs: Sequence[float | None]) -> np.ndarray:
    """Return whole scores 1 to 5 of values against the cutoffs of :func:`get_score_cutoffs`.

    :param values: in the unit of the cutoffs; higher is better
    """
    limits = np.array([np.inf if cutoff is None else cutoff for cutoff in cutoffs], dtype=float)
    return 1 + np.searchsorted(limits, np.asarray(values, dtype=float), side="right")


def get_segment(recency: int, frequency: int, monetary: int) -> str:
    """Return the segment, a key of :data:`SEGMENTS`, of three scores 1 to 5.

    FM is the mean of frequency and monetary, rounded half up.

    :raise KeyError: for a score outside 1 to 5
    """
    return _SEGMENT_BY_CELL[recency, (frequency + monetary + 1) // 2]
