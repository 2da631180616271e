from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from ..outreach.common import OutreachCommon
from ..play.common import START


@freeze_time(START)
@tagged("post_install", "-at_install")
class TestWhatWaits(OutreachCommon):
    """Who is erased hears nothing more of what waited to go out to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Zara Qobadi",
                "email": "zara@qobadi.example",
                "phone": "+1 202 555 0147",
                "street": "1 Elm Road",
                "city": "Tehran",
                "parent_id": cls.customer.id,
            }
        )
        cls.customer.email = "info@azure.example"
        cls.other = cls._add_mobiles(1)

    def _erase(self):
        self.env.flush_all()
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.person.name, "email": self.person.email}
        )
        wizard.action_erase_customer_value()
        self.env.flush_all()
        self.env.invalidate_all()

    def _ask(self, partner):
        return self.env["customer.feedback.request"].create(
            {
                "cause": "manual",
                "kind": "nps",
                "company_id": self.company.id,
                "partner_id": partner.id,
                "event_date": fields.Datetime.now(),
                "reminder_days": 7,
                "valid_days": 30,
            }
        )

    def _get_mails(self):
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", (self.person | self.other).ids)]
        )

    def test_an_sms_is_not_sent(self):
        ours = self.messages._queue_sms(self.person, self.company, "Hello {name}")
        theirs = self.messages._queue_sms(self.other, self.company, "Hello {name}")
        self._erase()
        self.assertEqual(ours.state, "cancelled")
        self._send()
        self.assertEqual([body["to"] for body in self.server.bodies], ["+12015550100"])
        self.assertEqual((ours.state, theirs.state), ("cancelled", "sent"))

    def test_a_letter_is_not_printed(self):
        letter = self.messages.sudo().create(
            {
                "channel": "letter",
                "company_id": self.company.id,
                "partner_id": self.person.id,
                "address": "1 Elm Road, Tehran",
                "text": "Dear Zara Qobadi",
            }
        )
        self._erase()
        self.assertEqual(letter.state, "cancelled")

    def test_a_question_reaches_nobody_else(self):
        ours, theirs = self._ask(self.person), self._ask(self.other)
        self.other.email = "buyer@other.example"
        self._erase()
        self.assertEqual((ours.state, ours.skip_reason), ("skipped", "no_email"))
        self.env["customer.feedback.request"]._send_batch()
        self.assertEqual(theirs.state, "sent")
        self.assertFalse(ours.sent_date)

    def test_mails_in_the_queue_are_deleted(self):
        self.other.email = "buyer@other.example"
        for request in (self._ask(self.person), self._ask(self.other)):
            request._send_isolated()
        mails = self._get_mails()
        self.assertEqual(mails.recipient_ids, self.person | self.other)
        failed = mails.filtered(lambda mail: self.person in mail.recipient_ids)
        failed.state = "exception"
        foreign = self.env["mail.mail"].create(
            {"subject": "Not ours", "recipient_ids": [Command.link(self.person.id)]}
        )
        named = self.env["mail.mail"].create(
            {
                "subject": "Was it you?",
                "email_to": '"Z" <Zara@Qobadi.example>',
                "body_html": "<a href='https://x.example/customer/referral/confirm/1'>x</a>",
            }
        )
        self._erase()
        self.assertFalse((failed | named).exists())
        self.assertEqual(self._get_mails(), (mails - failed) | foreign, "Odoo's, and others'")
