from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestCompanies(CustomerValueCommon):
    """Nobody puts a record, or a setting, where they may not be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_company("Rival Ltd", cls.env.ref("base.EUR"))
        cls.somebody = cls._create_user("sami", "customer_value.customer_value_group_user")
        cls.owner = cls._create_user("omid", "customer_value.customer_value_group_manager")
        cls.owner.company_ids = [Command.set((cls.company | cls.other).ids)]

    def _our_models(self):
        for name, model in self.env.items():
            if model._original_module == "customer_value":
                yield name, model

    def _is_written_by_people(self, name):
        rights = self.env["ir.model.access"].search([("model_id.model", "=", name)])
        return any(right.perm_write or right.perm_create for right in rights)

    def test_every_model_people_write_is_bound_to_its_company(self):
        bound = self.env.registry.descendants(["customer.company.mixin"], "_inherit")
        for name, model in self._our_models():
            if model._abstract or model._transient or not self._is_written_by_people(name):
                continue
            self.assertIn(name, bound)

    def test_nothing_is_moved_into_another_company(self):
        """For each kind of record of a company: by whom its company, or what decides it, is set."""
        bound = self.env.registry.descendants(["customer.company.mixin"], "_inherit")
        tried = set()
        for name in sorted(bound - {"customer.company.mixin"}):
            model = self.env[name]
            if "company_id" not in model._fields or model._fields["company_id"].related:
                continue
            record = self._make(name)
            if not record:
                continue
            tried.add(name)
            with self.subTest(model=name):
                self._try_to_move(record, self.other)
        self.assertGreaterEqual(len(tried), 8, tried)

    def _try_to_move(self, record, company):
        mine = record.with_user(self.manager)
        if not mine.has_access("write"):
            self.assertRaises(AccessError, mine.write, {"company_id": company.id})
            return
        with self.assertRaises(UserError), self.env.cr.savepoint():
            mine.write({"company_id": company.id})
            self.env.flush_all()
        record.invalidate_recordset()
        self.assertEqual(record.company_id, self.company)

    def _make(self, name):
        """Return a record of the company with as little in it as the model allows, or None."""
        customer = {"partner_id": self.customer.id, "company_id": self.company.id}
        own = {"company_id": self.company.id}
        values = {
            "customer.complaint": {**customer, "subject": "Scratched"},
            "customer.complaint.team": {**own, "name": "North"},
            "customer.contact.policy": {**own, "max_days": 30},
            "customer.feedback.factor": {**own, "name": "Colour"},
            "customer.intake.channel": {**own, "name": "Post"},
            "customer.interaction": {**customer, "subject": "Called"},
            "customer.interaction.reason": {**own, "name": "Weather"},
            "customer.service.standard": {**own, "name": "Fast", "first_response_hours": 4},
            "customer.tier": {**own, "name": "Iron"},
        }.get(name)
        if values is None:
            return self.env[name].search([("company_id", "=", self.company.id)], limit=1)
        known = self.env[name]._fields
        return self.env[name].create({key: v for key, v in values.items() if key in known})

    def test_resolution_does_not_follow_another_companys_complaint(self):
        complaints = self.env["customer.complaint"]
        mine = complaints.create({"partner_id": self.customer.id, "subject": "Late"})
        theirs = complaints.with_company(self.other).create(
            {"partner_id": self.customer.id, "subject": "Secret", "company_id": self.other.id}
        )
        resolution = self.env["customer.complaint.resolution"].create(
            {"complaint_id": mine.id, "kind": "replacement"}
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            resolution.with_user(self.manager).complaint_id = theirs
            self.env.flush_all()

    def test_settings_of_all_companies_are_for_who_may_enter_all(self):
        stage = self.env["customer.complaint.stage"].search([], limit=1)
        tag = self.env["customer.complaint.tag"].create({"name": "Fragile"})
        reason = self.env["customer.interaction.reason"].create({"name": "Anything"})
        category = self.env["customer.complaint.category"].create({"name": "Anything"})
        for record in (stage, tag, reason, category):
            with self.subTest(model=record._name):
                mine = record.with_user(self.manager)
                self.assertRaises(AccessError, mine.write, {"name": "Mine"})
                self.assertRaises(AccessError, mine.unlink)
                record.with_user(self.owner).name = "Ours"
                self.assertEqual(record.name, "Ours")
        for model in ("stage", "category"):
            records = self.env[f"customer.complaint.{model}"].with_user(self.manager)
            self.assertRaises(AccessError, records.create, {"name": "New"})
        reasons = self.env["customer.interaction.reason"].with_user(self.manager)
        self.assertRaises(AccessError, reasons.create, {"name": "New"})
        own = reasons.create({"name": "New", "company_id": self.company.id})
        self.assertRaises(AccessError, own.write, {"company_id": False})
        self.assertTrue(
            self.env["customer.complaint.tag"].with_user(self.somebody).create({"name": "Blue"})
        )

    def test_only_company_keeps_its_settings_to_itself(self):
        """Where there is one company, its manager changes what is shared as ever."""
        self.env["res.company"].search([("id", "!=", self.company.id)]).active = False
        stage = self.env["customer.complaint.stage"].search([], limit=1)
        stage.with_user(self.manager).name = "Received"
        self.assertEqual(stage.name, "Received")

    def test_windows_of_others_are_closed(self):
        """Every transient model is for who filled it in; a manager is nobody special there."""
        for name, model in self._our_models():
            if not model._transient:
                continue
            rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
            self.assertTrue(
                any("create_uid" in rule.domain_force and not rule.groups for rule in rules), name
            )
        window = self.env["customer.interaction.log"].with_user(self.somebody)
        window = window.create({"subject": "Bankrupt"})
        theirs = window.with_user(self.manager)
        theirs.invalidate_recordset()
        self.assertRaises(AccessError, theirs.read, ["subject"])
        self.assertRaises(AccessError, theirs.write, {"subject": "Rich"})
        self.assertFalse(theirs.search([("subject", "=like", "B%")]))

    def test_windows_know_no_other_company(self):
        for name in ("customer.feedback.ask", "customer.interaction.log", "customer.tier.preview"):
            with self.subTest(model=name), self.assertRaises(UserError):
                windows = self.env[name].with_user(self.manager)
                windows.create({"company_id": self.other.id})
                self.env.flush_all()
