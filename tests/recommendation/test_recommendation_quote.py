"""Onto the quotation with one click: at Odoo's price, and only where it belongs."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..prediction.common import TODAY
from .common import OfferCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRecommendationQuote(OfferCommon):
    def _quote(self, user=None, **context):
        offer = self.lamp_offer.with_user(user or self.salesperson)
        return offer.with_context(**context).action_quote()

    def test_one_click_at_odoos_price(self):
        """The line is the one Odoo makes when a person picks the product by hand."""
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "A third less",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 33.3,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        self.asker.specific_property_product_pricelist = pricelist
        order = self._order(self.asker, confirm=False, order_line=[])
        self.assertFalse(self._quote(order_id=order.id))
        other = self._order(self.asker, confirm=False, order_line=[])
        by_hand = self.env["sale.order.line"].create(
            {"order_id": other.id, "product_id": self.lamp.id}
        )
        line = order.order_line
        self.assertEqual(line.product_id, self.lamp)
        for name in ("price_unit", "discount", "price_subtotal", "product_uom_qty", "tax_ids"):
            self.assertEqual(line[name], by_hand[name], name)
        self.assertAlmostEqual(line.price_subtotal, 66.7)
        self.assertEqual((self.lamp_offer.state, self.lamp_offer.order_id), ("quoted", order))
        self._refresh(self.asker)
        self.assertEqual(self.lamp_offer.state, "quoted")

    def test_panel_of_the_quotation(self):
        order = self._order(self.asker, confirm=False, order_line=[]).with_user(self.salesperson)
        self.assertEqual(order.customer_recommendation_ids, self.lamp_offer)
        action = order.action_open_recommendations()
        found = self.env["customer.recommendation"].search(action["domain"])
        self.assertEqual(found, self.lamp_offer)
        self.assertEqual(action["context"]["order_id"], order.id)
        self._quote(order_id=order.id)
        order.invalidate_recordset()
        self.assertFalse(order.customer_recommendation_ids)
        contact = self.asker.with_user(self.salesperson)
        self.assertEqual(contact.customer_recommendation_count, 0)
        order.action_confirm()
        self.assertEqual(order.customer_recommendation_count, 0)
        self.assertNotIn("order_id", order.action_open_recommendations()["context"])

    def test_without_a_quotation_a_new_one_is_made(self):
        action = self._quote()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual((order.partner_id, order.state), (self.asker, "draft"))
        self.assertEqual(order.order_line.product_id, self.lamp)

    def test_price_for_the_customer_is_shown(self):
        """Salespeople see no profit, but what they may ask."""
        offer = self.lamp_offer.with_user(self.salesperson)
        self.assertEqual(offer.unit_price, self.lamp.lst_price)
        self.env.ref("base.group_user")._apply_group(
            self.env.ref("product.group_product_pricelist")
        )
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Half",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 50})],
            }
        )
        self.asker.property_product_pricelist = pricelist
        offer.invalidate_recordset()
        self.assertEqual(offer.unit_price, self.lamp.lst_price / 2)

    def test_what_is_not_there_is_said_when_quoting(self):
        self.lamp.is_storable = True
        self.assertEqual(self.lamp_offer.stock_status, "none")
        action = self._quote()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("out of stock", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["res_model"], "sale.order")

    def test_reorder_brings_its_quantity(self):
        self._add_purchases(
            [(self.buyers[5].id, self._ago(ago), [(self.desk.id, 4, 400)]) for ago in (90, 60)]
        )
        # every 30 days, now 60 days ago
        self._refresh(self.buyers[5])
        [offer] = self._get(self.buyers[5], kind="reorder")
        action = offer.with_user(self.salesperson).action_quote()
        line = self.env["sale.order"].browse(action["res_id"]).order_line
        self.assertEqual((line.product_uom_qty, line.price_unit), (4, 100))
        for usual, quantity in ((3.4, 3), (0.25, 0.25), (0, 1)):
            offer.usual_quantity = usual
            self.assertEqual(offer._get_quantity(), quantity)

    def test_an_order_on_the_way_is_not_reordered(self):
        """The later order was made first: it is still the one that counts."""
        buyer = self.buyers[5]
        self._add_purchases(
            [(buyer.id, self._ago(ago), [(self.desk.id, 4, 400)]) for ago in (90, 75, 60)]
        )
        self._refresh(buyer)
        self.assertTrue(self._get(buyer, kind="reorder"))
        line = [Command.create({"product_id": self.desk.id, "product_uom_qty": 4})]
        first = self._order(buyer, confirm=False, order_line=line)
        second = self._order(buyer, confirm=False, order_line=line)
        for order, ago in ((first, 20), (second, 70)):
            order.action_confirm()
            order.date_order = f"{self._ago(ago)} 08:00:00"
        self._refresh(buyer)
        self.assertFalse(self._get(buyer, kind="reorder"))

    def test_an_expired_one_that_is_quoted_is_shown_anew(self):
        self.lamp_offer.write(
            {"date": self._ago(120), "state": "expired", "decided_date": self._ago(30)}
        )
        self._quote()
        self._refresh(self.asker)
        self.assertEqual(
            (self.lamp_offer.state, self.lamp_offer.date), ("quoted", self._day(TODAY))
        )

    def test_quotations_it_cannot_be_put_on(self):
        stranger = self._order(self.buyers[0], confirm=False, order_line=[])
        with self.assertRaisesRegex(UserError, "is not a quotation for Shopper 4"):
            self._quote(order_id=stranger.id)
        order = self._order(self.asker)
        with self.assertRaisesRegex(UserError, "is not open any more"):
            self._quote(order_id=order.id)
        order = self._order(self.asker, confirm=False, order_line=[])
        self._quote(order_id=order.id)
        with self.assertRaisesRegex(UserError, "Lamp is on .* already"):
            self._quote(order_id=order.id)
        company = self._create_company("Other", self.env.ref("base.USD"))
        foreign = self._order(self.asker, confirm=False, order_line=[], company_id=company.id)
        with self.assertRaisesRegex(UserError, "belongs to another company"):
            self.lamp_offer.with_context(order_id=foreign.id).action_quote()

    def test_quotation_that_does_not_exist(self):
        order = self._order(self.asker, confirm=False, order_line=[])
        order.unlink()
        for number in (order.id, "all", [1]):
            with self.assertRaisesRegex(UserError, "does not exist any more"):
                self._quote(order_id=number)

    def test_roles(self):
        employee = new_test_user(self.env, login="emin", groups="base.group_user")
        order = self._order(self.asker, confirm=False, order_line=[])
        for user in (employee, self.accountant):
            with self.assertRaises(AccessError):
                self._quote(user, order_id=order.id)
            with self.assertRaises(AccessError):
                self.lamp_offer.with_user(user).action_reject()
            with self.assertRaises(AccessError):
                self.lamp_offer.with_user(user).action_reopen()
            with self.assertRaises(AccessError):
                self.asker.with_user(user).action_refresh_recommendations()
        with self.assertRaises(AccessError):
            self.lamp_offer.with_user(self.salesperson).write({"state": "accepted"})
        with self.assertRaises(AccessError):
            self._quote(self.own_salesperson, order_id=order.id)
        self.assertFalse(order.order_line)
        seen = self.lamp_offer.with_user(self.salesperson)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            seen.read(["expected_profit"])
        self.assertEqual(self.lamp_offer.with_user(self.accountant).expected_profit, 32)

    def test_order_accepts_and_names_itself(self):
        order = self._order(self.asker, confirm=False, order_line=[])
        self._quote(order_id=order.id)
        order.action_confirm()
        self._refresh(self.asker)
        self.assertEqual((self.lamp_offer.state, self.lamp_offer.order_id), ("accepted", order))
        order._action_cancel()
        self._refresh(self.asker)
        self.assertEqual(self.lamp_offer.state, "open")
        self.assertFalse(self.lamp_offer.decided_date)

    def test_removed_from_the_quotation(self):
        order = self._order(self.asker, confirm=False, order_line=[])
        self._quote(order_id=order.id)
        order.order_line.unlink()
        self._refresh(self.asker)
        self.assertEqual(self.lamp_offer.state, "open")
        self.assertFalse(self.lamp_offer.order_id)
