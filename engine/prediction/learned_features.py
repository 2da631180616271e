"""What is learned from about a customer on a day: fourteen numbers (docs/prediction.md)."""

from dataclasses import dataclass

import numpy as np

from .customer_facts import CustomerFacts

# Log-odds beyond this are taken for equal: the process is overconfident.
MAX_START = 3.0  # 5 % and 95 %
MAX_LOG_ODDS = 5.0
MIN_PURCHASES = 1e-3
# What is shown as one fact, and the features that tell it.
FACTS = {
    "rhythm": ("odds", "random_odds", "purchases", "pause", "own_pause"),
    "recent": ("count_90", "count_180", "count_365"),
    "season": ("season_count",),
    "money": ("amount", "revenue_180", "last_amount"),
    "history": ("count", "once", "age"),
}
FEW = ("odds", "count", "pause", "amount", "age")
MANY = (
    *("odds", "purchases", "count", "pause", "amount", "age", "own_pause"),
    *("count_90", "count_180", "count_365", "season_count"),
    *("revenue_180", "last_amount", "once"),
)


@dataclass(frozen=True)
class Chances:
    """What a process says of customers within a horizon: P(buys), and expected purchases.

    ``random``: P(buys) by the process without cycles, where another one is the starting point.
    """

    probability: np.ndarray
    purchases: np.ndarray
    random: np.ndarray | None = None

    def take(self, rows) -> "Chances":
        """Return those of the chosen customers."""
        random = None if self.random is None else self.random[rows]
        return Chances(self.probability[rows], self.purchases[rows], random)

    @property
    def start(self) -> np.ndarray:
        """The bounded log-odds, which learning starts from."""
        return np.clip(get_log_odds(self.probability), -MAX_START, MAX_START)


def get_log_odds(probabilities: np.ndarray) -> np.ndarray:
    """Return ln(p / (1-p)), infinite at 0 and 1."""
    with np.errstate(divide="ignore"):
        return np.log(probabilities) - np.log1p(-probabilities)


def get_amount_bounds(facts: CustomerFacts) -> tuple[float, float]:
    """Return the range of revenue per occasion of all but the oddest 1 % of customers."""
    amounts = facts.revenue / facts.occasions
    amounts = amounts[np.isfinite(amounts) & (amounts > 0)]
    if not len(amounts):
        return 1.0, 1.0
    low, high = np.quantile(amounts, (0.005, 0.995))
    return float(low), float(high)


def get_features(
    facts: CustomerFacts, chances: Chances, horizon: float, amounts: tuple[float, float]
) -> dict[str, np.ndarray]:
    """Return the features by name; logarithms of days, amounts and counts.

    :param facts: valid rows, with what happened lately; ``horizon``: days
    :param amounts: bounds of revenue per occasion, company currency
    """
    today, recent = facts.today, facts.recent
    middle = np.sqrt(amounts[0]) * np.sqrt(amounts[1])
    gap = np.where(
        facts.occasions > 1,
        (facts.last_days - facts.first_days) / np.maximum(facts.occasions - 1, 1),
        today - facts.first_days,
    )
    features = {
        "odds": np.clip(get_log_odds(chances.probability), -MAX_LOG_ODDS, MAX_LOG_ODDS),
        "purchases": np.log(np.maximum(chances.purchases, MIN_PURCHASES)),
        "count": np.log(facts.occasions),
        "pause": np.log(facts.pause + 7),
        "amount": np.log(np.clip(facts.revenue / facts.occasions, *amounts)),
        "age": np.log(today - facts.first_days + 30),
        "own_pause": np.log((facts.pause + 3) / (gap + 3)),
        "count_90": np.log1p(recent.count_between(today - 90, today)),
        "count_180": np.log1p(recent.count_between(today - 180, today)),
        "count_365": np.log1p(recent.count_between(today - 365, today)),
        "season_count": np.log1p(recent.count_between(today - 365, today - 365 + horizon)),
        "revenue_180": np.log1p(np.maximum(recent.revenue_180, 0) / middle),
        "last_amount": np.log(np.clip(recent.last_revenue, *amounts)),
        "once": (facts.occasions == 1).astype(float),
    }
    if chances.random is not None:
        odds = get_log_odds(chances.random)
        features["random_odds"] = np.clip(odds, -MAX_LOG_ODDS, MAX_LOG_ODDS)
    return features
