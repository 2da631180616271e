"""The sample exports of a stand-alone CRM go through the RPC client into Odoo."""

import contextlib
import csv
import io
import json
import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...devtools.paths import ROOT
from ..common import CustomerValueCommon

sys.path.append(str(ROOT))  # the client is no part of the server

from client import ConnectionFailed, RetryPolicy  # noqa: E402
from client.command_line import main  # noqa: E402
from client.rpc.http_channel import HttpChannel  # noqa: E402

SAMPLE = ROOT / "demo" / "crm_sample"
# Written down by hand: the dirty rows of the sample, with what must be said about them.
DIRTY = {
    ("Accounts.csv", "a0091", "no name"),
    ("Accounts.csv", "a0003", "id twice in the file"),
    ("Accounts.csv", "a0092", "left out by the mapping"),
    ("Accounts.csv", "", "no id"),
    ("Contacts.csv", "c0091", "unknown account"),
    ("Contacts.csv", "c0092", "no name"),
    ("Contacts.csv", "c0093", "unknown account"),
    ("Opportunities.csv", "o0091", "another currency"),
    ("Opportunities.csv", "o0092", "unknown sales_stage"),
    ("Opportunities.csv", "o0093", "bad amount"),
    ("Cases.csv", "k0091", "no customer"),
    ("calls.csv", "p0091", "bad date_start"),
    ("calls.csv", "p0092", "no date"),
    ("calls.csv", "p0093", "bad date_start"),
    ("calls.csv", "p0094", "belongs to what is not imported"),
    ("calls.csv", "p0095", "planned for the past, not held"),
    ("calls.csv", "p0096", "bad duration_minutes"),
    ("calls.csv", "p0097", "unknown direction"),
    ("Meetings.csv", "m0091", "bad تاریخ شروع"),
    ("Meetings.csv", "m0092", "unknown account"),
    ("Emails.csv", "e0091", "left out by the mapping"),
    ("Emails.csv", "e0092", "no customer"),
    ("Note.csv", "n0091", "bad Date Created"),
}
CREATED = {
    "accounts": 30,
    "contacts": 60,
    "opportunities": 25,
    "cases": 20,
    "calls": 70,
    "meetings": 45,
    "emails": 30,
    "notes": 35,
}
MODELS = ("res.partner", "crm.lead", "customer.interaction", "mail.activity", "ir.model.data")


