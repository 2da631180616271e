"""Which products a customer may need next, and which categories are bought elsewhere.

From invoice lines net of returns (:class:`PurchaseLines`) to baskets (:class:`BasketHistory`) to
three lists with the figures behind them (:class:`Offers`): own products that are overdue, new ones
that go with the own ones, better ones of the same category. Products and customers are positions
in the keys of a basket history, -1 for none; gaps in days, amounts in company currency, ratios
0 to 1. Formulas and back-tests: docs/prediction.md.
"""

from .affinity import (
    MAX_NEIGHBOURS,
    POPULARITY,
    REGRESSION,
    AffinityGrade,
    AffinityTables,
    count_customer_pairs,
    fit_affinity,
    grade_affinity,
)
from .basket_history import BasketHistory
from .category_needs import MIN_ALIKE, CategoryNeeds, get_category_needs
from .offers import (
    Offers,
    PairValues,
    offer_best_sellers,
    offer_cross_sells,
    offer_reorders,
    offer_up_sells,
    reposition_tables,
)
from .purchase_lines import PurchaseLines
from .reorders import Reorders, get_reorders, suggest_repeats
from .stopped_categories import StoppedCategories, UsualLimits, get_stopped_categories
from .suggestions import HitRate, Suggestions, evaluate_suggestions, suggest_new_products
from .up_sell import UpSells, get_up_sells
from .win_backs import GroupedOffers, offer_win_backs

__all__ = [
    "MAX_NEIGHBOURS",
    "MIN_ALIKE",
    "POPULARITY",
    "REGRESSION",
    "AffinityGrade",
    "AffinityTables",
    "BasketHistory",
    "CategoryNeeds",
    "GroupedOffers",
    "HitRate",
    "Offers",
    "PairValues",
    "PurchaseLines",
    "Reorders",
    "StoppedCategories",
    "Suggestions",
    "UpSells",
    "UsualLimits",
    "count_customer_pairs",
    "evaluate_suggestions",
    "fit_affinity",
    "get_category_needs",
    "get_reorders",
    "get_stopped_categories",
    "get_up_sells",
    "grade_affinity",
    "offer_best_sellers",
    "offer_cross_sells",
    "offer_reorders",
    "offer_up_sells",
    "offer_win_backs",
    "reposition_tables",
    "suggest_new_products",
    "suggest_repeats",
]
