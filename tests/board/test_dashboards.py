import json
import re
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import TransactionCase, new_test_user, tagged

FILES = Path(get_module_path("customer_value"), "data", "files")
NAMES = ("value", "satisfaction")


@tagged("post_install", "-at_install")
class TestDashboards(TransactionCase):
    """The manager's boards: what they name exists, who sees them, and their samples."""

    def _load(self, name):
        return json.loads((FILES / f"customer_{name}_dashboard.json").read_text())

    def _sources(self, data):
        """Return (model, domain, fields, matching of the filters) of all pivots, lists, charts."""
        for pivot in data["pivots"].values():
            names = [measure["fieldName"] for measure in pivot["measures"]]
            yield pivot["model"], pivot["domain"], names, pivot["fieldMatching"]
        for rows in data["lists"].values():
            yield rows["model"], rows["domain"], rows["columns"], rows["fieldMatching"]
        for figure in data["sheets"][0]["figures"]:
            chart = figure["data"]
            if chart["type"].startswith("odoo_"):
                meta = chart["metaData"]
                names = [meta["measure"], *(group.partition(":")[0] for group in meta["groupBy"])]
                domain = chart["searchParams"]["domain"]
                yield meta["resModel"], domain, names, chart["fieldMatching"]

    def test_what_is_named_exists(self):
        manager = new_test_user(
            self.env, "boss", "base.group_user,customer_value.customer_value_group_manager"
        )
        env = self.env(user=manager)
        for name in NAMES:
            data = self._load(name)
            filters = {one["id"]: one["type"] for one in data["globalFilters"]}
            self.assertEqual(sorted(filters.values()), ["date", "relation", "relation"])
            for model_name, domain, names, matching in self._sources(data):
                model = env[model_name]
                chains = [("company_id", "=", env.company.id)]
                for key, field in matching.items():
                    is_date = field["type"] in ("date", "datetime")
                    self.assertEqual(is_date, filters[key] == "date")
                    chains.append(
                        (field["chain"], "!=" if is_date else "in", False if is_date else [1])
                    )
                model.search([*domain, *chains])
                for field in set(names) - {"__count"}:
                    self.assertTrue(model._has_field_access(model._fields[field], "read"), field)

    def test_pivots_are_asked_for_what_they_have(self):
        for name in NAMES:
            data = self._load(name)
            asked = re.findall(
                r'PIVOT\.VALUE\((\d+),\s*"([^"]+)"', json.dumps(data).replace('\\"', '"')
            )
            self.assertTrue(asked)
            for pivot, measure in asked:
                self.assertIn(measure, [m["id"] for m in data["pivots"][pivot]["measures"]])

    def test_tiles_lead_to_menus(self):
        for name in NAMES:
            data = self._load(name)
            figures = {figure["id"] for figure in data["sheets"][0]["figures"]}
            for figure, menu in data["chartOdooMenusReferences"].items():
                self.assertIn(figure, figures)
                self.assertTrue(self.env.ref(menu).action, menu)

    def test_sample_looks_like_the_real_one(self):
        for name in NAMES:
            real, sample = self._load(name), self._load(f"{name}_sample")
            kinds = [
                [
                    (f["id"], f["data"]["type"].removeprefix("odoo_"), f["data"]["chartId"])
                    for f in data["sheets"][0]["figures"]
                ]
                for data in (real, sample)
            ]
            self.assertEqual(*kinds)
            self.assertFalse(sample["pivots"] or sample["lists"] or sample["globalFilters"])
            self.assertNotIn("ODOO.", json.dumps(sample))

    def test_managers_only(self):
        ours = self.env["spreadsheet.dashboard"].search(
            [("dashboard_group_id", "=", self.env.ref(
                "customer_value.spreadsheet_dashboard_group_customer").id)]
        )  # fmt: skip
        self.assertEqual(len(ours), len(NAMES))
        for group, count in (("manager", 2), ("user", 0)):
            user = new_test_user(
                self.env, group, f"base.group_user,customer_value.customer_value_group_{group}"
            )
            seen = (
                self.env["spreadsheet.dashboard"].with_user(user).search([("id", "in", ours.ids)])
            )
            self.assertEqual(len(seen), count)
        for dashboard in ours:
            self.assertTrue(dashboard._get_sample_dashboard())
