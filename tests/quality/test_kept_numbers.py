from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..complaint.common import ComplaintCommon
from ..tools.audit import ROLES

# What is only ever added to: corrections are rows of their own.
LEDGERS = (
    *("customer.tier.change", "customer.profile.snapshot", "customer.profile"),
    *("customer.feedback", "customer.feedback.line", "customer.call", "customer.benefit.grant"),
    *("customer.complaint.deadline", "customer.complaint.pause"),
)
SCORES = ("customer.profile", "customer.profile.snapshot", "customer.tier.change")
VALUES = {
    **dict.fromkeys(("char", "text", "html"), "forged"),
    **dict.fromkeys(("integer", "float", "monetary"), 888),
    **{"date": "2001-01-01", "datetime": "2001-01-01 00:00:00", "boolean": True, "json": {"a": 1}},
    **{"many2one": 1, "one2many": [[0, 0, {}]], "many2many": [[4, 1, 0]]},
}
REFUSED = (AccessError, UserError)


@tagged("post_install", "-at_install")
class TestKeptNumbers(ComplaintCommon):
    """Nobody writes a score, a tier or a ledger, whatever way and however mighty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            name: new_test_user(cls.env, f"kept {name}", groups)
            for name, groups in ROLES.items()
            if groups
        }
        cls.roles["public"] = cls.env.ref("base.public_user")
        cls.roles["everything"] = cls.env.ref("base.user_admin")
        cls.roles["portal"].partner_id.parent_id = cls.customer
        cls.roles["everything"].group_ids |= cls.manager.group_ids | cls.accountant.group_ids
        cls._invoice(cls.customer, "2026-05-01", 100)
        cls._run_nightly()
        cls.standard = cls.env["customer.service.standard"].create(
            {"name": "Fast", "first_response_hours": 4, "company_id": cls.company.id}
        )
        answer = {"rating": 4}
        cls.feedback = cls.env["customer.feedback"]._register_answer(
            cls.company, cls.customer, "rating", answer
        )
        cls.rows = {name: cls._make(name) for name in LEDGERS}
        cls.env.flush_all()

    @classmethod
    def _make(cls, name):
        """Return the newest row of a ledger, made by hand where the setting makes none."""
        found = cls.env[name].search([], limit=1)
        if found:
            return found
        own = {"company_id": cls.company.id, "partner_id": cls.customer.id}
        complaint = cls._complain()
        rows = {
            "customer.tier.change": {**own, "date": "2026-01-01", "reason": "upgrade"},
            "customer.benefit.grant": {
                **{**own, "date": "2026-01-01", "reason": "tier"},
                **{"kind": "credit_limit", "new_value": 5, "state": "granted"},
            },
            "customer.profile.snapshot": {
                **own,
                "currency_id": cls.company.currency_id.id,
                "date": "2026-01-31",
            },
            "customer.feedback.line": {
                "feedback_id": cls.feedback.id,
                "factor_id": cls.env["customer.feedback.factor"].search([], limit=1).id,
                **{"expectation": 4, "perception": 3},
            },
            "customer.call": {"company_id": cls.company.id, "call_id": "1", "direction": "in"},
            "customer.complaint.deadline": {
                "complaint_id": complaint.id,
                "standard_id": cls.standard.id,
                **{"kind": "solution", "start_date": "2026-01-01 00:00:00"},
            },
            "customer.complaint.pause": {
                "complaint_id": complaint.id,
                "start_date": "2026-01-01 00:00:00",
            },
        }
        return cls.env[name].create(rows[name])

    def _read_row(self, record):
        self.env.flush_all()
        query = SQL("SELECT t.* FROM %s t WHERE id = %s", SQL.identifier(record._table), record.id)
        self.env.cr.execute(query)
        return self.env.cr.fetchall()

    def _is_refused(self, user, model, method, *args):
        """Call as over RPC; whether an error says no."""
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint() as savepoint:
                call_kw(self.env(user=user.id, su=False)[model], method, list(args), {})
                self.env.flush_all()
                savepoint.rollback()
        except REFUSED:
            return True
        return False

    def test_ledgers_are_only_added_to(self):
        """B21: each ledger × each role × each way to change, add or take away a row."""
        self.assertGreaterEqual(len(self.roles), 10)
        tried, done = 0, []
        for name, record in self.rows.items():
            before = self._read_row(record)
            field = next(
                one
                for one in record._fields.values()
                if one.store
                and one.type in ("char", "date", "datetime", "selection", "integer")
                and one.name not in MAGIC_COLUMNS
            )
            value = VALUES.get(field.type) or field.get_values(self.env)[-1]
            vals = {field.name: value}
            for role, user in self.roles.items():
                for method, args in (
                    ("write", [record.ids, vals]),
                    ("web_save", [record.ids, vals, {}]),
                    ("unlink", [record.ids]),
                    ("create", [[vals]]),
                    ("copy", [record.ids]),
                ):
                    tried += 1
                    if not self._is_refused(user, name, method, *args):
                        done.append((name, role, method))
            self.assertEqual(self._read_row(record), before, name)
        self.assertEqual(done, [])
        self.assertGreaterEqual(tried, len(LEDGERS) * 10 * 5)

    def test_cost_of_a_posted_line_is_no_ones_to_change(self):
        line = self.env["account.move.line"].search([("customer_cost", "!=", False)], limit=1)
        for role, user in self.roles.items():
            for vals in ({"customer_cost": 1}, {"customer_cost_source": "cogs"}):
                self.assertTrue(self._is_refused(user, line._name, "write", line.ids, vals), role)

    def _get_score_fields(self):
        """Yield (model, field) of every score, tier and number that is stored for a customer."""
        for name in (*SCORES, "res.partner"):
            for field in self.env[name]._fields.values():
                is_ours = set(field._modules) == {"customer_value"} or name != "res.partner"
                if is_ours and field.store and field.name not in (*MAGIC_COLUMNS, "display_name"):
                    if name != "res.partner" or field.readonly:
                        yield name, field

    def test_no_score_is_written_along(self):
        """B08: by write, create, import and every x2many that leads there."""
        writers = {
            role: self.roles[role] for role in ("purchase", "all sales", "portal", "service")
        }
        tried, done = 0, []
        before = {name: self._read_row(self.rows[name]) for name in SCORES}
        for name, field in self._get_score_fields():
            record = self.rows.get(name) or self.customer
            value = VALUES.get(field.type) or field.get_values(self.env)[-1]
            vals = {field.name: value}
            calls = [
                (name, "write", [record.ids, vals]),
                (name, "create", [[{"name": "New", **vals} if name == "res.partner" else vals]]),
                *self._get_links(record, vals),
            ]
            for role, user in writers.items():
                for model, method, args in calls:
                    tried += 1
                    if not self._is_refused(user, model, method, *args):
                        done.append((role, model, method, field.name))
                tried += 1
                if self._imports(user, name, record, field.name):
                    done.append((role, name, "load", field.name))
        self.assertEqual({name: self._read_row(self.rows[name]) for name in SCORES}, before)
        self.assertEqual(done, [])
        self.assertGreater(tried, 2000)

    def _get_links(self, record, vals):
        """Yield calls that would write a row through a field of another model."""
        if record._name == "customer.profile":
            customer, tier = self.customer, self.env["customer.tier"].search([], limit=1)
            given = [
                Command.update(record.id, vals),
                Command.create(vals),
                Command.delete(record.id),
            ]
            yield "res.partner", "write", [customer.ids, {"customer_profile_ids": given[:1]}]
            yield "customer.tier", "write", [tier.ids, {"profile_ids": given[:1]}]
            if "tier_id" in vals:
                for command in (*given[1:], Command.set([])):
                    values = {"customer_profile_ids": [command]}
                    yield "res.partner", "write", [customer.ids, values]
                for command in given:
                    values = {"name": "New", "customer_profile_ids": [command]}
                    yield "res.partner", "create", [[values]]

    def _imports(self, user, name, record, field):
        """Whether an import of a file changes or adds a row."""
        model = self.env(user=user.id, su=False)[name]
        try:
            with self.env.cr.savepoint() as savepoint:
                found = model.load([".id", field], [[str(record.id), "888"]])
                savepoint.rollback()
        except REFUSED:
            return False
        return bool(found["ids"])
