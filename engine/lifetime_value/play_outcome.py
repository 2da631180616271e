"""What a play has brought: play group against control group (docs/plays.md)."""

from dataclasses import dataclass

import numpy as np

from ..numerics import log_beta

CONFIDENCE = 0.95
# How far, in shares of those who would leave, the effect of a play may well be from the setting.
PRIOR_DEVIATION = 0.10
_NORMAL_975 = 1.959963984540054
_STEPS = 200


@dataclass(frozen=True)
class Difference:
    """Play group less control group, with a 95 % interval; NaN where a group is too small.

    ``play``, ``control``: mean per customer (an amount, or a share of 0 to 1).
    """

    play: float
    control: float
    difference: float
    low: float
    high: float


def draw_control(keys, share: float, seed: int):
    """Return which customers are the control group, as booleans in the order of the keys.

    The same keys, share and seed always give the same group, whatever the order. With two
    customers or more and a share above 0, both groups have somebody.

    :param keys: whole numbers that tell the customers, each once
    :param share: of the customers, 0 to 1
    """
    keys = np.asarray(keys, dtype=np.int64)
    count = len(keys)
    size = round(count * share)
    if share > 0 and count > 1:
        size = min(max(size, 1), count - 1)
    chosen = np.zeros(count, dtype=bool)
    places = np.argsort(keys, kind="stable")
    chosen[places[np.random.default_rng(seed).permutation(count)[:size]]] = True
    return chosen


def compare_amounts(play, control) -> Difference:
    """Return the difference of two mean amounts: Welch (1947), unequal variances, Student's t.

    A group whose amounts are all the same, such as a small one in which nobody bought, does not
    tell how amounts vary: it takes the variance of all customers together.
    """
    play, control = (np.asarray(values, dtype=float) for values in (play, control))
    means = [values.mean() if len(values) else np.nan for values in (play, control)]
    difference = means[0] - means[1]
    if min(len(play), len(control)) < 2:
        return Difference(*means, difference, np.nan, np.nan)
    together = np.concatenate([play, control]).var(ddof=1)
    parts = [
        (values.var(ddof=1) if np.ptp(values) > 0 else together) / len(values)
        for values in (play, control)
    ]
    error = np.sqrt(sum(parts))
    if not error > 0:
        return Difference(*means, difference, difference, difference)
    sizes = (len(play) - 1, len(control) - 1)
    freedom = (parts[0] / error**2) ** 2 / sizes[0] + (parts[1] / error**2) ** 2 / sizes[1]
    margin = get_t_quantile(1 / freedom) * error
    return Difference(*means, difference, difference - margin, difference + margin)


def compare_shares(play_hits: int, play_count: int, control_hits: int, control_count: int):
    """Return the difference of two shares: Newcombe (1998), method 10, from Wilson's intervals.

    :rtype: Difference
    """
    if not play_count or not control_count:
        shares = [
            hits / count if count else np.nan
            for hits, count in ((play_hits, play_count), (control_hits, control_count))
        ]
        return Difference(*shares, np.nan, np.nan, np.nan)
    play, play_low, play_high = _get_wilson(play_hits, play_count)
    control, control_low, control_high = _get_wilson(control_hits, control_count)
    difference = play - control
    return Difference(
        play,
        control,
        difference,
        difference - np.hypot(play - play_low, control_high - control),
        difference + np.hypot(play_high - play, control - control_low),
    )


def shrink_uplift(prior_ratio: float, groups) -> float:
    """Return the share of those who would leave that a play keeps, prior and plays together.

    One play says u = 1 - (1 - b₁) / (1 - b₀), b₁ and b₀ being the shares that bought; its variance
    is that of the ratio of those who did not buy (Katz 1978), half a customer added to each cell.
    Prior and plays are averaged with the inverse of their variances as weights, the prior's being
    ``PRIOR_DEVIATION`` squared; a mean below 0 or above 1 is cut off.

    :param prior_ratio: the setting, 0 to 1
    :param groups: (bought, customers) of the play group, then of the control group, per play
    """
    weights, total = PRIOR_DEVIATION**-2, 0.0
    for play_hits, play_count, control_hits, control_count in groups:
        if not play_count or not control_count:
            continue
        gone = play_count - play_hits + 0.5, control_count - control_hits + 0.5
        sizes = play_count + 1, control_count + 1
        ratio = gone[0] / sizes[0] / (gone[1] / sizes[1])
        spread = 1 / gone[0] - 1 / sizes[0] + 1 / gone[1] - 1 / sizes[1]
        weight = 1 / max(ratio**2 * spread, 1e-12)
        weights += weight
        total += weight * (1 - ratio - prior_ratio)
    return float(min(max(prior_ratio + total / weights, 0.0), 1.0))


def get_t_quantile(freedom: float) -> float:
    """Return the 97.5 % quantile of Student's t, by halving; the normal one for many degrees."""
    if not np.isfinite(freedom) or freedom > 1e7:
        return _NORMAL_975
    low, high = 0.0, 1.0
    while _get_t_tail(high, freedom) > (1 - CONFIDENCE) / 2:
        high *= 2
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if _get_t_tail(middle, freedom) > (1 - CONFIDENCE) / 2:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _get_wilson(hits, count):
    share, z = hits / count, _NORMAL_975
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return share, max(centre - half, 0.0), min(centre + half, 1.0)


def _get_t_tail(value, freedom):
    """Return P(T > value): half the incomplete beta function (Abramowitz & Stegun 26.5.27)."""
    x = freedom / (freedom + value**2)
    return 0.5 * _get_beta_ratio(freedom / 2, 0.5, x)


def _get_beta_ratio(a, b, x):
    """Return the regularised incomplete beta function, by its continued fraction (A&S 26.5.8)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _get_beta_ratio(b, a, 1 - x)
    front = np.exp(a * np.log(x) + b * np.log1p(-x) - log_beta(a, b)) / a
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _STEPS):
        for top in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + top * d)
            c = _away_from_zero(1 + top / c)
            found *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * found


def _away_from_zero(value):
    return value if abs(value) > 1e-300 else 1e-300
