"""How likely a document is paid late: a ridge-penalised logistic regression on what was known then.

Each instalment teaches with what was known on the day it was made: the customer's own share late
drawn to the company's, its trend, own delays, amount, time to pay, complaints, month.
"""

import json
from dataclasses import asdict, dataclass, field

import numpy as np

from .delays import WEEKS, get_base_hazards, get_own_hazards, get_payment_days
from .habits import FEATURES, Habits
from .instalments import Instalments

# Refused below: instalments of which it is known, and days between the first and the last.
MIN_INSTALMENTS, MIN_DAYS = 30, 90
PENALTY, MONTH_PENALTY = 1.0, 5.0
MAX_STEPS, TOLERANCE = 50, 1e-9
# Newer ones teach enough.
MAX_ROWS = 200_000
COLUMNS = ("customers", "issued", "due", "amounts", "complaining", "disputed")
OUTLOOK = ("late", "day", "low", "high", "weeks", "own", "own_late", "own_delay", "parts")


@dataclass(frozen=True)
class OpenDocuments:
    """What is to be paid: due dates known, or to be expected (orders, quotations). Arrays."""

    customers: np.ndarray
    issued: np.ndarray
    due: np.ndarray
    amounts: np.ndarray
    complaining: np.ndarray
    disputed: np.ndarray

    @classmethod
    def of(cls, customers, issued, due, amounts, complaining=None, disputed=None):
        """Return documents from sequences, in the given order; due not before they are made."""
        size = len(customers)
        issued, due = np.array(issued, dtype=float), np.array(due, dtype=float)
        flags = [
            np.zeros(size, dtype=bool) if values is None else np.array(values, dtype=bool)
            for values in (complaining, disputed)
        ]
        amounts = np.abs(np.array(amounts, dtype=float))
        who = np.array(customers, dtype=np.int64)
        return cls(who, issued, np.fmax(due, issued), amounts, *flags)


