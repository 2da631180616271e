"""The numerics of the purchase process against scipy, finite differences and extremes."""

import unittest

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from odoo.addons.customer_value.engine import numerics as ours
from odoo.addons.customer_value.engine.prediction import (
    ProcessHistory,
    PurchaseModel,
    fit_purchase_process,
    get_alive_probability,
    get_expected_purchases,
    get_living_purchases,
    get_log_pause_survival,
    get_next_purchase_wait,
    get_pause_probability,
    get_process_log_likelihood,
    get_purchase_probability,
)

DAY = 1.0


def integrate_purchases(a, b, shape, stretch):
    """E[(1 - (1 + p·s)^-n) / p] over p ~ Beta(a, b) by adaptive quadrature over logit p."""

    def density(y):
        p = special.expit(y)
        grown = np.log(-np.expm1(-shape * np.log1p(p * stretch))) - np.log(p)
        log_p, log_rest = special.log_expit(y), special.log_expit(-y)
        return np.exp(a * log_p + b * log_rest - special.betaln(a, b) + grown)

    bend, centre = -np.log(shape * stretch), np.log(a / b)
    low, high = min(centre, bend) - 40 / a, 60 / min(b, 30) + 30
    low = max(low, -600)  # p below 1e-260: g is constant there, added in closed form
    marks = {low, high, centre - 5 / a, centre - 3, centre, centre + 3, bend - 3, bend, bend + 3, 0}
    marks = sorted(mark for mark in marks if low <= mark <= high)
    pieces = [
        integrate.quad(density, *ends, limit=200, epsabs=0, epsrel=1e-9)[0]
        for ends in zip(marks, marks[1:], strict=False)
    ]
    below = shape * stretch * np.exp(a * low - np.log(a) - special.betaln(a, b))
    return sum(pieces) + below


def integrate_steep(a, b, n, s):
    """The same expectation where b is small: g - g(1) over p, g(1) in closed form."""
    end = -np.expm1(-n * np.log1p(s))

    def density(y):
        p = special.expit(y)
        g = -np.expm1(-n * np.log1p(p * s)) / p
        log_p, log_rest = special.log_expit(y), special.log_expit(-y)
        return (g - end) * np.exp(a * log_p + b * log_rest - special.betaln(a, b))

    bend = -np.log(n * s)
    marks = sorted(
        {-600.0, -40 / a if a > 0.07 else -590.0, min(bend, 35.0), -20.0, -5.0, 0.0, 5.0, 36.0}
    )
    pieces = [
        integrate.quad(density, *ends, limit=300, epsabs=0, epsrel=1e-9)[0]
        for ends in zip(marks, marks[1:], strict=False)
    ]
    below = (n * s - end) * np.exp(a * marks[0] - np.log(a) - special.betaln(a, b))
    return end + sum(pieces) + below


def draw(random, low, high):
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


class TestSpecialFunctions(unittest.TestCase):
    def test_against_scipy(self):
        values = np.r_[1e-6, 0.01, 0.5, 1, 2.5, 9.99, 10, 171, 172, 5e3, 1e6, 1e9]
        np.testing.assert_allclose(ours.log_gamma(values), special.gammaln(values), 1e-12, 1e-12)
        np.testing.assert_allclose(ours.digamma(values), special.digamma(values), 1e-11, 1e-12)
        np.testing.assert_allclose(
            ours.log_beta(values[:-1], 3.3), special.betaln(values[:-1], 3.3), 1e-8, 1e-8
        )


