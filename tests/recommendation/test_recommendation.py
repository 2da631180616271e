"""A small history computed by hand: reorder, cross-sell, up-sell, and what becomes of them."""

from datetime import timedelta

import numpy as np

from odoo.tests import freeze_time, tagged

from ..prediction.common import TODAY
from .common import RecommendationCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRecommendation(RecommendationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson.lang = "en_US"
        cls.env.user.lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.desk, cls.lamp, cls.chair = cls._add_products("Desk", "Lamp", "Chair")
        [cls.throne] = cls._add_products("Throne", list_price=900.0, standard_price=300.0)
        cls.buyers = cls._add_customers(6)
        today = cls._day(TODAY)

        def day(ago):
            return today - timedelta(days=ago)

        purchases = []
        # Four buy desk and lamp together, the fifth (who is asked about) only the desk.
        purchases += [
            (buyer.id, day(100), [(cls.desk.id, 1, 100), (cls.lamp.id, 2, 200)])
            for buyer in cls.buyers[:4]
        ]
        purchases.append((cls.buyers[4].id, day(100), [(cls.desk.id, 1, 100)]))
        # Three of them went on from the desk to the throne.
        purchases += [(buyer.id, day(50), [(cls.throne.id, 1, 900)]) for buyer in cls.buyers[:3]]
        # The sixth buys four chairs every 30 days and is 10 days late.
        purchases += [
            (cls.buyers[5].id, day(ago), [(cls.chair.id, 4, 400)]) for ago in (100, 70, 40)
        ]
        cls._add_purchases(purchases)
        # What else they spent: the five are customers alike (value class A or B).
        extra = (500, 500, 500, 1500, 1500)
        cls._add_sales(
            [(b.id, day(100), amount) for b, amount in zip(cls.buyers, extra, strict=False)]
        )
        cls._run_nightly()
        cls.model = cls._make_model()
        cls._refresh(cls.buyers)

    def test_fit(self):
        self.assertEqual(self.model.state, "active")
        self.assertEqual(self.model.affinity_rule, "regression")
        self.assertIs(self.model.affinity_hit_ratio, False)  # too few to tell
        self.assertEqual(self.model.affinity_basket_count, 11)
        self.assertEqual(self.model.affinity_customer_count, 6)
        pairs = self.env["customer.product.affinity"].search([])
        together = pairs.filtered(lambda pair: pair.kind == "cross_sell")
        self.assertEqual(
            {
                (p.product_id, p.other_product_id, p.together_count, p.base_count, p.basket_count)
                for p in together
            },
            {
                (self.desk, self.lamp, 4, 5, 4),
                (self.desk, self.throne, 3, 5, 0),
                (self.lamp, self.desk, 4, 4, 4),
                (self.lamp, self.throne, 3, 4, 0),
                (self.throne, self.lamp, 3, 3, 0),
                (self.throne, self.desk, 3, 3, 0),
            },
        )
        better = pairs - together
        self.assertEqual(
            {(p.product_id, p.other_product_id, p.together_count, p.base_count) for p in better},
            {(self.desk, self.throne, 3, 5), (self.lamp, self.throne, 3, 4)},
        )

    def test_cross_sell(self):
        found = self._get(self.buyers[4], kind="cross_sell")
        self._assert_products(found, [self.lamp, self.chair])
        lamp = found[0]
        self.assertEqual(lamp.reason, "4 of 5 customers who bought Desk also bought it")
        # 4 of the 5 · 4 / 6 that chance would have
        self.assertEqual((lamp.rank, lamp.lift, lamp.because_product_id), (1, 1.2, self.desk))
        # two at a time, 40 each, in four of five cases
        self.assertEqual((lamp.usual_quantity, lamp.expected_profit), (2, 64))
        self.assertEqual(lamp.state, "open")
        self.assertEqual(lamp.date, self._day(TODAY))

    def test_best_seller_fills_up(self):
        chair = self._get(self.buyers[4], kind="cross_sell")[1]
        self.assertEqual(chair.reason, "Bought by 1 of 6 customers")
        self.assertFalse(chair.because_product_id)

    def test_up_sell(self):
        [throne] = self._get(self.buyers[4], kind="up_sell")
        self.assertEqual(throne.product_id, self.throne)
        self.assertEqual(throne.reason, "3 of 5 customers alike who bought Desk went on to it")
        self.assertEqual(throne.expected_profit, 360)  # 600 in three of five cases
        [throne] = self._get(self.buyers[3], kind="up_sell")
        self.assertEqual(throne.reason, "3 of 4 customers alike who bought Lamp went on to it")

    def test_up_sell_only_among_customers_alike(self):
        """The two who did not go on spend little now: nobody like them went on to it."""
        classes = {b: self._profile(b).value_class for b in self.buyers}
        self.assertTrue({classes[b] for b in self.buyers[:5]} <= {"A", "B"}, classes)
        self._add_sales([(self.buyers[5].id, self._day(TODAY), 500_000)])
        self._run_nightly()
        self._make_model()
        self._refresh(self.buyers)
        self.assertFalse({"A", "B"} & {self._profile(b).value_class for b in self.buyers[:5]})
        [throne] = self._get(self.buyers[4], kind="up_sell")
        self.assertEqual(throne.support_count, 3)
        self._add_sales([(b.id, self._day(TODAY), 500_000) for b in self.buyers[:3]])
        self._run_nightly()
        self._make_model()
        self._refresh(self.buyers)
        self.assertFalse(self._get(self.buyers[4], kind="up_sell"))
        pairs = self.env["customer.product.affinity"].search([("kind", "=", "up_sell")])
        self.assertEqual(set(pairs.mapped("value_group")), {"top"})

    def test_prices_that_are_compared_are_in_company_currency(self):
        """100 in the currency of the main company are 50 in that of the other, half the rate."""
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self.env["res.currency.rate"].search([]).unlink()
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 0.5,
                "currency_id": self.env.ref("base.EUR").id,
                "company_id": self.company.id,
            }
        )
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 2.0,
                "currency_id": self.company.currency_id.id,
                "company_id": other.id,
            }
        )
        self.desk.with_company(other).standard_price = 20
        self._add_purchases([(self.buyers[0].id, self._day(TODAY), [(self.desk.id, 1, 50)])], other)
        self._run_nightly()
        model = self._make_model(other)
        ids = np.array(self.desk.ids)
        categories, prices, profits = model.with_company(other)._get_product_standing(ids)
        self.assertEqual(categories.tolist(), self.category.ids)
        self.assertEqual((prices.tolist(), profits.tolist()), ([50], [30]))
        _categories, prices, profits = self.model._get_product_standing(ids)
        self.assertEqual((prices.tolist(), profits.tolist()), ([100], [40]))

    def test_reorder(self):
        [chair] = self._get(self.buyers[5], kind="reorder")
        self.assertEqual(chair.product_id, self.chair)
        self.assertEqual(chair.reason, "Every 30 days, last 40 days ago")
        self.assertEqual((chair.usual_quantity, chair.expected_profit), (4, 160))
        self.assertFalse(chair.because_product_id)

    def test_second_refresh_writes_nothing(self):
        before = self._read_recommendation_versions()
        self.assertFalse(self._refresh(self.buyers))
        self.assertEqual(self._read_recommendation_versions(), before)
        self.assertFalse(self._refresh(self.buyers, today="2026-06-16"), "nor tomorrow")
