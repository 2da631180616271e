"""How likely an open quotation is won, and how soon, by how long it has been open."""

from dataclasses import dataclass

import numpy as np

# Looked at from these ages in days; a quotation of 20 days is judged like one of 14.
QUOTATION_AGES = (0, 3, 7, 14, 30, 60, 120, 240)
# Won later than this counts as not won.
MAX_WIN_DAYS = 120
# Until there is something to learn from; the younger age counts as much as so many quotations.
DEFAULT_WIN_PROBABILITY, DEFAULT_WIN_DAYS, YOUNGER_AGE_WEIGHT = 0.3, 14.0, 10.0
MIN_WON = 5


@dataclass(frozen=True)
class WinRates:
    """Per age of :data:`QUOTATION_AGES`: probability of being won within 120 days, and days to it.

    ``waits``: median days from that age to being won. ``counts``: quotations that once were open at
    that age, the figures' basis; ``won`` of them.
    """

    win_probabilities: tuple[float, ...]
    waits: tuple[float, ...]
    counts: tuple[int, ...]
    won: tuple[int, ...]

    def get_bands(self, ages) -> np.ndarray:
        """Return the position in :data:`QUOTATION_AGES` of quotations open for so many days."""
        ages = np.maximum(np.asarray(ages, dtype=float), 0)
        return np.searchsorted(QUOTATION_AGES, ages, side="right") - 1


def learn_win_rates(created_ago, ended_ages, won) -> WinRates:
    """Learn from past quotations, those confirmed on their first day left out.

    An age is judged by all quotations that reached it, and did so long enough ago for their fate
    to be known; those still open then count as not won. Few of them are drawn to the chance of
    the younger age: (won + 10 · younger) / (n + 10).

    :param created_ago: days since they were made; ``ended_ages``: days until they were won or
        cancelled, until today for open ones; ``won``: whether they were
    """
    created_ago = np.asarray(created_ago, dtype=float)
    ended, won = np.asarray(ended_ages, dtype=float), np.asarray(won, dtype=bool)
    quoted = np.isfinite(created_ago) & np.isfinite(ended) & ((ended >= 1) | ~won)
    created_ago, ended, won = created_ago[quoted], ended[quoted], won[quoted]
    chance, wait = DEFAULT_WIN_PROBABILITY, DEFAULT_WIN_DAYS
    rows = []
    for age in QUOTATION_AGES:
        reached = (ended >= age) & (created_ago >= age + MAX_WIN_DAYS)
        later = reached & won & (ended <= age + MAX_WIN_DAYS)
        count, wins = int(reached.sum()), int(later.sum())
        chance = (wins + YOUNGER_AGE_WEIGHT * chance) / (count + YOUNGER_AGE_WEIGHT)
        if wins >= MIN_WON:
            wait = float(np.median(ended[later] - age))
        rows.append((chance, wait, count, wins))
    return WinRates(*zip(*rows, strict=True))
