"""What customers say stays out of the log of the server.

Odoo logs a statement that fails with all its values, and PostgreSQL's answer with the whole row.
Of statements on our tables the log keeps what is needed to mend: statement and error, no values.
"""

import logging
import re

import psycopg2

OUR_TABLE = re.compile(r'\b"?customer_[a-z_]+')
MAX_SHOWN = 60


def _get_kind(error):
    """Return an error without the values PostgreSQL repeats in it."""
    diagnostics = getattr(error, "diag", None)
    constraint = getattr(diagnostics, "constraint_name", None)
    return " ".join(filter(None, (type(error).__name__, constraint)))


class ValuesLeftOut(logging.Filter):
    """Takes the values out of what Odoo logs of failed statements on our tables."""

    def filter(self, record):
        """Shorten the record where it is about us; every record is logged."""
        args = record.args if isinstance(record.args, tuple) else ()
        if len(args) == 2 and isinstance(args[1], (psycopg2.Error, ValueError, TypeError)):
            statement = args[0]
            if isinstance(statement, bytes):
                statement = statement.decode("utf-8", "replace")
            found = OUR_TABLE.search(str(statement))
            if found:
                verb = str(statement).split(None, 1)[0][:MAX_SHOWN]
                table = found.group().strip('"')
                record.args = (f"{verb} … {table} … (values left out)", _get_kind(args[1]))
        return True


def install():
    """Watch Odoo's log of statements, once."""
    logger = logging.getLogger("odoo.sql_db")
    if not any(type(known).__name__ == ValuesLeftOut.__name__ for known in logger.filters):
        logger.addFilter(ValuesLeftOut())
