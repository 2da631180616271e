"""Note whose the records of contacts are, before a contact can take them along.

Runs before the new code is loaded: Odoo would compute the column record by record. May be repeated.
"""

from odoo.tools import SQL, sql

# Records of contacts, which keep the customer they were entered for.
CUSTOMER_TABLES = ("customer_interaction", "customer_feedback", "customer_complaint")


def migrate(cr, version):
    """Fill the new column of each table."""
    for table in CUSTOMER_TABLES:
        fill_customer_origin(cr, table)


def fill_customer_origin(cr, table):
    """Note the customer of today as the one each record was entered for, in one statement."""
    if sql.table_exists(cr, table) and not sql.column_exists(cr, table, "customer_origin_id"):
        sql.create_column(cr, table, "customer_origin_id", "int4", "Customer when entered")
        cr.execute(SQL("UPDATE %s SET customer_origin_id = customer_id", SQL.identifier(table)))