class TestExpectedPurchases(unittest.TestCase):
    def test_thousand_random_inputs(self):
        """Within 1e-4 of the integral, for ordinary and for odd parameters."""
        random = np.random.default_rng(20261125)
        worst = 0.0
        for _case in range(1000):
            model = PurchaseModel(
                "mbg", draw(random, 0.05, 20), draw(random, 1, 500), draw(random, 0.05, 8),
                draw(random, 0.1, 60),
            )  # fmt: skip
            x = float(random.choice([0, 0, 1, 2, 3, 5, 10, 30, 100, 1000]))
            age = draw(random, 1, 4000)
            last = 0.0 if x == 0 else age * random.uniform(0.5, 1)
            horizon = draw(random, 1, 3000)
            arrays = ([x], [last], [age])
            found = get_expected_purchases(model, *arrays, horizon)[0]
            alive = get_alive_probability(model, *arrays)[0]
            exact = alive * integrate_purchases(
                model.a, model.b + x + 1, model.r + x, horizon / (model.alpha + age)
            )
            worst = max(worst, abs(found - exact) / exact if exact else abs(found))
        self.assertLess(worst, 1e-4)

    def test_steep_densities_of_bg(self):
        """Under BG without a repeat b stays below 1, and maximum likelihood drives it to 0."""
        worst = 0.0
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            for b in (1e-5, 1e-3, 0.02, 0.1, 0.3, 0.9):
                for a in (0.05, 0.1, 1.0, 3.0, 30.0):
                    for n in (0.05, 0.7, 5.0):
                        for s in (0.005, 0.5, 2.0, 20.0):
                            found = get_living_purchases(
                                a, np.array([b]), np.array([n]), np.array([s])
                            )[0]
                            # E over Beta(a, b) by the same identity and scipy's own integral
                            exact = integrate_steep(a, b, n, s)
                            worst = max(worst, abs(found / exact - 1))
        self.assertLess(worst, 1e-4)

    def test_a_of_one_is_no_exception(self):
        """The closed form divides by a - 1; nothing happens here."""

        def expect(a):
            model = PurchaseModel("mbg", 0.5, 40, a, 1.6)
            return get_expected_purchases(model, [3], [100], [150], 90)[0]

        self.assertAlmostEqual(expect(1.0), (expect(1 - 1e-6) + expect(1 + 1e-6)) / 2, places=8)

    def test_nothing_in_no_time(self):
        model = PurchaseModel("mbg", 0.5, 40, 0.4, 2.5)
        arrays = ([3], [100], [150])
        self.assertEqual(get_expected_purchases(model, *arrays, 0)[0], 0)


class TestExtremes(unittest.TestCase):
    def test_finite_for_frequent_and_old_customers(self):
        """5 000 and a million occasions, 20 000 days, silence of a day and of all the time."""
        x = np.array([0, 1, 172, 300, 5_000, 1_000_000, 5_000, 5_000.0])
        age = np.full(len(x), 20_000.0)
        last = np.where(x > 0, [0, 1, 20_000, 10_000, 19_999, 20_000, 1, 0], 0)
        for family in ("mbg", "bg"):
            for a in (0.01, 1.0, 30.0):
                model = PurchaseModel(family, 0.5, 0.1, a, 2.0)
                arrays = (x, last, age)
                alive = get_alive_probability(model, *arrays)
                expected = get_expected_purchases(model, *arrays, 20_000)
                bought = get_purchase_probability(model, *arrays, 20_000)
                pause = get_pause_probability(model, *arrays)
                for values in (alive, bought, pause):
                    self.assertTrue(((values >= 0) & (values <= 1)).all(), values)
                self.assertTrue(np.isfinite(expected).all() and (expected >= 0).all(), expected)
                self.assertTrue((expected >= bought - 1e-6).all())

    def test_fit_on_frequent_and_old_customers(self):
        model = fit_purchase_process([5_000, 0, 1, 1_000_000], [19_000, 0, 1, 2], [20_000] * 4)
        self.assertTrue(np.isfinite([*model.parameters, model.log_likelihood]).all())

    def test_degenerate_inputs_have_a_stated_result(self):
        """One customer, all one-time, all today: the prior answers."""
        for name, arrays in {
            "nobody": ([], [], []),
            "one": ([0], [0], [0]),
            "all one-time": ([0] * 9, [0] * 9, range(9)),
            "all today": ([0] * 9, [0] * 9, [0] * 9),
            "many in a day": ([5] * 9, [0] * 9, [0] * 9),
        }.items():
            with self.subTest(name):
                for family in ("mbg", "bg"):
                    for prior in (True, False):
                        model = fit_purchase_process(*arrays, family=family, prior=prior)
                        self.assertTrue(np.isfinite(model.parameters).all())
                        self.assertIn(model.reason, ("fitted", "no_data", "not_converged"))

    def test_impossible_customers_are_left_out_and_counted(self):
        x = [1, np.nan, -1, 1, 0.5, 1, 0, np.inf]
        last = [5, 5, 5, 11, 5, -1, 3, 5]
        age = [10, 10, 10, 10, 10, 10, 10, 10]
        model = fit_purchase_process(x, last, age)
        self.assertEqual((model.customers, model.rejected), (1, 7))
        alive = get_alive_probability(model, x, last, age)
        self.assertEqual(list(np.isfinite(alive)), [True] + [False] * 7)

    def test_future_first_purchase_is_left_out(self):
        self.assertEqual(fit_purchase_process([0, 0], [0, 0], [-3, 4]).rejected, 1)

    def test_unequal_lengths_are_an_error_of_the_caller(self):
        with self.assertRaisesRegex(ValueError, "one length"):
            fit_purchase_process([1], [2, 3], [4])


