"""Measures of many customers as columns: what a refresh works on."""

from io import BytesIO, StringIO

import numpy as np

from odoo.tools import SQL
from odoo.tools.float_utils import float_invert

# So many customers are written as parameters of the statement, more by COPY.
FEW_CUSTOMERS = 500
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
# Day 0 of numpy as an ordinal of Python: 1970-01-01.
EPOCH_ORDINAL = 719163
# Around the rows of an answer in binary.
HEAD_BYTES = 19
TAIL_BYTES = 2


class Facts:
    """One row per customer, one array per measure, in the order of the customers' ids.

    Numbers that were worked out are arrays of floats, where NaN is *not enough data*; what was read
    is an array of objects, with ``None`` for it.
    """

    def __init__(self, keys):
        """Begin with the ids of the customers, ascending, and no measure."""
        self.keys = np.asarray(keys, dtype=np.int64)
        self._columns = {}

    def __len__(self):
        return len(self.keys)

    def __contains__(self, name):
        return name in self._columns

    def __getitem__(self, name):
        return self._columns[name]

    def __setitem__(self, name, values):
        """Set a measure: an array as long as the customers are many, or one value for all."""
        if not isinstance(values, np.ndarray):
            values = np.full(len(self), values, dtype=object)
        self._columns[name] = values

    def put(self, name, rows, values):
        """Set a measure of some customers, which has to be there for all."""
        column = self._columns[name]
        if column.dtype.kind == "O" and isinstance(values, np.ndarray) and values.dtype.kind == "f":
            values = np.where(np.isnan(values), None, values)
        column[rows] = values

    def fill(self, partner_ids, columns):
        """Set the measures of some customers that were read, by name; of who is not there none.

        :param partner_ids: of the values, in any order
        :param columns: name -> values
        """
        ids = np.asarray(partner_ids, dtype=np.int64)
        rows = np.searchsorted(self.keys, ids)
        for name, values in columns.items():
            self._columns[name][rows] = np.fromiter(values, dtype=object, count=len(ids))

    def numbers(self, name):
        """Return a measure as floats, NaN for ``None``."""
        return self._columns[name].astype(float)

    def ordinals(self, name):
        """Return days as ordinals, NaN for ``None``."""
        days = np.array(self._columns[name], dtype="datetime64[D]")
        numbers = days.astype(np.int64).astype(float) + EPOCH_ORDINAL
        return np.where(np.isnat(days), np.nan, numbers)

    def take(self, rows):
        """Return the measures of some customers.

        :param rows: ascending positions, or a mask
        """
        part = Facts(self.keys[rows])
        part._columns = {name: column[rows] for name, column in self._columns.items()}
        return part

    def get_values(self, name):
        """Return a measure as plain values, ``None`` where it is not known."""
        column = self._columns[name]
        if column.dtype.kind == "f":
            return [None if value != value else value for value in column.tolist()]  # noqa: PLR0124
        return column.tolist()


def to_days(ordinals):
    """Return ordinals as dates; NaN becomes no date."""
    days = np.full(len(ordinals), np.datetime64("NaT"), dtype="datetime64[D]")
    known = ~np.isnan(ordinals)
    days[known] = (ordinals[known] - EPOCH_ORDINAL).astype(np.int64).astype("datetime64[D]")
    return days


def round_amounts(values, currency):
    """Round amounts exactly as ``res.currency.round`` does one; NaN stays."""
    step, values = currency.rounding, np.asarray(values, dtype=float)
    factor = float_invert(step) if step < 1 else step
    scaled = values * factor if step < 1 else values / factor
    with np.errstate(divide="ignore", invalid="ignore"):
        # Odoo's tolerance of ties: 50 binary digits below the number.
        scaled = scaled + np.copysign(np.exp2(np.log2(np.abs(scaled)) - 50), scaled)
        whole = np.rint(scaled)
        is_tie = np.rint(scaled + 1) - whole != 1
    whole = np.where(is_tie & np.isfinite(scaled), scaled + np.copysign(0.5, scaled), whole)
    return (whole / factor if step < 1 else whole * factor) + 0.0


def stage_facts(model, facts, names, key="partner_id"):
    """Return a query of facts as rows with their key, typed like the fields of a model.

    Of many by way of a work table of the transaction, of few as parameters.
    """
    if len(facts) <= FEW_CUSTOMERS:
        arrays = (
            SQL("%s::%s[]", facts.get_values(name), _get_type_sql(model, name)) for name in names
        )
        return SQL(
            "SELECT * FROM unnest(%s::int[], %s) AS fresh(%s, %s)",
            facts.keys.tolist(),
            SQL(", ").join(arrays),
            SQL.identifier(key),
            SQL(", ").join(map(SQL.identifier, names)),
        )
    cr = model.env.cr
    columns = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), _get_type_sql(model, name)) for name in names
    )
    cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.customer_work_fresh"))
    cr.execute(
        SQL(
            "CREATE TEMPORARY TABLE customer_work_fresh (%s int, %s) ON COMMIT DROP",
            SQL.identifier(key),
            columns,
        )
    )
    texts = [_get_copy_texts(facts[name], model._fields[name].column_type[0]) for name in names]
    lines = map("\t".join, zip(map(str, facts.keys.tolist()), *texts, strict=True))
    cr.copy_expert("COPY customer_work_fresh FROM STDIN", StringIO("\n".join(lines)))
    cr.execute(SQL("ANALYZE customer_work_fresh (%s)", SQL.identifier(key)))
    return SQL("SELECT * FROM customer_work_fresh")


def _get_type_sql(model, name):
    return SQL.identifier(model._fields[name].column_type[0])


def _get_copy_texts(column, kind):
    """Return values as COPY reads them; NULL for what is unknown."""
    if column.dtype.kind == "M":
        texts = np.datetime_as_string(column).tolist()
        return ["\\N" if text == "NaT" else text for text in texts]
    if column.dtype.kind == "f":
        write = (lambda number: str(int(number))) if kind == "int4" else repr
        return ["\\N" if v != v else write(v) for v in column.tolist()]  # noqa: PLR0124
    texts = np.full(len(column), "\\N", dtype=object)
    known = np.flatnonzero(column != None)  # noqa: E711
    values = map(str, map(int, column[known]) if kind == "int4" else column[known].tolist())
    if kind in ("varchar", "text"):
        values = (value.translate(ESCAPES) for value in values)
    texts[known] = np.fromiter(values, dtype=object, count=len(known))
    return texts.tolist()


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
