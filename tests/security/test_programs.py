import json
import xmlrpc.client
from datetime import datetime, timedelta

from odoo.exceptions import AccessDenied, AccessError, UserError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import CustomerValueCommon

EVENTS = "/customer_value/telephony/event"
GROUPS = {
    "api": "customer_value.customer_value_group_api",
    "telephony": "customer_value.customer_value_group_telephony",
}
GUARDED = (
    *("res.partner", "res.users", "res.partner.bank", "ir.attachment", "account.move"),
    *(
        "mail.message",
        "mail.activity",
        "res.company",
        "crm.lead",
        "ir.model",
        "ir.config_parameter",
    ),
    *("res.groups", "res.users.apikeys", "customer.interaction", "customer.call", "hr.employee"),
)
# Their own words for: not like this.
REFUSING = ("account.code.mapping", "account.root", "customer.timeline")
READING = (
    *(("search", [[]]), ("search_read", [[]]), ("search_count", [[]]), ("name_search", [])),
    *(
        ("web_search_read", [[], {"id": {}}]),
        ("formatted_read_group", [[], ["create_uid"], ["__count"]]),
    ),
    *(
        ("web_read_group", [[], ["create_uid"]]),
        ("name_create", ["x"]),
    ),
)


@tagged("post_install", "-at_install")
class TestPrograms(CustomerValueCommon, HttpCase):
    """A key that lies about in another program's settings opens what the program needs, only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users, cls.keys = {}, {}
        for name, group in GROUPS.items():
            cls.users[name] = new_test_user(
                cls.env, name, group, company_id=cls.company.id, lang="en_US"
            )
            cls.keys[name] = cls._make_key(cls.users[name])
        cls.customer.bank_ids = [(0, 0, {"acc_number": "DE12 3456"})]
        cls.file = cls.env["ir.attachment"].create(
            {"name": "Salaries.pdf", "public": True, "raw": b"x"}
        )
        cls.file.copy({"public": False, "res_model": "res.partner", "res_id": cls.customer.id})

    @classmethod
    def _make_key(cls, user, days=1):
        keys = cls.env["res.users.apikeys"].with_user(user)
        return keys._generate(None, "test", datetime.now() + timedelta(days=days))

    def _post(self, name, path, body):
        headers = {"Authorization": f"Bearer {self.keys[name]}", "Content-Type": "application/json"}
        return self.url_open(path, data=json.dumps(body), headers=headers)

    def _surround(self, user):
        """Give a user messages, files and tasks of its own: Odoo shows those to their people."""
        self.customer.message_post(body="Secret", partner_ids=user.partner_id.ids)
        self.customer.activity_schedule(user_id=user.id, summary="Secret")
        self.env["ir.attachment"].with_user(user).sudo().create({"name": "Own", "raw": b"x"})
        self.env.flush_all()

    def test_no_record_can_be_read(self):
        """As any method of Odoo that reads, of every model there is."""
        for user in self.users.values():
            self._surround(user)
            for name, model in self.env.items():
                if model._abstract or model._transient and name != "customer.interaction.log":
                    continue
                self.env.invalidate_all()
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(model.with_user(user).has_access(operation), name)
                readable = self._get_readable(model.with_user(user), READING[:1])
                self.assertFalse(readable, (user.login, name))
            for name in GUARDED:
                if name in self.env:
                    model = self.env[name].with_user(user)
                    self.assertFalse(self._get_readable(model, READING), (user.login, name))

    def _get_readable(self, model, reading):
        found = []
        for method, args in reading:
            try:
                with mute_logger("odoo.models", "odoo.addons.base.models.ir_model"):
                    found += [(method, call_kw(model, method, args, {}))]
            except AccessError:
                continue
            except UserError:
                self.assertIn(model._name, REFUSING)
        return found

    def test_no_field_can_be_read(self):
        """Each of all fields, of a record whose number one knows."""
        count = 0
        for user in self.users.values():
            for record in (self.customer, self.manager, self.customer.bank_ids, self.file):
                mine = record.with_user(user)
                for name in record._fields:
                    self.env.invalidate_all()
                    count += 1
                    with self.assertRaises(AccessError, msg=(user.login, record._name, name)):
                        call_kw(mine, "read", [record.ids, [name]], {})
        self.assertGreater(count, 900)

    def test_key_of_telephone_system_opens_its_door_only(self):
        event = {"event": "missed", "call_id": "p1", "direction": "in", "from": "+12025550171"}
        self.assertEqual(self._post("telephony", EVENTS, event).status_code, 200)
        for path, body in (
            ("/json/2/res.partner/search_read", {"domain": []}),
            ("/json/2/res.partner/fields_get", {}),
            ("/json/2/res.users/context_get", {}),
            ("/json/2/res.users/read", {"ids": self.users["telephony"].ids, "fields": ["login"]}),
            ("/json/2/ir.attachment/search_read", {"domain": [["public", "=", True]]}),
            ("/json/2/customer.api/find_customers", {"company_id": self.company.id, "phone": "1"}),
            ("/json/2/customer.interaction/search", {"domain": []}),
        ):
            with self.subTest(path=path), mute_logger("odoo.http"):
                answer = self._post("telephony", path, body)
                self.assertEqual(answer.status_code, 403, answer.text)
                self.assertNotIn("Azure", answer.text)
        headers = {"Authorization": f"Bearer {self.keys['telephony']}"}
        for path in ("/doc-bearer/index.json", "/doc-bearer/res.partner.json", "/json/1/contacts"):
            with self.subTest(path=path), mute_logger("odoo.http"):
                answer = self.url_open(path, headers=headers, allow_redirects=False)
                self.assertIn(answer.status_code, (403, 404), answer.text[:200])

    def test_key_of_telephone_system_is_nothing_over_xmlrpc(self):
        user = self.users["telephony"]
        check = self.env["res.users"]._check_uid_passwd
        self.assertRaises(AccessDenied, check, user.id, self.keys["telephony"])
        check(self.users["api"].id, self.keys["api"])
        user.group_ids |= self.env.ref(GROUPS["api"])
        check(user.id, self.keys["telephony"])

    def test_key_of_programs_opens_the_methods_for_programs(self):
        found = {"company_id": self.company.id, "phone": "+12025550171"}
        self.assertEqual(
            self._post("api", "/json/2/customer.api/find_customers", found).status_code, 200
        )
        user = self.users["api"]
        mine = {"ids": user.ids, "fields": ["login", "name"]}
        self.assertEqual(self._post("api", "/json/2/res.users/read", mine).status_code, 200)
        for path, body in (
            (EVENTS, {"event": "missed", "call_id": "p2", "direction": "in"}),
            ("/json/2/res.users/read", {**mine, "ids": self.manager.ids}),
            ("/json/2/res.users/search_read", {"domain": []}),
            ("/json/2/res.users/has_group", {"ids": user.ids, "group_ext_id": "base.group_user"}),
            ("/json/2/account.move/search_read", {"domain": []}),
            ("/json/2/ir.attachment/search_read", {"domain": [["public", "=", True]]}),
            ("/json/2/ir.model/fields_get", {}),
            ("/json/2/mail.message/search_read", {"domain": []}),
        ):
            with self.subTest(path=path), mute_logger("odoo.http"):
                self.assertEqual(self._post("api", path, body).status_code, 403)

    def _call(self, protocol, name, *called):
        """Call a method with a key over one of Odoo's old protocols; return the answer's text."""
        user_id = self.users[name].id
        if protocol == "jsonrpc of text":
            user_id = str(user_id)
        params = (self.env.cr.dbname, user_id, self.keys[name], *called, [], {})
        headers = {"X-Odoo-Database": self.env.cr.dbname}
        if protocol == "xmlrpc":
            data = xmlrpc.client.dumps(params, "execute_kw")
            return self.url_open("/xmlrpc/2/object", data=data, headers=headers).text
        body = {"service": "object", "method": "execute_kw", "args": params}
        data = json.dumps({"params": body})
        headers["Content-Type"] = "application/json"
        return self.url_open("/jsonrpc", data=data, headers=headers).text

    @mute_logger(
        *("odoo.http", "odoo.addons.rpc.controllers.xmlrpc", "odoo.addons.rpc.controllers.jsonrpc")
    )
    def test_programs_have_the_same_over_old_protocols(self):
        for protocol in ("xmlrpc", "jsonrpc", "jsonrpc of text"):
            for called in (
                *(("res.users", "has_group"), ("res.partner", "fields_get")),
                *(("ir.attachment", "search"), ("ir.ui.view", "get_view_info")),
                *(("customer.interaction", "search"), ("res.users", "search")),
            ):
                for name in self.users:
                    with self.subTest(protocol=protocol, called=called, user=name):
                        refused = "own way in" if name == "api" else "Access Denied"
                        self.assertIn(refused, self._call(protocol, name, *called))
            self.assertIn("lang", self._call(protocol, "api", "res.users", "context_get"))
            for called in (("res.users", "context_get"), ("customer.api", "find_customers")):
                self.assertIn("Access Denied", self._call(protocol, "telephony", *called))

    def test_programs_have_no_screen(self):
        for name in self.users:
            self.authenticate(name, name)
            for path in ("/odoo", "/web/dataset/call_kw"):
                with self.subTest(user=name, path=path), mute_logger("odoo.http"):
                    call = {"model": "res.users", "method": "has_group", "kwargs": {}}
                    call["args"] = [self.users[name].ids, "base.group_user"]
                    data = json.dumps({"params": call}) if "call_kw" in path else None
                    headers = {"Content-Type": "application/json"} if data else {}
                    answer = self.url_open(path, data=data, headers=headers)
                    self.assertNotIn("o_web_client", answer.text)
                    if data:
                        self.assertIn("AccessError", answer.text)

    def test_further_right_makes_a_person(self):
        user = self.users["telephony"]
        user.group_ids |= self.env.ref("sales_team.group_sale_salesman")
        self.assertFalse(user._is_program())
        self.assertTrue(self.env["res.partner"].with_user(user).has_access("read"))
        self.assertFalse(self.salesperson._is_program())
        self.assertFalse(self.env.ref("base.user_admin")._is_program())

    def test_keys_end(self):
        """However long Odoo lets the keys of employees be."""
        self.env.ref("base.group_user").api_key_duration = 3650
        admin = self.env.ref("base.user_admin")
        for name, user in self.users.items():
            self._make_key(user, 89.9)
            for days in (91, 365):
                self.assertRaises(ValidationError, self._make_key, user, days)
            keys = self.env["res.users.apikeys"].with_user(user)
            self.assertRaises(ValidationError, keys._generate, None, "endless", None)
            wizard = self.env["customer.api.key"].with_user(admin)
            self.assertTrue(wizard.create({"user_id": user.id, "name": name})._make_key())

    def test_second_company_is_no_further_right(self):
        """Odoo gives who has two companies a group for it: the key opens no more by that."""
        other = self._create_company("Two", self.env.ref("base.EUR"))
        for user in self.users.values():
            user.company_ids += other
            self.assertTrue(user.has_group("base.group_multi_company"))
            self.assertTrue(user._is_program())
            for model in ("res.partner", "res.users", "res.partner.bank", "ir.attachment"):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search_read([], ["display_name"])
