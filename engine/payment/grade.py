"""Grades on held-out months: against the customer's own share late, and against the due date."""

from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from .instalments import MOST_DELAY, Instalments
from .late_payment import (
    MIN_DAYS,
    OpenDocuments,
    fit_payment,
    foretell_payment_then,
)

# Windows in days before today: instalments issued in them, due before the last bound.
CUTS = (210, 120, 30)
MIN_ROWS = 30


@dataclass(frozen=True)
class Window:
    """One held-out window; errors of days are mean absolute ones, at most 90 days each.

    ``brier``: of the model; ``rule_brier``: of the own share late, ``common_brier``: of the share
    of all. ``days``: model, ``mean_days``: own mean delay, ``due_days``: the due date.
    """

    day: int
    instalments: int
    late: int
    brier: float
    rule_brier: float
    common_brier: float
    auc: float | None
    rule_auc: float | None
    days: float
    mean_days: float
    due_days: float
    within: float


@dataclass(frozen=True)
class PaymentGrade:
    """``grade``: A both beaten, B one of them, C none, ``None`` not graded (``reason``).

    The model is used only where it beat the rule on both windows; else the better rule is.
    """

    grade: str | None
    reason: str
    late_source: str
    day_source: str
    windows: tuple[Window, ...] = ()

    def to_dict(self) -> dict:
        """Return the grade as plain values."""
        return asdict(self)


def grade_payment(history: Instalments, today) -> PaymentGrade:
    """Foretell each instalment of two held-out windows on its first day, and compare.

    The model of a window knows what was known on its first day; the customers' own history goes on
    until the day before each instalment, as it will.
    """
    windows = [
        _judge(history, today, today - begin, today - end, today - CUTS[-1])
        for begin, end in pairwise(CUTS)
    ]
    windows = tuple(window for window in windows if window)
    if len(windows) < len(CUTS) - 1:
        known = history.issued[history.told <= today]
        is_long = len(known) and known.min() < today - CUTS[0] - MIN_DAYS
        reason = "few_instalments" if is_long else "short_history"
        return PaymentGrade(None, reason, "own_share", "own_mean", windows)
    beats_share = all(one.brier < min(one.rule_brier, one.common_brier) for one in windows)
    beats_days = all(one.days < min(one.mean_days, one.due_days) for one in windows)
    mean, due = (sum(getattr(one, name) for one in windows) for name in ("mean_days", "due_days"))
    rule = "due_date" if due <= mean else "own_mean"
    grade = {2: "A", 1: "B", 0: "C"}[beats_share + beats_days]
    reasons = {
        (True, True): "better_than_rules",
        (True, False): "better_than_share",
        (False, True): "better_than_due",
        (False, False): "no_better",
    }
    return PaymentGrade(
        grade,
        reasons[beats_share, beats_days],
        "model" if beats_share else "own_share",
        "model" if beats_days else rule,
        windows,
    )


def _judge(history, today, begin, end, last):
    """Return one window, ``None`` with too little before or in it."""
    now = history.as_of(today)
    held = (now.issued >= begin) & (now.issued < end) & (now.due < last) & (now.told <= today)
    model = fit_payment(history, begin, ("model", "model"))
    if model.level != "full" or held.sum() < MIN_ROWS:
        return None
    test = now.take(held)
    # A complaint made after the first day is not known on it.
    columns = (test.customers, test.issued, test.due, test.amounts)
    documents = OpenDocuments.of(*columns, *test.told_at_issue)
    outlook, share = foretell_payment_then(model, now, documents)
    delays = np.clip(np.where(np.isnan(test.ended), today - 1, test.ended) - test.due, -90, 365)
    return _measure(begin, model, test, delays, outlook, share)


def _measure(begin, model, test, delays, outlook, share):
    late = test.late.astype(float)
    low, day, high = (
        np.where(np.isnan(days), 365.0, days - test.due)
        for days in (outlook.low, outlook.day, outlook.high)
    )
    mean = np.where(np.isnan(outlook.own_delay), model.mean_delay, outlook.own_delay)
    errors = [
        float(np.minimum(np.abs(guess - delays), MOST_DELAY).mean())
        for guess in (day, np.rint(mean), np.zeros(len(delays)))
    ]
    return Window(
        int(begin),
        len(late),
        int(late.sum()),
        *(float(np.mean((p - late) ** 2)) for p in (outlook.late, share, model.share_late)),
        _get_auc(outlook.late, late),
        _get_auc(share, late),
        *errors,
        float(np.mean((low <= delays) & (delays <= high))),
    )


def _get_auc(scores, late):
    """Return the share of (late, in time) pairs in the right order; ``None`` without both."""
    positive = late > 0
    pairs = int(positive.sum()) * int((~positive).sum())
    if not pairs:
        return None
    values, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    total = ranks[places][positive].sum()
    count = positive.sum()
    return float((total - count * (count + 1) / 2) / pairs)
