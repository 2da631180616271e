"""Decisions on lifetime value: what a lead will be worth, who is like the best, whom to keep.

From the lifetime values of customers like a lead; from a customer's probability to stay (0 to 1),
what they are worth if they do, and what a retention play costs and changes; from two groups of
customers, one of them left alone, what a play has brought. Company currency;
``None`` and the verdict ``no_data`` where there is not enough data.
"""

from .lead_value import GROUP_WEIGHT, MIN_CUSTOMERS, LeadValue, get_lead_value
from .play_outcome import (
    PRIOR_DEVIATION,
    Difference,
    compare_amounts,
    compare_shares,
    draw_control,
    get_t_quantile,
    shrink_uplift,
)
from .prospect import get_likeness, get_trait_lift, get_value_bands, has_likeness
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
    "MIN_CUSTOMERS",
    "MIN_STAY_PROBABILITY",
    "PRIOR_DEVIATION",
    "Difference",
    "LeadValue",
    "RetentionPlays",
    "RetentionVerdict",
    "compare_amounts",
    "compare_shares",
    "draw_control",
    "get_lead_value",
    "get_likeness",
    "get_t_quantile",
    "get_trait_lift",
    "get_value_bands",
    "has_likeness",
    "judge_retention",
    "judge_retentions",
    "shrink_uplift",
]
