from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ..complaint.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintSolving(ComplaintCommon):
    """A complaint is solved once what was asked for is made: whoever solves it, and however."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.invoice = cls._sell(2, 3)
        cls.line = cls.invoice.invoice_line_ids.sorted("id")[1]
        cls.team.accountant_id = cls.accountant
        cls.complaint = cls._complain(
            invoice_line_id=cls.line.id, resolution="We give the money back."
        )

    def _ask(self, kind, **values):
        resolution = self._ask_for(self.complaint, kind, **values)
        resolution.action_confirm()
        return resolution

    def _make_note(self, credit):
        """The accountant makes what was asked for, in draft."""
        action = credit.with_user(self.accountant).action_make()
        return self.env["account.move"].browse(action["res_id"]).with_user(self.accountant)

    def _assert_held(self, complaint=None, *texts):
        complaint = complaint or self.complaint
        complaint.invalidate_recordset()
        self.assertFalse(complaint.close_date)
        self.assertFalse(complaint.stage_id.is_solved)
        self.assertEqual(complaint.solving_stage_id, self.stage_solved)
        for text in texts:
            self.assertIn(text, complaint.outstanding_notice)

    def _assert_solved(self, complaint=None):
        complaint = complaint or self.complaint
        complaint.invalidate_recordset()
        self.assertTrue(complaint.close_date)
        self.assertEqual(complaint.stage_id, self.stage_solved)
        self.assertFalse(complaint.solving_stage_id)

    def _get_log(self, complaint=None):
        return " ".join((complaint or self.complaint).sudo().message_ids.mapped("body"))

    def test_closed_by_the_accountant_who_posts(self):
        credit = self._ask("credit")
        self.complaint.action_solve()
        self._assert_held(None, "once this is made", "Credit note (asked for)")
        self.assertIn("once this is made", self._get_log())
        note = self._make_note(credit)
        self._assert_held(None, "credit note (to be posted)")
        note.action_post()
        self._assert_solved()
        self.assertFalse(self.complaint.outstanding_notice)
        self.assertIn("closed by itself", self._get_log())

    def test_every_way_to_solve_is_the_same(self):
        self._ask("credit")
        solve = {
            "button": lambda: self.complaint.action_solve(),
            "status bar, drag": lambda: self.complaint.web_save(
                {"stage_id": self.stage_solved.id}, {"stage_id": {}}
            ),
            "program": lambda: self.complaint.write(
                {"stage_id": self.stage_solved.id, "resolution": "Money back"}
            ),
            "manager": lambda: self.complaint.with_user(self.manager).action_solve(),
            "job": lambda: self.complaint.sudo().write({"stage_id": self.stage_solved.id}),
            "customer": lambda: self.complaint.sudo()._close_from_portal(),
        }
        for way, function in solve.items():
            with self.subTest(way):
                self.complaint.write({"stage_id": self.stage_new.id})
                self.assertFalse(self.complaint.solving_stage_id)
                function()
                self._assert_held()
        self.assertEqual(self.complaint.resolution, "Money back", "what else was written is kept")
        with Form(self.complaint) as form:
            form.stage_id = self.stage_solved
        self._assert_held()

    def test_nobody_writes_the_date_past_it(self):
        self._ask("credit")
        with self._refused(UserError, "cannot be closed yet.*Credit note"):
            self.complaint.write({"close_date": "2026-01-01 10:00:00"})
        context = {"customer_solve_anyway": True}
        self.complaint.with_context(**context).write({"stage_id": self.stage_solved.id})
        self._assert_held()

    def test_who_solves_is_told_at_once(self):
        self._ask("credit")
        bus = self.env["bus.bus"].sudo()
        before = bus.search([], order="id desc", limit=1).id
        self.complaint.action_solve()
        self.env.cr.precommit.run()
        sent = bus.search([("id", ">", before)]).filtered(lambda b: "Not solved" in b.message)
        self.assertIn(self.complaint.name, sent.message)

    def test_several_complaints_at_once(self):
        free = self._complain(resolution="Explained.")
        self._ask("credit")
        (free | self.complaint).write({"stage_id": self.stage_solved.id})
        self._assert_held()
        self._assert_solved(free)

    def test_without_words_it_is_not_even_held(self):
        self._ask("credit")
        self.complaint.resolution = False
        with self._refused(UserError, "write down how it was solved"):
            self.complaint.action_solve()

    def test_everything_has_to_be_made(self):
        self.complaint.write(
            {"invoice_line_id": False, "order_line_id": self.order.order_line[1].id}
        )
        credit = self._ask("credit")
        back = self.env["stock.picking"].browse(self._ask("return").document_id)
        new = self.env["sale.order"].browse(self._ask("replacement").document_id)
        self.complaint.action_solve()
        self._assert_held(None, "Credit note", back.name, new.name, "to be confirmed")
        self._make_note(credit).action_post()
        self._assert_held(None, back.name, new.name)
        new.with_user(self.service).action_confirm()
        self._assert_held(None, f"{new.name} (to be delivered)")
        back.move_ids.write({"quantity": 1, "picked": True})
        back.with_user(self.service).with_context(skip_backorder=False)._action_done()
        rest = back.backorder_ids
        self.assertTrue(rest)
        self._deliver(new)
        self._assert_held(None, f"return {rest.name}")
        rest.move_ids.write({"quantity": rest.move_ids.product_uom_qty, "picked": True})
        rest._action_done()
        self._assert_solved()

    def test_replacement_that_is_no_goods(self):
        self.product.is_storable = False
        service = self.env["product.product"].create({"name": "Repair", "type": "service"})
        line = Command.create({"product_id": service.id, "name": "Repair", "quantity": 1})
        repair = self._ask("replacement", line_ids=[Command.clear(), line])
        self.complaint.action_solve()
        self._assert_held()
        self.env["sale.order"].browse(repair.document_id).action_confirm()
        self._assert_solved()

    def test_points_that_somebody_else_has_to_give(self):
        program = self.env["loyalty.program"].create({"name": "Stars", "program_type": "loyalty"})
        points = self._ask("points", points=50, program_id=program.id)
        self.assertEqual(points.state, "approved")
        self.complaint.action_solve()
        self._assert_held()
        points.with_user(self.manager).action_make()
        self._assert_solved()

    def test_a_draft_nobody_asked_for_holds_nothing(self):
        self._ask_for(self.complaint, "credit")
        self.complaint.action_solve()
        self._assert_solved()

    def test_what_was_refused_holds_nothing(self):
        self._ask("credit").with_user(self.manager).action_refuse()
        self.complaint.action_solve()
        self._assert_solved()

    def test_waiting_for_approval_holds(self):
        self.company.write(
            {"customer_complaint_is_limited": True, "customer_complaint_approval_limit": 1}
        )
        self._ask("credit")
        self.complaint.action_solve()
        self._assert_held(None, "waits for approval")

    def test_nothing_given_in_the_end_is_a_decision(self):
        self.complaint.user_id = self.service
        credit = self._ask("credit")
        self.complaint.action_solve()
        credit.with_user(self.manager).action_refuse()
        self.complaint.invalidate_recordset()
        self.assertFalse(self.complaint.close_date)
        self.assertFalse(self.complaint.solving_stage_id)
        activity = self.complaint.sudo().activity_ids
        self.assertEqual(activity.user_id, self.service)
        self.assertIn("Nothing was given", activity.summary)
        self.complaint.action_solve()
        self._assert_solved()

    def test_the_last_part_refused_and_the_rest_made(self):
        halves = [self._ask_for(self.complaint, "credit") for _half in range(2)]
        for half in halves:
            half.line_ids.quantity = 1
            half.action_confirm()
        credit, other = halves
        self.complaint.action_solve()
        self._make_note(credit).action_post()
        self._assert_held()
        other.with_user(self.manager).action_refuse()
        self._assert_solved()

    def test_a_draft_deleted_or_cancelled(self):
        for end in ("unlink", "button_cancel"):
            with self.subTest(end):
                note = self._make_note(self._ask("credit"))
                self.complaint.action_solve()
                self._assert_held()
                getattr(note, end)()
                self.complaint.invalidate_recordset()
                self.assertFalse(self.complaint.solving_stage_id)
                self.assertFalse(self.complaint.close_date)
                self.assertIn("was cancelled or deleted", self._get_log())

    def test_taken_back_after_the_solution(self):
        note = self._make_note(self._ask("credit"))
        note.action_post()
        self.complaint.action_solve()
        self._assert_solved()
        note.button_draft()
        self.complaint.invalidate_recordset()
        self.assertIn("Solved, but still to be made", self.complaint.outstanding_notice)
        note.button_cancel()
        self.complaint.invalidate_recordset()
        self.assertFalse(self.complaint.outstanding_notice)
        self.assertIn("Reopen", self.complaint.sudo().activity_ids.summary)

    def test_solve_anyway_needs_a_reason(self):
        self._ask("credit")
        self.complaint.action_solve()
        wizards = self.env["customer.complaint.solve"].with_context(active_id=self.complaint.id)
        with self.assertRaises(AccessError):
            wizards.with_user(self.accountant).create({"reason": "No"})
        wizard = Form(wizards.with_user(self.service))
        self.assertIn("Credit note", wizard.outstanding_notice)
        wizard.reason = "They kept the desk"
        wizard.save().action_solve()
        self._assert_solved()
        self.assertIn("They kept the desk", self._get_log())
        self.assertIn("Solved, but still to be made", self.complaint.outstanding_notice)

    def test_taken_back_to_work(self):
        self._ask("credit")
        for back in (
            lambda: self.complaint.action_reopen(),
            lambda: self.complaint.write({"stage_id": self.stage_progress.id}),
            lambda: self._write_as_customer(),
        ):
            self.complaint.action_solve()
            self._assert_held()
            back()
            self.complaint.invalidate_recordset()
            self.assertFalse(self.complaint.solving_stage_id)
        self.assertFalse(self.complaint.reopen_count, "it was never closed")

    def _write_as_customer(self):
        self.complaint.sudo().message_post(
            body="And the table?",
            author_id=self.contact.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )

    def test_reopened_it_is_held_again(self):
        note = self._make_note(self._ask("credit"))
        note.action_post()
        self.complaint.action_solve()
        self.complaint.action_reopen()
        self._ask("return" if self.complaint.picking_id else "replacement")
        self.complaint.action_solve()
        self._assert_held()

    def test_the_clock_runs_until_it_is_made(self):
        self.env["customer.service.standard"].create(
            {"name": "Fast", "company_id": self.company.id, "solution_hours": 4}
        )
        with freeze_time("2026-06-15 08:00:00"):
            complaint = self._complain(resolution="Money back", invoice_line_id=self.line.id)
            self.complaint = complaint
            credit = self._ask("credit")
            complaint.stage_id = self.stage_waiting
        with freeze_time("2026-06-15 09:00:00"):
            complaint.action_solve()
            self._assert_held(complaint)
            self.assertEqual(complaint.stage_id, self.stage_progress, "it is our turn")
            self.assertEqual(complaint.deadline_ids.mapped("state"), ["running"])
        with freeze_time("2026-06-18 09:00:00"):
            self._make_note(credit).action_post()
            self._assert_solved(complaint)
            self.assertEqual(complaint.deadline_ids.mapped("state"), ["missed"])

    def test_merged_away_it_holds_nothing(self):
        self._ask("credit")
        target = self._complain(resolution="See there")
        self.complaint._merge_into(target)
        self.assertTrue(self.complaint.close_date)
        self.assertFalse(self.complaint.outstanding_notice)
        target.action_solve()
        self._assert_held(target)

    def test_what_nobody_noticed_is_found_by_the_job(self):
        note = self._make_note(self._ask("credit"))
        self.complaint.action_solve()
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET state = 'posted' WHERE id = %s", [note.id])
        self.env.invalidate_all()
        self.env["customer.complaint"]._cron_close_made()
        self._assert_solved()

    def test_posting_never_fails_because_of_a_complaint(self):
        note = self._make_note(self._ask("credit"))
        self.complaint.action_solve()
        self.complaint.resolution = False
        with self.assertLogs("odoo.addons.customer_value.models.resolution", "ERROR"):
            note.action_post()
        self.assertEqual(note.state, "posted")
        self._assert_held()
        self.complaint.resolution = "Money back"
        self.env["customer.complaint"]._cron_close_made()
        self._assert_solved()

    def test_posting_an_invoice_asks_nothing_of_complaints(self):
        invoice = self._create_move(self.customer, "2026-06-15", 10)
        moves = self.env["account.move"]
        self.assertFalse(invoice._find_result_complaints())
        before = self.env.cr.sql_log_count
        (invoice | moves)._find_result_complaints()._follow_results()
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_texts_of_the_reader(self):
        self._ask("credit")
        self.complaint.action_solve()
        reader = new_test_user(
            self.env, login="rita", groups="customer_value.customer_value_group_user"
        )
        notice = self.complaint.with_user(reader).outstanding_notice
        self.assertIn("Credit note (asked for)", notice)
