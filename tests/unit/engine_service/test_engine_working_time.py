"""Working time against a count of every single second of a small world."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.service import WorkingTime

END = 60


def spans(limit):
    """Disjoint (start, end), in order."""
    return st.lists(st.integers(0, limit), unique=True, max_size=8).map(
        lambda moments: list(
            zip(sorted(moments)[: len(moments) // 2 * 2 : 2], sorted(moments)[1::2], strict=True)
        )
    )


def count(intervals, start, end, pauses):
    def inside(second, them):
        return any(first <= second < last for first, last in them)

    return sum(inside(s, intervals) and not inside(s, pauses) for s in range(start, end))


@given(spans(END), spans(END), st.integers(0, END), st.integers(0, END))
def test_measure(intervals, pauses, start, end):
    measured = WorkingTime(intervals).measure(start, end, pauses)
    assert measured == count(intervals, start, end, pauses)


@given(spans(END), spans(END), st.integers(0, END), st.integers(1, END))
def test_add_finds_the_first_moment(intervals, pauses, start, seconds):
    found = WorkingTime(intervals).add(start, seconds, pauses)
    moments = range(start, END + 1)
    expected = (m for m in moments if count(intervals, start, m, pauses) >= seconds)
    assert found == next(expected, None)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(10, 10), (11, 21), (20, 30), (20.5, None)],
)
def test_end_of_an_interval_comes_before_the_next_start(seconds, expected):
    assert WorkingTime([(0, 10), (20, 30)]).add(0, seconds) == expected


def test_nothing_is_worked_without_intervals():
    assert WorkingTime([]).measure(0, 10) == 0
    assert WorkingTime([]).add(0, 1) is None
