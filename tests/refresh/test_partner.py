from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestPartner(CustomerValueCommon):
    """What contacts show, and what happens when contacts change."""

    def test_contacts_show_their_company(self):
        contact = self.env["res.partner"].create({"name": "Sara", "parent_id": self.customer.id})
        self._invoice(contact, "2026-05-01", 100)
        self._run_nightly()
        shown = contact.with_user(self.salesperson)
        self.assertEqual(shown.customer_profile_id, self._profile(self.customer))
        self.assertEqual(shown.customer_tier_id.name, "Bronze")
        self.assertEqual(shown.customer_stage, "new")
        self.assertFalse(self.other_customer.customer_profile_id)

    def test_refresh_updates_what_was_already_read(self):
        self.assertFalse(self.customer.customer_stage)
        self._invoice(self.customer, "2026-05-01", 100)
        self.env["customer.profile"]._refresh(self.company, self.customer.ids)
        self.assertEqual(self.customer.customer_stage, "new")

    def test_search(self):
        contact = self.env["res.partner"].create({"name": "Sara", "parent_id": self.customer.id})
        self._invoice(self.customer, "2026-05-01", 100)
        self._run_nightly()
        partners = self.env["res.partner"].with_user(self.salesperson)
        mine = [("id", "in", (self.customer | self.other_customer | contact).ids)]
        buyers = self.customer | contact
        profile = self._profile(self.customer)
        cases = [
            ([("customer_stage", "=", "new")], buyers),
            ([("customer_stage", "!=", "new")], self.other_customer),
            ([("customer_stage", "in", ["new", "active"])], buyers),
            ([("customer_stage", "=", False)], self.other_customer),
            ([("customer_stage", "!=", False)], buyers),
            ([("customer_stage", "in", [False, "new"])], buyers | self.other_customer),
            ([("customer_tier_id", "=", profile.tier_id.id)], buyers),
            ([("customer_tier_id", "=", "Bronze")], buyers),
            ([("customer_tier_id", "ilike", "bron")], buyers),
            ([("customer_tier_id.name", "=", "Bronze")], buyers),
            ([("customer_tier_id", "=", False)], self.other_customer),
            ([("customer_value_class", "=", profile.value_class)], buyers),
            ([("customer_segment", "=", profile.segment)], buyers),
            ([("customer_profile_id.revenue_total", ">", 50)], buyers),
            ([("customer_profile_id", "=", False)], self.other_customer),
        ]
        for domain, expected in cases:
            with self.subTest(domain=domain):
                self.assertEqual(partners.search(mine + domain), expected)

    def test_group_by(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._run_nightly()
        partners = self.env["res.partner"].with_user(self.salesperson)
        mine = [("id", "in", (self.customer | self.other_customer).ids)]
        bronze = self._profile(self.customer).tier_id
        groups = partners._read_group(mine, ["customer_tier_id"], ["__count"])
        self.assertEqual({(tier.id, count) for tier, count in groups}, {(bronze.id, 1), (False, 1)})
        for name in ("customer_segment", "customer_stage", "customer_value_class"):
            self.assertEqual(len(partners._read_group(mine, [name], ["__count"])), 2)
            self.assertTrue(partners.fields_get([name])[name]["groupable"])
        groups = partners.formatted_read_group(mine, ["customer_stage"], ["__count"])
        for group in groups:
            found = partners.search_count(mine + list(group["__extra_domain"]))
            self.assertEqual(found, group["__count"])

    def test_same_queries_for_10_and_100_contacts(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_company": True} for number in range(110)]
        )
        for customer in customers[::10]:
            self._invoice(customer, "2026-05-01", 100)
        self._run_nightly()
        names = ["customer_tier_id", "customer_segment", "customer_stage", "customer_value_class"]

        def count(records):
            self.env.invalidate_all()
            records = records.with_user(self.salesperson)
            records.mapped("name")
            before = self.cr.sql_log_count
            records.read(names)
            return self.cr.sql_log_count - before

        count(customers[:10])
        self.assertEqual(count(customers[:10]), count(customers[10:110]))

    def test_moving_a_contact_to_another_company(self):
        """Odoo moves the invoices along; both customers are refreshed."""
        person = self._create_customer("Sara", is_company=False)
        self._invoice(person, "2026-05-01", 100)
        self._invoice(self.customer, "2026-05-02", 10)
        self._drain()
        self.assertEqual(self._profile(person).revenue_total, 100)
        person.parent_id = self.customer
        former = self.env["customer.profile"].search([("partner_id", "=", person.id)])
        self._drain()
        self.assertEqual(self._profile(self.customer).revenue_total, 110)
        self.assertEqual(self._profile(self.customer).occasion_count, 2)
        self.assertFalse(former.exists(), "nothing counts twice")

    def test_archived_customer_keeps_the_numbers(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._drain()
        self.customer.action_archive()
        self._invoice(self.customer, "2026-05-02", 100)
        self._drain()
        self._run_nightly()
        profile = self._profile(self.customer)
        self.assertEqual(profile.revenue_total, 200)
        self.assertTrue(profile.segment)

    def test_deleted_customer_takes_the_profile_along(self):
        order = self._order(self.customer, confirm=False)
        self._drain()
        profile = self._profile(self.customer)
        order.unlink()
        self.customer.unlink()
        self.env.flush_all()
        self.assertFalse(profile.exists())
        self._drain()
        self.assertFalse(self.env["customer.refresh.queue"].search([]))

    def _merge(self, source, target):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (source | target).ids, target
        )

    def test_merge_rebuilds_the_numbers_and_loses_nothing(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.other_customer, "2026-05-01", 50)
        self._invoice(self.other_customer, "2026-05-03", 50)
        self._run_nightly()
        tier_changes = self.env["customer.tier.change"].search([])
        self.assertEqual(len(tier_changes), 2)
        self._merge(self.other_customer, self.customer)
        self._drain()
        self.assertFalse(self.other_customer.exists())
        profile = self._profile(self.customer)
        self.assertEqual(profile.revenue_total, 200)
        self.assertEqual(profile.occasion_count, 2)
        self.assertEqual(profile.invoice_count, 3)
        self.assertEqual(tier_changes.exists().partner_id, self.customer)
        self.assertEqual(len(tier_changes.exists()), 2)

    def test_merge_keeps_the_better_tier_and_the_manual_one(self):
        gold = self.env["customer.tier"].search(
            [("company_id", "=", self.company.id), ("name", "=", "Gold")]
        )
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.other_customer, "2026-05-01", 50)
        self._drain()
        self._profile(self.other_customer).write(
            {"override_tier_id": gold.id, "override_until_date": "2026-12-31"}
        )
        self._merge(self.other_customer, self.customer)
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(len(profile), 1)
        self.assertEqual(profile.tier_id, gold)
        self.assertEqual(profile.revenue_total, 150)

    def test_merge_into_a_contact_goes_to_its_company(self):
        contact = self.env["res.partner"].create({"name": "Sara", "parent_id": self.customer.id})
        person = self._create_customer("Reza", is_company=False)
        self._invoice(person, "2026-05-01", 50)
        self._drain()
        changes = self.env["customer.tier.change"].search([])
        self._merge(person, contact)
        self._drain()
        profiles = self.env["customer.profile"].search([])
        self.assertEqual(profiles.partner_id, self.customer)
        self.assertEqual(profiles.revenue_total, 50)
        self.assertEqual(changes.partner_id, self.customer)

    def test_merge_adds_up_snapshots(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.other_customer, "2026-05-01", 50)
        third = self._create_customer("Third")
        self._invoice(third, "2026-05-01", 7)
        self._drain()
        snapshots = self.env["customer.profile.snapshot"]
        snapshots._take(self.company, self._day("2026-04-30"))
        snapshots.search([("partner_id", "=", self.customer.id)]).unlink()
        snapshots._take(self.company, self._day("2026-05-31"))
        self._merge(self.other_customer | third, self.customer)
        self.env.invalidate_all()
        kept = snapshots.search([], order="date")
        self.assertEqual(kept.partner_id, self.customer)
        self.assertEqual(kept.mapped("revenue_total"), [57, 157])

    def test_merge_in_two_companies(self):
        other_company = self._create_company("Zagros", self.env.ref("base.EUR"))
        product = self.product.with_company(other_company)
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.other_customer, "2026-05-01", 70, company=other_company, product=product)
        self._drain()
        self._merge(self.other_customer, self.customer)
        self._drain()
        self.assertEqual(self._profile(self.customer).revenue_total, 100)
        self.assertEqual(self._profile(self.customer, other_company).revenue_total, 70)


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestTwoCompanies(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b = cls._create_company("Zagros", cls.env.ref("base.EUR"))
        cls.user_b = cls._create_user("behnaz", "sales_team.group_sale_salesman_all_leads")
        cls.user_b.write(
            {"company_ids": [Command.set(cls.company_b.ids)], "company_id": cls.company_b.id}
        )
        cls._invoice(cls.customer, "2026-05-01", 100)
        cls._invoice(cls.customer, "2026-05-02", 900, company=cls.company_b)
        cls._drain()
        cls._run_nightly(cls.company | cls.company_b)

    def test_numbers_do_not_mix(self):
        in_a, in_b = self._profile(self.customer), self._profile(self.customer, self.company_b)
        self.assertEqual((in_a.revenue_total, in_a.currency_id.name), (100, "USD"))
        self.assertEqual((in_b.revenue_total, in_b.currency_id.name), (900, "EUR"))

    def test_contact_shows_the_current_company(self):
        in_b = self.customer.with_company(self.company_b)
        self.assertEqual(in_b.customer_profile_id.revenue_total, 900)
        self.assertEqual(self.customer.customer_profile_id.revenue_total, 100)
        self.assertEqual(in_b.customer_tier_id.company_id, self.company_b)

    def test_users_see_their_companies_only(self):
        for user, company in ((self.salesperson, self.company), (self.user_b, self.company_b)):
            for model in (
                "customer.profile",
                "customer.tier",
                "customer.tier.change",
            ):
                found = self.env[model].with_user(user).search([])
                self.assertEqual(found.company_id, company, model)
        shown = self.customer.with_user(self.user_b)
        self.assertEqual(shown.customer_profile_id.revenue_total, 900)

    def test_search_uses_the_current_company(self):
        partners = self.env["res.partner"]
        gold = self._profile(self.customer, self.company_b).tier_id
        domain = [("customer_tier_id", "=", gold.id)]
        self.assertFalse(partners.search(domain))
        self.assertEqual(partners.with_company(self.company_b).search(domain), self.customer)