@tagged("post_install", "-at_install")
class TestCrmImport(CustomerValueCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = (
            "sales_team.group_sale_manager,base.group_partner_manager,"
            "account.group_account_invoice,customer_value.customer_value_group_user"
        )
        cls.importer = cls._create_user("importer", f"{groups},base.group_erp_manager")
        cls.helper = cls._create_user("helper", groups)
        cls.marc = new_test_user(
            cls.env, "marc", "sales_team.group_sale_salesman", name="Marc Demo"
        )

    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def _run(self, *options, folder=SAMPLE, user=None, company=None):
        """Run the command line against the test server; return exit code and what it said."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(user or self.importer)
            ._generate(None, "import", datetime.now() + timedelta(days=1))
        )
        company = company or self.company
        arguments = ["import-crm", str(folder), *options, "--yes", "--api-key", key]
        arguments += ["--url", self.base_url(), "--db", self.env.cr.dbname]
        arguments += ["--company", str(company.id)]
        arguments += ["--rejects", str(self.folder / "rejects.csv")]
        arguments += ["--report", str(self.folder / "report.json")]
        said = io.StringIO()
        self.env.flush_all()
        with (
            self.allow_requests(all_requests=True),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            code = main(arguments)
        self.env.invalidate_all()
        return code, said.getvalue()

    def _import(self, *options, **where):
        """Run it, finish it, and return its report."""
        code, said = self._run(*options, **where)
        self.assertEqual(code, 0, said)
        report = json.loads((self.folder / "report.json").read_text())
        self.assertTrue(report["adds_up"], said)
        for entity in report["entities"]:
            fates = ("created", "matched", "already", "rejected")
            self.assertEqual(entity["read"], sum(entity[fate] for fate in fates), entity)
        return report

    def _counts(self, report, fate="created"):
        return {entity["entity"]: entity[fate] for entity in report["entities"]}

    def _rejects(self):
        with (self.folder / "rejects.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def _found(self, label, number, letter):
        """The record of one row of the sample."""
        row_id = f"{letter}{number:04d}-5f1e-4c2b-9d3a-{number * 7919:012d}"
        return self.env.ref(f"__crm_import__.{label}_{row_id}", raise_if_not_found=False)

    def _interaction(self, label, number, letter):
        key = f"crm:{label}:{letter}{number:04d}-5f1e-4c2b-9d3a-{number * 7919:012d}"
        return self.env["customer.interaction"].search([("request_key", "=", key)])

    def _state(self):
        """How many records there are, and when any of them was last written."""
        self.env.flush_all()
        tables = [self.env[model]._table for model in MODELS]
        state = {}
        for table in tables:
            self.env.cr.execute(f"SELECT count(*), max(write_date), max(id) FROM {table}")
            state[table] = self.env.cr.fetchone()
        return state

    def test_every_row_is_in_odoo_or_rejected(self):
        report = self._import()
        self.assertEqual(self._counts(report), CREATED)
        rejects = {
            (row["File"], row["ID"][:5], row["Reason"].split(":")[0]) for row in self._rejects()
        }
        self.assertEqual(rejects, DIRTY)
        self.assertEqual(len(self._rejects()), len(DIRTY))
        self.assertEqual(sum(self._counts(report, "rejected").values()), len(DIRTY))
        self.assertEqual(report["unknown_users"].keys(), {"Mitchell Admin", "سارا احمدی"})
        keys = self.env["customer.interaction"].search([("request_key", "=like", "crm:%")])
        self.assertEqual(len(keys), 20 + 66 + 45 + 30 + 35)
        self.assertEqual(keys.company_id, self.company)
        self.assertFalse(keys.filtered(lambda i: not i.partner_id or not i.customer_id))
        self.assertEqual(keys.user_id, self.marc, "assigned by name, never to the importing user")

    def test_rejects_tell_file_line_id_and_reason(self):
        self._import()
        lines = {}
        for name in ("Accounts.csv", "calls.csv", "Emails.csv"):
            lines[name] = (SAMPLE / name).read_text(encoding="utf-8-sig").split("\n")
        for row in self._rejects():
            if row["ID"] and row["File"] in lines:
                text = lines[row["File"]][int(row["Line"]) - 1]
                self.assertIn(row["ID"], text, "the line is where the row begins")
                self.assertIn(row["ID"], row["Content"])

    def test_contacts(self):
        self._import()
        steel = self._found("account", 2, "a")
        self.assertTrue(steel.is_company)
        self.assertEqual(steel.name, "فولاد البرز مرکزی", "Persian letters")
        self.assertEqual(steel.city, "اراک")
        self.assertEqual(steel.country_id.code, "IR")
        self.assertEqual(steel.phone, "021-88002468", "digits 0-9")
        self.assertEqual(self._found("account", 1, "a").phone, "+98 21 8001 0037", "no shield")
        pays_late = self._found("account", 7, "a")
        self.assertIn("Pays late.<br>Call before Thursday.", pays_late.comment)
        self.assertIn("Type: Customer", pays_late.comment)
        self.assertIn("+98 912 0000005", self._found("account", 5, "a").comment)
        self.assertIn("Billing Country: Atlantis", self._found("account", 29, "a").comment)
        person = self._found("contact", 14, "c")
        self.assertEqual(person.name, "زهرا رضایی")
        self.assertEqual(person.function, "مدیر خرید")
        self.assertEqual(person.phone, "09120000014")
        self.assertEqual(person.commercial_partner_id, self._found("account", 14, "a"))
        by_name = self._found("contact", 6, "c")
        self.assertEqual(by_name.parent_id, self._found("account", 6, "a"), "by account name")

    def test_opportunities(self):
        self._import()
        won = self._found("opportunity", 4, "o")
        self.assertEqual((won.won_status, won.expected_revenue), ("won", 5000.5))
        self.assertEqual(won.partner_id, self._found("account", 5, "a"))
        self.assertEqual(str(won.date_closed.date()), "2025-05-15", "when it was closed there")
        lost = self._found("opportunity", 5, "o")
        self.assertEqual((lost.won_status, lost.active), ("lost", False))
        open_one = self._found("opportunity", 6, "o")
        self.assertEqual(open_one.stage_id, self.env.ref("crm.stage_lead1"))
        self.assertEqual((open_one.type, open_one.probability), ("opportunity", 24.0))
        self.assertEqual(str(open_one.date_deadline), "2025-10-12", "1404/07/20")
        self.assertEqual(open_one.company_id, self.company)
        self.assertIn("lead_source: Web Site", self._found("opportunity", 7, "o").description)

    def test_interactions(self):
        self._import()
        call = self._interaction("call", 1, "p")
        self.assertEqual((call.kind, call.direction, call.outcome), ("call", "in", "reached"))
        self.assertEqual(call.duration_minutes, 75)
        self.assertEqual(str(call.date), "2023-02-25 14:00:00", "1401/12/06 14:00")
        self.assertEqual(call.partner_id, self._found("account", 21, "a"), "of its case")
        self.assertEqual(
            (call.res_model, call.res_id),
            ("customer.interaction", self._interaction("case", 20, "k").id),
        )
        self.assertEqual(self._interaction("call", 6, "p").outcome, "not_reached")
        case = self._interaction("case", 2, "k")
        self.assertEqual((case.kind, case.outcome), ("other", "done"), "closed")
        self.assertIn("Number: 102", case.note)
        waiting = self._interaction("case", 3, "k")
        self.assertEqual((waiting.outcome, "Status: Pending Input" in waiting.note), (False, True))
        self.assertEqual(waiting.direction, "in")
        meeting = self._interaction("meeting", 1, "m")
        self.assertEqual((meeting.kind, meeting.duration_minutes), ("meeting", 90))
        mail = self._interaction("email", 3, "e")
        self.assertEqual((mail.kind, mail.direction), ("email", "in"))
        self.assertEqual(mail.partner_id, self._found("contact", 4, "c"), "by its address")
        self.assertFalse(mail.needs_answer, "history waits for nothing")
        self.assertIn("درود فراوان", mail.note)
        self.assertIn("from_addr_name: person4@company4.example.com", mail.note)
        self.assertIn("Filename: contract.pdf", self._interaction("note", 9, "n").note)

    def test_planned_calls_become_activities(self):
        self._import()
        self.assertFalse(self._interaction("call", 67, "p"))
        activities = [self._found("call", number, "p") for number in range(67, 71)]
        days = [str(activity.date_deadline) for activity in activities]
        self.assertEqual(days, ["2035-03-10", "2035-04-10", "2035-05-10", "2035-06-10"])
        call_type = self.env.ref("mail.mail_activity_data_call")
        for activity in activities:
            self.assertEqual(activity.activity_type_id, call_type)
            self.assertTrue(self.env[activity.res_model].browse(activity.res_id).exists())
            self.assertIn(activity.user_id, (self.marc, self.env["res.users"]))

    def test_a_second_run_adds_and_changes_nothing(self):
        first = self._import()
        steel = self._found("account", 2, "a")
        steel.write({"name": "Alborz (renamed)", "phone": "1"})
        call = self._interaction("call", 1, "p")
        call.write({"subject": "Corrected", "outcome": "done"})
        lead = self._found("opportunity", 6, "o")
        lead.stage_id = self.env.ref("crm.stage_lead3")
        self._found("call", 67, "p").action_feedback("done by hand")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self._found("contact", 3, "c").id, self._found("contact", 33, "c").id],
            self._found("contact", 33, "c"),
        )
        before = self._state()
        second = self._import()
        self.assertEqual(self._state(), before)
        self.assertEqual(set(self._counts(second).values()), {0})
        self.assertEqual(self._counts(second, "already"), CREATED)
        self.assertEqual(self._counts(second, "rejected"), self._counts(first, "rejected"))
        self.assertEqual((steel.name, call.subject), ("Alborz (renamed)", "Corrected"))
        self.assertEqual(lead.stage_id, self.env.ref("crm.stage_lead3"))

    def test_dry_run_writes_nothing_and_foretells(self):
        before = self._state()
        foretold = self._import("--dry-run")
        self.assertEqual(self._state(), before)
        self.assertTrue(foretold["dry_run"])
        told = [(row["File"], row["ID"], row["Reason"]) for row in self._rejects()]
        done = self._import()
        self.assertEqual(self._counts(foretold), self._counts(done))
        self.assertEqual(self._counts(foretold, "activities"), self._counts(done, "activities"))
        self.assertEqual(told, [(r["File"], r["ID"], r["Reason"]) for r in self._rejects()])

    def test_goes_on_after_an_interruption(self):
        """The line breaks for good after an answer was lost, at several places; nothing doubles."""
        post = HttpChannel.post
        reached = []
        for last in (14, 24, 32, 38):
            asked = []

            def broken(channel, *args, last=last, asked=asked):
                answer = post(channel, *args)  # the server does it, the client never learns
                asked.append(args)
                if len(asked) >= last:
                    raise ConnectionFailed("the line broke", sent=True)
                return answer

            with (
                mock.patch.object(HttpChannel, "post", broken),
                mock.patch.object(RetryPolicy, "delay", lambda *_: 0.0),
            ):
                code, said = self._run("--batch", "20")
            self.assertEqual(code, 1, said)
            self.assertIn("STOPPED: the line broke (run again to go on)", said)
            report = json.loads((self.folder / "report.json").read_text())
            self.assertTrue(report["adds_up"], said)
            self.assertGreater(sum(self._counts(report, "not_reached").values()), 0)
            reached.append(
                self.env["ir.model.data"].search_count([("module", "=", "__crm_import__")])
                + self.env["customer.interaction"].search_count([("request_key", "!=", False)])
            )
        self.assertEqual(reached, sorted(set(reached)), "each run got further than the one before")
        report = self._import()
        there = self._counts(report, "already")
        self.assertEqual(
            {name: n + there[name] for name, n in self._counts(report).items()}, CREATED
        )
        ours = [("module", "=", "__crm_import__")]
        data = self.env["ir.model.data"].search(ours)
        self.assertEqual(len(data), 30 + 60 + 25 + 4)
        self.assertEqual(len({(row.model, row.res_id) for row in data}), len(data))
        interactions = self.env["customer.interaction"].search([("request_key", "!=", False)])
        self.assertEqual(len(interactions), 196)
        partners = self.env["res.partner"].search([("email", "=like", "person%@company%")])
        self.assertEqual(len(partners), 60)

    def test_customers_that_are_in_odoo_already(self):
        """Found by e-mail or name, taken as they are, never doubled."""
        steel = self._create_customer("فولاد البرز مركزي", phone="77", email="sales@steel.example")
        packer = self._create_customer("Packers of Shiraz", email="INFO@company3.example.com")
        twins = self._create_customer("Caspian Foods") | self._create_customer("Caspian Foods")
        john = self.env["res.partner"].create(
            {"name": "John Rossi", "email": "Person37@company7.example.com"}
        )
        other = self.env["res.partner"].create(
            {"name": "Somebody else", "email": "person38@company8.example.com"}
        )
        state = [(p.name, p.phone, p.email, p.comment, p.write_date) for p in steel | packer | john]
        self.assertEqual(self._counts(self._import("--dry-run"), "matched")["accounts"], 2)
        report = self._import()
        self.assertEqual(
            self._counts(report, "matched"),
            {**dict.fromkeys(CREATED, 0), "accounts": 2, "contacts": 1},
        )
        self.assertEqual(self._counts(report), {**CREATED, "accounts": 28, "contacts": 59})
        self.assertEqual(self._found("account", 2, "a"), steel)
        self.assertEqual(self._found("account", 3, "a"), packer)
        self.assertEqual(self._found("contact", 37, "c"), john)
        self.assertNotEqual(self._found("contact", 38, "c"), other, "same address, another name")
        self.assertNotIn(self._found("account", 5, "a"), twins, "two of that name: none is sure")
        self.assertEqual(self._found("contact", 2, "c").parent_id, steel)
        self.assertEqual(
            [(p.name, p.phone, p.email, p.comment, p.write_date) for p in steel | packer | john],
            state,
        )
        self.assertEqual(self._counts(self._import(), "already"), CREATED)

    def test_part_of_an_export(self):
        """Calls alone find the accounts and contacts of an earlier run."""
        first, second = self.folder / "first", self.folder / "second"
        for folder, names in (
            (first, ("Accounts.csv", "Contacts.csv")),
            (second, ("calls.csv", "Note.csv")),
        ):
            folder.mkdir()
            for name in names:
                shutil.copy(SAMPLE / name, folder / name)
        self._import(folder=first)
        report = self._import(folder=second)
        with (SAMPLE / "calls.csv").open(encoding="utf-8") as file:
            calls = list(csv.DictReader(file, delimiter=";"))[:70]
        elsewhere = [c for c in calls if c["parent_type"] in ("Opportunities", "Cases")]
        reasons = report["entities"][0]["reasons"]
        self.assertEqual(
            reasons["unknown opportunity"] + reasons["unknown case"], len(elsewhere), reasons
        )
        self.assertEqual(self._counts(report), {"calls": 70 - len(elsewhere), "notes": 35})

    def test_another_company(self):
        other = self._create_company("Branch", self.env.ref("base.EUR"))
        self.importer.company_ids |= other
        self._import()
        code, said = self._run(company=other)
        self.assertEqual(code, 0, said)
        report = json.loads((self.folder / "report.json").read_text())
        self.assertEqual(report["entities"][2]["reasons"]["in Odoo, but hidden from this user"], 25)
        calls = self.env["customer.interaction"].search([("request_key", "=like", "crm:note:%")])
        self.assertEqual(calls.company_id, self.company | other, "interactions belong to a company")
        self.assertEqual(len(calls), 70)

    def test_own_mapping(self):
        """Another stage, another value, cases of another kind, without a customer too."""
        mapping = self.folder / "mapping.json"
        content = {
            "source": "sarv",
            "without_customer": "keep",
            "planned": {"past": "activity"},
            "users": {"سارا احمدی": "marc"},
            "dates": {"time_zone": "Asia/Tehran"},
            "entities": {
                "opportunities": {"values": {"@stage": {"Dreaming": "Qualified"}}},
                "calls": {"values": {"direction": {"Sideways": "both"}}},
                "cases": {"set": {"kind": "letter"}},
            },
        }
        mapping.write_text(json.dumps(content), encoding="utf-8")
        report = self._import("--mapping", str(mapping))
        created = self._counts(report)
        self.assertEqual(created["opportunities"], 26)
        self.assertEqual(created["calls"], 72, "sideways, and planned for the past")
        self.assertEqual((created["cases"], created["emails"]), (21, 31))
        self.assertEqual(report["unknown_users"].keys(), {"Mitchell Admin"})
        interactions = self.env["customer.interaction"]
        stranger = interactions.search([("request_key", "=like", "sarv:email:e0092%")])
        self.assertEqual((len(stranger), stranger.address), (1, "a@nowhere.example.com"))
        self.assertFalse(stranger.partner_id)
        cases = interactions.search([("request_key", "=like", "sarv:case:%")])
        self.assertEqual(set(cases.mapped("kind")), {"letter"})
        call = interactions.search([("request_key", "=like", "sarv:call:p0001-%")])
        self.assertEqual(str(call.date), "2023-02-25 10:30:00", "14:00 in Tehran")

    def test_clear_words_when_it_cannot_be(self):
        before = self._state()
        mapping = self.folder / "mapping.json"
        wrong = {
            "entities.opportunities.values.@stage.Prospecting: Odoo has no stage 'Nowhere'": {
                "opportunities": {"values": {"@stage": {"Prospecting": "Nowhere"}}}
            },
            "entities.calls: customer.interaction.colour does not exist in Odoo": {
                "calls": {"columns": {"colour": ["Colour"]}}
            },
            "entities.calls.set: 'telepathy' is no choice of customer.interaction.kind": {
                "calls": {"set": {"kind": "telepathy"}}
            },
            "entities.accounts: res.partner.industry_id is a many2one": {
                "accounts": {"columns": {"industry_id": ["Industry"]}}
            },
        }
        for words, entities in wrong.items():
            mapping.write_text(json.dumps({"entities": entities}), encoding="utf-8")
            code, said = self._run("--mapping", str(mapping))
            self.assertEqual(code, 1, said)
            self.assertIn(words, said)
            self.assertNotIn("Traceback", said)
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_model"):
            code, said = self._run(user=self.helper)
        self.assertEqual(code, 1)
        self.assertIn("user helper may not read external ids", said)
        self.assertIn("Administration / Access Rights", said)
        self.assertEqual(self._state(), before)

    def test_login_and_password_over_xmlrpc(self):
        arguments = ["import-crm", str(SAMPLE), "--yes", "--rejects", str(self.folder / "r.csv")]
        arguments += ["--login", "importer", "--password", "importer", "--protocol", "xmlrpc"]
        arguments += ["--url", self.base_url(), "--db", self.env.cr.dbname]
        said = io.StringIO()
        self.env.flush_all()
        with self.allow_requests(all_requests=True), contextlib.redirect_stdout(said):
            code = main(arguments)
        self.env.invalidate_all()
        self.assertEqual(code, 0, said.getvalue())
        domain = [("request_key", "=like", "crm:%"), ("company_id", "=", self.company.id)]
        self.assertEqual(self.env["customer.interaction"].search_count(domain), 196)

    def test_what_odoo_refuses_is_singled_out(self):
        """A rule of the company's own makes one row of a batch impossible."""
        self.env["ir.rule"].create(
            {
                "name": "No Fabrikam",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": "[('name', '!=', 'Fabrikam Furniture')]",
                "perm_read": False,
                "perm_unlink": False,
            }
        )
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            report = self._import()
        self.assertEqual(self._counts(report)["accounts"], 29)
        refused = [row for row in self._rejects() if row["Reason"].startswith("refused by Odoo")]
        self.assertEqual([row["ID"][:5] for row in refused], ["a0013"])
        self.assertGreater(report["entities"][1]["reasons"]["unknown account"], 2)
