"""The mapping file: defaults, merging, and errors that name the key. No server."""

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT))  # the client needs no Odoo

from client import InvalidInput, command_line  # noqa: E402
from client.crm_import.mapping import DEFAULT, ENTITIES, ImportMapping, merged  # noqa: E402

WRONG = [
    ({"sorce": "x"}, "sorce: unknown key"),
    ({"source": "My CRM"}, "source: 'My CRM'"),
    ({"decimal": "'"}, "decimal: "),
    ({"dates": {"order": "ydm"}}, "dates.order: 'ydm' is none of auto, ymd, dmy, mdy"),
    ({"dates": {"calendar": "lunar"}}, "dates.calendar: 'lunar'"),
    ({"dates": {"time_zone": "Tehran"}}, "dates.time_zone: 'Tehran'"),
    ({"dates": {"format": "%Y"}}, "dates: expected an object with order, calendar, time_zone"),
    ({"dates": []}, "dates: expected an object"),
    ({"without_customer": "drop"}, "without_customer: 'drop' is none of reject, keep"),
    ({"planned": {"past": "forget"}}, "planned.past: 'forget' is none of activity, reject"),
    ({"planned": {"now": "activity"}}, "planned.now: unknown key"),
    ({"planned": "activity"}, "planned: expected an object"),
    ({"users": ["x"]}, "users: expected an object"),
    ({"modules": {"Leads": "leads"}}, "modules.Leads: 'leads' is none of accounts"),
    ({"common": {"files": []}}, "common.files: unknown key"),
    ({"entities": {"leads": {}}}, "entities.leads: unknown; known are accounts"),
    ({"entities": {"calls": None}}, "entities.calls: expected an object"),
    ({"entities": {"calls": {"colums": {}}}}, "entities.calls.colums: unknown key"),
    ({"entities": {"calls": {"model": "res.users"}}}, "entities.calls.model: 'res.users'"),
    ({"entities": {"calls": {"match": ["email"]}}}, "entities.calls.match: unknown key"),
    ({"entities": {"calls": {"columns": {"@x": []}}}}, "entities.calls.columns.@x: unknown"),
    ({"entities": {"calls": {"columns": {"note": 3}}}}, "entities.calls.columns.note: expected"),
    ({"entities": {"calls": {"columns": ["note"]}}}, "entities.calls.columns: expected an object"),
    ({"entities": {"calls": {"values": {"x": {}}}}}, "entities.calls.values.x: there is no such"),
    (
        {"entities": {"calls": {"values": {"@status": {"Held": 3}}}}},
        "entities.calls.values.@status.Held: expected a text, an object of fields or null",
    ),
    ({"entities": {"accounts": {"match": ["vat"]}}}, "entities.accounts.match: 'vat' is no field"),
    ({"entities": {"accounts": {"rest": 1}}}, "entities.accounts.rest: expected a text"),
    ({"entities": {"accounts": {"ignore": {}}}}, "entities.accounts.ignore: expected a list"),
    ({"common": {"columns": []}}, "common.columns: expected an object"),
    ({"common": {"ignore": 1}}, "common.ignore: expected a list"),
    ({"own_currency": 3}, "own_currency: expected a list"),
    ({"encoding": 8}, "encoding: expected a text"),
    ({"encoding": "utf-99"}, "encoding: 'utf-99'"),
    ({"delimiter": ",,"}, "delimiter: ',,'"),
]


class TestMapping(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "mapping.json"

    def mapping(self, content):
        self.path.write_text(json.dumps(content), encoding="utf-8")
        return ImportMapping.from_file(self.path)

    def test_default_is_complete(self):
        mapping = ImportMapping.from_file()
        self.assertEqual(tuple(mapping.entities), ENTITIES)
        for entity in mapping.entities.values():
            self.assertIn("@id", entity.columns)
            self.assertTrue(entity.files and entity.rest)
        self.assertEqual(mapping.entities["opportunities"].label, "opportunity")
        cases = mapping.entities["cases"]
        self.assertEqual((cases.model, cases.constants["kind"]), ("customer.interaction", "other"))

    def test_own_entries_go_over_the_default(self):
        status = {"Done by fax": {"outcome": "done"}, "Held": None}
        mapping = self.mapping({"entities": {"calls": {"values": {"@status": status}}}})
        found = mapping.entities["calls"].values["@status"]
        self.assertEqual(found["donebyfax"], {"outcome": "done"})
        self.assertIsNone(found["held"])
        self.assertEqual(found["planned"], "@planned", "the rest is as in the default")
        headings = {"subject": "Topic", "@user": None}
        mapping = self.mapping({"entities": {"calls": {"columns": headings}}})
        self.assertEqual(mapping.entities["calls"].columns["subject"], ("Topic",))
        self.assertEqual(mapping.entities["calls"].columns["@user"], ())

    def test_merging_leaves_its_sources_alone(self):
        base = {"a": {"b": 1, "c": 2}, "d": {"e": 1}, "l": [1]}
        self.assertEqual(
            merged(base, {"a": {"c": 3}, "d": {}, "l": [2]}),
            {"a": {"b": 1, "c": 3}, "d": {}, "l": [2]},
        )
        self.assertEqual(base, {"a": {"b": 1, "c": 2}, "d": {"e": 1}, "l": [1]})

    def test_every_error_names_the_key(self):
        for content, words in WRONG:
            with self.subTest(words), self.assertRaises(InvalidInput) as caught:
                self.mapping(content)
            self.assertIn(words, str(caught.exception))
            self.assertIn(str(self.path), str(caught.exception))

    def test_unreadable_files(self):
        for text in ("{", "[1]", "\udcff"):
            self.path.write_bytes(text.encode("utf-8", "surrogateescape"))
            with self.assertRaises(InvalidInput):
                ImportMapping.from_file(self.path)
        with self.assertRaisesRegex(InvalidInput, "cannot read the mapping"):
            ImportMapping.from_file(self.path / "nowhere")

    def test_the_written_default_is_a_mapping(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = command_line.main(["import-crm", "--write-mapping", str(self.path)])
        self.assertEqual(code, 0)
        self.assertEqual(self.path.read_text(encoding="utf-8"), DEFAULT.read_text("utf-8"))
        self.assertEqual(ImportMapping.from_file(self.path), ImportMapping.from_file())


class TestCommand(unittest.TestCase):
    def run_command(self, *arguments):
        said = io.StringIO()
        with mock.patch.dict(os.environ, {}, clear=True), contextlib.redirect_stderr(said):
            code = command_line.main(["import-crm", *arguments])
        return code, said.getvalue()

    def test_wrong_use_is_told_before_anything_is_sent(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "Accounts.csv").write_text("ID,Name\n1,a\n")
            for arguments, words in (
                ([], "which folder?"),
                ([folder, "--batch", "0"], "--batch: at least 1"),
                ([folder, "--mapping", "nowhere.json"], "cannot read the mapping nowhere.json"),
                ([folder, "--yes"], "which database?"),
                ([folder], "run the same command with --yes"),
                (["--write-mapping", folder], "cannot write"),
            ):
                code, said = self.run_command(*arguments)
                self.assertEqual(code, 1)
                self.assertIn(words, said)
                self.assertNotIn("Traceback", said)
