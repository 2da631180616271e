"""Mends what the process says by what it got wrong on this company's own past.

The process knows only counts and dates and assumes purchases at random. What it misses (regular
buyers, long holidays, big spenders) is learned on past days whose outcome is known, by members of
different kinds whose log-odds are averaged. A member, an own cycle as the starting point, and the
counts are used only if they foretell better than the bare process on *two* days held out.
Only differences *between* customers are learned; the total stays that of the process, as a past
window says nothing about the level of the next one (:mod:`.level` does).
"""

from dataclasses import dataclass, field, replace

import numpy as np

from ..numerics import LinearPart, TraitPart, TreeBooster
from .learned_features import FACTS, FEW, MANY, MAX_START, Chances
from .purchase_process import PurchaseModel

MEMBERS = ("few", "many", "trees")
# The process itself among the members: where they help only together with it.
START = "start"
# What is called a fact of who the customer is, among the features and among what moved.
TRAIT = "trait:"


@dataclass(frozen=True)
class Adjustment:
    """What was learned. ``members``: of :data:`MEMBERS`, with :data:`START` where they help only
    beside the process; without any the process stays as it is.

    ``cycle``: the regular process that is started from, ``None`` where purchases come at random.
    ``counts``: what is added to the logarithm of expected purchases; ``count_weights``: how much
    of it, and how much of what the members do to the probability.
    ``traits``: what is added to log-odds for who the customer is; ``count_traits``: how much of it
    counts for purchases.
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
    traits: TraitPart | None = None
    count_traits: float = 0.0
    usual: dict[str, float] = field(default_factory=dict)
    intercept: float = 0.0
    gains: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def is_learned(self) -> bool:
        """Whether anything is added to the start."""
        return bool(self.members or self.traits) or any(self.count_weights)

    @classmethod
    def from_json(cls, data) -> "Adjustment":
        """Read back what :meth:`to_json` wrote; what an earlier version learned is left out."""
        if "members" not in data:
            return cls(reason=data["reason"], windows=data["windows"])
        kinds = {"cycle": PurchaseModel, "trees": TreeBooster, "traits": TraitPart}
        kinds |= dict.fromkeys(("few", "many", "counts"), LinearPart)
        parts = {n: kind.from_json(data[n]) if data.get(n) else None for n, kind in kinds.items()}
        lists = {name: tuple(data[name]) for name in ("amounts", "members", "count_weights")}
        gains = {name: tuple(pair) for name, pair in data["gains"].items()}
        return cls(**{**data, **parts, **lists, "gains": gains})

    def to_json(self):
        """Return a JSON-able dictionary."""
        names = ("cycle", "few", "many", "trees", "counts", "traits")
        parts = {name: getattr(self, name) for name in names}
        return vars(self) | {n: part.to_json() if part else None for n, part in parts.items()}

    def apply(self, features, chances: Chances) -> tuple[np.ndarray, np.ndarray]:
        """Return (P(buys), expected purchases) as mended; those of the start without members.

        :param features: of :func:`~.learned_features.get_features`, ``None`` where it is not
            known what the customers did lately
        """
        probability, purchases = chances.probability, chances.purchases
        if features is None:
            return probability, purchases
        if self.members or self.traits:
            probability = _sigmoid(self.add_up(features) + self.intercept)
        return probability, purchases * self.get_count_factor(features, chances, probability)

    def get_count_factor(self, features, chances, probability) -> np.ndarray:
        """Return what expected purchases are multiplied by.

        :param probability: as mended
        """
        by_counts, by_odds = self.count_weights
        logs = np.zeros(len(probability))
        if by_counts:
            columns = [features[name] for name in get_names(MANY, features)]
            logs += by_counts * self.counts.add(columns)
        if by_odds:
            plain = np.maximum(chances.probability, 1e-9)
            logs += by_odds * np.log(np.maximum(probability, 1e-9) / plain)
        if self.count_traits:  # d ln p = (1 - p) d log-odds
            logs += self.count_traits * (1 - probability) * self._add_traits(features)
        return np.exp(logs)

    def add_up(self, features) -> np.ndarray:
        """Return the mean of the members' log-odds and the facts, without the intercept."""
        log_odds = [self.ask(member, features) for member in self.members] or [features["odds"]]
        found = sum(log_odds[1:], log_odds[0]) / len(log_odds)
        return found + self._add_traits(features) if self.traits else found

    def get_known(self, members) -> tuple[str, ...]:
        """Return those of some members that were learned."""
        return tuple(m for m in members if m == START or getattr(self, m) is not None)

    def get_trait_features(self, facts) -> dict[str, np.ndarray]:
        """Return what each fact of who the customers are adds to log-odds, as features.

        :param facts: :class:`~.customer_facts.CustomerFacts`
        """
        if not self.traits:
            return {}
        moves = self.traits.get_moves(facts.traits, facts.today, len(facts))
        return {TRAIT + name: values for name, values in moves.items()}

    def _add_traits(self, features):
        names = [TRAIT + name for name in self.traits.names] if self.traits else []
        return sum((features[name] for name in names), np.zeros(len(features["odds"])))

    def get_moves(self, features) -> dict[str, np.ndarray]:
        """Return by fact what it adds to the log-odds: what would be missing if it were usual.

        Exact for the lines, which add up; for trees it is what changes when the fact is taken away.

        :return: fact of :data:`~.learned_features.FACTS`, and ``trait:`` with the name of a fact
            of who the customer is -> log-odds; empty where nothing was learned
        """
        if not (self.members or self.traits):
            return {}
        whole = self.add_up(features)
        moves = {name: values for name, values in features.items() if name.startswith(TRAIT)}
        for fact, names in FACTS.items():
            size = len(whole)
            usual = {n: np.full(size, self.usual[n]) for n in names if n in self.usual}
            moves[fact] = whole - self.add_up(features | usual)
        return moves

    def ask(self, member, features) -> np.ndarray:
        """Return the log-odds of one member alone."""
        start = np.clip(features["odds"], -MAX_START, MAX_START)
        if member == START:
            return start
        names = get_names(FEW if member == "few" else MANY, features)
        columns = [features[name] for name in names]
        moved = getattr(self, member).add(columns)
        return moved if member == "trees" else start + moved


def get_names(names, features) -> tuple[str, ...]:
    """Return the features a member asks for, with those of the process beside the own cycle."""
    return (*names, "random_odds") if "random_odds" in features else names


def keep_total(adjustment: Adjustment, features, chances: Chances) -> Adjustment:
    """Return the adjustment with the intercept that keeps the sum of the probabilities."""
    known = adjustment.members or adjustment.traits
    if not known or not len(chances.probability):
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
