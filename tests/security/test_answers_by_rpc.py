import ast
import inspect
import textwrap
from xmlrpc.client import dumps

from odoo.tests import tagged

from ..quality.test_public_surface import SURFACE
from .low_common import LowCommon


def _always_answers(statements):
    """Whether no way through some statements ends without a value."""
    last = statements[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return True
    if isinstance(last, ast.If):
        return _always_answers(last.body) and bool(last.orelse) and _always_answers(last.orelse)
    if isinstance(last, ast.With):
        return _always_answers(last.body)
    if isinstance(last, ast.Try):
        parts = [last.body, *(handler.body for handler in last.handlers)]
        return all(map(_always_answers, parts))
    return False


def _returns_nothing(node):
    is_none = isinstance(node.value, ast.Constant) and node.value.value is None
    return node.value is None or is_none


@tagged("post_install", "-at_install")
class TestAnswersByRpc(LowCommon):
    """XML-RPC knows no None: a method that returns it fails when its work is committed already."""

    def _get_methods(self):
        for model, names in SURFACE.items():
            for cls in type(self.env[model]).__mro__:
                if getattr(cls, "_module", None) == "customer_value":
                    for name in names & vars(cls).keys():
                        yield f"{cls.__module__}.{name}", inspect.unwrap(vars(cls)[name])

    def test_every_public_method_returns_something(self):
        silent, seen = set(), 0
        for name, method in self._get_methods():
            tree = ast.parse(textwrap.dedent(inspect.getsource(method))).body[0]
            returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return)]
            seen += 1
            if not _always_answers(tree.body) or any(map(_returns_nothing, returns)):
                silent.add(name)
        self.assertEqual(silent, set())
        self.assertGreater(seen, 60)

    def _answer(self, user, model, method, *args):
        answer = self._rpc(user, model, method, *args)
        return dumps((answer,), methodresponse=True, allow_none=False)

    def test_steps_of_a_complaint_are_answered(self):
        complaint = self._complain(resolution="A new desk was sent.")
        for method in ("action_mark_answered", "action_solve", "action_reopen"):
            self.assertIn(
                "boolean", self._answer(self.clerk, complaint._name, method, complaint.ids)
            )
            self.assertTrue(complaint.first_response_date)

    def test_what_screens_read_can_be_sent(self):
        order, _invoice = self._sell(1)
        self._log(self.clerk, note="He said: later")
        self._complain()
        self._drain()
        profile = self._profile(self.customer)
        for user in (self.clerk, self.manager):
            self._answer(user, "customer.profile", "get_card", profile.ids)
        timeline = {"partner_id": self.customer.id}
        self._answer(self.manager, "customer.timeline", "get_timeline", self.customer.id)
        self.assertTrue(order and timeline)

    # === WHO MAY ONLY READ ===

    def _post(self, user, record, **values):
        given = {"body": "Hello", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        env = self.env(user=user.id, su=False)
        env[record._name].browse(record.id).message_post(**given, **values)
        self.env.invalidate_all()

    def test_readers_start_and_stop_no_clock(self):
        complaint = self._complain()
        told = {"partner_ids": self.contact.ids}
        self._post(self.auditor, complaint, **told)
        self.assertFalse(complaint.first_response_date)
        self._post(self.clerk, complaint, **told)
        self.assertTrue(complaint.first_response_date)

    def test_readers_reopen_nothing_in_the_name_of_the_customer(self):
        complaint = self._complain()
        self._close(complaint)
        self._post(self.auditor, complaint, author_id=self.contact.id)
        self.assertTrue(complaint.close_date)
        self.assertFalse(complaint.reopen_count)
        count = self.env["customer.complaint"].search_count([])
        complaint.sudo().write({"open_date": "2020-01-01", "close_date": "2020-01-02"})
        self._post(self.auditor, complaint, author_id=self.contact.id)
        self.assertEqual(self.env["customer.complaint"].search_count([]), count)

    def test_readers_close_no_loop(self):
        answer = self.env["customer.feedback"]._register_answer(
            self.company, self.contact, "rating", {"rating": 1}
        )
        told = {"partner_ids": self.contact.ids}
        self._post(self.auditor, answer, **told)
        activity = answer.activity_ids.with_user(self.auditor).sudo()
        activity.user_id = self.auditor
        self._rpc(self.auditor, "mail.activity", "action_done", activity.ids)
        self.assertEqual(answer.loop_state, "open")
        self._post(self.clerk, answer, **told)
        self.assertEqual(answer.loop_state, "closed")
