"""Mathematics that numpy lacks; scipy is no dependency of Odoo.

Gamma and beta functions on arrays (exact to the last bits), the least value of a smooth function
of a few parameters, regression with an intercept per group, and boosted trees. Numbers without
units.
"""

from .bfgs import Minimum, minimise
from .grouped_regression import LinearPart, fit_grouped
from .special_functions import digamma, log_beta, log_gamma
from .tree_booster import TreeBooster, fit_trees

__all__ = [
    "LinearPart",
    "Minimum",
    "TreeBooster",
    "digamma",
    "fit_grouped",
    "fit_trees",
    "log_beta",
    "log_gamma",
    "minimise",
]
