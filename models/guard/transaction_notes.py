"""What documents of others cause here is worked out once, before commit, and never stops them.

Hooks in what users do with invoices, orders and deliveries only note records. Before the
transaction is committed, or a savepoint is taken, all that is noted is worked out in a savepoint
of its own: a fault of ours is logged and undone, what the user does is not.
"""

import logging
from contextlib import ExitStack, contextmanager

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

LEFT_KEY = "customer_value.savepoints"
# Many open savepoints, one in the other, would slow down what is read afterwards.
MAX_LEFT = 4


@contextmanager
def shielded(env, task, flush=True):
    """Undo and log what fails in the block, and go on behind it.

    Conflicts with other transactions are raised: Odoo does the whole request again.

    :param task: what is given up, for administrators
    :param flush: whether anything may wait to be written; what waits would be lost with the block
    """
    if flush:
        env.cr.flush()  # what others have written may fail here: that is not ours to hide
    try:
        with _savepoint(env):
            yield
            if flush:
                env.flush_all()
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except Exception:
        env.invalidate_all(flush=False)
        _log_fault(env, task)


@contextmanager
def _savepoint(env):
    """A savepoint; the first few of a transaction go with its commit instead of by a query."""
    savepoint = env.cr.savepoint(flush=False)
    with ExitStack() as stack:
        stack.enter_context(savepoint)
        yield
        left = env.cr.postcommit.data.get(LEFT_KEY, 0)
        if left < MAX_LEFT:
            env.cr.postcommit.data[LEFT_KEY] = left + 1
            stack.pop_all()


@contextmanager
def watched(env, task):
    """Log what fails in a block that only reads, and go on behind it; costs no query.

    :raise psycopg2.Error: if the transaction itself has broken down
    """
    try:
        yield
    except Exception as error:
        is_broken = env.cr._cnx.get_transaction_status() == TRANSACTION_STATUS_INERROR
        if is_broken or isinstance(error, psycopg2.Error):
            raise
        _log_fault(env, task)


def _log_fault(env, task):
    _logger.exception("%s was left out in %s; the nightly run makes up for it", task, env.cr.dbname)


def get_notes(env, key, work, mend):
    """Return the dict in which hooks of this transaction note what ``work(notes)`` will get.

    :param mend: ``mend(note, content)`` has somebody do later what failed now
    """
    callbacks = env.cr.precommit
    if key not in callbacks.data:
        callbacks.data[key] = {}
        callbacks.add(lambda: work_off(env, key, work, mend))
    return callbacks.data[key]


def work_off(env, key, work, mend):
    """Do what is noted now; all of it at once or, where that fails, one note after the other."""
    if not env.cr.precommit.data.get(key):
        return
    env.flush_all()  # what waits to be written would be lost with a savepoint that is undone
    notes = env.cr.precommit.data.pop(key, None)
    if not notes or _is_done(env, key, work, notes):
        return
    for note, content in notes.items():
        if not _is_done(env, f"{key} {note}", work, {note: content}):
            _is_done(env, f"{key} {note}", mend, note, content)


def _is_done(env, task, work, *args):
    with shielded(env, task, flush=False):
        work(*args)
        return True
    return False
