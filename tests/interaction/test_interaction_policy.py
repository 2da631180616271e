from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import MONDAY, InteractionCommon


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestInteractionPolicy(InteractionCommon):
    """Who is due for contact, by which policy, and planning calls with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.gold, cls.silver = (
            cls.env["customer.tier"].search(
                [("company_id", "=", cls.company.id), ("name", "=", name)]
            )
            for name in ("Gold", "Silver")
        )
        cls._log(cls.customer, date="2026-05-01 10:00:00")
        cls._invoice(cls.other_customer, "2026-06-01", 100)
        cls._run_nightly()
        cls.profile = cls._profile(cls.customer)
        cls.other_profile = cls._profile(cls.other_customer)
        cls.profiles = cls.profile | cls.other_profile

    def _policy(self, days, **values):
        return (
            self.env["customer.contact.policy"]
            .with_user(self.manager)
            .create({"days": days, **values})
        )

    def _due(self, profile):
        return profile.with_user(self.service_user).contact_due_date

    def test_without_a_policy_nobody_is_due(self):
        self.assertEqual(self.profiles.mapped("contact_due_date"), [False, False])

    def test_due_from_the_last_contact_else_the_first_purchase(self):
        self._policy(30)
        self.assertEqual(self._due(self.profile), self._day("2026-05-31"))
        self.assertEqual(self._due(self.other_profile), self._day("2026-07-01"))
        self._log(self.customer, date="2026-06-10 10:00:00", outcome="not_reached")
        self._drain()
        self.assertEqual(self._due(self.profile), self._day("2026-05-31"))
        self._log(self.contact, date="2026-06-10 10:00:00", outcome="reached")
        self._drain()
        self.assertEqual(self._due(self.profile), self._day("2026-07-10"))

    def test_first_policy_that_fits_holds(self):
        everybody = self._policy(100, sequence=30)
        self._policy(50, sequence=20, value_class="A")
        self._policy(10, sequence=10, tier_id=self.gold.id)
        self.profile.write({"tier_id": self.gold.id, "value_class": "A"})
        self.assertEqual(self._due(self.profile), self._day("2026-05-11"))
        self.profile.tier_id = self.silver
        self.assertEqual(self._due(self.profile), self._day("2026-06-20"))
        self.profile.value_class = "B"
        self.assertEqual(self._due(self.profile), self._day("2026-08-09"))
        everybody.sequence = 1
        self.profile.write({"tier_id": self.gold.id})
        self.assertEqual(self._due(self.profile), self._day("2026-08-09"))
        everybody.active = False
        self.assertEqual(self._due(self.profile), self._day("2026-05-11"))

    def test_policy_of_another_company(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self.env["customer.contact.policy"].create({"days": 5, "company_id": other.id})
        self.assertFalse(self._due(self.profile))
        policies = self.env["customer.contact.policy"].with_user(self.manager)
        self.assertFalse(policies.search([]))
        with self.assertRaises(UserError):
            self._policy(
                5, tier_id=self.env["customer.tier"].search([("company_id", "=", other.id)])[0].id
            )

    def test_search_sort_and_group(self):
        self._policy(30)
        profiles = self.env["customer.profile"].with_user(self.service_user)
        ours = [("id", "in", self.profiles.ids)]
        for domain, found in (
            ([("contact_due_date", "<=", "today")], self.profile),
            ([("contact_due_date", ">", "2026-06-15")], self.other_profile),
            ([("contact_due_date", "=", "2026-05-31")], self.profile),
            ([("contact_due_date", "=", False)], self.profile.browse()),
            ([("contact_due_date", "!=", False)], self.profiles),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(profiles.search(domain + ours), found)
        self.assertEqual(
            profiles.search(ours, order="contact_due_date desc").ids,
            (self.other_profile | self.profile).ids,
        )
        groups = profiles.formatted_read_group(ours, ["contact_due_date:month"], ["__count"])
        self.assertEqual([group["__count"] for group in groups], [1, 1])
        with self.assertRaises(AccessError):
            profiles.with_user(self.stock_user).search([("contact_due_date", "<", "today")])

    def test_plan_calls(self):
        self._policy(10)
        self.customer.user_id = self.salesperson
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.contact.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            }
        )
        mails = self.env["mail.mail"].search_count([])
        action = self.profiles.with_user(self.service_user).action_plan_contact()
        self.assertIn("2", action["params"]["message"])
        activity = self.customer.activity_ids
        self.assertEqual(activity.activity_type_id, self.call)
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertEqual(activity.date_deadline, self._day("2026-06-15"))
        self.assertEqual(self.other_customer.activity_ids.user_id, self.service_user)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        with self.assertRaisesRegex(UserError, "planned for each"):
            self.profiles.with_user(self.service_user).action_plan_contact()
        activity.action_feedback()
        self.profiles.with_user(self.salesperson).action_plan_contact()
        self.assertEqual(len(self.customer.activity_ids), 1)
        self.assertEqual(len(self.other_customer.activity_ids), 1)

    def test_call_with_a_contact_of_the_customer_counts(self):
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.contact.id,
                "activity_type_id": self.call.id,
            }
        )
        self.profiles.with_user(self.service_user).action_plan_contact()
        self.assertFalse(self.customer.activity_ids)
        self.assertTrue(self.other_customer.activity_ids)

    def test_accountants_plan_nothing(self):
        with self.assertRaises(AccessError):
            self.profiles.with_user(self.accountant).action_plan_contact()

    def test_days_are_sensible(self):
        for days in (0, -1, 4000):
            with (
                self.subTest(days=days),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._policy(days).flush_recordset()

    def test_only_managers_configure(self):
        policy = self._policy(30)
        self.assertIn("30", policy.display_name)
        with self.assertRaises(AccessError):
            policy.with_user(self.service_user).write({"days": 1})

    def test_lists_open_for_every_role(self):
        self._policy(30)
        action = self.env.ref("customer_value.customer_profile_action_contact_due")
        view = self.env.ref("customer_value.customer_profile_view_list_contact_due")
        self.assertIn(view, action.view_ids.view_id)
        for user in (self.service_user, self.own_salesperson, self.accountant, self.manager):
            profiles = self.env["customer.profile"].with_user(user)
            loaded = profiles.get_views([(view.id, "list"), (False, "search")])
            names = loaded["models"]["customer.profile"]["fields"]
            self.assertTrue(names["contact_due_date"]["sortable"])
            self.assertTrue(
                profiles.web_search_read(
                    [], {"contact_due_date": {}, "partner_id": {}}, order="contact_due_date"
                )["records"]
            )

    def test_queries_do_not_grow(self):
        self._policy(30)
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(100)]
        )
        profiles = self.env["customer.profile"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                }
                for partner in partners
            ]
        )

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            seen = records.with_user(self.salesperson)
            before = self.env.cr.sql_log_count
            seen.web_read({"contact_due_date": {}})
            read = self.env.cr.sql_log_count - before
            before = self.env.cr.sql_log_count
            seen.action_plan_contact()
            self.env.flush_all()
            return read, self.env.cr.sql_log_count - before

        count(profiles[:2])
        (few_read, few), (many_read, many) = count(profiles[2:12]), count(profiles[12:])
        self.assertEqual(few_read, many_read)
        self.assertEqual(few, many)
