import json
from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL

from ...models.privacy.personal_text import ADDRESSES, DELETED, MENTIONS, TECHNICAL, THEIRS
from ..complaint.common import ComplaintCommon

PEOPLE = 50


@tagged("post_install", "-at_install")
class TestPrivacy(ComplaintCommon, HttpCase):
    """A person is found, handed out and erased in every column that can hold one."""

    def _our_models(self):
        for name, model in sorted(self.env.items()):
            is_ours = model._original_module == "customer_value"
            if is_ours and not model._abstract and model._auto:
                yield name, model

    def test_every_text_column_is_decided_upon(self):
        """A new column: add it to one of the lists in models/privacy/personal_text.py."""
        lists = (THEIRS, MENTIONS, TECHNICAL)
        for name, model in self._our_models():
            known = [column for one in lists for column in one.get(name, ())]
            self.assertEqual(len(known), len(set(known)), f"{name}: in two lists")
            columns = {
                field.name
                for field in model._fields.values()
                if field.store and field.type in ("char", "text", "html", "json", "binary")
            }
            if not model._transient and name not in DELETED:
                self.assertEqual(columns, set(known), name)
        for name, columns in ADDRESSES.items():
            self.assertLessEqual(columns, THEIRS[name])

    def _seed(self, number):
        """Have somebody in as many places as a person can come into; return name and address."""
        name, email = f"Zara{number} Qobadi{number}", f"zara{number}@qobadi.example"
        phone = f"+1 202 555 {number:04d}"
        company = self.env["res.partner"].create({"name": f"Firm {number}", "is_company": True})
        person = self.env["res.partner"].create(
            {"name": name, "email": email, "phone": phone, "parent_id": company.id}
        )
        said = f"I am {name} ({email}, {phone})"
        complaint = self.env["customer.complaint"].create(
            {
                "subject": said,
                "description": f"<p>{said}</p>",
                "partner_id": person.id,
                "email_from": f"{name} <{email}>",
                "root_cause": said,
                "preventive_action": said,
            }
        )
        complaint.resolution = said
        complaint.message_post(body=said, message_type="comment", author_id=person.id)
        unknown = {"subject": said, "email_from": f'"{name}" <{email}>'}
        self.env["customer.complaint"].create(unknown)
        interactions = self.env["customer.interaction"]
        interactions.create({"subject": said, "note": said, "address": email})
        interactions.create({"subject": said, "address": phone})
        interactions.create(
            {
                "subject": f"With {name}",
                "partner_id": self.customer.id,
                "participant_ids": [(4, person.id)],
            }
        )
        self.env["customer.mail.left.out"].create(
            {
                "reason": "loop",
                "date": "2026-06-15",
                "email_from": email,
                "email_to": email,
                "subject": said,
                "preview": said,
                "company_id": self.company.id,
                "res_model": "customer.complaint",
                "request_key": f"left:{number}",
            }
        )
        self.env["customer.call"].create(
            {
                "company_id": self.company.id,
                "call_id": f"call-{number}",
                "number": phone,
                "from_number": phone,
                "evidence": {"from": phone, "name": name},
                "partner_id": person.id,
            }
        )
        answer = {"rating": 1, "nps": None, "levels": {}, "comment": said}
        self.env["customer.feedback"]._register_answer(
            self.company, person, "rating", answer, source="agent"
        )
        self.env["customer.interaction.log"].create({"subject": said, "note": said})
        self.env["customer.complaint.tag"].create({"name": f"Known to {name}"})
        return name, email, person

    def _dump(self):
        """Return all our tables as a text, as a dump would have them."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
            " AND table_name LIKE 'customer\\_%'"
        )
        tables = [row[0] for row in self.env.cr.fetchall()]
        parts = []
        for table in tables:
            self.env.cr.execute(SQL("SELECT t::text FROM %s t", SQL.identifier(table)))
            parts += [row[0] for row in self.env.cr.fetchall()]
        return "\n".join(parts)

    def _get_words(self, number):
        return (f"Zara{number} ", f"Qobadi{number}", f"zara{number}@", f"202 555 {number:04d}")

    def test_erasure_leaves_nothing(self):
        people = [self._seed(number) for number in range(100, 100 + PEOPLE)]
        self._drain()
        before = self.env["customer.interaction"].search_count([])
        dump = self._dump()
        wizards = self.env["privacy.lookup.wizard"]
        for number, (name, email, _person) in enumerate(people, 100):
            for word in self._get_words(number):
                self.assertIn(word, dump)
            if number == 105:
                continue
            wizards.create({"name": name, "email": email}).action_erase_customer_value()
        dump = self._dump()
        for number in range(100, 100 + PEOPLE):
            for word in self._get_words(number):
                if number == 105:
                    self.assertIn(word, dump, "somebody else's")
                else:
                    self.assertNotIn(word, dump)
        self.assertEqual(self.env["customer.interaction"].search_count([]), before)

    def test_messages_beside_our_records_go_too(self):
        name, email, person = self._seed(7)
        complaint = self.env["customer.complaint"].search([("partner_id", "=", person.id)])
        self.env["privacy.lookup.wizard"].create(
            {"name": name, "email": email}
        ).action_erase_customer_value()
        texts = str(complaint.message_ids.mapped("body"))
        texts += str(complaint.message_ids.tracking_value_ids.read())
        self.assertNotIn("Qobadi", texts)
        self.assertEqual(complaint.partner_id, person.parent_id)
        person.unlink()  # nothing of ours holds the contact any more

    def test_look_up_lists_every_row_and_each_can_be_erased(self):
        name, email, person = self._seed(8)
        wizard = self.env["privacy.lookup.wizard"].create({"name": name, "email": email})
        wizard.action_lookup()
        lines = wizard.line_ids.filtered(lambda line: line._is_customer_value())
        found = {(line.res_model, line.res_id) for line in lines}
        self.assertEqual(len(found), len(lines))
        for model in (
            *("customer.call", "customer.complaint", "customer.feedback", "customer.interaction"),
            *("customer.mail.left.out", "customer.phone.number", "customer.interaction.log"),
            "customer.complaint.tag",
        ):
            self.assertIn(model, {model for model, _id in found})
        for one in self.env["customer.interaction"].search([("subject", "ilike", "Qobadi8")]):
            self.assertIn((one._name, one.id), found)
        content = json.loads(self.env["customer.privacy"]._export_person(name, email))
        self.assertEqual({(m, row["id"]) for m, rows in content.items() for row in rows}, found)
        lines.action_unlink_all()
        dump = self._dump()
        for word in self._get_words(8):
            self.assertNotIn(word, dump)

    # === WHAT NAMES SOMEBODY ONLY BESIDE A RECORD ===

    def _get_others(self):
        """Return records about another customer that name Zara beside them only: case -> one."""
        person = self.env["res.partner"].create(
            {"name": "Zara Qobadi", "email": "zara@qobadi.example", "phone": "+1 202 555 0147"}
        )
        model = self.env["customer.complaint"].with_context(tracking_disable=False)
        cases = ("said", "named", "file", "activity", "tracked", "nothing")
        own = {"partner_id": self.customer.id}
        others = {name: model.create({**own, "subject": f"Case {name}"}) for name in cases}
        others["said"].message_post(body="Me too", author_id=person.id, message_type="comment")
        others["named"].message_post(body="Spoke to ZARA Qobadi", message_type="comment")
        self.env["ir.attachment"].create(
            {"name": "Zara Qobadi.txt", "raw": b"x", "res_model": model._name}
            | {"res_id": others["file"].id}
        )
        others["activity"].activity_schedule(summary="Ring (202) 555-0147", user_id=self.env.uid)
        others["nothing"].message_post(body="Spoke to Qobadi", message_type="comment")
        others["tracked"].partner_id = person
        self.env.flush_all()
        self.env.cr.precommit.run()
        others["tracked"].partner_id = self.customer
        self.env.flush_all()
        self.env.cr.precommit.run()
        return others

    def _get_beside(self, record):
        """Return all texts beside a record."""
        record.invalidate_recordset()
        files = self.env["ir.attachment"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
        activities = record.activity_ids.mapped(lambda one: f"{one.summary} {one.note}")
        tracked = record.message_ids.sudo().tracking_value_ids
        texts = [*record.message_ids.mapped("body"), *files.mapped("name"), *activities]
        return " ".join(map(str, [*texts, tracked.read(), record.message_ids.mapped("author_id")]))

    def test_who_is_named_beside_a_record_only_is_found_handed_out_and_erased(self):
        others = self._get_others()
        self.assertIn("Zara", self._get_beside(others["tracked"]))
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": "Zara Qobadi", "email": "zara@qobadi.example"}
        )
        wizard.action_lookup()
        found = wizard.line_ids.filtered(lambda line: line.res_model == "customer.complaint")
        named = {case: record.id for case, record in others.items() if case != "nothing"}
        self.assertEqual(set(found.mapped("res_id")), set(named.values()))
        content = self.env["customer.privacy"]._export_person(wizard.name, wizard.email)
        rows = {row["id"]: row for row in json.loads(content)["customer.complaint"]}
        self.assertIn("Me too", str(rows[named["said"]]["messages"]))
        self.assertIn("Spoke to ZARA", str(rows[named["named"]]["messages"]))
        wizard.action_erase_customer_value()
        for record in others.values():
            for word in ("Zara", "ZARA", "555-0147", "Me too"):
                self.assertNotIn(word, self._get_beside(record), record.subject)
            self.assertEqual(record.customer_id, self.customer)
        self.assertIn("Spoke to Qobadi", self._get_beside(others["nothing"]))

    def test_words_within_words_stay(self):
        self.env["res.partner"].create({"name": "Ana", "email": "ana@x.example"})
        kept = self.env["customer.interaction"].create(
            {"subject": "Banana for Anabel and ANA", "partner_id": self.customer.id}
        )
        self.env["privacy.lookup.wizard"].create(
            {"name": "Ana", "email": "ana@x.example"}
        ).action_erase_customer_value()
        kept.invalidate_recordset()
        self.assertEqual(kept.subject, "Banana for Anabel and ***")

    def test_only_administrators_erase(self):
        wizard = self.env["privacy.lookup.wizard"].create({"name": "x", "email": "x@x.example"})
        for user in (self.manager, self.service):
            with self.assertRaises(AccessError):
                wizard.with_user(user).action_erase_customer_value()

    # === LOGS ===

    def test_failed_statements_tell_nothing(self):
        secret = "Zara says the desk is broken"
        complaints = self.env["customer.complaint"].with_user(self.service)
        values = {"subject": secret, "description": secret, "partner_id": self.contact.id}
        faults = (
            {"hours": -1},
            {"request_key": "twice"},
            {"subject": "Zara\x00"},
            {"close_date": "2000-01-01 00:00:00"},
        )
        with self.assertLogs("odoo.sql_db", "INFO") as logs:
            for fault in faults:
                with suppress(Exception), self.env.cr.savepoint():
                    for _time in range(2):
                        complaints.sudo().create({**values, **fault})
                        self.env.flush_all()
                self.env.invalidate_all(flush=False)
        told = "\n".join(logs.output)
        self.assertIn("values left out", told)
        self.assertNotIn("Zara", told)

    def test_portal_form_sent_twice_logs_nothing(self):
        self.env["res.lang"]._activate_lang("en_US")
        portal = new_test_user(self.env, login="pari", groups="base.group_portal", lang="en_US")
        portal.partner_id.parent_id = self.customer
        complaints = self.env["customer.complaint"].sudo()
        given = {"subject": "Zara's desk", "description": "Zara says", "key": "one"}
        with self.assertNoLogs("odoo.sql_db", "WARNING"):
            for _time in range(2):
                complaints._create_from_portal(portal.partner_id, self.company, given, [])
        self.assertEqual(complaints.search_count([("subject", "=", "Zara's desk")]), 1)
