from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .common import DeskCommon

EXPLAINED = ("segment", "stage", "value_class", "grade")
EXPLAINING = {
    *("customer_segment_badge", "customer_stage_badge", "customer_class_badge"),
    "customer_meaning_badge",
}
DOCUMENTS = ("sale.order", "account.move", "stock.picking", "customer.complaint")


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestWorkPlace(DeskCommon):
    """The profile opened from a list, and the card on leads and complaints."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls._add_known(
            "Azure Furniture", segment="cannot_lose", stage="slipping", value_at_risk=500
        )
        cls.known.write({"phone": "+1 202 555 0123", "email": "azure@example.com"})
        cls.profile = cls._profile(cls.known, cls.company)
        cls.classPatch(type(cls.env["customer.profile"]), "_is_computing", lambda *_args: False)

    def _open(self, user, **context):
        return self._as(user, "customer.profile").with_context(**context).browse(self.profile.id)

    def test_each_role_opens_it(self):
        for user in (self.salesperson, self.own_salesperson, self.accountant, self.manager):
            form = Form(self._open(user))
            self.assertEqual(form.partner_phone, "+1 202 555 0123")
            self.assertTrue(form.list_reason)

    def test_reached_by_a_contact_where_the_customer_has_no_number(self):
        self.known.write({"phone": False, "email": False})
        people = self.env["res.partner"].create(
            [
                {"name": "Ana", "parent_id": self.known.id, "phone": "+1 202 555 0199"},
                {"name": "Ben", "parent_id": self.known.id, "email": "ben@example.com"},
            ]
        )
        profile = self._open(self.own_salesperson)
        self.assertEqual(profile.partner_phone, "+1 202 555 0199")
        self.assertEqual(profile.partner_email, "ben@example.com")
        context = profile.action_mail()["context"]
        self.assertEqual(context["default_res_ids"], self.known.ids)
        self.assertEqual(context["default_partner_ids"], people[1].ids)

    def test_why_they_are_on_this_list(self):
        first = self._open(self.manager).list_reason
        self.assertIn(self.profile.segment_sentence, first)
        risk = self._open(self.manager, customer_list="value_at_risk").list_reason
        self.assertIn("500.00", risk)
        for user in (self.own_salesperson, self.salesperson):
            hidden = self._open(user, customer_list="value_at_risk").list_reason
            self.assertNotIn("500", hidden, "no profit for who may not see it")
        nonsense = self._open(self.manager, customer_list="_compute").list_reason
        self.assertEqual(nonsense, first)

    def test_contact_due_says_since_when(self):
        policy = {"days": 30, "company_id": self.company.id}
        self.env["customer.contact.policy"].create(policy)
        profile = self._open(self.service, customer_list="contact_due")
        profile.sudo().write({"first_occasion_date": "2026-01-01"})
        self.env.flush_all()
        profile.invalidate_recordset()
        self.assertIn("none has been logged yet", profile.list_reason)
        self.assertIn("Jan 31", profile.list_reason)

    def test_what_is_planned_next(self):
        for days, summary in ((5, "Later"), (1, "Sooner")):
            self.known.activity_schedule(
                "mail.mail_activity_data_call",
                fields.Date.add(fields.Date.today(), days=days),
                summary=summary,
                user_id=self.own_salesperson.id,
            )
        told = self._open(self.own_salesperson).next_activity
        self.assertTrue(told.startswith("Sooner"))
        self.assertIn("olga", told)

    def test_log_mail_and_plan_open_on_the_contact(self):
        profile = self._open(self.own_salesperson)
        log = profile.action_log()
        opened = self._as(self.own_salesperson, log["res_model"]).with_context(**log["context"])
        self.assertEqual(opened.create({"subject": "Asked"}).partner_ids, self.known)
        self.assertEqual(profile.action_mail()["context"]["default_res_ids"], self.known.ids)
        plan = profile.action_plan()
        self.assertEqual(plan["context"]["active_ids"], self.known.ids)
        with self.assertRaises(AccessError):
            self._open(self.accountant).action_log()

    def test_its_documents(self):
        complaint = self.env["customer.complaint"].create(
            {"subject": "Scratched", "partner_id": self.known.id}
        )
        for model in DOCUMENTS:
            action = self._open(self.manager, document_model=model).action_open_customer_documents()
            self.assertEqual(action["res_model"], model)
            found = self._as(self.manager, model).search(action["domain"])
            self.assertEqual(found, complaint if model == complaint._name else found.browse())
        action = self._open(self.manager, document_model="res.users")
        self.assertEqual(action.action_open_customer_documents()["res_model"], "sale.order")

    def test_documents_behind_a_number_are_cards_on_a_phone(self):
        """With the column that adds up to the number, which Odoo's own cards lack."""
        for metric, column in (
            ("overdue_amount", "amount_residual"), ("gross_profit_total", "customer_profit"),
        ):  # fmt: skip
            action = self._open(self.manager, metric=metric).action_open_documents()
            self.assertEqual(action["mobile_view_mode"], "kanban", "the client has no default")
            views = self._as(self.manager, action["res_model"]).get_views(action["views"])["views"]
            cards = etree.fromstring(views["kanban"]["arch"])  # noqa: S320 - our own view
            self.assertEqual(cards.tag, "kanban")
            title, *lines = cards.xpath("//t[@t-name='card']/*")
            self.assertEqual(title.get("name"), "move_id", "what it is, before when it was")
            self.assertIn(column, [field.get("name") for line in lines for field in line])
            shown = cards.xpath("//t[@t-name='card']//field/@name")
            self.assertEqual(len(shown), len(set(shown)))

    def test_cards_have_the_buttons_of_the_row(self):
        action = self.env.ref("customer_value.customer_points_balance_action")
        self.assertIn("kanban", action.view_mode.split(","))
        balances = self._as(self.accountant, "customer.points.balance")
        cards = etree.fromstring(balances.get_view(None, "kanban")["arch"])  # noqa: S320
        names = cards.xpath("//footer/button/@name")
        self.assertEqual(names, ["action_open_entries", "action_make_liability_entry"])
        self.assertTrue(all(cards.xpath("//footer/button/@string")))
        self.assertEqual(cards.xpath("//t[@t-name='card']/field/@name"), ["program_id"])

    def test_every_list_of_a_menu_has_cards(self):
        """On a phone a list is cards, what is edited in rows has a form, a report its picture."""
        root = self.env.ref("customer_value.customer_value_menu_root")
        menus = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        seen = 0
        for action in {menu.action for menu in menus if menu.action}:
            name = action.get_external_id()[action.id]
            if action._name != "ir.actions.act_window" or not action.res_model.startswith(
                "customer."
            ):
                continue
            modes = action.view_mode.split(",")
            if "list" not in modes:
                continue
            seen += 1
            with self.subTest(action=name):
                self.assertIn("kanban", modes)
                expected = "graph" if modes[0] == "graph" else "kanban"
                self.assertEqual(action.mobile_view_mode, expected)
                model = self.env[action.res_model]
                views = model.get_views(action.views)["views"]
                cards = etree.fromstring(views["kanban"]["arch"])  # noqa: S320 - our own view
                self.assertTrue(cards.xpath("//t[@t-name='card']//field"))
                rows = etree.fromstring(views["list"]["arch"])  # noqa: S320 - our own view
                if rows.get("editable"):
                    form = etree.fromstring(views["form"]["arch"])  # noqa: S320 - our own view
                    names = set(rows.xpath("./field[@widget!='handle' or not(@widget)]/@name"))
                    self.assertLessEqual(names, set(form.xpath("//field/@name")))
        self.assertGreater(seen, 60)

    def test_card_of_what_is_for_all_says_so(self):
        policies = self._as(self.manager, "customer.contact.policy")
        cards = etree.fromstring(policies.get_view(None, "kanban")["arch"])  # noqa: S320
        (title,) = cards.xpath("//t[@t-name='card']/div[span[contains(@t-if, 'tier_id')]]")
        self.assertEqual(title[0].get("name"), "tier_id")
        self.assertEqual(title[1].text, "All tiers")
        rules = self._as(self.manager, "customer.feedback.rule")
        cards = etree.fromstring(rules.get_view(None, "kanban")["arch"])  # noqa: S320
        self.assertEqual(cards.xpath("//t[@t-name='card']/field/@name"), ["cause"])

    def test_what_is_edited_in_rows_has_a_form(self):
        with Form(self._as(self.manager, "customer.contact.policy")) as form:
            form.days = 45
        self.assertEqual(form.record.days, 45)

    def test_segments_stages_classes_and_grades_explain_themselves(self):
        names = {f"{before}{name}" for before in ("", "previous_") for name in EXPLAINED}
        views = self.env["ir.ui.view"].search(
            [
                ("type", "in", ("list", "kanban")),
                ("model", "=like", "customer.%"),
                ("inherit_id", "=", False),
            ]
        )
        seen = set()
        for view in views.filtered(lambda view: view.model != "customer.contact.policy"):
            arch = self.env[view.model].get_view(view.id, view.type)["arch"]
            path = "/list/field" if view.type == "list" else "//t[@t-name='card']//field"
            for field in etree.fromstring(arch).xpath(path):  # noqa: S320 - our own view
                if field.get("name") in names and field.get("column_invisible") != "True":
                    if self.env[view.model]._fields[field.get("name")].type == "selection":
                        seen.add((view.model, field.get("name")))
                        self.assertIn(field.get("widget"), EXPLAINING, (view.name, field.attrib))
        self.assertGreater(len(seen), 12)

    def test_lists_of_ours_cut_off_neither_who_nor_why(self):
        """Names and sentences go on in a second line; what has a widget draws itself."""
        views = self.env["ir.ui.view"].search(
            [("type", "=", "list"), ("model", "=like", "customer.%"), ("inherit_id", "=", False)]
        )
        wrapped = set()
        for view in views:
            model = self.env[view.model]
            arch = etree.fromstring(model.get_view(view.id, "list")["arch"])  # noqa: S320
            for field in arch.findall("field"):
                is_name = model._fields[field.get("name")].type in ("char", "many2one")
                if is_name and not (field.get("widget") or field.get("column_invisible")):
                    if field.get("name") == "prediction_sentence":
                        continue  # several sentences: whole on the customer
                    wrapped.add((view.model, field.get("name")))
                    self.assertIn("text-wrap", field.get("class", ""), (view.name, field.attrib))
        for column in ("partner_id", "reason"):
            self.assertIn(("customer.payment.expectation", column), wrapped)
        partners = self.env["res.partner"].get_view(None, "list")["arch"]
        self.assertNotIn("text-wrap", partners, "Odoo's own lists stay as they are")

    # === ONE CARD, ONE BANNER ===

    def test_one_banner_the_rest_in_the_card(self):
        self.profile.sudo().write(
            {"overdue_amount": 70, "payment_days_late": 40, "net_profit_365": -5}
        )
        profile = self._open(self.manager)
        self.assertEqual(list(profile._get_document_alerts()), ["customer_value_loss"])
        card = profile.get_card(compact=True)
        self.assertEqual([alert["key"] for alert in card["alerts"]], ["loss", "overdue", "late"])
        service = self._open(self.service)
        self.assertFalse(service.get_card(compact=True)["alerts"], "not for who may not see them")

    def test_the_card_on_leads_and_complaints(self):
        lead = self.env["crm.lead"].create(
            {"name": "Ten desks", "partner_id": self.known.id, "user_id": self.salesperson.id}
        )
        self.assertEqual(
            self._as(self.salesperson, "crm.lead").browse(lead.id).customer_profile_id, self.profile
        )
        complaint = self.env["customer.complaint"].create(
            {"subject": "Scratched", "partner_id": self.known.id}
        )
        self.assertEqual(
            self._as(self.service, "customer.complaint").browse(complaint.id).customer_profile_id,
            self.profile,
        )
        stranger = self.env["crm.lead"].create({"name": "Nobody yet"})
        self.assertFalse(stranger.customer_profile_id)

    def test_the_card_is_of_the_company_of_the_document(self):
        euro = self._create_company("Euro Ltd", self.env.ref("base.EUR"))
        self._predict(self.known, euro, segment="new")
        theirs = self._profile(self.known, euro)
        lead = self.env["crm.lead"].create(
            {"name": "Ten desks", "partner_id": self.known.id, "company_id": euro.id}
        )
        self.assertEqual(lead.customer_profile_id, theirs)
        shared = self.env["crm.lead"].create(
            {"name": "Ten desks", "partner_id": self.known.id, "company_id": False}
        )
        self.assertEqual(shared.with_company(euro).customer_profile_id, theirs)
        self.assertEqual(shared.with_company(self.company).customer_profile_id, self.profile)
