"""Workers that are killed while a play works: nothing is sent twice, nothing is lost.

Reports of the gateway, before its answer, with it, and several at once, lose nothing either.

Plain pytest on a scratch database: real processes, real commits, a real gateway, SIGKILL.
"""

import itertools
import json
import os
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from ...devtools import odoo
from ..tools import real_server
from .sms_gateway_server import sms_gateway

CUSTOMERS, WORKERS, KILLS, REPORTED = 60, 2, 3, 24
PREPARE = """
from odoo.tools import mute_logger
company = env.company
company.write({"country_id": env.ref("base.us").id, "customer_sms_provider": "gateway",
               "customer_sms_from_hour": 0, "customer_sms_to_hour": 24})
env["customer.sms.gateway"].create({
    "name": "Ours", "url": "%(url)s/send", "is_plain_allowed": True, "is_internal": True,
    "timeout": 5})
customers = env["res.partner"].create(
    [{"name": f"Buyer {n}", "is_company": True, "phone": f"+1 201 555 {n:04d}"}
     for n in range(%(customers)s)]
)
env["customer.profile"].create(
    [{"partner_id": c.id, "company_id": company.id, "currency_id": company.currency_id.id}
     for c in customers]
)
env["customer.play"].create({
    "name": "SMS", "domain": str([("partner_id", "in", customers.ids)]), "control_percent": 0,
    "step_ids": [(0, 0, {"name": "SMS", "kind": "sms", "text": "Hello {name}"})],
}).action_start()
env.cr.commit()
"""
WORK = """
import time
import psycopg2
plays, actions = env["customer.play"], env["customer.play.action"]
messages = env["customer.outreach.message"]
steps = (plays._enroll_batch, lambda: actions._act_batch(limit=5), messages._send_next)
end = time.monotonic() + %(seconds)s
while time.monotonic() < end:
    idle = True
    for step in steps:
        try:
            done = step()
            env.cr.commit()
        except (psycopg2.OperationalError, psycopg2.IntegrityError):
            env.cr.rollback()
            env.invalidate_all(flush=False)
            done = 0
        idle = idle and not done
    time.sleep(0.1 if idle else 0)
"""
FINISH = """
env.cr.execute("UPDATE customer_outreach_message SET claimed_on = claimed_on - interval '1 hour'")
env.cr.commit()
env["customer.play"]._cron_work()
env["customer.outreach.message"]._cron_send()
env.cr.commit()
"""

OPEN_REPORTS = """
gateway = env["customer.sms.gateway"].search([])
gateway.write({"report_id": "id", "report_state": "state", "report_delivered": "yes",
               "report_undelivered": "no"})
gateway.action_renew_report_token()
again = env["customer.outreach.message"].search([("state", "=", "sent")], limit=%(reported)s)
again.write({"state": "waiting", "next_try": "2020-01-01", "answer": False})
env.cr.commit()
print(gateway.report_url.partition("/customer_value")[2])
"""


def start_worker(server, name, seconds):
    """Start a process that does what the jobs do."""
    command = odoo.command(
        "shell", odoo.configuration(server), "-d", name, "--no-http", "--log-level=critical"
    )
    process = subprocess.Popen(
        [str(part) for part in command],
        env=odoo.environment(server),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    process.stdin.write(f"exec({WORK % {'seconds': seconds}!r})\n".encode())
    process.stdin.close()
    return process


def wait_for_calls(gateway, count):
    wait_until(lambda: len(gateway.calls) >= count)


def wait_until(is_so, seconds=60):
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_killed_workers_send_nothing_twice(tmp_path):
    with real_server.installed_database("sms") as (server, name), sms_gateway() as gateway:
        values = {"url": gateway.url, "customers": CUSTOMERS}
        real_server.shell(server, name, PREPARE % values)
        for _kill in range(KILLS):
            seen = len(gateway.calls)
            workers = [start_worker(server, name, 120) for _n in range(WORKERS)]
            wait_for_calls(gateway, seen + 5)
            for worker in workers:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
        assert 0 < len(gateway.calls) < CUSTOMERS
        with ThreadPoolExecutor(WORKERS) as pool:
            done = pool.map(lambda _n: start_worker(server, name, 12).wait(), range(WORKERS))
            list(done)
        real_server.shell(server, name, FINISH)

        def count(query):
            return int(server.psql(query, name))

        sent = Counter(body["to"] for body in gateway.bodies)
        assert {*sent.values()} == {1}, "somebody got two"
        messages = "SELECT COUNT(*) FROM customer_outreach_message"
        assert count(messages) == CUSTOMERS
        known = count(f"{messages} WHERE state = 'sent'")
        unknown = count(f"{messages} WHERE state = 'unknown'")
        assert known + unknown == CUSTOMERS, "something was lost"
        # Each kill leaves at most one message of each worker whose outcome nobody knows.
        assert unknown <= KILLS * WORKERS
        assert known <= len(gateway.calls) <= CUSTOMERS
        actions = "SELECT COUNT(*) FROM customer_play_action WHERE state = 'done'"
        assert count(actions) == CUSTOMERS
        assert count(f"{actions} AND is_reached") == known
        check_reports(server, name, gateway, tmp_path)


def check_reports(server, name, gateway, folder):
    """Messages are sent once more to a gateway that reports while it answers."""
    # Its answer is known, too: the sender begins again where a report comes at that moment.
    told = """SELECT COUNT(*) FROM customer_outreach_message
               WHERE state IN ('delivered', 'undelivered') AND answer IS NOT NULL"""
    path = real_server.shell(server, name, OPEN_REPORTS % {"reported": REPORTED}).strip()
    with real_server.serving(server, name, folder / "odoo.log") as url:
        address = f"{url}/customer_value{path}"
        moments, reports = itertools.cycle(("before", "with", "rivals")), []

        def report(number, state):
            query = urllib.parse.urlencode({"id": number, "state": state})
            with urllib.request.urlopen(f"{address}?{query}", timeout=60) as answer:
                return json.loads(answer.read())

        with ThreadPoolExecutor(8) as pool:

            def on_call(call):
                number, moment = json.loads(call["body"])["id"], next(moments)
                states = ["yes", "no", "yes"] if moment == "rivals" else ["yes"]
                started = [pool.submit(report, number, state) for state in states]
                reports.extend(started)
                if moment == "before":
                    started[0].result()

            seen, gateway.on_call = len(gateway.calls), on_call
            sender = start_worker(server, name, 120)
            wait_for_calls(gateway, seen + REPORTED)
            wait_until(lambda: server.psql(told, name) == str(REPORTED))
            os.killpg(sender.pid, signal.SIGKILL)
            sender.wait()
            answers = [one.result() for one in reports]
        assert answers == [{"reports": 1}] * len(reports)
    assert server.psql(told, name) == str(REPORTED)
