"""Where a customer stands: RFM scores and segment, value class, lifecycle stage, loyalty tier.

Computed from a customer's own facts (occasion days, revenue and profit in company currency) and,
for what compares customers, from the :class:`Cutoffs` of the last full run: a score is a pure
function of value and cutoffs, for one customer or a million. RFM scores are 1 to 5, value classes
A to D and N, gaps and pauses days; ``None`` where there is not enough data. Definitions:
docs/formulas.md.
"""

from .cutoffs import Cutoffs
from .gaps import (
    MAX_WON_BACK_DAYS,
    GapSummary,
    GapTable,
    get_weighted_quantiles,
    summarise_gaps,
)
from .lifecycle import (
    STAGES,
    CompanyGaps,
    LeavingDays,
    StageFacts,
    StagePrediction,
    are_slipping_mildly,
    get_pause_limits,
    get_risk_bands,
    get_stage,
    get_stages,
    is_slipping_mildly,
)
from .rfm import (
    SEGMENTS,
    get_fm_scores,
    get_rfm_scores,
    get_score_cutoffs,
    get_segment,
    get_segments,
)
from .tier import (
    RULE_IS_MINIMUM,
    TierRules,
    TierState,
    get_earned_tier,
    get_earned_tiers,
    is_tier_rule_met,
    may_tier_change,
    may_tiers_change,
    rank_tiers,
)
from .value_class import get_class_cutoffs, get_value_class, get_value_classes

__all__ = [
    "MAX_WON_BACK_DAYS",
    "RULE_IS_MINIMUM",
    "SEGMENTS",
    "STAGES",
    "CompanyGaps",
    "Cutoffs",
    "GapSummary",
    "GapTable",
    "LeavingDays",
    "StageFacts",
    "StagePrediction",
    "TierRules",
    "TierState",
    "are_slipping_mildly",
    "get_class_cutoffs",
    "get_earned_tier",
    "get_earned_tiers",
    "get_pause_limits",
    "get_fm_scores",
    "get_rfm_scores",
    "get_risk_bands",
    "get_score_cutoffs",
    "get_segment",
    "get_segments",
    "get_stage",
    "get_stages",
    "get_value_class",
    "get_value_classes",
    "get_weighted_quantiles",
    "is_slipping_mildly",
    "is_tier_rule_met",
    "may_tier_change",
    "may_tiers_change",
    "rank_tiers",
    "summarise_gaps",
]
