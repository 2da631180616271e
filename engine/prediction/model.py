"""The prediction of a company: what is known once it is fitted, and what its processes say.

Fall-back ladder (``PredictionModel.level``): ``full``; ``few_customers``: the same, mostly from
the prior (say "estimated from typical shops"); ``short_history``: no probability is shown, only
RFM and own gaps; ``no_data``.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import purchase_scores
from .adjustment import Adjustment
from .customer_facts import CustomerFacts
from .gamma_gamma import GammaGamma
from .learned_features import get_features
from .level import Level
from .past_window import get_chances
from .purchase_process import PurchaseModel
from .shrunk_mean import ShrunkMean

MIN_CUSTOMERS, MIN_REPEATERS, MIN_DAYS = 200, 50, 180
VALUE_DAYS = 365
YEARLY_RATE = 0.10


@dataclass(frozen=True)
class PredictionModel:
    """All that is needed to score a customer; days and company currency.

    ``purchase_scale``: factor that keeps the total of expected purchases under the adjustment;
    ``season``: the factors of level and season on top of it.
    """

    today: int
    horizon: int
    level: str
    process: PurchaseModel
    dates: PurchaseModel
    value: ShrunkMean
    spend: GammaGamma | None
    adjustment: Adjustment
    purchase_scale: float = 1.0
    history_days: int = 0
    value_days: int = VALUE_DAYS
    yearly_rate: float = YEARLY_RATE
    season: Level = field(default_factory=Level)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "PredictionModel":
        """Read back what :meth:`to_json` wrote."""
        parts = {
            "process": PurchaseModel.from_json(data["process"]),
            "dates": PurchaseModel.from_json(data["dates"]),
            "value": ShrunkMean.from_json(data["value"]),
            "spend": GammaGamma.from_json(data["spend"]) if data["spend"] else None,
            "adjustment": Adjustment.from_json(data["adjustment"]),
            "season": Level.from_json(data.get("season", {})),
        }
        if "members" not in data["adjustment"]:  # of an earlier version
            parts["purchase_scale"] = 1.0
        return cls(**{**data, **parts})

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-able dictionary."""
        parts = ("process", "dates", "value", "spend", "adjustment", "season")
        found = {name: getattr(self, name) for name in parts}
        return vars(self) | {n: part.to_json() if part else None for n, part in found.items()}


def get_fallback_level(process: PurchaseModel, history_days: float) -> str:
    """Return the step of the fall-back ladder: ``full``, ``few_customers``, ``short_history`` …"""
    if not process.customers:
        return "no_data"
    if history_days < MIN_DAYS:
        return "short_history"
    enough = process.customers >= MIN_CUSTOMERS and process.repeaters >= MIN_REPEATERS
    return "full" if enough else "few_customers"


def get_default_horizon(median_gap: float | None) -> int:
    """Return h = max(90 days, twice the median gap between purchases), in days.

    :param median_gap: days, ``None`` if nobody has come back yet
    """
    return int(max(90, np.ceil(2 * (median_gap or 0))))


def get_start(model: PredictionModel, facts: CustomerFacts):
    """Return features (``None`` where it is not known what happened lately), chances, P(alive)."""
    chances, alive = get_chances(model.process, model.adjustment.cycle, facts, model.horizon)
    if alive is None:
        alive = get_random_alive(model, facts)
    features = None
    if facts.recent is not None and model.adjustment.is_learned:
        features = get_features(facts, chances, model.horizon, model.adjustment.amounts)
        features |= model.adjustment.get_trait_features(facts)
    return features, chances, alive


def get_random_alive(model: PredictionModel, facts: CustomerFacts) -> np.ndarray:
    """Return P(alive) by the process that takes purchases for random."""
    history = facts.history
    return purchase_scores.get_alive_probability(
        model.process, history.repeats, history.last, history.age
    )


def get_process_probability(model: PredictionModel, facts: CustomerFacts) -> np.ndarray:
    """Return P(buys within the horizon) by the purchase process alone, before the adjustment."""
    history = facts.history
    return purchase_scores.get_purchase_probability(
        model.process, history.repeats, history.last, history.age, model.horizon
    )


def get_process_purchases(model: PredictionModel, facts: CustomerFacts, days) -> np.ndarray:
    """Return expected purchases within some days by the process alone."""
    history = facts.history
    return purchase_scores.get_expected_purchases(
        model.process, history.repeats, history.last, history.age, days
    )
