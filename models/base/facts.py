"""Measures of many customers as columns: what a refresh works on."""

import numpy as np

from odoo.tools import SQL


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
            column = np.full(len(self), None, dtype=object)
            column[:] = values
            values = column
        self._columns[name] = values

    def put(self, name, rows, values):
        """Set a measure of some customers, which has to be there for all."""
        self._columns[name][rows] = values

    def fill(self, partner_ids, columns):
        """Set the measures of some customers that were read, by name; of who is not there none.

        :param partner_ids: of the values, in any order
        :param columns: name -> values
        """
        ids = np.asarray(partner_ids, dtype=np.int64)
        rows = np.searchsorted(self.keys, ids)
        for name, values in columns.items():
            cells = np.empty(len(ids), dtype=object)
            cells[:] = values
            self._columns[name][rows] = cells

    def numbers(self, name):
        """Return a measure as floats, NaN for ``None``."""
        return self._columns[name].astype(float)

    def ordinals(self, name):
        """Return days as ordinals, NaN for ``None``."""
        days = np.array(self._columns[name], dtype="datetime64[D]")
        numbers = days.astype(np.int64).astype(float) + 719163  # 1970-01-01
        return np.where(np.isnat(days), np.nan, numbers)

    def take(self, rows):
        """Return the measures of some customers.

        :param rows: ascending positions, or a mask
        """
        part = Facts(self.keys[rows])
        part._columns = {name: column[rows] for name, column in self._columns.items()}
        return part

    def get_rows(self, names):
        """Return one dictionary of plain values per customer, with their id as ``partner_id``."""
        columns = [self._get_values(name) for name in names]
        keys = self.keys.tolist()
        return [
            dict(zip(("partner_id", *names), row, strict=True))
            for row in zip(keys, *columns, strict=True)
        ]

    def _get_values(self, name):
        column = self._columns[name]
        if column.dtype.kind == "f":
            return [None if value != value else value for value in column.tolist()]  # noqa: PLR0124
        return column.tolist()


def to_days(ordinals):
    """Return ordinals as dates; NaN becomes no date."""
    days = np.full(len(ordinals), np.datetime64("NaT"), dtype="datetime64[D]")
    known = ~np.isnan(ordinals)
    days[known] = (ordinals[known] - 719163).astype(np.int64).astype("datetime64[D]")
    return days


def get_column_sql(model, names):
    """Return columns with their type, as they stand in a work table."""
    return SQL(", ").join(
        SQL(
            "%s %s",
            SQL.identifier(name),
            SQL.identifier("int4" if name == "id" else model._fields[name].column_type[0]),
        )
        for name in names
    )
