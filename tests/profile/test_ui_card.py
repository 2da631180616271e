import json

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from ..common import CustomerValueCommon

PROFIT_ITEMS = {"gross_profit_365", "cost_to_serve_365", "net_profit_365", "net_profit_total"}


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestUiCard(CustomerValueCommon):
    """The customer card, and the views that carry it, for each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(cls.customer, "2026-04-01", 300)
        cls._invoice(cls.customer, "2026-05-01", 200)
        cls._invoice(cls.customer, "2025-05-01", 250)
        cls._run_nightly()
        cls.profile = cls._profile(cls.customer)

    def _items(self, user, **options):
        card = self.profile.with_user(user).get_card(**options)
        sections = card.get("sections", [])
        items = [item for section in sections for item in section["items"]]
        return {item["name"]: item for item in items + card["highlights"]}

    def test_accountant_sees_profit(self):
        items = self._items(self.accountant)
        self.assertEqual(items["net_profit_365"]["value"], 500 - 120)
        self.assertEqual(items["revenue_total"]["value"], 750)
        self.assertEqual(items["revenue_change_ratio"]["value"], 1.0)
        self.assertTrue(items["gross_profit_365"]["opens"])

    def test_salesperson_sees_revenue_but_no_profit(self):
        for compact in (False, True):
            items = self._items(self.salesperson, compact=compact)
            self.assertEqual(items["revenue_365"]["value"], 500)
            self.assertTrue(items["revenue_365"]["opens"])
            self.assertFalse(PROFIT_ITEMS & items.keys())

    def test_own_salesperson_sees_no_amount(self):
        card = self.profile.with_user(self.own_salesperson).get_card()
        items = self._items(self.own_salesperson)
        amounts = {name for name, item in items.items() if item["type"] == "monetary"}
        self.assertEqual(amounts, {"own_revenue_365"})
        self.assertEqual(items["own_revenue_365"]["value"], 0)
        self.assertFalse(card["trend"])
        self.assertFalse(items["occasion_count"]["opens"])
        self.assertEqual(card["standing"]["stage"], "Active")

    def test_own_salesperson_sees_own_sales(self):
        own = self._create_move(
            self.customer, "2026-06-10", 70, invoice_user_id=self.own_salesperson.id
        )
        own.action_post()
        self._drain()
        items = self._items(self.own_salesperson)
        self.assertEqual(items["own_revenue_365"]["value"], 70)
        self.assertTrue(items["own_revenue_365"]["opens"])
        profile = self.profile.with_user(self.own_salesperson)
        action = profile.with_context(metric="own_revenue_365").action_open_documents()
        found = self.env["account.move"].with_user(self.own_salesperson).search(action["domain"])
        self.assertEqual(found, own)
        self.assertNotIn("own_revenue_365", self._items(self.salesperson))

    def test_card_survives_xml_rpc(self):
        """XML-RPC knows no ``None``: a rule on something unknown says ``False``."""
        self.env["customer.tier"].search([("company_id", "=", self.company.id)]).write(
            {"limit_days_late": True, "max_days_late": 5}
        )
        quiet = self._create_customer("Quiet")
        self._invoice(quiet, "2026-06-01", 10)
        self._drain()
        card = self._profile(quiet).with_user(self.manager).get_card()
        self.assertIn(False, [rule["value"] for rule in card["explanation"]["next"]["rules"]])
        self.assertNotIn("null", json.dumps(card, default=str))

    def test_trend_follows_a_company_that_moves_below_another(self):
        self.customer.write({"is_company": False, "parent_id": self.other_customer.id})
        self._drain()
        profile = self._profile(self.other_customer)
        trend = profile.revenue_trend
        self.assertEqual(sum(point["amount"] for point in trend), 750)
        invoice = self.env["account.move"].search([("partner_id", "=", self.customer.id)], limit=1)
        self.assertEqual(invoice.customer_profile_id, profile)

    def test_hidden_rules_are_counted(self):
        silver = self.env["customer.tier"].search(
            [("company_id", "=", self.company.id), ("name", "=", "Silver")]
        )
        self.profile.sudo().tier_id = silver
        seen = self.profile.with_user(self.salesperson).get_card()["explanation"]["current"]
        blind = self.profile.with_user(self.own_salesperson).get_card()["explanation"]["current"]
        self.assertEqual(seen["hidden"], 0)
        self.assertEqual(blind["hidden"], 1)
        self.assertNotIn("revenue", [rule["rule"] for rule in blind["rules"]])

    def test_stranger_is_refused(self):
        with self.assertRaises(AccessError):
            self.profile.with_user(self.stock_user).get_card()

    def test_missing_data_is_not_zero(self):
        items = self._items(self.accountant)
        self.assertIs(items["payment_days_late"]["value"], False)
        self.assertIs(items["otif_ratio"]["value"], False)
        self.assertEqual(items["open_order_amount"]["value"], 0)

    def test_trend_adds_up(self):
        points = self.profile.revenue_trend
        self.assertEqual(len(points), 24)
        self.assertEqual(points[-1]["month"], "2026-06-01")
        self.assertEqual({p["month"]: p["amount"] for p in points}["2026-04-01"], 300)
        self.assertEqual(sum(point["amount"] for point in points), 750)
        self._order(self.other_customer)
        self._drain()
        card = self._profile(self.other_customer).with_user(self.salesperson).get_card()
        self.assertEqual(card["trend"], [])

    def test_cost_to_serve_is_explained(self):
        self.company.customer_cost_per_order_line = 3
        order = self._order(self.customer, quantity=2)
        self._drain()
        self.assertEqual(order.state, "sale")
        item = self._items(self.manager)["cost_to_serve_365"]
        self.assertEqual(item["value"], 3)
        self.assertIn("Order lines, last 365 days", item["detail"][0])

    def test_forms_open_for_every_role(self):
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": self.customer.id})
        users = self.salesperson, self.own_salesperson, self.accountant, self.manager
        for user in users:
            with self.subTest(user=user.login):
                self.assertEqual(Form(contact.with_user(user)).customer_profile_id, self.profile)
        self.assertNotIn(
            "customer_profile_id", Form(contact.with_user(self.stock_user))._view["fields"]
        )

    def test_profile_views_open_for_every_role(self):
        views = [(False, kind) for kind in ("list", "kanban", "form", "pivot", "graph", "search")]
        for user in (self.salesperson, self.own_salesperson, self.accountant, self.manager):
            profiles = self.env["customer.profile"].with_user(user)
            with self.subTest(user=user.login):
                loaded = profiles.get_views(views)
                shown = loaded["models"]["customer.profile"]["fields"]
                is_insider = user in (self.accountant, self.manager)
                self.assertEqual("net_profit_365" in shown, is_insider)
                specification = {
                    name: {} for name in shown if name in profiles._fields and name != "id"
                }
                self.assertTrue(profiles.web_search_read([], specification)["records"])

    def test_sentences_name_the_customer_whatever_is_shown_beside(self):
        """The contact field of a new document asks for address and VAT: neither is a name."""
        self.customer.write({"vat": "US12345673", "street": "4557 De Silva St", "email": "a@b.co"})
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": self.customer.id})
        for context in (
            {"show_address": 1, "show_vat": True},
            {"show_vat": True},
            {"show_email": True},
            {"partner_show_db_id": True},
            {"formatted_display_name": True, "show_email": True},
            {"partner_display_name_hide_company": True},
        ):
            env = self.env(user=self.accountant, context={**self.env.context, **context})
            for partner in (self.customer, contact):
                order = env["sale.order"].with_user(self.manager).new({"partner_id": partner.id})
                invoice = env["account.move"].new(
                    {"move_type": "out_invoice", "partner_id": partner.id}
                )
                for alerts in (order.customer_alerts, invoice.alerts):
                    ours = [key for key in alerts if key.startswith("customer_value_")]
                    sentences = [alerts[key]["message"] for key in ours]
                    self.assertTrue(sentences)
                    for sentence in sentences:
                        self.assertRegex(sentence, "^Azure Interior (has|pays|is|cost) ")
                        self.assertNotRegex(sentence, "US1234|Silva|a@b|\\n|\\t")
            card = self.profile.with_env(env).get_card()
            self.assertEqual(card["customer"], "Azure Interior")

    def test_badges(self):
        badges = self.customer.with_user(self.own_salesperson).application_statistics
        values = [badge["value"] for badge in badges]
        self.assertIn(self.profile.tier_id.name, values)
        self.env.invalidate_all()
        blind = self.customer.with_user(self.stock_user).application_statistics or []
        self.assertNotIn(self.profile.tier_id.name, [badge["value"] for badge in blind])
