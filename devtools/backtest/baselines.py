"""What a statistician would try first: a logistic regression and gradient-boosted trees.

Both learn on the latest past window of the same length what customers with such facts did then,
and are asked about the facts of today. Trees only where scikit-learn is there.
"""

import numpy as np

MIN_DAYS_BEFORE = 90
RIDGE = 1.0
STEPS = 50


def get_baselines(log, facts, today: int, days: int) -> dict:
    """Return name -> probability to buy within the days, per customer of the facts.

    Empty without a past window in which some bought and some did not.

    :param log: OccasionLog; ``facts``: of it as of ``today``
    """
    if log.first_day is None or not len(facts):
        return {}
    window = min(days, (today - log.first_day - MIN_DAYS_BEFORE))
    if window < 1:
        return {}
    past = log.as_of(today - window)
    bought = log.get_outcome(past, window).purchases > 0
    if not len(past) or bought.all() or not bought.any():
        return {}
    known, asked = get_features(past), get_features(facts)
    found = {"logistic": fit_logistic(known, bought, asked)}
    trees = fit_trees(known, bought, asked)
    if trees is not None:
        found["trees"] = trees
    return found


def get_features(facts) -> np.ndarray:
    """Logarithms of occasions, pause, age, own gap, money and how late the customer is."""
    occasions = np.asarray(facts.occasions, dtype=float)
    pause = facts.today - facts.last_days
    span = facts.last_days - facts.first_days
    gap = np.where(occasions > 1, span / np.maximum(occasions - 1, 1), pause + span + 1)
    money = np.log1p(np.maximum(facts.revenue, 0))
    columns = [
        np.log(occasions),
        np.log1p(pause),
        np.log1p(pause + span),
        np.log1p(gap),
        np.log((pause + 3) / (gap + 3)),
        money,
        money - np.log(occasions),
        occasions == 1,
    ]
    return np.column_stack(columns).astype(float)


def fit_logistic(known, bought, asked) -> np.ndarray:
    """Return probabilities by a logistic regression with a weak ridge (Newton's method)."""
    centre, spread = known.mean(axis=0), known.std(axis=0)
    spread[spread < 1e-9] = 1
    inside, outside = (
        np.column_stack([np.ones(len(rows)), (rows - centre) / spread]) for rows in (known, asked)
    )
    penalty = np.full(inside.shape[1], RIDGE)
    penalty[0] = 1e-6
    slopes = np.zeros(inside.shape[1])
    for _step in range(STEPS):
        chance = _get_chance(inside @ slopes)
        gradient = inside.T @ (bought - chance) - penalty * slopes
        curve = (inside * (chance * (1 - chance))[:, None]).T @ inside + np.diag(penalty)
        change = np.linalg.solve(curve, gradient)
        slopes = slopes + np.clip(change, -2, 2)
        if np.abs(change).max() < 1e-8:
            break
    return _get_chance(outside @ slopes)


def fit_trees(known, bought, asked) -> np.ndarray | None:
    """Return probabilities by gradient-boosted trees as they come; ``None`` without the library."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415
    except ImportError:
        return None
    model = HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=6, random_state=0)
    return model.fit(known, bought).predict_proba(asked)[:, 1]


def _get_chance(log_odds):
    return 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
