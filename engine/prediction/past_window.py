"""Past days whose outcome is known: what is learned from, and what is tried on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..numerics import Traits
from .customer_facts import CustomerFacts
from .learned_features import Chances, get_features
from .own_cycle import get_cycle_alive, get_cycle_probability
from .purchase_process import PurchaseModel, fit_purchase_process
from .purchase_scores import get_expected_purchases, get_purchase_probability

MIN_CUSTOMERS, MIN_EVENTS = 30, 5
MAX_WINDOW_RATIO = 0.4  # the window held out takes at most this part of the history
MIN_DAYS_BEFORE, MIN_RATIO_BEFORE = 60, 0.4
MAX_WINDOWS = 6
WINDOWS_PER_HORIZON = 3
YEAR = 365
MIN_DAYS_BEFORE_LAST_YEAR = 180


@dataclass(frozen=True)
class PastWindow:
    """One past day: what the process said, features by name, and what came within the horizon."""

    keys: np.ndarray
    chances: Chances
    features: dict[str, np.ndarray]
    purchases: np.ndarray
    day: int = 0
    traits: Traits | None = None

    def __len__(self):
        return len(self.keys)

    @property
    def bought(self) -> np.ndarray:
        """1 for who bought within the horizon, else 0."""
        return (self.purchases > 0).astype(float)

    def take(self, rows) -> "PastWindow":
        """Return the chosen customers.

        :param rows: a mask
        """
        features = {name: values[rows] for name, values in self.features.items()}
        traits = self.traits and self.traits.take(rows)
        return PastWindow(
            self.keys[rows], self.chances.take(rows), features, self.purchases[rows],
            self.day, traits,
        )  # fmt: skip


def get_window_days(first_day: int | None, today: int, horizon: float) -> list[tuple[int, int]]:
    """Return (day looked from, days held out), the newest first: a third of the horizon apart.

    Up to six, and the same season a year ago where there is that much history.

    :param first_day: of the company's sales, ``None`` without any; days as ordinals
    :return: none where the history is too short
    """
    if first_day is None:
        return []
    history = today - first_day
    length = int(min(horizon, history * MAX_WINDOW_RATIO))
    if length < 1:
        return []
    step = max(1, length // WINDOWS_PER_HORIZON)
    earliest = first_day + max(MIN_DAYS_BEFORE, MIN_RATIO_BEFORE * history)
    days = [today - length - number * step for number in range(MAX_WINDOWS)]
    days = [day for day in days if day >= earliest]
    a_year_ago = today - YEAR
    enough = history >= YEAR + MIN_DAYS_BEFORE_LAST_YEAR and length <= YEAR
    if enough and all(abs(day - a_year_ago) > step / 2 for day in days):
        days.append(a_year_ago)
    return [(day, length) for day in days]


def make_window(log, day: int, length: int, amounts, shape: int = 1) -> PastWindow | None:
    """Fit the process as of a past day and look up what happened after it.

    :param log: :class:`~.occasion_log.OccasionLog`; ``length``: days looked ahead
    :param amounts: bounds of revenue per occasion; ``shape``: of pauses; above 1 the own cycle is
        what is started from
    :return: ``None`` if there are too few customers of either kind to learn from
    """
    facts = log.as_of(day)
    purchases = log.get_outcome(facts, length).purchases.astype(float)
    events = int((purchases > 0).sum())
    if len(facts) < MIN_CUSTOMERS or not MIN_EVENTS <= events <= len(facts) - MIN_EVENTS:
        return None
    history = (facts.history.repeats, facts.history.last, facts.history.age)
    model = fit_purchase_process(*history)
    cycle = fit_purchase_process(*history, shape=shape) if shape > 1 else None
    chances, _alive = get_chances(model, cycle, facts, length)
    features = get_features(facts, chances, length, amounts)
    return PastWindow(facts.keys, chances, features, purchases, day, facts.traits)


def get_chances(
    model: PurchaseModel, cycle: PurchaseModel | None, facts: CustomerFacts, horizon: float
) -> tuple[Chances, np.ndarray | None]:
    """Return what the process says, or the own cycle where there is one, and its P(alive).

    Expected purchases follow the probability: those of the process, times how much likelier the
    cycle makes the first of them.

    :param facts: valid rows
    """
    history = (facts.history.repeats, facts.history.last, facts.history.age)
    probability = get_purchase_probability(model, *history, horizon)
    purchases = get_expected_purchases(model, *history, horizon)
    if cycle is None:
        return Chances(probability, purchases), None
    alive = get_cycle_alive(cycle, facts)
    due = get_cycle_probability(cycle, facts, horizon, alive)
    purchases = purchases * due / np.maximum(probability, 1e-9)
    return Chances(due, purchases, probability), alive


def join(windows: Sequence[PastWindow], names: Sequence[str]):
    """Return (columns, chances, purchases, number of the window) of all windows together."""
    columns = [np.concatenate([window.features[name] for window in windows]) for name in names]
    start = np.concatenate([window.chances.start for window in windows])
    expected = np.concatenate([window.chances.purchases for window in windows])
    purchases = np.concatenate([window.purchases for window in windows])
    groups = np.repeat(np.arange(len(windows)), [len(window) for window in windows])
    return columns, start, expected, purchases, groups
