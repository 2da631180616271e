"""Statements that take longer to plan than to run are planned once per database connection."""

import hashlib

import psycopg2

from odoo.tools import SQL

KNOWN = "customer_value_prepared"


def execute_prepared(env, statement, kind, argument):
    """Run a statement with one argument, ``$1``, planned once per connection; return the rows.

    Planning a dozen joins takes ten times as long as finding the few rows of one invoice. The plan
    is made for a few rows: not for batches. Behind a proxy that hands connections around, a
    statement may not be there: from then on it is planned every time.

    :param SQL statement: has ``$1`` for the argument
    :param kind: SQL type of the argument
    """
    connection = env.cr._cnx
    known = vars(connection).setdefault(KNOWN, set())
    text = env.cr.mogrify(statement).decode()
    name = f"customer_value_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    try:
        if name not in known:
            env.cr.execute(SQL("PREPARE %s (%s) AS %s", SQL(name), SQL(kind), _verbatim(text)))
            known.add(name)
        # The planner would compare with a plan for this argument, which it makes every time.
        return env.execute_query(
            SQL(
                "SET LOCAL plan_cache_mode = force_generic_plan; EXECUTE %s (%s)",
                SQL(name),
                argument,
            )
        )
    except (psycopg2.errors.InvalidSqlStatementName, psycopg2.errors.DuplicatePreparedStatement):
        known.discard(name)
        raise


def _verbatim(text):
    return SQL(text.replace("%", "%%"))
