"""Files for spreadsheets: where they show our text, text is written as text.

Titles of groups and columns are names and subjects, too.
"""

import json

from werkzeug.datastructures import FileStorage

from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)
from odoo.addons.web.controllers.pivot import TableExporter
from odoo.http import request, route

from ..models.guard.spreadsheet_text import disarm_cell, disarm_link

PLAIN = "customer_plain_text"


class PlainWriter:
    """Makes neither formulas nor links of text: XlsxWriter's ``write`` guesses."""

    def write(self, row, column, cell_value, style=None):
        """Write text as text."""
        if isinstance(cell_value, str) and cell_value:
            return self.worksheet.write_string(row, column, cell_value, style)
        return super().write(row, column, cell_value, style)

    def write_cell(self, row, column, cell_value):
        """Write the value of a record."""
        return super().write_cell(row, column, disarm_cell(cell_value))


class PlainXlsxWriter(PlainWriter, ExportXlsxWriter):
    """A list."""


class PlainGroupXlsxWriter(PlainWriter, GroupExportXlsxWriter):
    """A list with groups."""


class PlainExport:
    """Decides for a whole file, by all its columns and groups."""

    def base(self, data):
        """Make the file, and keep in the context whether it shows our text."""
        params = json.loads(data)
        paths = [field["name"] for field in params["fields"]] + (params.get("groupby") or [])
        model = request.env[params["model"]]
        records = model.browse(params["ids"]) if params["ids"] else model
        if not params["ids"] and not model._shows_customer_text(paths):
            # Messages and files: it depends on what they are about.
            records = model.with_context(**params.get("context", {})).search(params["domain"])
        request.update_context(**{PLAIN: records._shows_customer_text(paths)})
        return super().base(data)


class CustomerCSVExport(PlainExport, CSVExport):
    """Lists as CSV."""

    def from_data(self, fields, columns_headers, rows):
        """Make a list."""
        if request.env.context.get(PLAIN):
            columns_headers = [disarm_cell(header) for header in columns_headers]
            rows = [[disarm_cell(value) for value in row] for row in rows]
        return super().from_data(fields, columns_headers, rows)


class CustomerExcelExport(PlainExport, ExcelExport):
    """Lists as XLSX, with and without groups."""

    def from_data(self, fields, columns_headers, rows):
        """Make a list."""
        if not request.env.context.get(PLAIN):
            return super().from_data(fields, columns_headers, rows)
        headers = [disarm_cell(header) for header in columns_headers]
        with PlainXlsxWriter(fields, headers, len(rows)) as writer:
            for row_number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(row_number, column, value)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        """Make a list with groups."""
        if not request.env.context.get(PLAIN):
            return super().from_group_data(fields, columns_headers, groups)
        _disarm_groups(groups)
        headers = [disarm_cell(header) for header in columns_headers]
        with PlainGroupXlsxWriter(fields, headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value


class CustomerTableExporter(TableExporter):
    """Pivot tables."""

    @route()
    def export_xlsx(self, data, **kw):
        table = json.load(data) if isinstance(data, FileStorage) else json.loads(data)
        model = table and table.get("model")
        if model in request.env and request.env[model]._may_show_customer_text():
            headers = [header for row in table.get("col_group_headers", ()) for header in row]
            for titled in (*headers, *table.get("measure_headers", ()), *table.get("rows", ())):
                if "title" in titled:
                    titled["title"] = disarm_link(titled["title"])
                for cell in titled.get("values", ()):
                    cell["value"] = disarm_link(cell.get("value"))
        return super().export_xlsx(json.dumps(table), **kw)


def _disarm_groups(node):
    """Change the keys of a tree of groups: they are names, or pairs of id and name."""
    children = list(node.children.items())
    node.children.clear()
    for key, child in children:
        is_pair = isinstance(key, tuple) and len(key) > 1
        node.children[(key[0], disarm_cell(key[1])) if is_pair else disarm_cell(key)] = child
        _disarm_groups(child)
