"""Customers of the client against a small server on this machine; no Odoo."""

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

HERE = Path(__file__).resolve()
sys.path += [str(HERE.parents[3]), str(HERE.parent)]  # the client needs no Odoo

from test_client_connection import KEY, ServerCase, fault, good, xml, xml_fault  # noqa: E402

from client import (  # noqa: E402
    AccessDenied,
    ConnectionFailed,
    CursorExpired,
    Customers,
    InvalidInput,
    KeyReused,
    RetryPolicy,
    connect,
)
from client.command_line import main  # noqa: E402
from client.rpc.server_faults import error_for  # noqa: E402

ERRORS = "odoo.addons.customer_value.models.external_error."
WHO = {"uid": 7}


def recorded(*keys):
    rows = [
        {"request_key": key, "id": n, "created": True, "partner_id": 5, "customer_id": 5}
        for n, key in enumerate(keys, 1)
    ]
    return good(rows)


class TestCustomers(ServerCase):
    def _customers(self, *answers, protocol="json2"):
        login = good(WHO) if protocol == "json2" else xml(7)
        self.answer(login, *answers)
        retry = RetryPolicy(sleep=lambda _seconds: None)
        connection = connect(self.url, "db", "program", api_key=KEY, protocol=protocol, retry=retry)
        self.addCleanup(connection.close)
        return Customers(connection, 3)

    def _sent(self, number=-1):
        path, _headers, body = self.server.seen[number]
        return path, json.loads(body)

    def test_find_sends_what_is_known(self):
        customers = self._customers(good([]))
        self.assertEqual(customers.find(phone="+12015550199"), [])
        self.assertEqual(
            self._sent(),
            (
                "/json/2/customer.api/find_customers",
                {"company_id": 3, "phone": "+12015550199", "limit": 20},
            ),
        )

    def test_reading_is_repeated_after_a_broken_line(self):
        customers = self._customers("drop", good({"customer_id": 5}))
        self.assertEqual(customers.summary(5), {"customer_id": 5})

    def test_logging_is_repeated_with_the_same_key(self):
        customers = self._customers("drop", (504, b""), recorded("k"))
        self.assertEqual(customers.log(kind="call", subject="x", partner_id=5)["id"], 1)
        keys = {self._sent(n)[1]["interactions"][0]["request_key"] for n in (1, 2, 3)}
        self.assertEqual(len(keys), 1)
        self.assertGreaterEqual(len(keys.pop()), 32)

    def test_a_line_that_stays_broken_is_told(self):
        customers = self._customers(*["drop"] * 5)
        with self.assertRaises(ConnectionFailed):
            customers.log(kind="call", subject="x", partner_id=5)
        self.assertEqual(len(self.server.seen), 6)

    def test_keys_given_are_kept_and_others_made_up(self):
        customers = self._customers(recorded("mine", "made"))
        customers.log_many([{"request_key": "mine"}, {"kind": "sms", "note": None}])
        first, second = self._sent()[1]["interactions"]
        self.assertEqual(first, {"request_key": "mine"})
        self.assertEqual(set(second), {"kind", "request_key"})

    def test_batches_of_a_hundred(self):
        sizes = (100, 100, 5)
        answers = [recorded(*map(str, range(size))) for size in sizes]
        customers = self._customers(*answers)
        rows = customers.log_many({"kind": "call"} for _n in range(205))
        self.assertEqual(len(rows), 205)
        sent = [len(self._sent(n)[1]["interactions"]) for n in (1, 2, 3)]
        self.assertEqual(sent, list(sizes))
        self.assertEqual(self._customers().log_many([]), [])

    def test_feedback_is_repeated_with_the_same_key(self):
        customers = self._customers("drop", recorded("k"))
        self.assertEqual(customers.feedback(kind="nps", nps=0, partner_id=5)["id"], 1)
        path, sent = self._sent()
        self.assertEqual(path, "/json/2/customer.api/log_feedback")
        self.assertEqual(sent["answers"][0]["nps"], 0)
        self.assertEqual(self._sent(1)[1], sent)

    def test_an_answer_that_does_not_fit_is_told(self):
        with self.assertRaisesRegex(InvalidInput, "another number"):
            self._customers(good([])).log(kind="call")

    def test_changes_go_on_from_the_cursor(self):
        customers = self._customers(
            good({"changes": [{"customer_id": 1}], "cursor": "a", "more": True}),
            good({"changes": [], "cursor": "b", "more": False}),
        )
        pages = list(customers.changes("start", page=1))
        self.assertEqual([(len(page.changes), page.cursor) for page in pages], [(1, "a"), (0, "b")])
        self.assertEqual([self._sent(n)[1]["cursor"] for n in (1, 2)], ["start", "a"])

    def test_errors_by_name_and_by_mark(self):
        for name, message, kind in (
            ("KeyReused", "“k” again. [key_reused]", KeyReused),
            ("CursorExpired", "Moved. [cursor_expired]", CursorExpired),
            ("InvalidInput", "Interaction 1: “kind” is missing.", InvalidInput),
            ("NotAllowed", "No.", AccessDenied),
        ):
            customers = self._customers(fault(ERRORS + name, message, 422))
            with self.assertRaises(kind) as caught:
                customers.find(phone="1")
            self.assertNotIn("[", str(caught.exception))
            self.assertEqual(type(caught.exception), kind)
        for code, message, kind in (
            (2, "“k” again. [key_reused]", KeyReused),
            (2, "Moved. [cursor_expired]", CursorExpired),
            (4, "No.", AccessDenied),
        ):
            customers = self._customers(xml_fault(code, message), protocol="xmlrpc")
            with self.assertRaises(kind):
                customers.find(phone="1")

    def test_a_mark_in_another_kind_of_error_says_nothing(self):
        self.assertIs(type(error_for("NotAllowed", "x [key_reused]")), AccessDenied)

    def test_xmlrpc_says_the_same(self):
        customers = self._customers(xml([]), protocol="xmlrpc")
        self.assertEqual(customers.find(email="a@b.c"), [])
        self.assertIn(b"<name>company_id</name>", self.server.seen[-1][2])


