"""Which loyalty tier a customer has earned, and when it may change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

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
    """Return the highest tier whose every rule holds, ``None`` if none does.

    :param values_by_tier: tier key -> rule name -> value over that tier's window
    """
    for tier in sorted(tiers, key=lambda t: t.rank, reverse=True):
        values = values_by_tier[tier.key]
        if all(is_tier_rule_met(name, values[name], limit) for name, limit in tier.limits.items()):
            return tier
    return None


def may_tier_change(
    state: TierState, earned_rank: int | None, today: date, grace_days: int
) -> bool:
    """Tell whether the earned tier replaces the held one today.

    Up at once; down only when the tier period and then the grace days have passed; the
    same tier is renewed when its period has passed.

    :param earned_rank: rank of the earned tier, ``None`` if no tier was earned
    :param grace_days: days after the end of the period in which nobody falls
    """
    if state.rank is None or (earned_rank is not None and earned_rank > state.rank):
        return earned_rank is not None
    if state.until is None:
        return earned_rank != state.rank
    if earned_rank == state.rank:
        return today > state.until
    return today > state.until + timedelta(days=grace_days)
