"""The published figures of BG/NBD, MBG/NBD and Gamma-Gamma, each with its source.

The data are the 1/10 sample of the CDNOW cohort: 2 357 customers, 39 weeks, times in weeks.
"""

import unittest

import numpy as np

from odoo.addons.customer_value.engine.prediction import (
    PurchaseModel,
    fit_gamma_gamma,
    fit_purchase_process,
    get_alive_probability,
    get_expected_purchases,
    get_new_customer_purchases,
    get_purchase_probability,
)

from .cdnow import read_calibration

# CLVTools, tests/testthat/test_correctness_bgnbd.R, "as reported in Fader, Hardie, Lee (2005)".
BG = PurchaseModel("bg", 0.2425945, 4.4136019, 0.7929199, 2.4258881)
TOLERANCE = 1e-3


class PublishedCase(unittest.TestCase):
    def assert_close(self, found, published, tolerance=TOLERANCE):
        np.testing.assert_allclose(found, published, rtol=tolerance)


class TestParameters(PublishedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.histories, cls.spend = read_calibration()

    def test_bg_nbd(self):
        """CLVTools and BTYD 2.4.3 walkthrough: LL -9582.429."""
        model = fit_purchase_process(*self.histories, family="bg", prior=False)
        self.assertEqual((model.customers, model.repeaters), (2357, 946))
        self.assertTrue(model.converged)
        self.assert_close(model.parameters, BG.parameters)
        self.assertAlmostEqual(model.log_likelihood, -9582.429, delta=0.001)

    def test_mbg_nbd(self):
        """lifetimes, tests/test_estimation.py, "close to BTYDplus": .525 6.183 .891 1.614."""
        model = fit_purchase_process(*self.histories, family="mbg", prior=False)
        self.assert_close(model.parameters, (0.525, 6.183, 0.891, 1.614))
        self.assertAlmostEqual(model.log_likelihood, -9582.1357, delta=0.001)

    def test_weak_prior_hardly_moves_the_full_data(self):
        """analytics.md 3.1: r .5248 becomes .5329 under the prior."""
        model = fit_purchase_process(*self.histories)
        self.assertAlmostEqual(model.r, 0.5329, delta=0.001)

    def test_gamma_gamma(self):
        """Fader & Hardie 2013, note 025; CLVTools: p 6.25 q 3.74 gamma 15.44, LL -4055.9177."""
        means, purchases = self.spend
        model = fit_gamma_gamma(means, purchases, prior=False)
        self.assertEqual(model.customers, 946)
        self.assert_close((model.p, model.q, model.gamma), (6.25, 3.744, 15.44))
        self.assertAlmostEqual(model.log_likelihood, -4055.9177, delta=0.001)

    def test_gamma_gamma_means_of_the_first_ten(self):
        """lifetimes tests: conditional expected average profit of the first ten customers."""
        means, purchases = self.spend
        model = fit_gamma_gamma(means, purchases, prior=False)
        published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
        np.testing.assert_allclose(model.predict(means[:10], purchases[:10]), published, atol=0.006)


class TestPointsOfBgNbd(PublishedCase):
    def expect(self, x, last, age, horizon):
        return float(get_expected_purchases(BG, [x], [last], [age], horizon)[0])

    def test_conditional_expectation(self):
        """Fader, Hardie, Lee (2005): E[Y(39) | x 2, tx 30.43, T 38.86] = 1.226."""
        self.assert_close(self.expect(2, 30.43, 38.86, 39), 1.226)

    def test_customer_1516(self):
        """CLVTools: x 26, tx 30.857, T 31: CET(52) 25.75659, P(alive) .9688523."""
        self.assert_close(self.expect(26, 30.857, 31, 52), 25.75659, 1e-4)
        alive = get_alive_probability(BG, [26], [30.857], [31])
        self.assert_close(alive, 0.9688523, 1e-5)

    def test_new_customer(self):
        """BTYD walkthrough 1.444004 in 52 weeks; CLVTools for the other times."""
        self.assert_close(get_new_customer_purchases(BG, 52), 1.444004)
        times = (0.1429, 1, 3, 31.857, 32, 78)
        found = [get_new_customer_purchases(BG, time) for time in times]
        published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
        np.testing.assert_allclose(found, published, rtol=TOLERANCE, atol=0.00005)

    def test_new_customer_buys_nothing(self):
        """lifetimes tests: P(X(39) = 0) = .5737864 at r .243 and alpha 4.414."""
        rounded = PurchaseModel("bg", 0.243, 4.414, 0.793, 2.426)
        bought = get_purchase_probability(rounded, [0], [0], [0], 39)
        self.assert_close(1 - bought, 0.5737864, 1e-5)

    def test_one_time_buyers_are_immortal_under_bg_only(self):
        """Hardie, note 021: P(alive) of a one-time buyer is 1 under BG/NBD."""
        arrays = ([0], [0], [500])
        self.assertEqual(get_alive_probability(BG, *arrays)[0], 1)
        mbg = PurchaseModel("mbg", *BG.parameters)
        self.assertLess(get_alive_probability(mbg, *arrays)[0], 0.5)
