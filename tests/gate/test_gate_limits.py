from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .gate_common import GateCommon

LIMIT = 100


@tagged("post_install", "-at_install")
class TestGateLimits(GateCommon):
    """A limit of 100: nobody gives more without a manager, whichever way it is written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {"customer_complaint_is_limited": True, "customer_complaint_approval_limit": LIMIT}
        )
        cls.plain = cls._complain(order_line_id=cls.order.order_line[0].id)

    def _confirm(self, kind, lines=None, complaint=None, context=None, **values):
        """Ask and confirm as the service does over RPC; return the resolution."""
        if lines is not None:
            values["line_ids"] = [[Command.CREATE, 0, line] for line in lines]
        values |= {"complaint_id": (complaint or self.plain).id, "kind": kind}
        name = "customer.complaint.resolution"
        id_ = self._rpc(self.service, name, "create", values, context=context)
        self._rpc(self.service, name, "action_confirm", [id_], context=context)
        return self.env[name].browse(id_)

    def _desk(self, quantity=1, **values):
        return {"product_id": self.product.id, "quantity": quantity, "price_unit": 100, **values}

    def test_up_to_the_limit(self):
        self.assertEqual(self._confirm("replacement", [self._desk()]).state, "done")
        self.assertEqual(self._confirm("replacement", [self._desk(0.01)]).state, "to_approve")

    def test_no_line_takes_off(self):
        with self._refused(ValidationError, "must be between 0 and"):
            self._confirm("credit", [self._desk(), self._desk(-1)])
        with self._refused(ValidationError, "must be between 0 and"):
            self._confirm("credit", [self._desk(3), self._desk(1, price_unit=-250)])

    def test_bounds(self):
        for values in (
            {"discount": 100.5},
            {"discount": -1},
            {"quantity": 10**7},
            {"price_unit": 10**15},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._ask_for(
                    self.plain, "credit", line_ids=[Command.create(self._desk() | values)]
                )

    def test_what_an_invoice_takes_off_can_be_credited(self):
        """A line of the invoice below zero comes along, but makes no room."""
        move = self._create_move(self.customer, "2026-01-10", 90, 60)
        move.invoice_line_ids[1].write({"price_unit": -40, "product_id": False, "name": "Bonus"})
        move.action_post()
        complaint = self._complain(self.manager)
        credit = self._ask_for(complaint, "credit", invoice_id=move.id)
        self.assertEqual(sorted(credit.line_ids.mapped("price_unit")), [-40, 90])
        credit.line_ids.quantity = 1
        self.assertEqual(credit.amount, 50)
        self.assertEqual(credit.sudo()._get_approval_amount(), 100)
        with self._refused(ValidationError, "must be between"):
            credit.line_ids.filtered(lambda line: line.price_unit < 0).price_unit = -41
        credit.action_confirm()
        self.assertEqual(move.reversal_move_ids.amount_untaxed, 50)

    def test_goods_are_worth_their_list_price(self):
        for values in ({"price_unit": 0}, {"discount": 100}, {"price_unit": 0.01, "discount": 99}):
            with self.subTest(values=values):
                resolution = self._confirm("replacement", [self._desk(2) | values])
                self.assertEqual(resolution.state, "to_approve")
                self.assertFalse(self.plain.replacement_ids)

    def test_goods_without_any_price(self):
        free = self.env["product.product"].create({"name": "Sample", "list_price": 0})
        line = {"product_id": free.id, "quantity": 1, "price_unit": 0}
        self.assertEqual(self._confirm("replacement", [line]).state, "to_approve")

    def test_goods_are_not_worth_what_is_typed(self):
        """A price of next to nothing made goods without list price cheap, whatever they cost."""
        made = self.env["product.product"].create({"name": "Made to order", "list_price": 0})
        line = {"product_id": made.id, "quantity": 50, "price_unit": 0.01}
        self.assertEqual(self._confirm("replacement", [line]).state, "to_approve")
        for cost, state in ((40, "to_approve"), (1, "done")):
            made.with_company(self.company).standard_price = cost
            complaint = self._complain()
            made_for = self._confirm("replacement", [line], complaint)
            self.assertEqual(made_for.state, state)

    def test_taxes_of_a_fixed_amount(self):
        """What is invoiced with a discount was credited without it: ten times the limit."""
        tax = self.env["account.tax"].create(
            {
                "name": "Eco",
                "amount_type": "fixed",
                "amount": 90,
                "price_include_override": "tax_included",
            }
        )
        move = self._create_move(self.customer, "2026-01-10", 1000)
        eco = move.invoice_line_ids
        eco.write({"discount": 90, "tax_ids": [Command.set(tax.ids)]})
        move.invoice_line_ids = [Command.create({"name": "Desk", "price_unit": 5000})]
        move.action_post()
        self.assertEqual(eco.price_subtotal, 10)
        line = {"invoice_line_id": eco.id, "product_id": eco.product_id.id, "quantity": 1}
        for discount, amount, state in ((90, 10, "approved"), (0, 910, "to_approve")):
            values = line | {"price_unit": 1000, "discount": discount}
            resolution = self._confirm("credit", [values], self._complain(), invoice_id=move.id)
            self.assertAlmostEqual(resolution.amount, amount, 2)
            self.assertEqual(resolution.state, state)
        # A price below the tax takes something off; not of what another line gives.
        below = line | {"price_unit": 1, "quantity": 100, "discount": 0}
        extra = {"name": "Sorry", "quantity": 1, "price_unit": 101}
        resolution = self._confirm("credit", [below, extra], self._complain(), invoice_id=move.id)
        self.assertEqual(resolution.state, "to_approve")

    def test_points_of_a_loyalty_program_only(self):
        other = self._create_company("Neighbours", self.env.ref("base.EUR"))
        manager = self._create_user(
            "maral", "sales_team.group_sale_manager,customer_value.customer_value_group_user"
        )
        manager.company_ids |= other
        programs = self.env["loyalty.program"].create(
            [
                {"name": "Gifts", "program_type": "gift_card", "company_id": self.company.id},
                {"name": "Theirs", "program_type": "loyalty", "company_id": other.id},
            ]
        )
        name = "customer.complaint.resolution"
        for program in programs:
            values = {"complaint_id": self.plain.id, "kind": "points", "points": 5}
            context = {"allowed_company_ids": [self.company.id, other.id]}
            id_ = self._rpc(
                *(manager, name, "create", values | {"program_id": program.id}), context=context
            )
            with self._refused(UserError, "is no loyalty program of"):
                self._rpc(manager, name, "action_confirm", [id_], context=context)

    def test_currency_is_that_of_the_document(self):
        """Counted in a currency worth nothing, the same number was made in dollars."""
        weak = self.env["res.currency"].create({"name": "WEK", "symbol": "w"})
        self.env["res.currency.rate"].create(
            {"currency_id": weak.id, "name": "2020-01-01", "rate": 100_000}
        )
        for kind in ("replacement", "credit"):
            with self._refused(AccessError, "step by step|cannot be entered"):
                self._confirm(kind, [self._desk(5, currency_id=weak.id)])
        resolution = self._confirm(
            "credit", [self._desk(5)], context={"default_currency_id": weak.id}
        )
        self.assertEqual(resolution.line_ids.currency_id, self.company.currency_id)
        self.assertEqual(resolution.state, "to_approve")

    def test_rate_of_the_day(self):
        """An invoice in euro counts in dollars of the day it is asked for."""
        euro = self.env.ref("base.EUR")
        for day, rate in (("2020-01-01", 1.0), ("2026-02-01", 0.5)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "name": day, "rate": rate, "company_id": self.company.id}
            )
        self.product.list_price = 10
        move = self._invoice(self.customer, "2026-01-10", 90, currency_id=euro.id)
        complaint = self._complain(invoice_line_id=move.invoice_line_ids.id)
        resolution = self._ask_for(complaint, "credit")
        self.assertEqual(resolution.sudo()._get_approval_amount(), 180)
        resolution.action_confirm()
        self.assertEqual(resolution.state, "to_approve")

    def test_nothing_done_makes_room(self):
        """Not even a row below zero from before there were bounds."""
        old = self._ask_for(self.plain.sudo(), "credit", line_ids=[])
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO customer_complaint_resolution_line
                           (resolution_id, company_id, quantity, price_unit, amount)
                    VALUES (%s, %s, -1, 8999, -8999)""",
            (old.id, self.company.id),
        )
        self.env.invalidate_all()
        old.write({"state": "done", "amount": -8999})
        self.assertEqual(self._confirm("replacement", [self._desk(2)]).state, "to_approve")

    def test_nothing_is_decided_by_the_context(self):
        context = {
            "default_state": "approved",
            "default_approver_id": self.manager.id,
            "default_amount": -500,
            "default_document_model": "sale.order",
            "default_document_id": self.order.id,
        }
        resolution = self._confirm("replacement", [self._desk(2)], context=context)
        self.assertEqual(resolution.state, "to_approve")
        self.assertFalse(resolution.approver_id)
        self.assertFalse(resolution.document_id)
        self.assertEqual(resolution.amount, 200)

    def test_limit_is_that_of_the_complaint(self):
        """Not of another company of the user, in which there is none."""
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.service.company_ids |= branch
        context = {
            "allowed_company_ids": [branch.id, self.company.id],
            "default_company_id": branch.id,
        }
        resolution = self._confirm("replacement", [self._desk(2)], context=context)
        self.assertEqual((resolution.company_id, resolution.state), (self.company, "to_approve"))

    def test_nothing_is_decided_by_a_personal_default(self):
        self.env["ir.default"].with_user(self.service).sudo().set(
            "customer.complaint.resolution", "state", "approved", user_id=self.service.id
        )
        self.assertEqual(self._confirm("replacement", [self._desk(2)]).state, "to_approve")

    def test_nothing_is_decided_by_writing(self):
        name = "customer.complaint.resolution"
        draft = self._ask_for(self.plain, "replacement")
        for values in (
            {"state": "approved"},
            {"amount": 0},
            {"approver_id": self.manager.id},
            {"refusal": "x"},
            {"document_model": "sale.order", "document_id": self.order.id},
            {"company_id": self.company.id},
            {"complaint_id": self.complaint.id},
            {"line_ids": [[Command.UPDATE, draft.line_ids.id, {"amount": 0}]]},
        ):
            for user in (self.service, self.manager):
                with self._refused(AccessError, "step by step|cannot be entered"):
                    self._rpc(user, name, "write", draft.ids, values)
                if "complaint_id" not in values and "line_ids" not in values:
                    with self._refused(AccessError, "step by step"):
                        self._ask_for(self.plain.with_user(user), "replacement", **values)

    def test_parts_add_up_before_they_are_made(self):
        """Ten small ones are a large one, waiting, approved and made alike."""
        states = [self._confirm("replacement", [self._desk(0.3)]).state for _number in range(5)]
        self.assertEqual(states, ["done"] * 3 + ["to_approve"] * 2)

    def test_price_in_the_currency_of_the_order(self):
        """A price in euro is no price in dollars."""
        euro = self.env.ref("base.EUR")
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2020-01-01", "rate": 0.5}
        )
        self.product.list_price = 10
        move = self._invoice(self.customer, "2026-01-10", 20, currency_id=euro.id)
        complaint = self._complain(invoice_line_id=move.invoice_line_ids.id)
        resolution = self._confirm("replacement", complaint=complaint, is_free=False)
        order = complaint.replacement_ids
        self.assertEqual(resolution.amount, 40)
        self.assertEqual(order.currency_id, self.company.currency_id)
        self.assertEqual(order.amount_untaxed, 40)

    def test_points_worth_a_share(self):
        """A cheap use of points beside a share of the next order: nobody knows what they give."""
        reward = {"reward_type": "discount", "discount_mode": "per_point", "discount": 0.001}
        share = {"reward_type": "discount", "discount_mode": "percent", "discount": 90}
        for rewards, state in (([reward], "approved"), ([reward, share], "to_approve")):
            program = self.env["loyalty.program"].create(
                {
                    "name": "Stars",
                    "program_type": "loyalty",
                    "reward_ids": [Command.create(values) for values in rewards],
                }
            )
            made = self._confirm("points", points=10, program_id=program.id)
            self.assertEqual(made.state, state)

    def test_random_lines(self):
        """Whatever the lines: above the limit by quantity and best price, and nothing is made."""
        number = st.one_of(st.integers(-3, 30), st.floats(-3, 30).map(lambda x: round(x, 2)))
        line = st.fixed_dictionaries(
            {
                "quantity": number,
                "price_unit": st.one_of(number, st.integers(-200, 200)),
                "discount": st.sampled_from([0, 0, 10, 99, 100, 101, -5]),
            }
        )

        @settings(max_examples=40, deadline=None, database=None, derandomize=True)
        @given(st.lists(line, min_size=1, max_size=4))
        def check(lines):
            worth = sum(round(max(x["quantity"], 0) * max(x["price_unit"], 100), 2) for x in lines)
            with self.env.cr.savepoint() as savepoint:
                try:
                    lines = [{"product_id": self.product.id, **x} for x in lines]
                    state = self._confirm("replacement", lines).state
                except UserError:
                    state = "refused"
                self.assertTrue(state in ("to_approve", "refused") or worth <= LIMIT, lines)
                savepoint.rollback()
            self.env.invalidate_all()

        check()
