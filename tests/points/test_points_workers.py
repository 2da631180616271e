"""Points with several real processes: posts, payments and rewards of one customer at once.

Plain pytest on a scratch database with real commits. Four processes make 30 steps each for one
customer while two workers refresh; each step is tried again by Odoo's own rule only.
"""

import json
import os
import re
import subprocess

import pytest

from ...devtools import odoo
from ..tools import real_server

PROCESSES, STEPS = 4, 30
PREPARE = """
import json
env["account.chart.template"].try_loading("generic_coa", company=env.company, install_demo=False)
product = env["product.product"].create({"name": "Desk", "type": "service", "taxes_id": False})
customer = env["res.partner"].create({"name": "Azure", "is_company": True})
contacts = env["res.partner"].create(
    [{"name": f"Contact {n}", "parent_id": customer.id} for n in range(4)]
)
reward = {
    "reward_type": "discount", "discount_mode": "per_order", "discount": 10,
    "discount_applicability": "order", "required_points": 50,
}
program = env["loyalty.program"].create({
    "name": "Points", "program_type": "loyalty", "applies_on": "both", "trigger": "auto",
    "company_id": env.company.id, "rule_ids": [], "reward_ids": [(0, 0, reward)],
    "customer_points": True, "customer_points_from": "2020-01-01", "customer_points_rate": 1,
})
env["ir.cron"].search([]).active = False
env.cr.commit()
print("MADE=" + json.dumps({"product": product.id, "customer": customer.id, "program": program.id}))
"""
STEP = """
from odoo.service.model import retrying
failures, redeemed, earned = [], 0, 0
customer = env["res.partner"].browse(%(customer)s)
lines = lambda price: [(0, 0, {"product_id": %(product)s, "price_unit": price, "tax_ids": False})]

def buy():
    move = env["account.move"].create({
        "move_type": "out_invoice", "partner_id": customer.id, "invoice_date": "2026-01-10",
        "invoice_line_ids": lines(10),
    })
    move.action_post()
    context = {"active_model": "account.move", "active_ids": move.ids}
    wizard = env["account.payment.register"].with_context(**context)
    wizard.create({"payment_date": "2026-01-10"})._create_payments()
    return 10

def spend():
    order = env["sale.order"].create({
        "partner_id": customer.child_ids[%(number)s].id,
        "order_line": [(0, 0, {"product_id": %(product)s, "price_unit": 90, "tax_ids": False})],
    })
    order._update_programs_and_rewards()
    found = order._get_claimable_rewards()
    for card, rewards in found.items():
        order._apply_program_reward(rewards[:1], card)
    order.action_confirm()
    return 50 if found else 0

from odoo.exceptions import UserError
for step in range(%(steps)s):
    try:
        if step %% 2:
            redeemed += retrying(spend, env)
        else:
            earned += retrying(buy, env)
    except UserError as error:
        env.cr.rollback()
        if "has only" not in str(error) and "rewards" not in str(error):
            failures.append(repr(error))
    except Exception as error:
        env.cr.rollback()
        failures.append(repr(error))
import json
print("DONE=" + json.dumps({"failures": failures, "redeemed": redeemed, "earned": earned}))
"""
REFRESH = """
import os, time
queue = env["customer.refresh.queue"]
while not os.path.exists(%(stop)r):
    try:
        done = queue._process_batch(20)
        env.cr.commit()
    except Exception:
        env.cr.rollback()
        done = 1
    env.invalidate_all()
    if not done:
        time.sleep(0.2)
"""
SUMS = """
import json
queue = env["customer.refresh.queue"]
while queue._process_batch(100):
    pass
env.cr.commit()
card = env["loyalty.card"].search([("program_id", "=", %(program)s)])
entries = env["customer.points.entry"].search([])
lots = env["customer.points.lot"].search([])
print("SUMS=" + json.dumps({
    "cards": len(card), "balance": sum(card.mapped("points")),
    "history": sum(h.issued - h.used for h in card.history_ids),
    "entries": sum(entries.mapped("points")), "lots": sum(lots.mapped("points")),
    "earned": sum(entries.filtered(lambda e: e.kind == "earn").mapped("points")),
    "redeemed": -sum(entries.filtered(lambda e: e.kind == "redeem").mapped("points")),
    "lowest": min(lots.mapped("points"), default=0), "errors": queue.search_count([]),
}))
"""

pytestmark = pytest.mark.skipif(
    "CUSTOMER_VALUE_ODOO" not in os.environ, reason="runs under ./dev test"
)


@pytest.fixture(scope="module")
def site():
    with real_server.installed_database("points") as (server, name):
        made = re.search(r"MADE=(.*)", real_server.shell(server, name, PREPARE))[1]
        yield server, name, json.loads(made)


def _start(server, name, text):
    command = odoo.command(
        "shell", odoo.configuration(server), "-d", name, "--no-http", "--log-level=error"
    )
    process = subprocess.Popen(
        [str(part) for part in command],
        env=odoo.environment(server),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(f"exec({text!r}, globals())\n")
    process.stdin.close()
    process.stdin = None
    return process


def test_posts_and_rewards_at_once(site, tmp_path):
    server, name, made = site
    people = [
        _start(server, name, STEP % {**made, "steps": STEPS, "number": number})
        for number in range(PROCESSES)
    ]
    stop = tmp_path / "stop"  # as long as the others take, on a slow machine, too
    workers = [_start(server, name, REFRESH % {"stop": str(stop)}) for _number in range(2)]
    told = []
    for process in people:
        output, errors = process.communicate(timeout=1500)
        found = re.search(r"DONE=(.*)", output)
        assert found, (output + errors)[-3000:]
        told.append(json.loads(found[1]))
    stop.touch()
    for process in workers:
        process.communicate(timeout=600)
    assert [part["failures"] for part in told] == [[]] * PROCESSES
    output = real_server.shell(server, name, SUMS % made)
    sums = json.loads(re.search(r"SUMS=(.*)", output)[1])
    earned = sum(part["earned"] for part in told)
    redeemed = sum(part["redeemed"] for part in told)
    assert earned == PROCESSES * STEPS / 2 * 10
    assert redeemed > 0
    assert sums["cards"] == 1 and not sums["errors"]
    assert (sums["earned"], sums["redeemed"]) == (earned, redeemed)
    assert sums["balance"] == earned - redeemed >= 0
    assert sums["balance"] == sums["history"] == sums["entries"] == sums["lots"]
    assert sums["lowest"] >= 0
