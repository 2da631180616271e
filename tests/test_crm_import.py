"""The sample exports of a stand-alone CRM go through the RPC client into Odoo."""

import contextlib
import csv
import io
import json
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from odoo.tests import HttpCase, tagged

from .common import CustomerValueCommon

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "demo" / "crm_sample"


@tagged("post_install", "-at_install")
class TestCrmImport(CustomerValueCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.importer = cls._create_user(
            "importer",
            "sales_team.group_sale_manager,base.group_partner_manager,base.group_erp_manager,account.group_account_invoice,"
            "customer_value.customer_value_group_user",
        )
        cls.api_key = (
            cls.env["res.users.apikeys"]
            .with_user(cls.importer)
            ._generate(None, "importer", datetime.now() + timedelta(days=1))
        )

    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def _import(self, *options, folder=SAMPLE, code=0):
        """Run the command line against the test server; return its report."""
        if str(ROOT) not in sys.path:
            sys.path.append(str(ROOT))
        from client.command_line import main  # noqa: PLC0415

        report = self.folder / "report.json"
        arguments = ["import-crm", str(folder), *options]
        arguments += ["--url", self.base_url(), "--db", self.env.cr.dbname]
        arguments += ["--api-key", self.api_key, "--company", str(self.company.id)]
        arguments += ["--rejects", str(self.folder / "rejects.csv"), "--report", str(report)]
        printed = io.StringIO()
        self.env.flush_all()
        with self.allow_requests(all_requests=True), contextlib.redirect_stdout(printed):
            found = main(arguments)
        self.env.invalidate_all()
        self.assertEqual(found, code, printed.getvalue())
        print(printed.getvalue())
        return json.loads(report.read_text())

    def test_sample(self):
        report = self._import()


        rows = list(csv.DictReader((self.folder / "rejects.csv").open()))
        for row in rows:
            print(row["File"], row["ID"][:5], row["Line"], row["Reason"])
