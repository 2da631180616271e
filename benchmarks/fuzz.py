"""What programs might send: right, nearly right, nonsense; and how it is sent as it is.

For tests/api/test_api_server.py and ``./dev bench --security``.
"""

import http.client
import json
import xmlrpc.client
from datetime import datetime
from urllib.parse import urlsplit

from hypothesis import strategies as st

NASTY = (
    *("", " ", "0", "-1", "%s", "%(x)s", "{}", "1; DROP TABLE x", "x" * 5000, "\u202e", "۱۲۳"),
    *("\x00", "a\x00b", "\ud800", "\uffff", "\x1b[0m", "2026-02-30", "9999-12-31T23:59:59-14:00"),
)
WORDS = st.text("a0 ۱é😀\n'\"%{}+@", max_size=6)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | WORDS
    | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
VALUE = st.booleans().flatmap(lambda nasty: st.sampled_from(NASTY) if nasty else JUNK)
GOOD_INTERACTION = st.fixed_dictionaries(
    {
        "request_key": st.uuids(version=4).map(str),
        "kind": st.sampled_from(["call", "visit", "email"]),
        "subject": st.just("Fuzz"),
        "reference": st.integers(0, 99).map("C-{}".format),
    },
    optional={
        "date": st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1)).map(str),
        "duration_minutes": st.floats(0, 100),
        "note": st.sampled_from(["سلام", "Line\nline", "😀"]),
        "phone": WORDS,
        "email": WORDS,
        "needs_answer": st.booleans(),
        "user_login": st.sampled_from(["clerk", "nobody"]),
    },
)
FIELDS = (
    *("request_key", "kind", "subject", "reference", "date", "duration_minutes", "note"),
    *("phone", "email", "needs_answer", "user_login", "partner_id", "reason_id", "outcome"),
    *("direction", "colour"),
)


@st.composite
def interactions(draw):
    """Good interactions, one of them perhaps spoilt, or nonsense instead."""
    rows = draw(st.lists(GOOD_INTERACTION, min_size=1, max_size=4))
    if draw(st.integers(0, 3)):
        draw(st.sampled_from(rows))[draw(st.sampled_from(FIELDS))] = draw(VALUE)
    return draw(st.just(rows) | st.just(rows) | st.just(rows) | VALUE)


CONTACT = st.integers(0, 99).map("C-{}".format)
GOOD_COMPLAINT = st.fixed_dictionaries(
    {
        "request_key": st.uuids(version=4).map(str),
        "subject": st.just("Fuzz"),
        "reference": CONTACT,
    },
    optional={
        "description": WORDS,
        "severity": st.sampled_from(["minor", "major"]),
        "date": st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 1)).map(str),
    },
)
GOOD_ANSWER = st.fixed_dictionaries(
    {
        "request_key": st.uuids(version=4).map(str),
        "kind": st.just("rating"),
        "rating": st.integers(1, 5),
        "reference": CONTACT,
    },
    optional={"comment": WORDS},
)
# Methods that record -> their argument, and the table the ids they give are of.
RECORDING = {
    "log_interactions": ("interactions", "customer_interaction"),
    "create_complaint": ("complaint", "customer_complaint"),
    "log_feedback": ("answers", "customer_feedback"),
}


def get_ids(answer):
    """Return the ids a recording method was told."""
    return {row["id"] for row in (answer if isinstance(answer, list) else [answer])}


@st.composite
def recordings(draw):
    """A method that records, and what it is to record: mostly one value is spoilt."""
    method = draw(st.sampled_from(["log_interactions", *RECORDING]))
    if method == "log_interactions":
        given = draw(interactions())
    else:
        good = draw(GOOD_COMPLAINT if method == "create_complaint" else GOOD_ANSWER)
        if draw(st.integers(0, 3)):
            good[draw(st.sampled_from([*good, "partner_id", "team_id", "levels"]))] = draw(VALUE)
        given = good if method == "create_complaint" else [good]
    return method, {RECORDING[method][0]: given}


@st.composite
def calls(draw):
    """A method of ours and arguments, most of them nearly right."""
    method = draw(
        st.sampled_from(["find_customers", "get_summary", "pull_changes", *["record"] * 3])
    )
    kwargs = {"company_id": "ours"}
    if method == "find_customers":
        names = draw(st.sets(st.sampled_from(["phone", "email", "reference", "limit"])))
        kwargs |= {name: draw(VALUE) for name in names}
    elif method == "get_summary":
        kwargs["partner_id"] = draw(st.integers(-1, 120) | VALUE)
    elif method == "pull_changes":
        kwargs |= {"cursor": draw(st.just("") | VALUE), "limit": draw(st.integers(0, 1001) | VALUE)}
    else:
        method, given = draw(recordings())
        kwargs |= given
    if draw(st.integers(0, 9)) == 0:
        kwargs[draw(st.sampled_from(["company_id", "colour", "limit", "cursor"]))] = draw(VALUE)
    if draw(st.integers(0, 9)) == 0:
        names = st.sampled_from(["lang", "tz", "allowed_company_ids", "uid", "active_test"])
        kwargs["context"] = draw(st.dictionaries(names, VALUE, max_size=2))
    if draw(st.integers(0, 19)) == 0:
        kwargs.pop(draw(st.sampled_from(sorted(kwargs))))
    return method, kwargs


class Wire:
    """Sends what the client would refuse to send, and returns status and body as they come."""

    def __init__(self, url, made, uid):
        self.http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        key, database = made["keys"]["program"], made["database"]
        self.login = (database, None, key)
        self.headers = {
            "Authorization": f"bearer {key}",
            "Content-Type": "application/json",
            "X-Odoo-Database": database,
        }
        self.uid = uid

    def json2(self, method, kwargs):
        """Return the answer over JSON-2, ``None`` when it was refused in a sentence."""
        status, body = self._post(f"/json/2/customer.api/{method}", json.dumps(kwargs))
        assert status in (200, 403, 404, 422), f"{status} {method} {kwargs!r}: {body[:2000]}"
        assert status == 200 or json.loads(body)["message"]
        return json.loads(body) if status == 200 else None

    def xmlrpc(self, method, kwargs):
        """Return the answer over XML-RPC, ``None`` when it was refused in a sentence."""
        database, _uid, key = self.login
        params = (database, self.uid, key, "customer.api", method, [], kwargs)
        try:
            content = xmlrpc.client.dumps(params, "execute_kw", allow_none=True)
            xmlrpc.client.loads(content)
            content.encode()
        except Exception:
            return None  # XML cannot say it
        _status, body = self._post("/xmlrpc/2/object", content, "text/xml")
        try:
            return xmlrpc.client.loads(body)[0][0]
        except xmlrpc.client.Fault as fault:
            assert fault.faultCode in (2, 3, 4), f"{method} {kwargs!r}: {fault.faultString[:2000]}"
            return None

    def _post(self, path, content, kind="application/json"):
        headers = {**self.headers, "Content-Type": kind}
        self.http.request("POST", path, content.encode(), headers)
        response = self.http.getresponse()
        body = response.read().decode()
        assert response.status < 500, f"{content}: {body[:2000]}"
        assert "Traceback" not in body and "administrator the reference" not in body, (
            f"{content}: {body[:2000]}"
        )
        return response.status, body
