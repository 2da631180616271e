import random
from itertools import product

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import SQL

from ...models.guard.spreadsheet_text import disarm, disarm_cell, disarm_link
from ..common import CustomerValueCommon
from ..tools.any_record import AnyRecords
from .spreadsheets import SIGNS, SpreadsheetMixin

KINDS = ("csv", "xlsx")
LIVE = (
    *(f"{sign}1+9" for sign in SIGNS),
    *("{=1+9}", " =1+9", "\u200f=1+9", "＝1+9", "=cmd|' /C calc'!A9"),
    *("https://x.example/?q=9", "ftp://x.example/9", "mailto:a@x.example?cc=9"),
    *("external:c:\\9.xlsx", "internal:Sheet1!A9"),
)
OURS = "customer_value"


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestExports(SpreadsheetMixin, CustomerValueCommon, HttpCase):
    """Whatever customers and callers write, a spreadsheet shows it: it neither runs nor opens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids |= cls.env.ref("base.group_allow_export")
        own = {"partner_id": cls.customer.id, "company_id": cls.company.id}
        cls.complaint = cls.env["customer.complaint"].create({**own, "subject": "Late"})
        cls.interaction = cls.env["customer.interaction"].create({**own, "subject": "Called"})
        cls.feedback = cls.env["customer.feedback"]._register_answer(
            cls.company, cls.customer, "rating", {"rating": 4}, source="agent"
        )
        event = {"kind": "missed", "call_id": "c", "at": "2026-06-15 09:00:00.000000"}
        event |= {"direction": "in", "from": "12", "to": "13"}
        cls.call = cls.env["customer.call"]._register_event(cls.company, event)[0]
        cls.left_out = cls.env["customer.mail.left.out"].create(
            {
                "company_id": cls.company.id,
                "subject": "Offer",
                "reason": "loop",
                "res_model": "customer.complaint",
                "date": "2026-06-14 10:00:00",
            }
        )
        cls.order = cls._order(cls.customer)
        cls.env["customer.profile"]._refresh(cls.company, cls.customer.ids)

    def setUp(self):
        super().setUp()
        self.authenticate("mina", "mina")

    def _store(self, record, names, text):
        """Have a text in columns, however it came there."""
        self.env.flush_all()
        table = SQL.identifier(record._table)
        values = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), text) for name in names)
        self.env.cr.execute(SQL("UPDATE %s SET %s WHERE id = %s", table, values, record.id))
        self.env.invalidate_all()

    def _get_text_names(self, record):
        mine = record.with_user(self.manager)
        return [
            field.name
            for field in record._fields.values()
            if field.type in ("char", "text")
            and field.store
            and field.column_type
            and not field.translate
            and mine._has_field_access(field, "read")
            and field.name not in ("access_token", "res_model", "folded_text")
        ]

    def test_no_text_of_any_record_is_live(self):
        """Every kind of live text, in every text a person may export, as CSV and as XLSX."""
        tried = set()
        for record in (
            *(self.complaint, self.interaction, self.feedback, self.call, self.left_out),
            *(self.complaint.stage_id, self.env["customer.tier"].search([], limit=1)),
        ):
            names = self._get_text_names(record)
            tried.update((record._name, name) for name in names)
            for text in LIVE if names else ():
                self._store(record, names, text)
                for kind in KINDS:
                    with self.subTest(model=record._name, kind=kind, text=text):
                        domain = [("id", "=", record.id)]
                        content = self._export(kind, record._name, names, domain)
                        self._assert_plain(kind, content, "9")
        self.assertLessEqual(
            {
                ("customer.complaint", "subject"),
                ("customer.interaction", "subject"),
                ("customer.call", "number"),
                ("customer.call", "agent"),
                ("customer.mail.left.out", "subject"),
            },
            tried,
        )

    def test_every_text_of_every_model(self):
        """B14: six signs × all texts of all models that a manager may export, one of each."""
        self.customer.phone = "+1 202 555 0171"
        self.env.flush_all()
        number = self.env["customer.phone.number"].search([], limit=1)
        known = {one._name: one for one in (self.complaint, self.customer, number)}
        records, cells, tried = AnyRecords(self.env, self.company, known), 0, 0
        for name, model in sorted(self.env.items()):
            is_kept = model._auto and not model._abstract and not model._transient
            if model._original_module != OURS or not is_kept:
                continue
            if not model.with_user(self.manager).has_access("read"):
                continue
            record = records.find(name)
            if not record.with_user(self.manager).has_access("read"):
                continue  # rows for who made them only: nobody else exports them
            names = self._get_text_names(record)
            for sign in SIGNS if names else ():
                self._store(record, names, f"{sign}1+9")
                for kind in KINDS:
                    cells += len(names)
                    domain = [("id", "=", record.id)]
                    self._assert_plain(kind, self._export(kind, name, names, domain), "9")
            tried += bool(names)
        self.assertGreater(tried, 15)
        self.assertGreater(cells, 600)

    def test_no_text_of_others_is_live_beside_ours(self):
        """Names of contacts, orders and people beside our columns, from either side."""
        for kind, text in product(KINDS, LIVE):
            self.customer.name = text
            for model, record, names in (
                ("customer.complaint", self.complaint, ["name", "partner_id/name", "partner_id"]),
                ("customer.profile", self.customer.customer_profile_id, ["partner_id", "tier_id"]),
                ("res.partner", self.customer, ["name", "customer_profile_ids/partner_id/name"]),
                ("res.partner", self.customer, ["name", "customer_tier_id"]),
                ("sale.order", self.order, ["partner_id", "partner_id/customer_tier_id"]),
            ):
                with self.subTest(kind=kind, model=model, text=text, names=names):
                    domain = [("id", "=", record.id)]
                    self._assert_plain(kind, self._export(kind, model, names, domain), "9")

    def test_titles_of_groups_and_columns(self):
        for text in LIVE:
            self.customer.name = text
            self._store(self.complaint, ["subject"], text)
            for model, groupby in (
                ("customer.complaint", ["partner_id"]),
                ("customer.complaint", ["company_id", "partner_id", "open_date:month"]),
                ("customer.complaint", ["stage_id", "subject"]),
                ("res.partner", ["customer_tier_id", "name"]),
            ):
                with self.subTest(model=model, text=text, groupby=groupby):
                    record = self.complaint if model != "res.partner" else self.customer
                    domain, names = [("id", "=", record.id)], ["display_name"]
                    content = self._export("xlsx", model, names, domain, groupby)
                    self._assert_plain("xlsx", content, "9")
        fields_ = [{"name": "subject", "label": text, "type": "char"} for text in LIVE]
        data = {"model": "customer.complaint", "fields": fields_, "ids": self.complaint.ids}
        data |= {"domain": [], "groupby": [], "import_compat": False}
        for kind in KINDS:
            self._assert_plain(kind, self._download(f"/web/export/{kind}", data), "9")

    def test_pivot_tables(self):
        models = ("customer.complaint.measure", "res.partner", "mail.activity", "crm.lead")
        for model, text in product(models, LIVE):
            title = {"title": text, "width": 1, "height": 1, "is_bold": False}
            row = {"title": text, "indent": 0, "values": [{"value": text}, {"value": -4}]}
            data = {"model": model, "title": "Pivot", "measure_count": 1}
            data |= {"col_group_headers": [[title]], "measure_headers": [title], "rows": [row]}
            with self.subTest(model=model, text=text):
                content = self._download("/web/pivot/export_xlsx", data)
                self._assert_plain("xlsx", content, "9")

    def test_what_we_fill_in_documents_of_others(self):
        """Numbers callers type become leads; reasons become references of what is made."""
        event = {"kind": "missed", "at": "2026-06-15 09:00:00.000000", "direction": "in"}
        for number, text in enumerate(LIVE):
            told = {"call_id": f"live{number}", "from": text, "to": "13"}
            call = self.env["customer.call"]._register_event(self.company, event | told)[0]
            action = call.with_user(self.manager).action_create_lead()
            lead = self.env["crm.lead"].browse(action["res_id"])
            self.order.opportunity_id = lead
            for kind, (model, record, names, groupby) in product(
                KINDS,
                (
                    ("crm.lead", lead, ["phone", "contact_name", "id"], ()),
                    ("crm.lead", lead, ["id"], ["phone", "name"]),
                    ("sale.order", self.order, ["name", "opportunity_id/phone"], ()),
                    ("sale.order", self.order, ["name"], ["opportunity_id"]),
                ),
            ):
                if kind == "xlsx" or not groupby:
                    with self.subTest(text=text, kind=kind, model=model, groupby=groupby):
                        domain = [("id", "=", record.id)]
                        content = self._export(kind, model, names, domain, groupby)
                        self._assert_plain(kind, content)
        for model, name in (
            *(("account.move", "ref"), ("account.move.line", "ref")),
            *(("sale.order", "client_order_ref"), ("sale.order", "opportunity_id")),
            *(("crm.lead", "display_name"), ("account.move.line", "move_id/ref")),
        ):
            self.assertTrue(self.env[model]._shows_customer_text([name]), (model, name))

    def test_messages_and_files_about_our_records(self):
        """A subject of a customer's mail is a column of Odoo's there; so is a file's name."""
        self.manager.group_ids |= self.env.ref("base.group_system")
        about = {"res_id": self.complaint.id}
        message = self.env["mail.message"].create({"model": self.complaint._name, **about})
        file = self.env["ir.attachment"].create({"name": "x", "res_model": "customer.complaint"})
        file.res_id = self.complaint.id
        for record, name in ((message, "subject"), (file, "name")):
            for kind, text in product(KINDS, LIVE):
                self._store(record, [name], text)
                with self.subTest(model=record._name, kind=kind, text=text):
                    domain = [("id", "=", record.id)]
                    content = self._export(kind, record._name, [name], domain)
                    self._assert_plain(kind, content, "9")

    def test_every_way_from_others_to_us_is_known(self):
        """Each field of others' models that leads to ours, and each of ours on their models."""
        ours = {name for name, model in self.env.items() if model._original_module == OURS}
        leading = [
            (model, field)
            for model in self.env.values()
            if model._name not in ours
            for field in model._fields.values()
            if field.comodel_name in ours or set(field._modules) == {OURS}
            if field.name != "display_name"  # Odoo's text, which we only search otherwise
        ]
        self.assertGreater(len(leading), 50)
        for model, field in leading:
            for path in (field.name, f"{field.name}/id", f"{field.name}:month"):
                self.assertTrue(model._shows_customer_text([path]), (model._name, path))
        self.assertTrue(
            self.env["sale.order.line"]._shows_customer_text(["order_partner_id.customer_tier_id"])
        )
        deep = ["order_id/partner_id/customer_profile_ids/tier_id/name"]
        self.assertTrue(self.env["sale.order.line"]._shows_customer_text(deep))

    def test_property_that_points_to_us(self):
        lead_team = self.env["crm.team"].create({"name": "North"})
        lead_team.lead_properties_definition = [
            {"name": "abc", "string": "Tier", "type": "many2one", "comodel": "customer.tier"},
            {"name": "abd", "string": "Text", "type": "char"},
        ]
        leads = self.env["crm.lead"]
        self.assertTrue(leads._shows_customer_text(["lead_properties.abc"]))
        self.assertFalse(leads._shows_customer_text(["lead_properties.abd", "lead_properties"]))

    def test_exports_without_our_text_are_as_ever(self):
        """What Odoo makes of its own models is none of our business."""
        self.customer.name = "=1+9"
        partner = self.customer.with_user(self.manager)
        self.assertEqual(partner.export_data(["name", "ref"])["datas"][0][0], "=1+9")
        paths = (["name", "email", "user_id/name"], ["parent_id/name", ".id", "id"], [])
        for names in paths:
            self.assertFalse(self.customer._shows_customer_text(names))
        for name in ("account.move", "product.template", "stock.quant", "sale.order"):
            self.assertFalse(self.env[name]._shows_customer_text(["display_name", "company_id"]))
        message = self.customer.message_post(body="=1")
        self.assertFalse(message._shows_customer_text(["subject", "body"]))
        content = self._export("xlsx", "res.partner", ["name"], [("id", "=", self.customer.id)])
        with self.assertRaises(AssertionError):
            self._read_file("xlsx", content)

    def test_random_texts(self):
        """Nothing that may begin a formula begins a cell, and no sign of a text is lost."""
        dice = random.Random(14)
        signs = "=+-@\t\r\n{ \u200b\u200f\ufeff\xa0＝＋－＠':/a1"
        for _round in range(3000):
            text = "".join(dice.choices(signs, k=dice.randint(0, 6)))
            cell = disarm_cell(text)
            self.assertIn(cell, (text, f"'{text}"))
            visible = cell.strip(" \u200b\u200f\ufeff\xa0")
            self.assertFalse(visible.startswith(("=", "+", "-", "@", "＝", "＠", "{=")), cell)
            self.assertFalse(cell.startswith(("\t", "\r", "\n")), cell)
            self.assertEqual(disarm_cell(cell), cell)
            self.assertIn(disarm(text), (text, cell))
            self.assertIn(disarm_link(text), (text, f"'{text}"))
        for value in (None, False, -4, -4.5, fields.Date.today(), b"=1"):
            self.assertIs(disarm_cell(value), value)
