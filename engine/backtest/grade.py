"""Grades a prediction on past days whose outcome is known (docs/prediction.md, *Back-test*)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .. import prediction
from ..prediction import OccasionLog
from . import metrics, simple_rules

MIN_DAYS_BEFORE = 90
MIN_CUSTOMERS, MIN_EVENTS = 50, 10
# Off by more than a quarter either way: another season, not another customer.
MAX_TOTAL_RATIO = 1.25
MAX_EQUAL_AUC_LOSS, MAX_CLOSE_AUC_LOSS = 0.005, 0.02


@dataclass(frozen=True)
class BacktestCut:
    """What the prediction and the simple rules of one past day were worth.

    ``auc`` and ``capture``: name -> figure, ``model`` beside the rules; ``base_rate``: share who
    bought; ``total_ratio``: expected / actual occasions; ``deciles``: the likeliest tenth first.
    """

    day: int
    horizon: int
    customers: int
    base_rate: float
    auc: Mapping[str, float | None]
    capture: Mapping[str, float | None]
    brier: float
    total_ratio: float | None
    mean_absolute_error: float
    median_date_error: float | None
    deciles: list[dict[str, float]]
    level: str

    @property
    def until(self) -> int:
        """The last day of what was held out."""
        return self.day + self.horizon

    @property
    def best_rule_auc(self) -> float | None:
        """The AUC of the best simple rule."""
        return None if self.best_rule is None else self.auc[self.best_rule]

    @property
    def best_rule(self) -> str | None:
        """The simple rule with the highest AUC; of equal ones the first."""
        known = [rule for rule in simple_rules.GRADED_RULES if self.auc[rule] is not None]
        return max(known, key=self.auc.__getitem__, default=None)

    @property
    def left_of_ten(self) -> int | None:
        """Of the ten it called likeliest to leave, how many did not buy within the horizon.

        ``None`` without a tenth.
        """
        return round(10 * (1 - self.deciles[-1]["actual"])) if self.deciles else None


@dataclass(frozen=True)
class GradeCard:
    """``grade``: A, B, C or ``None``; ``reason``: a code with ``values``; newest cut first.

    It speaks for the season that was held out: the days after each ``day`` up to ``until`` of its
    cuts. ``similar``: (lowest probability, customers, share who bought) by tenth over all cuts.
    """

    grade: str | None
    reason: str
    values: Mapping[str, Any]
    seasonal: bool
    cuts: tuple[BacktestCut, ...]
    similar: tuple[tuple[float, int, float], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able dictionary."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "GradeCard":
        """Read back what :meth:`to_json` wrote."""
        cuts = tuple(BacktestCut(**cut) for cut in data["cuts"])
        similar = tuple(tuple(line) for line in data["similar"])
        return cls(**{**data, "cuts": cuts, "similar": similar})


def grade_prediction(log: OccasionLog, today: int, horizon: int) -> GradeCard:
    """Fit and score as of two past days and compare with what happened.

    :param today: ordinal of the last known day
    :param horizon: days held out after each of them
    :return: never fails; ``grade`` is ``None`` with the reason where nothing can be compared:
        ``no_data``, ``short_history``, ``few_customers``, ``few_events``
    """
    days = get_cut_days(log.first_day, today, horizon)
    if not days:
        history = -1 if log.first_day is None else today - log.first_day
        reason = "no_data" if history < 0 else "short_history"
        needed = horizon + MIN_DAYS_BEFORE
        return GradeCard(None, reason, {"days": max(history, 0), "needed": needed}, False, ())
    tried = [try_cut(log, day, horizon) for day in days]
    cuts = tuple(cut for cut, _predicted, _bought in tried if cut)
    if not cuts:
        facts = log.as_of(days[0])
        reason = "few_customers" if len(facts) < MIN_CUSTOMERS else "few_events"
        values = {"customers": len(facts), "needed": MIN_CUSTOMERS}
        return GradeCard(None, reason, values, False, ())
    predicted = np.concatenate([p for cut, p, _bought in tried if cut])
    bought = np.concatenate([b for cut, _p, b in tried if cut])
    letter, reason = judge_cuts(cuts)
    values = {"auc": cuts[0].auc["model"], "rule_auc": cuts[0].best_rule_auc}
    seasonal = any(is_seasonal(cut.total_ratio) for cut in cuts)
    return GradeCard(letter, reason, values, seasonal, cuts, get_similar_table(predicted, bought))


def get_cut_days(first_day: int | None, today: int, horizon: int) -> list[int]:
    """Return up to two past days: one horizon ago, and two, if 90 days were known by then."""
    if first_day is None:
        return []
    days = [today - horizon, today - 2 * horizon]
    return [day for day in days if day - first_day >= MIN_DAYS_BEFORE]


def try_cut(log: OccasionLog, day: int, horizon: int):
    """Return (cut, probabilities, outcomes), the cut ``None`` if too few did or did not buy."""
    model = prediction.fit_prediction(log, day, horizon)
    facts = log.as_of(day)
    found = prediction.predict(model, facts)
    outcome = log.get_outcome(facts, horizon)
    bought = outcome.purchases > 0
    events = min(bought.sum(), (~bought).sum())
    if len(facts) < MIN_CUSTOMERS or events < MIN_EVENTS:
        return None, found.purchase_probability, bought
    scores = simple_rules.get_rule_scores(facts)
    auc = {name: metrics.get_auc(values, bought) for name, values in scores.items()}
    capture = {
        name: metrics.get_capture(values, outcome.profit, 0.1) for name, values in scores.items()
    }
    cut = BacktestCut(
        day=day,
        horizon=horizon,
        customers=len(facts),
        base_rate=float(bought.mean()),
        auc={"model": metrics.get_auc(found.purchase_probability, bought), **auc},
        capture={"model": metrics.get_capture(found.value, outcome.profit, 0.1), **capture},
        brier=metrics.get_brier(found.purchase_probability, bought),
        total_ratio=metrics.get_total_ratio(found.purchases, outcome.purchases),
        mean_absolute_error=metrics.get_mean_absolute_error(found.purchases, outcome.purchases),
        median_date_error=get_date_error(facts, found.next_day, outcome),
        deciles=metrics.get_deciles(found.purchase_probability, bought),
        level=model.level,
    )
    return cut, found.purchase_probability, bought


def get_date_error(facts, next_days, outcome) -> float | None:
    """Return the median of |predicted - actual| days, of those with three repeats who bought.

    :return: ``None`` without any
    """
    rows = is_date_comparable(facts, next_days, outcome)
    if not rows.any():
        return None
    return float(np.median(np.abs(next_days - outcome.next_day)[rows]))


def is_date_comparable(facts, next_days, outcome) -> np.ndarray:
    """Tell whose predicted date can be compared with one that came: three repeats, and bought."""
    return (outcome.next_day >= 0) & (facts.occasions >= 4) & np.isfinite(next_days)


def is_seasonal(total_ratio: float | None) -> bool:
    """Tell whether the total was off by more than a quarter.

    :param total_ratio: expected / actual, ``None`` (nothing actual) is not
    """
    if total_ratio is None:
        return False
    return not 1 / MAX_TOTAL_RATIO <= total_ratio <= MAX_TOTAL_RATIO


def judge_cuts(cuts) -> tuple[str, str]:
    """Return grade (A, B, C) and reason code from the cuts, the worst one deciding."""
    behind = max(cut.best_rule_auc - cut.auc["model"] for cut in cuts)
    skill = min(1 - cut.brier / (cut.base_rate * (1 - cut.base_rate)) for cut in cuts)
    if behind > MAX_CLOSE_AUC_LOSS or skill <= 0:
        return "C", "worse_than_rule" if behind > MAX_CLOSE_AUC_LOSS else "worse_than_average"
    if behind > MAX_EQUAL_AUC_LOSS:
        return "B", "close_to_rule"
    if any(is_seasonal(cut.total_ratio) for cut in cuts):
        return "B", "seasonal"
    return "A", "better_than_rule" if behind < 0 else "equal_to_rule"


def get_similar_table(predicted, bought) -> tuple[tuple[float, int, float], ...]:
    """Return tenths as (lowest probability, customers, share who bought), the likeliest first."""
    deciles = metrics.get_deciles(predicted, bought)
    return tuple((part["low"], part["customers"], part["actual"]) for part in deciles)


def get_similar(card: GradeCard, purchase_probability: float | None) -> tuple[int, int] | None:
    """Return (bought, of): "37 of 100 like this one bought within h days", ``None`` if unknown.

    Customers like this one had a probability in the same tenth on the past days of the card.
    """
    if purchase_probability is None:
        return None
    percent = get_similar_percents(card, [purchase_probability])[0]
    return None if np.isnan(percent) else (int(percent), 100)


def get_similar_percents(card: GradeCard, purchase_probabilities) -> np.ndarray:
    """Return how many of 100 customers like these bought, see :func:`get_similar`; NaN: unknown."""
    buys = np.asarray(purchase_probabilities, dtype=float)
    if not card.similar:
        return np.full(len(buys), np.nan)
    percents = [float(round(100 * share)) for _low, _customers, share in card.similar]
    found = np.select([buys >= low for low, *_rest in card.similar], percents, percents[-1])
    return np.where(np.isfinite(buys), found, np.nan)
