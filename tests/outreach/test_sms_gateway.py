import json
import logging
from urllib.parse import parse_qs, urlsplit

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.outreach.gateway_http import call_gateway, is_allowed
from .common import SECRET, OutreachCommon


@tagged("post_install", "-at_install")
class TestSmsGateway(OutreachCommon):
    """The settings of a gateway: who sees them, what they may say, and the test button."""

    def _test(self, **values):
        gateway = self.gateway.with_user(self.admin)
        gateway.write({"test_number": "+1 201 555 0123", **values})
        gateway.action_test()
        return gateway

    # === THE TEST BUTTON ===

    def test_an_administrator_sends_a_test(self):
        gateway = self._test()
        self.assertEqual(gateway.test_state, "sent")
        self.assertEqual(self.server.bodies[0]["to"], "+12015550123")
        self.assertIn("HTTP 200", gateway.test_answer)
        for answer, state in (((403, "no"), "refused"), ((503, ""), "busy"), ((500, ""), "unknown"),
                              ("drop", "unknown")):  # fmt: skip
            self.server.answers[:] = [answer]
            self.assertEqual(self._test().test_state, state)
        self.assertEqual(self._test(url="http://127.0.0.1:9/").test_state, "unsent")
        with self.assertRaises(UserError):
            self._test(test_number="12")

    def test_by_get_form_xml_and_headers(self):
        self._test(
            method="GET",
            url=f"{self.server.url}/v1/{{secret}}/send?to={{digits}}&m={{text}}&u={{user}}",
            user_name="a&b=c",
        )
        call = self.server.calls[-1]
        query = parse_qs(urlsplit(call["path"]).query)
        self.assertEqual((query["to"], query["u"]), (["12015550123"], ["a&b=c"]))
        self.assertEqual((call["method"], call["body"]), ("GET", ""))
        self.assertIn(f"/v1/{SECRET}/", call["path"])
        self._test(
            method="POST",
            url=self.server.url,
            body_kind="form",
            body="to={number}&text={text}",
            headers="Authorization: Bearer {secret}\nX-Id: {id}",
        )
        call = self.server.calls[-1]
        self.assertEqual(parse_qs(call["body"])["to"], ["+12015550123"])
        self.assertEqual(call["headers"]["Authorization"], f"Bearer {SECRET}")
        self.assertIn("urlencoded", call["headers"]["Content-Type"])
        self.assertEqual(len(call["headers"]["X-Id"]), 32)
        self._test(body_kind="xml", body="<m to='{number}'>{text}</m>", headers="")
        self.assertIn("xml", self.server.calls[-1]["headers"]["Content-Type"])

    def test_redirects_are_not_followed(self):
        self.server.answers[:] = [(302, "", f"{self.server.url}/elsewhere")]
        gateway = self._test()
        self.assertEqual(len(self.server.calls), 1)
        self.assertEqual(gateway.test_state, "refused")
        self.assertIn("moved", gateway.test_answer)

    def test_time_is_up(self):
        for answer in ("hang", "drip"):
            self.server.answers[:] = [answer]
            self.assertEqual(self._test(timeout=1).test_state, "unknown")

    def test_long_and_odd_answers(self):
        self.server.answers[:] = [(200, "x" * 300_000)]
        self.assertLess(len(self._test().test_answer), 600)
        self.server.answers[:] = [(200, "سلام \x00\x01")]
        self.assertEqual(self._test().test_state, "sent")

    # === SECRETS ===

    def test_answers_do_not_repeat_secrets(self):
        self.server.answers[:] = [(403, json.dumps({"wrong key": SECRET}))]
        gateway = self._test()
        self.assertNotIn(SECRET, gateway.test_answer)
        self.assertIn("•••", gateway.test_answer)

    def test_nobody_but_administrators_sees_a_gateway(self):
        for user in (self.manager, self.salesperson, self.own_salesperson, self.accountant):
            gateways = self.env["customer.sms.gateway"].with_user(user)
            for call in (
                lambda g=gateways: g.search([]),
                lambda g=gateways: g.browse(self.gateway.id).read(["secret"]),
                lambda g=gateways: g.browse(self.gateway.id).read(["name"]),
                lambda g=gateways: g.search_count([("secret", "=like", "k%")]),
                lambda g=gateways: g.browse(self.gateway.id).action_test(),
                lambda g=gateways: g.browse(self.gateway.id).write({"url": "https://evil.test"}),
                lambda g=gateways: g.create({"name": "x", "url": "https://x.test/{number}{text}"}),
                lambda g=gateways: g.browse(self.gateway.id).export_data(["secret"]),
            ):
                with self.assertRaises(UserError):
                    call()
        self.assertFalse(self.server.calls)

    def test_no_way_round_by_messages_or_companies(self):
        """Nothing leads from what managers read to the gateway, and its answers are not theirs."""
        message = self.messages.create(
            {"channel": "sms", "company_id": self.company.id, "partner_id": self.customer.id,
             "address": "+12015550123", "text": "x"}
        )  # fmt: skip
        own = message.with_user(self.manager)
        with self.assertRaises(AccessError):
            own.read(["answer"])
        names = self.messages.with_user(self.manager).fields_get()
        self.assertFalse(
            {n for n, f in names.items() if f.get("relation") == "customer.sms.gateway"}
        )

    def test_logs_are_silent_about_secrets(self):
        self.server.answers[:] = ["drop"]
        with self.assertLogs("odoo", level="DEBUG") as logs:
            self._test(url=f"{self.server.url}/{{secret}}")
            self.gateway.sudo().url = "http://127.0.0.1:9/{secret}"
            self.gateway.with_user(self.admin).action_test()
            logging.getLogger("odoo.addons.customer_value").info("The end")
        said = "\n".join(
            record.getMessage() for record in logs.records if record.name != "odoo.sql_db"
        )
        self.assertNotIn(SECRET, said)

    def test_a_copy_has_no_secrets(self):
        copy = self.gateway.sudo().copy({"company_id": self._create_company(
            "Elsewhere", self.env.ref("base.EUR")).id})  # fmt: skip
        self.assertFalse(copy.secret or copy.user_name or copy.headers)

    def test_a_copy_of_the_database_sends_nothing(self):
        from ...devtools import paths

        self.env.flush_all()
        self.env.cr.execute((paths.ROOT / "data/neutralize.sql").read_text())
        self.env.invalidate_all()
        self.assertFalse(self.company._can_send_sms())

    # === WHAT MAY BE SET ===

    def test_addresses(self):
        bad = ("ftp://x.test/{number}{text}", "x.test", "https://", "https://{secret}.test/",
               "https://user:pw@x.test/", "https://x.test/ a", "https://x.test:port/",
               "https://x.test/#{number}", "https://x.test/سلام", "file:///etc/passwd",
               "https://x.test\r\nHost: y/", "//x.test/", "https://[x/")  # fmt: skip
        for url in bad:
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.gateway.with_user(self.admin).url = url
        own = self.gateway.with_user(self.admin)
        own.write({"url": "https://x.test/send?a={number}", "is_plain_allowed": False})
        with self.assertRaises(ValidationError):
            own.url = "http://x.test/send"
        with self.assertRaises(ValidationError):
            own.status_url = "http://x.test/state/{ref}"

    def test_templates(self):
        own = self.gateway.with_user(self.admin)
        for values in (
            {"body": '{"to": "{number}"}'},
            {"body": '{"text": "{text}"}'},
            {"body": '{"to": {number}, "text": "{text}"'},
            {"body": "to={number}&text={text}"},
            {"headers": "nonsense"},
            {"headers": "Host: elsewhere"},
            {"method": "GET"},
            {"success_kind": "json"},
            {"status_url": "https://x.test/{ref}"},
            {"timeout": 0},
            {"timeout": 61},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                own.write(values)
        own.write({"body": '{"n": {digits}, "m": ["{text}", {"x": 1}]}'})

    def test_one_active_gateway_per_company(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._make_gateway(self.company)

    def test_settings_of_hours_and_fax(self):
        for values in (
            {"customer_sms_from_hour": 20, "customer_sms_to_hour": 8},
            {"customer_sms_to_hour": 25},
            {"customer_fax_pattern": "fax@example.com"},
            {"customer_fax_pattern": "{number} {number}"},
            {"customer_fax_pattern": "{text}@fax.example.com"},
            {"customer_fax_sender": "nobody"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.company.write(values)

    # === WHERE IT MAY LEAD ===

    def test_own_network_only_if_it_is_meant(self):
        gateway = self._test(is_internal=False)
        self.assertEqual(gateway.test_state, "unsent")
        self.assertFalse(self.server.calls)
        self.assertIn("own network", gateway.test_answer)

    def test_addresses_of_machines(self):
        inside = ("127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "::1", "fd00::1",
                  "::ffff:127.0.0.1", "64:ff9b::7f00:1", "100.64.0.1")  # fmt: skip
        for address in inside:
            self.assertFalse(is_allowed(address, False), address)
            self.assertTrue(is_allowed(address, True), address)
        for address in ("169.254.169.254", "fe80::1", "fe80::1%eth0", "0.0.0.0", "::", "224.0.0.1",  # noqa: S104
                        "::ffff:169.254.169.254"):  # fmt: skip
            self.assertFalse(is_allowed(address, True), address)
        for address in ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"):
            self.assertTrue(is_allowed(address, False), address)

    def test_a_server_that_does_not_speak_tls(self):
        url = self.server.url.replace("http:", "https:")
        reply = call_gateway("GET", url, [], None, 2, is_internal=True)
        self.assertEqual((reply.is_sent, reply.error), (False, "certificate"))
