"""A simulated telephone system drives a real server: several workers, real HTTP, real commits.

Plain pytest on a scratch database (no Odoo in this process). Every call is told in shuffled,
repeated and concurrent events; each has to become one call and one interaction.
"""

import os
import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..tools import real_server

CALLS = 40
CLIENTS = 6
WORKERS = 2
SECONDS = 60
PREPARE = """
from datetime import datetime, timedelta
env.company.country_id = env.ref("base.us")
pbx = env["res.users"].create({
    "name": "Telephone system", "login": "pbx",
    "group_ids": [(6, 0, [env.ref("customer_value.customer_value_group_telephony").id])],
})
customer = env["res.partner"].create({"name": "Azure", "is_company": True})
for number in range(10):
    env["res.partner"].create({
        "name": f"Caller {number}", "parent_id": customer.id, "phone": f"+1202555010{number}",
    })
env.ref("base.user_admin").customer_phone_extension = "101"
key = env["res.users.apikeys"].with_user(pbx)._generate(
    None, "test", datetime.now() + timedelta(days=1)
)
env.cr.commit()
print("KEY=" + key)
"""


def make_events(number):
    """Return the events of one call, some of them twice, with the number of its outcome."""
    minute = f"2026-01-05T{8 + number // 60:02}:{number % 60:02}"
    caller = f"+120255501{number % 15:02}"  # a third of the callers is unknown
    who = {"direction": "in", "from": caller, "to": "+12025550190"}
    events = [
        {"event": "ringing", "at": f"{minute}:00Z", "agent": "101", **who},
        {"event": "ringing", "at": f"{minute}:01Z", "agent": "admin", **who},
    ]
    if number % 3 == 0:
        events.append({"event": "missed", "at": f"{minute}:20Z", **who})
    elif number % 3 == 1:
        events.append({"event": "voicemail", "at": f"{minute}:20Z", **who})
    else:
        events.append({"event": "answered", "at": f"{minute}:05Z", "agent": "101"})
    events.append({"event": "hangup", "at": f"{minute}:35Z"})
    return [{"call_id": f"sim-{number}", **event} for event in events + events[1:]]


def send_all(url, key, events):
    """Send events from several clients at once; return the answers."""
    barrier = threading.Barrier(CLIENTS)

    def client(share):
        barrier.wait()
        return [
            real_server.post(f"{url}/customer_value/telephony/event", event, key) for event in share
        ]

    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = [events[start::CLIENTS] for start in range(CLIENTS)]
        return [answer for answers in pool.map(client, shares) for answer in answers]


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_simulated_telephone_system(tmp_path):
    chance = random.Random(20260105)
    # Neighbours in the list are sent at the same time: shuffled by call, not over all calls,
    # so that the events of one call really meet.
    events = []
    for number in range(CALLS):
        told = make_events(number)
        chance.shuffle(told)
        events += told
    log = tmp_path / "odoo.log"
    with real_server.installed_database("pbx") as (server, name):
        key = re.search(r"KEY=(\w+)", real_server.shell(server, name, PREPARE))[1]
        with real_server.serving(server, name, log, f"--workers={WORKERS}") as url:
            started = time.monotonic()
            answers = send_all(url, key, events)
            seconds = time.monotonic() - started
            # Told once more, nothing is new.
            again = send_all(url, key, events[: 6 * CLIENTS])
            told = log.read_text()
        retries = told.count("tries left, try again in")
        print(f"\n{len(answers)} events in {seconds:.1f} s, {retries} served again")
        failed = [answer for answer in answers + again if answer[0] != 200]
        assert not failed, failed[:3]
        assert all(answer["repeated"] for _status, answer in again)
        assert retries, "no two events of a call met: the test proves nothing"
        check_rows(server, name)
        assert "Traceback" not in told and " ERROR " not in told
        assert seconds < SECONDS


def check_rows(server, name):
    def ask(sql):
        return server.psql(sql, name)

    assert ask("SELECT COUNT(*), COUNT(DISTINCT call_id) FROM customer_call") == f"{CALLS}|{CALLS}"
    assert ask("SELECT COUNT(*), COUNT(DISTINCT request_key) FROM customer_interaction") == (
        f"{CALLS}|{CALLS}"
    )
    states = ask("SELECT string_agg(DISTINCT state, ',') FROM customer_call")
    assert states == "done,missed,voicemail"
    # Whatever the order, the call and its interaction say the same, and what was told.
    wrong = """
        SELECT COUNT(*)
          FROM customer_call c JOIN customer_interaction i ON i.id = c.interaction_id
         WHERE NOT (
               c.start_date = '2026-01-05 08:00:00'::timestamp
                              + substr(c.call_id, 5)::int * interval '1 minute'
           AND c.state = (ARRAY['missed', 'voicemail', 'done'])[substr(c.call_id, 5)::int % 3 + 1]
           AND c.duration_minutes = CASE c.state WHEN 'done' THEN 0.5 ELSE 0 END
           AND c.user_id IS NOT NULL
           AND (c.partner_id IS NOT NULL) = (substr(c.call_id, 5)::int % 15 < 10)
           AND i.date = c.start_date
           AND i.partner_id IS NOT DISTINCT FROM c.partner_id
           AND i.needs_answer = (c.state <> 'done')
           AND i.duration_minutes = c.duration_minutes
           AND i.outcome = CASE c.state WHEN 'done' THEN 'reached'
                           WHEN 'missed' THEN 'not_reached' ELSE 'message_left' END)"""
    assert ask(wrong) == "0"
    assert ask("SELECT COUNT(*) FROM customer_call WHERE interaction_id IS NULL") == "0"
