"""RPC and HTTP against a server with four worker processes: the same key at once, and nonsense.

Plain pytest on a scratch database of its own (no Odoo in this process): inside Odoo's tests
all connections share one transaction and could not collide. ``CUSTOMER_VALUE_API_KEYS`` and
``CUSTOMER_VALUE_API_CALLS`` set how much is done; the acceptance bars are 200 and 5 000. As many
HTTP calls as ``CUSTOMER_VALUE_HTTP_CALLS`` go to the telephony endpoint.
"""

import http.client
import json
import os
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from ...benchmarks.fuzz import FIELDS, NASTY, RECORDING, Wire, calls, get_ids
from ...benchmarks.rpc_site import PREPARE
from ...client import Customers, KeyReused, connect
from ...devtools import postgres, rpc_server
from ..tools import real_server
from ..tools.telephony_fuzz import BODIES

WORKERS = 4
AT_ONCE = 8
KEYS = int(os.environ.get("CUSTOMER_VALUE_API_KEYS", "25"))
CALLS = int(os.environ.get("CUSTOMER_VALUE_API_CALLS", "300"))
HTTP_CALLS = int(os.environ.get("CUSTOMER_VALUE_HTTP_CALLS", "200"))

pytestmark = pytest.mark.skipif(
    "CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test"
)


class Site:
    """The server, who may connect, and a look into the database behind its back."""

    def __init__(self, server, url, made, log):
        self.server, self.url, self.made, self.log = server, url, made, log

    def customers(self):
        odoo = connect(self.url, self.made["database"], api_key=self.made["keys"]["program"])
        return Customers(odoo, self.made["company"])

    def rows(self, sql):
        """Return the rows of a statement, one text each."""
        return self.server.psql(sql, self.made["database"]).splitlines()

    def count(self, where="TRUE"):
        sql = f"SELECT COUNT(*) FROM customer_interaction WHERE {where}"  # noqa: S608
        return int(self.server.psql(sql, self.made["database"]))


@pytest.fixture(scope="module")
def site():
    with real_server.installed_database("rpc") as (server, name):
        made = rpc_server.ask(server, name, PREPARE)
        with rpc_server.running(server, name, WORKERS) as (url, log):
            yield Site(server, url, made, log)
        log.unlink(missing_ok=True)


def test_the_same_key_at_once(site):
    """Every call succeeds, and each key has one record."""
    start = threading.Barrier(AT_ONCE)
    partner = site.made["partners"][0]
    before = site.count()

    def send(_number):
        answers = []
        customers = site.customers()
        with customers.connection:
            for key in range(KEYS):
                start.wait()
                answers.append(
                    customers.log(
                        request_key=f"once {key}",
                        kind="call",
                        subject=f"Call {key}",
                        partner_id=partner,
                    )
                )
        return answers

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [row for rows in pool.map(send, range(AT_ONCE)) for row in rows]
    assert len(answers) == AT_ONCE * KEYS
    ids = {}
    for row in answers:
        ids.setdefault(row["request_key"], set()).add(row["id"])
    assert len(ids) == KEYS and all(len(found) == 1 for found in ids.values())
    assert sum(row["created"] for row in answers) == KEYS
    assert site.count() - before == KEYS


def test_overlapping_batches_at_once(site):
    """Batches with the same keys in another order neither wait for each other nor fail."""
    start = threading.Barrier(AT_ONCE)
    before = site.count()

    def send(number):
        customers = site.customers()
        rows = [
            {"request_key": f"mix {n}", "kind": "sms", "subject": f"{n}", "reference": f"C-{n}"}
            for n in range(60)
        ]
        rows = rows[number:] + rows[:number]
        with customers.connection:
            start.wait()
            return customers.log_many(reversed(rows) if number % 2 else rows)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = [row for rows in pool.map(send, range(AT_ONCE)) for row in rows]
    assert len({row["id"] for row in answers}) == 60
    assert site.count() - before == 60


