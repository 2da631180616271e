from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from ..complaint.common import ComplaintCommon
from .common import PrintCommon

SECRET = "The intern dropped it"


@tagged("post_install", "-at_install")
class TestComplaintAnswer(PrintCommon, ComplaintCommon):
    """The letter that answers a complaint: what customers may read, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact.lang = "en_US"

    def _solve(self, complaint, **values):
        complaint.write({"resolution": "You get a new desk.", **values})
        complaint.stage_id = self.stage_solved

    def test_letter_tells_what_was_found_and_done(self):
        complaint = self._complain(root_cause=SECRET, corrective_action=SECRET)
        complaint.finding = "The desk was scratched in our warehouse."
        self._solve(complaint)
        (page,) = self._read(
            self._print("report_complaint_answer", complaint.with_context(lang="en_US"))
        )
        for text in (complaint.name, "Desk scratched", complaint.finding, "You get a new desk."):
            self.assertIn(text, page)
        self.assertNotIn(SECRET, page)
        self.assertIn("Dear Ana", page)

    def test_open_complaint_promises_no_solution(self):
        complaint = self._complain()
        complaint.resolution = "A draft nobody has agreed upon"
        letter = complaint._get_answer_letter()
        self.assertEqual((letter["resolution"], letter["solved"], letter["given"]), ("", False, []))

    def test_promises_kept_and_missed(self):
        complaint = self._complain()
        standard = self.env["customer.service.standard"].create(
            {"name": "Every complaint", "first_response_hours": 4, "solution_hours": 16}
        )
        deadlines = self.env["customer.complaint.deadline"].sudo()
        for kind, state in (("first_response", "kept"), ("solution", "missed")):
            deadlines.create(
                {
                    "complaint_id": complaint.id,
                    "standard_id": standard.id,
                    "kind": kind,
                    "state": state,
                    "start_date": "2026-06-01 08:00:00",
                    "deadline_date": "2026-06-02 08:00:00",
                    "reached_date": "2026-06-03 08:00:00",
                    "end_date": "2026-06-03 08:00:00",
                }
            )
        promises = complaint.with_context(lang="en_US")._get_answer_letter()["promises"][-2:]
        self.assertIn("We promised a first answer by", promises[0])
        self.assertNotIn("sorry", promises[0])
        self.assertIn("We are sorry", promises[1])

    def test_letter_names_only_what_the_customer_has(self):
        _order, invoice = self._sell(1)
        complaint = self._complain()
        draft = self._credit(invoice, fields.Date.today(), amount=5, post=False)
        done = self._credit(invoice, fields.Date.today(), amount=10)
        complaint.sudo().write({"resolution": "A credit.", "stage_id": self.stage_solved.id})
        complaint.sudo().credit_note_ids = [Command.set((draft | done).ids)]
        (row,) = complaint._get_answer_letter()["given"]
        self.assertEqual(row[1], done.name)

    def test_letter_is_for_those_who_may_read_the_complaint(self):
        complaint = self._complain()
        portal = new_test_user(self.env, login="pia", groups="base.group_portal")
        for user in (portal, self.employee):
            with self.assertRaises(AccessError):
                self.env["ir.actions.report"].with_user(user)._render_qweb_html(
                    "customer_value.report_complaint_answer", complaint.ids
                )

    @freeze_time("2026-06-15")
    def test_letter_in_the_language_of_the_customer(self):
        self.contact.write({"lang": "fa_IR", "name": "آناهیتا رضایی"})
        complaint = self._complain(subject="میز خراش دارد")
        html = (
            self.env["ir.actions.report"]
            .with_user(self.service)
            ._render_qweb_html("customer_value.report_complaint_answer", complaint.ids)[0]
            .decode()
        )
        self.assertIn('dir="rtl"', html)
        self.assertIn("۱۴۰۵/۰۳/۲۵", html)
