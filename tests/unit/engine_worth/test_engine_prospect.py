"""Groups of prospects: bands at their borders, and who is like the best, by hand and at random."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ....engine.lifetime_value import (
    get_likeness,
    get_trait_lift,
    get_value_bands,
    has_likeness,
)

TEN = [float(number) for number in range(10)]


def test_bands_at_their_borders():
    # 4.5 of ten lie below 4 with half of itself, 3.5 below 3, 6.5 below 6.
    medians = [3.0, 3.5, 4.0, 5.5, 6.0, np.nan, -1e9, 1e9]
    expected = ["low", "middle", "middle", "middle", "high", None, "low", "high"]
    assert get_value_bands(medians, TEN) == expected


def test_bands_without_anybody_or_all_alike():
    assert get_value_bands([1.0], []) == [None]
    assert get_value_bands([5.0], [5.0] * 30) == ["middle"]
    assert get_value_bands([], TEN) == []


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_more_is_never_a_lower_band(values, median, more):
    order = ["low", "middle", "high"]
    low, high = get_value_bands([median, median + more], values)
    assert order.index(low) <= order.index(high)


def test_likeness_by_hand():
    # 10 of 32 are best; 8 of the 12 with the trait are.
    lift = get_trait_lift(8, 12, 10, 32)
    odds = (10 / 22) * ((8 + 3.75) / 20) / ((4 + 3.75) / 32)
    assert get_likeness(10, 32, [lift]) == pytest.approx(odds / (1 + odds))
    assert get_likeness(10, 32, []) == pytest.approx(10 / 32)


@pytest.mark.parametrize(
    ("best", "total"), [(0, 0), (4, 100), (5, 19), (20, 20), (0, 1000), (30, 30)]
)
def test_too_few_to_tell(best, total):
    assert not has_likeness(best, total)
    assert get_likeness(best, total, [1.0]) is None


@given(st.data())
def test_likeness_is_a_share_and_follows_the_trait(data):
    total = data.draw(st.integers(20, 10**6))
    best_total = data.draw(st.integers(5, total - 1))
    count = data.draw(st.integers(0, total))
    least = max(0, count - (total - best_total))
    best = data.draw(st.integers(least, min(best_total, count)))
    lift = get_trait_lift(best, count, best_total, total)
    likeness = get_likeness(best_total, total, [lift])
    assert 0 < likeness < 1
    share, common = (best / count if count else 0), best_total / total
    if count and share > common * 1.000001:
        assert likeness > common
    if count and share < common * 0.999999:
        assert likeness < common
