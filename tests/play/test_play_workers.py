"""Plays with several real processes: nobody in two plays, nothing done twice.

Plain pytest on a scratch database: real processes, real commits.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..tools import real_server

CUSTOMERS, PROCESSES = 120, 4
PREPARE = """
template = env.ref("customer_value.mail_template_play")
customers = env["res.partner"].create(
    [{"name": f"Buyer {n}", "is_company": True, "email": f"b{n}@example.com"}
     for n in range(%(customers)s)]
)
env["customer.profile"].create(
    [{"partner_id": c.id, "company_id": env.company.id, "currency_id": env.company.currency_id.id}
     for c in customers]
)
for name in ("One", "Two"):
    env["customer.play"].create({
        "name": name,
        "domain": str([("partner_id", "in", customers.ids)]),
        "control_percent": 10,
        "step_ids": [
            (0, 0, {"name": "Mail", "kind": "email", "mail_template_id": template.id}),
            (0, 0, {"name": "Call", "kind": "activity"}),
        ],
    }).action_start()
env.cr.commit()
"""
WORK = """
import time
import psycopg2
plays, actions = env["customer.play"], env["customer.play.action"]
for step in (plays._enroll_batch, lambda: actions._act_batch(limit=10)):
    idle = 0
    while idle < 12:
        try:
            done = step()
            env.cr.commit()
        except (psycopg2.OperationalError, psycopg2.IntegrityError):
            env.cr.rollback()
            env.invalidate_all()
            done = 0
        idle = 0 if done else idle + 1
        if not done:
            time.sleep(0.2)
"""


@pytest.mark.skipif("CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test")
def test_plays_in_several_processes():
    with real_server.installed_database("plays") as (server, name):
        real_server.shell(server, name, PREPARE % {"customers": CUSTOMERS})
        with ThreadPoolExecutor(PROCESSES) as pool:
            list(pool.map(lambda _n: real_server.shell(server, name, WORK), range(PROCESSES)))

        def count(query):
            return int(server.psql(query, name))

        members = "FROM customer_play_member WHERE state = 'active'"
        assert count(f"SELECT COUNT(*) {members}") == CUSTOMERS
        assert count(f"SELECT COUNT(DISTINCT partner_id) {members}") == CUSTOMERS
        treated = count("SELECT COUNT(*) FROM customer_play_member WHERE \"group\" = 'play'")
        assert treated == CUSTOMERS * 0.9
        done = "FROM customer_play_action WHERE state = 'done'"
        assert count(f"SELECT COUNT(*) {done}") == 2 * treated
        assert count("SELECT COUNT(*) FROM mail_mail") == treated
        calls = "SELECT COUNT(*) FROM mail_activity WHERE res_model = 'res.partner'"
        assert count(calls) == treated
