from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .gate_common import LINKS, SECRET, GateCommon

# Models whose records users make or change, without links that could tell anything.
NO_GATE = {
    # own fields of theirs only; nothing is made of them with other rights
}


@tagged("post_install", "-at_install")
class TestGate(GateCommon):
    """Whatever id a user names: nothing comes out that is not theirs, nor their customer's."""

    def _get_writable_models(self):
        """Return our models that somebody may create or change records of."""
        access = self.env["ir.model.access"].search(
            [("model_id.model", "=like", "customer.%"), ("active", "=", True)]
        )
        access = access.filtered(lambda line: line.perm_create or line.perm_write)
        return sorted(set(access.model_id.mapped("model")))

    def test_every_model_users_write_has_the_gate(self):
        gate = self.env.registry["customer.gate.mixin"]
        for name in self._get_writable_models():
            with self.subTest(model=name):
                self.assertIsInstance(self.env[name], gate)

    def test_forms_tell_nothing_of_what_is_named(self):
        """Every link of every model, in every form an id can have, first and later calls."""
        tried, told = 0, []
        for name in self._get_writable_models():
            model = self.env[name]
            specification = self._get_specification(model)
            for field in model._fields.values():
                if field.type not in LINKS or field.name not in specification:
                    continue
                for values in self._get_attempts(field):
                    for user in (self.clerk, self.service, self.manager):
                        tried += 1
                        told += self._find_told(user, name, field.name, values, specification)
        self.assertEqual(told, [])
        self.assertGreater(tried, 300)

    def _find_told(self, user, model, field, values, specification):
        """Return the calls of a form that tell a secret, with the fields that do."""
        calls = (
            (values, [field], {}),
            (values, [], {}),
            ({}, [], {f"default_{key}": value for key, value in values.items()}),
        )
        told = []
        for given, names, context in calls:
            answer = self._try_rpc(
                user, model, "onchange", [], given, names, specification, context=context
            )
            if SECRET in str(answer):
                told.append((user.login, model, given, context, self._get_tellers(answer)))
        return told

    @staticmethod
    def _get_tellers(answer):
        if not isinstance(answer, dict):
            return answer
        return [name for name, value in answer.get("value", {}).items() if SECRET in str(value)]

    def _get_attempts(self, field):
        """Return values that name a secret record through a field."""
        if field.type in ("reference", "many2one_reference"):
            names = ("account.move", "res.partner", "crm.lead", "customer.interaction")
            for name in names:
                id_ = self.secrets[name].id
                if field.type == "reference":
                    yield {field.name: f"{name},{id_}"}
                    yield {field.name: f"{name}, +0_{id_}"}  # Python takes it for a number
                else:
                    yield {field.name: id_, field.model_field: name}
            return
        secret = self.secrets.get(field.comodel_name)
        if secret is None:
            return
        if field.type == "many2one":
            yield {field.name: secret.id}
            yield {field.name: {"id": secret.id}}
        else:
            yield {field.name: [[Command.LINK, secret.id, 0]]}
            yield {field.name: [[Command.SET, 0, secret.ids]]}
            yield {field.name: [[Command.LINK, str(secret.id), 0]]}
            yield {field.name: [[Command.UPDATE, secret.id, {}]]}

    def test_windows_tell_nothing_of_what_they_are_opened_on(self):
        """The context says what a window is opened on, and anybody can say anything there."""
        told = []
        for name in self._get_writable_models():
            model = self.env[name]
            if not model._transient:
                continue
            specification = self._get_specification(model)
            for secret in self.secrets.values():
                context = {"active_model": secret._name, "active_ids": secret.ids}
                context |= {"active_id": secret.id}
                for user in (self.clerk, self.service, self.manager):
                    ask = (user, name, "onchange", [], {}, [], specification)
                    answer = self._try_rpc(*ask, context=context)
                    if SECRET in str(answer):
                        told.append((user.login, name, secret._name, self._get_tellers(answer)))
        self.assertEqual(told, [])

    def test_log_tells_nothing_of_its_documents(self):
        specification = self._get_specification(self.env["customer.interaction.log"])
        for model in ("account.move", "res.partner", "crm.lead", "customer.interaction"):
            values = {"document_model": model, "document_ids": self.secrets[model].ids}
            for user in (self.clerk, self.manager):
                for names in ([], ["document_ids"]):
                    answer = self._try_rpc(
                        user,
                        "customer.interaction.log",
                        "onchange",
                        [],
                        values,
                        names,
                        specification,
                    )
                    self.assertNotIn(SECRET, str(answer))

    def test_exports_and_nested_reads(self):
        """A way from a complaint through its documents ends where the user's rights do."""
        self.order._portal_ensure_token()
        self.complaint.write({"order_line_id": self.order.order_line[0].id})
        token = self.order.access_token
        nested = {"fields": {"order_id": {"fields": {"access_token": {}}}}}
        for method, args in (
            ("export_data", (["order_line_id/order_id/access_token"],)),
            ("web_read", ({"order_line_id": nested},)),
            ("read", (["order_line_id.order_id.access_token"],)),
        ):
            answer = self._try_rpc(
                self.clerk, "customer.complaint", method, self.complaint.ids, *args
            )
            self.assertNotIn(token, str(answer))

    def test_rpc_links_nothing_of_others(self):
        """Not even what is missing beside the link is told before it is refused."""
        linked = []
        for name in self._get_writable_models():
            model = self.env[name]
            for field in model._fields.values():
                secret = self.secrets.get(field.comodel_name) if field.relational else None
                if secret is None or not (field.store or field.inverse):
                    continue
                for values in self._get_attempts(field):
                    for user in (self.clerk, self.service, self.manager):
                        answer = self._try_rpc(user, name, "create", values)
                        if SECRET in str(answer) or not isinstance(answer, str):
                            linked.append((user.login, name, values, answer))
        self.assertEqual(linked, [])

    def test_order_line_of_nobody(self):
        """Without a customer, a complaint may name only what the user may read."""
        line = self._order(self.other_customer).order_line
        values = {"subject": "Late", "order_line_id": line.id}
        for user in (self.clerk, self.own_salesperson):
            with self._refused(AccessError, "you may not use it"):
                self._rpc(user, "customer.complaint", "create", values)
            answer = self._rpc(
                user,
                "customer.complaint",
                "onchange",
                [],
                values,
                ["order_line_id"],
                {"product_id": {"fields": {"display_name": {}}}},
            )
            self.assertFalse(answer["value"].get("product_id"))
        found = self._rpc(self.manager, "customer.complaint", "create", values)
        self.assertEqual(self.env["customer.complaint"].browse(found).product_id, self.product)

    def test_documents_of_the_customer(self):
        """Who has no right on documents may still name the customer's own, and no others."""
        complaint = self.complaint.with_user(self.clerk)
        complaint.write({"order_line_id": self.order.order_line[0].id})
        complaint.write({"picking_id": self.picking.id})
        foreign = self._order(self.other_customer)
        bill = self._invoice(self.other_customer, "2026-01-05", 50)
        draft = self._create_move(self.customer, "2026-01-05", 50)
        for field, document in (
            ("order_line_id", foreign.order_line),
            ("picking_id", foreign.picking_ids),
            ("invoice_line_id", bill.invoice_line_ids),
            ("invoice_line_id", draft.invoice_line_ids),
            ("invoice_line_id", self.invoice.line_ids - self.invoice.invoice_line_ids),
        ):
            for id_ in (document[:1].id, 2**31 - 1):  # there or not: the same words
                with self._refused(ValidationError, "choose a document of the customer"):
                    complaint.write({field: id_})

    def test_resolution_proposes_of_the_customer_only(self):
        """Prices, names and quantities of any document were a form away."""
        bill = self._invoice(self.other_customer, "2026-01-05", 4321, move_type="in_invoice")
        entry = self.env["account.move"].create({"move_type": "entry", "ref": "Salaries"})
        other = self._invoice(self.other_customer, "2026-01-05", 4321)
        draft = self._create_move(self.customer, "2026-01-05", 4321)
        own = self._rpc_lines("credit", invoice_id=self.invoice.id)
        self.assertIn("100", str(own))
        for move in (bill, entry, other, draft, self.secrets["account.move"]):
            told = self._rpc_lines("credit", invoice_id=move.id)
            self.assertNotIn("4321", str(told))
            self.assertNotIn("777", str(told))
            with self._refused(AccessError, "you may not use it"):
                self._rpc(
                    self.clerk,
                    "customer.complaint.resolution",
                    "create",
                    {"complaint_id": self.complaint.id, "kind": "credit", "invoice_id": move.id},
                )
        sent = self._order(self.other_customer).picking_ids
        self.assertFalse(self._rpc_lines("return", picking_id=sent.id))
        self.assertTrue(self._rpc_lines("return", picking_id=self.picking.id))
        theirs = self.secrets["customer.complaint"]
        told = self._rpc_form({"complaint_id": theirs.id, "kind": "credit"})
        self.assertFalse(told.get("customer_id"))

    def _rpc_form(self, values, user=None):
        resolutions = self.env["customer.complaint.resolution"]
        specification = self._get_specification(resolutions)
        lines = self._get_specification(resolutions.line_ids)
        specification["line_ids"] = {"fields": lines}
        answer = self._rpc(
            user or self.clerk, resolutions._name, "onchange", [], values, [], specification
        )
        return answer["value"]

    def _rpc_lines(self, kind, **values):
        form = self._rpc_form({"complaint_id": self.complaint.id, "kind": kind, **values})
        return [line for line in form.get("line_ids", ()) if line[0] == Command.CREATE]

    def test_lines_name_lines_of_their_document(self):
        other = self._invoice(self.other_customer, "2026-01-05", 4321)
        credit = self._ask_for(self.complaint.with_user(self.clerk), "credit")
        lines = credit.line_ids
        with self._refused(AccessError, "you may not use it"):
            lines[0].invoice_line_id = other.invoice_line_ids
        with self._refused(AccessError, "you may not use it"):
            lines.create({"resolution_id": credit.id, "invoice_line_id": other.invoice_line_ids.id})
        with self._refused(AccessError, "you may not use it"):
            lines[0].move_id = self._order(self.other_customer).picking_ids.move_ids
        second = self._invoice(self.customer, "2026-01-05", 50)
        mixed = self._ask_for(self.complaint.with_user(self.manager), "credit")
        mixed.line_ids[0].invoice_line_id = second.invoice_line_ids
        with self._refused(UserError, "not on the invoice"):
            mixed.action_confirm()

    def test_clerks_work_on(self):
        """The form of a clerk, with what it proposes, can be saved as the web client does."""
        form = self._rpc_form({"complaint_id": self.complaint.id, "kind": "credit"})
        lines = [
            [
                Command.CREATE,
                f"virtual_{number}",
                {
                    "invoice_line_id": line[2]["invoice_line_id"]["id"],
                    "product_id": line[2]["product_id"]["id"],
                    "quantity": 1,
                    "price_unit": 10,
                },
            ]
            for number, line in enumerate(form["line_ids"])
            if line[0] == Command.CREATE
        ]
        values = {"complaint_id": self.complaint.id, "kind": "credit", "line_ids": lines}
        created = self._rpc(self.clerk, "customer.complaint.resolution", "create", values)
        resolution = self.env["customer.complaint.resolution"].browse(created)
        self.assertEqual(resolution.invoice_id, self.invoice)
        self.assertEqual(resolution.amount, 10 * len(lines))

    def test_a_link_that_is_there_may_stay(self):
        """Whoever edits a complaint sends the documents along that somebody else has named."""
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": self.product.id})
        self.complaint.sudo().lot_id = lot
        self.complaint.with_user(self.clerk).write({"lot_id": lot.id, "subject": "Late"})
        self.assertEqual(self.complaint.subject, "Late")

    def test_tier_wizard_tells_only_own_companies(self):
        profile = self.secrets["customer.profile"]
        specification = self._get_specification(self.env["customer.tier.override"])
        for values, context in (
            ({"profile_id": profile.id}, {}),
            ({}, {"default_profile_id": profile.id}),
            ({}, {"active_model": "customer.profile", "active_id": profile.id}),
        ):
            for method, args in (
                ("onchange", ([], values, list(values), specification)),
                ("create", ({**values, "reason": "x", "until_date": "2030-01-01"},)),
            ):
                answer = self._try_rpc(
                    self.manager, "customer.tier.override", method, *args, context=context
                )
                self.assertNotIn(SECRET, str(answer))

    def test_results_are_linked_by_us_only(self):
        """A credit note linked by hand told its name and state, and counted as given."""
        draft = self._create_move(self.other_customer, "2026-01-05", 50, move_type="out_refund")
        for name, document in (
            ("credit_note_ids", draft),
            ("return_ids", self.picking),
            ("replacement_ids", self.order),
        ):
            for user in (self.clerk, self.manager):
                with self._refused(AccessError, "cannot be entered"):
                    self._rpc(
                        user,
                        "customer.complaint",
                        "write",
                        self.complaint.ids,
                        {name: [[Command.LINK, document.id, 0]]},
                    )

    def test_merging_needs_no_right_on_documents(self):
        replacement = self._ask_for(self.complaint, "replacement")
        replacement.action_confirm()
        other = self._complain()
        order = self.complaint.replacement_ids
        self.env.invalidate_all()
        (self.complaint | other).with_user(self.clerk)._merge_into(other.with_user(self.clerk))
        self.assertEqual(other.replacement_ids, order)
