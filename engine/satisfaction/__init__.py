"""The satisfaction score: dated facts to components to one number (0 to 100) and a state.

From answers, deliveries and complaints, each with the day it counts from; ages and half-lives in
days, ``None`` without a fact. Formulas and a worked example: docs/satisfaction_score.md.
"""

from .score import (
    COMPLAINT_DAYS,
    GAP_DIGITS,
    SCORE_DIGITS,
    SEVERITY_WEIGHTS,
    STILL_OPEN,
    SatisfactionEvidence,
    SatisfactionFacts,
    SatisfactionJudgement,
    SatisfactionLimits,
    combine_all_scores,
    combine_scores,
    count_facts,
    flatten_facts,
    get_burden_scores,
    get_decay_weights,
    get_decayed_means,
    get_gap_score,
    get_newest_days,
    is_speaking,
    judge_all,
    judge_satisfaction,
    round_all_half_up,
    round_half_up,
    select_facts,
)

__all__ = [
    "COMPLAINT_DAYS",
    "GAP_DIGITS",
    "SCORE_DIGITS",
    "SEVERITY_WEIGHTS",
    "STILL_OPEN",
    "SatisfactionEvidence",
    "SatisfactionFacts",
    "SatisfactionJudgement",
    "SatisfactionLimits",
    "combine_all_scores",
    "combine_scores",
    "count_facts",
    "flatten_facts",
    "get_burden_scores",
    "get_decay_weights",
    "get_decayed_means",
    "get_gap_score",
    "get_newest_days",
    "is_speaking",
    "judge_all",
    "judge_satisfaction",
    "round_all_half_up",
    "round_half_up",
    "select_facts",
]
