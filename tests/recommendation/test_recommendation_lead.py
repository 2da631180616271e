"""What to offer to a lead: what customers like it buy."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..prediction.common import TODAY
from .common import RecommendationCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestRecommendationLead(RecommendationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.env.user | cls.salesperson | cls.own_salesperson).lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.day = cls._day(TODAY) - timedelta(days=20)
        cls.desk, cls.lamp, cls.rug = cls._add_products("Desk", "Lamp", "Rug")
        cls.spain, cls.peru = cls.env.ref("base.es"), cls.env.ref("base.pe")
        cls.spanish = cls._add_customers(6, "Spanish")
        cls.spanish.country_id = cls.spain
        cls.peruvians = cls._add_customers(6, "Peruvian")
        cls.peruvians.country_id = cls.peru
        cls._add_purchases(
            [(one.id, cls.day, [(cls.desk.id, 1, 100)]) for one in cls.spanish]
            + [(one.id, cls.day, [(cls.lamp.id, 1, 100)]) for one in cls.spanish[:4]]
            + [(one.id, cls.day, [(cls.rug.id, 1, 100)]) for one in cls.peruvians]
        )
        cls._run_nightly()

    def _open(self, lead, user=None):
        action = lead.with_user(user or self.salesperson).action_open_recommendations()
        return self.env[action["res_model"]].with_user(self.salesperson).search(action["domain"])

    def _add_lead(self, **values):
        return self.env["crm.lead"].create({"name": "Enquiry", "type": "lead", **values})

    def test_country(self):
        lines = self._open(self._add_lead(country_id=self.spain.id))
        self.assertEqual(
            [(line.product_id, line.reason) for line in lines],
            [
                (self.desk, "Bought by 6 of 6 customers in the same country"),
                (self.lamp, "Bought by 4 of 6 customers in the same country"),
            ],
        )
        self.assertEqual(set(lines.mapped("stock_status")), {"unlimited"})

    def test_nothing_known(self):
        lines = self._open(self._add_lead())
        self.assertEqual(lines[0].reason, "Bought by 6 of 12 customers")
        self.assertEqual(lines.product_id, self.desk | self.rug | self.lamp)

    def test_tags_go_first(self):
        tag = self.env["crm.tag"].create({"name": "Hotel"})
        for customer in self.peruvians[:5]:
            self._add_lead(partner_id=customer.id, tag_ids=tag.ids)
        lead = self._add_lead(country_id=self.spain.id, tag_ids=tag.ids)
        lines = self._open(lead)
        self.assertEqual(lines.product_id, self.rug)
        self.assertEqual(lines.reason, "Bought by 5 of 5 customers with the same tags")

    def test_industry_of_the_contact(self):
        industry = self.env["res.partner.industry"].create({"name": "Hotels"})
        self.peruvians.industry_id = industry
        prospect = self._create_customer("Hostal", industry_id=industry.id)
        lines = self._open(self._add_lead(partner_id=prospect.id))
        self.assertEqual(lines.reason, "Bought by 6 of 6 customers of the same industry")

    def test_never_list_holds(self):
        self.desk.sale_ok = False
        self.lamp.standard_price = 200
        self.assertFalse(self._open(self._add_lead(country_id=self.spain.id)))

    def test_lead_of_a_customer_shows_the_customers_own(self):
        self._add_purchases(
            [(self.spanish[0].id, self.day - timedelta(days=5), [(self.desk.id, 1, 100)])]
        )
        self._refresh(self.spanish[0])
        found = self._open(self._add_lead(partner_id=self.spanish[0].id))
        self.assertEqual(found._name, "customer.recommendation")
        self.assertEqual(found.partner_id, self.spanish[0])

    def test_somebody_elses_lead(self):
        lead = self._add_lead(user_id=self.salesperson.id)
        with self.assertRaises(AccessError):
            self._open(lead, self.own_salesperson)
        self.assertFalse(
            self.env["customer.lead.product"].with_user(self.own_salesperson).search([])
        )
