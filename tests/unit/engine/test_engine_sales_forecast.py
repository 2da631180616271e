"""The sales forecast of the engine: sums by hand, naive oracles, and what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ....engine import forecast
from ....engine.prediction import CustomerFacts, OccasionLog, fit_prediction, predict

NOW = 2026 * 12 + 5  # June 2026


TODAY, LATER = 900, 60


@pytest.fixture(scope="module")
def log():
    """600 customers of the very process the model assumes: rates differ, and so do lives."""
    dice = np.random.default_rng(5)
    rows = []
    for customer in range(600):
        day, rate = float(dice.integers(0, TODAY)), dice.gamma(1.5, 1 / 45)
        stop, size = dice.beta(1, 6), dice.uniform(20, 300)
        while day <= TODAY + LATER:
            rows.append((customer, round(day), size * dice.uniform(0.6, 1.4)))
            if dice.random() < stop:
                break
            day += max(1, dice.exponential(1 / rate))
    return OccasionLog.of(*zip(*rows, strict=True))


@pytest.fixture(scope="module")
def fitted(log):
    return fit_prediction(log, TODAY, 90), log.as_of(TODAY)


def test_months_add_up_to_the_expected_purchases(fitted):
    """The months together bring what the year of the prediction does, money included."""
    model, facts = fitted
    ends = [0, 31, 61, 200, 365]
    sales = forecast.get_repeat_sales(model, facts, ends)
    found = predict(model, facts)
    expected = found.year_purchases * found.revenue_per_occasion
    np.testing.assert_allclose(sales.amounts.sum(axis=1), expected, rtol=1e-9)
    assert not sales.amounts[:, 0].any()
    assert (sales.amounts >= 0).all() and (sales.variances >= 0).all()


def test_repeat_sales_come_out_on_simulated_customers(log, fitted):
    model, facts = fitted
    sales = forecast.get_repeat_sales(model, facts, [30, LATER])
    actual = log.get_outcome(facts, LATER).profit.sum()
    spread = math.sqrt(sales.variances.sum())
    assert abs(sales.amounts.sum() - actual) < 2.5 * spread + 0.05 * actual
    assert spread < 0.1 * actual


def test_impossible_rows_bring_nothing(fitted):
    model, _facts = fitted
    odd = CustomerFacts.of(TODAY, [2, 0, np.nan], [950, 1, 1], [100, 1, 1], [10, 0, np.nan])
    sales = forecast.get_repeat_sales(model, odd, [30, 60])
    assert not sales.amounts.any() and not sales.variances.any()


def test_new_sales_by_hand():
    """Each month brings a newcomer with 100 at once and 40 a month later."""
    months, first, revenues = [], [], []
    for begin in range(NOW - 14, NOW):
        months += [begin, begin + 1]
        first += [begin, begin]
        revenues += [100.0, 40.0]
    found = forecast.get_new_sales(months, first, revenues, NOW, 0.5, 3)
    # This month half of the newcomers are still to come; next month, their 40 and 100 fresh ones.
    assert found.amounts.tolist() == [50.0, 100 + 20, 140]
    assert found.months == 11  # two months back everybody counts, and two more are dropped
    assert not found.variances.any()


def test_new_sales_need_three_past_months():
    months = [NOW - 4, NOW - 3, NOW - 2, NOW - 1]
    found = forecast.get_new_sales(months, months, [500, 30, 60, 90], NOW, 1.0, 4)
    assert found.amounts.tolist() == [60, 60, 60, 60]  # the first month does not count
    assert found.variances[0] == 900
    assert forecast.get_new_sales(months[1:], months[1:], [1, 2, 3], NOW, 1.0, 4) is None
    assert forecast.get_new_sales([], [], [], NOW, 1.0, 4) is None


def test_season_by_hand():
    """Two years in which December brings five times as much: drawn to 1 by a third year."""
    months = np.arange(NOW - 24, NOW)
    revenues = np.where(months % 12 == 11, 500.0, 100.0)
    season = forecast.get_season(months, revenues, NOW)
    mean = (11 * 100 + 500) / 12
    assert season.index[11] == pytest.approx((2 * 500 / mean + 1) / 3)
    assert season.index[0] == pytest.approx((2 * 100 / mean + 1) / 3)
    assert season.index.mean() == pytest.approx(1)
    assert season.error == pytest.approx(0)
    assert forecast.get_season(months[1:], revenues[1:], NOW) is None
    assert forecast.get_season([], [], NOW) is None
    assert forecast.get_season(months, -revenues, NOW) is None


def test_growth_is_no_season():
    """Every month 10 more than the one before: nothing seasonal in it."""
    months = np.arange(NOW - 36, NOW)
    season = forecast.get_season(months, 500.0 + 10 * np.arange(36), NOW)
    assert season.index == pytest.approx(np.ones(12), abs=0.01)
    assert season.error < 0.01


@pytest.mark.parametrize("yearly", [0.5, 1.3, 2.0])
@pytest.mark.parametrize("years", [2, 4])
def test_steady_growth_is_no_season(yearly, years):
    months = np.arange(NOW - 12 * years, NOW)
    revenues = 100 * yearly ** (np.arange(12 * years) / 12)
    season = forecast.get_season(months, revenues, NOW)
    assert season.index == pytest.approx(np.ones(12))


def test_a_step_is_hardly_a_season():
    """100 a month, then 400: no month is taken for more than half above or below the mean."""
    months = np.arange(NOW - 24, NOW)
    season = forecast.get_season(months, np.repeat([100.0, 400.0], 12), NOW)
    assert 0.7 < season.index.min() and season.index.max() < 1.5


def test_a_stray_early_invoice_does_not_hide_the_season():
    months = np.r_[NOW - 200, np.arange(NOW - 48, NOW)]
    revenues = np.r_[5.0, np.where(np.arange(NOW - 48, NOW) % 12 == 11, 500.0, 100.0)]
    season = forecast.get_season(months, revenues, NOW)
    expected = forecast.get_season(months[1:], revenues[1:], NOW)
    assert season.index.tolist() == expected.index.tolist()
    assert season.index[11] > 3
    gap = forecast.get_season(months[1:13], revenues[1:13], NOW)
    assert gap is None


def test_years_that_differ_make_the_season_uncertain():
    dice = np.random.default_rng(3)
    months = np.arange(NOW - 48, NOW)
    calm = forecast.get_season(months, dice.normal(1000, 30, 48), NOW)
    wild = forecast.get_season(months, dice.normal(1000, 900, 48), NOW)
    assert 0.01 < calm.error < 0.06
    assert wild.error == forecast.UNKNOWN_SEASON_ERROR


def test_errors_by_hand():
    assert forecast.get_relative_error([]) is None
    assert forecast.get_relative_error([0.3, -0.4]) == pytest.approx(math.sqrt((0.09 + 0.16) / 2))
    assert forecast.get_relative_error([0.001]) == forecast.MIN_RELATIVE_ERROR
    known = forecast.get_untried_error([0.8], forecast.Season(np.ones(12), 0.1))
    assert known == pytest.approx(math.hypot(0.25, 0.1))
    unknown = forecast.get_untried_error([None, 0], None)
    assert unknown == pytest.approx(math.hypot(0.25, 0.25))


def test_open_documents_are_not_counted_twice():
    amounts, pipeline = np.array([[100.0, 50], [30, 0]]), np.array([[40.0, 80], [0, 10]])
    excess, variance = forecast.get_sales_beyond_pipeline(amounts, amounts, pipeline)
    assert excess.tolist() == [60 + 30, 0]
    assert variance.tolist() == [60 + 30, 0]


def test_range_by_hand():
    found = forecast.get_month_forecast(500, 600, 300, 100, 1000**2 * 0.03, 0.1)
    spread = math.sqrt(math.log(1 + 0.03 + 0.01))
    assert found.expected == 1500
    assert found.low == pytest.approx(500 + 1000 * math.exp(-1.2816 * spread))
    assert found.high == pytest.approx(500 + 1000 * math.exp(1.2816 * spread))
    assert forecast.get_month_forecast(0, 0, 0, 0, 0, 0.3).high == 0


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e16), st.floats(0.05, 2))
def test_range_holds_the_expectation(billed, coming, variance, error):
    found = forecast.get_month_forecast(billed, coming, 0, 0, variance, error)
    slack = 1e-9 * found.expected  # of floating point
    assert billed - slack <= found.low <= found.expected + slack
    assert found.expected <= found.high + slack


def test_range_holds_four_of_five_outcomes():
    """Compound Poisson sales of 300 customers, a pipeline of ten, and a common miss."""
    dice = np.random.default_rng(11)
    rate, size, amount, weight = 0.4, 50.0, 800.0, 0.3
    variance = 300 * rate * size**2 * 2 + 10 * weight * (1 - weight) * amount**2
    found = forecast.get_month_forecast(
        0, 300 * rate * size, 0, 10 * weight * amount, variance, 0.1
    )
    inside = 0
    for _round in range(2000):
        common = math.exp(dice.normal(0, 0.1))
        bought = dice.exponential(size, dice.poisson(300 * rate * common)).sum()
        total = bought + amount * dice.binomial(10, weight)
        inside += found.low <= total <= found.high
    assert 0.75 < inside / 2000 < 0.87


def test_new_quotations_are_judged_by_the_default():
    odds = forecast.learn_win_rates([], [], [])
    assert odds.win_probabilities == (forecast.DEFAULT_WIN_PROBABILITY,) * len(
        forecast.QUOTATION_AGES
    )
    assert set(odds.waits) == {forecast.DEFAULT_WIN_DAYS}


def test_odds_by_hand():
    """20 of 50 quotations of last year were won on day 10, the others never."""
    ended = [10.0] * 20 + [300.0] * 30
    odds = forecast.learn_win_rates([300.0] * 50, ended, [True] * 20 + [False] * 30)
    young = (20 + 10 * 0.3) / 60
    assert odds.win_probabilities[0] == pytest.approx(young)
    assert (odds.counts[0], odds.won[0], odds.waits[0]) == (50, 20, 10)
    day7 = forecast.QUOTATION_AGES.index(7)
    assert odds.waits[day7] == 3
    day14 = forecast.QUOTATION_AGES.index(14)
    assert (odds.counts[day14], odds.won[day14]) == (30, 0)
    assert odds.win_probabilities[day14] == pytest.approx(10 * odds.win_probabilities[day7] / 40)
    assert odds.get_bands([0, 13.9, 14, 5000, -3]).tolist() == [0, 2, 3, 7, 0]


def test_orders_entered_as_such_were_no_quotations():
    odds = forecast.learn_win_rates([200.0] * 30, [0.01] * 30, [True] * 30)
    assert odds.counts[0] == 0
    assert odds.win_probabilities[0] == forecast.DEFAULT_WIN_PROBABILITY


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0, 700), st.floats(0, 1), st.booleans()), min_size=1, max_size=60)
)
def test_odds_equal_a_naive_count(rows):
    created = [ago for ago, _share, _won in rows]
    ended = [ago * share for ago, share, _won in rows]
    won = [flag for _ago, _share, flag in rows]
    odds = forecast.learn_win_rates(created, ended, won)
    chance = forecast.DEFAULT_WIN_PROBABILITY
    for place, age in enumerate(forecast.QUOTATION_AGES):
        reached = wins = 0
        for ago, end, flag in zip(created, ended, won, strict=True):
            if (flag and end < 1) or end < age or ago < age + forecast.MAX_WIN_DAYS:
                continue
            reached += 1
            wins += flag and end <= age + forecast.MAX_WIN_DAYS
        chance = (wins + 10 * chance) / (reached + 10)
        assert odds.win_probabilities[place] == pytest.approx(chance)
        assert 0 < odds.win_probabilities[place] < 1
        assert (odds.counts[place], odds.won[place]) == (reached, wins)
