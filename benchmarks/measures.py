"""What is measured; each returns (label, figure) pairs. Baselines run in the same process."""

import resource
import statistics
import time
from contextlib import ExitStack
from unittest.mock import patch

from odoo import Command, fields
from odoo.tools import SQL


def timed(action):
    """Return (seconds, result) of a call."""
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def _peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _full_run(env):
    """Do a full refresh range by range, committing as the cron does; return slowest step."""
    runs = env["customer.refresh.run"]
    runs._open(env.company)
    env.cr.commit()
    slowest = 0.0
    while True:
        seconds, done = timed(runs._step)
        env.cr.commit()
        env.invalidate_all()
        if not done:
            return slowest
        slowest = max(slowest, seconds)


def full_run(env):
    """Return (seconds, slowest step) of a full refresh."""
    return timed(lambda: _full_run(env))


def measure_history(env):
    """Fill in the cost of all invoices."""
    lines = env["account.move.line"]
    company = env.company

    def fill():
        total = 0
        while count := lines._fill_cost_batch(company, 2000):
            env.cr.commit()
            env.invalidate_all()
            total += count
        return total

    seconds, count = timed(fill)
    yield "cost history, invoices per second", count / seconds
    yield "cost history, seconds", seconds
    env["customer.refresh.queue"].search([]).unlink()
    env.cr.commit()


def measure_full_refresh(env):
    """Refresh everybody twice: the second time nothing may be written."""
    before = _peak_mb()
    seconds, slowest = timed(lambda: _full_run(env))
    profiles = env["customer.profile"].search_count([])
    yield "full refresh, seconds", seconds
    yield "full refresh, customers per second", profiles / seconds
    yield "full refresh, slowest step in seconds", slowest
    yield "full refresh, growth of peak memory in MB", _peak_mb() - before
    env.cr.execute("SELECT MAX(write_date) FROM customer_profile")
    [(last,)] = env.cr.fetchall()
    seconds, _slowest = timed(lambda: _full_run(env))
    yield "second full refresh, seconds", seconds
    env.cr.execute("SELECT COUNT(*) FROM customer_profile WHERE write_date > %s", [last])
    [(written,)] = env.cr.fetchall()
    yield "second full refresh, rows written", written


def measure_event_refresh(env, batches=20, size=50):
    """Refresh small groups of customers, as after a few invoices."""
    profiles = env["customer.profile"].search([], limit=batches * size)
    ids = profiles.partner_id.ids
    times = []
    for start in range(0, len(ids), size):
        group = ids[start : start + size]
        seconds, _r = timed(lambda g=group: env["customer.profile"]._refresh(env.company, g))
        times.append(seconds)
    env.cr.commit()
    yield f"event refresh of {size} customers, median ms", 1000 * statistics.median(times)


def measure_posting(env, count=40):
    """Post invoices with our hooks and with the hooks switched off, turn by turn."""
    partner = env["res.partner"].create({"name": "Posting benchmark"})
    with_hooks, without = [], []
    for _number in range(count):
        with_hooks.append(timed(_posting(env, partner))[0])
        with _hooks_off(env):
            without.append(timed(_posting(env, partner))[0])
    env.cr.rollback()
    yield "posting, median ms without Customer Value", 1000 * statistics.median(without)
    yield "posting, median ms with Customer Value", 1000 * statistics.median(with_hooks)


def _posting(env, partner):
    """Return what is measured: posting a new draft and writing it out, as a commit does."""
    move = _draft(env, partner)

    def post():
        move.action_post()
        env.flush_all()

    return post


def _draft(env, partner):
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [
                Command.create({"name": "Line", "price_unit": 10, "tax_ids": [Command.clear()]})
                for _line in range(3)
            ],
        }
    )
    env.flush_all()
    return move


def _hooks_off(env):
    stack = ExitStack()
    registry = env.registry
    for model, method, value in (
        ("customer.refresh.queue", "_enqueue", None),
        ("account.move", "_get_customer_pairs", set()),
        ("account.move", "_fix_cost", None),
    ):
        stack.enter_context(patch.object(registry[model], method, lambda *a, v=value, **k: v))
    return stack


def measure_index(env):
    """Size and building time of the one index the install adds to a large table."""
    env.cr.execute(
        "SELECT indexname, indexdef FROM pg_indexes"
        " WHERE tablename = 'account_move' AND indexname LIKE '%customer_idx'"
    )
    [(name, definition)] = env.cr.fetchall()
    env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    seconds, _result = timed(lambda: env.cr.execute(SQL(definition)))
    env.cr.execute("SELECT pg_relation_size(%s) / 1024.0 / 1024.0", [name])
    [(size,)] = env.cr.fetchall()
    env.cr.rollback()
    yield "index on invoices, seconds to build", seconds
    yield "index on invoices, MB", float(size)


def measure_contact_list(env):
    """Read the standing of 80 contacts, as the contact list does."""
    ids = env["customer.profile"].search([], limit=80).partner_id.ids
    names = ["customer_tier_id", "customer_segment", "customer_stage", "customer_value_class"]
    times = []
    for _turn in range(20):
        env.invalidate_all()
        partners = env["res.partner"].browse(ids)
        partners.read(["name"])
        times.append(timed(lambda p=partners: p.read(names))[0])
    yield "standing of 80 contacts, median ms", 1000 * statistics.median(times)
