from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..complaint.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintResolution(ComplaintCommon):
    """What a complaint gives the customer, with the rights of who gives it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.invoice = cls._sell(2, 3, 5)
        lines = cls.invoice.invoice_line_ids.sorted("id")
        cls.line = lines[1]
        cls.complaint = cls._complain(invoice_line_id=cls.line.id)

    def test_credit_note_of_the_lines_asked_for(self):
        complaint = self.complaint.with_user(self.manager)
        credit = self._ask_for(complaint, "credit", reason="Scratched")
        self.assertEqual(credit.invoice_id, self.invoice)
        self.assertEqual(credit.line_ids.mapped("quantity"), [0, 3, 0])
        self.assertEqual(credit.amount, 303)
        credit.line_ids[0].write({"quantity": 1, "price_unit": 50})
        action = credit.action_confirm()
        note = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(note.state, "draft")
        self.assertEqual(note.move_type, "out_refund")
        self.assertEqual(note.reversed_entry_id, self.invoice)
        self.assertEqual(note.amount_untaxed, 353)
        self.assertEqual(note.invoice_line_ids.mapped("quantity"), [1, 3])
        self.assertEqual(complaint.credit_note_ids, note)
        self.assertEqual(note.with_user(self.manager).customer_complaint_count, 1)
        self.assertEqual(self.invoice.with_user(self.manager).customer_complaint_count, 1)
        note.action_post()
        complaint.invalidate_recordset()
        self.assertEqual(complaint.cost_credit, 353)

    def test_no_more_than_was_invoiced(self):
        complaint = self.complaint.with_user(self.manager)
        self._ask_for(complaint, "credit").action_confirm()
        more = self._ask_for(complaint, "credit")
        more.line_ids.quantity = 10
        with self._refused(UserError, "are left to be credited"):
            more.action_confirm()
        more.line_ids.quantity = 0
        with self._refused(UserError, "nothing to give"):
            more.action_confirm()

    def test_credit_without_invoice(self):
        complaint = self._complain(self.manager)
        line = Command.create({"name": "Goodwill", "quantity": 1, "price_unit": 20})
        credit = self._ask_for(complaint, "credit", line_ids=[line])
        note = self.env["account.move"].browse(credit.action_confirm()["res_id"])
        self.assertEqual((note.amount_untaxed, note.partner_id), (20, self.contact))

    def test_who_has_no_right_on_invoices_asks_the_accountant(self):
        credit = self._ask_for(self.complaint, "credit")
        self.team.accountant_id = self.accountant
        credit.action_confirm()
        self.assertEqual(credit.state, "approved")
        self.assertFalse(self.complaint.credit_note_ids)
        activity = self.complaint.sudo().activity_ids
        self.assertEqual(activity.user_id, self.accountant)
        self.assertIn("303", activity.summary)
        with self._refused(AccessError, "anna|right"):
            credit.action_make()
        action = credit.with_user(self.accountant).action_make()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(credit.state, "done")
        self.assertEqual(self.complaint.sudo().credit_note_ids.id, action["res_id"])
        self.assertFalse(self.complaint.sudo().activity_ids)
        with self._refused(UserError, "decided by somebody"):
            credit.with_user(self.accountant).action_make()

    def test_approval(self):
        self.company.write(
            {"customer_complaint_is_limited": True, "customer_complaint_approval_limit": 300}
        )
        replacement = self._ask_for(self.complaint, "replacement")
        self.assertEqual(replacement.amount, 303)
        replacement.action_confirm()
        self.assertEqual(replacement.state, "to_approve")
        self.assertEqual(self.complaint.sudo().activity_ids.user_id, self.manager)
        self.assertFalse(self.complaint.replacement_ids)
        with self._refused(AccessError, "Only managers"):
            replacement.action_approve()
        action = replacement.with_user(self.manager).action_approve()
        self.assertEqual(action["res_model"], "sale.order")
        self.assertEqual(replacement.approver_id, self.manager)
        self.assertFalse(self.complaint.sudo().activity_ids)

    def test_parts_of_a_large_sum_need_approval_like_the_sum(self):
        self.company.write(
            {"customer_complaint_is_limited": True, "customer_complaint_approval_limit": 250}
        )
        for quantity, state in ((2, "done"), (1, "to_approve")):
            replacement = self._ask_for(self.complaint, "replacement")
            replacement.line_ids.quantity = quantity
            replacement.action_confirm()
            self.assertEqual(replacement.state, state)
        replacement.with_user(self.manager).action_refuse()
        self.assertEqual(replacement.state, "refused")
        returned = self._ask_for(self.complaint, "return")
        returned.line_ids.quantity = 0
        returned.line_ids[1].quantity = 1
        returned.action_confirm()
        self.assertEqual(returned.state, "done")

    def test_nobody_approves_by_writing(self):
        self.company.write(
            {"customer_complaint_is_limited": True, "customer_complaint_approval_limit": 1}
        )
        credit = self._ask_for(self.complaint, "credit")
        for values in ({"state": "approved"}, {"approver_id": self.manager.id}):
            with self._refused(AccessError, "step by step"):
                credit.write(values)
            with self._refused(AccessError, "step by step"):
                self._ask_for(self.complaint, "credit", **values)
        credit.action_confirm()
        with self._refused(AccessError, "step by step"):
            credit.line_ids[0].quantity = 9
        with self._refused(AccessError, "step by step"):
            credit.reason = "Something else"
        with self._refused(AccessError, "step by step"):
            credit.line_ids.create({"resolution_id": credit.id, "price_unit": 5})
        with self._refused(AccessError, "step by step"):
            credit.unlink()

    def test_return(self):
        complaint = self.complaint
        complaint.picking_id = self.order.picking_ids
        complaint.invoice_line_id = False
        complaint.order_line_id = self.order.order_line[1]
        returned = self._ask_for(complaint, "return")
        self.assertEqual(returned.picking_id, self.order.picking_ids)
        self.assertEqual(returned.line_ids.mapped("quantity"), [0, 3, 0])
        returned.line_ids[1].quantity = 2
        action = returned.action_confirm()
        picking = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual(picking.return_id, returned.picking_id)
        self.assertEqual(picking.move_ids.mapped("product_uom_qty"), [2])
        self.assertEqual(complaint.return_ids, picking)
        again = self._ask_for(complaint, "return")
        self.assertEqual(again.line_ids.mapped("quantity"), [0, 1, 0])
        again.line_ids[1].quantity = 2
        with self._refused(UserError, "Only 1 of"):
            again.action_confirm()
        picking.move_ids.quantity = 2
        picking.move_ids.picked = True
        picking._action_done()
        complaint.invalidate_recordset()
        self.assertEqual(complaint.sudo().cost_goods, -120)

    def test_replacement_free_or_at_its_price(self):
        for is_free, total in ((True, 0), (False, 303)):
            replacement = self._ask_for(self.complaint, "replacement", is_free=is_free)
            order = self.env["sale.order"].browse(replacement.action_confirm()["res_id"])
            self.assertEqual(order.state, "draft")
            self.assertEqual(order.amount_untaxed, total)
            self.assertEqual(order.origin, self.complaint.name)
            self.assertIn(order, self.complaint.replacement_ids)
        order = self.complaint.replacement_ids[0]
        order.action_confirm()
        self._deliver(order)
        self.complaint.invalidate_recordset()
        self.assertEqual(self.complaint.sudo().cost_goods, 180)
        self._take_back(order.picking_ids)
        self.complaint.invalidate_recordset()
        self.assertEqual(self.complaint.sudo().cost_goods, 0, "it came back")

    def test_sold_by_the_dozen(self):
        """What is proposed is worth what was sold, in whatever unit documents count."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 2,
                            "product_uom_id": dozen.id,
                            "price_unit": 1080,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        self._deliver(order)
        order._create_invoices().action_post()
        complaint = self._complain(order_line_id=order.order_line.id)
        for kind, quantity in (("credit", 2), ("return", 24), ("replacement", 24)):
            given = self._ask_for(complaint, kind)
            self.assertEqual((given.line_ids.quantity, given.amount), (quantity, 2160), kind)
            given.line_ids.price_unit = 0
            self.assertEqual(given._get_approval_amount(), 2400, "at the list price")
        given.action_confirm()
        line = complaint.replacement_ids.order_line
        self.assertEqual((line.product_uom_qty, line.product_uom_id), (24, self.product.uom_id))

    def test_points(self):
        self.env["loyalty.program"].search([]).active = False
        points = self._ask_for(self.complaint, "points", points=50)
        with self._refused(UserError, "no loyalty program"):
            points.action_confirm()
        points.unlink()
        program = self.env["loyalty.program"].create(
            {
                "name": "Stars",
                "program_type": "loyalty",
                "reward_ids": [
                    Command.create(
                        {"reward_type": "discount", "discount_mode": "per_point", "discount": 0.5}
                    )
                ],
            }
        )
        points = self._ask_for(self.complaint, "points", points=50)
        self.assertEqual(points.program_id, program)
        self.assertEqual(points.amount, 25)
        points.action_confirm()
        self.assertEqual(points.state, "approved")  # a new card needs a sales manager
        points.with_user(self.manager).action_make()
        card = self.env["loyalty.card"].search([("program_id", "=", program.id)])
        self.assertEqual((card.points, card.partner_id), (50, self.customer))
        self.assertEqual(card.history_ids.issued, 50)
        more = self._ask_for(self.complaint, "points", points=10)
        more.action_confirm()
        self.assertEqual(card.points, 60)
        self.complaint.invalidate_recordset()
        self.assertEqual(self.complaint.sudo().cost_points, 30)
        with self._refused(UserError, "how many points"):
            self._ask_for(self.complaint, "points", points=-5).action_confirm()

    def test_clerk_without_other_rights_can_ask_for_everything(self):
        complaint = self.complaint.with_user(self.clerk)
        complaint.order_line_id = self.order.order_line[1]
        for kind, group in (
            ("credit", "account.group_account_invoice"),
            ("return", "stock.group_stock_user"),
            ("replacement", "sales_team.group_sale_salesman"),
        ):
            resolution = self._ask_for(complaint, kind)
            resolution.action_confirm()
            self.assertEqual(resolution.state, "approved")
            asked = resolution.sudo().activity_id.user_id
            self.assertTrue(asked.has_group(group), kind)

    def test_cost_adds_up(self):
        self.company.customer_cost_per_complaint_hour = 40
        self.complaint.hours = 1.5
        complaint = self.complaint.with_user(self.manager)
        self.assertEqual((complaint.cost_hours, complaint.cost_total), (60, 60))
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.service).read(["cost_total"])

    def test_hours_are_a_cost_to_serve(self):
        self.company.customer_cost_per_complaint_hour = 40
        self.complaint.hours = 1.5
        self._drain()
        self._run_nightly()
        profile = self._profile(self.customer).with_user(self.manager)
        self.assertEqual(profile.complaint_hours_total, 1.5)
        self.assertEqual(profile.cost_to_serve_total, 60)
        parts = self.env["customer.profit.part"].with_user(self.manager)
        part = parts.search(
            [
                ("profile_id", "=", profile.id),
                ("window", "=", "total"),
                ("part", "=", "complaint_hours"),
            ]
        )
        self.assertEqual((part.quantity, part.rate, part.cost), (1.5, 40, 60))
        action = part.action_open_documents()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.complaint.sudo(False).with_env(self.env))
        self.complaint.hours = 2
        self._drain()
        self.assertEqual(self._profile(self.customer).cost_to_serve_total, 80)

    def _bill_in_euro(self, rate_then, rate_now):
        """Return an invoice of 100 euro, and let the euro change its worth."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        for day, rate in (("2020-01-01", rate_then), ("2026-02-01", rate_now)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "name": day, "rate": rate, "company_id": self.company.id}
            )
        return self._invoice(self.customer, "2026-01-10", 100, currency_id=euro.id)

    def _ask_credit_of(self, invoice, **values):
        complaint = self._complain(self.manager, invoice_line_id=invoice.invoice_line_ids[0].id)
        credit = self._ask_for(complaint, "credit")
        credit.line_ids.write(values)
        return credit

    def test_limit_in_the_currency_of_the_invoice(self):
        """All of it may be given back and not more, whether the euro rose or fell."""
        self.company.customer_complaint_approval_limit = 10_000
        for rates in ((0.9, 1.1), (1.1, 0.9)):
            with self.subTest(rates=rates):
                invoice = self._bill_in_euro(*rates)
                more = self._ask_credit_of(invoice, price_unit=120)
                with self._refused(UserError, "Only 100.00"):
                    more.action_confirm()
                self._ask_credit_of(invoice, price_unit=85).action_confirm()
                with self._refused(UserError, "are left to be credited"):
                    self._ask_credit_of(invoice, price_unit=15.01).action_confirm()
                self._ask_credit_of(invoice, price_unit=15).action_confirm()
                notes = invoice.reversal_move_ids
                self.assertEqual(sum(notes.mapped("amount_untaxed")), 100)
                self.env["res.currency.rate"].search(
                    [("currency_id", "=", invoice.currency_id.id)]
                ).unlink()

    def test_requests_of_several_complaints_add_up(self):
        """What one complaint asks for, another cannot be given, before there is a credit note."""
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        complaint = self._complain(invoice_line_id=invoice.invoice_line_ids.id)
        self._ask_for(complaint, "credit").action_confirm()
        self.assertFalse(invoice.reversal_move_ids, "the service may only ask")
        with self._refused(UserError, "are left to be credited"):
            self._ask_credit_of(invoice).action_confirm()

    def test_taxes_in_the_price(self):
        tax = self.env["account.tax"].create(
            {"name": "Included", "amount": 25, "price_include_override": "tax_included"}
        )
        move = self._create_move(self.customer, "2026-01-10", 125)
        move.invoice_line_ids.tax_ids = tax
        move.action_post()
        self.assertEqual(move.amount_untaxed, 100)
        credit = self._ask_credit_of(move)
        self.assertEqual(credit.amount, 100)
        credit.action_confirm()
        self.assertEqual(move.reversal_move_ids.amount_untaxed, 100)