class TestGradient(unittest.TestCase):
    def test_against_finite_differences(self):
        random = np.random.default_rng(3)
        x = random.poisson(2.0, 200).astype(float)
        age = random.uniform(1, 300, 200)
        history = ProcessHistory.of(x, np.where(x > 0, age * random.uniform(0, 1, 200), 0), age)
        counts = random.integers(1, 5, 200)
        for family in ("mbg", "bg"):
            for shape in (1, 2, 3):
                for _point in range(5):
                    logs = random.normal(0, 1.5, 4) + np.log([0.6, 50, 0.5, 2.5])

                    def value(logs, family=family, shape=shape):
                        return get_process_log_likelihood(
                            np.exp(logs), history, counts, family, shape
                        )

                    _value, gradient = value(logs)
                    steps = 1e-5 * np.eye(4)
                    numeric = [(value(logs + s)[0] - value(logs - s)[0]) / 2e-5 for s in steps]
                    np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-3)


class TestRobustness(unittest.TestCase):
    def test_random_sub_samples_of_tiny_shops(self):
        """1 000 shops of 1 to 200 customers: fitted and scored without an exception or NaN."""
        random = np.random.default_rng(8)
        for _shop in range(1000):
            size = int(random.integers(1, 201))
            age = random.integers(0, int(random.choice([2, 100, 3000])), size).astype(float)
            x = np.floor(random.gamma(0.3, 8, size)) * (random.random() < 0.9)
            x = np.where(age > 0, x, 0)
            last = np.where(x > 0, np.ceil(age * random.random(size)), 0)
            model = fit_purchase_process(x, last, age)
            self.assertTrue(np.isfinite([*model.parameters, model.log_likelihood]).all())
            expected = get_expected_purchases(model, x, last, age, 90)
            self.assertTrue(np.isfinite(expected).all())


