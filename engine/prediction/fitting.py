"""Fitting the prediction of a company on the log of its sales."""

from dataclasses import replace

import numpy as np

from .adjustment import find_intercept, keep_total
from .gamma_gamma import fit_gamma_gamma
from .learned_features import get_log_odds
from .learning import learn_adjustment
from .level import get_scaled_total, learn_level
from .model import VALUE_DAYS, YEARLY_RATE, PredictionModel, get_fallback_level, get_start
from .next_purchase import fit_regularity
from .occasion_log import OccasionLog
from .purchase_process import fit_purchase_process
from .shrunk_mean import fit_shrunk_mean

# Totals are kept, and levels learned, on so many customers: more tell nothing new.
MAX_SAMPLE = 50_000


def fit_prediction(
    log: OccasionLog,
    today: int,
    horizon: int,
    *,
    value_days: int = VALUE_DAYS,
    yearly_rate: float = YEARLY_RATE,
) -> PredictionModel:
    """Fit all parts on what was known at the end of a day; never fails.

    :param today: ordinal of that day; nothing later is looked at
    :param horizon: days within which "buys again" is asked for, at least 1
    :param value_days: days whose purchases make the value; ``yearly_rate``: discount, 0.1 for 10 %
    """
    horizon = max(int(horizon), 1)
    facts = log.as_of(today, recent=False)
    history = facts.history
    process = fit_purchase_process(history.repeats, history.last, history.age)
    adjustment = learn_adjustment(log, today, horizon)
    sample = log.sample(MAX_SAMPLE)
    model = PredictionModel(
        today=int(today),
        horizon=horizon,
        level=get_fallback_level(process, process.window),
        process=process,
        dates=adjustment.cycle or fit_regularity(facts),
        value=fit_shrunk_mean(facts.profit, facts.profit_squares, facts.occasions),
        spend=fit_gamma_gamma(facts.revenue / facts.occasions, facts.occasions),
        adjustment=adjustment,
        history_days=int(process.window),
        value_days=value_days,
        yearly_rate=yearly_rate,
        season=learn_level(
            sample,
            today,
            horizon,
            value_days,
            adjustment.cycle.shape if adjustment.cycle else 1,
        ),
    )
    return _keep_totals(model, sample.as_of(today))


def _keep_totals(model, facts):
    """Set the levels: the totals of the process, times what level and season make of them."""
    facts = facts.take(np.flatnonzero(facts.history.is_valid()))
    if not len(facts):
        return model
    features, chances, alive = get_start(model, facts)
    adjustment = keep_total(model.adjustment, features, chances)
    buys, purchases = adjustment.apply(features, chances)
    scale = float(chances.purchases.sum()) / max(float(purchases.sum()), 1e-12)
    season = model.season
    if season.horizon != 1:
        total = get_scaled_total(buys, alive, season.horizon)
        odds = np.clip(get_log_odds(buys), -700, 700)
        season = replace(season, shift=find_intercept(odds, total))
    return replace(model, adjustment=adjustment, purchase_scale=scale, season=season)
