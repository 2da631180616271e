from odoo.addons.mail.tests.common import MockEmail
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .gate_common import GateCommon

CHATTER = "/mail/message/post"


@tagged("post_install", "-at_install")
class TestGateReaders(GateCommon, MockEmail, HttpCase):
    """Whoever may only read complaints and answers moves none, in the web client either.

    Its chatter posts by a route of Odoo's own, with all rights.
    """

    def setUp(self):
        super().setUp()
        self.readers = (self.auditor, self.accountant)

    def _write_in_chatter(self, user, record, **values):
        """Write as the web client does; return the messages made."""
        before = record.message_ids
        self.authenticate(user.login, user.login + "x" * (8 - len(user.login)))
        data = {"body": "Hello", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.make_jsonrpc_request(
            CHATTER,
            {"thread_model": record._name, "thread_id": record.id, "post_data": data | values},
        )
        record.invalidate_recordset()
        return record.message_ids - before

    def test_first_answer(self):
        for user in (*self.readers, self.clerk):
            complaint = self._complain()
            with self.subTest(user=user.login):
                self.assertTrue(
                    self._write_in_chatter(user, complaint, partner_ids=self.contact.ids)
                )
                self.assertEqual(bool(complaint.first_response_date), user == self.clerk)

    def test_contact_of_an_unknown_sender(self):
        somebody = self.env["res.partner"].create({"name": "N", "email": "new@nowhere.example"})
        unknown = self._complain(partner_id=False, email_from=somebody.email)
        for user in self.readers:
            self.assertTrue(self._write_in_chatter(user, unknown, partner_ids=somebody.ids))
            self.assertFalse(unknown.partner_id)
        self._write_in_chatter(self.clerk, unknown, partner_ids=somebody.ids)
        self.assertEqual(unknown.partner_id, somebody)

    def test_answers_stay_open(self):
        feedback = self.env["customer.feedback"]._register_answer(
            self.company, self.contact, "rating", {"rating": 1}
        )
        self.assertEqual(feedback.loop_state, "open")
        for user in self.readers:
            self.assertTrue(self._write_in_chatter(user, feedback, partner_ids=self.contact.ids))
            self.assertEqual(feedback.loop_state, "open")
        self._write_in_chatter(self.clerk, feedback, partner_ids=self.contact.ids)
        self.assertEqual(feedback.loop_state, "closed")

    def test_key_of_the_portal(self):
        """Whoever has it closes, reopens and writes as the customer."""
        complaint = self._complain()
        token = complaint.sudo()._portal_ensure_token()
        calls = {
            "read": ([complaint.id], ["access_token"]),
            "web_read": ([complaint.id], {"access_token": {}}),
            "get_portal_url": ([complaint.id],),
            "export_data": ([complaint.id], ["access_token"]),
            "search": ([["access_token", "like", token[:2]]],),
            "formatted_read_group": ([], ["access_token"], ["__count"]),
        }
        for user in self.readers:
            for method, arguments in calls.items():
                with self.subTest(user=user.login, method=method):
                    answer = self._try_rpc(user, complaint._name, method, *arguments)
                    self.assertNotIn(token, str(answer))
                    self.assertIsInstance(answer, str, "it was answered")
        with self.assertRaises(AccessError):
            complaint.with_user(self.auditor)._get_share_url()
        messages = self._write_in_chatter(self.accountant, complaint, partner_ids=self.contact.ids)
        self.assertTrue(messages, "readers still write to customers, who get the link")

    def test_readers_write_to_customers(self):
        """By RPC and the composer; the link in the customer's mail has the key all the same."""
        complaint = self._complain()
        for user in self.readers:
            for way in (self._post, self._compose):
                with self.subTest(user=user.login, way=way.__name__), self.mock_mail_gateway():
                    way(complaint.with_user(user))
                    bodies = " ".join(self._new_mails.mapped("body_html"))
                    self.assertIn(complaint.sudo().access_token, bodies)
        self.assertFalse(complaint.first_response_date)

    def _post(self, complaint):
        complaint.message_post(
            body="Hello",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.contact.ids,
        )

    def _compose(self, complaint):
        values = {
            "model": complaint._name,
            "res_ids": str(complaint.ids),
            "body": "Hello",
            "partner_ids": self.contact.ids,
        }
        composer = complaint.env["mail.compose.message"].create(values)
        composer._action_send_mail()
