"""Answers of PostgreSQL as arrays: no Python object per value."""

from io import BytesIO

import numpy as np

from odoo.tools import SQL

HEAD_BYTES = 19
TAIL_BYTES = 2


def read_columns(cr, query, kinds):
    """Run a query and return name -> array of its columns, in the order of its rows.

    Every row is sent in binary with as many bytes as the next one, so it is read as one array:
    https://www.postgresql.org/docs/current/sql-copy.html (*Binary Format*).

    :param kinds: name of a column -> ``int`` (NULL is 0), ``day`` (an ordinal, NULL is 0) or
        ``float`` (NULL is NaN)
    """
    sent = SQL(", ").join(_get_sent_sql(name, kind) for name, kind in kinds.items())
    copy = SQL("COPY (SELECT %s FROM (%s) AS answer) TO STDOUT (FORMAT BINARY)", sent, query)
    answer = BytesIO()
    cr.copy_expert(cr.mogrify(copy), answer)
    parts = [("fields", ">i2")]
    for name, kind in kinds.items():
        parts += [(f"size of {name}", ">i4"), (name, ">f8" if kind == "float" else ">i8")]
    dtype = np.dtype(parts)
    content = answer.getbuffer()
    count = (len(content) - HEAD_BYTES - TAIL_BYTES) // dtype.itemsize
    rows = np.frombuffer(content, dtype=dtype, offset=HEAD_BYTES, count=count)
    return {name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in kinds}


def _get_sent_sql(name, kind):
    column = SQL.identifier(name)
    if kind == "float":
        return SQL("COALESCE(%s::float8, 'NaN')", column)
    if kind == "day":
        return SQL("COALESCE(%s - DATE '0001-01-01' + 1, 0)::int8", column)
    return SQL("COALESCE(%s, 0)::int8", column)
