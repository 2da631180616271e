"""Every stage of the lifecycle at, just before and just after its limit."""

import math
import unittest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.standing import (
    STAGES,
    CompanyGaps,
    LeavingDays,
    StageFacts,
    StagePrediction,
    get_risk_bands,
    get_segment,
    get_stage,
    get_stages,
    is_slipping_mildly,
)

COMPANY = CompanyGaps(median=30.0, p80=60.0, p95=120.0)
maybe_days = st.none() | st.integers(0, 3_000)


def stage(occasions=5, pause=10, gaps=None, longest=None, company=COMPANY):
    """Stage of a customer; ``gaps`` is (number of own gaps, 80 %, 95 %), else one short gap."""
    count, p80, p95 = gaps or (1, 5.0, 5.0)
    return get_stage(StageFacts(occasions, pause, count, p80, p95, longest), company)


class TestLifecycle(unittest.TestCase):
    def test_prospect_has_no_occasion(self):
        nothing = StageFacts(0, None, 0, None, None, None)
        self.assertEqual(get_stage(nothing, COMPANY), "prospect")

    def test_new_is_one_occasion_younger_than_the_median_gap(self):
        self.assertEqual(stage(occasions=1, pause=0), "new")
        self.assertEqual(stage(occasions=1, pause=29), "new")
        self.assertEqual(stage(occasions=1, pause=30), "active")
        self.assertEqual(stage(occasions=2, pause=0), "active")

    def test_one_occasion_ages_with_the_gaps_of_the_company(self):
        self.assertEqual(stage(occasions=1, pause=60), "active")
        self.assertEqual(stage(occasions=1, pause=61), "slipping")
        self.assertEqual(stage(occasions=1, pause=120), "slipping")
        self.assertEqual(stage(occasions=1, pause=121), "lapsed")

    def test_worked_example(self):
        """docs/formulas.md: two gaps of its own, so the 60 and 90 days of the company count."""
        company = CompanyGaps(median=59.0, p80=60.0, p95=90.0)
        expected = {
            36: ("active", "potential_loyalists"),
            60: ("active", "potential_loyalists"),
            61: ("slipping", "need_attention"),
            74: ("slipping", "need_attention"),
            75: ("slipping", "at_risk"),
            90: ("slipping", "at_risk"),
            91: ("lapsed", "hibernating"),
        }
        for pause, words in expected.items():
            facts = StageFacts(3, pause, 2, 60.6, 60.9, 61)
            found = get_stage(facts, company)
            is_mild = is_slipping_mildly(facts, company)
            self.assertEqual((found, get_segment(found, 3, 3, is_mild)), words, pause)

    def test_own_gaps_count_from_the_third(self):
        """Own limits 7 and 9 days; with two gaps the company's 60 and 120 days apply."""
        few, enough = (2, 7.0, 9.0), (3, 7.0, 9.0)
        self.assertEqual(stage(pause=10, gaps=few), "active")
        self.assertEqual(stage(pause=7, gaps=enough), "active")
        self.assertEqual(stage(pause=8, gaps=enough), "slipping")
        self.assertEqual(stage(pause=9, gaps=enough), "slipping")
        self.assertEqual(stage(pause=10, gaps=enough), "lapsed")

    def test_won_back_after_more_than_a_year(self):
        self.assertEqual(stage(longest=365), "active")
        self.assertEqual(stage(longest=366), "won_back")

    def test_won_back_after_more_than_three_median_gaps(self):
        """Median 200 days: a pause must exceed 600 days, 366 are nothing special here."""
        slow = CompanyGaps(median=200.0, p80=300.0, p95=500.0)
        self.assertEqual(stage(longest=366, company=slow), "active")
        self.assertEqual(stage(longest=600, company=slow), "active")
        self.assertEqual(stage(longest=601, company=slow), "won_back")

    def test_won_back_goes_before_slipping(self):
        self.assertEqual(stage(pause=100, longest=400, gaps=(3, 7.0, 9.0)), "won_back")

    def test_without_any_repeat_purchase_the_company_has_defaults(self):
        """90 days median, 180 and 360 days for slipping and lapsed."""
        company = CompanyGaps()
        expected = {89: "new", 90: "active", 180: "active", 181: "slipping", 361: "lapsed"}
        for pause, name in expected.items():
            self.assertEqual(stage(occasions=1, pause=pause, company=company), name)

    @given(st.integers(1, 50), st.integers(0, 3_000), st.integers(0, 40), maybe_days)
    def test_longer_pause_never_improves(self, occasions, pause, count, longest):
        order = ["new", "active", "slipping", "lapsed"]
        own = (count, 40.0, 90.0)
        before, after = (stage(occasions, p, own, longest) for p in (pause, pause + 1))
        self.assertIn(before, STAGES)
        if "won_back" in (before, after):
            self.assertEqual(before, after)
        else:
            self.assertLessEqual(order.index(before), order.index(after))


