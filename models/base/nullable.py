"""Numeric fields that keep NULL ("not enough data") apart from 0.

Odoo's own numeric fields show NULL as 0; these read as ``False`` (empty cell, empty export)
and a search for ``False`` finds NULL only.
"""

from odoo import fields


class _Nullable:
    falsy_value = None

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_read(self, value, record, use_display_name=True):
        return False if value is None else value

    def convert_to_cache(self, value, record, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_column(self, value, record, values=None, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        if value is None or value is False:
            return None
        return super().convert_to_column_insert(value, record, values, validate)

    def convert_to_export(self, value, record):
        return "" if value is None or value is False else value


class NullableFloat(_Nullable, fields.Float):
    """A float whose NULL means *not enough data*."""


class NullableInteger(_Nullable, fields.Integer):
    """An integer whose NULL means *not enough data*."""


class NullableMonetary(_Nullable, fields.Monetary):
    """An amount whose NULL means *not enough data*."""
