"""What each role sees of the prediction: card, lists, filters, documents, other programs."""

from datetime import timedelta

from lxml.etree import fromstring

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from .common import TODAY, PredictionCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPredictionScreen(PredictionCommon):
    """What each role sees of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shoppers = cls._add_customers(120)
        cls._add_history(cls.shoppers)
        cls.leaving = cls._create_customer("Leaving Ltd")
        today = cls._day(TODAY)
        cls._add_sales(
            [(cls.leaving.id, today - timedelta(days=day), 400) for day in range(60, 500, 20)]
        )
        cls.company.write(
            {"customer_retention_contact_cost": 5, "customer_retention_offer_cost": 20}
        )
        cls._run_nightly()
        cls.model = cls._make_model()
        cls._run_nightly()
        cls.profile = cls._profile(cls.leaving)

    def _answers(self, user, profile=None):
        card = (profile or self.profile).with_user(user).get_card()["prediction"]
        return card, {answer["key"]: answer for answer in card["answers"]}

    def test_card_of_a_manager(self):
        card, answers = self._answers(self.manager)
        self.assertEqual(list(answers), ["stay", "next", "worth"])
        self.assertIn(f"within {self.model.horizon_days} days", answers["stay"]["answer"])
        self.assertIn("of 100 like this one bought", answers["stay"]["note"])
        self.assertIn("last order 60 days ago; only", card["sentence"])
        self.assertEqual(card["confidence"], "High")
        self.assertIn(card["grade"], ("A", "B", "C"))
        self.assertIn("of 100 cases", card["grade_text"])
        self.assertIn("Value at risk", answers["worth"]["note"])
        self.assertIn("By expected profit", answers["worth"]["note"])
        self.assertTrue(card["retention"]["label"])
        self.assertFalse(card["missing"])

    def test_card_of_a_salesperson_tells_no_profit(self):
        for user in (self.salesperson, self.own_salesperson):
            card, answers = self._answers(user)
            self.assertEqual(list(answers), ["stay", "next"])
            self.assertIs(card["retention"], False)
            items = {
                item["name"]
                for section in self.profile.with_user(user).get_card()["sections"]
                for item in section["items"]
            }
            self.assertIn("churn_probability", items)
            self.assertFalse({"predicted_profit", "lifetime_value", "value_at_risk"} & items)
            self.assertEqual("predicted_revenue" in items, user == self.salesperson)

    def test_card_of_a_prospect_says_what_is_missing(self):
        self._order(self.customer, confirm=False)
        self._drain()
        card, answers = self._answers(self.salesperson, self._profile(self.customer))
        self.assertEqual(card["missing"], "Not enough data: there is no purchase yet.")
        self.assertFalse(answers)

    def test_churn_carries_its_horizon_in_the_label(self):
        label = f"No purchase within {self.model.horizon_days} days"
        profiles = self.env["customer.profile"].with_user(self.salesperson)
        self.assertEqual(
            profiles.fields_get(["churn_probability"])["churn_probability"]["string"], label
        )
        sections = self.profile.with_user(self.salesperson).get_card()["sections"]
        items = {item["name"]: item for section in sections for item in section["items"]}
        self.assertEqual(items["churn_probability"]["label"], label)

    def test_filters_and_lists_for_each_role(self):
        for user in (self.salesperson, self.own_salesperson, self.accountant, self.manager):
            profiles = self.env["customer.profile"].with_user(user)
            arch = profiles.get_view(view_type="search")["arch"]
            domains = {
                node.get("name"): safe_eval(node.get("domain"), {"uid": user.id})
                for node in fromstring(arch).iter("filter")  # noqa: S320 - our own view
                if node.get("domain")
            }
            found = {name: profiles.search(domain) for name, domain in domains.items()}
            self.assertIn(self.profile, found["likely_to_leave"] | found["overdue_purchase"])
            self.assertEqual("let_go" in found, user in (self.accountant, self.manager))
            due = found["due_now"]
            self.assertTrue(due)
            limit = self._day(TODAY) + timedelta(days=14)
            self.assertTrue(all(profile.next_purchase_date <= limit for profile in due))

    def test_list_by_value_at_risk(self):
        action = self.env.ref("customer_value.customer_profile_action_value_at_risk")
        view = self.env.ref("customer_value.customer_profile_view_list_value_at_risk")
        self.assertIn(view, action.view_ids.view_id)
        profiles = self.env["customer.profile"].with_user(self.accountant)
        order = "value_at_risk desc"
        self.assertIn(order, profiles.get_view(view.id, "list")["arch"])
        found = profiles.search([("value_at_risk", ">", 0)], order=order)
        amounts = found.mapped("value_at_risk")
        self.assertEqual(amounts, sorted(amounts, reverse=True))
        with self.assertRaises(AccessError):
            self.env["customer.profile"].with_user(self.salesperson).search([], order=order)

    def test_lists_cost_the_same_queries_for_ten_and_a_hundred(self):
        names = ("prediction_sentence", "retention_sum", "churn_probability", "value_at_risk")
        ids = [self._profile(shopper).id for shopper in self.shoppers[:100]]
        counts = []
        for size in (100, 10, 100):
            self.env.invalidate_all()
            profiles = self.env["customer.profile"].with_user(self.manager)
            before = self.env.cr.sql_log_count
            profiles.web_search_read([("id", "in", ids[:size])], dict.fromkeys(names, {}))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_quotation_warns_of_a_customer_who_may_leave(self):
        stages = {"stage": self.profile.stage, "churn": self.profile.churn_probability}
        self.assertEqual(stages["stage"], "slipping", stages)
        self.assertGreaterEqual(stages["churn"], 0.5)
        alerts = self.profile.with_user(self.salesperson)._get_document_alerts()
        self.assertIn("may be leaving", alerts["customer_value_leaving"]["message"])
        quiet = self.env["customer.profile"].search([("stage", "=", "active")], limit=1)
        self.assertNotIn("customer_value_leaving", quiet._get_document_alerts())

    def test_summary_for_other_programs(self):
        group = self.env.ref("customer_value.customer_value_group_api")
        (self.manager | self.own_salesperson).write({"group_ids": [Command.link(group.id)]})
        for user, sees_profit in ((self.manager, True), (self.own_salesperson, False)):
            summary = (
                self.env["customer.api"]
                .with_user(user)
                .get_summary(company_id=self.company.id, partner_id=self.leaving.id)
            )
            self.assertIn("last order 60 days ago", summary["prediction"]["sentence"])
            self.assertEqual(summary["prediction"]["horizon_days"], self.model.horizon_days)
            items = {i["name"]: i for s in summary["sections"] for i in s["items"]}
            self.assertIn("churn_probability", items)
            self.assertEqual("lifetime_value" in items, sees_profit)

    def test_model_for_each_role(self):
        model = self.model.with_user(self.salesperson)
        self.assertTrue(model.read(["grade", "auc", "chart"])[0]["chart"])
        for name in ("parameters", "cost_per_occasion", "profit_per_occasion", "capture_ratio"):
            with self.assertRaises(AccessError):
                model.read([name])
        self.model.with_user(self.manager).read(["profit_per_occasion", "capture_ratio"])
        for user in (self.salesperson, self.manager):
            with self.assertRaises(AccessError):
                self.model.with_user(user).write({"grade": "A"})

    def test_translated_sentence(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.env.invalidate_all()
        profile = self.profile.with_user(self.manager).with_context(lang="fa_IR")
        self.assertTrue(profile.prediction_sentence)
        self.assertTrue(profile.get_card()["prediction"]["answers"][1]["answer"])
