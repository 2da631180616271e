"""Mends what the process says by what it got wrong on this company's own past.

The process knows only counts and dates and assumes purchases at random. What it misses (regular
buyers, long holidays, big spenders) is learned on past days whose outcome is known, by members of
different kinds whose log-odds are averaged. A member, an own cycle as the starting point, and the
counts are used only if they foretell better than the bare process on *two* days held out.
Only differences *between* customers are learned; the total stays that of the process, as a past
window says nothing about the level of the next one (:mod:`.level` does).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..numerics import LinearPart, TreeBooster, fit_grouped, fit_trees
from .learned_features import (
    FACTS,
    FEW,
    MANY,
    MAX_START,
    Chances,
    get_amount_bounds,
)
from .own_cycle import MIN_REPEATERS, SHAPES, fit_shape
from .past_window import PastWindow, get_window_days, join, make_window
from .purchase_process import PurchaseModel

# More customers tell nothing new.
MAX_SAMPLE = 8_000
PENALTY = 20.0  # in customers; it matters only below a thousand of them
COUNT_PENALTY = 50.0
# How much of the regression of counts, and of what was learned on probabilities, is tried for
# expected purchases; both on the log scale.
COUNT_WEIGHTS = ((1.0, 0.0), (0.5, 0.0), (0.0, 0.5))
# Trees need more than lines do: so many customers in a window.
MIN_TREE_CUSTOMERS = 200
FOLD_ROWS = 5_000  # with fewer, both halves of the customers are tried
MEMBERS = ("few", "many", "trees")


@dataclass(frozen=True)
class Adjustment:
    """What was learned. ``members``: of :data:`MEMBERS`; without any the process stays as it is.

    ``cycle``: the regular process that is started from, ``None`` where purchases come at random.
    ``counts``: what is added to the logarithm of expected purchases; ``count_weights``: how much
    of it, and how much of what the members do to the probability.
    ``usual``: mean of each feature, which stands in for a fact that is taken away.
    ``intercept``: added to log-odds, so that the total stays. ``amounts``: least and greatest
    revenue per occasion that is told apart. ``gains``: member -> gain in log loss on the newest
    window, and on the one furthest from it. ``reason``: ``learned``; ``few_customers``,
    ``short_history``, ``no_gain``: the process stays as it is.
    """

    reason: str = "few_customers"
    windows: int = 0
    amounts: tuple[float, float] = (1.0, 1.0)
    members: tuple[str, ...] = ()
    cycle: PurchaseModel | None = None
    few: LinearPart | None = None
    many: LinearPart | None = None
    trees: TreeBooster | None = None
    counts: LinearPart | None = None
    count_weights: tuple[float, float] = (0.0, 0.0)
    usual: dict[str, float] = field(default_factory=dict)
    intercept: float = 0.0
    gains: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def is_learned(self) -> bool:
        """Whether anything is added to the start."""
        return bool(self.members) or any(self.count_weights)

    @classmethod
    def from_json(cls, data) -> "Adjustment":
        """Read back what :meth:`to_json` wrote; what an earlier version learned is left out."""
        if "members" not in data:
            return cls(reason=data["reason"], windows=data["windows"])
        kinds = {"cycle": PurchaseModel, "trees": TreeBooster}
        kinds |= dict.fromkeys(("few", "many", "counts"), LinearPart)
        parts = {n: kind.from_json(data[n]) if data[n] else None for n, kind in kinds.items()}
        lists = {name: tuple(data[name]) for name in ("amounts", "members", "count_weights")}
        gains = {name: tuple(pair) for name, pair in data["gains"].items()}
        return cls(**{**data, **parts, **lists, "gains": gains})

    def to_json(self):
        """Return a JSON-able dictionary."""
        parts = {name: getattr(self, name) for name in ("cycle", "few", "many", "trees", "counts")}
        return vars(self) | {n: part.to_json() if part else None for n, part in parts.items()}

    def apply(self, features, chances: Chances) -> tuple[np.ndarray, np.ndarray]:
        """Return (P(buys), expected purchases) as mended; those of the start without members.

        :param features: of :func:`~.learned_features.get_features`, ``None`` where it is not
            known what the customers did lately
        """
        probability, purchases = chances.probability, chances.purchases
        if features is None:
            return probability, purchases
        if self.members:
            probability = _sigmoid(self.add_up(features) + self.intercept)
        return probability, purchases * self.get_count_factor(features, chances, probability)

    def get_count_factor(self, features, chances, probability) -> np.ndarray:
        """Return what expected purchases are multiplied by.

        :param probability: as mended
        """
        by_counts, by_odds = self.count_weights
        logs = np.zeros(len(probability))
        if by_counts:
            columns = [features[name] for name in _get_names(MANY, features)]
            logs += by_counts * self.counts.add(columns)
        if by_odds:
            plain = np.maximum(chances.probability, 1e-9)
            logs += by_odds * np.log(np.maximum(probability, 1e-9) / plain)
        return np.exp(logs)

    def add_up(self, features) -> np.ndarray:
        """Return the mean of the members' log-odds, without the intercept."""
        log_odds = [self.ask(member, features) for member in self.members]
        return sum(log_odds[1:], log_odds[0]) / len(log_odds)

    def get_moves(self, features) -> dict[str, np.ndarray]:
        """Return by fact what it adds to the log-odds: what would be missing if it were usual.

        Exact for the lines, which add up; for trees it is what changes when the fact is taken away.

        :return: fact of :data:`~.learned_features.FACTS` -> log-odds; empty without members
        """
        if not self.members:
            return {}
        whole = self.add_up(features)
        moves = {}
        for fact, names in FACTS.items():
            size = len(whole)
            usual = {n: np.full(size, self.usual[n]) for n in names if n in self.usual}
            moves[fact] = whole - self.add_up(features | usual)
        return moves

    def ask(self, member, features) -> np.ndarray:
        """Return the log-odds of one member alone."""
        names = _get_names(FEW if member == "few" else MANY, features)
        columns = [features[name] for name in names]
        moved = getattr(self, member).add(columns)
        start = np.clip(features["odds"], -MAX_START, MAX_START)
        return moved if member == "trees" else start + moved


