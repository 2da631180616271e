"""Gaps between the purchase occasions of one customer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# A won-back customer is one who returned within this many days.
RECENT_DAYS = 180


@dataclass(frozen=True)
class GapSummary:
    """Days between successive occasions of one customer; ``None`` without a repeat purchase."""

    count: int
    mean: float | None
    p80: float | None
    p95: float | None
    recent_longest: int | None


def summarise_gaps(days: Sequence[int], today: int) -> GapSummary:
    """Summarise the gaps between occasion days.

    :param days: ordinals of the distinct occasion days, ascending
    :param today: ordinal of the reference day
    :return: mean, 80 % and 95 % quantiles (linear interpolation, like ``percentile_cont``)
        in days, and the longest gap that ended within :data:`RECENT_DAYS`
    """
    if len(days) < 2:
        return GapSummary(0, None, None, None, None)
    occasions = np.asarray(days, dtype=np.int64)
    gaps = np.diff(occasions)
    recent = gaps[occasions[1:] >= today - RECENT_DAYS]
    p80, p95 = np.quantile(gaps, [0.80, 0.95])
    return GapSummary(
        count=len(gaps),
        mean=float(gaps.mean()),
        p80=float(p80),
        p95=float(p95),
        recent_longest=int(recent.max()) if len(recent) else None,
    )