class TestProperties(unittest.TestCase):
    model = PurchaseModel("mbg", 0.7, 30.0, 0.4, 2.5)

    @settings(deadline=None, max_examples=60)
    @given(st.integers(0, 200), st.floats(1, 2000), st.floats(0, 2000), st.floats(0, 2000))
    def test_more_silence_less_alive(self, x, last, pause, more):
        last = last if x else 0.0
        ages = [last + pause, last + pause + more]
        alive = get_alive_probability(self.model, [x] * 2, [last] * 2, ages)
        self.assertGreaterEqual(alive[0], alive[1])

    @settings(deadline=None, max_examples=60)
    @given(st.integers(0, 50), st.floats(1, 900), st.floats(0, 900), st.floats(1, 900))
    def test_probability_and_expectation_grow_with_the_horizon(self, x, last, pause, horizon):
        last = last if x else 0.0
        arrays = ([x], [last], [last + pause])
        for function in (
            get_purchase_probability,
            get_expected_purchases,
        ):
            near, far = (function(self.model, *arrays, h)[0] for h in (horizon, 2 * horizon))
            self.assertLessEqual(near, far + 1e-12)

    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 10**6), st.sampled_from([1 / 7, 24.0, 1 / 365.25]))
    def test_unit_of_time_does_not_matter(self, seed, unit):
        random = np.random.default_rng(seed)
        age = random.uniform(1, 500, 40)
        x = random.poisson(1.5, 40).astype(float)
        last = np.where(x > 0, age * random.random(40), 0)
        days = fit_purchase_process(x, last, age)
        other = fit_purchase_process(x, last * unit, age * unit)
        np.testing.assert_allclose(other.alpha, days.alpha * unit, rtol=1e-4)
        np.testing.assert_allclose((other.r, other.a, other.b), (days.r, days.a, days.b), 1e-4)
        found = get_expected_purchases(days, x, last, age, 90)
        same = get_expected_purchases(other, x, last * unit, age * unit, 90 * unit)
        np.testing.assert_allclose(same, found, rtol=1e-3)

    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 10**6))
    def test_order_of_customers_does_not_matter(self, seed):
        random = np.random.default_rng(seed)
        age = random.integers(1, 500, 60).astype(float)
        x = random.poisson(1.5, 60).astype(float)
        last = np.where(x > 0, np.floor(age * random.random(60)), 0)
        order = random.permutation(60)
        first = fit_purchase_process(x, last, age)
        self.assertEqual(fit_purchase_process(x[order], last[order], age[order]), first)


class TestNextPurchase(unittest.TestCase):
    def test_lomax_median_in_closed_form(self):
        """(α + T)·(2^(1/(r+x)) - 1): α 30, T 120, r .7, x 3 gives 30.9 days."""
        model = PurchaseModel("mbg", 0.7, 30.0, 0.4, 2.5)
        history = ProcessHistory.of([3], [100], [120])
        self.assertAlmostEqual(
            get_next_purchase_wait(model, history, 0.5)[0], 150 * (2 ** (1 / 3.7) - 1), 9
        )

    def test_search_agrees_with_the_survival_function(self):
        history = ProcessHistory.of([3, 10, 1], [100, 300, 5], [120, 301, 400])
        for shape in (1, 2, 4):
            model = PurchaseModel("mbg", 0.7, 30.0, 0.4, 2.5, shape=shape)
            for share in (0.1, 0.5, 0.9):
                wait = get_next_purchase_wait(model, history, share)
                survival = get_log_pause_survival
                now = survival(model.parameters, history, shape)
                then = survival(model.parameters, history, shape, wait)
                np.testing.assert_allclose(np.exp(then - now), 1 - share, rtol=1e-6)

    def test_survival_of_a_regular_buyer_against_integration(self):
        """Erlang-k pauses at a rate with posterior Gamma(r + kx, α + t), mixed by quadrature."""
        r, alpha, x, last, pause, shape = 0.7, 30.0, 4, 100.0, 35.0, 3
        history = ProcessHistory.of([x], [last], [last + pause])
        stages, rate = r + shape * x, alpha + last

        def mixed(value):
            log_prior = (
                stages * np.log(rate) + (stages - 1) * np.log(value) - rate * value
                - special.gammaln(stages)
            )  # fmt: skip
            return special.gammaincc(shape, value * pause) * np.exp(log_prior)

        exact = integrate.quad(mixed, 0, 5, epsabs=1e-12, limit=500)[0]
        found = get_log_pause_survival((r, alpha, 1, 1), history, shape)
        self.assertAlmostEqual(float(np.exp(found[0])), exact, places=8)
