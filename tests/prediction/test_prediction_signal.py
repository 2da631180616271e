"""The facts beside a prediction: complaints, deliveries, product categories, discounts."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..recommendation.common import RecommendationCommon
from .common import TODAY


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPredictionSignal(RecommendationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shoppers = cls._add_customers(60)
        cls._add_history(cls.shoppers)
        categories = cls.env["product.category"].create([{"name": "Desks"}, {"name": "Lamps"}])
        cls.desk, cls.lamp = cls._add_products("Desk", "Lamp")
        cls.desk.categ_id, cls.lamp.categ_id = categories[0].id, categories[1].id
        cls._sell(cls.customer, "2025-02-01", (cls.desk, 0), (cls.lamp, 10))
        cls._sell(cls.customer, "2026-02-01", (cls.desk, 0))
        cls._sell(cls.customer, "2026-06-01", (cls.desk, 4))
        cls._run_nightly()
        cls._make_model()
        cls._run_nightly()

    @classmethod
    def _sell(cls, customer, day, *lines):
        move = cls._create_move(customer, day)
        move.invoice_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "price_unit": 100,
                    "discount": discount,
                    "tax_ids": [Command.clear()],
                }
            )
            for product, discount in lines
        ]
        move.action_post()
        return move

    def _get_sentence(self, customer=None):
        self.env.invalidate_all()
        profile = self._profile(customer or self.customer)
        return profile.with_user(self.salesperson).prediction_sentence

    def test_categories_and_discount_by_hand(self):
        """Of 200 at list price 10 were given the year before; 4 of 200 now."""
        sentence = self._get_sentence()
        self.assertIn(
            "Product categories bought from within a year: 1, the year before: 2.", sentence
        )
        self.assertIn(
            "The discount was 2.0 % on average within a year, 5.0 % the year before.", sentence
        )

    def test_nothing_is_said_of_what_did_not_change(self):
        self._sell(self.customer, "2026-06-02", (self.lamp, 12))
        sentence = self._get_sentence()
        self.assertNotIn("categories", sentence)  # two, as before
        self.assertNotIn("discount", sentence)  # 16 of 300
        self._sell(self.customer, "2026-06-03", (self.lamp, 100))
        self.assertNotIn("discount", self._get_sentence(), "what was given away has no discount")

    def test_discounts_are_for_who_sees_revenue(self):
        self.assertIn("discount", self._get_sentence())
        service = self._create_user("sima", "customer_value.customer_value_group_user")
        for user in (service, self.own_salesperson):
            sentence = self._profile(self.customer).with_user(user).prediction_sentence
            self.assertIn("categories", sentence)
            self.assertNotIn("discount", sentence)

    def test_without_an_earlier_year_nothing_is_compared(self):
        self._sell(self.other_customer, "2026-06-01", (self.desk, 30))
        self._drain()
        sentence = self._get_sentence(self.other_customer)
        self.assertIn("Bought once", sentence)
        self.assertNotIn("discount", sentence)
        self.assertNotIn("categories", sentence)

    def test_open_complaints(self):
        self.assertNotIn("complaint", self._get_sentence())
        complaints = self.env["customer.complaint"]
        first = complaints.create({"subject": "Scratched", "partner_id": self.customer.id})
        self._drain()
        self.assertIn("A complaint is open.", self._get_sentence())
        complaints.create({"subject": "Late", "partner_id": self.customer.id})
        self._drain()
        self.assertIn("2 complaints are open.", self._get_sentence())
        self.assertTrue(first)

    def test_companies_do_not_mix(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._add_purchases([(self.customer.id, "2026-05-01", [(self.lamp.id, 1, 90)])], other)
        self.assertIn("within a year: 1, the year before: 2", self._get_sentence())

    def test_same_queries_for_any_number_of_customers(self):
        profiles = self.env["customer.profile"].search(
            [("company_id", "=", self.company.id), ("alive_probability", "!=", False)]
        )
        profiles.mapped("prediction_sentence")

        def count(chosen):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(chosen.mapped("prediction_sentence")))
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(profiles[:10]), count(profiles))
