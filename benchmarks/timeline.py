"""The timeline of one customer among many: `./dev bench --timeline N`."""

import re
import statistics
import time

from odoo import Command, fields
from odoo.tools import SQL

from .history.timelines import SIZES, add_timelines

PAGE = 80
TURNS = 15
# Milliseconds of SQL for the latest page, planning included.
LIMITS = {"Timeline 1000": 10.0, "Timeline 10000": 60.0}
# Tables that grow with the customers; types, stages and places may be read through.
DOCUMENT_TABLES = (
    "account_move",
    "account_payment",
    "calendar_attendee",
    "calendar_event",
    "crm_lead",
    "customer_interaction",
    "loyalty_card",
    "loyalty_history",
    "mail_activity",
    "mail_message",
    "mail_message_res_partner_rel",
    "mail_notification",
    "rating_rating",
    "res_partner",
    "sale_order",
    "stock_picking",
)
# Rows; below, reading a table through takes less time than planning the query.
SMALL_TABLE = 20_000
# Of the timeline alone, on tables of Odoo.
INDEXES = (
    "account_payment_customer_idx",
    "calendar_attendee_partner_idx",
    "rating_rating_partner_idx",
)
# With every right, so that no branch is left out.
GROUPS = (
    "base.group_user",
    "sales_team.group_sale_salesman_all_leads",
    "account.group_account_invoice",
    "stock.group_stock_user",
)


class TooSlow(Exception):
    """A figure is over its limit, or a table of documents is read through."""


def measure_timeline(env, entries):
    """Yield (label, figure); raise ``TooSlow`` at the end if a limit is broken."""
    customers = add_timelines(env, entries)
    yield "timeline, customers", customers
    yield "timeline, entries", _count_entries(env)
    env = env(user=_make_user(env).id)
    faults = []
    for name, limit in LIMITS.items():
        customer = env["res.partner"].search([("name", "=", name)])
        statement = _get_statement(env, customer)
        yield f"timeline of {SIZES[name]} entries, entries", _count(env, customer)
        figures = [_time(env, statement) for _turn in range(TURNS)]
        median = statistics.median(figures)
        yield f"timeline of {SIZES[name]} entries, latest {PAGE}, ms of SQL", median
        plan = _explain(env, statement)
        yield f"timeline of {SIZES[name]} entries, planning alone, ms", _get_planning(plan)
        if median > limit:
            faults.append(f"{name}: {median:.1f} ms, limit {limit} ms")
        scanned = _get_scanned(env, plan)
        faults += [f"{name}: reads through {table}" for table in scanned]
        if scanned or median > limit:
            faults.append(plan)
    yield from _measure_indexes(env)
    if faults:
        raise TooSlow("\n".join(faults))


def _make_user(env):
    groups = [env.ref(group).id for group in GROUPS]
    values = {"name": "Reader", "login": "timeline", "group_ids": [Command.set(groups)]}
    return env["res.users"].with_context(no_reset_password=True).create(values)


def _count_entries(env):
    """Everything since ever: the way nobody has in the product."""
    timeline = env["customer.timeline"]
    return timeline.search_count([("date", ">=", fields.Date.to_date("1970-01-01"))])


def _count(env, customer):
    return env["customer.timeline"].search_count([("customer_id", "=", customer.id)])


def _get_statement(env, customer):
    """The statement of a page, as the component has it read."""
    query = env["customer.timeline"]._search(
        [("customer_id", "=", customer.id)], order="date desc, id desc", limit=PAGE + 1
    )
    return query.select(SQL("*"))


def _time(env, statement):
    start = time.perf_counter()
    env.cr.execute(statement)
    env.cr.fetchall()
    return 1000 * (time.perf_counter() - start)


def _explain(env, statement):
    env.cr.execute(SQL("EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF) %s", statement))
    return "\n".join(line for (line,) in env.cr.fetchall())


def _get_planning(plan):
    return float(re.search(r"Planning Time: ([\d.]+)", plan)[1])


def _get_scanned(env, plan):
    """Tables of documents, larger than a few pages, the plan reads through from end to end."""
    scanned = set(re.findall(r"Seq Scan on (\w+)[^\n]*\((?!never)", plan))
    env.cr.execute(
        "SELECT relname FROM pg_class WHERE relname IN %s AND reltuples > %s",
        [DOCUMENT_TABLES, SMALL_TABLE],
    )
    return sorted(scanned.intersection(name for (name,) in env.cr.fetchall()))


def _measure_indexes(env):
    """Time to build and size of the indexes the timeline adds to tables of Odoo."""
    for name in INDEXES:
        env.cr.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        [(definition,)] = env.cr.fetchall()
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
        start = time.perf_counter()
        env.cr.execute(SQL(definition))
        yield f"{name}, seconds to build", time.perf_counter() - start
        env.cr.execute("SELECT pg_relation_size(%s) / 1024.0 / 1024.0", [name])
        yield f"{name}, MB", float(env.cr.fetchone()[0])
        env.cr.rollback()
