"""Rows as parameters of one statement."""

from odoo.tools import SQL


def get_column_arrays(model, rows, names):
    """Turn rows into typed array parameters, one per column, for ``unnest``.

    :param rows: dictionaries by column
    :param names: columns: fields of the model, or ``id``
    :rtype: SQL
    """
    return SQL(", ").join(
        SQL(
            "%s::%s[]",
            [row[name] for row in rows],
            SQL.identifier("int4" if name == "id" else model._fields[name].column_type[0]),
        )
        for name in names
    )
