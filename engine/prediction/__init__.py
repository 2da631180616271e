"""What a customer will buy, when, and what that is worth.

From the days on which customers bought (:class:`OccasionLog`) to one model of the company
(:func:`fit_prediction`) to numbers of every customer (:func:`predict`): purchase process MBG/NBD
(Batislam et al. 2007; Fader, Hardie & Lee 2005), revenue by Gamma-Gamma (Fader & Hardie 2013),
profit by an empirical-Bayes mean, and an adjustment learned on the company's own past. Days,
company currency, probabilities 0 to 1; NaN where nothing can be said. Derivations, and what was
measured on public data: docs/prediction.md.
"""

from ..numerics import TraitPart, Traits
from .adjustment import Adjustment, find_intercept
from .customer_facts import CustomerFacts
from .gamma_gamma import GammaGamma, fit_gamma_gamma
from .fitting import fit_prediction
from .model import (
    PredictionModel,
    get_default_horizon,
    get_process_probability,
)
from .scoring import (
    Predictions,
    get_moves,
    get_purchases_within,
    get_revenue_per_occasion,
    predict,
    subtract_cost_to_serve,
)
from .level import Level
from .next_purchase import fit_regularity, get_next_purchase_wait
from .occasion_log import OccasionLog, Outcome
from .own_rhythm import OwnRhythm, explain_date
from .past_window import get_window_days
from .process_history import ProcessHistory
from .purchase_process import (
    PurchaseModel,
    fit_purchase_process,
    get_log_pause_survival,
    get_process_log_likelihood,
)
from .purchase_scores import (
    get_alive_probability,
    get_expected_purchases,
    get_living_purchases,
    get_new_customer_purchases,
    get_pause_probability,
    get_purchase_probability,
)
from .recent_purchases import RecentPurchases
from .shrunk_mean import DEFAULT_MEAN_WEIGHT, ShrunkMean, fit_shrunk_mean

__all__ = [
    "DEFAULT_MEAN_WEIGHT",
    "Adjustment",
    "CustomerFacts",
    "GammaGamma",
    "Level",
    "OccasionLog",
    "Outcome",
    "OwnRhythm",
    "PredictionModel",
    "Predictions",
    "ProcessHistory",
    "PurchaseModel",
    "RecentPurchases",
    "ShrunkMean",
    "TraitPart",
    "Traits",
    "explain_date",
    "find_intercept",
    "fit_gamma_gamma",
    "fit_prediction",
    "fit_purchase_process",
    "fit_regularity",
    "fit_shrunk_mean",
    "get_alive_probability",
    "get_default_horizon",
    "get_expected_purchases",
    "get_living_purchases",
    "get_log_pause_survival",
    "get_moves",
    "get_new_customer_purchases",
    "get_next_purchase_wait",
    "get_pause_probability",
    "get_process_log_likelihood",
    "get_process_probability",
    "get_purchase_probability",
    "get_purchases_within",
    "get_revenue_per_occasion",
    "get_window_days",
    "predict",
    "subtract_cost_to_serve",
]
