"""Mathematics that numpy lacks; scipy is no dependency of Odoo.

Gamma and beta functions on arrays (exact to the last bits), and the least value of a smooth
function of a few parameters. Numbers without units.
"""

from .bfgs import Minimum, minimise
from .special_functions import digamma, log_beta, log_gamma

__all__ = ["Minimum", "digamma", "log_beta", "log_gamma", "minimise"]
