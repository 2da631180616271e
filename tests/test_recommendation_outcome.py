"""From shown to bought: quoting, rejecting, buying, hit rate, merging, companies, queries."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .prediction_common import TODAY
from .recommendation_common import RecommendationCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRecommendationOutcome(RecommendationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.env.user | cls.salesperson | cls.accountant | cls.own_salesperson).lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.today = cls._day(TODAY)
        cls.desk, cls.lamp = cls._add_products("Desk", "Lamp")
        cls.buyers = cls._add_customers(6)
        cls._sell_pairs(cls.buyers[:4])
        cls._add_purchases([(cls.buyers[4].id, cls._ago(60), [(cls.desk.id, 1, 100)])])
        cls.model = cls._make_model()
        cls.asker = cls.buyers[4]
        cls._refresh(cls.asker)
        cls.lamp_offer = cls._get(cls.asker)

    @classmethod
    def _ago(cls, days):
        return cls.today - timedelta(days=days)

    @classmethod
    def _sell_pairs(cls, customers, company=None):
        both = [(cls.desk.id, 1, 100), (cls.lamp.id, 1, 100)]
        cls._add_purchases([(customer.id, cls._ago(60), both) for customer in customers], company)

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

    def test_reject_with_a_reason(self):
        action = self.lamp_offer.with_user(self.salesperson).action_reject()
        wizard = (
            self.env["customer.recommendation.reject"]
            .with_user(self.salesperson)
            .with_context(**action["context"])
            .create({"reason": "too_expensive", "note": "asked in May"})
        )
        wizard.action_reject()
        offer = self.lamp_offer
        self.assertEqual(
            (offer.state, offer.reject_reason, offer.reject_note, offer.decided_by_id),
            ("rejected", "too_expensive", "asked in May", self.salesperson),
        )
        self.assertEqual((offer.hit_rate, offer.decided_date), (0, self.today))
        self._refresh(self.asker)
        self.assertFalse(self._get(self.asker))
        offer.with_user(self.salesperson).action_reopen()
        self._refresh(self.asker)
        self.assertEqual(self._get(self.asker), offer)
        self.assertFalse(offer.reject_reason)

    def test_bought_is_accepted_and_cannot_be_rejected(self):
        self._add_purchases([(self.asker.id, self.today, [(self.lamp.id, 1, 100)])])
        self._refresh(self.asker)
        offer = self.lamp_offer
        self.assertEqual(
            (offer.state, offer.decided_date, offer.hit_rate), ("accepted", self.today, 1)
        )
        with self.assertRaisesRegex(UserError, "has been bought already"):
            offer._reject("other", False)
        self.assertFalse(self._refresh(self.asker))

    def test_order_accepts_and_names_itself(self):
        order = self._order(self.asker, confirm=False, order_line=[])
        self._quote(order_id=order.id)
        order.action_confirm()
        self._refresh(self.asker)
        self.assertEqual((self.lamp_offer.state, self.lamp_offer.order_id), ("accepted", order))

    def test_removed_from_the_quotation(self):
        order = self._order(self.asker, confirm=False, order_line=[])
        self._quote(order_id=order.id)
        order.order_line.unlink()
        self._refresh(self.asker)
        self.assertEqual(self.lamp_offer.state, "open")
        self.assertFalse(self.lamp_offer.order_id)

    def test_look_back_ends(self):
        """After 90 days it was no hit; what is still worth offering is shown anew."""
        self._refresh(self.asker, today=str(self.today + timedelta(days=90)))
        self.assertEqual(self.lamp_offer.state, "open")
        later = self.today + timedelta(days=91)
        self._refresh(self.asker, today=str(later))
        self.assertEqual((self.lamp_offer.state, self.lamp_offer.hit_rate), ("expired", 0))
        self.assertEqual(self._get(self.asker).date, later)
        self.assertFalse(self._refresh(self.asker, today=str(later)))
        self.company.customer_recommendation_lookback_days = 30
        with self.assertRaisesRegex(ValidationError, "between 1 and 3,650 days"):
            self.company.customer_recommendation_lookback_days = 0

    def test_hit_rate_by_kind(self):
        self._add_purchases([(self.asker.id, self.today, [(self.lamp.id, 1, 100)])])
        self.env["customer.recommendation"].create(
            [
                {
                    "partner_id": self.buyers[5].id,
                    "company_id": self.company.id,
                    "kind": "cross_sell",
                    "product_id": self.lamp.id,
                    "date": self.today,
                    "state": state,
                    "hit_rate": hit,
                }
                for state, hit in (("expired", 0), ("rejected", 0), ("open", False))
            ]
        )
        self._refresh(self.asker)
        [(kind, rate)] = self.env["customer.recommendation"]._read_group(
            [], ["kind"], ["hit_rate:avg"]
        )
        self.assertEqual(kind, "cross_sell")
        self.assertAlmostEqual(rate, 1 / 3)

    def test_nightly_run_refreshes(self):
        self.lamp_offer.unlink()
        self._run_nightly()
        self.assertEqual(self._get(self.asker).product_id, self.lamp)
        before = self._read_recommendation_versions()
        self._run_nightly()
        self.assertEqual(self._read_recommendation_versions(), before)

    def test_on_demand(self):
        self.lamp_offer.unlink()
        action = self.asker.with_user(self.salesperson).action_refresh_recommendations()
        self.assertIn("Shopper 4: 1", action["params"]["message"])
        self.assertEqual(self._get(self.asker).product_id, self.lamp)

    def test_merge_loses_nothing(self):
        source = self.buyers[5]
        self._add_purchases([(source.id, self._ago(60), [(self.desk.id, 1, 100)])])
        self._refresh(source)
        self._get(source)._reject("other", "no room")
        source.customer_blocked_category_ids = self.env["product.category"].create({"name": "X"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | self.asker).ids, self.asker)
        found = self._get(self.asker, "open", "rejected")
        self.assertEqual(sorted(found.mapped("state")), ["open", "rejected"])
        self.assertEqual(self.asker.customer_blocked_category_ids.name, "X")
        self._refresh(self.asker)
        self.assertEqual(self._get(self.asker, "rejected").reject_note, "no room")
        self.assertFalse(self._get(self.asker), "what one of them rejected is rejected")

    def test_duplicates_of_a_merge_become_one(self):
        source = self.buyers[5]
        self._add_purchases([(source.id, self._ago(60), [(self.desk.id, 1, 100)])])
        self._refresh(source)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | self.asker).ids, self.asker)
        self.assertEqual(len(self._get(self.asker)), 2)
        self._refresh(self.asker)
        self.assertEqual(len(self._get(self.asker)), 1)
        self.assertFalse(self._refresh(self.asker))

    def test_customer_becomes_a_contact(self):
        customer, parent = self._add_customers(2, "Branch")
        offer = self.lamp_offer.copy({"partner_id": customer.id})
        customer.write({"is_company": False, "parent_id": parent.id})
        self.assertEqual(offer.partner_id, parent)

    def test_delete(self):
        self.lamp_offer.unlink()
        product = self._add_products("Nothing")
        customer = self._create_customer("Nobody")
        offer = self.env["customer.recommendation"].create(
            {
                "partner_id": customer.id,
                "company_id": self.company.id,
                "kind": "up_sell",
                "product_id": product.id,
                "date": self.today,
            }
        )
        product.unlink()
        self.assertFalse(offer.exists())
        customer.unlink()

    def test_two_companies(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self._refresh(self.asker, company=other)
        self.assertFalse(self._get(self.asker, company=other))
        self._sell_pairs(self.buyers[1:5], company=other)
        self._add_purchases([(self.buyers[0].id, self._ago(60), [(self.lamp.id, 1, 100)])], other)
        self._make_model(other)
        self._refresh(self.buyers[0], company=other)
        self.assertEqual(self._get(self.buyers[0], company=other).product_id, self.desk)
        before = self._read_recommendation_versions()
        self.assertFalse(self._refresh(self.asker), "the other company's sales change nothing")
        self.assertEqual(self._read_recommendation_versions(), before)
        self.assertEqual(
            self.env["customer.product.affinity"].search_count([("company_id", "=", other.id)]), 2
        )
        stranger = self._get(self.buyers[0], company=other).with_user(self.salesperson)
        with self.assertRaises(AccessError):
            stranger.read(["state"])
        with self.assertRaises(AccessError):
            stranger.action_reject()

    def test_same_queries_for_ten_and_a_hundred_customers(self):
        customers = self._add_customers(110, "Crowd")
        self._add_purchases(
            [(one.id, self._ago(60), [(self.desk.id, 1, 100)]) for one in customers]
        )
        self._refresh(self.asker)
        counts = []
        for part in (customers[:10], customers[10:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self._refresh(part)), len(part))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        shown = ["reason", "stock_status", "product_id", "state"]
        self.lamp_offer.with_user(self.salesperson).read(shown)  # fill caches of rights
        counts = []
        for part in (customers[:10], customers[10:]):
            found = self.env["customer.recommendation"].search([("partner_id", "in", part.ids)])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found.with_user(self.salesperson).read(shown)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertEqual(len(found), 100)

    def test_summary_for_other_programs(self):
        self._run_nightly()
        program = self._create_user("robo", "customer_value.customer_value_group_api")
        program.lang = "en_US"
        api = self.env["customer.api"].with_user(program)
        summary = api.get_summary(company_id=self.company.id, partner_id=self.asker.id)
        self.assertEqual(
            summary["recommendations"],
            [
                {
                    "kind": "cross_sell",
                    "product_id": self.lamp.id,
                    "product": "Lamp",
                    "reason": "In 4 of 4 purchases of Desk",
                    "stock_status": "unlimited",
                }
            ],
        )
        stranger = self._create_customer("Stranger")
        summary = api.get_summary(company_id=self.company.id, partner_id=stranger.id)
        self.assertEqual(summary["recommendations"], [])