class TestCommands(ServerCase):
    def _run(self, *arguments, answers=()):
        self.answer(good(WHO), *answers)
        out, err = io.StringIO(), io.StringIO()
        environment = {"ODOO_URL": self.url, "ODOO_DB": "db", "ODOO_API_KEY": KEY}
        with (
            patch.dict(os.environ, environment),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main(arguments)
        return code, out.getvalue(), err.getvalue()

    def test_log_sends_the_options_given(self):
        arguments = ("log", "--company", "3", "--kind", "call", "--subject", "Hi", "--phone", "+1")
        code, out, _err = self._run(*arguments, "--minutes", "2.5", answers=[recorded("k")])
        self.assertEqual((code, out), (0, "k\t1\tTrue\t5\t5\n"))
        [sent] = json.loads(self.server.seen[-1][2])["interactions"]
        sent.pop("request_key")
        self.assertEqual(
            sent, {"kind": "call", "subject": "Hi", "phone": "+1", "duration_minutes": 2.5}
        )

    def test_feedback_sends_the_options_given(self):
        options = ("--level", "3:5:4", "--level", "4:2:2", "--email", "a@b.example")
        code, out, _err = self._run("feedback", "--company", "3", *options, answers=[recorded("k")])
        self.assertEqual((code, out), (0, "k\t1\tTrue\t5\t5\n"))
        [sent] = json.loads(self.server.seen[-1][2])["answers"]
        self.assertEqual(sent["kind"], "gap")
        self.assertEqual(
            sent["levels"],
            [
                {"factor_id": 3, "expectation": 5, "perception": 4},
                {"factor_id": 4, "expectation": 2, "perception": 2},
            ],
        )

    def test_find_says_by_its_code_whether_there_is_anybody(self):
        self.assertEqual(
            self._run("find", "--company", "3", "--phone", "1", answers=[good([])])[0], 1
        )

    def test_summary_in_words(self):
        answer = {
            **{"customer_name": "Azure", "customer_id": 5, "tier": "Gold", "segment": ""},
            **{"stage": "new", "value_class": ""},
            "sections": [{"title": "Money", "items": [{"label": "Revenue", "value": False}]}],
            "interactions": [
                {"date": "2026-06-15T10:00:00Z", "kind": "call", "direction": "in", "subject": "Hi"}
            ],
        }
        code, out, _err = self._run("summary", "5", "--company", "3", answers=[good(answer)])
        self.assertEqual(code, 0)
        self.assertIn("tier: Gold", out)
        self.assertIn("segment: -", out)
        self.assertIn("Revenue: not enough data", out)

    def test_changes_keep_the_cursor(self):
        row = {"customer_id": 1, "name": "A", "tier": "", "segment": "", "stage": "new"}
        row |= {"value_class": "", "changed": "2026-06-15T10:00:00Z"}
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, "cursor")
            for cursor in ("a", "b"):
                page = {"changes": [row], "cursor": cursor, "more": False}
                arguments = ("changes", "--company", "3", "--cursor-file", str(place), "--json")
                code, out, _err = self._run(*arguments, answers=[good(page)])
                self.assertEqual((code, json.loads(out)), (0, row))
                self.assertEqual(place.read_text(), f"{cursor}\n")
        self.assertEqual(json.loads(self.server.seen[-1][2])["cursor"], "a")

    def test_refusals_are_one_line(self):
        refusal = fault(ERRORS + "KeyReused", "“k” again. [key_reused]", 422)
        code, _out, err = self._run("log", "--company", "3", "--kind", "call", answers=[refusal])
        self.assertEqual((code, err), (1, "error: “k” again.\n"))
        code, _out, err = self._run("log", "--company", "3", "--file", "/nowhere")
        self.assertEqual(code, 1)
        self.assertIn("cannot be read", err)

    def test_every_command_explains_itself(self):
        for command in ("find", "summary", "log", "changes"):
            out = io.StringIO()
            with self.assertRaises(SystemExit) as caught, contextlib.redirect_stdout(out):
                main([command, "--help"])
            self.assertEqual(caught.exception.code, 0)
            self.assertIn("--json", out.getvalue())


if __name__ == "__main__":
    unittest.main()