class TestHowFarSlipping(unittest.TestCase):
    def mild(self, pause, gaps=(1, 5.0, 5.0), alive=None):
        prediction = None if alive is None else StagePrediction(alive, 0.5, 0.1)
        facts = StageFacts(9, pause, *gaps, None)
        return is_slipping_mildly(facts, COMPANY, prediction)

    def test_without_a_model_the_middle_of_the_limits_decides(self):
        """60 and 120 days of the company: 90 is no longer below the middle; own 10 and 13: 11.5."""
        self.assertTrue(self.mild(89))
        self.assertFalse(self.mild(90))
        self.assertTrue(self.mild(11, (3, 10.0, 13.0)))
        self.assertFalse(self.mild(12, (3, 10.0, 13.0)))

    def test_a_model_goes_before_the_pause(self):
        self.assertTrue(self.mild(500, alive=0.5))
        self.assertFalse(self.mild(1, alive=0.4999))

    def test_the_last_digit_of_a_limit_decides_nothing(self):
        """0.1 + 0.2 is a little more than 0.3: limits 60.1 and 119.9 have the middle 90."""
        self.assertFalse(self.mild(90, (3, 60.1, 119.9)))


class TestPredictedLifecycle(unittest.TestCase):
    """With a model its limits decide, but for prospects, new customers and those won back."""

    def predicted(self, alive=0.9, buys=0.7, pause=0.6, occasions=5, longest=None):
        facts = StageFacts(occasions, 10, 3, 5.0, 5.0, longest)
        return get_stage(facts, COMPANY, StagePrediction(alive, buys, pause))

    def test_limits(self):
        self.assertEqual(self.predicted(), "active")
        self.assertEqual(self.predicted(alive=0.5), "active")
        self.assertEqual(self.predicted(alive=0.4999), "slipping")
        self.assertEqual(self.predicted(alive=0.2), "slipping")
        self.assertEqual(self.predicted(alive=0.1999), "lapsed")
        self.assertEqual(self.predicted(buys=0.05), "active")
        self.assertEqual(self.predicted(buys=0.0499), "lapsed")
        self.assertEqual(self.predicted(pause=0.2), "active")
        self.assertEqual(self.predicted(pause=0.1999), "slipping")

    def test_what_no_model_changes(self):
        self.assertEqual(self.predicted(alive=0.1, occasions=0), "prospect")
        self.assertEqual(self.predicted(alive=0.1, occasions=1), "new")
        self.assertEqual(self.predicted(alive=0.1, longest=400), "won_back")

    @given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
    def test_always_a_stage(self, alive, buys, pause):
        self.assertIn(self.predicted(alive, buys, pause), STAGES)


def told(occasions, pause, longest, median, slipping, lapsed):
    """The stage by days as a person would tell it, one question after the other."""
    if not occasions:
        return "prospect"
    if pause > lapsed:
        return "lapsed"
    if pause > slipping:
        return "slipping"
    if longest is not None and longest > lapsed:
        return "won_back"
    return "new" if occasions == 1 and pause < median else "active"