def learn_adjustment(log, today: int, horizon: float) -> Adjustment:
    """Learn from the past of a log, as of a day.

    :param log: :class:`~.occasion_log.OccasionLog`; nothing after ``today`` is looked at
    :return: without an intercept (see :func:`keep_total`), or nothing learned, with the reason
    """
    log = log.sample(MAX_SAMPLE)
    days = get_window_days(log.first_day, today, horizon)
    if len(days) < 2:
        return Adjustment(reason="short_history")
    amounts = get_amount_bounds(log.as_of(today))
    windows = [make_window(log, day, length, amounts) for day, length in days]
    days = [day for day, window in zip(days, windows, strict=True) if window]
    windows = [window for window in windows if window]
    if len(windows) < 2:
        return Adjustment(reason="few_customers")
    found = Adjustment(reason="no_gain", windows=len(windows), amounts=amounts)
    cycle, windows, gain = _find_cycle(log, today, days, windows, amounts)
    found = replace(found, cycle=cycle, gains=gain)
    return _learn_members(found, windows)


def _find_cycle(log, today, days, windows, amounts):
    """Return (process with regular pauses or ``None``, windows that start from it, gain)."""
    # The shape is that of the earliest day, which all windows know.
    shape = fit_shape(log.as_of(min(day for day, _length in days)), SHAPES).shape
    if shape == 1:
        return None, windows, {}
    regular = [make_window(log, day, length, amounts, shape) for day, length in days]
    gains = []
    for place in (0, -1):
        plain, due = windows[place], regular[place]
        before = _get_log_loss(plain.chances.start, plain.bought)
        gains.append(before - _get_log_loss(due.chances.start, due.bought))
    gain = {"cycle": tuple(gains)}
    facts = log.as_of(today)
    if min(gains) <= 0 or (facts.occasions > 1).sum() < MIN_REPEATERS:
        return None, windows, gain
    return fit_shape(facts, (1, shape)), regular, gain


def _learn_members(found, windows):
    """Try each member, and ways to count; learn those that help from all windows."""
    candidates = MEMBERS if min(map(len, windows)) >= MIN_TREE_CUSTOMERS else MEMBERS[:-1]
    trials = _make_trials(windows, candidates)
    gains = {name: _get_gains(trials, _get_member_gain, name) for name in candidates}
    members = tuple(name for name in candidates if min(gains[name]) > 0)
    ways = {_get_way_name(way): way for way in COUNT_WEIGHTS if members or not way[1]}
    by_way = {
        name: _get_gains(trials, _get_count_gain, (members, way)) for name, way in ways.items()
    }
    best = max(by_way, key=lambda name: sum(by_way[name]))
    found = replace(found, gains=found.gains | gains | by_way)
    if members:
        found = replace(found, members=members, usual=_get_usual(windows), **_fit(windows, members))
    # Half of what members do is known to help already, if it does not harm on average.
    if min(by_way[best]) > 0 or (ways[best][1] and sum(by_way[best]) > 0):
        found = replace(found, count_weights=ways[best])
        if ways[best][0]:
            found = replace(found, counts=_fit_counts(windows))
    helps = found.is_learned or found.cycle
    return replace(found, reason="learned" if helps else found.reason)


