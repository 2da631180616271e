"""Points are given by payments, by rewards taken back, and by managers who say why, only."""

import random

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import PointsCommon


@tagged("post_install", "-at_install")
class TestPointsAccess(PointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_manager = cls._create_user("sonia", "sales_team.group_sale_manager")
        cls.values_user = cls._create_user(
            "vera", "customer_value.customer_value_group_user,sales_team.group_sale_salesman"
        )
        for customer, amount in ((cls.customer, 150), (cls.other_customer, 200)):
            cls._pay(cls._invoice(customer, "2026-01-10", amount), "2026-01-20")
        cls._drain()
        cls.card, cls.friend = cls._card(), cls._card(cls.other_customer)

    @property
    def everybody_else(self):
        return (
            *(self.salesperson, self.own_salesperson, self.sales_manager, self.values_user),
            *(self.accountant, self.stock_user),
        )

    def _call(self, user, model, method, *args, **context):
        env = self.env(user=user.id, su=False)
        result = call_kw(env[model], method, list(args), {"context": context} if context else {})
        self.env.flush_all()
        return result

    def _refused(self, user, model, method, *args, error=UserError, **context):
        told = f"{user.login}: {model}.{method}{args}"
        with self.assertRaises(error, msg=told), self.env.cr.savepoint():
            self._call(user, model, method, *args, **context)

    def _assert_unchanged(self):
        self.assertEqual([self._balance(), self._balance(self.other_customer)], [150, 200])

    # === CARDS === #

    def test_nobody_else_writes_cards(self):
        other_program = self.env["loyalty.program"].create(
            {"name": "Another", "program_type": "loyalty", "company_id": self.company.id}
        )
        loose = self.env["loyalty.card"].create(
            {"program_id": other_program.id, "partner_id": self.contact.id, "points": 900}
        )
        category = self.env["product.category"].create({"name": "Friends"})
        row = {"card_id": self.friend.id, "description": "For a friend", "issued": 50}
        wizard = {"card_id": self.friend.id, "new_balance": 999, "description": "For a friend"}
        for user in self.everybody_else:
            for model, method, *args in (
                ("loyalty.card", "write", self.friend.ids, {"points": 999}),
                ("loyalty.card", "write", self.friend.ids, {"history_ids": [(0, 0, row)]}),
                ("loyalty.card", "write", self.friend.ids, {"active": False}),
                ("loyalty.card", "write", self.card.ids, {"partner_id": self.other_customer.id}),
                ("loyalty.card", "write", self.card.ids, {"program_id": other_program.id}),
                ("loyalty.card", "write", loose.ids, {"program_id": self.program.id}),
                ("loyalty.card", "create", {"program_id": self.program.id, "points": 50}),
                ("loyalty.card", "copy", self.friend.ids, {"code": "044"}),
                ("loyalty.card", "unlink", self.friend.ids),
                ("loyalty.card", "_add_points", self.friend.ids, []),
                ("loyalty.history", "create", row),
                ("loyalty.history", "write", self.friend.history_ids.ids, {"issued": 999}),
                ("loyalty.history", "write", self.card.history_ids.ids, {"card_id": loose.id}),
                ("loyalty.history", "unlink", self.friend.history_ids.ids),
                ("loyalty.program", "write", self.program.ids, {"customer_points_rate": 9}),
                ("loyalty.program", "write", self.program.ids, {"customer_points": False}),
                ("loyalty.program", "write", other_program.ids, {"customer_points_months": 2, **{
                    "customer_points": True, "customer_points_from": "2020-01-01"}}),
                ("customer.points.rate", "create", {"program_id": self.program.id, "rate": 9,
                    "categ_id": category.id}),
                ("customer.points.lot", "create", {"card_id": self.friend.id}),
                ("customer.points.entry", "create", {"card_id": self.friend.id}),
                ("customer.points.entry", "_write_books", {}, {}),
            ):  # fmt: skip
                with self.subTest(user=user.login, model=model, method=method):
                    self._refused(user, model, method, *args)
                    self._refused(user, model, method, *args, customer_points_allowed=True)
            with self.subTest(user=user.login), self.assertRaises(UserError):
                with self.env.cr.savepoint():
                    made = self._call(user, "loyalty.card.update.balance", "create", [wizard])
                    self._call(
                        user, "loyalty.card.update.balance", "action_update_card_point", made
                    )
            with self.subTest(user=user.login), self.assertRaises(UserError):
                with self.env.cr.savepoint():
                    values = {
                        **{"program_id": self.program.id, "points_granted": 50},
                        **{"mode": "selected", "description": "For a friend"},
                        "customer_ids": [Command.set(self.other_customer.ids)],
                    }
                    made = self._call(user, "loyalty.generate.wizard", "create", [values])
                    self._call(user, "loyalty.generate.wizard", "generate_coupons", made)
        self._assert_unchanged()

    def test_managers_say_why(self):
        row = {"card_id": self.friend.id, "description": " ", "issued": 50}
        for model, method, *args in (
            ("loyalty.card", "write", self.friend.ids, {"points": 999}),
            ("loyalty.card", "write", self.card.ids, {"partner_id": self.other_customer.id}),
            ("loyalty.card", "create", {"program_id": self.program.id, "points": 50}),
            ("loyalty.history", "create", row),
            ("loyalty.history", "write", self.friend.history_ids.ids, {"issued": 999}),
        ):
            self._refused(self.manager, model, method, *args)
        values = {"card_id": self.friend.id, "new_balance": 260, "description": " "}
        wizard = "loyalty.card.update.balance"
        made = self._call(self.manager, wizard, "create", [values])
        self._refused(self.manager, wizard, "action_update_card_point", made)
        self._assert_unchanged()
        self._call(self.manager, wizard, "write", made, {"description": "Late delivery"})
        self._call(self.manager, wizard, "action_update_card_point", made)
        self.assertEqual(self._balance(self.other_customer), 260)
        entry = self.env["customer.points.entry"].search([("kind", "=", "correct")])
        self.assertEqual((entry.points, entry.user_id), (60, self.manager))
        self.assertEqual(self.friend.history_ids[:1].description, "Late delivery")
        self._call(self.manager, "loyalty.program", "write", self.program.ids, {
            "customer_points_rate": 2})  # fmt: skip

    # === ORDERS === #

    def _spend(self, partner, confirm=True):
        order = self._quote(partner).with_user(self.salesperson)
        self._redeem(order, confirm)
        self.env.flush_all()
        return order, order.order_line.filtered("coupon_id")

    def _get_tricks(self, order, line):
        """What a salesperson can send for an order with a reward, to get points for a friend."""
        reward = {
            **{"order_id": order.id, "product_id": self.product.id, "name": "Reward"},
            **{"reward_id": self.program.reward_ids.id, "coupon_id": self.friend.id},
        }
        own = self._order(self.other_customer, price=10, confirm=False)
        for cost in (0, 0.5, -500, 99999):
            yield "sale.order.line", "write", line.ids, {"points_cost": cost}
            yield "sale.order.line", "create", {**reward, "points_cost": cost}
            yield "sale.order", "write", order.ids, {"order_line": [(1, line.id, {
                "points_cost": cost})]}  # fmt: skip
            yield (
                "sale.order",
                "create",
                {
                    "partner_id": self.other_customer.id,
                    "state": "sale",
                    "order_line": [(0, 0, {**reward, "order_id": False, "points_cost": cost})],
                },
            )
        yield "sale.order.line", "write", line.ids, {"coupon_id": self.friend.id}
        yield "sale.order.line", "write", line.ids, {"coupon_id": False, "points_cost": 0}
        yield "sale.order.line", "write", line.ids, {"reward_id": False}
        yield "sale.order.line", "write", line.ids, {"reward_identifier_code": "x"}
        yield "sale.order.line", "write", line.ids, {"order_id": own.id}
        yield (
            "sale.order",
            "write",
            order.ids,
            {"coupon_point_ids": [(0, 0, {"coupon_id": self.friend.id, "points": 500})]},
        )
        states = {"sale", "draft", "cancel"} - {order.state}
        for state in states if order.state == "sale" else {"sale"}:
            yield "sale.order", "write", order.ids, {"state": state}

    def test_no_points_by_the_lines_of_an_order(self):
        for confirm in (False, True):
            order, line = self._spend(self.customer, confirm)
            for user in (self.salesperson, self.sales_manager, self.manager):
                for model, method, *args in self._get_tricks(order, line):
                    with self.subTest(user=user.login, confirm=confirm, args=args):
                        self._refused(user, model, method, *args)
        self.assertEqual(self._balance(), 50)
        self.assertEqual(self._balance(self.other_customer), 200)
        order.action_cancel() if order.state == "sale" else None
        order._action_cancel()
        self.assertEqual(self._balance(), 150)

    def test_a_reward_on_a_confirmed_order_is_the_customers(self):
        order = self._order(self.customer, price=300).with_user(self.salesperson)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order._apply_program_reward(self.program.reward_ids, self.friend)
        self.assertEqual(self._balance(self.other_customer), 200)
        order._apply_program_reward(self.program.reward_ids, self.card)
        self.assertEqual(self._balance(), 50)

    def test_the_copy_of_an_order_spends_nothing(self):
        order, _line = self._spend(self.customer)
        copy = order.copy()
        self.assertFalse(copy.order_line.coupon_id)
        copy.action_confirm()
        self.assertEqual(self._balance(), 50)

    def test_random_tricks_of_salespeople(self):
        """Whatever is tried between claiming, confirming and cancelling, nothing is won."""
        draw = random.Random(17)
        for _story in range(6):
            order, line = self._spend(self.customer, confirm=False)
            for _step in range(5):
                step = draw.choice(("trick", "trick", "confirm", "cancel", "unlink"))
                try:
                    with self.env.cr.savepoint():
                        if step == "trick" and line.exists():
                            trick = draw.choice(list(self._get_tricks(order, line)))
                            self._call(self.salesperson, *trick)
                        elif step == "confirm" and order.state == "draft":
                            order.action_confirm()
                        elif step == "cancel":
                            order._action_cancel()
                        elif step == "unlink" and line.exists():
                            line.unlink()
                        self.env.flush_all()
                except (AccessError, UserError):
                    self.env.invalidate_all()
                spent = sum(order.order_line.filtered("coupon_id").mapped("points_cost"))
                spent = spent if order.state == "sale" else 0
                self.assertEqual(self._balance(), 150 - spent, step)
                self.assertEqual(self._balance(self.other_customer), 200, step)
            order._action_cancel()
            self._assert_unchanged()
