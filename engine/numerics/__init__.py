"""Mathematics that numpy lacks; scipy is no dependency of Odoo.

Gamma and beta functions on arrays (exact to the last bits), the least value of a smooth function
of a few parameters, regression with an intercept per group, boosted trees, and sums of money that
do not depend on the order of rows.
"""

from .bfgs import Minimum, minimise
from .grouped_regression import LinearPart, fit_grouped
from .money import MONEY_UNIT, drop_dust, get_money_unit, sum_by_code
from .special_functions import digamma, log_beta, log_gamma
from .traits import TraitPart, Traits, choose_columns, encode_traits, fit_traits
from .tree_booster import TreeBooster, fit_trees

__all__ = [
    "MONEY_UNIT",
    "LinearPart",
    "Minimum",
    "TraitPart",
    "Traits",
    "TreeBooster",
    "choose_columns",
    "digamma",
    "drop_dust",
    "encode_traits",
    "fit_grouped",
    "fit_traits",
    "fit_trees",
    "get_money_unit",
    "log_beta",
    "log_gamma",
    "minimise",
    "sum_by_code",
]
