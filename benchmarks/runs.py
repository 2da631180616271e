"""Full runs beside the bare aggregate of the same tables, one worker and two, and by the ORM."""

import random
import statistics
import time

from odoo import fields
from odoo.tools import SQL

from . import naive
from .locks import LockWatch
from .worker import Worker, read_processor_seconds

SAMPLE = 200
TOUCHED = 100
TURNS = 20
# Tables of the machinery of runs itself.
MACHINERY = "customer\\_refresh\\_%"


def timed(action):
    """Return (seconds, result) of a call."""
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def measure_bare(env):
    """Return (seconds, processor seconds) of the plain sum of invoices and lines by customer.

    The median of three, and a third of the processor time of all three: one alone is too short.
    """
    env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    statement = SQL(
        """SELECT m.commercial_partner_id, SUM(l.balance), COUNT(*)
             FROM account_move m JOIN account_move_line l ON l.move_id = m.id
            WHERE m.state = 'posted'
              AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
         GROUP BY m.commercial_partner_id"""
    )
    backend = env.cr._cnx.get_backend_pid()
    before = read_processor_seconds(backend)
    seconds = [timed(lambda: env.execute_query(statement))[0] for _turn in range(3)]
    processor = (read_processor_seconds(backend) - before) / 3
    env.cr.commit()
    return statistics.median(seconds), processor


def fit(env):
    """Fit the prediction and the recommendations, so that runs score with them; seconds."""
    models = env["customer.prediction.model"]
    models._request(env.company)
    request = models.search([("state", "=", "requested")])
    seconds, _result = timed(request._fit)
    env.cr.commit()
    env.invalidate_all()
    if request.state != "active":
        raise RuntimeError(f"the fit failed: {request.error}")
    return seconds


def run(env, conf, workers=1):
    """Do a full run by so many processes; return figures of all, and the locks seen.

    :return: dict of ``seconds``, ``processor`` seconds of workers and backends, ``slowest``
        transaction, ``growth`` of memory in MB of a worker, ``locks`` and ``rows`` written beside
        the run's own
    """
    env.cr.commit()
    before = _count_written(env)
    database = env.cr.dbname
    processes = [Worker(database, conf) for _number in range(workers)]
    opening, _result = timed(lambda: env["customer.refresh.run"]._open(env.company))
    env.cr.commit()
    with LockWatch(database, [process.backend for process in processes]) as watch:
        for process in processes:
            process.go()
        figures = [process.finish() for process in processes]
    env.invalidate_all()
    last = env["customer.refresh.run"].search([("company_id", "=", env.company.id)], limit=1)
    if last.state != "done" or last.failed_count:
        raise RuntimeError(f"the run ended {last.state}, {last.failed_count} failed: {last.error}")
    return {
        "seconds": opening + max(figure["seconds"] for figure in figures),
        "processor": sum(figure["processor"] for figure in figures),
        "working": max(figure["seconds"] for figure in figures),
        "slowest": max(opening, *(figure["slowest"] for figure in figures)),
        "growth": max(figure["growth"] for figure in figures),
        "locks": watch.forbidden,
        "rows": _count_written(env) - before,
    }


def measure_copy(env):
    """Return the seconds of inserting the rows a first run makes, finished, into empty copies.

    With their indexes, without the keys to other tables: no way of working them out is faster.
    """
    tables = env["customer.refresh.run"]._get_written_tables()
    seconds = 0.0
    for table in tables:
        names = {"copy": SQL.identifier(f"copy_of_{table}"), "table": SQL.identifier(table)}
        env.cr.execute(SQL("CREATE TABLE %(copy)s (LIKE %(table)s INCLUDING ALL)", **names))
        insert = SQL("INSERT INTO %(copy)s SELECT * FROM %(table)s", **names)
        seconds += timed(lambda statement=insert: env.cr.execute(statement))[0]
    env.cr.rollback()
    return seconds


def _count_written(env):
    """Rows of the addon's tables, and of documents, written since the server began to count."""
    env.cr.commit()  # statistics are those of the beginning of a transaction
    [(count,)] = env.execute_query(
        SQL(
            """SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
                 FROM pg_stat_user_tables
                WHERE relname LIKE 'customer\\_%%' AND relname NOT LIKE %s
                   OR relname IN ('account_move_line', 'account_move', 'res_partner')""",
            MACHINERY,
        )
    )
    env.cr.commit()
    return count


def measure_naive(env):
    """Return the seconds per customer of computing the same facts record by record."""
    customers = env["customer.profile"].search([]).partner_id
    sample = customers.browse(random.Random(1).sample(customers.ids, min(SAMPLE, len(customers))))
    today = fields.Date.context_today(env.user)
    env.invalidate_all()
    seconds, _result = timed(lambda: naive.refresh(env, sample.ids, today))
    env.cr.rollback()
    return seconds / len(sample)


def measure_event_refresh(env):
    """Return the seconds of refreshing customers of whom each has an invoice that was changed."""
    profiles = env["customer.profile"]
    buyers = profiles.search([("invoice_count", ">", 0)]).partner_id.ids
    dice = random.Random(2)
    times = []
    for _turn in range(TURNS + 2):
        touched = dice.sample(buyers, min(TOUCHED, len(buyers)))
        env.cr.execute(
            """UPDATE account_move SET amount_untaxed_signed = amount_untaxed_signed + 1
                WHERE id IN (SELECT MAX(id) FROM account_move
                              WHERE commercial_partner_id = ANY(%s) AND move_type = 'out_invoice'
                           GROUP BY commercial_partner_id)""",
            [touched],
        )
        env.invalidate_all()
        times.append(timed(lambda some=touched: profiles._refresh(env.company, some))[0])
    env.cr.rollback()
    env.invalidate_all()
    return statistics.median(times[2:])
