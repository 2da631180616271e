"""On which day money comes: hazards per band of delay, the customer's own drawn to the company's.

An open instalment says how long it has not been paid: it counts as at risk until today (Kaplan and
Meier 1958, in bands), so that slow payers are not overlooked.
"""

from dataclasses import dataclass

import numpy as np

# Upper ends of the bands in days after the due date; beyond the last: not within sight.
DELAYS = np.array(
    [-60, -45, -30, -21, -14, -10, -7, -5, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7, 10, 14, 17, 21, 25]
    + [30, 35, 42, 50, 60, 75, 90, 120, 150, 180, 240, 365],
    dtype=float,
)
STARTS = np.concatenate([[-90.0], DELAYS[:-1]])
ON_TIME = int(np.searchsorted(DELAYS, 0.0))
HALF_LIFE_DAYS = 365.0
# So many instalments of the company stand behind every customer's own.
COMPANY_WEIGHT = 4.0
# Current week and twelve more.
WEEKS = 13
QUANTILES = (0.1, 0.5, 0.9)
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class PaymentDays:
    """Per document: quantiles of the day, probability of being late, and of each week.

    ``days``: three columns, 10 %, 50 % and 90 %; NaN beyond a year after the due date.
    ``weeks``: 13 columns from the week of today on.
    """

    late: np.ndarray
    days: np.ndarray
    weeks: np.ndarray


def get_counts(history, today):
    """Return (paid in band, at risk in band) of instalments, one row each, weighted by age.

    At risk from the day of the invoice on; open ones until yesterday.
    """
    weights = np.exp(-np.log(2) / HALF_LIFE_DAYS * np.maximum(today - history.due, 0))[:, None]
    until = np.where(np.isnan(history.ended), today - 1, history.ended) - history.due
    begun = DELAYS >= (history.issued - history.due)[:, None]
    band = np.searchsorted(DELAYS, until)[:, None]
    bands = np.arange(len(DELAYS))
    closed = history.paid[:, None] & (bands == band)
    # Open, or written off: whole bands that went by without money.
    survived = (
        bands < np.where(history.paid, band[:, 0], np.searchsorted(DELAYS, until, "right"))[:, None]
    )
    return weights * closed, weights * (begun & (survived | closed))


def get_base_hazards(history, today):
    """Return the hazards of all instalments together: paid in a band of those open at its start."""
    paid, risk = np.zeros(len(DELAYS)), np.zeros(len(DELAYS))
    for start in range(0, len(history), ROWS_AT_ONCE):
        part = history.take(slice(start, start + ROWS_AT_ONCE))
        counts = get_counts(part, today)
        paid, risk = paid + counts[0].sum(axis=0), risk + counts[1].sum(axis=0)
    return np.where(risk > 0, paid / np.where(risk > 0, risk, 1.0), 0.0)


def get_own_hazards(history, base, customers, today):
    """Return one row of hazards per customer: (own paid + 4 · base) / (own at risk + 4)."""
    names, places = np.unique(customers, return_inverse=True)
    paid, risk = np.zeros((2, len(names), len(DELAYS)))
    own = history.take(np.isin(history.customers, names))
    for start in range(0, len(own), ROWS_AT_ONCE):
        part = own.take(slice(start, start + ROWS_AT_ONCE))
        rows = np.searchsorted(names, part.customers)
        counts = get_counts(part, today)
        np.add.at(paid, rows, counts[0])
        np.add.at(risk, rows, counts[1])
    hazards = (paid + COMPANY_WEIGHT * base) / (risk + COMPANY_WEIGHT)
    return hazards[places]


def get_payment_days(hazards, late, issued, due, today) -> PaymentDays:
    """Return when documents are paid, given hazards and the probability of being late.

    The mass before and after the due date is scaled to that probability; then what has passed
    without payment is taken away: today is the first day that can be.

    :param hazards: one row per document; ``late``: probability as of the issue; ``issued``,
        ``due``: days; ``today``: a day, or one per document
    """
    possible = DELAYS >= (issued - due)[:, None]
    hazards, late = np.clip(hazards, 0.0, 1.0) * possible, np.clip(late, 0.0, 1.0)
    left = np.cumprod(1 - hazards, axis=1)
    mass = hazards * np.concatenate([np.ones((len(left), 1)), left[:, :-1]], axis=1)
    never = left[:, -1]
    early = mass[:, : ON_TIME + 1].sum(axis=1)
    after = 1 - early
    down = np.divide(1 - late, early, out=np.ones(len(early)), where=early > 0)
    up = np.divide(late, after, out=np.ones(len(after)), where=after > 1e-12)
    mass = mass * np.where(np.arange(len(DELAYS)) <= ON_TIME, down[:, None], up[:, None])
    never = never * up
    mass, never = _take_past(mass, never, today - 1 - due)
    total = mass.sum(axis=1) + never
    scale = np.divide(1.0, total, out=np.zeros(len(total)), where=total > 0)
    mass, never = mass * scale[:, None], np.where(total > 0, never * scale, 1.0)
    found = 1 - mass[:, : ON_TIME + 1].sum(axis=1)
    first = np.maximum(today - due, STARTS[0])
    return PaymentDays(
        np.where(due < today, 1.0, np.clip(found, 0.0, 1.0)),
        _get_quantiles(mass, first) + due[:, None],
        _get_weeks(mass, due, today, first),
    )


def _take_past(mass, never, past):
    """Take away what could have come until ``past`` days after the due date."""
    past = past[:, None]
    rest = np.clip((DELAYS - past) / (DELAYS - STARTS), 0.0, 1.0)
    return mass * rest, never


def _get_lower(first):
    """Return the lower ends of the bands of what is left: never before today."""
    return np.minimum(np.maximum(STARTS, first[:, None] - 1), DELAYS)


def _get_quantiles(mass, first):
    """Return whole days after the due date by which 10, 50 and 90 % came; NaN where they do not."""
    reached = np.cumsum(mass, axis=1)
    lower = _get_lower(first)
    columns = []
    rows = np.arange(len(mass))
    for quantile in QUANTILES:
        is_there = reached[:, -1] >= quantile - 1e-12
        band = (reached >= quantile - 1e-12).argmax(axis=1)
        before = reached[rows, band] - mass[rows, band]
        share = np.divide(
            quantile - before, mass[rows, band], out=np.ones(len(mass)), where=mass[rows, band] > 0
        )
        start = lower[rows, band]
        day = np.ceil(start + np.clip(share, 0, 1) * (DELAYS[band] - start) - 1e-9)
        columns.append(np.where(is_there, np.maximum(day, first), np.nan))
    return np.stack(columns, axis=1).reshape(len(mass), len(QUANTILES))


def _get_weeks(mass, due, today, first):
    """Return the probability of being paid in each week; the first one ends on Sunday."""
    sunday = today + (-today) % 7  # ordinal 7 was a Sunday
    lower = _get_lower(first)
    widths = DELAYS - lower
    found, before = [], np.zeros(len(mass))
    for week in range(WEEKS):
        passed = (sunday + 7 * week - due)[:, None] - lower
        share = np.divide(passed, widths, out=np.zeros_like(widths), where=widths > 0)
        share = np.where(widths > 0, np.clip(share, 0.0, 1.0), passed >= 0)
        until = (mass * share).sum(axis=1)
        found.append(until - before)
        before = until
    return np.maximum(np.stack(found, axis=1).reshape(len(mass), WEEKS), 0.0)
