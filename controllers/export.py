"""Titles of groups in spreadsheets are names and subjects, too: they never become formulas."""

import json

from werkzeug.datastructures import FileStorage

from odoo.addons.web.controllers.export import ExcelExport
from odoo.addons.web.controllers.pivot import TableExporter
from odoo.http import request, route

from ..models.guard.customer_export_safe import disarm


class CustomerExcelExport(ExcelExport):
    """Grouped lists of our models."""

    def from_group_data(self, fields, columns_headers, groups):
        if _is_ours(groups._model._name):
            _disarm_groups(groups)
        return super().from_group_data(fields, columns_headers, groups)


class CustomerTableExporter(TableExporter):
    """Pivot tables of our models."""

    @route()
    def export_xlsx(self, data, **kw):
        table = json.load(data) if isinstance(data, FileStorage) else json.loads(data)
        if table and _is_ours(table.get("model")):
            headers = [header for row in table.get("col_group_headers", ()) for header in row]
            for titled in (*headers, *table.get("measure_headers", ()), *table.get("rows", ())):
                if "title" in titled:
                    titled["title"] = disarm(titled["title"])
        return super().export_xlsx(json.dumps(table), **kw)


def _is_ours(name):
    model = request.env.registry.get(name)
    return model is not None and model._original_module == "customer_value"


def _disarm_groups(node):
    """Change the keys of a tree of groups: they are names, or pairs of id and name."""
    children = list(node.children.items())
    node.children.clear()
    for key, child in children:
        is_pair = isinstance(key, tuple) and len(key) > 1
        node.children[(key[0], disarm(key[1])) if is_pair else disarm(key)] = child
        _disarm_groups(child)
