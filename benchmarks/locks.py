"""Which locks the backends of a full run hold, seen from another connection."""

import threading

from odoo.sql_db import db_connect

PAUSE = 0.02  # seconds
DOCUMENTS = ("account_move", "account_move_line", "sale_order", "stock_picking", "res_partner")
# A row that refers to a contact, or to a first order or invoice, locks its key: that stops nobody
# but who deletes it. Nothing in a run locks these rows otherwise, which would show as this mode.
REFERRED = ("res_partner", "sale_order", "account_move")
HARMLESS = {(table, "RowShareLock") for table in REFERRED}


class LockWatch:
    """Notes the locks on documents other than a reader's, until the block ends."""

    def __init__(self, database, backends):
        self.database = database
        self.backends = list(backends)
        self.found = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._over.set()
        self._thread.join()

    def _watch(self):
        with db_connect(self.database).cursor() as cr:
            while not self._over.wait(PAUSE):
                cr.execute(
                    """SELECT c.relname, l.mode
                         FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                        WHERE l.pid = ANY(%s) AND c.relname = ANY(%s)
                          AND l.mode <> 'AccessShareLock'""",
                    [self.backends, list(DOCUMENTS)],
                )
                for lock in cr.fetchall():
                    self.found[lock] = self.found.get(lock, 0) + 1
                cr.commit()

    @property
    def forbidden(self):
        """Locks users might wait for, with how often each was seen."""
        return {lock: count for lock, count in self.found.items() if lock not in HARMLESS}
