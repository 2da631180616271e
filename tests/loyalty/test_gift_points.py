"""A gift is used as often as it was given: nobody but managers, who say why, fills it again."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .tier_common import NOW, TierCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestGiftPoints(TierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_manager = cls._create_user("sonia", "sales_team.group_sale_manager")
        cls.gold.benefit_gift_program_id = cls.coupons

    def setUp(self):
        super().setUp()
        self._set_tier(self.gold)
        self.card = self._cards()

    def _call(self, user, model, method, *args):
        result = call_kw(self.env(user=user.id, su=False)[model], method, list(args), {})
        self.env.flush_all()
        return result

    def _refused(self, user, model, method, *args, error=UserError):
        with (
            self.subTest(user=user.login, model=model, args=args),
            self.assertRaises(error),
            self.cr.savepoint(),
        ):
            self._call(user, model, method, *args)
        self.env.invalidate_all()

    def _use(self, customer=None, confirm=True):
        """Put the gift on an order of its owner, as a salesperson does."""
        order = self._order(customer or self.customer, confirm=False).with_user(self.salesperson)
        for card, rewards in order._try_apply_code(self.card.code).items():
            order._apply_program_reward(rewards, card)
        if confirm:
            order.action_confirm()
        self.env.flush_all()
        return order, order.order_line.filtered("coupon_id")

    def test_points_come_and_go_with_rewards(self):
        order, line = self._use()
        self.assertEqual((order.amount_untaxed, self.card.points), (70, 0))
        order._action_cancel()
        self.assertEqual(self.card.points, 1)
        order, line = self._use()
        self.assertEqual(self.card.points, 0)
        line._reset_loyalty(True)
        self.assertEqual((order.amount_untaxed, self.card.points), (100, 1))
        for card, rewards in order._try_apply_code(self.card.code).items():
            order._apply_program_reward(rewards, card)
        self.assertEqual((order.amount_untaxed, self.card.points), (70, 0))

    def test_nobody_else_fills_a_gift_again(self):
        _order, line = self._use()
        balance = self.env["loyalty.card.update.balance"].create(
            {"card_id": self.card.id, "new_balance": 1, "description": "A favour"}
        )
        for user in (self.salesperson, self.own_salesperson, self.sales_manager):
            for points in (1, 5):
                values = {"points": points}
                self._refused(user, "loyalty.card", "write", self.card.ids, values,
                              error=AccessError)  # fmt: skip
            self._refused(user, "loyalty.card.update.balance", "action_update_card_point",
                          balance.with_user(user).copy().ids, error=AccessError)  # fmt: skip
            for values in ({"points_cost": 0}, {"coupon_id": False}, {"order_id": False}):
                self._refused(user, "sale.order.line", "write", line.ids, values)
        self._refused(self.manager, "loyalty.card", "write", self.card.ids, {"points": 1})
        self.assertEqual(self.card.points, 0)

    def test_no_points_by_the_lines_or_the_state_of_an_order(self):
        order, line = self._use(confirm=False)
        confirmed = self._order(self.customer)
        reward = {
            **{"order_id": confirmed.id, "product_id": self.product.id, "name": "Reward"},
            **{"reward_id": line.reward_id.id, "coupon_id": self.card.id, "points_cost": -5},
        }
        for user in (self.salesperson, self.sales_manager):
            self._refused(user, "sale.order.line", "create", reward)
            self._refused(user, "sale.order", "write", order.ids, {"state": "sale"})
        order.action_confirm()
        for user in (self.salesperson, self.sales_manager):
            self._refused(user, "sale.order", "write", order.ids, {"state": "draft"})
        self.assertEqual(self.card.points, 0)
        copy = order.copy()
        self.assertFalse(copy.order_line.coupon_id)

    def test_a_used_gift_on_an_invoice_does_not_come_back(self):
        order, _line = self._use()
        order._create_invoices().action_post()
        with self.assertRaisesRegex(UserError, "credit the invoice"), self.cr.savepoint():
            order._action_cancel()
        self.assertEqual(self.card.points, 0)

    def test_a_manager_corrects_and_says_why(self):
        self._use()
        values = {"card_id": self.card.id, "new_balance": 1, "description": " "}
        wizards = self.env["loyalty.card.update.balance"].with_user(self.manager)
        wizard = wizards.create(values)
        with self.assertRaisesRegex(UserError, "description"):
            wizard.action_update_card_point()
        wizard.description = "The first one came to nothing"
        wizard.action_update_card_point()
        self.assertEqual(self.card.points, 1)
        told = self.card.history_ids.filtered(lambda row: "came to nothing" in row.description)
        self.assertEqual((told.issued, told.create_uid), (1, self.manager))

    def test_a_gift_that_was_taken_back_stays_empty(self):
        grant = self._grants().filtered(lambda one: one.kind == "gift")
        grant.with_user(self.manager).action_withdraw()
        self.assertEqual((self.card.points, grant.state), (0, "ended"))
        values = {"points": 1, "active": True}
        self._refused(self.salesperson, "loyalty.card", "write", self.card.ids, values,
                      error=AccessError)  # fmt: skip

    def test_other_coupons_stay_as_odoo_has_them(self):
        """What nobody of ours gave is for those to change who may in Odoo."""
        plain = self.env["loyalty.card"].create(
            {"program_id": self.coupons.id, "partner_id": self.customer.id, "points": 1}
        )
        self._call(self.salesperson, "loyalty.card", "write", plain.ids, {"points": 3})
        self.assertEqual(plain.points, 3)
