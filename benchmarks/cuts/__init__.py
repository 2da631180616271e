"""The prediction on many cuts of the shared files and of made-up shops, half of them unseen.

Every second cut was looked at while the engine was made; the other half only when it was done.
Those of :mod:`.new_cuts` were added after that, and nothing was changed for them.
"""

import numpy as np

from devtools.backtest.baselines import get_baselines
from engine.backtest import (
    SIMPLE_RULES,
    get_auc,
    get_brier,
    get_capture,
    get_mean_absolute_error,
    get_rule_scores,
    get_total_ratio,
    is_seasonal,
)
from engine.prediction import (
    fit_prediction,
    get_expected_purchases,
    get_process_probability,
    predict,
)

from .known_cuts import Cut, iterate_cuts
from .new_cuts import iterate_new_cuts

HALVES = ("looked at", "unseen", "new")
# Behind gradient boosting by more than this is behind.
TREE_TOLERANCE = 0.001


def measure_cut(cut: Cut) -> dict[str, float]:
    """Return name -> figure of one cut: the prediction, the bare process, rules and trees."""
    model, facts = fit_prediction(cut.log, cut.day, cut.horizon), cut.log.as_of(cut.day)
    outcome = cut.log.get_outcome(facts, cut.horizon)
    came = outcome.purchases
    bought = came > 0
    found = predict(model, facts)
    plain = get_process_probability(model, facts)
    history = facts.history
    usual = get_expected_purchases(
        model.process, history.repeats, history.last, history.age, cut.horizon
    )
    rules = get_rule_scores(facts)
    worth = found.purchases * found.profit_per_occasion
    figures = {
        "AUC": get_auc(found.purchase_probability, bought),
        "AUC process": get_auc(plain, bought),
        "AUC rule": max(get_auc(rules[name], bought) for name in SIMPLE_RULES[:3]),
        "Brier": get_brier(found.purchase_probability, bought),
        "Brier process": get_brier(plain, bought),
        "MAE": get_mean_absolute_error(found.purchases, came),
        "MAE process": get_mean_absolute_error(usual, came),
        "total": not is_seasonal(get_total_ratio(found.purchases, came)),
        "total process": not is_seasonal(get_total_ratio(usual, came)),
        "capture": get_capture(worth, outcome.profit, 0.1),
        "capture RFM": get_capture(rules["rfm_sum"], outcome.profit, 0.1),
    }
    baselines = get_baselines(cut.log, facts, cut.day, cut.horizon)
    if "trees" in baselines:
        figures["AUC trees"] = get_auc(baselines["trees"], bought)
    return figures


def measure_cuts():
    """Yield (label, figure): cut by cut, then means by half and family, then the bars."""
    halves = {half: {} for half in HALVES}
    for number, cut in enumerate(iterate_cuts()):
        yield from _measure_into(halves[HALVES[number % 2]], HALVES[number % 2], cut)
    for cut in iterate_new_cuts():
        yield from _measure_into(halves["new"], "new", cut)
    for half, families in halves.items():
        yield from _add_up(half, families)


def _measure_into(families, half, cut):
    figures = measure_cut(cut)
    for family in (cut.family, "all"):
        families.setdefault(family, []).append(figures)
    for name in ("AUC", "AUC trees", "AUC rule"):
        if name in figures:
            yield f"{half}: {cut}: {name}", figures[name]


def _add_up(half, families):
    for family, rows in families.items():
        for name in rows[0]:
            yield f"{half}, {family}, {len(rows)} cuts: {name}", _get_mean(rows, name)
    rows = families["all"]
    yield f"{half}: totals off by more than a quarter, share", 1 - _get_mean(rows, "total")
    for name in ("Brier", "MAE"):
        ratios = [row[name] / row[f"{name} process"] for row in rows]
        yield f"{half}: {name} over that of the process, mean", float(np.mean(ratios))
    gained = _get_mean(rows, "AUC") - _get_mean(rows, "AUC process")
    yield f"{half}: AUC gained over the process, mean", gained
    worst = max(row["AUC process"] - row["AUC"] for row in rows)
    yield f"{half}: AUC lost against the process, worst cut", worst
    lost = np.array([row["AUC trees"] - row["AUC"] for row in rows if "AUC trees" in row])
    if len(lost):
        yield f"{half}: cuts with trees", len(lost)
        yield f"{half}: of them behind gradient boosting", int((lost > TREE_TOLERANCE).sum())
        yield f"{half}: AUC lost against gradient boosting, worst cut", lost.max()


def _get_mean(rows, name):
    """Mean of a figure; 0 where no cut has it, as few customers teach trees nothing."""
    values = [row[name] for row in rows if name in row]
    return float(np.mean(values)) if values else 0.0
