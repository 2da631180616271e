"""Errors, retries and both protocols against a small server on this machine."""

import json
import sys
import threading
import unittest
import xmlrpc.client
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[3]))  # the client needs no Odoo

from client import (  # noqa: E402
    AccessDenied,
    AuthenticationFailed,
    ClientError,
    Conflict,
    ConnectionFailed,
    InvalidInput,
    NotFound,
    RetryPolicy,
    ServerBusy,
    ServerError,
    connect,
)
from client.rpc.server_faults import error_from_traceback  # noqa: E402

KEY = "a-very-secret-key"
TRACE = 'Traceback (most recent call last):\n  File "/x.py", line 1, in f\n    g()\n'


class Handler(BaseHTTPRequestHandler):
    """Answers from a list; an answer is (status, body) or "drop" to close the line."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        answer = self.server.answers.pop(0) if self.server.answers else (200, b"null")
        if answer == "drop":
            self.close_connection = True
            return
        status, content, *headers = answer
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def setup(self):
        self.server.connections += 1
        super().setup()

    def log_message(self, *_args):
        pass


def good(value):
    return 200, json.dumps(value).encode()


def fault(name, message, status):
    body = {"name": name, "message": message, "arguments": [], "debug": TRACE + "Secret"}
    return status, json.dumps(body).encode()


def xml(value):
    return 200, xmlrpc.client.dumps((value,), methodresponse=True).encode()


def xml_fault(code, text):
    return 200, xmlrpc.client.dumps(xmlrpc.client.Fault(code, text)).encode()


class ServerCase(unittest.TestCase):
    """One server per test; `answers` are given in turn, `seen` holds the requests."""

    def setUp(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.block_on_close = False
        self.server.answers, self.server.seen, self.server.connections = [], [], 0
        thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.waits = []
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def answer(self, *answers):
        self.server.answers += answers

    def policy(self, attempts=3):
        return RetryPolicy(attempts=attempts, sleep=self.waits.append)

    def json2(self, **options):
        self.answer(good({"uid": 7}))
        options.setdefault("retry", self.policy())
        connection = connect(self.url, "shop", api_key=KEY, timeout=5, **options)
        self.addCleanup(connection.close)
        self.server.seen.clear()
        return connection

    def xmlrpc(self):
        self.answer(xml(7))
        connection = connect(self.url, "shop", "ann", "pw", timeout=5, retry=self.policy())
        self.addCleanup(connection.close)
        self.server.seen.clear()
        return connection


class TestJson2(ServerCase):
    def test_request(self):
        odoo = self.json2(context={"lang": "fa_IR"})
        self.answer(good([1, 2]))
        found = odoo.call("res.partner", "search", domain=[], context={"tz": "UTC"})
        path, headers, body = self.server.seen[0]
        self.assertEqual(found, [1, 2])
        self.assertEqual(path, "/json/2/res.partner/search")
        self.assertEqual(headers["Authorization"], f"bearer {KEY}")
        self.assertEqual(headers["X-Odoo-Database"], "shop")
        expected = {"domain": [], "context": {"lang": "fa_IR", "tz": "UTC"}}
        self.assertEqual(json.loads(body), expected)

    def test_ids_and_persian_text(self):
        odoo = self.json2()
        self.answer(good(True))
        odoo.call("res.partner", "write", (3, 4), vals={"name": "مشتری"})
        body = json.loads(self.server.seen[0][2])
        self.assertEqual(body, {"ids": [3, 4], "vals": {"name": "مشتری"}})

    def test_line_is_kept_open(self):
        odoo = self.json2()
        self.answer(good(1), good(2), good(3))
        self.assertEqual([odoo.call("m", "read") for _ in range(3)], [1, 2, 3])
        self.assertEqual(self.server.connections, 1)

    def test_errors_are_typed_and_hold_no_traceback(self):
        cases = [
            ("odoo.exceptions.ValidationError", 422, InvalidInput),
            ("odoo.exceptions.UserError", 422, InvalidInput),
            ("odoo.exceptions.AccessError", 403, AccessDenied),
            ("odoo.exceptions.MissingError", 404, NotFound),
            ("werkzeug.exceptions.Unauthorized", 401, AuthenticationFailed),
            ("builtins.KeyError", 500, ServerError),
            ("some.addon.Odd", 422, InvalidInput),
        ]
        odoo = self.json2()
        for name, status, kind in cases:
            with self.subTest(name):
                self.answer(fault(name, "No way\n\n" + TRACE, status))
                with self.assertRaises(kind) as caught:
                    odoo.call("m", "write", [1], vals={})
                self.assertEqual(str(caught.exception), "No way")
                self.assertEqual(caught.exception.server_name, name)
                self.assertNotIn("Secret", repr(vars(caught.exception)))

    def test_wrong_key(self):
        self.answer(fault("werkzeug.exceptions.Unauthorized", "Invalid apikey", 401))
        with self.assertRaises(AuthenticationFailed) as caught:
            connect(self.url, "shop", api_key=KEY, retry=self.policy())
        self.assertNotIn(KEY, str(caught.exception))

    def test_falls_back_to_xmlrpc_where_json2_is_unknown(self):
        self.answer((404, b"<html>not here</html>"), xml(7))
        odoo = connect(self.url, "shop", login="ann", api_key=KEY, retry=self.policy())
        self.addCleanup(odoo.close)
        self.assertEqual(odoo.protocol, "xmlrpc")

    def test_values_that_cannot_be_sent(self):
        odoo = self.json2()
        for value in (float("nan"), object()):
            with self.assertRaises(InvalidInput):
                odoo.call("m", "write", [1], vals={"x": value})
        self.assertEqual(self.server.seen, [])

    def test_redirects_are_not_followed(self):
        odoo = self.json2()
        self.answer((301, b"", ("Location", "https://other.example/json/2/m/read")))
        with self.assertRaises(NotFound) as caught:
            odoo.call("m", "read")
        self.assertIn("https://other.example", str(caught.exception))

    def test_answer_that_is_no_json(self):
        odoo = self.json2()
        self.answer((500, b"<html>oops</html>"))
        with self.assertRaises(ServerError):
            odoo.call("m", "read")


class TestRetries(ServerCase):
    def test_reading_is_repeated_after_a_broken_line(self):
        odoo = self.json2()
        self.answer("drop", good([5]))
        self.assertEqual(odoo.call("m", "search", domain=[]), [5])
        self.assertEqual(len(self.waits), 1)

    def test_creating_is_not_repeated_after_a_broken_line(self):
        odoo = self.json2()
        self.answer("drop", good([5]))
        with self.assertRaises(ConnectionFailed) as caught:
            odoo.create_many("m", [{}])
        self.assertTrue(caught.exception.sent)
        self.assertEqual(len(self.server.seen), 1)

    def test_caller_may_say_that_repeating_is_harmless(self):
        odoo = self.json2()
        self.answer("drop", good(True))
        self.assertTrue(odoo.call("m", "write", [1], vals={}, idempotent=True))

    def test_refused_requests_are_repeated_even_when_they_change_something(self):
        odoo = self.json2()
        self.answer((503, b"", ("Retry-After", "2")), (429, b""), good([9]))
        self.assertEqual(odoo.create_many("m", [{}]), [9])
        self.assertGreaterEqual(self.waits[0], 2)

    def test_gateway_errors_are_repeated_for_reading_only(self):
        odoo = self.json2()
        self.answer((502, b""), (504, b""), good([9]))
        self.assertEqual(odoo.call("m", "search", domain=[]), [9])
        self.answer((502, b""))
        with self.assertRaises(ServerBusy):
            odoo.create_many("m", [{}])

    def test_conflicts_are_repeated(self):
        odoo = self.json2()
        conflict = fault("psycopg2.errors.SerializationFailure", "could not serialize", 500)
        self.answer(conflict, good([9]))
        self.assertEqual(odoo.create_many("m", [{}]), [9])

    def test_gives_up(self):
        odoo = self.json2()
        self.answer((503, b""), (503, b""), (503, b""), good([]))
        with self.assertRaises(ServerBusy):
            odoo.call("m", "search", domain=[])
        self.assertEqual(len(self.server.seen), 3)

    def test_refusals_are_not_repeated(self):
        odoo = self.json2()
        self.answer(fault("odoo.exceptions.UserError", "no", 422))
        with self.assertRaises(InvalidInput):
            odoo.call("m", "search", domain=[])
        self.assertEqual(self.waits, [])

    def test_nobody_listens(self):
        policy = self.policy(attempts=4)
        with self.assertRaises(ConnectionFailed) as caught:
            connect("http://127.0.0.1:1", "shop", "ann", "top-secret", retry=policy)
        self.assertFalse(caught.exception.sent)
        self.assertEqual(len(self.waits), 3)
        self.assertNotIn("top-secret", str(caught.exception))

    def test_waits_grow_up_to_the_cap(self):
        policy = RetryPolicy(base=1, cap=3)
        for attempt in range(1, 12):
            self.assertLessEqual(policy.delay(attempt), min(3, 2 ** (attempt - 1)))
        self.assertEqual(policy.delay(1, retry_after=900), 3)


class TestXmlRpc(ServerCase):
    def test_request(self):
        odoo = self.xmlrpc()
        self.answer(xml([{"id": 1}]))
        odoo.call("res.partner", "read", [1], fields=["name\x00"])
        params, method = xmlrpc.client.loads(self.server.seen[0][2])
        self.assertEqual(method, "execute_kw")
        expected = ("shop", 7, "pw", "res.partner", "read", [[1]], {"fields": ["name"]})
        self.assertEqual(params, expected)

    def test_create_goes_by_position(self):
        odoo = self.xmlrpc()
        self.answer(xml([5]))
        self.assertEqual(odoo.create_many("m", [{"a": 1}]), [5])
        params, _ = xmlrpc.client.loads(self.server.seen[0][2])
        self.assertEqual(params[5:], ([[{"a": 1}]], {}))

    def test_method_without_answer(self):
        odoo = self.xmlrpc()
        self.answer(xml_fault(1, TRACE + "TypeError: cannot marshal None unless allow_none"))
        self.assertIsNone(odoo.call("m", "action", [1]))

    def test_errors(self):
        conflict = TRACE + "psycopg2.errors.SerializationFailure: could not serialize\n"
        cases = [
            (xml_fault(2, "Not that way"), InvalidInput, "Not that way"),
            (xml_fault(3, "Access Denied"), AuthenticationFailed, "Access Denied"),
            (xml_fault(4, "Not allowed"), AccessDenied, "Not allowed"),
            (xml_fault(2, "Object no.model doesn't exist"), NotFound, None),
            (xml_fault(1, TRACE + "KeyError: 'x'\n"), ServerError, "'x'"),
            (xml_fault(1, conflict), Conflict, "could not serialize"),
            ((200, b"<oops"), ServerError, None),
            ((404, b""), NotFound, None),
        ]
        for answer, kind, text in cases:
            with self.subTest(kind=kind, text=text):
                odoo = self.xmlrpc()
                odoo.retry = self.policy(attempts=1)
                self.answer(answer)
                with self.assertRaises(kind) as caught:
                    odoo.call("m", "write", [1], vals={})
                self.assertEqual(str(caught.exception), text or str(caught.exception))
                self.assertNotIn("Traceback", str(caught.exception))

    def test_wrong_password(self):
        self.answer(xml(False))
        with self.assertRaises(AuthenticationFailed) as caught:
            connect(self.url, "shop", "ann", "top-secret", retry=self.policy())
        self.assertNotIn("top-secret", str(caught.exception))

    def test_message_of_several_lines(self):
        error = error_from_traceback(TRACE + "odoo.exceptions.UserError: One\nTwo\n")
        self.assertIsInstance(error, InvalidInput)
        self.assertEqual(str(error), "One\nTwo")


class TestConnection(ServerCase):
    def test_search_read_pages(self):
        odoo = self.json2()
        rows = [{"id": n} for n in range(1, 2001)]
        self.answer(good(rows), good([{"id": 2001}]))
        self.assertEqual(len(odoo.search_read("m", [["a", "=", 1]], ["id"])), 2001)
        body = json.loads(self.server.seen[1][2])
        self.assertEqual(body["domain"], [["id", ">", 2000], ["a", "=", 1]])

    def test_create_many_in_batches(self):
        odoo = self.json2()
        self.answer(good([1, 2]), good([3]))
        self.assertEqual(odoo.create_many("m", [{}, {}, {}], batch=2), [1, 2, 3])

    def test_find_by_reference_takes_the_oldest(self):
        odoo = self.json2()
        self.answer(good([{"id": 4, "ref": "A"}, {"id": 9, "ref": "A"}, {"id": 5, "ref": "B"}]))
        found = odoo.find_by_reference("m", "ref", ["A", "B", "", "A"])
        self.assertEqual({k: v["id"] for k, v in found.items()}, {"A": 4, "B": 5})
        self.assertEqual(json.loads(self.server.seen[0][2])["domain"][1], ["ref", "in", ["A", "B"]])

    def test_arguments_that_do_not_fit(self):
        for arguments in (
            {"database": ""},
            {"protocol": "soap"},
            {"protocol": "json2"},
            {"login": "ann", "password": ""},
            {"url": "ftp://host"},
        ):
            with self.subTest(arguments), self.assertRaises(InvalidInput):
                connect(**{"url": self.url, "database": "shop", "password": "pw", **arguments})

    def test_every_error_is_a_client_error(self):
        for kind in (AccessDenied, ConnectionFailed, Conflict, InvalidInput, NotFound):
            self.assertTrue(issubclass(kind, ClientError))


if __name__ == "__main__":
    unittest.main()