def test_the_same_key_with_other_content_at_once(site):
    """Of different contents one is recorded; the others are told, and leave nothing."""
    start = threading.Barrier(AT_ONCE)
    before = site.count()
    partner = site.made["partners"][1]

    def send(number):
        customers = site.customers()
        with customers.connection:
            start.wait()
            base = {"kind": "call", "partner_id": partner, "subject": f"Content {number}"}
            try:
                customers.log_many(
                    [{**base, "request_key": f"own {number}"}, {**base, "request_key": "fought"}]
                )
            except KeyReused as error:
                assert "“fought”" in str(error)
                return 0
            return 1

    with ThreadPoolExecutor(AT_ONCE) as pool:
        winners = sum(pool.map(send, range(AT_ONCE)))
    assert winners == 1
    assert site.count() - before == 2


def test_changes_are_not_missed_while_others_are_written(site):
    """A change that is committed late comes before no cursor that was given early."""
    database = site.made["database"]
    first, second = site.made["partners"][2:4]
    insert = (
        "INSERT INTO customer_profile (partner_id, company_id, currency_id, write_date) "
        "SELECT {partner}, c.id, c.currency_id, now() FROM res_company c WHERE c.id = {company}"
    )
    late = insert.format(partner=first, company=site.made["company"])
    early = insert.format(partner=second, company=site.made["company"])
    customers = site.customers()
    with customers.connection, _psql(site.server, database) as slow:
        slow.tell(f"BEGIN; {late};")
        site.server.psql(early, database)
        pages = list(customers.changes())
        seen = [row["customer_id"] for page in pages for row in page.changes]
        assert first not in seen and second not in seen  # held back: an older one is not finished
        slow.tell("COMMIT;")
        pages = _wait_for_changes(customers, pages[-1].cursor)
        seen = [row["customer_id"] for page in pages for row in page.changes]
        assert seen == [first, second]
        assert not [row for page in customers.changes(pages[-1].cursor) for row in page.changes]
        site.server.psql(
            f"UPDATE customer_profile SET segment = 'loyal' WHERE partner_id = {first}",  # noqa: S608
            database,
        )
        [page, _none] = _wait_for_changes(customers, pages[-1].cursor)
        assert [(row["customer_id"], row["segment"]) for row in page.changes] == [(first, "loyal")]


def _wait_for_changes(customers, cursor):
    """Pages of one; waits while another test on the same server is in a transaction.

    A class of tests is one transaction, and walks through all screens take minutes.
    """
    end = time.monotonic() + 1200
    while True:
        pages = list(customers.changes(cursor, page=1))
        if pages[0].changes or time.monotonic() > end:
            return pages
        time.sleep(0.2)


def test_workers_are_woken(site):
    """The workers of scheduled jobs hear of new interactions at once, not at their next round."""
    customers = site.customers()
    heard = f'cron_trigger" with payload "{site.made["database"]}"'
    with customers.connection, _psql(site.server, "postgres") as listener:
        listener.tell("LISTEN cron_trigger;")
        for number in range(20):
            customers.log(
                request_key=f"bell {number}", kind="call", subject="Ring", reference="C-7"
            )
        end = time.monotonic() + 10
        count = 0
        while not count and time.monotonic() < end:
            time.sleep(0.2)
            count = sum(heard in line for line in listener.ask("SELECT 1;"))
    assert 0 < count <= 20  # other tests of this server ring for their own databases


