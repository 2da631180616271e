from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import SatisfactionCommon

SECTION = [
    "satisfaction",
    "satisfaction_change",
    "satisfaction_rating",
    "satisfaction_nps",
    "satisfaction_gap",
    "satisfaction_delivery",
    "satisfaction_complaints",
    "satisfaction_gap_mean",
    "satisfaction_answer_count",
    "satisfaction_fact_count",
]


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestSatisfactionUi(SatisfactionCommon):
    """Satisfaction where people look at it, for each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(cls.customer, "2026-05-01", 100)
        cls._invoice(cls.other_customer, "2026-05-01", 100)
        cls._answer(rating=2)
        cls._answer(cls.other_customer, rating=5)
        cls._drain()
        cls.profile = cls._profile(cls.customer)
        cls.service_user = cls._create_user("sima", "customer_value.customer_value_group_user")

    def test_card_for_everybody_who_works_with_customers(self):
        for user in (self.service_user, self.own_salesperson, self.accountant, self.manager):
            card = self.profile.with_user(user).get_card()
            [section] = [s for s in card["sections"] if s["key"] == "satisfaction"]
            self.assertEqual([item["name"] for item in section["items"]], SECTION)
            items = {item["name"]: item for item in section["items"]}
            self.assertEqual(items["satisfaction"]["value"], 25)
            self.assertIs(items["satisfaction_nps"]["value"], False)
            self.assertTrue(all(item["opens"] for n, item in items.items() if n in SECTION[2:8]))
            self.assertFalse(items["satisfaction_change"]["opens"])
            self.assertEqual(card["standing"]["satisfaction_state"], "Dissatisfied")
            compact = self.profile.with_user(user).get_card(compact=True)
            self.assertIn("satisfaction", [item["name"] for item in compact["highlights"]])

    def test_others_see_nothing(self):
        with self.assertRaises(AccessError):
            self.profile.with_user(self.stock_user).get_card()
        contact = self.customer.with_user(self.stock_user)
        for name in ("customer_satisfaction", "customer_satisfaction_state"):
            with self.assertRaises(AccessError):
                contact.read([name])
            with self.assertRaises(AccessError):
                contact.search([(name, "=", False)])
        self.assertNotIn("customer_satisfaction", contact.fields_get())

    def test_drill_down_shows_no_document_one_may_not_read(self):
        """The weight of a fact is part of the number; what it says is not."""
        complaint = self._complain(severity="2")
        self._drain()
        self.env["ir.model.access"].search([("model_id.model", "=", "customer.complaint")]).write(
            {"perm_read": False}
        )
        profile = self.profile.with_user(self.service_user)
        action = profile.with_context(metric="satisfaction_complaints").action_open_documents()
        facts = profile.env["customer.satisfaction.fact"].with_context(**action["context"])
        facts = facts.search(action["domain"])
        self.assertAlmostEqual(sum(facts.mapped("points")), 36.8, 1)
        fact = facts.filtered("res_id")
        self.assertEqual(fact.res_id, complaint.id)
        self.assertFalse(fact.document_name)
        with self.assertRaises(AccessError):
            fact.action_open_document()

    def test_alert_on_quotation_and_invoice(self):
        bad = self._order(self.customer, confirm=False).with_user(self.salesperson)
        alert = bad.customer_alerts["customer_value_dissatisfied"]
        self.assertEqual(alert["level"], "danger")
        self.assertEqual(alert["message"], "Azure Interior is dissatisfied: 25.0 of 100 points.")
        invoice = self._create_move(self.customer, "2026-06-15", 10).with_user(self.accountant)
        self.assertIn("customer_value_dissatisfied", invoice.alerts)
        self._answer(levels=[(4, 3), (3, 3)])
        self._drain()
        bad.invalidate_recordset()
        alert = bad.customer_alerts["customer_value_dissatisfied"]
        self.assertIn("0.50 levels of 5 below what they expect", alert["message"])
        good = self._order(self.other_customer, confirm=False).with_user(self.salesperson)
        self.assertNotIn("customer_value_dissatisfied", good.customer_alerts or {})

    def test_contacts_search_sort_and_group(self):
        quiet = self._create_customer("Quiet")
        both = self.customer | self.other_customer
        partners = self.env["res.partner"].with_user(self.salesperson)
        within = [("id", "in", (both | quiet).ids)]

        def search(*condition, **options):
            return partners.search([*within, condition], **options).sudo(False)

        sad, happy = (p.with_user(self.salesperson) for p in both)
        quiet = quiet.with_user(self.salesperson)
        self.assertEqual(search("customer_satisfaction_state", "=", "dissatisfied"), sad)
        self.assertEqual(search("customer_satisfaction_state", "!=", False), sad | happy)
        self.assertEqual(search("customer_satisfaction_state", "=", False), quiet)
        self.assertEqual(search("customer_satisfaction", ">=", 25), sad | happy)
        self.assertEqual(search("customer_satisfaction", ">", 25), happy)
        self.assertEqual(search("customer_satisfaction", "<", 60), sad)
        self.assertEqual(search("customer_satisfaction", "<=", 25), sad)
        self.assertEqual(search("customer_satisfaction", "=", False), quiet)
        order = partners.search(within, order="customer_satisfaction desc nulls last")
        self.assertEqual(order.mapped("id"), (happy | sad | quiet).ids)
        groups = partners._read_group(within, ["customer_satisfaction_state"], ["__count"])
        self.assertEqual(dict(groups), {"delighted": 1, "dissatisfied": 1, False: 1})
        described = partners.fields_get(["customer_satisfaction_state"])
        label = described["customer_satisfaction_state"]["falsy_value_label"]
        self.assertEqual(label, "Not asked", "what the group without a state is called")
        description = partners.fields_get(["customer_satisfaction"])["customer_satisfaction"]
        self.assertTrue(description["sortable"])

    def test_filters_of_the_views_work(self):
        for model in ("res.partner", "customer.profile"):
            records = self.env[model].with_user(self.salesperson)
            arch = records.get_views([(False, "search")])["views"]["search"]["arch"]
            self.assertIn("dissatisfied", arch)
        partners = self.env["res.partner"].with_user(self.stock_user)
        arch = partners.get_views([(False, "search")])["views"]["search"]["arch"]
        self.assertNotIn("satisfaction", arch)

    def test_badge_on_lists(self):
        badges = self.customer.with_user(self.salesperson).customer_badges
        self.assertIn("Dissatisfied", [badge["value"] for badge in badges])
        quiet = self._create_customer("Quiet")
        self._invoice(quiet, "2026-05-01", 100)
        self._drain()
        badges = quiet.with_user(self.salesperson).customer_badges
        self.assertIn("Not asked", [badge["value"] for badge in badges])

    def test_standing_in_the_telephone_pop_up(self):
        calls = self.env["customer.call"]
        standing = calls._get_popup_standing(self.customer.with_user(self.service_user))
        self.assertEqual(standing["satisfaction"], "Dissatisfied")
        self.assertTrue(standing["is_dissatisfied"])
        standing = calls._get_popup_standing(self.other_customer.with_user(self.service_user))
        self.assertEqual(
            (standing["satisfaction"], standing["is_dissatisfied"]), ("Delighted", False)
        )
        quiet = self._create_customer("Quiet")
        standing = calls._get_popup_standing(quiet.with_user(self.service_user))
        self.assertNotIn("satisfaction", standing)
        self._invoice(quiet, "2026-05-01", 100)
        self._drain()
        standing = calls._get_popup_standing(quiet.with_user(self.service_user))
        self.assertEqual(
            (standing["satisfaction"], standing["is_dissatisfied"]), ("Not asked", False)
        )
        self.assertFalse(calls._get_popup_standing(self.customer.with_user(self.stock_user)))

    def test_summary_of_the_api(self):
        program = self._create_user(
            "prog",
            "customer_value.customer_value_group_user,customer_value.customer_value_group_api",
        )
        api = self.env["customer.api"].with_user(program)
        summary = api.get_summary(company_id=self.company.id, partner_id=self.customer.id)
        self.assertEqual(summary["satisfaction"], 25)
        self.assertEqual(summary["satisfaction_state"], "dissatisfied")
        self.assertIn("satisfaction", {section["key"] for section in summary["sections"]})
        quiet = self._create_customer("Quiet")
        summary = api.get_summary(company_id=self.company.id, partner_id=quiet.id)
        self.assertIs(summary["satisfaction"], False)
        self.assertEqual(summary["satisfaction_state"], "")

    def test_same_number_of_queries_for_ten_and_a_hundred(self):
        partners = self.env["res.partner"].create(
            [{"name": f"C{number}", "is_company": True} for number in range(100)]
        )
        for partner in partners:
            self._answer(partner, rating=4)
            self._answer(partner, nps=3)
        self._drain()
        names = ("customer_satisfaction", "customer_satisfaction_state", "customer_badges")
        shown = {name: {} for name in names}

        def count(function, chosen):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            function(chosen)
            return self.env.cr.sql_log_count - before

        def read(chosen):
            model = self.env["res.partner"].with_user(self.salesperson)
            model.web_search_read([("id", "in", chosen.ids)], shown)

        def refresh(chosen):
            self.env["customer.profile"]._refresh(self.company, chosen.ids)

        def list_facts(chosen):
            model = self.env["customer.satisfaction.fact"].with_user(self.accountant)
            fields = {"document_name": {}, "points": {}, "component": {}}
            found = model.web_search_read([("partner_id", "in", chosen.ids)], fields, limit=500)
            self.assertEqual(found["length"], 2 * len(chosen))

        for function in (read, refresh, list_facts):
            count(function, partners)
            few, many = count(function, partners[:10]), count(function, partners)
            self.assertEqual(few, many, function.__name__)

    def test_answering_only_adds_to_the_queue(self):
        """Whoever records an answer waits for no measurement."""
        self.env["customer.refresh.queue"].search([]).unlink()
        before = self.profile.satisfaction
        self._answer(rating=5)
        self.env.flush_all()
        queue = self.env["customer.refresh.queue"].search([])
        self.assertEqual(queue.mapped("partner_id"), self.customer)
        self.assertEqual(self.profile.satisfaction, before)
        self._drain()
        self.assertEqual(self.profile.satisfaction, 62.5)

    def test_every_change_that_counts_is_news(self):
        answer = self._answer(levels=[(3, 3)])
        complaint = self._complain()
        self._drain()
        queue = self.env["customer.refresh.queue"]

        def is_news(change):
            # Each change is another transaction to the queue.
            queue.search([]).unlink()
            change()
            self.env.flush_all()
            return self.customer in queue.search([]).partner_id

        for change in (
            lambda: answer.line_ids.write({"perception": 5}),
            lambda: answer.line_ids.unlink(),
            lambda: answer.write({"date": "2026-01-01"}),
            lambda: answer.write({"partner_id": self.other_customer.id}),
            lambda: complaint.write({"severity": "3"}),
            lambda: complaint.write({"close_date": "2026-06-15 11:00:00"}),
            lambda: complaint.unlink(),
        ):
            self.assertTrue(is_news(change))
        self.assertFalse(is_news(lambda: answer.write({"comment": "Nice"})))
