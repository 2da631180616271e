"""Play group against control group: the formulas against scipy, and what they promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ....devtools.paths import ROOT
from ....engine.lifetime_value import (
    PRIOR_DEVIATION,
    compare_amounts,
    compare_shares,
    draw_control,
    get_t_quantile,
    shrink_uplift,
)

stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize("freedom", [1, 1.5, 2, 3.7, 10, 29, 100.3, 5000, 1e8, np.inf])
def test_t_quantile(freedom):
    known = stats.norm.ppf(0.975) if np.isinf(freedom) else stats.t.ppf(0.975, freedom)
    assert get_t_quantile(freedom) == pytest.approx(known, rel=1e-7)


@pytest.mark.parametrize("sizes", [(2, 2), (5, 3), (40, 9), (400, 100)])
def test_amounts_are_welch(sizes):
    rng = np.random.default_rng(7)
    play, control = rng.gamma(1, 300, sizes[0]), rng.normal(200, 40, sizes[1])
    found = compare_amounts(play, control)
    known = stats.ttest_ind(play, control, equal_var=False).confidence_interval(0.95)
    assert found.difference == pytest.approx(play.mean() - control.mean())
    assert (found.low, found.high) == pytest.approx((known.low, known.high), rel=1e-8)


@pytest.mark.parametrize(
    ("cells", "known"),
    [  # Newcombe (1998), table II, method 10
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
    ],
)
def test_shares_are_newcombe(cells, known):
    found = compare_shares(*cells)
    assert (found.low, found.high) == pytest.approx(known, abs=6e-5)


def test_too_few_say_nothing():
    assert np.isnan(compare_amounts([5.0], [1.0, 2.0]).low)
    assert compare_amounts([5.0], [1.0, 2.0]).difference == pytest.approx(3.5)
    assert np.isnan(compare_amounts([], []).play)
    assert np.isnan(compare_shares(0, 0, 1, 5).difference)
    same = compare_amounts([3.0, 3.0], [3.0, 3.0])
    assert (same.low, same.high) == (0.0, 0.0)


def test_few_who_are_all_the_same_prove_nothing():
    """Two who bought for the same amount against two who did not: no proof of anything."""
    found = compare_amounts([3.0, 3.0], [1.0, 1.0])
    margin = stats.t.ppf(0.975, 2) * np.sqrt(np.var([3, 3, 1, 1], ddof=1))
    assert (found.low, found.high) == pytest.approx((2 - margin, 2 + margin))


@pytest.mark.parametrize(("sizes", "share"), [((80, 20), 0.1), ((45, 5), 0.1), ((48, 2), 0.2)])
def test_nothing_is_found_where_few_buy(sizes, share):
    """In a small control group often nobody buys: that is no certainty."""
    rng = np.random.default_rng(11)
    hits = 0
    for _play in range(150):
        play, control = ((rng.random(size) < share) * 100.0 for size in sizes)
        found = compare_amounts(play, control)
        hits += int(found.low <= 0 <= found.high)
    assert hits / 150 > 0.92


@given(
    st.sets(st.integers(1, 10**9), max_size=60),
    st.floats(0, 1),
    st.integers(0, 2**31 - 1),
    st.randoms(),
)
def test_control_is_the_same_however_it_is_asked(keys, share, seed, rng):
    keys = sorted(keys)
    mixed = rng.sample(keys, len(keys))
    chosen, again = (
        {key for key, is_in in zip(order, draw_control(order, share, seed), strict=True) if is_in}
        for order in (keys, mixed)
    )
    assert chosen == again
    if share > 0 and len(keys) > 1:
        assert 1 <= len(chosen) <= len(keys) - 1
        assert abs(len(chosen) - share * len(keys)) <= 1
    if share == 0:
        assert not chosen


def test_control_is_random():
    """Each customer is as likely in it as any other."""
    counts = sum(draw_control(range(20), 0.25, seed).astype(int) for seed in range(4000))
    assert np.all(np.abs(counts / 4000 - 0.25) < 0.03)


def test_uplift_without_plays_is_the_setting():
    assert shrink_uplift(0.15, []) == pytest.approx(0.15)
    assert shrink_uplift(0.15, [(0, 0, 3, 5)]) == pytest.approx(0.15)


def test_uplift_by_hand():
    """40 of 100 bought, 20 of 50 without: an effect of nothing pulls the setting of 0.2 down."""
    gone = 60.5 / 101, 30.5 / 51
    ratio = gone[0] / gone[1]
    variance = ratio**2 * (1 / 60.5 - 1 / 101 + 1 / 30.5 - 1 / 51)
    weights = PRIOR_DEVIATION**-2, 1 / variance
    known = (0.2 * weights[0] + (1 - ratio) * weights[1]) / sum(weights)
    assert shrink_uplift(0.2, [(40, 100, 20, 50)]) == pytest.approx(known)
    assert 0 < known < 0.2


def test_uplift_follows_much_evidence():
    large = shrink_uplift(0.05, [(6000, 10_000, 5000, 10_000)])
    assert large == pytest.approx(0.2, abs=0.01)
    small = shrink_uplift(0.05, [(6, 10, 5, 10)])
    assert 0.05 < small < 0.12


@given(
    st.lists(
        st.tuples(*[st.integers(0, 400)] * 4).map(lambda c: (*sorted(c[:2]), *sorted(c[2:]))),
        max_size=5,
    ),
    st.floats(0, 1),
)
def test_uplift_is_a_share(groups, prior):
    assert 0 <= shrink_uplift(prior, groups) <= 1


def test_nothing_is_found_where_nothing_is():
    """The interval misses zero about as rarely as it says."""
    rng = np.random.default_rng(3)
    hits = 0
    for _play in range(600):
        bought = rng.random(120) < 0.4
        amounts = np.where(bought, rng.lognormal(4, 1, 120), 0.0)
        control = draw_control(range(120), 0.3, int(rng.integers(2**31)))
        money = compare_amounts(amounts[~control], amounts[control])
        share = compare_shares(
            bought[~control].sum(), (~control).sum(), bought[control].sum(), control.sum()
        )
        hits += int(money.low <= 0 <= money.high) + int(share.low <= 0 <= share.high)
    assert hits / 1200 > 0.92


def test_the_worked_example_of_the_documentation():
    """Each number in docs/plays.md follows from the formulas."""
    text = " ".join((ROOT / "docs" / "plays.md").read_text(encoding="utf-8").split())
    found = compare_shares(32, 80, 5, 20)
    numbers = [100 * value for value in (found.play, found.control, found.difference)]
    assert "{:.1f} % against {:.1f} %: a difference of {:.1f} percentage".format(*numbers) in text
    ends = f"between {100 * found.low:.1f} and {100 * found.high:.1f}".replace("-", "−")
    assert ends in text
    assert f"reckons with {100 * shrink_uplift(0.15, [(32, 80, 5, 20)]):.1f} %" in text
