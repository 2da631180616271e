"""Decisions on lifetime value: what a lead will be worth, and whether a customer is worth keeping.

From the lifetime values of customers like a lead; from a customer's probability to stay (0 to 1),
what they are worth if they do, and what a retention play costs and changes. Company currency;
``None`` and the verdict ``no_data`` where there is not enough data.
"""

from .lead_value import GROUP_WEIGHT, LeadValue, get_lead_value
from .retention import (
    MAX_STAY_PROBABILITY,
    MIN_STAY_PROBABILITY,
    RetentionPlays,
    RetentionVerdict,
    judge_retention,
    judge_retentions,
)

__all__ = [
    "GROUP_WEIGHT",
    "MAX_STAY_PROBABILITY",
    "MIN_STAY_PROBABILITY",
    "LeadValue",
    "RetentionPlays",
    "RetentionVerdict",
    "get_lead_value",
    "judge_retention",
    "judge_retentions",
]
