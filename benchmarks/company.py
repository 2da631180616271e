"""The bars of issue 15 on one company, in the order in which they build on each other."""

from . import documents, runs
from .screens import measure_screens

# What each bar asks; docs/operations.md says where they come from.
FIRST_RUN, SECOND_RUN = 8, 5
TWO_WORKERS = 1.7
NAIVE = 30
LONGEST = 10.0
GROWTH = 300
EVENT = 60
HISTORY = 8000
RATIO_DOCUMENT, MORE_QUERIES = 1.10, 3
RATIO_SCREEN = 1.15


def measure_history(env, board):
    """Fill in the cost of all invoices, batch by batch, as the cron does."""
    # Not known before Odoo has read where addons are.
    from odoo.addons.customer_value.models.cost.account_move_line_history import (  # noqa: PLC0415
        COST_BATCH_SIZE,
    )

    lines = env["account.move.line"]

    def fill():
        total = 0
        while count := lines._fill_cost_batch(env.company, COST_BATCH_SIZE):
            env.cr.commit()
            env.invalidate_all()
            total += count
        return total

    seconds, count = runs.timed(fill)
    board.bar("history filled in, invoices a second", count / seconds, at_least=HISTORY)
    env["customer.refresh.queue"].search([]).unlink()
    env.cr.commit()
    env.cr.execute("ANALYZE account_move_line")
    env.cr.commit()


def measure_runs(env, board, conf):
    """Measure full runs against the bare aggregate, and event refreshes after them."""
    bare, bare_processor = runs.measure_bare(env)
    board.figure("bare aggregate of invoices and lines by customer", bare, "s")
    board.figure("fit of the prediction, the back-test and recommendations", runs.fit(env), "s")
    first = runs.run(env, conf)
    customers = env["customer.profile"].search_count([])
    board.figure("first full run", first["seconds"], "s")
    board.bar("first full run, bare aggregates", first["seconds"] / bare, at_most=FIRST_RUN)
    board.figure("its rows copied, bare aggregates", runs.measure_copy(env) / bare)
    second = runs.run(env, conf)
    board.figure("second full run", second["seconds"], "s")
    board.bar("second full run, bare aggregates", second["seconds"] / bare, at_most=SECOND_RUN)
    board.bar("second full run, rows written", second["rows"], at_most=0)
    for name, figures in (("first", first), ("second", second)):
        # What other programs on the machine do not change.
        board.figure(f"{name} full run, processor time", figures["processor"], "s")
        if bare_processor:
            ratio = figures["processor"] / bare_processor
            board.figure(f"{name} full run, bare aggregates by processor time", ratio)
    per_customer = first["seconds"] / customers
    board.figure("first full run, microseconds per customer", 1e6 * per_customer)
    board.bar(
        "record by record through the ORM, times as long",
        runs.measure_naive(env) / per_customer,
        at_least=NAIVE,
    )
    for name, unit, limit in (("slowest", "s", LONGEST), ("growth", "MB", GROWTH)):
        what = "longest transaction" if name == "slowest" else "growth of a worker's memory"
        board.bar(what, max(first[name], second[name]), at_most=limit, unit=unit)
    locks = first["locks"] | second["locks"]
    board.bar("locks on documents, other than a reader's", len(locks), at_most=0)
    for (table, mode), count in sorted(locks.items()):
        board.note(f"{table}: {mode}, seen {count} times")
    return {"customers": customers, "per_customer": per_customer, "second": second}


def measure_event_refresh(env, board):
    """Refresh customers with changed invoices."""
    seconds = runs.measure_event_refresh(env)
    board.bar(
        f"event refresh of {runs.TOUCHED} customers", 1000 * seconds, at_most=EVENT, unit="ms"
    )


def measure_two_workers(env, board, conf, alone):
    """Measure what a second process gains on a run that writes nothing."""
    both = runs.run(env, conf, workers=2)
    gained = alone["working"] / both["working"]
    board.bar("two workers, times as fast as one", gained, at_least=TWO_WORKERS)


def measure_documents(env, board):
    """Measure what users do with documents."""
    made = documents.Documents(env)
    for what, make, operate, turns in (
        ("posting an invoice", made.draft, lambda moves: moves.action_post(), 40),
        (
            "posting fifty invoices",
            lambda number: made.draft(number, 50),
            lambda moves: moves.action_post(),
            5,
        ),
        ("registering a payment", made.posted, made.pay, 25),
        ("validating a delivery", made.picking, lambda picking: picking.button_validate(), 25),
    ):
        pair = documents.measure_pair(env, make, operate, turns)
        board.bar(f"{what}, beside without hooks", pair.ratio, at_most=RATIO_DOCUMENT)
        board.bar(f"{what}, more queries", pair.more_queries, at_most=MORE_QUERIES)
        board.note(f"{1000 * pair.ours:.1f} ms with, {1000 * pair.plain:.1f} ms without")
    env["customer.refresh.queue"].search([]).unlink()
    env.cr.commit()


def measure_all_screens(env, board, conf):
    """Measure what screens read; there is something to read after a full run."""
    if not env["customer.profile"].search_count([], limit=1):
        runs.run(env, conf)
    for what, ratio, ours, plain in measure_screens(env):
        board.bar(what, ratio, at_most=RATIO_SCREEN)
        board.note(f"{1000 * ours:.1f} ms with, {1000 * plain:.1f} ms without")
