"""Complaints of the client against a small server on this machine; no Odoo."""

import contextlib
import io
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path += [str(HERE.parents[3]), str(HERE.parent)]  # the client needs no Odoo

from test_client_connection import KEY, ServerCase, good  # noqa: E402

from client import Customers, RetryPolicy, connect  # noqa: E402
from client.command_line import main  # noqa: E402

ANSWER = {
    "request_key": "k",
    "id": 9,
    "number": "COMP/2026/00009",
    "created": True,
    "partner_id": 5,
    "customer_id": 5,
}


class TestComplaints(ServerCase):
    def _body(self):
        path, _headers, body = self.server.seen[-1]
        return path, json.loads(body)

    def test_a_complaint_gets_a_key_and_is_sent_again_with_it(self):
        self.answer(good({"uid": 7}), "drop", good(ANSWER))
        retry = RetryPolicy(sleep=lambda _seconds: None)
        connection = connect(self.url, "db", "program", api_key=KEY, protocol="json2", retry=retry)
        self.addCleanup(connection.close)
        answer = Customers(connection, 3).complain(subject="Late", email="a@b.example", order=None)
        self.assertEqual(answer["number"], "COMP/2026/00009")
        path, body = self._body()
        self.assertEqual(path, "/json/2/customer.api/create_complaint")
        self.assertEqual(set(body["complaint"]), {"subject", "email", "request_key"})
        keys = {
            json.loads(sent)["complaint"]["request_key"]
            for seen, _headers, sent in self.server.seen
            if seen.endswith("create_complaint")
        }
        self.assertEqual(len(keys), 1)

    def test_command(self):
        self.answer(good({"uid": 7}), good(ANSWER))
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = main(
                [
                    *("complaint", "--url", self.url, "--db", "db", "--login", "program"),
                    *("--api-key", KEY, "--company", "3", "--subject", "Late"),
                    *("--email", "a@b.example", "--product-code", "OAK", "--key", "k"),
                ]
            )
        self.assertEqual(code, 0)
        self.assertEqual(output.getvalue().split()[:3], ["k", "9", "COMP/2026/00009"])
        complaint = self._body()[1]["complaint"]
        self.assertEqual(complaint["product_code"], "OAK")
