"""The client against Odoo's own HTTP server, over both protocols."""

import contextlib
import io
import json
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...client import (
    AccessDenied,
    Customers,
    InvalidInput,
    KeyReused,
    NotFound,
    RetryPolicy,
    connect,
)
from ...client.command_line import main

XMLRPC_LOGGER = "odoo.addons.rpc.controllers.xmlrpc"


@tagged("post_install", "-at_install")
class TestApiHttp(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.customer = cls.env["res.partner"].create(
            {"name": "Azure Interior", "is_company": True, "ref": "C-1", "email": "a@azure.example"}
        )
        cls.program = new_test_user(
            cls.env,
            login="program",
            groups="customer_value.customer_value_group_api",
            company_id=cls.company.id,
        )
        cls.key = cls._make_key(cls.program)

    @classmethod
    def _make_key(cls, user):
        expiry = datetime.now() + timedelta(days=1)
        return cls.env["res.users.apikeys"].with_user(user)._generate(None, "test", expiry)

    @contextlib.contextmanager
    def _customers(self, protocol, key=None, login="program"):
        retry = RetryPolicy(attempts=1)
        secret = key or self.key
        with (
            mute_logger(XMLRPC_LOGGER),
            self.allow_requests(all_requests=True),
            connect(
                self.base_url(),
                self.env.cr.dbname,
                login,
                api_key=secret,
                protocol=protocol,
                retry=retry,
            ) as odoo,
        ):
            yield Customers(odoo, self.company.id)

    def _both(self):
        for protocol in ("json2", "xmlrpc"):
            with self.subTest(protocol), self._customers(protocol) as customers:
                yield protocol, customers

    def test_find_look_tell_follow(self):
        for protocol, customers in self._both():
            found = customers.find(reference="C-1", phone="+12015550177")
            self.assertEqual([row["partner_id"] for row in found], [self.customer.id])
            summary = customers.summary(self.customer.id)
            self.assertEqual(summary["customer_name"], "Azure Interior")
            one = customers.log(
                kind="call", subject="Über سلام", reference="C-1", request_key=protocol
            )
            self.assertTrue(one["created"])
            self.assertEqual(one["customer_id"], self.customer.id)
            again = customers.log(
                kind="call", subject="Über سلام", reference="C-1", request_key=protocol
            )
            self.assertEqual((again["id"], again["created"]), (one["id"], False))
            many = customers.log_many(
                {"kind": "sms", "subject": f"{protocol} {n}", "partner_id": self.customer.id}
                for n in range(120)
            )
            self.assertEqual(len({row["id"] for row in many}), 120)
            pages = list(customers.changes())
            self.assertTrue(all(page.cursor for page in pages))

    def test_errors_are_typed_and_say_what_to_do(self):
        for _protocol, customers in self._both():
            customers.log(kind="call", subject="A", reference="C-1", request_key="same")
            with self.assertRaisesRegex(KeyReused, "“same” has been used for other content.*own.$"):
                customers.log(kind="call", subject="B", reference="C-1", request_key="same")
            with self.assertRaisesRegex(InvalidInput, "Interaction 1: “kind” must be one of"):
                customers.log(kind="smoke", subject="B", reference="C-1")
            with self.assertRaisesRegex(InvalidInput, "Give a phone number"):
                customers.find()
            with self.assertRaisesRegex((NotFound, InvalidInput), "no contact 999999"):
                customers.summary(999999)
            with self.assertRaisesRegex(InvalidInput, "“cursor” must come from"):
                list(customers.changes("nonsense"))
            other = Customers(customers.connection, 987654)
            with self.assertRaisesRegex(AccessDenied, "may not work in company"):
                other.find(phone="1")

    def test_no_traceback_leaves_the_server(self):
        """Odoo adds one to every JSON-2 error, and to most XML-RPC faults."""
        headers = {"Authorization": f"bearer {self.key}", "Content-Type": "application/json"}
        for method, body in (
            ("find_customers", {}),
            ("find_customers", {"company_id": self.company.id, "colour": 1}),
            ("find_customers", {"company_id": 999, "phone": "1"}),
            ("get_summary", {"company_id": self.company.id, "partner_id": 999999}),
            ("log_interactions", {"company_id": self.company.id, "interactions": "x"}),
        ):
            answer = self.url_open(
                f"/json/2/customer.api/{method}", data=json.dumps(body), headers=headers
            )
            self.assertIn(answer.status_code, (403, 404, 422), method)
            self.assertNotIn("Traceback", answer.text)
            self.assertNotIn("File ", answer.text)
            self.assertTrue(answer.json()["message"])

    def test_other_users_and_other_methods_are_refused(self):
        employee = new_test_user(self.env, login="emin", groups="base.group_user")
        for protocol in ("json2", "xmlrpc"):
            key = self._make_key(employee)
            with self._customers(protocol, key, "emin") as customers:
                with self.assertRaisesRegex(AccessDenied, "API access"):
                    customers.find(reference="C-1")
        for _protocol, customers in self._both():
            for model in ("account.move", "sale.order", "res.partner", "res.users"):
                with self.assertRaises(AccessDenied, msg=model):
                    customers.connection.search_read(model, [], ["id"], limit=1)
            for method in ("_insert_requests", "_in_company", "_enqueue"):
                with self.assertRaises(AccessDenied, msg=method):
                    customers.connection.call("customer.api", method)
            self.assertEqual(customers.connection.who()["login"], "program")

    def test_keys_last_90_days_at_most(self):
        keys = self.env["res.users.apikeys"].with_user(self.program)
        with self.assertRaisesRegex(Exception, "90"):
            keys._generate(None, "long", datetime.now() + timedelta(days=91))

    def _run(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        environment = {
            "ODOO_URL": self.base_url(),
            "ODOO_DB": self.env.cr.dbname,
            "ODOO_API_KEY": self.key,
        }
        with (
            self.allow_requests(all_requests=True),
            patch.dict(os.environ, environment),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main(arguments)
        return code, out.getvalue(), err.getvalue()

    def test_command_line(self):
        code, out, _err = self._run("find", "--reference", "C-1", "--json")
        self.assertEqual((code, json.loads(out)[0]["name"]), (0, "Azure Interior"))
        code, out, _err = self._run("find", "--email", "nobody@azure.example")
        self.assertEqual((code, out), (1, ""))
        code, out, _err = self._run("summary", str(self.customer.id))
        self.assertEqual(code, 0)
        self.assertIn("Azure Interior", out)
        arguments = ("--kind", "call", "--subject", "Hello", "--reference", "C-1", "--key", "c1")
        code, out, _err = self._run("log", *arguments, "--minutes", "3", "--needs-answer", "--json")
        [answer] = json.loads(out)
        record = self.env["customer.interaction"].browse(answer["id"])
        self.assertEqual((code, record.duration_minutes, record.needs_answer), (0, 3, True))
        code, _out, err = self._run("log", "--kind", "call", "--reference", "C-1")
        self.assertEqual(code, 1)
        self.assertIn("“subject” is missing", err)

    def test_command_line_with_files(self):
        with tempfile.TemporaryDirectory() as folder:
            file, cursor = Path(folder, "calls.jsonl"), Path(folder, "cursor")
            rows = [
                {"request_key": f"f{n}", "kind": "call", "subject": "x", "reference": "C-1"}
                for n in range(3)
            ]
            file.write_text("\n".join(json.dumps(row) for row in rows))
            for created in (True, False):
                code, out, _err = self._run("log", "--file", str(file), "--json")
                self.assertEqual(code, 0)
                self.assertEqual([row["created"] for row in json.loads(out)], [created] * 3)
            file.write_text("{}\nnonsense")
            code, _out, err = self._run("log", "--file", str(file))
            self.assertEqual(code, 1)
            self.assertIn("line 2 is not JSON", err)
            code, _out, _err = self._run("changes", "--cursor-file", str(cursor), "--json")
            self.assertEqual(code, 0)
            self.assertTrue(cursor.read_text().strip())