@dataclass(frozen=True)
class PaymentModel:
    """One fit. ``level``: ``full``, or why nothing is foretold: ``no_data``, ``few_instalments``,
    ``short_history``.

    ``late_source``, ``day_source``: what is shown, the model or the simple rule it did not beat.
    """

    level: str
    instalments: int = 0
    history_days: int = 0
    customers: int = 0
    share_late: float = 0.0
    mean_delay: float = 0.0
    mean_log_amount: float = 0.0
    coefficients: tuple[float, ...] = ()
    means: tuple[float, ...] = ()
    hazards: tuple[float, ...] = ()
    late_source: str = "own_share"
    day_source: str = "own_mean"

    def to_json(self) -> str:
        """Return the model as text, exact to the last bit."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text) -> "PaymentModel":
        """Return the model of :meth:`to_json`."""
        values = json.loads(text)
        listed = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **listed})


@dataclass(frozen=True)
class PaymentOutlook:
    """Per document, NaN where nothing is foretold: ``late`` probability, ``day`` with range.

    ``own``: instalments of the customer whose end is known, ``own_late``: of these late,
    ``own_delay``: their mean delay (NaN without). ``parts``: what each feature adds to the
    log-odds against the mean instalment of the company.
    """

    late: np.ndarray
    day: np.ndarray
    low: np.ndarray
    high: np.ndarray
    weeks: np.ndarray
    own: np.ndarray
    own_late: np.ndarray
    own_delay: np.ndarray
    parts: np.ndarray = field(repr=False)


def fit_payment(history: Instalments, today, sources=("own_share", "own_mean")) -> PaymentModel:
    """Learn from all instalments whose end is known on a day (that day's money not included).

    :param sources: what the grade allows to be shown (``late``, ``day``)
    """
    history = history.as_of(today)
    known = history.told <= today
    count = int(known.sum())
    if not count:
        return PaymentModel("no_data")
    span = int(history.issued[known].max() - history.issued[known].min())
    common = {
        "instalments": count,
        "history_days": span,
        "customers": len(np.unique(history.customers[known])),
    }
    if count < MIN_INSTALMENTS or span < MIN_DAYS:
        level = "few_instalments" if count < MIN_INSTALMENTS else "short_history"
        return PaymentModel(level, **common)
    late, delays = history.late[known].astype(float), history.bounded_delays
    share = (late.sum() + 1) / (count + 2)
    paid = ~np.isnan(delays)
    delay = float(delays[paid].mean()) if paid.any() else 0.0
    log_amount = float(np.log1p(history.amounts).mean())
    rows = np.flatnonzero(known)
    rows = np.sort(rows[np.argsort(history.issued[rows], kind="stable")][-MAX_ROWS:])
    lessons = history.take(rows)
    habits = Habits(history, share, delay, log_amount)
    # What was known in the morning of the day it was made.
    features = habits.get_features(lessons, lessons.issued - 1)
    coefficients = _fit_logistic(features, lessons.late.astype(float))
    return PaymentModel(
        "full",
        **common,
        share_late=float(share),
        mean_delay=delay,
        mean_log_amount=log_amount,
        coefficients=tuple(coefficients.tolist()),
        means=tuple(features.mean(axis=0).tolist()),
        hazards=tuple(get_base_hazards(history, today).tolist()),
        late_source=sources[0],
        day_source=sources[1],
    )


def foretell_payment(
    model: PaymentModel, history: Instalments, documents: OpenDocuments, today
) -> PaymentOutlook:
    """Foretell documents from their customers' instalments, as known in the morning of a day.

    :param history: of these customers at least; others change nothing
    """
    if model.level != "full":
        return _get_nothing(len(documents.customers))
    habits = _make_habits(model, history.as_of(today))
    return _foretell(model, habits, history, documents, today, np.full(len(documents.due), today))


def foretell_payment_then(
    model: PaymentModel, history: Instalments, documents: OpenDocuments
) -> tuple[PaymentOutlook, np.ndarray]:
    """Foretell documents as it would have been done on the day of each; for grades.

    Habits are those until the day before, days of payment those until the Monday before.

    :return: the outlook, and what the rule of the own share late says
    """
    habits = _make_habits(model, history)
    weeks = documents.issued - (documents.issued - 1) % 7
    outlook = _get_nothing(len(weeks))
    for monday in np.unique(weeks):
        rows = np.flatnonzero(weeks == monday)
        part = OpenDocuments(*(getattr(documents, name)[rows] for name in COLUMNS))
        found = _foretell(model, habits, history, part, monday, part.issued)
        for name in OUTLOOK:
            getattr(outlook, name)[rows] = getattr(found, name)
    return outlook, habits.get_rules(documents.customers, documents.issued - 1)[0]


def _make_habits(model, history):
    return Habits(history, model.share_late, model.mean_delay, model.mean_log_amount)


def _foretell(model, habits, history, documents, as_of, days):
    """Foretell documents; ``as_of``: what days of payment are learned until, ``days``: habits."""
    known = days - 1.0
    features = habits.get_features(documents, known)
    coefficients = np.array(model.coefficients)
    own, own_late, own_delay = habits.get_own(documents.customers, known)
    _share, rule_delay = habits.get_rules(documents.customers, known)
    late = habits.get_shares(documents.customers, known)  # one that was late says little
    if model.late_source == "model":
        late = _expit(coefficients[0] + features @ coefficients[1:])
    base = np.array(model.hazards)
    hazards = get_own_hazards(history.as_of(as_of), base, documents.customers, as_of)
    found = get_payment_days(hazards, late, documents.issued, documents.due, days)
    low, day, high = found.days.T
    weeks = found.weeks
    if model.day_source != "model":
        delay = rule_delay if model.day_source == "own_mean" else 0.0
        day = np.maximum(documents.due + np.rint(delay), days)
        low, high = np.fmin(low, day), np.where(np.isnan(high), np.nan, np.fmax(high, day))
        weeks = _get_one_week(day, days, weeks.shape)
    parts = (features - np.array(model.means)) * coefficients[1:]
    return PaymentOutlook(found.late, day, low, high, weeks, own, own_late, own_delay, parts)


def _get_nothing(size):
    late, day, low, high, own_delay = np.full((5, size), np.nan)
    own, own_late = np.zeros((2, size))
    weeks, parts = np.full((size, WEEKS), np.nan), np.zeros((size, len(FEATURES)))
    return PaymentOutlook(late, day, low, high, weeks, own, own_late, own_delay, parts)


def _get_one_week(day, today, shape):
    """Return all of it in the week of the day."""
    sunday = today + (-today) % 7
    week = np.ceil(np.maximum(day - sunday, 0) / 7)
    return (week[:, None] == np.arange(shape[1])).astype(float)


def _expit(score):
    return 1 / (1 + np.exp(-np.clip(score, -30, 30)))


def _fit_logistic(features, labels):
    """Return intercept and coefficients: Newton's method on the penalised likelihood."""
    design = np.column_stack([np.ones(len(features)), features])
    penalty = np.array([1e-6] + [PENALTY] * 9 + [MONTH_PENALTY] * 12)
    point = np.zeros(design.shape[1])
    share = np.clip(labels.mean(), 1e-3, 1 - 1e-3)
    point[0] = np.log(share / (1 - share))
    loss = _get_loss(design, labels, penalty, point)
    for _step in range(MAX_STEPS):
        chance = _expit(design @ point)
        slope = design.T @ (chance - labels) + penalty * point
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(penalty)
        change = np.linalg.solve(curve, slope)
        size = 1.0
        while size > 1e-6:
            trial = point - size * change
            new = _get_loss(design, labels, penalty, trial)
            if new <= loss:
                break
            size /= 2
        else:
            break
        point, gain, loss = trial, loss - new, new
        if gain < TOLERANCE * (1 + abs(loss)):
            break
    return point


def _get_loss(design, labels, penalty, point):
    score = np.clip(design @ point, -30, 30)
    return np.sum(np.logaddexp(0, score) - labels * score) + (penalty * point**2).sum() / 2
