from datetime import date, datetime, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import SQL

from ..calendar.company_calendar import calendar_of, get_month_end
from .board_tile import Tile

DAY = timedelta(days=1)


class CustomerBoard(models.AbstractModel):
    """Pictures with the table behind them, and grids of rows and columns.

    Each point and each cell carries the domain of its rows.
    """

    _inherit = "customer.board"

    @api.model
    def _get_chart(self, name, title, model_name, domain, groupby, series, **options):
        """Return a picture: one query, and one for the names of its labels.

        :param groupby: one grouping as for ``_read_group``; months are those of the company
        :param series: list of :class:`Series`; those the user may not see are left out
        :param options: ``type`` (``bar``, ``line``), ``view`` of the lists, ``order`` of labels,
            ``is_month``: the days grouped by are the first or the last of months
        """
        model = self.env[model_name].with_context(active_test=False)
        if not model.has_access("read") or not self._may_read_fields(model_name, [], domain):
            return None
        series = [one for one in series if self._may_read_fields(model_name, [one.measure])]
        if not series:
            return None
        rows = self._read_points(model, domain, groupby, [one.measure for one in series])
        if order := options.get("order"):
            rows.sort(key=lambda row: order.index(row[0]) if row[0] in order else len(order))
        is_month = options.get("is_month") or groupby.endswith(":month")
        name_of = self._get_month_of if options.get("is_month") else lambda value: value
        tile = Tile(name, title, model_name, Domain(domain), view=options.get("view", ""))
        return {
            "name": name,
            "title": title,
            "type": options.get("type", "bar"),
            "is_month": is_month,
            "labels": self._get_labels(
                model, groupby.partition(":")[0], [name_of(r[0]) for r in rows]
            ),
            "series": [
                {"label": one.label, "unit": one.unit, "values": [r[place] for r in rows]}
                for place, one in enumerate(series, start=1)
            ],
            "action": self._get_list_action(tile),
            "domains": [
                list(Domain(domain) & self._get_point_domain(model, groupby, r[0])) for r in rows
            ],
        }

    @api.model
    def _read_points(self, model, domain, groupby, measures):
        """Return rows of the group's value and its measures: one query."""
        zone = self.env["customer.profile"]._get_timezone(self.env.company.sudo())
        model, (name, _separator, period) = model.with_context(tz=zone), groupby.partition(":")
        calendar = self.env.company._get_customer_calendar()
        if period != "month" or not calendar.is_jalali:
            return model._read_group(domain, [groupby], measures)
        query = model._search(domain)
        day = model._field_to_sql(model._table, name, query)
        if model._fields[name].type == "datetime":
            day = SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", day, zone)
        values = [model._read_group_select(measure, query) for measure in measures]
        query.groupby = query.order = SQL("1")
        return self.env.execute_query(query.select(calendar.get_month_start_sql(day), *values))

    @api.model
    def _get_month_of(self, day):
        """Return the first day of the month that begins or ends on a day, in its own calendar."""
        is_first = calendar_of(day).get_month_start(day) == day
        return day if is_first else calendar_of(day + DAY).get_month_start(day)

    @api.model
    def _get_labels(self, model, name, values):
        """Return the texts of group values: months as ISO days, which the page writes out."""
        field = model._fields[name]
        if field.type == "selection":
            texts = dict(field._description_selection(self.env))
        else:
            texts = {}
        days = [value.date() if isinstance(value, datetime) else value for value in values]
        return [
            day.isoformat() if isinstance(day, date) else texts.get(day) or self._get_label(day)
            for day in days
        ]

    @api.model
    def _get_label(self, value):
        if isinstance(value, BaseModel):
            return value.display_name or self.env._("None")
        return str(value) if value else self.env._("None")

    @api.model
    def _get_point_domain(self, model, groupby, value):
        name, _separator, period = groupby.partition(":")
        if period == "month" and value:
            start = value.date() if isinstance(value, datetime) else value
            end = get_month_end(start) + DAY
            if model._fields[name].type == "datetime":
                start, end = self._to_utc(start), self._to_utc(end)
            return Domain(name, ">=", start) & Domain(name, "<", end)
        return Domain(name, "=", value.id if isinstance(value, BaseModel) else value)

    @api.model
    def _get_grid(self, name, title, model_name, domain, row, column, modes, **options):
        """Return a grid of two groupings: one query.

        :param row: (field, list of (value, text)), as ``column``; the values in their order
        :param modes: list of :class:`Series`: what the cells can show
        """
        context = options.get("context", {})
        model = self.env[model_name].with_context(active_test=False, **context)
        modes = [mode for mode in modes if self._may_read_fields(model_name, [mode.measure])]
        (row_field, rows), (column_field, columns) = row, column
        found = {
            (self._get_key(first), self._get_key(second)): values
            for first, second, *values in model._read_group(
                domain, [row_field, column_field], [mode.measure for mode in modes]
            )
        }
        view = options.get("view", "")
        tile = Tile(name, title, model_name, Domain(domain), view=view, context=context)
        return {
            "name": name,
            "title": title,
            "row_title": options.get("row_title", ""),
            "column_title": options.get("column_title", ""),
            "is_month": options.get("is_month", False),
            "rows": [text for _value, text in rows],
            "columns": [text for _value, text in columns],
            "modes": [{"label": mode.label, "unit": mode.unit} for mode in modes],
            "cells": [
                [
                    self._prepare_cell(
                        found.get((first, second)),
                        self._get_point_domain(model, row_field, first)
                        & self._get_point_domain(model, column_field, second),
                    )
                    for second, _text in columns
                ]
                for first, _text in rows
            ],
            "action": self._get_list_action(tile),
        }

    @api.model
    def _get_key(self, value):
        return value.id if isinstance(value, BaseModel) else value

    @api.model
    def _prepare_cell(self, values, domain):
        return {"values": values, "domain": list(domain)} if values else None
