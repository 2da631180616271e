"""Mends the purchase probability by what the process got wrong on this company's own past.

The process knows only counts and dates and assumes purchases at random. What it misses (regular
buyers, long holidays, big spenders) is learned on past days whose outcome is known: a logistic
regression on few features, with the model's own log-odds as the starting point and a penalty on
leaving it. Only differences *between* customers are learned; the total stays that of the process,
as a past window of another season says nothing about the level of the next one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from .customer_facts import CustomerFacts
from .purchase_process import fit_purchase_process
from .purchase_scores import get_purchase_probability

MAX_LOG_ODDS = (
    3.0  # log-odds beyond this (5 % and 95 %) are taken for equal: the process is overconfident
)
PENALTY = 20.0  # in customers; it matters only below a thousand of them
MIN_CUSTOMERS, MIN_EVENTS = 200, 30
MAX_WINDOW_RATIO = 0.4  # the window held out takes at most this part of the history
YEAR = 365
MIN_DAYS_BEFORE_LAST_YEAR = 180
MAX_NEWTON_STEPS = 50
MAX_SAMPLE = 50_000


@dataclass(frozen=True)
class Adjustment:
    """Slopes on the features of :func:`get_features` and the intercept that keeps the total.

    ``amounts``: least and greatest revenue per occasion that is told apart.
    ``reason``: ``learned``; ``few_customers``, ``short_history``, ``no_gain``: no slopes, the
    probability stays that of the process.
    """

    slopes: tuple[float, ...] = ()
    intercept: float = 0.0
    amounts: tuple[float, float] = (1.0, 1.0)
    reason: str = "few_customers"
    windows: int = 0

    @classmethod
    def from_json(cls, data) -> "Adjustment":
        """Read back what :meth:`to_json` wrote."""
        pairs = {name: tuple(data[name]) for name in ("slopes", "amounts")}
        return cls(**{**data, **pairs})

    def to_json(self):
        """Return a JSON-able dictionary."""
        return asdict(self)

    def apply(self, facts: CustomerFacts, probabilities: np.ndarray) -> np.ndarray:
        """Return the probabilities of the process as mended; as they are without slopes.

        :param probabilities: to buy within the horizon, one per row of the facts
        """
        if not self.slopes:
            return probabilities
        offset, features = get_features(facts, probabilities, self.amounts)
        return _sigmoid(_add(offset, features, self.slopes) + self.intercept)


@dataclass(frozen=True)
class Window:
    """One past day: log-odds of the process, features, and who bought within the horizon."""

    offset: np.ndarray
    features: np.ndarray
    bought: np.ndarray


def get_features(
    facts: CustomerFacts, probabilities: np.ndarray, amounts: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounded log-odds, and them again beside count, pause, amount and age (logs).

    :param amounts: bounds of revenue per occasion, company currency
    :return: arrays of one row per customer: log-odds, and five features
    """
    with np.errstate(divide="ignore"):
        offset = np.clip(
            np.log(probabilities) - np.log1p(-probabilities), -MAX_LOG_ODDS, MAX_LOG_ODDS
        )
    amount = np.log(np.clip(facts.revenue / facts.occasions, *amounts))
    columns = (
        offset,
        np.log(facts.occasions),
        np.log(facts.pause + 7),
        amount,
        np.log(facts.today - facts.first_days + 30),
    )
    return offset, np.stack(columns, axis=1)


def learn_adjustment(log, today: int, horizon: float) -> Adjustment:
    """Learn from the past of a log, as of a day.

    :param log: :class:`~.occasion_log.OccasionLog`; nothing after ``today`` is looked at
    :return: slopes without an intercept (see :func:`keep_total`), or none with the reason
    """
    days = get_window_days(log.first_day, today, horizon)
    if not days:
        return Adjustment(reason="short_history")
    amounts = get_amount_bounds(log.as_of(today))
    windows = [make_window(log, day, length, amounts) for day, length in days]
    windows = [window for window in windows if is_enough(window)]
    if not windows:
        return Adjustment(reason="few_customers")
    if get_gain(windows) <= 0:
        return Adjustment(reason="no_gain", windows=len(windows))
    return Adjustment(
        tuple(float(slope) for slope in fit_slopes(windows)),
        amounts=amounts,
        reason="learned",
        windows=len(windows),
    )


def get_amount_bounds(facts: CustomerFacts) -> tuple[float, float]:
    """Return the range of revenue per occasion of all but the oddest 1 % of customers."""
    amounts = facts.revenue / facts.occasions
    amounts = amounts[amounts > 0]
    if not len(amounts):
        return 1.0, 1.0
    low, high = np.quantile(amounts, (0.005, 0.995))
    return float(low), float(high)


