import json

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged

from ..play.common import START
from .common import OutreachCommon

FORM = {"report_id": "id", "report_state": "status", "report_delivered": "DELIVRD, 10"}


@tagged("post_install", "-at_install")
class TestSmsReport(OutreachCommon, HttpCase):
    """What a gateway reports by itself, over HTTP and without a session."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway.sudo().write({**FORM, "report_undelivered": "UNDELIV,11", "ref_path": "ref"})
        cls.gateway.with_user(cls.admin).action_renew_report_token()

    def setUp(self):
        super().setUp()
        with freeze_time(START):
            self.server.answers[:] = [(200, '{"ref": "881"}'), (200, '{"ref": "882"}')]
            self.play = self._start(self._make_sms_play(self._add_mobiles(2)))
            self._send()
        self.first, self.second = self.play.action_ids.message_id.sorted("id")
        self.assertEqual((self.first.state, self.second.gateway_ref), ("sent", "882"))

    @property
    def _path(self):
        url = self.gateway.with_user(self.admin).report_url
        return url.removeprefix(self.company.get_base_url())

    def _report(self, data=None, query="", headers=None, path=None):
        """Send a report; return (status, answer)."""
        if isinstance(data, (dict, list)) and headers:
            data = json.dumps(data)
        self.env.flush_all()
        answer = self.url_open((path or self._path) + query, data=data, headers=headers)
        self.env.invalidate_all()
        return answer.status_code, answer.json()

    def _report_json(self, data):
        return self._report(data, headers={"Content-Type": "application/json"})

    # === WHAT IS TAKEN ===

    def test_by_get_form_and_json(self):
        ours = self.first.request_id
        self.assertEqual(self._report(query=f"?id={ours}&status=delivrd"), (200, {"reports": 1}))
        self.assertEqual((self.first.state, self.first.next_check), ("delivered", False))
        done = self._report({"id": "882", "status": "UNDELIV"})
        self.assertEqual(done, (200, {"reports": 1}))
        self.assertEqual(self.second.state, "undelivered")
        self.assertEqual(self.play.action_ids.sorted("id").mapped("is_reached"), [True, False])

    def test_a_list_of_reports_in_json(self):
        self.gateway.sudo().write({"report_list": "results", "report_state": "status.code"})
        rows = [{"id": 881, "status": {"code": 10}}, {"id": "882", "status": {"code": "11"}}]
        self.assertEqual(self._report_json({"results": rows}), (200, {"reports": 2}))
        self.assertEqual((self.first.state, self.second.state), ("delivered", "undelivered"))

    def test_json_that_calls_itself_something_else(self):
        body = {"id": "881", "status": "10"}
        self.assertEqual(self._report(body, headers={"Content-Type": "text/plain"})[0], 200)
        self.assertEqual(self.first.state, "delivered")

    def test_the_first_word_is_the_last(self):
        """Again, in the wrong order, or another state: nothing changes any more."""
        for state in ("ENROUTE", "DELIVRD", "DELIVRD", "UNDELIV", "ENROUTE"):
            self.assertEqual(self._report({"id": "881", "status": state})[0], 200)
        self.assertEqual(self.first.state, "delivered")
        for state in ("UNDELIV", "DELIVRD"):
            self._report({"id": "882", "status": state})
        self.assertEqual(self.second.state, "undelivered")
        tracked = self.first.partner_id.message_ids.filtered(lambda m: "SMS to" in (m.body or ""))
        self.assertEqual(len(tracked), 1)

    def test_what_nobody_knew_was_sent_after_all(self):
        self.first.write({"state": "unknown", "sent_on": False})
        self._report({"id": self.first.request_id, "status": "10"})
        self.assertEqual(self.first.state, "delivered")
        self.assertTrue(self.first.sent_on)

    def test_a_report_that_comes_before_the_answer(self):
        self.first.write({"state": "sending", "gateway_ref": False})
        self._report({"id": self.first.request_id, "status": "10"})
        self.first._note_outcome_surely("unknown", "881", "No answer", "")
        self.assertEqual((self.first.state, self.first.gateway_ref), ("delivered", "881"))
        self.assertFalse(self.first.error)

    def test_what_was_never_tried_is_not_touched(self):
        self.first.write({"state": "waiting", "attempt_count": 0})
        self.second.write({"state": "cancelled"})
        for message in (self.first, self.second):
            self._report({"id": message.request_id, "status": "10"})
        self.assertEqual((self.first.state, self.second.state), ("waiting", "cancelled"))

    def test_one_number_for_two_messages_changes_none(self):
        self.second.gateway_ref = "881"
        with self.assertLogs("odoo.addons.customer_value", "WARNING"):
            self.assertEqual(self._report({"id": "881", "status": "10"})[0], 200)
        self.assertEqual((self.first.state, self.second.state), ("sent", "sent"))

    # === WHAT IS REFUSED ===

    def test_unknown_messages_are_answered_like_known_ones(self):
        known = self._report({"id": "881", "status": "10"})
        for number in ("999", "0" * 32, "%", "881 "):
            self.assertEqual(self._report({"id": number, "status": "10"}), known)

    def test_messages_of_other_companies_are_not_touched(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self.admin.company_ids |= other
        gateway = self._make_gateway(other, **FORM)
        gateway.with_user(self.admin).action_renew_report_token()
        url = gateway.with_user(self.admin).report_url
        path = url.removeprefix(other.get_base_url())
        for number in ("881", self.first.request_id):
            done = self._report({"id": number, "status": "10"}, path=path)
            self.assertEqual(done, (200, {"reports": 1}))
        self.assertEqual(self.first.state, "sent")

    def test_bad_reports_say_what_is_wrong(self):
        for query in ("", "?id=881", "?status=10", "?id=881&status=", f"?id={'9' * 200}&status=10",
                      "?id=881%00&status=10", "?id=%ff%0a1&status=10"):  # fmt: skip
            status, answer = self._report(query=query)
            self.assertEqual(status, 400, query)
            self.assertRegex(answer["error"]["message"], "^(id|status) is (missing|not readable)")
        many = [{"id": "1", "status": "1"}] * 201
        json_type = {"Content-Type": "application/json"}
        bodies = [
            *("{", "[1]", '"x"', "null", b"\xff", "[" * 9000, json.dumps(many)),
            *('{"id": {"a": 1}, "status": "10"}', '{"id": "\\ud800", "status": "10"}'),
        ]
        for body in bodies:
            status, answer = self._report(body, headers=json_type)
            self.assertEqual(status, 400, body[:40])
            self.assertNotIn("Traceback", answer["error"]["message"])
        self.assertEqual((self.first.state, self.second.state), ("sent", "sent"))

    def test_long_bodies(self):
        body = json.dumps({"id": "881", "status": "10", "more": "x" * 70_000})
        status, _answer = self._report(body, headers={"Content-Type": "application/json"})
        self.assertEqual(status, 413)
        self.assertEqual(self._report({"id": "881", "status": "10", "x": "x" * 70_000})[0], 413)
        self.assertEqual(self.first.state, "sent")

    def test_other_methods_change_nothing(self):
        url = f"{self.base_url()}{self._path}?id=881&status=10"
        for method, status in (("HEAD", 200), ("OPTIONS", 204), ("PUT", 405), ("DELETE", 405)):
            answer = self.opener.request(method, url, timeout=12)
            self.assertEqual(answer.status_code, status, method)
        self.env.invalidate_all()
        self.assertEqual(self.first.state, "sent")

    def test_wrong_addresses(self):
        """Nothing tells a gateway that exists from one that does not."""
        token = self.gateway.sudo().report_token
        answers = []
        for key in (f"{self.gateway.id}-x", f"{self.gateway.id + 1}-{token}", token, "-", "0-0",
                    f"{self.gateway.id}-", f"{self.gateway.id}-{token}x", "é-1", "9" * 30,
                    f"{self.gateway.id}-{token[:-1]}", f"²-{token}"):  # fmt: skip
            path = f"/customer_value/sms/report/{key}"
            answers.append(self._report({"id": "881", "status": "10"}, path=path))
        self.assertEqual({status for status, _answer in answers}, {404})
        self.assertEqual(len({json.dumps(answer) for _status, answer in answers}), 1)
        self.assertEqual(self.first.state, "sent")

    def test_a_renewed_or_closed_address_opens_nothing(self):
        gateway, old = self.gateway.with_user(self.admin), self._path
        gateway.action_renew_report_token()
        self.assertNotEqual(self._path, old)
        self.assertEqual(self._report({"id": "881", "status": "10"}, path=old)[0], 404)
        new = self._path
        gateway.active = False
        self.assertEqual(self._report({"id": "881", "status": "10"}, path=new)[0], 404)
        gateway.active = True
        gateway.action_close_reports()
        self.assertFalse(gateway.report_url)
        self.assertEqual(self._report({"id": "881", "status": "10"}, path=new)[0], 404)
        self.assertEqual(self.first.state, "sent")

    # === THE ADDRESS ===

    def test_the_address_is_for_administrators(self):
        token = self.gateway.sudo().report_token
        self.assertGreaterEqual(len(token), 32)  # 192 bits
        for user in (self.manager, self.own_salesperson, self.accountant):
            gateway = self.gateway.with_user(user)
            for call in (
                gateway.action_renew_report_token,
                gateway.action_close_reports,
                lambda g=gateway: g.read(["report_url"]),
                lambda g=gateway: g.search([("report_token", "=like", "a%")]),
            ):
                with self.assertRaises(AccessError):
                    call()
        with self.assertRaises(AccessError):
            self.gateway.with_user(self.admin).write({"report_token": "short"})
        self.assertEqual(self.gateway.sudo().report_token, token)
        copy = self.gateway.sudo().copy({"active": False})
        self.assertFalse(copy.report_token)

    def test_no_address_before_it_is_known_how_to_read(self):
        gateway = self.gateway.with_user(self.admin)
        with self.assertRaises(ValidationError):
            gateway.report_delivered = False
        gateway.action_close_reports()
        gateway.write({"report_delivered": False})
        with self.assertRaises(ValidationError):
            gateway.action_renew_report_token()
