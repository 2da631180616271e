from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .gate_common import GateCommon

LINKS = ("many2one", "one2many", "many2many")
# What opens something by itself, or is nobody's business: tried wherever it is.
WORTH_KNOWING = ("access_token", "token", "password", "api_key", "signup", "totp", "amount_total")
ADDON = ("customer_value",)
VALUES = {
    **dict.fromkeys(("char", "text", "html"), "a"),
    **dict.fromkeys(("date", "datetime"), "2026-01-01"),
    **{"boolean": True, "json": {"a": 1}, "properties": "a"},
}
REFUSED = (UserError, ValueError, KeyError, NotImplementedError)


@tagged("post_install", "-at_install")
class TestGateDomains(GateCommon):
    """No domain, order or group tells what the user may not read, through whatever link of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api_user = cls._create_user("robo", "customer_value.customer_value_group_api")
        cls.roles = (
            *(cls.employee, cls.clerk, cls.own_salesperson, cls.service, cls.stock_user),
            *(cls.auditor, cls.accountant, cls.portal, cls.api_user),
        )

    def _get_links(self):
        """Return (model, field) of each relation of ours into a model that is not ours."""
        for model in self.env.values():
            if model._abstract or not (model._auto or model._table_query):
                continue
            for field in model._fields.values():
                if (
                    field.type in LINKS
                    and "customer_value" in field._modules
                    and not field.comodel_name.startswith("customer.")
                    and (field.store or field.search)
                ):
                    yield model, field

    def _get_guarded(self, user, comodel):
        """Return the stored fields of a model the user may not read, those worth most first."""
        comodel = self.env(user=user.id, su=False)[comodel]
        has_access = comodel.has_access("read")
        names = [
            name
            for name, field in comodel._fields.items()
            if field.store
            and field.column_type
            and (
                not comodel._has_field_access(field, "read")
                if has_access
                else any(part in name for part in WORTH_KNOWING) or name == "name"
            )
        ]
        return sorted(names, key=lambda name: not any(part in name for part in WORTH_KNOWING))

    def test_no_bypass(self):
        """The one attribute of a field that opens another model's columns to everybody."""
        ours = [
            f"{model._name}.{field.name}"
            for model, field in self._get_links()
            if field.bypass_search_access and field._modules == ADDON and not field.delegate
        ]
        self.assertEqual(ours, [])

    def test_guarded_fields_cannot_be_searched(self):
        tried, answered = 0, []
        guarded = {}
        for model, field in self._get_links():
            for user in self.roles:
                seen = self.env(user=user.id, su=False)[model._name]
                if not seen.has_access("read"):
                    continue
                key = (user, field.comodel_name)
                if key not in guarded:
                    guarded[key] = self._get_guarded(user, field.comodel_name)[:6]
                for name in guarded[key]:
                    tried += 1
                    answered += [
                        (user.login, str(field), name, way)
                        for way in self._find_answered(seen, field.name, name)
                    ]
        self.assertEqual(answered, [])
        self.assertGreater(tried, 500)

    def _find_answered(self, model, link, name):
        """Return the ways to ask for a field through a link that are not refused."""
        path = f"{link}.{name}"
        field = self.env[model._fields[link].comodel_name]._fields[name]
        value = VALUES.get(field.type, 1)
        if field.type == "selection":
            value = field.get_values(self.env)[0]
        ways = {
            "path": lambda: model.search([(path, "=", value)], limit=1),
            "any": lambda: model.search([(link, "any", [(name, "in", [value])])], limit=1),
            "not any": lambda: model.search([(link, "not any", [(name, "=", value)])], limit=1),
            "any!": lambda: model.search([(link, "any!", [(name, "=", value)])], limit=1),
            "order": lambda: model.search([], order=path, limit=1),
            "group": lambda: model.formatted_read_group([], [path], ["__count"]),
            "sum": lambda: model.formatted_read_group([], [], [f"{path}:max"]),
        }
        return [way for way, ask in ways.items() if not self._is_refused(ask)]

    def _is_refused(self, ask):
        try:
            with self.env.cr.savepoint():
                ask()
        except REFUSED:
            return True
        return False

    def test_fields_with_groups_refuse_in_groups(self):
        """Also those that are no column: Odoo asks for no right where it groups by them."""
        tried, answered = 0, []
        for name, model in self.env.items():
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                if field._modules != ADDON or not field.groups or not field.store:
                    continue
                path = f"{field.name}:month" if field.type in ("date", "datetime") else field.name
                for user in self.roles:
                    seen = self.env(user=user.id, su=False)[name]
                    if not seen.has_access("read") or seen._has_field_access(field, "read"):
                        continue
                    tried += 1
                    if not self._is_refused(
                        lambda s=seen, p=path: s.formatted_read_group([], [p], ["__count"])
                    ):
                        answered.append((user.login, str(field)))
        self.assertEqual(answered, [])
        self.assertGreater(tried, 100)
        users = self.env["res.users"].with_user(self.employee)
        with self.assertRaises(AccessError):
            users.formatted_read_group(
                [], ["partner_id.customer_blocked_category_ids"], ["__count"]
            )

    def test_fields_with_groups_refuse_in_domains(self):
        """Those that are searched by a method, not by their column, like all others."""
        answered = []
        for name, model in self.env.items():
            if model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                if field._modules != ADDON or not field.groups or field.store or not field.search:
                    continue
                for user in self.roles:
                    seen = self.env(user=user.id, su=False)[name]
                    if seen._has_field_access(field, "read"):
                        continue
                    value = self.customer.id if field.type in LINKS else 1
                    for operator, given in (("=", value), ("in", [value]), ("!=", False)):
                        domain = [(field.name, operator, given)]
                        if not self._is_refused(lambda s=seen, d=domain: s.search(d, limit=1)):
                            answered.append((user.login, str(field), operator))
        self.assertEqual(answered, [])

    def test_portal_token_of_an_order(self):
        """A token was read letter by letter through the replacement of a complaint."""
        replacement = self._ask_for(self.complaint.with_user(self.manager), "replacement")
        replacement.action_confirm()
        order = self.complaint.replacement_ids
        token = order._portal_ensure_token()
        self.complaint.write({"order_line_id": self.order.order_line[0].id})
        self.order._portal_ensure_token()
        order.user_id = self.manager
        for user in (self.clerk, self.own_salesperson):
            for link in ("replacement_ids", "order_line_id.order_id"):
                found = [
                    self._try_rpc(
                        user,
                        "customer.complaint",
                        "search",
                        [(f"{link}.access_token", "=like", f"{prefix}%")],
                    )
                    for prefix in (token[:3], "zzz")
                ]
                self.assertEqual(found[0], found[1], (user.login, link))

    def test_lists_and_forms_open_without_rights_on_documents(self):
        """Why there was a bypass: who works on complaints need not read orders or invoices."""
        complaint = self.complaint.with_user(self.manager)
        for kind in ("credit", "replacement"):
            self._ask_for(complaint, kind).action_confirm()
        views = [[False, kind] for kind in ("list", "form", "kanban", "pivot", "search")]
        for user in (self.clerk, self.auditor, self.own_salesperson, self.service):
            models = self._rpc(user, "customer.complaint", "get_views", views)["models"]
            shown = {
                name: {"fields": {"display_name": {}}} if kind["type"] == "many2one" else {}
                for name, kind in models["customer.complaint"]["fields"].items()
                if kind["type"] not in ("one2many", "many2many")
            }
            shown.pop("id", None)
            rows = self._rpc(user, "customer.complaint", "web_search_read", [], shown)
            row = next(row for row in rows["records"] if row["id"] == self.complaint.id)
            self.assertEqual((row["credit_note_count"], row["replacement_count"]), (1, 1))
            self.assertTrue(row["outstanding_notice"])
        invoice = self.invoice.with_user(self.accountant)
        self.assertEqual(invoice.customer_complaint_count, 1)
        action = invoice.action_open_complaints()
        complaints = self.env[action["res_model"]].with_user(self.accountant)
        self.assertIn(self.complaint.id, complaints.search(action["domain"]).ids)
        order = self.order.with_user(self.service)
        self.assertEqual(order.customer_complaint_count, 0)
        self.complaint.write({"order_line_id": self.order.order_line[0].id})
        order.invalidate_recordset()
        self.assertEqual(order.customer_complaint_count, 1)

    def test_links_of_other_companies_are_not_followed(self):
        """A rule of the linked model holds inside a domain, too."""
        lead = self.secrets["crm.lead"]
        interaction = self.env["customer.interaction"].create(
            {"subject": "Call", "partner_id": self.contact.id}
        )
        interaction.lead_id = lead
        for prefix in ("Zir", "zzz"):
            domain = [("lead_id.name", "=like", f"{prefix}%"), ("id", "=", interaction.id)]
            self.assertEqual(
                self._rpc(self.own_salesperson, "customer.interaction", "search", domain), []
            )
        self.complaint.write({"resolution_ids": [Command.clear()]})
