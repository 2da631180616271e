"""Downloads files as people do, and reads what a spreadsheet program would find in them."""

import csv
import html
import io
import json
import re
import zipfile

from odoo import http

SIGNS = ("=", "+", "-", "@", "\t", "\r")


class SpreadsheetMixin:
    """For HTTP tests."""

    def _export(self, kind, model, names, domain, groupby=()):
        """Return the file of a list, ``csv`` or ``xlsx``."""
        fields = [{"name": name, "label": name, "type": "char"} for name in names]
        data = {"model": model, "fields": fields, "ids": False, "domain": domain}
        data |= {"groupby": list(groupby), "import_compat": False}
        return self._download(f"/web/export/{kind}", data)

    def _download(self, address, data):
        form = {"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)}
        answer = self.url_open(address, data=form)
        self.assertEqual(answer.status_code, 200, answer.text[:400])
        return answer.content

    def _read_file(self, kind, content):
        """Return the texts of all cells; nothing in a workbook may run or lead anywhere."""
        if kind == "csv":
            return [cell for row in csv.reader(io.StringIO(content.decode())) for cell in row]
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = book.namelist()
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
            texts = book.read("xl/sharedStrings.xml").decode()
        self.assertNotRegex(sheet, "<f[ >]")
        self.assertNotIn("<hyperlink", sheet)
        self.assertFalse([name for name in names if "/_rels/sheet" in name], "leads outside")
        return [html.unescape(text) for text in re.findall("<t(?: [^>]*)?>([^<]*)</t>", texts)]

    def _assert_plain(self, kind, content, *expected):
        cells = self._read_file(kind, content)
        for cell in cells:
            self.assertFalse(cell.startswith(SIGNS), cell)
        for text in expected:
            self.assertTrue([cell for cell in cells if text in cell], (text, cells))
