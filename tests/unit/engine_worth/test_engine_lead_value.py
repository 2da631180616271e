import pytest

from ....engine.lifetime_value import GROUP_WEIGHT, get_lead_value


def test_fewer_than_twenty_customers_tell_nothing():
    assert get_lead_value([(19, 1900.0)]) is None
    assert get_lead_value([(20, 2000.0)]).value == 100


def test_steps_by_hand():
    """(Σ + 10 · wider mean) / (n + 10), twice."""
    found = get_lead_value([(100, 10_000.0), (40, 8_000.0), (5, 5_000.0)])
    narrower = (8_000 + 10 * 100) / 50
    assert found.value == pytest.approx((5_000 + 10 * narrower) / 15)
    assert (found.level, found.count, found.mean) == (2, 5, 1000)
    assert (found.total, found.common) == (100, 100)


def test_small_groups_move_the_value_but_are_not_the_reason():
    found = get_lead_value([(100, 10_000.0), (4, 4_000.0)])
    assert found.level == 0
    assert found.value == pytest.approx((4_000 + GROUP_WEIGHT * 100) / 14)


def test_an_empty_group_changes_nothing():
    assert get_lead_value([(50, 500.0), (0, 0.0)]).value == 10


def test_losses_count():
    assert get_lead_value([(20, -200.0), (10, -500.0)]).value == pytest.approx(-30)
