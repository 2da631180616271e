"""What the guides say to click is there: menus, settings and prints, in English and Persian."""

import re
from pathlib import Path

from lxml import etree

from odoo.tests import tagged

from ..common import CustomerValueCommon

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs/guide"
# *A → B* in English, «الف ← ب» in Persian.
ENGLISH = re.compile(r"\*([^*\n]+ → [^*\n]+)\*")
PERSIAN = re.compile(r"«([^«»\n]+ ← [^«»\n]+)»")
FEWEST = {"en_US": 15, "fa_IR": 15}


@tagged("post_install", "-at_install")
class TestGuides(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in FEWEST:
            cls.env["res.lang"]._activate_lang(code)

    def _read_paths(self, code):
        """Return (file, names) of every path that is told."""
        if code == "fa_IR":
            files, pattern, arrow = sorted((GUIDES / "fa").glob("*.md")), PERSIAN, " ← "
        else:
            files = [*sorted(GUIDES.glob("*.md")), ROOT / "README.md"]
            pattern, arrow = ENGLISH, " → "
        return [
            (file.name, found.split(arrow))
            for file in files
            for found in pattern.findall(file.read_text(encoding="utf-8"))
        ]

    def _get_menu_paths(self, code):
        """Return the names from the app down to each of its menus."""
        menus = self.env["ir.ui.menu"].with_context(lang=code, **{"ir.ui.menu.full_list": True})
        root = self.env.ref("customer_value.customer_value_menu_root")
        paths = []
        for menu in menus.search([("id", "child_of", root.id)]):
            names = []
            while menu:
                names.insert(0, menu.name)
                menu = menu.parent_id
            paths.append(names)
        return paths

    def _get_setting_words(self, code):
        """Return every label of the page of settings."""
        view = self.env["res.config.settings"].with_context(lang=code).get_view(view_type="form")
        tree = etree.fromstring(view["arch"])  # noqa: S320 - our own view
        nodes = [node for node in tree.iter() if isinstance(node.tag, str)]
        words = {node.get(name) for node in nodes for name in ("string", "title")}
        fields = (
            self.env["res.config.settings"]
            .with_context(lang=code)
            .fields_get([node.get("name") for node in tree.iter("field")], ["string"])
        )
        return words | {field["string"] for field in fields.values()}

    def _is_there(self, names, menus, settings, prints):
        size = len(names)
        if any(path[i : i + size] == names for path in menus for i in range(len(path))):
            return True
        first, *rest = names
        if first in ("Print", "چاپ"):
            return rest[0] in prints
        return first in ("Settings", "تنظیمات") and set(rest) <= settings

    def test_every_path_of_the_guides_exists(self):
        for code, fewest in FEWEST.items():
            paths = self._read_paths(code)
            menus = self._get_menu_paths(code)
            settings = self._get_setting_words(code)
            reports = self.env["ir.actions.report"].with_context(lang=code).search([])
            prints = set(reports.mapped("name"))
            self.assertGreaterEqual(len(paths), fewest)
            for file, names in paths:
                with self.subTest(file=file, language=code, path=names):
                    is_there = self._is_there(names, menus, settings, prints)
                    self.assertTrue(is_there, (file, names))
            self.assertFalse(self._is_there(["Reporting", "No such menu"], menus, settings, prints))
