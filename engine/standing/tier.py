"""Which loyalty tier a customer has earned, and when it may change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

# rule name -> True when more is better
RULE_IS_MINIMUM = {
    "revenue": True,
    "net_profit": True,
    "occasions": True,
    "tenure_days": True,
    "days_late": False,
    "satisfaction": True,
}


@dataclass(frozen=True)
class TierRules:
    """One tier: its rank (higher is better) and the limits that have been set.

    ``key``: whatever names the tier; ``limits``: rule of :data:`RULE_IS_MINIMUM` -> limit, money
    in company currency, satisfaction 0 to 100, lateness and tenure in days.
    """

    key: int
    rank: int
    limits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TierState:
    """The tier a customer holds (``None``: no tier yet) and the end of its period."""

    rank: int | None
    until: date | None


def is_tier_rule_met(name: str, value: float | None, limit: float) -> bool:
    """Tell whether a value satisfies a limit; an unknown value (``None``) never does.

    :param name: rule of :data:`RULE_IS_MINIMUM`
    :param limit: the least value that will do, or the greatest; in the unit of the value
    """
    if value is None:
        return False
    return value >= limit if RULE_IS_MINIMUM[name] else value <= limit


def get_earned_tier(
    tiers: Sequence[TierRules], values_by_tier: Mapping[int, Mapping[str, float | None]]
) -> TierRules | None:
    """Return the highest tier whose every rule holds for one customer, ``None`` if none does.

    :param values_by_tier: tier key -> rule name -> value over that tier's window
    """
    ordered = rank_tiers(tiers)
    values = {
        key: {name: np.array([value], dtype=float) for name, value in own.items()}
        for key, own in values_by_tier.items()
    }
    place = get_earned_tiers(ordered, values, 1)[0]
    return ordered[place] if place >= 0 else None


def rank_tiers(tiers: Sequence[TierRules]) -> list[TierRules]:
    """Return the tiers, the highest first."""
    return sorted(tiers, key=lambda tier: tier.rank, reverse=True)


def get_earned_tiers(
    ordered: Sequence[TierRules],
    values_by_tier: Mapping[int, Mapping[str, np.ndarray]],
    customers: int,
) -> np.ndarray:
    """Return the place of the highest tier whose every rule holds for each customer, -1: none.

    :param ordered: the highest first, as of :func:`rank_tiers`
    :param values_by_tier: tier key -> rule name -> values over that tier's window, NaN if unknown
    """
    found = np.full(customers, -1)
    for place in reversed(range(len(ordered))):
        tier = ordered[place]
        earned = np.ones(customers, dtype=bool)
        for name, limit in tier.limits.items():
            values = values_by_tier[tier.key][name]
            earned &= values >= limit if RULE_IS_MINIMUM[name] else values <= limit
        found[earned] = place
    return found


def may_tier_change(
    state: TierState, earned_rank: int | None, today: date, grace_days: int
) -> bool:
    """Tell of one customer what :func:`may_tiers_change` tells of many.

    :param earned_rank: rank of the earned tier, ``None`` if no tier was earned
    """
    until = state.until.toordinal() if state.until else None
    found = may_tiers_change([state.rank], [until], [earned_rank], today.toordinal(), grace_days)
    return bool(found[0])


def may_tiers_change(ranks, untils, earned_ranks, today: int, grace_days: int) -> np.ndarray:
    """Tell whether the earned tiers replace the held ones today.

    Up at once; down only when the tier period and then the grace days have passed; the
    same tier is renewed when its period has passed.

    :param ranks: of the tiers held, NaN without one; ``earned_ranks``: likewise
    :param untils: ordinals of the end of the period, NaN without one; ``today``: an ordinal
    :param grace_days: days after the end of the period in which nobody falls
    """
    held, until, earned = (np.asarray(v, dtype=float) for v in (ranks, untils, earned_ranks))
    is_held, is_earned = ~np.isnan(held), ~np.isnan(earned)
    is_same = earned == held
    limit = until + np.where(is_same, 0, grace_days)
    return np.select(
        [~is_held | (earned > held), np.isnan(until)], [is_earned, ~is_same], today > limit
    )