def _make_trials(windows, members):
    """Return (learned parts, unseen window) by window held out: the newest, and the last one.

    Learned from half of the customers in the other windows, tried on the other half: neither
    the day nor the customer has been seen.
    """
    both = sum(map(len, windows)) < FOLD_ROWS
    trials = []
    for held in (0, len(windows) - 1):
        known, unseen = windows[:held] + windows[held + 1 :], windows[held]
        folds = []
        for half in (0, 1) if both else (0,):
            learned = [window.take(window.keys % 2 == half) for window in known]
            parts = _fit(learned, members) | {"counts": _fit_counts(learned)}
            folds.append((Adjustment(**parts), unseen.take(unseen.keys % 2 != half)))
        trials.append(folds)
    return trials


def _get_gains(trials, get_gain, what):
    """Return the mean gain of something on each of the two windows."""
    gains = ([get_gain(parts, unseen, what) for parts, unseen in folds] for folds in trials)
    return tuple(float(np.mean(values)) for values in gains)


def _get_member_gain(parts, unseen, member):
    before = _get_log_loss(unseen.chances.start, unseen.bought)
    log_odds = parts.ask(member, unseen.features)
    return before - _get_log_loss(log_odds, unseen.bought)


def _get_count_gain(parts, unseen, choice):
    members, way = choice
    tried = replace(parts, members=members, count_weights=way)
    tried = keep_total(tried, unseen.features, unseen.chances)
    _buys, expected = tried.apply(unseen.features, unseen.chances)
    before = _get_count_loss(unseen.chances.purchases, unseen.purchases)
    return before - _get_count_loss(expected, unseen.purchases)


def _get_usual(windows):
    names = windows[0].features
    return {
        name: float(np.concatenate([window.features[name] for window in windows]).mean())
        for name in names
    }


def _get_way_name(way):
    return f"counts_{way[0]}_{way[1]}"


def _fit(windows: Sequence[PastWindow], members):
    """Return name -> learned part."""
    names = _get_names(MANY, windows[0].features)
    columns, start, _expected, purchases, groups = join(windows, names)
    bought = (purchases > 0).astype(float)
    penalty = PENALTY * len(windows)
    parts = {}
    if "few" in members:
        chosen = [columns[names.index(name)] for name in _get_names(FEW, windows[0].features)]
        parts["few"] = fit_grouped(chosen, bought, start, groups, penalty)
    if "many" in members:
        parts["many"] = fit_grouped(columns, bought, start, groups, penalty)
    if "trees" in members:
        share = np.bincount(groups, bought) / np.bincount(groups)
        share = np.clip(share, 1e-3, 1 - 1e-3)
        parts["trees"] = fit_trees(columns, bought, np.log(share / (1 - share))[groups])
    return parts


def _fit_counts(windows):
    names = _get_names(MANY, windows[0].features)
    columns, _start, expected, purchases, groups = join(windows, names)
    penalty = COUNT_PENALTY * len(windows)
    logs = np.log(np.maximum(expected, 1e-9))
    return fit_grouped(columns, purchases, logs, groups, penalty, counts=True)


def _get_names(names, features):
    return (*names, "random_odds") if "random_odds" in features else names


def _get_log_loss(log_odds, bought):
    """Mean log loss by customer, levels equalled."""
    if not len(bought):
        return 0.0
    log_odds = log_odds + find_intercept(log_odds, bought.sum())
    return float(np.mean(np.logaddexp(0, log_odds) - bought * log_odds))


def _get_count_loss(expected, purchases):
    """Mean absolute error by customer, levels equalled."""
    total = purchases.sum()
    if not total:
        return 0.0
    return float(np.mean(np.abs(expected * (total / expected.sum()) - purchases)))


def keep_total(adjustment: Adjustment, features, chances: Chances) -> Adjustment:
    """Return the adjustment with the intercept that keeps the sum of the probabilities."""
    if not adjustment.members or not len(chances.probability):
        return adjustment
    raw = adjustment.add_up(features)
    return replace(adjustment, intercept=find_intercept(raw, float(chances.probability.sum())))


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


def _sigmoid(log_odds):
    return 1 / (1 + np.exp(-np.clip(log_odds, -700, 700)))
