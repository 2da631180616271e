"""Needs by product category: what customers alike spend, what this one does not."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ..prediction.common import TODAY
from .common import RecommendationCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestCategoryNeed(RecommendationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.env.user | cls.salesperson | cls.own_salesperson | cls.manager).lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        categories = cls.env["product.category"].create([{"name": "Desks"}, {"name": "Lamps"}])
        cls.desks, cls.lamps = categories
        cls.desk, cls.lamp = cls._add_products("Desk", "Lamp")
        cls.desk.categ_id, cls.lamp.categ_id = cls.desks.id, cls.lamps.id
        cls.day = cls._day(TODAY) - timedelta(days=20)
        cls.buyers = cls._add_customers(9, "Buyer")
        cls.lonely = cls._add_customers(1, "Desks only")
        cls._add_purchases(
            [
                (one.id, cls.day, [(cls.desk.id, 1, 300), (cls.lamp.id, 2, 100)])
                for one in cls.buyers
            ]
            + [(cls.lonely.id, cls.day, [(cls.desk.id, 1, 400)])]
        )
        cls.needs = cls.env["customer.category.need"]

    def _work_out(self, company=None, today=None):
        self.needs._refresh_company(company or self.company, today)
        return self.needs.search([("company_id", "=", (company or self.company).id)])

    def _find(self, partner, category, company=None):
        domain = [
            ("partner_id", "=", partner.id),
            ("category_id", "=", category.id),
            ("company_id", "=", (company or self.company).id),
        ]
        return self.needs.search(domain)

    def test_gap_by_hand(self):
        """The other nine spend a quarter on lamps: of 400, 100 are missing."""
        self._work_out()
        need = self._find(self.lonely, self.lamps)
        self.assertEqual((need.spent, need.expected, need.gap), (0, 100, 100))
        self.assertEqual((need.wallet_percent, need.alike_count, need.buyer_count), (0, 9, 9))
        self.assertTrue(need.is_gap)
        self.assertEqual(need.reason, "9 of 9 customers alike buy Lamps.")
        own = self._find(self.lonely, self.desks)
        self.assertEqual((own.spent, own.expected, own.gap), (400, 300, 0))
        self.assertEqual((own.wallet_percent, own.is_gap), (100, False))

    def test_naive_oracle(self):
        rows = self._work_out()
        spent = {one: {self.desks: 300, self.lamps: 100} for one in self.buyers}
        spent[self.lonely] = {self.desks: 400, self.lamps: 0}
        for customer, own in spent.items():
            others = [amounts for one, amounts in spent.items() if one != customer]
            for category in (self.desks, self.lamps):
                share = sum(o[category] / sum(o.values()) for o in others) / len(others)
                expected = share * sum(own.values())
                need = rows.filtered(
                    lambda n, c=customer, k=category: n.partner_id == c and n.category_id == k
                )
                self.assertAlmostEqual(need.expected, expected, 2)
                self.assertEqual(need.spent, own[category])

    def test_few_customers_alike_is_not_enough_data(self):
        self.buyers[4:].active = False
        self._work_out()
        self.assertFalse(self._find(self.lonely, self.lamps))
        own = self._find(self.lonely, self.desks)
        self.assertEqual(own.alike_count, 4)
        self.assertIs(own.wallet_percent, False)

    def test_returns_and_old_invoices_do_not_count(self):
        back = self.buyers[0]
        self._add_purchases(
            [
                (back.id, self.day, [(self.lamp.id, -2, -100)]),
                (self.lonely.id, self._day(TODAY) - timedelta(days=365), [(self.lamp.id, 1, 90)]),
            ]
        )
        self._work_out()
        self.assertEqual(self._find(back, self.lamps).spent, 0)
        self.assertEqual(self._find(self.lonely, self.lamps).spent, 0)

    def test_lines_behind_add_up(self):
        self._add_purchases([(self.buyers[0].id, self.day, [(self.lamp.id, -1, -40)])])
        self._work_out()
        need = self._find(self.buyers[0], self.lamps).with_user(self.accountant)
        action = need.action_open_lines()
        lines = self.env["account.move.line"].with_user(self.accountant).search(action["domain"])
        self.assertEqual(sum(lines.mapped("customer_revenue")), need.spent)
        self.assertEqual(need.spent, 60)
        service = self._create_user("sima", "customer_value.customer_value_group_user")
        with self.assertRaises(AccessError):
            need.with_user(service).action_open_lines()

    def test_blocked_categories_are_not_offered(self):
        self.lonely.customer_blocked_category_ids = self.lamps
        self._work_out()
        self.assertFalse(self._find(self.lonely, self.lamps))

    def test_companies_and_currencies_do_not_mix(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._add_purchases(
            [(one.id, self.day, [(self.desk.id, 1, 50)]) for one in self.buyers], other
        )
        self._work_out()
        self._work_out(other)
        need = self._find(self.buyers[0], self.desks, other)
        self.assertEqual((need.spent, need.currency_id), (50, self.env.ref("base.EUR")))
        self.assertEqual(self._find(self.buyers[0], self.desks).spent, 300)
        self.salesperson.company_ids = self.company
        seen = self.needs.with_user(self.salesperson).search([])
        self.assertEqual(seen.company_id, self.company)

    def test_a_merge_leaves_the_lines_of_the_others(self):
        self._work_out()
        need = self._find(self.buyers[5], self.lamps)
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.buyers[0] | self.lonely).ids, self.lonely
        )
        self.env.invalidate_all()
        self.assertFalse(need.date)
        lines = self.env["account.move.line"].search(need.action_open_lines()["domain"])
        self.assertEqual(sum(lines.mapped("customer_revenue")), need.spent)

    def test_a_contact_that_is_merged_away_takes_its_invoices(self):
        """Its former customer's needs are dropped as well."""
        contact = self.env["res.partner"].create({"name": "Branch", "parent_id": self.buyers[0].id})
        target = self._create_customer("Fresh")
        self._work_out()
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (contact | target).ids, target
        )
        self.assertFalse(self._find(self.buyers[0], self.desks))
        self.assertIn(self.company, self.needs._get_due_companies())

    def test_spent_without_enough_customers_alike_opens_its_lines(self):
        self.buyers[4:].active = False
        self._work_out()
        own = self._find(self.lonely, self.desks)
        lines = self.env["account.move.line"].search(own.action_open_lines()["domain"])
        self.assertEqual(sum(lines.mapped("customer_revenue")), 400)

    def test_amounts_are_for_who_sees_revenue(self):
        self._work_out()
        need = self._find(self.lonely, self.lamps)
        service = self._create_user("sima", "customer_value.customer_value_group_user")
        self.assertEqual(need.with_user(service).wallet_percent, 0)
        with self.assertRaises(AccessError):
            need.with_user(service).read(["spent"])
        with self.assertRaises(AccessError):
            need.with_user(self.manager).write({"spent": 1})
        self.assertEqual(need.with_user(self.manager).gap, 100)

    def test_second_run_replaces_the_first(self):
        first = len(self._work_out())
        self.assertEqual(len(self._work_out()), first)

    def test_every_week_and_after_a_merge(self):
        self.assertIn(self.company, self.needs._get_due_companies())
        self._work_out()
        self.assertNotIn(self.company, self.needs._get_due_companies())
        with freeze_time("2026-06-22"):
            self.assertIn(self.company, self.needs._get_due_companies())
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.buyers[0] | self.lonely).ids, self.lonely
        )
        self.assertFalse(self._find(self.lonely, self.desks))
        self.assertIn(self.company, self.needs._get_due_companies())
        self._work_out()
        self.assertEqual(self._find(self.lonely, self.desks).spent, 700)

    def test_query_count_is_the_same_for_any_number(self):
        def count():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.needs._refresh_company(self.company)
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        more = self._add_customers(90, "More")
        self._add_purchases([(one.id, self.day, [(self.lamp.id, 1, 10)]) for one in more])
        count()  # reads again what the new purchases have invalidated
        self.assertEqual(count(), few)

    def test_contact_opens_its_needs(self):
        self._work_out()
        action = self.lonely.with_user(self.salesperson).action_open_needs()
        found = self.needs.with_user(self.salesperson).search(action["domain"])
        self.assertEqual(found.partner_id, self.lonely)
        self.assertEqual(len(found), 2)
