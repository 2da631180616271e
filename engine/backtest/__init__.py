"""How good a prediction was on past days, beside the rules a shop could use without a model.

:func:`grade_prediction` fits and scores as of two past days of an ``OccasionLog`` and gives a
grade A to C, or the reason why there is none. The measures (AUC, Brier score, capture, deciles …)
do not depend on the order of customers, ties included. Days, occasions, company currency, shares
0 to 1; ``None`` where nothing can be compared. Results on public data: docs/prediction.md.
"""

from .grade import (
    MIN_CUSTOMERS,
    BacktestCut,
    GradeCard,
    get_date_error,
    get_similar,
    get_similar_percents,
    grade_prediction,
    is_date_comparable,
    is_seasonal,
    judge_cuts,
)
from .metrics import (
    get_auc,
    get_brier,
    get_capture,
    get_deciles,
    get_mean_absolute_error,
    get_rank_correlation,
    get_total_ratio,
)
from .simple_rules import SIMPLE_RULES, get_rule_dates, get_rule_purchases, get_rule_scores

__all__ = [
    "MIN_CUSTOMERS",
    "SIMPLE_RULES",
    "BacktestCut",
    "GradeCard",
    "get_auc",
    "get_brier",
    "get_capture",
    "get_date_error",
    "get_deciles",
    "get_mean_absolute_error",
    "get_rank_correlation",
    "get_rule_dates",
    "get_rule_purchases",
    "get_rule_scores",
    "get_similar",
    "get_similar_percents",
    "get_total_ratio",
    "grade_prediction",
    "is_date_comparable",
    "is_seasonal",
    "judge_cuts",
]
