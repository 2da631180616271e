"""Wakes the workers of scheduled jobs without making a caller wait.

Telling them takes a database connection of its own, which costs a small call from another
program more than all the rest. So one thread tells them for all calls of half a second.
"""

import logging
import threading

import psycopg2

from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION
from odoo.sql_db import db_connect
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

DELAY = 0.5  # seconds
_lock = threading.Lock()
_pending = set()


def notify_soon(database):
    """Have the workers look for jobs soon. To be called after the commit."""
    with _lock:
        if database in _pending:
            return
        _pending.add(database)
    timer = threading.Timer(DELAY, _notify, [database])
    timer.daemon = True
    timer.start()


def _notify(database):
    with _lock:  # who calls from here on may have committed too late for this time
        _pending.discard(database)
    try:  # as ir.cron does it, which would need a transaction in the database as well
        with db_connect("postgres").cursor() as cr:
            notify = SQL.identifier(ODOO_NOTIFY_FUNCTION)
            cr.execute(SQL("SELECT %s('cron_trigger', %s)", notify, database))
    except psycopg2.Error as error:
        _logger.info("The workers were not woken, and will look by themselves: %s", error)
