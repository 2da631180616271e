"""What a lead would be worth: from customers like it, for who may see profit."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...engine.lifetime_value import get_lead_value
from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestLeadValue(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.lang = "en_US"
        cls.spain, cls.peru = cls.env.ref("base.es"), cls.env.ref("base.pe")
        cls._add_valued(cls.company, cls.spain, 10, 1000)
        cls._add_valued(cls.company, cls.peru, 15, 100)

    @classmethod
    def _add_valued(cls, company, country, count, value):
        partners = cls.env["res.partner"].create(
            [
                {"name": f"{country.code} {n}", "is_company": True, "country_id": country.id}
                for n in range(count)
            ]
        )
        cls.env["customer.profile"].sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "lifetime_value": value,
                }
                for partner in partners
            ]
        )
        return partners

    def _lead(self, **values):
        lead = self.env["crm.lead"].create({"name": "Enquiry", "type": "lead", **values})
        return lead.with_user(self.manager)

    def test_value_and_sentence(self):
        lead = self._lead(partner_name="Deco", country_id=self.spain.id)
        expected = get_lead_value([(25, 11_500), (25, 11_500), (10, 10_000)]).value
        self.assertAlmostEqual(lead.customer_lifetime_value, expected, 2)
        self.assertEqual(
            lead.customer_lifetime_value_reason,
            "10 companies in Spain: $\xa01,000.00 each on average. All 25 customers: $\xa0460.00.",
        )
        person = self._lead(contact_name="Ana", country_id=self.spain.id)
        self.assertAlmostEqual(person.customer_lifetime_value, 460, 2)
        self.assertEqual(
            person.customer_lifetime_value_reason,
            "The mean of all 25 customers: there are too few like it.",
        )

    def test_not_enough_data(self):
        company = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._add_valued(company, self.spain, 19, 50)
        lead = self._lead(company_id=company.id, partner_name="Deco", country_id=self.spain.id)
        self.manager.company_ids |= company
        self.assertIs(lead.customer_lifetime_value, False)
        self.assertIn("Not enough data", lead.customer_lifetime_value_reason)
        self._add_valued(company, self.spain, 1, 50)
        lead.invalidate_recordset()
        self.assertEqual(lead.customer_lifetime_value, 50)
        self.assertIn("€", lead.customer_lifetime_value_reason)

    def test_a_customer_has_a_value_of_its_own(self):
        customer = self._add_valued(self.company, self.peru, 1, 7777)
        lead = self._lead(partner_id=customer.id)
        self.assertEqual(lead.customer_lifetime_value, 7777)

    def test_only_for_who_may_see_profit(self):
        lead = self._lead(partner_name="Deco")
        with self.assertRaises(AccessError):
            lead.with_user(self.salesperson).read(["customer_lifetime_value"])

    def test_query_count_is_the_same_for_any_number(self):
        leads = self.env["crm.lead"].create(
            [{"name": f"L{n}", "country_id": self.spain.id} for n in range(100)]
        )

        def count(some):
            self.env.invalidate_all()
            some = some.with_user(self.manager)
            before = self.env.cr.sql_log_count
            some.mapped("customer_lifetime_value_reason")
            return self.env.cr.sql_log_count - before

        count(leads[:10])
        self.assertEqual(count(leads[:10]), count(leads))
