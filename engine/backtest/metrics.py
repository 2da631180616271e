"""How good a forecast was: numbers that do not depend on the order of customers, ties included."""

import numpy as np


def get_auc(scores, happened) -> float | None:
    """Return P(a customer who did scores above one who did not), ties counting half.

    :return: ``None`` if all did or none did
    """
    happened = np.asarray(happened, dtype=bool)
    did, did_not = int(happened.sum()), int((~happened).sum())
    if not did or not did_not:
        return None
    return float((rank(scores)[happened].sum() - did * (did + 1) / 2) / (did * did_not))


def get_brier(probabilities, happened) -> float | None:
    """Return the mean squared error of probabilities (0 is perfect), ``None`` without any."""
    if not len(probabilities):
        return None
    return float(np.mean(np.square(np.asarray(probabilities) - np.asarray(happened, dtype=float))))


def get_mean_absolute_error(expected, actual) -> float | None:
    """Return the mean of |expected - actual| in their unit, ``None`` without any."""
    if not len(expected):
        return None
    return float(np.mean(np.abs(np.asarray(expected) - np.asarray(actual))))


def get_total_ratio(expected, actual) -> float | None:
    """Return Σ expected / Σ actual (1: no bias), ``None`` if the actual total is not positive."""
    total = float(np.sum(actual))
    return float(np.sum(expected)) / total if total > 0 else None


def get_rank_correlation(scores, actual) -> float | None:
    """Return Spearman's correlation, ``None`` if one side is all equal."""
    first, second = rank(scores), rank(actual)
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])


def get_capture(scores, money, customer_ratio: float) -> float | None:
    """Return the part of all money that the customers with the highest scores brought.

    Customers who tie at the border count in proportion.

    :param customer_ratio: how many customers, 0 to 1 (rounded up)
    :return: ``None`` without positive money, or when a score is no number
    """
    money, scores = np.asarray(money, dtype=float), np.asarray(scores, dtype=float)
    total = money.sum()
    if not len(money) or total <= 0 or not np.isfinite(scores).all():
        return None
    wanted = int(np.ceil(customer_ratio * len(money) - 1e-9))
    border = np.sort(scores)[len(money) - wanted]
    above, level = scores > border, scores == border
    part = (wanted - above.sum()) / level.sum()
    return float((money[above].sum() + part * money[level].sum()) / total)


def get_deciles(probabilities, happened, bins: int = 10) -> list[dict[str, float]]:
    """Return predicted against actual by tenth (or ``bins``) of customers, the likeliest first.

    Each: ``low``, ``high`` (probabilities), ``customers``, ``predicted``, ``actual`` (shares).
    """
    p = np.asarray(probabilities, dtype=float)
    happened = np.asarray(happened, dtype=float)
    order = np.lexsort((happened, -p))
    found = []
    for part in np.array_split(order, bins):
        if len(part):
            found.append(
                {
                    "low": float(p[part].min()),
                    "high": float(p[part].max()),
                    "customers": len(part),
                    "predicted": float(p[part].mean()),
                    "actual": float(happened[part].mean()),
                }
            )
    return found


def rank(values) -> np.ndarray:
    """Return ranks from 1; equal values get the mean of their ranks."""
    _distinct, where, counts = np.unique(
        np.asarray(values, dtype=float), return_inverse=True, return_counts=True
    )
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[where]
