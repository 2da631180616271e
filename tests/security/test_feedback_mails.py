import re
from unittest.mock import patch

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.tests import mute_logger, tagged

from ..feedback.common import FeedbackCommon

LINK = re.compile(r"/customer/feedback/([\w-]+)")


@tagged("post_install", "-at_install")
class TestFeedbackMails(FeedbackCommon):
    """Whoever reads the mails that wait or failed, or the whole database, answers for nobody."""

    def setUp(self):
        super().setUp()
        self.asked = self.requests.create(
            {
                **{"cause": "manual", "kind": "rating", "valid_days": 30},
                **{"company_id": self.company.id, "partner_id": self.customer.id},
            }
        )
        self._send()
        self.mail = self._get_mails(self.customer)

    def _leave(self, mail, error=None):
        """Send a mail as the queue does; return the keys in what leaves."""
        left = []

        def send_email(_server, message, *_args, **_kwargs):
            if error:
                raise error
            left.extend(p.get_content() for p in message.walk() if not p.is_multipart())
            return "<1@example.com>"

        mail.auto_delete = False
        with (
            patch.object(IrMail_Server, "_disable_send", lambda self: False),
            patch.object(IrMail_Server, "_connect__", lambda self, **kwargs: None),
            patch.object(IrMail_Server, "send_email", send_email),
            mute_logger("odoo.addons.mail.models.mail_mail"),
        ):
            mail.send()
        self.env.flush_all()
        return set(LINK.findall("".join(left)))

    def _opens(self, key):
        return bool(self.requests._find_open(key))

    def test_mails_that_wait_hold_no_key(self):
        keys = set(LINK.findall(f"{self.mail.body_html}{self.mail.body}{self.mail.headers}"))
        self.assertTrue(keys)
        for key in keys:
            for form in (key, key.removeprefix("waiting-"), f"waiting-waiting-{key}"):
                self.assertFalse(self._opens(form))
        self.assertEqual(self.asked.state, "sent")

    def test_what_leaves_has_a_key_nobody_else_has(self):
        [key] = self._leave(self.mail)
        self.assertTrue(self._opens(key))
        self.env.cr.execute(
            "SELECT to_jsonb(m)::text || to_jsonb(s)::text FROM mail_mail m"
            "  JOIN mail_message s ON s.id = m.mail_message_id"
        )
        self.assertNotIn(key, str(self.env.cr.fetchall()))

    def test_a_failed_mail_holds_no_key_and_can_be_sent_again(self):
        self.assertFalse(self._leave(self.mail, AssertionError("no sender")))
        self.assertEqual(self.mail.state, "exception")
        self.assertIn("waiting-", self.asked.token_hash)
        self.mail.mark_outgoing()
        [key] = self._leave(self.mail)
        self.assertTrue(self._opens(key))

    def test_links_somebody_else_writes_get_no_key(self):
        before = self.asked.token_hash
        [hers] = set(LINK.findall(self.mail.body_html))
        for forged in ("waiting-" + "A" * 43, "waiting-" + before[-43:], "waiting-"):
            body = f'<a href="/customer/feedback/{forged}">x</a>'
            values = {"body_html": body, "email_to": "me@example.com", "subject": "x"}
            mail = self.env["mail.mail"].create(values)
            self.assertIn(forged, mail._prepare_outgoing_body())
        self.assertEqual(self.asked.token_hash, before)
        self.assertTrue(hers)

    def test_the_reminder_has_a_key_of_its_own(self):
        [first] = self._leave(self.mail)
        self.asked._send_reminder()
        [second] = self._leave(self._get_mails(self.customer) - self.mail)
        self.assertNotEqual(first, second)
        self.assertTrue(self._opens(first) and self._opens(second))
