import json
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..tools.telephony_fuzz import BODIES
from .common import INCOMING, TelephonyCommon

PATH = "/customer_value/telephony/event"
FUZZED = 20


@tagged("post_install", "-at_install")
class TestTelephonyHttp(TelephonyCommon, HttpCase):
    """The endpoint over real HTTP: who may, what it answers, and that nothing breaks it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pbx = new_test_user(
            cls.env,
            login="pbx",
            groups="customer_value.customer_value_group_telephony",
            company_id=cls.company.id,
            lang="en_US",
        )
        cls.key = cls._make_key(cls.pbx)

    @classmethod
    def _make_key(cls, user):
        keys = cls.env["res.users.apikeys"].with_user(user)
        return keys._generate(None, "test", datetime.now() + timedelta(days=0.5))

    def _post(self, body, key=None, path=PATH, **headers):
        """Post a body (bytes, or what becomes JSON); return (status, decoded answer)."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
        if key is not False:
            headers["Authorization"] = f"Bearer {key or self.key}"
        response = self.url_open(path, data=data, headers=headers, method="POST")
        self.assertEqual(response.headers["Content-Type"], "application/json; charset=utf-8")
        answer = response.json()
        self.assertNotIn("Traceback", response.text)
        if response.status_code != 200:
            self.assertEqual(list(answer), ["error"])
            self.assertEqual(answer["error"]["code"], response.status_code)
            self.assertTrue(answer["error"]["message"].strip())
        return response.status_code, answer

    def _assert_refused(self, body, status, sentence, **options):
        before = self.env["customer.call"].search_count([])
        found, answer = self._post(body, **options)
        self.assertEqual(found, status, answer)
        self.assertIn(sentence, answer["error"]["message"])
        self.assertEqual(self.env["customer.call"].search_count([]), before)

    def test_a_whole_call(self):
        body = {"event": "start", "call_id": "h1", "agent": "101", **INCOMING}
        status, answer = self._post(body)
        self.assertEqual(status, 200)
        self.assertEqual(
            answer,
            {
                "call_id": "h1",
                "state": "ringing",
                "repeated": False,
                "interaction_id": None,
                "agent_found": True,
                "caller_known": True,
            },
        )
        self.assertTrue(self._post(body)[1]["repeated"])
        self._post({"event": "answered", "call_id": "h1", "agent": "101"})
        status, answer = self._post({"event": "hangup", "call_id": "h1"})
        self.assertEqual(answer["state"], "done")
        interaction = self.env["customer.interaction"].browse(answer["interaction_id"])
        self.assertEqual(interaction.partner_id, self.contact)
        self.assertEqual(interaction.outcome, "reached")

    def test_times(self):
        self._post(
            {"event": "missed", "call_id": "t", "at": "2026-01-25T14:05:00+03:30", **INCOMING}
        )
        call = self.env["customer.call"].search([("call_id", "=", "t")])
        self.assertEqual(str(call.start_date), "2026-01-25 10:35:00")
        self._post({"event": "hangup", "call_id": "t", "at": "2026-01-25T10:36:00Z"})
        self.assertEqual(str(call.end_date), "2026-01-25 10:36:00")

    # === WHO MAY ===

    def test_without_a_key(self):
        body = {"event": "missed", "call_id": "h2", **INCOMING}
        self._assert_refused(body, 401, "API Key", key=False)
        self._assert_refused(body, 401, "Invalid apikey", key="0" * 40)

    def test_a_session_is_not_enough(self):
        """Without a key a page of another site could report calls in somebody's name."""
        self.authenticate("pbx", "pbx")
        body = {"event": "missed", "call_id": "h2", **INCOMING}
        self._assert_refused(body, 401, "Authorization", key=False)

    def test_without_the_group(self):
        self.manager.lang = "en_US"
        key = self._make_key(self.manager)
        body = {"event": "missed", "call_id": "h3", **INCOMING}
        self._assert_refused(body, 403, "the group Telephone system", key=key)

    def test_foreign_company(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        body = {"event": "missed", "call_id": "h4", "company_id": other.id, **INCOMING}
        self._assert_refused(body, 403, "may not report calls of company")
        self._assert_refused({**body, "company_id": 2**31 - 1}, 403, "may not report calls of")
        self.pbx.company_ids |= other
        self.assertEqual(self._post(body)[0], 200)
        call = self.env["customer.call"].search([("call_id", "=", "h4")])
        self.assertEqual(call.company_id, other)

    def test_the_user_sees_no_customer_records(self):
        """The right to report gives no right to read or write anything of this addon."""
        for name, model in self.env.items():
            if name.startswith("customer.") and not model._abstract:
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(model.with_user(self.pbx).has_access(operation), name)

    def test_other_paths_and_methods(self):
        for path in ("/customer_value/telephony", "/customer_value/telephony/evnt"):
            status, answer = self._post({}, path=path)
            self.assertEqual(status, 404)
            self.assertIn(PATH, answer["error"]["message"])
        response = self.url_open(PATH)
        self.assertEqual(response.status_code, 404)
        self.assertIn(PATH, response.json()["error"]["message"])

    # === WHAT IS SAID ABOUT MISTAKES ===

    def test_what_is_said_about_mistakes(self):
        good = {"event": "missed", "call_id": "m1", **INCOMING}
        for change, sentence in (
            ({"event": None}, "“event” is missing"),
            ({"event": "ring"}, "“event” must be one of ringing"),
            ({"event": 5}, "“event” must be one of ringing"),
            ({"call_id": ""}, "“call_id” is missing"),
            ({"call_id": 1700000000.12}, "“call_id” must be text"),
            ({"call_id": "x" * 129}, "“call_id” must be at most 128"),
            ({"call_id": "a\u0000b"}, "control characters"),
            ({"from": ["+12025550171"]}, "“from” must be text"),
            ({"agent": {"name": "101"}}, "“agent” must be text"),
            ({"direction": "up"}, "“direction” must be one of in, out"),
            ({"event": "ringing", "direction": ""}, "“direction” is missing"),
            ({"at": "yesterday"}, "“at” must be a date and time such as 2026-06-15T09:30:00+02:00"),
            ({"at": "1999-01-01T00:00:00Z"}, "check the clock"),
            ({"at": "2198-01-01T00:00:00Z"}, "check the clock"),
            ({"at": "0001-01-01T00:00:00+23:59"}, "“at”"),
            ({"voicemail_url": "javascript:alert(1)"}, "http:// or https://"),
            ({"voicemail_url": "http://[1"}, "http:// or https://"),
            ({"company_id": "1"}, "whole number"),
            ({"company_id": True}, "whole number"),
            ({"company_id": 2**40}, "whole number"),
            ({"voice_mail": "x"}, "no field “voice_mail”"),
        ):
            with self.subTest(change):
                self._assert_refused({**good, **change}, 400, sentence)

    def test_bodies_that_are_no_object(self):
        for body in (
            b"",
            b"event=ringing",
            b"[]",
            b"null",
            b'"x"',
            b"\xff\xfe{",
            b"[" * 50_000,
            b"1" * 9_000,
            b'{"event": ',
        ):
            with self.subTest(body[:20]):
                self._assert_refused(body, 400, "The body")

    def test_too_much(self):
        self._assert_refused(b" " * 70_000, 413, "")

    def test_content_type_does_not_matter(self):
        body = {"event": "ringing", "call_id": "ct", **INCOMING}
        for kind in ("text/plain", "application/x-www-form-urlencoded", "nonsense"):
            self.assertEqual(self._post(body, **{"Content-Type": kind})[0], 200)

    def test_fuzz(self):
        """Whatever is sent: a JSON answer, never an internal error, never half a row.

        Thousands, with real commits, are sent in tests/api/test_api_server.py.
        """
        seen = set()

        @settings(
            max_examples=FUZZED,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(BODIES)
        def check(body):
            status, _answer = self._post(body)
            self.assertIn(status, (200, 400, 403))
            seen.add(status)

        with mute_logger("odoo.http"):
            check()
        self.assertLessEqual({200, 400}, seen)
        for call in self.env["customer.call"].search([]):
            self.assertEqual(
                bool(call.interaction_id), call.state in ("done", "missed", "voicemail")
            )
