from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import RecommendationCommon


@tagged("post_install", "-at_install")
class TestRecommendationTour(RecommendationCommon, HttpCase):
    """A salesperson puts a recommendation on a quotation, with one click."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.salesperson.lang = "en_US"  # the steps look for English words
        today = cls.env["customer.profile"]._get_today(cls.company)
        cls.desk, cls.lamp, cls.chair = cls._add_products("Desk", "Lamp", "Chair")
        cls.buyers = cls._add_customers(5)
        all_three = [(p.id, 1, 100) for p in (cls.desk, cls.lamp, cls.chair)]
        day = today - timedelta(days=60)
        cls._add_purchases(
            [(buyer.id, day, all_three) for buyer in cls.buyers[:4]]
            + [(cls.buyers[4].id, day, all_three[:1])]
        )
        cls._run_nightly()
        cls._make_model()
        cls._run_nightly()
        cls.asker = cls.buyers[4]

    def test_add_to_a_quotation(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.asker.id, "user_id": self.salesperson.id}
        )
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "customer_recommendation_quotation",
            login=self.salesperson.login,
        )
        self.assertEqual(order.order_line.product_id, self.lamp)
        self.assertEqual(order.order_line.price_unit, 100)
        rejected = self._get(self.asker, "rejected")
        self.assertEqual((rejected.product_id, rejected.reject_reason),
                         (self.chair, "bought_elsewhere"))  # fmt: skip
        self.assertEqual(self._get(self.asker, "quoted").order_id, order)

    def test_add_to_a_quotation_that_is_not_saved_yet(self):
        self.start_tour(
            "/odoo/sales/new",
            "customer_recommendation_new_quotation",
            login=self.salesperson.login,
        )
        order = self.env["sale.order"].search([("partner_id", "=", self.asker.id)])
        self.assertEqual(order.order_line.product_id, self.lamp)
        self.assertEqual(self._get(self.asker, "quoted").order_id, order)
