"""The importer against a pretended Odoo in memory: counts, repetition, refusals, broken lines."""

import csv
import itertools
import operator
import random
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client import (  # noqa: E402
    AccessDenied,
    Connection,
    ConnectionFailed,
    InvalidInput,
    RetryPolicy,
)
from client.crm_import.crm_importer import CrmImporter, ImportOptions  # noqa: E402
from client.crm_import.export_files import ExportFolder  # noqa: E402
from client.crm_import.external_ids import ExternalIds, cell  # noqa: E402
from client.crm_import.lookups import Users  # noqa: E402
from client.crm_import.mapping import ImportMapping  # noqa: E402

SAMPLE = ROOT / "demo" / "crm_sample"
MODULE = "__crm_import__"
TYPES = {
    "comment": "html",
    "description": "html",
    "note": "text",
    "date": "datetime",
    "date_deadline": "date",
    "expected_revenue": "monetary",
    "duration_minutes": "float",
    "is_company": "boolean",
    "needs_answer": "boolean",
}
CHOICES = {
    "kind": ["call", "meeting", "email", "other"],
    "direction": ["in", "out", "both"],
    "outcome": ["reached", "not_reached", "done"],
    "type": ["lead", "opportunity"],
}
CHARS = (
    *("name", "phone", "email", "website", "street", "street2", "city", "zip", "function"),
    "subject",
)
OPERATORS = {"=": operator.eq, ">": operator.gt, "in": lambda one, many: one in many}
WRITING = ("create", "load", "write")


class FakeOdoo:
    """Tables in memory that stand for the server behind the network."""

    name, channel = "fake", mock.Mock()

    def __init__(self):
        self.ids = itertools.count(1)
        self.tables = {}
        self.calls = []
        self.before = self.after = lambda model, method, kwargs: None
        self.add("res.users", login="ann", name="Ann", email="ann@x.example", lang="en_US")
        self.tables["res.users"][0].update(company_id=[1, "Us"], company_ids=[1], share=False)
        self.add("res.company", currency_id=[1, "USD"])
        self.add("res.currency", name="USD", full_name="Dollar", symbol="$")
        self.tables["res.company"][0]["id"] = self.tables["res.currency"][0]["id"] = 1
        for name in ("New", "Qualified", "Proposition", "Won"):
            self.add("crm.stage", name=name, is_won=name == "Won", sequence=1)
        self.add("res.country", name="Iran", code="IR")

    def add(self, table, /, **values):
        row = {"id": next(self.ids), "company_id": 1, **values}
        row["email_normalized"] = (values.get("email") or "").lower() or False
        self.tables.setdefault(table, []).append(row)
        return row["id"]

    def rows(self, model):
        return self.tables.get(model, [])

    def user_id(self):
        return self.rows("res.users")[0]["id"]

    def call(self, model, method, ids, kwargs):
        self.calls.append((model, method))
        self.before(model, method, kwargs)
        answer = getattr(self, method)(model, ids, kwargs)
        self.after(model, method, kwargs)
        return answer

    def fields_get(self, model, ids, kwargs):
        names = [*CHARS, *TYPES, *CHOICES]
        kinds = {name: "char" for name in CHARS} | TYPES | dict.fromkeys(CHOICES, "selection")
        choices = {name: [[c, c] for c in CHOICES.get(name, ())] for name in names}
        return {name: {"type": kinds[name], "selection": choices[name]} for name in names}

    def read(self, model, ids, kwargs):
        return [row for row in self.rows(model) if row["id"] in ids]

    def search_read(self, model, ids, kwargs):
        found = [row for row in self.rows(model) if self.fits(row, kwargs["domain"])]
        return found[: kwargs["limit"]]

    def fits(self, row, domain):
        for name, sign, value in domain:
            if not OPERATORS[sign](row.get(name, False), value):
                return False
        return True

    def create(self, model, ids, kwargs):
        key = {"customer.interaction": "request_key", "ir.model.data": "name"}[model]
        keys = {row[key] for row in self.rows(model)}
        for vals in kwargs["vals_list"]:
            if vals[key] in keys:
                raise InvalidInput(f"There is a {vals[key]} already")
        return [
            self.add(model, **{**vals, "partner_id": [vals["partner_id"], "x"]})
            if model == "customer.interaction"
            else self.add(model, **vals)
            for vals in kwargs["vals_list"]
        ]

    def load(self, model, ids, kwargs):
        """Creates what is missing, in one transaction, as Odoo does with mode=update."""
        assert kwargs["context"]["mode"] == "update" and kwargs["context"]["noupdate"]
        known = {f"{r['module']}.{r['name']}": r["res_id"] for r in self.rows("ir.model.data")}
        answer = []
        for xid, *cells in kwargs["data"]:
            values = dict(zip(kwargs["fields"][1:], cells, strict=True))
            if values.get("name") == "Refused":
                return {"ids": False, "messages": [{"type": "error", "message": "Not this one"}]}
            answer.append((xid, values))
        for xid, values in answer:
            if xid not in known:
                for key in ("is_company", "parent_id/.id", "partner_id/.id"):
                    if key in values:
                        values[key.split("/")[0]] = values[key] == "1" or values[key]
                values.setdefault("partner_id", False)
                values["is_company"] = values.get("is_company") is True
                known[xid] = self.add(model, **values)
                module, name = xid.split(".", 1)
                row = {"module": module, "name": name, "model": model, "res_id": known[xid]}
                self.add("ir.model.data", **row)
        return {"ids": [known[xid] for xid, _values in answer], "messages": []}


