from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .gate_common import GateCommon

OURS = {"customer_value"}
POISON = {
    "boolean": True,
    "char": "poison",
    "text": "poison",
    "html": "<p>poison</p>",
    "integer": 666,
    "float": 6.66,
    "monetary": 6.66,
    "date": "2001-01-01",
    "datetime": "2001-01-01 00:00:00",
    "json": {"poison": 1},
    "many2one": 1,
    "many2one_reference": 1,
}


@tagged("post_install", "-at_install")
class TestGateDefaults(GateCommon):
    """What is computed, journalled or decided takes no default from outside, on any model."""

    def _get_decided(self, model):
        """Return our stored fields of a model that nobody may enter."""
        creatable = {
            line.model_id.model
            for line in self.env["ir.model.access"].search([("perm_create", "=", True)])
        }
        for name, field in model._fields.items():
            if field.store and set(field._modules) == OURS:
                nobodys = model._name.startswith("customer.") and model._name not in creatable
                if field.readonly or nobodys:
                    yield name, field

    def test_defaults_are_ignored(self):
        seen, taken = 0, []
        for name, model in self.env.items():
            if model._abstract or model._transient or not model._auto:
                continue
            fields = dict(self._get_decided(model))
            poison = {
                f"default_{key}": POISON.get(field.type)
                or (field.type == "selection" and field.get_values(self.env)[-1:])
                for key, field in fields.items()
            }
            clean = model.default_get(list(fields))
            again = model.default_get(list(fields))  # some are drawn anew each time
            poisoned = model.with_context(**poison).default_get(list(fields))
            taken += [
                f"{name}.{key}"
                for key, value in poisoned.items()
                if key not in clean
                or (str(value)[:10] != str(clean[key])[:10] and clean[key] == again[key])
            ]
            seen += len(fields)
        self.assertEqual(taken, [])
        self.assertGreater(seen, 250)

    def test_personal_defaults_are_ignored(self):
        self.env["ir.default"].set("customer.complaint", "reopen_count", 9)
        self.env["ir.default"].set("customer.interaction", "request_key", "x")
        self.assertFalse(self._complain().reopen_count)
        values = self.env["customer.interaction"].default_get(["request_key", "kind"])
        self.assertEqual(values, {"kind": "call"})

    def test_cost_of_invoice_lines(self):
        context = {"default_customer_cost": -1_000_000, "default_customer_cost_source": "cogs"}
        line = {"product_id": self.product.id, "quantity": 1, "price_unit": 9}
        move = {
            "move_type": "out_invoice",
            "partner_id": self.customer.id,
            "invoice_line_ids": [[Command.CREATE, 0, line]],
        }
        made = self._rpc(self.accountant, "account.move", "create", move, context=context)
        more = {"invoice_line_ids": [[Command.CREATE, 0, line]]}
        self._rpc(self.accountant, "account.move", "write", [made], more, context=context)
        self._rpc(
            self.accountant,
            "account.move.line",
            "create",
            {**line, "move_id": made},
            context=context,
        )
        lines = self.env["account.move"].browse(made).invoice_line_ids
        self.assertEqual(len(lines), 3)
        self.assertEqual(lines.mapped("customer_cost_source"), [False] * 3)
        self.assertEqual(lines.mapped("customer_cost"), [False] * 3)

    def test_complaints_begin_at_the_beginning(self):
        context = {
            "default_close_date": "2001-01-01 00:00:00",
            "default_first_response_date": "2001-01-01 00:00:00",
            "default_reopen_count": 7,
            "default_is_from_customer": True,
            "default_name": "C/1",
            "default_previous_id": self.complaint.id,
            "default_duplicate_of_id": self.complaint.id,
            "default_credit_note_ids": self.invoice.ids,
        }
        values = {"subject": "Late", "partner_id": self.contact.id}
        id_ = self._rpc(self.service, "customer.complaint", "create", values, context=context)
        made = self.env["customer.complaint"].browse(id_)
        for name in context:
            if name != "default_name":
                self.assertFalse(made[name.removeprefix("default_")], name)
        self.assertNotEqual(made.name, "C/1")

    def test_answers_are_not_forged_by_the_context(self):
        """The wizard records with all rights: what it does not say, the context does not either."""
        context = {
            "default_is_void": True,
            "default_is_low": True,
            "default_closed_loop_percent": 100,
            "default_rating_id": 1,
            "default_res_model": "res.users",
            "default_res_id": 2,
        }
        values = {"kind": "rating", "rating": "4", "partner_id": self.customer.id}
        wizards = "customer.feedback.record"
        id_ = self._rpc(self.service, wizards, "create", values, context=context)
        action = self._rpc(self.service, wizards, "action_save", [id_], context=context)
        answer = self.env["customer.feedback"].browse(action["res_id"])
        self.assertFalse(answer.is_void or answer.is_low or answer.res_model or answer.res_id)
        self.assertEqual(answer.closed_loop_percent, False)

    def test_whose_an_order_was_is_noted_by_us(self):
        for user, record in ((self.service, self.order), (self.stock_user, self.picking)):
            values = {"customer_moved_from_id": self.other_customer.id}
            with self._refused(AccessError, "cannot be entered"):
                self._rpc(user, record._name, "write", record.ids, values)
        id_ = self._rpc(
            self.service,
            "sale.order",
            "create",
            {"partner_id": self.customer.id},
            context={"default_customer_moved_from_id": self.other_customer.id},
        )
        self.assertFalse(self.env["sale.order"].browse(id_).customer_moved_from_id)

    def test_what_mails_become_is_ours_to_say(self):
        """Values for the records mails make are written with all rights."""
        channel = self.env["customer.intake.channel"].create({"name": "Fax", "alias_name": "fax"})
        for record in (self.team, channel):
            for values in (
                {"alias_defaults": f"{{'order_line_id': {self.order.order_line[0].id}}}"},
                {"alias_force_thread_id": self.complaint.id},
                {"alias_model_id": self.env["ir.model"]._get_id("res.partner")},
            ):
                with self._refused(AccessError, "cannot be entered"):
                    self._rpc(self.manager, record._name, "write", record.ids, values)
            values = {"name": "Fax 2", "alias_name": f"mail{record.id}"}
            values["company_id"] = self.company.id
            self._rpc(self.manager, record._name, "create", values)

    def test_whose_a_record_is_follows_from_the_contact(self):
        interaction = self.env["customer.interaction"].create({"partner_id": self.contact.id})
        for record in (self.complaint, interaction):
            for name in ("customer_id", "customer_origin_id"):
                with self._refused(AccessError, "cannot be entered"):
                    values = {name: self.other_customer.id}
                    self._rpc(self.manager, record._name, "write", record.ids, values)

    def test_requests_are_a_journal(self):
        request = self.env["customer.feedback.request"].create(
            {
                "cause": "manual",
                "kind": "rating",
                "company_id": self.company.id,
                "partner_id": self.contact.id,
            }
        )
        for values in (
            {"partner_id": self.other_customer.id},
            {"res_model": "ir.config_parameter", "res_id": 1},
            {"state": "answered"},
            {"earlier_request_id": request.id},
        ):
            with self._refused(AccessError, "cannot be entered"):
                self._rpc(self.manager, request._name, "write", request.ids, values)
        self._rpc(self.manager, request._name, "action_retry", request.ids)
