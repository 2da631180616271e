from statistics import median
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.customer_value.engine.prediction import OwnRhythm, explain_date

RHYTHMS = st.builds(
    lambda gaps, pause, wait: OwnRhythm(
        len(gaps), sum(gaps) / len(gaps), median(gaps), pause, wait
    ),
    st.lists(st.integers(1, 400), min_size=1, max_size=30),
    st.integers(0, 900),
    st.integers(1, 900),
)


class TestOwnRhythm(TestCase):
    """Why a date is not what the customer's own pauses say."""

    def test_reasons(self):
        for rhythm, reasons in (
            (OwnRhythm(5, 6, 6, 2, 9), ()),
            (OwnRhythm(5, 6, 6, 0, 37), ("others",)),
            (OwnRhythm(2, 6, 6, 0, 37), ("few",)),
            (OwnRhythm(10, 6, 6, 30, 5), ("pause",)),
            (OwnRhythm(5, 6, 6, 10, 60), ("pause", "others")),
            (OwnRhythm(1, 6, 6, 10, 60), ("pause", "few")),
            (OwnRhythm(5, 100, 100, 0, 20), ("others",)),
            (OwnRhythm(5, 6, 1, 1, 4), ("uneven",)),
        ):
            self.assertEqual(explain_date(rhythm), reasons, rhythm)

    @given(RHYTHMS)
    def test_a_contradiction_always_has_a_reason_that_is_true(self, rhythm):
        expected = rhythm.pause + rhythm.wait
        reasons = explain_date(rhythm)
        usual = (rhythm.mean, rhythm.median)
        is_far = any(expected > 2 * days or expected < days / 2 for days in usual)
        self.assertEqual(bool(reasons), is_far)
        self.assertEqual("few" in reasons, rhythm.count < 3 and reasons not in ((), ("uneven",)))
        if "pause" in reasons:
            self.assertGreater(rhythm.pause, rhythm.mean)
        if "uneven" in reasons:
            self.assertTrue(rhythm.mean / 2 <= expected <= rhythm.mean * 2)
            self.assertNotEqual(rhythm.mean, rhythm.median)
