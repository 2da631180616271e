"""Recency, frequency and monetary scores (1-5) and the eleven named segments.

Definition (docs/formulas.md): score = 1 + floor(5 x (share of customers strictly worse + half the
share of equals)), capped at 5, so that equal values get equal scores and who ties with everybody
stands in the middle. Because the score is a step function of the value, the population is reduced
to four *cutoffs*: the smallest value that earns a 2, 3, 4 and 5. A single customer is placed
between the cutoffs of the last run.
"""

from collections.abc import Sequence

import numpy as np

_BUYING = ("promising", "potential_loyalists", "potential_loyalists", "loyal", "champions")
# Lifecycle stage -> segments for FM 1 to 5; slipping: also how far (docs/formulas.md, *Segment*).
SEGMENTS = {
    "new": ("new", "new", "new", "new", "new"),
    "active": _BUYING,
    "won_back": _BUYING,
    "slipping_mildly": (
        "about_to_sleep",
        "about_to_sleep",
        "need_attention",
        "need_attention",
        "need_attention",
    ),
    "slipping": ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    "lapsed": ("lost", "lost", "hibernating", "hibernating", "cannot_lose"),
}


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
    scores = np.minimum(1 + 5 * (2 * worse + population) // (2 * population.sum()), 5)
    reached = np.searchsorted(scores, [2, 3, 4, 5], side="left")
    return [float(distinct[i]) if i < len(distinct) else None for i in reached]


def get_rfm_scores(values: Sequence[float], cutoffs: Sequence[float | None]) -> np.ndarray:
    """Return whole scores 1 to 5 of values against the cutoffs of :func:`get_score_cutoffs`.

    :param values: in the unit of the cutoffs; higher is better
    """
    limits = np.array([np.inf if cutoff is None else cutoff for cutoff in cutoffs], dtype=float)
    return 1 + np.searchsorted(limits, np.asarray(values, dtype=float), side="right")


def get_segment(stage: str, frequency: int, monetary: int, is_mild: bool = False) -> str | None:
    """Return the segment of one customer, see :func:`get_segments`; ``None`` for a prospect.

    :raise KeyError: for an unknown stage
    """
    if stage != "prospect" and stage not in SEGMENTS:
        raise KeyError(stage)
    return get_segments(np.array([stage]), [frequency], [monetary], [is_mild])[0]


def get_fm_scores(frequencies, monetaries) -> np.ndarray:
    """Return the means of frequency and monetary scores, rounded half up: 1 to 5."""
    sums = np.asarray(frequencies, dtype=np.int64) + np.asarray(monetaries, dtype=np.int64)
    return (sums + 1) // 2


def get_segments(stages, frequencies, monetaries, is_mild) -> np.ndarray:
    """Return the segments of customers: one of those of the stage, so that they agree.

    By FM, see :func:`get_fm_scores`.

    :param stages: lifecycle stages; of a prospect there is no segment, ``None``
    :param frequencies: scores 1 to 5, as ``monetaries``: of the last 365 days; of the 365 days up
        to the last occasion for who is slipping or lapsed
    :param is_mild: of who is slipping, what :func:`.lifecycle.are_slipping_mildly` tells
    """
    places = get_fm_scores(frequencies, monetaries) - 1
    keys = np.where(
        (stages == "slipping") & np.asarray(is_mild, dtype=bool), "slipping_mildly", stages
    )
    found = np.full(len(keys), None, dtype=object)
    for key, segments in SEGMENTS.items():
        rows = np.flatnonzero(keys == key)
        found[rows] = np.array(segments, dtype=object)[places[rows]]
    return found
