from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import AcquisitionCommon


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestAcquisition(AcquisitionCommon):
    """Where a customer came from: taken at the first order, kept by all that follows."""

    def test_the_first_order_says_where_from(self):
        order = self._order(self.customer, source_id=self.fair.id, campaign_id=self.spring.id)
        order.date_order = "2026-05-02 10:00:00"
        later = self._order(self.customer, source_id=self.radio.id)
        later.date_order = "2026-06-02 10:00:00"
        self._refresh(self.customer)
        row = self._origin(self.customer)
        self.assertEqual((row.source_id, row.campaign_id), (self.fair, self.spring))
        self.assertEqual((row.order_id, str(row.date)), (order, "2026-05-02"))
        self.assertEqual(self.customer.customer_source_id, self.fair)
        child = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        self.assertEqual(child.customer_source_id, self.fair)

    def test_an_earlier_order_entered_later_changes_nothing(self):
        self._order(self.customer, source_id=self.fair.id)
        self._refresh(self.customer)
        earlier = self._order(self.customer, source_id=self.radio.id)
        earlier.date_order = "2026-01-02 10:00:00"
        self._refresh(self.customer)
        self.assertEqual(self._origin(self.customer).source_id, self.fair)
        self.env["customer.profile"]._refresh(self.company, self.customer.ids)
        self.assertEqual(len(self._origin(self.customer)), 1)

    def test_an_order_that_says_nothing_asks_its_lead(self):
        other = self._lead(self.customer, source_id=self.radio.id)
        lead = self._lead(self.customer, source_id=self.fair.id)
        self._order(self.customer, opportunity_id=lead.id)
        self._refresh(self.customer)
        self.assertEqual(self._origin(self.customer).source_id, self.fair)
        self.assertEqual(self._origin(self.customer).lead_id, lead)
        self.assertTrue(other)

    def test_an_invoice_without_an_order_counts_as_one(self):
        contact = self.env["res.partner"].create({"name": "Bo", "parent_id": self.customer.id})
        lead = self._lead(contact, source_id=self.radio.id)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-01-01' WHERE id = %s", [lead.id]
        )
        self._invoice(self.customer, "2026-02-01", 100)
        self._invoice(self.other_customer, "2026-02-01", 100, source_id=self.fair.id)
        self._refresh(self.customer | self.other_customer)
        self.assertEqual(self._origin(self.customer).source_id, self.radio)
        self.assertEqual(self._origin(self.other_customer).source_id, self.fair)

    def test_a_lead_after_the_first_order_says_nothing(self):
        self._invoice(self.customer, "2026-02-01", 100)
        self._lead(self.customer, source_id=self.radio.id)
        self._refresh(self.customer)
        row = self._origin(self.customer)
        self.assertTrue(row)
        self.assertFalse(row.source_id)

    def test_quotations_and_credit_notes_are_no_first_order(self):
        self._order(self.customer, confirm=False, source_id=self.fair.id)
        self._invoice(self.other_customer, "2026-02-01", 100, move_type="out_refund")
        self._refresh(self.customer | self.other_customer)
        self.assertFalse(self._origin(self.customer) | self._origin(self.other_customer))

    def test_a_merge_keeps_the_earlier_and_the_history(self):
        self._invoice(self.customer, "2026-03-01", 100, source_id=self.radio.id)
        self._invoice(self.other_customer, "2026-02-01", 100, source_id=self.fair.id)
        third = self._create_customer("Third")
        self._invoice(third, "2026-01-01", 100, source_id=self.radio.id)
        self._refresh(self.customer | self.other_customer | third)
        self._merge(self.other_customer, self.customer)
        self._refresh(self.customer)
        self.assertEqual(self._origin(self.customer).source_id, self.fair)
        rows = self.rows.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(sorted(rows.mapped("state")), ["counts", "merged"])
        self._merge(self.customer, third)
        rows = self.rows.search([("partner_id", "=", third.id)])
        self.assertEqual(len(rows), 3)
        self.assertEqual(str(self._origin(third).date), "2026-01-01")
        self.assertEqual({*rows.mapped("former_name")}, {False, "Azure Interior", "Deco Addict"})

    def test_each_company_and_its_branches(self):
        branch = self._create_branches(self.company)[0]
        self._invoice(self.customer, "2026-02-01", 100, company=branch, source_id=self.fair.id)
        self._invoice(self.customer, "2026-03-01", 100, source_id=self.radio.id)
        self._refresh(self.customer)
        self._refresh(self.customer, branch)
        self.assertEqual(self._origin(self.customer).source_id, self.fair)
        self.assertEqual(self._origin(self.customer, branch).source_id, self.fair)

    def test_ten_customers_take_as_many_queries_as_forty(self):
        many = self.env["res.partner"].create(
            [{"name": f"Buyer {n}", "is_company": True} for n in range(50)]
        )
        for customer in many:
            self._invoice(customer, "2026-02-01", 10, source_id=self.fair.id)
        counts = []
        for some in (many[:10], many[10:]):
            before = self.env.cr.sql_log_count
            self.env["customer.profile"]._refresh(self.company, some.ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(abs(counts[0] - counts[1]), 12)
        self.assertEqual(self.rows.search_count([("partner_id", "in", many.ids)]), 50)

    def test_only_managers_correct_it_and_it_is_noted(self):
        self._invoice(self.customer, "2026-02-01", 100, source_id=self.fair.id)
        self._refresh(self.customer)
        row = self._origin(self.customer)
        for user in (self.salesperson, self.accountant):
            self.assertEqual(row.with_user(user).source_id, self.fair)
            with self.assertRaises(AccessError):
                row.with_user(user).source_id = self.radio
            with self.assertRaises(AccessError):
                row.with_user(user).read(["order_id"])
        row.with_user(self.manager).source_id = self.radio
        self.assertEqual(row.corrected_by_id, self.manager)
        for vals in ({"date": "2020-01-01"}, {"state": "merged"}, {"corrected_by_id": False}):
            with self.assertRaises(AccessError):
                row.with_user(self.manager).write(vals)
        with self.assertRaises(AccessError):
            self.rows.with_user(self.manager).create({"partner_id": self.customer.id})

    def test_companies_do_not_see_each_other(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._invoice(self.customer, "2026-02-01", 100, company=other, source_id=self.fair.id)
        self._refresh(self.customer, other)
        row = self._origin(self.customer, other)
        self.assertTrue(row)
        self.assertFalse(self.rows.with_user(self.manager).search([("id", "=", row.id)]))
        self.assertFalse(self.customer.with_user(self.salesperson).customer_source_id)

    # === COMPETITORS ===

    def test_a_lead_makes_its_contact_a_prospect_who_buys_elsewhere(self):
        lead = self._lead(self.customer, customer_supplier_id=self.rival.id)
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual((profile.rival_id, profile.stage), (self.rival, "prospect"))
        newer = self._lead(self.customer, customer_competitor_id=self.other_customer.id)
        self._drain()
        self.assertEqual(self._profile(self.customer).rival_id, self.other_customer)
        (lead | newer).write({"customer_supplier_id": False, "customer_competitor_id": False})
        self._drain()
        self.assertFalse(self._profile(self.customer))

    def test_a_lead_moved_to_another_contact_moves_it(self):
        lead = self._lead(self.customer, customer_supplier_id=self.rival.id)
        self._drain()
        lead.partner_id = self.other_customer
        self._drain()
        self.assertFalse(self._profile(self.customer))
        self.assertEqual(self._profile(self.other_customer).rival_id, self.rival)

    def test_a_competitor_of_another_company_cannot_be_named(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaisesRegex(Exception, "company|compan"):
            self._lead(self.customer, customer_supplier_id=theirs.id)

    def test_the_contact_made_of_a_lead_has_its_kind(self):
        lead = self._lead(
            partner_name="New Shop",
            contact_name="Nora",
            customer_industry_id=self.retail.id,
            customer_size="small",
        ).with_user(self.salesperson)
        person = lead._create_customer()
        company = person.commercial_partner_id
        self.assertEqual((company.industry_id, company.customer_size), (self.retail, "small"))

    def test_merged_leads_keep_what_is_known(self):
        first = self._lead(self.customer)
        second = self._lead(self.customer, customer_supplier_id=self.rival.id)
        merged = (first | second).merge_opportunity(user_id=False, team_id=False)
        self.assertEqual(merged.customer_supplier_id, self.rival)
