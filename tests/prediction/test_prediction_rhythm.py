import random
from datetime import timedelta
from statistics import mean, median

from odoo.tests import freeze_time, tagged

from .common import TODAY, PredictionCommon


@freeze_time(f"{TODAY} 12:00:00")
@tagged("post_install", "-at_install")
class TestPredictionRhythm(PredictionCommon):
    """What the card says of the rhythm and of the next purchase never contradicts in silence."""

    def _sell_on(self, customer, *ago):
        today = self._day(TODAY)
        self._add_sales([(customer.id, today - timedelta(days=days), 100) for days in ago])

    def _predict(self):
        self._make_model()
        self._run_nightly()

    def test_a_fast_buyer_among_slow_ones(self):
        """Four pauses of six days do not yet outweigh what is usual in the company."""
        others = self._add_customers(60)
        for number, customer in enumerate(others):
            self._sell_on(customer, *(20 + number + 90 * step for step in range(6)))
        [fast, old] = self._add_customers(2, "Fast")
        self._sell_on(fast, 3, 9, 15, 21, 27)
        self._sell_on(old, *range(3, 750, 6))
        self._predict()
        profile = self._profile(fast).with_user(self.salesperson)
        self.assertEqual(profile.gap_median_days, 6)
        expected = (profile.next_purchase_date - profile.last_occasion_date).days
        self.assertGreater(expected, 12, "else there is nothing to explain")
        clause = (
            f"Expected again {expected} days after the last order instead of 6 days, because the "
            "habits of all customers count beside the 4 pauses of this one."
        )
        self.assertIn(clause, profile.prediction_sentence)
        self.assertIn(clause, profile.get_card()["prediction"]["sentence"])
        sentence = self._profile(old).prediction_sentence
        self.assertIn("Orders every 6 days", sentence)
        self.assertNotIn("Expected again", sentence, "so many pauses speak for themselves")

    def test_random_histories(self):
        dice = random.Random(9)
        customers = self._add_customers(150)
        today, days = self._day(TODAY), {}
        for customer in customers:
            gap, day = dice.choice((3, 8, 30, 120)), dice.randrange(0, 150)
            own = days[customer] = [day]
            for _purchase in range(dice.choice((0, 1, 2, 4, 12, 40))):
                day += max(1, round(dice.choice((gap, dice.expovariate(1 / gap), gap * 5))))
                own.append(day)
            self._sell_on(customer, *own)
        self._predict()
        seen = {"Expected again": 0, "The pauses differ": 0, "": 0}
        for customer in customers:
            profile = self._profile(customer)
            if not profile.next_purchase_date:
                continue
            own = sorted(days[customer])
            gaps = [later - earlier for earlier, later in zip(own, own[1:], strict=False)]
            expected = (profile.next_purchase_date - today).days + own[0]
            is_far = [
                expected > 2 * usual or expected < usual / 2 for usual in (mean(gaps), median(gaps))
            ]
            text = "Expected again" if is_far[0] else "The pauses differ" if is_far[1] else ""
            seen[text] += 1
            sentence = profile.prediction_sentence
            for other in filter(None, seen):
                self.assertEqual(other in sentence, other == text, (gaps, expected, sentence))
            if "longer than usual" in sentence:
                self.assertGreater(own[0], mean(gaps))
            if "few pauses" in sentence:
                self.assertLess(len(gaps), 3)
        self.assertTrue(all(count > 3 for count in seen.values()), seen)
