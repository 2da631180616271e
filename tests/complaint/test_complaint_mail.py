import runpy
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from odoo import fields
from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon

ROUTING = "odoo.addons.mail.models.mail_thread"
PAYLOAD = '<p>Scratched<img src=x onerror="xss()"><script>xss()</script></p>'


@tagged("post_install", "-at_install")
class TestComplaintMail(ComplaintCommon):
    """Mails to a team, and what customers answer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls._open_mail_gateway()
        cls.address = f"complaints@{domain.name}"
        cls.number = 0

    def _receive(self, sender="Ana <ana@azure.example>", **headers):
        type(self).number += 1
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = headers.pop("To", self.address)
        mail["Subject"] = headers.pop("Subject", "The desk is scratched")
        mail["Message-Id"] = headers.pop("MessageId", f"<{self.number}@azure.example>")
        mail.set_content("Scratched")
        mail.add_alternative(headers.pop("body", PAYLOAD), subtype="html")
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.add_attachment(b"picture", maintype="image", subtype="png", filename="desk.png")
        before = self.env["customer.complaint"].search([]).ids
        with mute_logger(ROUTING):
            self.env["mail.thread"].message_process(False, mail.as_bytes())
        return self.env["customer.complaint"].search([("id", "not in", before)])

    def test_a_mail_is_a_complaint(self):
        complaint = self._receive()
        self.assertEqual(complaint.subject, "The desk is scratched")
        self.assertEqual(complaint.partner_id, self.contact)
        self.assertEqual(complaint.team_id, self.team)
        self.assertTrue(complaint.is_from_customer)
        self.assertIn("Scratched", complaint.description)
        for danger in ("<script", "onerror"):
            self.assertNotIn(danger, complaint.description)
        files = complaint.message_ids.attachment_ids
        self.assertEqual(files.mapped("name"), ["desk.png"])
        self.assertEqual(files.res_id, complaint.id)
        self.assertFalse(complaint.first_response_date)

    def test_unknown_senders_become_contacts_when_answered(self):
        complaint = self._receive("New <new@somewhere.example>")
        self.assertFalse(complaint.partner_id)
        self.assertIn("new@somewhere.example", complaint.email_from)
        partner = self.env["res.partner"].create({"name": "New", "email": "new@somewhere.example"})
        complaint.with_user(self.service).message_post(
            body="We are sorry",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )
        self.assertEqual(complaint.partner_id, partner)
        self.assertTrue(complaint.first_response_date)

    def test_machines_and_doubles_are_left(self):
        self.assertFalse(self._receive(Auto_Submitted="auto-replied"))
        self.assertFalse(self._receive(Precedence="bulk"))
        self.assertFalse(self._receive(sender=self.address))
        self.assertTrue(self._receive(MessageId="<same@azure.example>"))
        self.assertFalse(self._receive(MessageId="<same@azure.example>"))

    def test_confirmation_of_receipt(self):
        template = self.env.ref("customer_value.mail_template_complaint_receipt")
        self.team.template_id = template
        complaint = self._receive()
        sent = complaint.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        self.assertIn(complaint.name, sent.body)
        self.assertIn(self.contact, sent.notified_partner_ids)
        self.assertFalse(complaint.first_response_date)

    def test_confirmation_is_read_from_the_right_side(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.team.template_id = self.env.ref("customer_value.mail_template_complaint_receipt")
        for lang, direction in (("fa_IR", "rtl"), ("en_US", "ltr")):
            self.contact.lang = lang
            complaint = self._receive()
            sent = complaint.message_ids.filtered(lambda m: m.message_type == "auto_comment")
            self.assertIn(f'dir="{direction}"', sent.body)

    def test_upgrade_lets_old_mails_say_their_direction(self):
        template = self.env.ref("customer_value.mail_template_complaint_solved")
        kept = template.body_html
        written = "<div><p>Ours</p></div>"
        template.body_html = written
        version = Path(get_module_path("customer_value"), "migrations", "19.0.1.6.0")
        script = runpy.run_path(str(version / "post-mail_direction.py"))
        self.env.flush_all()
        script["migrate"](self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        first = str(kept).split(">")[0]
        self.assertEqual(template.body_html, f"{first}><p>Ours</p></div>")

    def _reply(self, complaint, **headers):
        first = complaint.message_ids.filtered(lambda m: m.message_type == "email").sorted("id")[:1]
        return self._receive(Subject="Re: x", In_Reply_To=first.message_id, **headers)

    def test_replies_go_on_with_the_complaint(self):
        complaint = self._receive()
        self.assertFalse(self._reply(complaint))
        mails = complaint.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(len(mails), 2)
        self._close(complaint)
        self.assertFalse(self._reply(complaint, Auto_Submitted="auto-replied"))
        self.assertTrue(complaint.close_date)
        self.assertFalse(self._reply(complaint))
        self.assertFalse(complaint.close_date)
        self.assertEqual(complaint.reopen_count, 1)

    def test_late_replies_make_a_new_complaint(self):
        complaint = self._receive()
        self._close(complaint)
        old = fields.Datetime.now() - timedelta(days=20)
        complaint.write({"open_date": old, "close_date": old})
        follow_up = self._reply(complaint)
        self.assertEqual(follow_up.previous_id, complaint)
        self.assertEqual(follow_up.partner_id, self.contact)
        self.assertTrue(follow_up.message_ids.attachment_ids)
        self.assertTrue(complaint.close_date)
        self.assertFalse(self._reply(complaint))  # goes on with the new one
        mails = follow_up.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(len(mails), 2)

    def test_replies_to_a_duplicate_go_to_the_original(self):
        original, double = self._receive(), self._receive(Subject="Again")
        told = double.message_ids.filtered(lambda m: m.message_type == "email").message_id
        double._merge_into(original)
        self.assertFalse(self._receive(Subject="Re: Again", In_Reply_To=told))
        mails = original.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(len(mails), 3)
        self.assertTrue(double.close_date)
        # A reply to something that stayed on the duplicate goes on with the original, too.
        stayed = double.message_post(body="Old", message_type="comment")
        self.assertFalse(self._receive(Subject="Re: Old", In_Reply_To=stayed.message_id))
        mails = original.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(len(mails), 4)
        self.assertTrue(double.close_date)