class _psql:
    """A psql session that stays open: its transaction ends when it is told to."""

    def __init__(self, server, database):
        self.server, self.database = server, database

    def __enter__(self):
        self.process = subprocess.Popen(
            [str(postgres.binary("psql")), "-qAtX", "-d", self.database],
            env=self.server.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def tell(self, sql):
        self.process.stdin.write(f"{sql}\n\\echo done\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def ask(self, sql):
        """Return the lines of the answer, and what the server has told meanwhile."""
        self.process.stdin.write(f"{sql}\n\\echo done\n")
        self.process.stdin.flush()
        return list(iter(self.process.stdout.readline, "done\n"))

    def __exit__(self, *_error):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


# === NONSENSE ===


def _open_wire(site):
    database, key = site.made["database"], site.made["keys"]["program"]
    return Wire(
        site.url, site.made, connect(site.url, database, "program", api_key=key).who()["id"]
    )


def test_every_field_with_every_nasty_text(site):
    """Refused or recorded, but never a fault."""
    wire = _open_wire(site)
    before, recorded, number = site.count(), 0, 0
    good = {"kind": "call", "subject": "Fuzz", "reference": "C-1"}
    for name in FIELDS:
        for text in NASTY:
            number += 1
            row = {**good, "request_key": f"nasty {number}", name: text}
            kwargs = {"company_id": site.made["company"], "interactions": [row]}
            answer = wire.json2("log_interactions", kwargs)
            recorded += bool(answer and answer[0]["created"])
    for name in ("phone", "email", "reference"):
        for text in NASTY:
            wire.json2("find_customers", {"company_id": site.made["company"], name: text})
    assert recorded
    assert site.count() - before == recorded


def test_nonsense_over_both_protocols(site):
    """No HTTP 500, no traceback, and what a call was told is what is in the database."""
    wire = _open_wire(site)
    before, recorded, made = _count_recorded(site), {}, 0

    @settings(
        max_examples=CALLS // 2,
        deadline=None,
        database=None,
        derandomize="CUSTOMER_VALUE_API_CALLS" not in os.environ,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(calls())
    def send(call):
        nonlocal made
        method, kwargs = call
        if kwargs.get("company_id") == "ours":
            kwargs["company_id"] = site.made["company"]
        for answer in (wire.json2(method, kwargs), wire.xmlrpc(method, kwargs)):
            made += 1
            if method in RECORDING and answer:
                recorded.setdefault(method, set()).update(get_ids(answer))

    send()
    assert made >= CALLS * 0.9
    assert set(recorded) == set(RECORDING)
    told = {method: len(ids) for method, ids in recorded.items()}
    after = _count_recorded(site)
    assert {method: after[method] - before[method] for method in RECORDING} == told
    print(f"\n{made} RPC calls, {told} recorded")


def _count_recorded(site):
    sql = "SELECT COUNT(*) FROM {}"
    return {
        method: int(site.rows(sql.format(table))[0]) for method, (_arg, table) in RECORDING.items()
    }


def test_nonsense_to_the_telephony_endpoint(site):
    """Refused in a sentence or registered whole: every call that was accepted, and no other."""
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    headers = {
        "Authorization": f"Bearer {site.made['keys']['pbx']}",
        "Content-Type": "application/json",
        "X-Odoo-Database": site.made["database"],
    }
    before = site.count()
    made, answers = Counter(), {}

    @settings(
        max_examples=HTTP_CALLS,
        deadline=None,
        database=None,
        derandomize="CUSTOMER_VALUE_HTTP_CALLS" not in os.environ,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    @given(BODIES)
    def send(body):
        connection.request("POST", "/customer_value/telephony/event", body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        assert response.status in (200, 400, 403), f"{response.status} {body!r}: {text[:2000]}"
        assert "Traceback" not in text, f"{body!r}: {text[:2000]}"
        made[response.status] += 1
        answer = json.loads(text)
        if response.status == 200:
            answers[answer["call_id"]] = answer
        else:
            assert answer["error"]["message"].strip()

    send()
    print(f"\n{made.total()} HTTP calls: {dict(made)}, {len(answers)} telephone calls")
    assert made.total() >= HTTP_CALLS * 0.9
    assert made[200] > HTTP_CALLS // 10 and made[400] > HTTP_CALLS // 10
    stored = site.rows("SELECT encode(convert_to(call_id, 'UTF8'), 'hex') FROM customer_call")
    assert sorted(stored) == sorted(call.encode().hex() for call in answers)
    ended = {call for call, answer in answers.items() if answer["interaction_id"]}
    assert site.count() - before == len(ended)
    whole = site.rows(
        """SELECT COUNT(*) FROM customer_call c
             LEFT JOIN customer_interaction i ON i.id = c.interaction_id
            WHERE (c.state IN ('done', 'missed', 'voicemail')) <> (i.id IS NOT NULL)
               OR i.request_key <> 'call:' || c.call_id"""
    )
    assert whole == ["0"]


def test_no_traceback_in_the_log(site):
    """After all of the above: the server has met no error it did not expect."""
    log = site.log.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 2000 :][:6000]