def get_window_days(first_day: int | None, today: int, horizon: float) -> list[tuple[int, int]]:
    """Return (day looked from, days held out): the latest past, and the same season a year ago.

    :param first_day: of the company's sales, ``None`` without any; days as ordinals
    :return: none where the history is too short
    """
    if first_day is None:
        return []
    history = today - first_day
    length = int(min(horizon, history * MAX_WINDOW_RATIO))
    if length < 1:
        return []
    days = [(today - length, length)]
    if history >= YEAR + MIN_DAYS_BEFORE_LAST_YEAR and length <= YEAR:
        days.append((today - YEAR, length))
    return days


def make_window(log, day: int, length: int, amounts: tuple[float, float]) -> Window:
    """Fit the process as of a past day and look up what happened after it."""
    facts = log.as_of(day)
    step = -(-len(facts) // MAX_SAMPLE)
    if step > 1:  # evenly through the customers: more of them tell nothing new
        facts = facts.take(np.arange(0, len(facts), step))
    history = (facts.history.repeats, facts.history.last, facts.history.age)
    model = fit_purchase_process(*history)
    probabilities = get_purchase_probability(model, *history, length)
    bought = log.get_outcome(facts, length).purchases > 0
    return Window(*get_features(facts, probabilities, amounts), bought.astype(float))


def is_enough(window: Window) -> bool:
    """Tell whether there are enough customers of both kinds to learn from."""
    events = window.bought.sum()
    size = len(window.bought)
    return size >= MIN_CUSTOMERS and MIN_EVENTS <= events <= size - MIN_EVENTS


def get_gain(windows: Sequence[Window]) -> float:
    """Return how much better unseen outcomes are foretold: log loss by customer, levels equalled.

    Learned on one window and tried on another; with one window, on every other customer.
    """
    if len(windows) > 1:
        pairs = [(windows[:i] + windows[i + 1 :], windows[i]) for i in range(len(windows))]
    else:
        halves = [Window(*(array[i::2] for array in vars(windows[0]).values())) for i in (0, 1)]
        pairs = [([halves[1]], halves[0]), ([halves[0]], halves[1])]
    return float(np.mean([_get_gain_on(fit_slopes(known), unseen) for known, unseen in pairs]))


def _get_gain_on(slopes, window):
    plain = _get_log_loss(window.offset, window.bought)
    return plain - _get_log_loss(window.offset + window.features @ slopes, window.bought)


def _get_log_loss(log_odds, bought):
    log_odds = log_odds + find_intercept(log_odds, bought.sum())
    return float(np.mean(np.logaddexp(0, log_odds) - bought * log_odds))


def fit_slopes(windows: Sequence[Window]) -> np.ndarray:
    """Return slopes by penalised logistic regression, one intercept per window (Newton steps).

    :return: one per feature of :func:`get_features`; 0 for one that never differs
    """
    features = np.concatenate([window.features for window in windows])
    spread = features.std(axis=0)
    spread[spread < 1e-9] = np.inf  # a feature that never differs gets no slope
    sizes = [len(window.bought) for window in windows]
    design = np.hstack(
        [
            np.repeat(np.eye(len(windows)), sizes, axis=0),
            (features - features.mean(axis=0)) / spread,
        ]
    )
    offset = np.concatenate([window.offset for window in windows])
    bought = np.concatenate([window.bought for window in windows])
    penalty = np.full(design.shape[1], PENALTY * len(windows))
    penalty[: len(windows)] = 1e-3
    weights = np.zeros(design.shape[1])
    for _step in range(MAX_NEWTON_STEPS):
        expected = _sigmoid(offset + design @ weights)
        gradient = design.T @ (bought - expected) - penalty * weights
        curvature = (design * (expected * (1 - expected))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        # Newton may overshoot where everything is nearly certain; a bounded step never does.
        weights += step / max(1.0, np.abs(step).max())
        if np.abs(step).max() < 1e-8:
            break
    return weights[len(windows) :] / spread


def keep_total(
    adjustment: Adjustment, facts: CustomerFacts, probabilities: np.ndarray
) -> Adjustment:
    """Return the adjustment with the intercept that keeps the sum of these probabilities."""
    if not adjustment.slopes or not len(facts):
        return adjustment
    offset, features = get_features(facts, probabilities, adjustment.amounts)
    raw = _add(offset, features, adjustment.slopes)
    return replace(adjustment, intercept=find_intercept(raw, float(probabilities.sum())))


def find_intercept(log_odds: np.ndarray, total: float) -> float:
    """Return what must be added to the log-odds so that the probabilities add up to a total.

    :param total: between 0 and the number of customers, moved inside by a millionth of them
    """
    margin = 1e-6 * len(log_odds)
    total = min(max(total, margin), len(log_odds) - margin)
    low, high = -log_odds.max() - 20, -log_odds.min() + 20
    for _halving in range(60):
        middle = (low + high) / 2
        if _sigmoid(log_odds + middle).sum() > total:
            high = middle
        else:
            low = middle
    return float((low + high) / 2)


def _add(offset, features, slopes):
    """Not a matrix product: its last bits depend on how many customers are scored together."""
    return offset + (features * np.array(slopes)).sum(axis=1)


def _sigmoid(log_odds):
    return 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))