class TestLeavingDays(unittest.TestCase):
    """The company's own definition decides alone, whatever gaps and predictions say."""

    LEAVING = LeavingDays(45, 100)

    def by_days(self, pause, occasions=5, longest=None, prediction=None, company=COMPANY):
        facts = StageFacts(occasions, pause, 4, 5.0, 6.0, longest)
        return get_stage(facts, company, prediction, self.LEAVING)

    def test_worked_example(self):
        """docs/formulas.md: slipping after 45 days, left after 100."""
        company = CompanyGaps(median=59.0, p80=60.0, p95=90.0)
        expected = {45: "active", 46: "slipping", 72: "mild", 73: "severe", 100: "slipping"}
        for pause, word in (expected | {101: "lapsed"}).items():
            facts = StageFacts(3, pause, 2, 60.6, 60.9, 61)
            if word in ("mild", "severe"):
                found = is_slipping_mildly(facts, company, None, self.LEAVING)
                self.assertEqual(found, word == "mild", pause)
            else:
                self.assertEqual(get_stage(facts, company, None, self.LEAVING), word, pause)

    def test_prediction_and_own_gaps_have_no_say(self):
        for alive in (0.0, 0.4, 1.0):
            prediction = StagePrediction(alive, alive, alive)
            self.assertEqual(self.by_days(45, prediction=prediction), "active")
            self.assertEqual(self.by_days(46, prediction=prediction), "slipping")
            self.assertEqual(self.by_days(101, prediction=prediction), "lapsed")

    def test_mildness_follows_the_days_too(self):
        facts = StageFacts(5, 90, 4, 5.0, 6.0, None)
        sure = StagePrediction(1.0, 1.0, 1.0)
        self.assertFalse(is_slipping_mildly(facts, COMPANY, sure, self.LEAVING))

    def test_who_is_gone_is_neither_new_nor_won_back(self):
        company = CompanyGaps(median=300.0, p80=400.0, p95=500.0)
        self.assertEqual(self.by_days(101, occasions=1, company=company), "lapsed")
        self.assertEqual(self.by_days(46, occasions=1, company=company), "slipping")
        self.assertEqual(self.by_days(45, occasions=1, company=company), "new")
        self.assertEqual(self.by_days(101, longest=900), "lapsed")

    def test_coming_back_from_what_the_company_calls_gone_is_won_back(self):
        self.assertEqual(self.by_days(10, longest=101), "won_back")
        self.assertEqual(self.by_days(10, longest=100), "active")

    def test_a_prospect_stays_one(self):
        self.assertEqual(
            get_stage(StageFacts(0, None, 0, None, None, None), COMPANY, None, self.LEAVING),
            "prospect",
        )

    @given(
        st.lists(st.tuples(st.integers(0, 4), st.integers(0, 500), maybe_days), max_size=20),
        st.integers(1, 300),
        st.integers(1, 300),
        st.integers(1, 400),
    )
    def test_many_customers_get_what_a_person_would_say(self, rows, slipping, more, median):
        leaving = LeavingDays(slipping, slipping + more)
        company = CompanyGaps(float(median), median * 2.0, median * 4.0)
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        pauses = [p if n else None for n, p in zip(columns[0], columns[1], strict=True)]
        nothing = [None] * len(rows)
        facts = StageFacts(columns[0], pauses, [0] * len(rows), nothing, nothing, columns[2])
        unknown = StagePrediction(nothing, nothing, nothing)
        found = get_stages(facts, company, unknown, leaving).tolist() if rows else []
        expected = [
            told(n, p, longest, median, slipping, slipping + more) for n, p, longest in rows
        ]
        self.assertEqual(found, expected)


class TestRiskBands(unittest.TestCase):
    def test_borders_belong_to_the_higher_band(self):
        found = get_risk_bands([0.0, 0.249, 0.25, 0.499, 0.5, 1.0, math.nan], 0.25, 0.5)
        expected = ["low", "low", "medium", "medium", "high", "high", None]
        self.assertEqual(found.tolist(), expected)

    def test_nobody(self):
        self.assertEqual(get_risk_bands([], 0.2, 0.4).tolist(), [])

    @given(st.lists(st.none() | st.floats(0, 1)), st.floats(0.01, 0.98), st.floats(0.001, 0.5))
    def test_naive(self, values, low, more):
        high = low + more
        numbers = np.array([math.nan if value is None else value for value in values])
        for value, band in zip(values, get_risk_bands(numbers, low, high), strict=True):
            naive = None
            if value is not None:
                naive = "low" if value < low else "medium" if value < high else "high"
            self.assertEqual(band, naive)