class Quiet:
    """No progress bar."""

    def __init__(self, total, label):
        self.total, self.done = total, 0

    def advance(self, count=1):
        self.done += count

    def close(self):
        assert self.done == self.total, (self.done, self.total)


class ImporterCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.odoo = FakeOdoo()

    def put(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def run_import(self, folder=None, mapping=None, **options):
        mapping = mapping or ImportMapping.from_file()
        retry = RetryPolicy(attempts=2, sleep=lambda _seconds: None)
        connection = Connection(self.odoo, retry)
        files = ExportFolder(folder or self.folder, mapping)
        importer = CrmImporter(connection, files, mapping, ImportOptions(**options), Quiet)
        report = importer.run()
        self.assertTrue(report.adds_up, report.lines())
        self.rejected = importer.rejected
        return {entity.entity: entity for entity in report.entities}, report

    def created(self, entities):
        return sum(entity.created for entity in entities.values())


class TestImporter(ImporterCase):
    def test_sample_twice(self):
        entities, report = self.run_import(SAMPLE)
        self.assertEqual(self.created(entities), 315)
        self.assertEqual(len(self.rejected), 23)
        writes = [call for call in self.odoo.calls if call[1] in WRITING]
        entities, report = self.run_import(SAMPLE)
        self.assertEqual(self.created(entities), 0)
        self.assertEqual(sum(entity.already for entity in entities.values()), 315)
        self.assertEqual([call for call in self.odoo.calls if call[1] in WRITING], writes)
        self.assertEqual(report.interrupted, "")

    def test_dry_run_only_reads(self):
        entities, report = self.run_import(SAMPLE, dry_run=True)
        self.assertEqual(self.created(entities), 315)
        self.assertEqual(len(self.rejected), 23)
        self.assertFalse([call for call in self.odoo.calls if call[1] in WRITING])
        self.assertIn("DRY RUN: nothing was written", report.lines())

    def test_requests_grow_with_batches_not_with_rows(self):
        for name, rows in (("few", 10), ("many", 100)):
            folder = self.folder / name
            folder.mkdir()
            lines = [f"{name}{n},Company {name} {n}" for n in range(rows)]
            (folder / "Accounts.csv").write_text("\n".join(["ID,Name", *lines]))
            lines = [f"{name}{n},Call,Accounts,{name}{n},2024-01-01,Held" for n in range(rows)]
            header = "ID,Subject,Parent Type,Parent ID,Start Date,Status"
            (folder / "Calls.csv").write_text("\n".join([header, *lines]))
        counts = []
        for name in ("few", "many"):
            self.odoo.calls.clear()
            self.run_import(self.folder / name)
            counts.append(len(self.odoo.calls))
        self.assertEqual(counts[0], counts[1])

    def test_a_line_that_breaks_after_the_work_doubles_nothing(self):
        """Every writing request is carried out, its first answer lost, and asked again."""
        lost = []

        def lose(model, method, kwargs):
            key = (model, method, str(kwargs))
            if method in WRITING and key not in lost:
                lost.append(key)
                raise ConnectionFailed("the line broke", sent=True)

        self.odoo.after = lose
        entities, report = self.run_import(SAMPLE, batch=20)
        self.assertEqual((report.interrupted, self.created(entities)), ("", 315))
        self.assertGreater(len(lost), 10)
        self.assertEqual(len(self.odoo.rows("res.partner")), 90)
        self.assertEqual(len(self.odoo.rows("customer.interaction")), 196)

    def test_the_same_for_one_row_at_a_time(self):
        self.odoo.add("res.partner", name="A", is_company=True)
        self.put("Accounts.csv", "ID,Name\n1,A\n2,B\n")
        self.put("Notes.csv", "ID,Subject,Account ID,Date Created\n1,a,1,1403/01/01\n")
        lost = set()

        def lose(model, method, kwargs):
            if method in WRITING and (model, method) not in lost:
                lost.add((model, method))
                raise ConnectionFailed("the line broke", sent=True)

        self.odoo.after = lose
        entities, report = self.run_import(batch=1)
        self.assertEqual(report.interrupted, "")
        self.assertEqual((entities["accounts"].matched, entities["accounts"].created), (1, 1))
        self.assertEqual(entities["notes"].created, 1)
        self.assertEqual(len(lost), 3)
        self.assertFalse(self.rejected)

    def test_an_interruption_is_told_and_the_next_run_goes_on(self):
        def cut(model, method, kwargs):
            if model == "customer.interaction" and method == "create":
                raise KeyboardInterrupt

        self.odoo.before = cut
        entities, report = self.run_import(SAMPLE)
        self.assertEqual(report.interrupted, "interrupted")
        self.assertEqual(entities["accounts"].created, 30)
        self.assertEqual((entities["cases"].created, entities["cases"].not_reached), (0, 20))
        self.assertEqual(entities["notes"].not_reached, 36)
        self.assertIn("STOPPED: interrupted (run again to go on)", report.lines())
        self.odoo.before = lambda model, method, kwargs: None
        entities, report = self.run_import(SAMPLE)
        self.assertEqual(self.created(entities), 315 - 30 - 60 - 25)

    def test_a_refused_row_is_singled_out(self):
        names = ["A", "B", "Refused", "C", "D"]
        rows = "".join(f"{n},{name}\n" for n, name in enumerate(names))
        self.put("Accounts.csv", "ID,Name\n" + rows)
        self.put("Contacts.csv", "ID,Last Name,Account ID\n1,X,2\n2,Y,3\n")
        entities, _report = self.run_import()
        self.assertEqual((entities["accounts"].created, entities["contacts"].created), (4, 1))
        told = [(line.row[0], line.row[1], line.text) for line in self.rejected]
        self.assertEqual(
            told,
            [
                ("Accounts.csv", "2", "refused by Odoo: Not this one"),
                ("Contacts.csv", "1", "unknown account: 2"),
            ],
        )

    def test_missing_rights_stop_at_once(self):
        def deny(model, method, kwargs):
            if model == "ir.model.data":
                raise AccessDenied("no")

        self.odoo.before = deny
        _entities, report = self.run_import(SAMPLE)
        self.assertIn("user ann may not read external ids", report.interrupted)
        self.assertFalse([call for call in self.odoo.calls if call[1] in WRITING])

    def test_matching(self):
        """One fits: it is taken, once. Two fit: none is."""
        ours = self.odoo.add("res.partner", name="شركت ما", is_company=True, company_id=False)
        for _twin in range(2):
            self.odoo.add("res.partner", name="Twin", is_company=True)
        self.odoo.add("res.partner", name="Person", is_company=False)
        self.put("Accounts.csv", "ID,Name\n1,شرکت ما\n2,شرکت ما\n3,Twin\n4,Person\n")
        entities, _report = self.run_import()
        self.assertEqual((entities["accounts"].matched, entities["accounts"].created), (1, 3))
        data = {row["name"]: row["res_id"] for row in self.odoo.rows("ir.model.data")}
        self.assertEqual(data["account_1"], ours)
        self.assertEqual(len(set(data.values())), 4)
        entities, _report = self.run_import()
        self.assertEqual((entities["accounts"].matched, entities["accounts"].already), (0, 4))

    def test_a_new_account_is_not_matched_with_an_imported_one(self):
        self.put("Accounts.csv", "ID,Name\n1,Same\n")
        self.run_import()
        self.put("Accounts.csv", "ID,Name\n1,Same\n2,Same\n")
        entities, _report = self.run_import()
        accounts = entities["accounts"]
        self.assertEqual((accounts.already, accounts.created, accounts.matched), (1, 1, 0))

    def test_addresses_that_look_alike_are_the_same(self):
        for stored, written in (
            ("ann@shop.example", "\u200fAnn@Shop.Example\u00a0"),
            ("ann@shop.example", "ann\u200c@shop.ex\u200eample"),
            ("ann@shop.example", "\ufeffann @shop.example"),
            ("ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("ann@xn--bcher-kva.example", "Ann@Bücher.example"),
            ("ann@فروشگاه.example", "ann@فروش\u200cگاه.example"),
        ):
            with self.subTest(written):
                self.setUp()
                known = self.odoo.add("res.partner", name="A", is_company=True, email=stored)
                self.put("Accounts.csv", f"ID,Name,Email\n1,Ann,{written}\n")
                self.put(
                    "Emails.csv",
                    "ID,Subject,Date Sent,Type,From,To\n"
                    f"m1,Hello,2024-01-01,inbound,{written.replace(' @', '@')},us@us.example\n",
                )
                entities, _report = self.run_import()
                accounts = entities["accounts"]
                self.assertEqual((accounts.matched, accounts.created), (1, 0))
                (mail,) = self.odoo.rows("customer.interaction")
                self.assertEqual(mail["partner_id"][0], known)

    def test_an_address_that_two_contacts_share_tells_nobody(self):
        self.put(
            "Contacts.csv", "ID,Last Name,Email\n1,X,a@x.example\n2,Y,A@x.example\n3,Z,z@x.ir\n"
        )
        header = "ID,Subject,Date Sent,Type,From,To"
        rows = [
            "1,s,2024-01-01,inbound,A <a@x.example>,us@x.example",
            "2,s,2024-01-01,out,us@x.example,'z' <Z@x.ir>; a@x.example",
        ]
        self.put("Emails.csv", "\n".join([header, *rows]))
        entities, _report = self.run_import()
        self.assertEqual(entities["emails"].created, 1)
        (mail,) = self.odoo.rows("customer.interaction")
        data = {row["name"]: row["res_id"] for row in self.odoo.rows("ir.model.data")}
        self.assertEqual(mail["partner_id"][0], data["contact_3"])

    def test_amounts_in_the_companys_own_currency(self):
        names = ["-99", "USD", "Dollar", "$", "", "EUR"]
        rows = [f"{n},O,1,{name}" for n, name in enumerate(names)]
        self.put("Opportunities.csv", "\n".join(["ID,Name,Amount,Currency", *rows]))
        entities, _report = self.run_import()
        self.assertEqual(entities["opportunities"].created, 5)
        self.assertEqual([line.row[1] for line in self.rejected], ["5"])

    def test_names_that_several_accounts_share_are_not_guessed(self):
        self.put("Accounts.csv", "ID,Name\n1,Same\n2,Same\n3,Other\n")
        self.put("Contacts.csv", "ID,Last Name,Account Name\n1,X,Same\n2,Y,OTHER\n3,Z,None\n")
        entities, _report = self.run_import()
        self.assertEqual(entities["contacts"].created, 1)
        told = [line.text for line in self.rejected]
        self.assertEqual(told, ["several accounts of that name: Same", "unknown account: None"])

    def test_durations(self):
        header = "ID,Subject,Account ID,Start Date,End Date,Duration Hours,Duration Minutes,Status"
        start = "2024-01-01 10:00"
        rows = [
            f"1,a,a,{start},,1,30,Held",
            f"2,b,a,{start},2024-01-01 10:20,0,0,Held",
            f"3,c,a,{start},2024-01-01 09:00,,,Held",
            f"4,d,a,{start},,-1,,Held",
            f"5,e,a,{start},,,five,Held",
            f"6,f,a,{start},,,,Held",
        ]
        self.put("Accounts.csv", "ID,Name\na,A\n")
        self.put("Calls.csv", "\n".join([header, *rows]))
        self.run_import()
        made = {
            row["request_key"]: row.get("duration_minutes")
            for row in self.odoo.rows("customer.interaction")
        }
        self.assertEqual(made, {"crm:call:1": 90, "crm:call:2": 20, "crm:call:6": None})
        self.assertEqual(
            [line.text for line in self.rejected],
            [
                "bad End Date: before the start",
                "bad Duration Hours: below zero: '-1'",
                "bad Duration Minutes: not a number: 'five'",
            ],
        )

    def test_report_lines(self):
        _entities, report = self.run_import(SAMPLE)
        text = "\n".join(report.lines())
        self.assertRegex(text, r"accounts +34 +30 +0 +0 +4 +0")
        self.assertIn("    id twice in the file: 1", text)
        self.assertIn("no user in Odoo: Marc Demo (", text)
        self.assertIn("kept as text, Cases.csv: Number, Priority, Type, Resolution", text)
        report.entities[0].created += 1
        self.assertIn("COUNTS DO NOT ADD UP", "\n".join(report.lines()))
        self.assertFalse(report.as_dict()["adds_up"])


class TestGarbage(ImporterCase):
    """Random files: every row ends in Odoo or among the rejects, and a second run adds nothing."""

    CELLS = (
        *("", "0", "1", "2", "3", "-1", "Held", "Planned", "Not Held", "Inbound", "in", "draft"),
        *("1403/05/12", "۱۴۰۳/۱۲/۳۱", "2024-02-30", "2024-05-05 10:00", "05/06/2024", "2039-01-01"),
        *("Accounts", "Contacts", "Cases", "Opportunities", "Leads", "Closed Won", "Closed Lost"),
        *("علي", "a@x.example", "<b>x</b>", "&lt;", "=1+1", "'+98", "\x00", "\ud7ff", "x" * 300),
        *("1e400", "NaN", "۱۲٫۵", "1,000.5", "100.5", "USD", "-99", "\u200e", "two\nlines", '"'),
    )

    GOOD = {
        **{"@deleted": "0", "@stage": "Closed Won", "@currency": "USD", "@probability": "50"},
        **{"name": "Name", "@last_name": "Last", "subject": "Word", "date": "1403/05/12 10:00"},
        **{"@status": "Held", "@type": "inbound", "direction": "Inbound", "@hours": "1"},
        **{"@parent_type": "Accounts", "@parent_id": "1", "expected_revenue": "10"},
        **{"date_deadline": "2024-05-05", "duration_minutes": "5"},
    }

    def make(self, chance):
        mapping = ImportMapping.from_file()
        for entity in mapping.entities.values():
            keys = [key for key, names in entity.columns.items() if names]
            headings = [entity.columns[key][0] for key in keys]
            headings += chance.sample(["Colour", "Modified By", "Deleted2"], chance.randint(0, 3))
            with (self.folder / f"{entity.files[0]}.csv").open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(headings)
                for number in range(60):
                    row = [self.GOOD.get(key, "") for key in keys]
                    row[keys.index("@id")] = str(number)
                    for _fault in range(chance.choice((0, 0, 1, 2, 5))):
                        row[chance.randrange(len(row))] = chance.choice(self.CELLS)
                    more = len(headings) - len(row) + chance.choice((0, 0, 0, 0, -1, 1))
                    row = row[:more] if more < 0 else row + ["text"] * more
                    writer.writerow(row)

    def test_random_files(self):
        created = 0
        for seed in range(12):
            self.odoo = FakeOdoo()
            self.make(random.Random(seed))
            entities, report = self.run_import()
            self.assertEqual(report.interrupted, "")
            rejected = sum(entity.rejected for entity in entities.values())
            self.assertEqual(rejected, len(self.rejected))
            self.assertEqual(
                sum(entity.read for entity in entities.values()),
                rejected + sum(entity.created + entity.matched for entity in entities.values()),
            )
            created += self.created(entities)
            rows = {name: len(table) for name, table in self.odoo.tables.items()}
            again, _report = self.run_import()
            self.assertEqual(self.created(again), 0)
            self.assertEqual({n: len(table) for n, table in self.odoo.tables.items()}, rows)
        self.assertGreater(created, 2000, "some of it must get through")


class TestParts(ImporterCase):
    def test_names_of_external_ids_are_safe(self):
        external = ExternalIds(mock.Mock(), "crm")
        self.assertEqual(external.name("account", "a.b/c d"), "account_a.b%2Fc%20d")
        self.assertEqual(external.module, MODULE)

    def test_cells_for_load(self):
        self.assertEqual(
            [cell(v) for v in (None, False, True, 0.5, "x")], ["", "", "1", "0.5", "x"]
        )

    def test_users(self):
        target = mock.Mock()
        target.read.return_value = [
            {"id": 1, "name": "علی رضایی", "login": "ali", "email": "ali@x.example"},
            {"id": 2, "name": "Sam", "login": "sam1", "email": False},
            {"id": 3, "name": "Sam", "login": "sam2", "email": False},
        ]
        users = Users(target, {"oldname": "ali"})
        for text in ("علي رضايي", "ALI", "ali@x.example", "Old Name"):
            self.assertEqual(users.id_of(text), 1)
        self.assertEqual((users.id_of("sam2"), users.id_of("")), (3, False))
        self.assertFalse(users.id_of("Sam"), "two of that name")
        self.assertFalse(users.id_of("Nobody"))
        self.assertEqual(users.unknown, {"Sam": 1, "Nobody": 1})
