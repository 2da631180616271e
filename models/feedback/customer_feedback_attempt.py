import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# In any minute. Whoever answers needs one post, perhaps three.
MAX_ATTEMPTS = 20
MINUTE = timedelta(minutes=1)


class CustomerFeedbackAttempt(models.Model):
    """How often a link, or an address, posted nothing of use; of PostgreSQL's memory (unlogged).

    What is posted to an open link counts for the link, all else for the address: behind one
    address there may be a whole company, and whoever guesses there keeps nobody from answering.
    """

    _name = "customer.feedback.attempt"
    _description = "Attempts To Answer"
    _inherit = "customer.date.bounds.mixin"
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    noted = fields.Datetime(required=True, readonly=True, index=True)
    attempts = fields.Integer(required=True, readonly=True)

    _key_uniq = models.Constraint("UNIQUE(key)", "One counter per key.")

    def init(self):
        """Counters need not survive a crash: keep them out of the write-ahead log."""
        rows = self.env.execute_query(
            SQL("SELECT relpersistence FROM pg_class WHERE oid = %s::regclass", self._table)
        )
        if rows[0][0] != "u":
            self.env.cr.execute(SQL("ALTER TABLE %s SET UNLOGGED", SQL.identifier(self._table)))

    @api.model
    def _get_keys(self, kind, value):
        """Return the keys of a token or address in this minute and the one before; hashed."""
        minute = fields.Datetime.now().replace(second=0, microsecond=0)
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        texts = [f"{secret}|{kind}|{value}|{start}" for start in (minute, minute - MINUTE)]
        return [hashlib.sha256(text.encode()).hexdigest() for text in texts]

    @api.model
    def _is_exhausted(self, kind, value):
        """Return whether one posted too often in this minute and the one before.

        :param str kind: ``token`` or ``address``
        """
        keys = tuple(self._get_keys(kind, value))
        counted = SQL("SELECT SUM(attempts) FROM customer_feedback_attempt WHERE key IN %s", keys)
        return (self.env.execute_query(counted)[0][0] or 0) >= MAX_ATTEMPTS

    @api.model
    def _note(self, kind, value):
        """Count an attempt that answered nothing; of two at once, Odoo serves one again."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_feedback_attempt AS a (key, noted, attempts)
                        VALUES (%s, %s, 1)
                   ON CONFLICT (key) DO UPDATE SET attempts = a.attempts + 1""",
                self._get_keys(kind, value)[0],
                fields.Datetime.now(),
            )
        )

    @api.autovacuum
    def _gc_attempts(self):
        """Drop the counters of past minutes."""
        self.search([("noted", "<", fields.Datetime.now() - 3 * MINUTE)]).unlink()
