from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .tier_common import NOW, TierCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestTierFriends(TierCommon):
    """What is of one customer, or for one tier, is not passed on to others."""

    def test_a_gift_is_not_passed_on_after_the_order_is_confirmed(self):
        self.gold.benefit_gift_program_id = self.coupons
        self._set_tier(self.gold)
        order = self._order(self.customer, confirm=False).with_user(self.salesperson)
        for card, reward in order._try_apply_code(self._cards().code).items():
            order._apply_program_reward(reward, card)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "welcome gift"), self.cr.savepoint():
            order.partner_id = self.other_customer
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        order.partner_id = contact
        self.assertEqual(order.partner_id, contact)

    def _gift_on(self, order):
        """Put the gift of the customer on a quotation of theirs, as a salesperson."""
        order = order.with_user(self.salesperson)
        for card, reward in order._try_apply_code(self._cards().code).items():
            order._apply_program_reward(reward, card)
        self.assertEqual(order.order_line.coupon_id, self._cards())
        return order

    def test_a_gift_does_not_come_onto_a_confirmed_order_by_its_lines(self):
        """Over RPC a salesperson writes lines and states as Odoo's own buttons do."""
        self.gold.benefit_gift_program_id = self.coupons
        self._set_tier(self.gold)
        reward = self.coupons.reward_ids
        values = {
            "product_id": reward.discount_line_product_id.id,
            "name": "30 off",
            "price_unit": -30,
            "reward_id": reward.id,
            "coupon_id": self._cards().id,
            "points_cost": 1,
        }
        theirs = self._order(self.other_customer).with_user(self.salesperson)
        mine = self._order(self.customer).with_user(self.salesperson)
        lines = theirs.env["sale.order.line"]
        plain = {name: value for name, value in values.items() if name != "coupon_id"}
        for order in (theirs, mine):
            with self.assertRaisesRegex(AccessError, "by hand"), self.cr.savepoint():
                lines.create({**values, "order_id": order.id})
            with self.assertRaisesRegex(AccessError, "by hand"), self.cr.savepoint():
                order.order_line = [Command.create(values)]
            with self.assertRaisesRegex(AccessError, "by hand"), self.cr.savepoint():
                order.order_line.coupon_id = self._cards()
            with self.assertRaisesRegex(AccessError, "by hand"), self.cr.savepoint():
                lines = lines.with_context(default_coupon_id=self._cards().id)
                lines.create({**plain, "order_id": order.id})
        with self.assertRaisesRegex(UserError, "welcome gift"), self.cr.savepoint():
            theirs._apply_program_reward(reward, self._cards())
        mine._apply_program_reward(reward, self._cards())
        self.assertEqual((mine.amount_untaxed, self._cards().points), (70, 0))

    def test_a_gift_is_not_confirmed_by_the_state_alone(self):
        self.gold.benefit_gift_program_id = self.coupons
        self._set_tier(self.gold)
        order = self._gift_on(self._order(self.customer, confirm=False))
        with self.cr.savepoint() as savepoint:
            order.partner_id = self.other_customer
            with self.assertRaisesRegex(AccessError, "by hand"), self.cr.savepoint():
                order.state = "sale"
            with self.assertRaisesRegex(UserError, "welcome gift"), self.cr.savepoint():
                order.action_confirm()
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        with self.assertRaisesRegex(AccessError, "by hand"), self.cr.savepoint():
            order.state = "sale"
        order.action_confirm()
        with self.assertRaisesRegex(AccessError, "by hand"), self.cr.savepoint():
            order.state = "sent"

    def test_only_managers_give_a_gift_to_somebody_else(self):
        self.gold.benefit_gift_program_id = self.coupons
        self._set_tier(self.gold)
        card = self._cards()
        seller = self._create_user("sales lead", "sales_team.group_sale_manager")
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        for user in (self.salesperson, seller):
            for partner in (self.other_customer, self.env["res.partner"]):
                with self.assertRaisesRegex(AccessError, "welcome gift"), self.cr.savepoint():
                    card.with_user(user).partner_id = partner
        card.with_user(seller).partner_id = contact
        card.with_user(seller).partner_id = self.customer
        card.with_user(self.manager).partner_id = self.other_customer
        self.assertEqual(card.partner_id, self.other_customer)

    def test_what_was_for_an_archived_tier_is_not_for_everybody(self):
        promotion = self._program(
            "Gold days",
            7,
            program_type="promotion",
            trigger="auto",
            customer_tier_ids=self.gold.ids,
        )
        self.coupons.customer_tier_ids = self.gold
        card = self.env["loyalty.card"].create({"program_id": self.coupons.id, "points": 1})
        self._set_tier(self.gold)
        order = self._order(self.customer, confirm=False).with_user(self.salesperson)
        order._update_programs_and_rewards()
        for one, reward in order._get_claimable_rewards().items():
            order._apply_program_reward(reward, one)
        order.action_confirm()
        self.assertEqual(order.order_line.reward_id.program_id, promotion)
        self.gold.active = False
        self.env.invalidate_all()
        theirs = self._order(self.other_customer, confirm=False)
        self.assertIn("error", theirs._try_apply_code(card.code))
        theirs._update_programs_and_rewards()
        self.assertFalse(theirs._get_claimable_rewards())
        with self.assertRaisesRegex(UserError, "some tiers only"), self.cr.savepoint():
            order.partner_id = self.other_customer

    def test_what_is_for_a_tier_is_not_passed_on_to_a_friend(self):
        """Claimed for who holds the tier, then made out to a friend: earlier or later."""
        promotion = self._program(
            "Gold days",
            7,
            program_type="promotion",
            trigger="auto",
            customer_tier_ids=self.gold.ids,
        )
        self._set_tier(self.gold)

        def claim():
            order = self._order(self.customer, confirm=False).with_user(self.salesperson)
            order._update_programs_and_rewards()
            for card, reward in order._get_claimable_rewards().items():
                order._apply_program_reward(reward, card)
            self.assertEqual(order.order_line.reward_id.program_id, promotion)
            return order

        order = claim()
        order.partner_id = self.other_customer
        order.action_confirm()
        self.assertFalse(order.order_line.reward_id, "Odoo's own checks take it off")
        order = claim()
        order.action_confirm()
        self.assertEqual(order.amount_untaxed, 93)
        with self.assertRaisesRegex(UserError, "some tiers only"), self.cr.savepoint():
            order.partner_id = self.other_customer
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self._set_tier(self.silver)
        order.partner_id = contact
        self.assertEqual(order.amount_untaxed, 93, "it was theirs when they ordered")
        # A line with the reward made by hand, over RPC.
        order = self._order(self.other_customer, confirm=False).with_user(self.salesperson)
        reward = promotion.reward_ids
        values = {"order_id": order.id, "reward_id": reward.id, "price_unit": -50}
        values |= {"product_id": reward.discount_line_product_id.id, "name": "A favour"}
        order.env["sale.order.line"].create(values)
        try:
            with self.cr.savepoint():
                order.action_confirm()
        except UserError:
            return
        self.assertFalse(order.order_line.reward_id)

    # === PRICES ON DIRECT INVOICES ===
