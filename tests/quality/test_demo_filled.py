"""The made demo is a living company: a smaller one, of the demo's own parts, fills every screen."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...demo.living import sales
from ...demo.living.company import LivingCompany
from ..common import CustomerValueCommon

# customers, is a company, days between purchases, mean amount, tag
KINDS = {
    "offices": (14, True, 65, 900, "Offices"),
    "restaurants": (12, True, 55, 700, "Restaurants"),
    "shops": (12, True, 80, 1400, "Shops"),
    "households": (20, False, 150, 120, "Households"),
}


# So few customers are not enough to learn from: who may be leaving, and what follows from it, such
# as the calls of the play that wants to keep them.
UNLEARNED = {
    *("customer_profile_action_leaving", "customer_profile_action_value_at_risk"),
    *("customer_profile_action_retention", "crm_lead_action_lookalikes"),
    *("customer_lost_interview_action", "customer_lost_report_action"),
    "customer_play_action_action_mine",
}


class SmallCompany(LivingCompany):
    """Fewer customers and nights, all in the transaction of the test."""

    months, fit_every, sales_months, cash_months = 9, 6, 3, 1

    def do(self, part):
        """Make a part; nothing is committed."""
        part()
        self.env.flush_all()
        self.env.invalidate_all()

    def look(self):
        """Look once, for all tests."""
        self.empty, self.gaps = self.find_empty_screens(), self.find_gaps()


@tagged("post_install", "-at_install")
class TestDemoFilled(CustomerValueCommon):
    """Every screen of our menus, as its manager opens it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_goods()
        for login in ("sales", "service"):
            cls.env["res.users"].create(
                {
                    "name": login,
                    "login": login,
                    "company_id": cls.company.id,
                    "company_ids": [Command.set(cls.company.ids)],
                }
            )
        env = cls.env(context={**cls.env.context, "tracking_disable": True, "lang": "en_US"})
        cls.demo = SmallCompany(env, env.cr)
        jobs = type(env["ir.cron"])
        with (
            patch.object(sales, "KINDS", KINDS),
            patch.object(sales, "DAYS", 420),
            patch.object(jobs, "_commit_progress", lambda *_args, **_values: 60.0),
        ):
            cls.demo.make()

    @classmethod
    def _add_goods(cls):
        """What Odoo's demo data has: goods kept in stock, in some categories."""
        categories = cls.env["product.category"].create(
            [{"name": f"Shelf {number}"} for number in range(4)]
        )
        cls.env["product.product"].create(
            [
                {
                    "name": f"Article {number}",
                    "categ_id": categories[number % 4].id,
                    "list_price": 10.0 + number,
                    "standard_price": 5.0 + number / 2,
                    "is_storable": True,
                }
                for number in range(24)
            ]
        )

    def test_no_screen_is_empty(self):
        self.assertLessEqual(set(self.demo.empty), UNLEARNED)
        self.assertGreater(len(list(self.demo.get_screens())), 70)

    def test_nothing_of_a_living_company_is_missing(self):
        """But what takes more customers than these."""
        gaps = self.demo.gaps
        self.assertIn("150 customers", gaps)
        self.assertLessEqual(
            set(gaps), {"150 customers", "customers in every tier", "a graded prediction"}
        )

    def test_a_customer_sees_the_portal(self):
        user = self.env["res.users"].search([("login", "=", "customer")])
        self.assertTrue(user.share)
        self.assertTrue(self._profile(user.partner_id).tier_id)
        self.assertTrue(user.partner_id.sudo()._get_points_cards_of())

    def test_people_have_numbers_an_sms_reaches(self):
        customers = self.demo.get_customers()
        numbers = customers._get_outreach_addresses("sms")
        reached = customers.filtered(lambda customer: numbers[customer])
        self.assertEqual(reached, customers.filtered(lambda customer: not customer.is_company))

    def test_an_empty_screen_is_found(self):
        action = dict(self.demo.get_screens())["customer_sales_forecast_action"]
        self.assertFalse(self.demo.is_empty(action))
        self.env["customer.sales.forecast"].sudo().search([]).unlink()
        self.assertTrue(self.demo.is_empty(action))

    def test_done_plays_have_customers_and_an_outcome(self):
        done = self.env["customer.play"].search([("state", "=", "done")])
        self.assertTrue(done)
        for play in done:
            self.assertTrue(play.member_ids, play.name)
            self.assertTrue(play.result_ids, play.name)
