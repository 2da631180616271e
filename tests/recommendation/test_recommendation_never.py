"""What must never be offered, each against the same product that otherwise is."""

from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..prediction.common import TODAY
from .common import RecommendationCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRecommendationNever(RecommendationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls._day(TODAY) - timedelta(days=60)
        cls.desk, cls.lamp = cls._add_products("Desk", "Lamp")
        cls.lamp.is_storable = True
        cls.buyers = cls._add_customers(5)
        both = [(cls.desk.id, 1, 100), (cls.lamp.id, 1, 100)]
        cls._add_purchases(
            [(buyer.id, cls.day, both) for buyer in cls.buyers[:4]]
            + [(cls.buyers[4].id, cls.day, [(cls.desk.id, 1, 100)])]
        )
        cls._make_model()
        cls.asker = cls.buyers[4]
        cls._refresh(cls.asker)

    def _assert_gone(self):
        """The lamp was offered; after a refresh it is not."""
        before = self._get(self.asker)
        self.assertEqual(before.product_id, self.lamp)
        self._refresh(self.asker)
        self.assertFalse(self._get(self.asker))
        self.assertIn(before.state, ("expired", "accepted", "rejected", "quoted"))

    def test_sound_product_stays(self):
        self._refresh(self.asker)
        self.assertEqual(self._get(self.asker).product_id, self.lamp)

    def test_archived_product(self):
        self.lamp.active = False
        self._assert_gone()

    def test_archived_template(self):
        self.lamp.product_tmpl_id.active = False
        self._assert_gone()

    def test_unsaleable(self):
        self.lamp.sale_ok = False
        self._assert_gone()

    def test_product_of_another_company(self):
        other = self._create_company("Other", self.company.currency_id)
        self.lamp.company_id = other
        self._assert_gone()

    def test_unobtainable(self):
        self.lamp.purchase_ok = False
        self._assert_gone()

    def test_obtainable_from_stock(self):
        self.lamp.purchase_ok = False
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(self.lamp, warehouse.lot_stock_id, 3)
        self._refresh(self.asker)
        recommendation = self._get(self.asker)
        self.assertEqual(recommendation.product_id, self.lamp)
        self.assertEqual(recommendation.stock_status, "in_stock")

    def test_service_is_always_obtainable(self):
        self.lamp.write({"is_storable": False, "purchase_ok": False})
        self._refresh(self.asker)
        self.assertEqual(self._get(self.asker).stock_status, "unlimited")

    def test_at_a_loss(self):
        self.lamp.standard_price = 100.01
        self._assert_gone()

    def test_at_cost_is_no_loss(self):
        self.lamp.standard_price = 100
        self._refresh(self.asker)
        self.assertEqual(self._get(self.asker).expected_profit, 0)

    def test_without_a_price(self):
        self.lamp.write({"lst_price": 0, "standard_price": 0})
        self._assert_gone()

    def test_at_a_loss_for_this_customer_only(self):
        self._create_pricelist(self.asker, 59)
        self._assert_gone()

    def test_at_a_loss_after_included_tax(self):
        self.lamp.standard_price = 95
        self.lamp.taxes_id = self.env["account.tax"].create(
            {
                "name": "10 % included",
                "amount": 10,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
            }
        )
        self._assert_gone()  # 100 with tax are 90.91 without

    def test_blocked_category(self):
        self.asker.customer_blocked_category_ids = self.category
        self._assert_gone()

    def test_blocked_category_above(self):
        above = self.env["product.category"].create({"name": "Office"})
        self.category.parent_id = above
        self.asker.customer_blocked_category_ids = above
        self._assert_gone()

    def test_category_blocked_for_somebody_else(self):
        self.buyers[0].customer_blocked_category_ids = self.category
        self._refresh(self.asker, self.buyers[0])
        self.assertEqual(self._get(self.asker).product_id, self.lamp)

    def test_archived_customer(self):
        self.asker.active = False
        self._assert_gone()

    def test_rejected(self):
        self._get(self.asker)._reject("not_needed", "has one")
        self._assert_nothing_until(90)

    def test_ordered(self):
        self._order(self.asker, order_line=[self._get_line(self.lamp)])
        self._assert_gone()
        self.assertEqual(self._get(self.asker, "accepted").product_id, self.lamp)

    def test_on_a_quotation_of_somebody(self):
        self._get(self.asker).unlink()
        self._order(self.asker, confirm=False, order_line=[self._get_line(self.lamp)])
        self._refresh(self.asker)
        self.assertFalse(self._get(self.asker, "open", "quoted"))

    def test_never_bought_means_nothing(self):
        stranger = self._create_customer("Stranger")
        self.assertFalse(self._refresh(stranger))

    def _get_line(self, product):
        return Command.create({"product_id": product.id, "product_uom_qty": 1})

    def _create_pricelist(self, customer, price):
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        customer.specific_property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Special",
                "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": price})],
            }
        )

    def _assert_nothing_until(self, days):
        today = self._day(TODAY)
        for ago, expected in ((days, 0), (days + 1, 1)):
            day = today + timedelta(days=ago)
            self._refresh(self.asker, today=str(day))
            self.assertEqual(len(self._get(self.asker)), expected, ago)
