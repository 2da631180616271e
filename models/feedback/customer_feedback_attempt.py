import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Whoever answers needs one post, perhaps three. Behind one address there may be a whole
# company, and only posts that answer nothing count for it.
MAX_PER_TOKEN = 20
MAX_PER_ADDRESS = 100
WINDOW = timedelta(hours=1)


class CustomerFeedbackAttempt(models.Model):
    """How often a link or an address posted in this hour; in memory of PostgreSQL (unlogged)."""

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
    def _get_keys(self, token, address):
        """Return (key, most attempts) of token and address in this hour; both hashed."""
        now = fields.Datetime.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        pairs = (("token", token, MAX_PER_TOKEN), ("address", address, MAX_PER_ADDRESS))
        return [
            (hashlib.sha256(f"{secret}|{name}|{value}|{hour}".encode()).hexdigest(), most)
            for name, value, most in pairs
        ]

    @api.model
    def _is_exhausted(self, token, address):
        """Return whether token or address posted too often in this hour."""
        keys = dict(self._get_keys(token, address))
        rows = self.env.execute_query(
            SQL(
                "SELECT key, attempts FROM customer_feedback_attempt WHERE key IN %s",
                tuple(keys),
            )
        )
        return any(attempts >= keys[key] for key, attempts in rows)

    @api.model
    def _note(self, token, address):
        """Count an attempt that answered nothing."""
        for key, _most in sorted(self._get_keys(token, address)):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO customer_feedback_attempt AS a (key, noted, attempts)
                            VALUES (%s, %s, 1)
                       ON CONFLICT (key) DO UPDATE SET attempts = a.attempts + 1""",
                    key,
                    fields.Datetime.now(),
                )
            )

    @api.autovacuum
    def _gc_attempts(self):
        """Drop the counters of past hours."""
        self.search([("noted", "<", fields.Datetime.now() - 2 * WINDOW)]).unlink()
