"""Who has stopped buying what, while still buying other things, and what that was worth."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..prediction.common import TODAY
from ..recommendation.common import RecommendationCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestStoppedCategory(RecommendationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.env.user | cls.salesperson | cls.own_salesperson | cls.manager | cls.accountant
        users.lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.today = cls._day(TODAY)
        cls.papers, cls.inks = cls.env["product.category"].create(
            [{"name": "Paper"}, {"name": "Ink"}]
        )
        cls.paper, cls.card, cls.ink = cls._add_products("Sheets", "Cards", "Ink")
        (cls.paper | cls.card).categ_id = cls.papers
        cls.ink.categ_id = cls.inks
        cls.buyer, cls.faithful = cls._add_customers(2, "Buyer")
        cls._buy(cls.buyer, cls.paper, (190, 160, 130, 100), 250)
        cls._buy(cls.buyer, cls.ink, (187, 97, 7), 40)
        cls._buy(cls.faithful, cls.paper, (120, 90, 60, 30, 5), 70)
        cls._buy(cls.faithful, cls.ink, (120, 60, 4), 30)
        cls.stopped = cls.env["customer.stopped.category"]
        cls._work_out(cls.buyer | cls.faithful)

    @classmethod
    def _buy(cls, customer, product, ago, amount, company=None):
        cls._add_purchases(
            [
                (
                    customer.id,
                    date.fromordinal(cls.today.toordinal() - days),
                    [(product.id, 1, amount)],
                )
                for days in ago
            ],
            company,
        )

    @classmethod
    def _work_out(cls, customers, company=None, today=TODAY):
        """Refresh profiles and what follows from the purchases, as a full run does."""
        company = company or cls.company
        cls.env["customer.profile"]._refresh(company, customers.ids, cls._day(today))
        cls._refresh(customers, company=company, today=today)
        cls.env.invalidate_all()

    def _find(self, customer=None, company=None):
        domain = [("company_id", "=", (company or self.company).id)]
        return self.stopped.search(domain + [("partner_id", "in", (customer or self.buyer).ids)])

    def _lines(self, stopped, user=None):
        action = stopped.with_user(user or self.manager).action_open_lines()
        lines = self.env["account.move.line"].with_user(user or self.manager)
        return lines.with_context(**action["context"]).search(action["domain"])

    def test_by_hand(self):
        """docs/needs.md: paper every 30 days until 100 days ago."""
        row = self._find()
        self.assertEqual(row.category_id, self.papers)
        self.assertEqual(row.last_date.isoformat(), "2026-03-07")
        self.assertEqual(row.stopped_date.isoformat(), "2026-05-07")
        self.assertEqual((row.gap_days, row.purchase_count, row.other_count), (30, 4, 2))
        self.assertEqual((row.revenue, row.profit), (1000, 400))
        self.assertEqual(row.product_id, self.paper)
        self.assertEqual(
            row.reason,
            "Bought Paper every 30 days, last 100 days ago; since then bought other things on 2 "
            "days.",
        )
        self.assertFalse(self._find(self.faithful))

    def test_buying_it_again_ends_it(self):
        self._buy(self.buyer, self.card, (3,), 9)
        self._work_out(self.buyer)
        self.assertFalse(self._find())

    def test_a_purchase_given_back_does_not(self):
        self._buy(self.buyer, self.card, (3,), 9)
        self._buy(self.buyer, self.card, (2,), -9)
        self._work_out(self.buyer)
        self.assertEqual(self._find().revenue, 1000)

    def test_who_buys_nothing_any_more_leaves_as_a_whole(self):
        self._work_out(self.buyer, today="2026-10-15")
        self.assertFalse(self._find())

    def test_running_again_writes_nothing(self):
        def read():
            self.env.flush_all()
            self.env.cr.execute("SELECT id, xmin::text, ctid::text FROM customer_stopped_category")
            return self.env.cr.fetchall()

        before = read()
        self._refresh(self.buyer | self.faithful)
        self.assertEqual(read(), before)

    def test_the_lines_behind_add_up(self):
        """Of the last year, less what came back later; the pause of old makes no difference."""
        self.company.write(
            {
                "customer_leaving_rule": "days",
                "customer_slipping_days": 20,
                "customer_lapsed_days": 99,
            }
        )
        self._buy(self.buyer, self.card, (500,), 900)
        self._buy(self.buyer, self.card, (140,), 80)
        self._buy(self.buyer, self.card, (20,), -30)
        self._work_out(self.buyer)
        row = self._find()
        self.assertEqual(row.revenue, 1050)
        for user in (self.manager, self.accountant, self.salesperson):
            lines = self._lines(row, user)
            self.assertEqual(sum(lines.mapped("customer_kept_revenue")), row.revenue)
            self.assertEqual(lines.product_id, self.paper | self.card)
        lines = self._lines(row)
        self.assertEqual(sum(lines.mapped("customer_kept_profit")), row.profit)

    def test_the_lines_of_many_rows_add_up(self):
        third = self._add_customers(1, "Third")
        self._buy(third, self.paper, (300, 270, 240, 210), 33)
        self._buy(third, self.ink, (210, 120, 30), 5)
        self._work_out(third)
        rows = self._find(self.buyer | third)
        self.assertEqual(len(rows), 2)
        lines = self._lines(rows)
        total = sum(lines.mapped("customer_kept_revenue"))
        self.assertEqual((total, total), (sum(rows.mapped("revenue")), 1132))

    def test_the_companys_own_days_hold(self):
        self.company.write(
            {
                "customer_leaving_rule": "days",
                "customer_slipping_days": 20,
                "customer_lapsed_days": 100,
            }
        )
        self._work_out(self.buyer)
        self.assertFalse(self._find())
        self.company.customer_lapsed_days = 99
        self._work_out(self.buyer)
        self.assertEqual(self._find().stopped_date.isoformat(), TODAY)

    def test_companies_and_currencies_do_not_mix(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._buy(self.faithful, self.paper, (190, 160, 130, 100), 11, other)
        self._buy(self.faithful, self.ink, (187, 97, 7), 5, other)
        self._work_out(self.faithful, other)
        row = self._find(self.faithful, other)
        self.assertEqual((row.revenue, row.currency_id), (44, self.env.ref("base.EUR")))
        self.assertFalse(self._find(self.faithful))
        self.salesperson.company_ids = self.company
        seen = self.stopped.with_user(self.salesperson).search([])
        self.assertEqual(seen.company_id, self.company)
        self.manager.company_ids += other
        lines = self._lines(row.with_context(allowed_company_ids=other.ids))
        self.assertEqual(sum(lines.mapped("customer_kept_revenue")), 44)

    def test_purchases_of_contacts_are_those_of_their_customer(self):
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.buyer.id})
        move = self._invoice(contact, "2026-06-10", 8, product=self.paper)
        self.assertEqual(move.commercial_partner_id, self.buyer)
        self._work_out(self.buyer)
        self.assertFalse(self._find(self.buyer | contact))

    def test_who_sees_what(self):
        row = self._find()
        service = self._create_user("sima", "customer_value.customer_value_group_user")
        for user in (service, self.own_salesperson):
            seen = row.with_user(user)
            self.assertEqual(seen.category_id.name, "Paper")
            self.assertIn("every 30 days", seen.reason)
            for name in ("revenue", "profit"):
                with self.assertRaises(AccessError):
                    seen.read([name])
            with self.assertRaises(AccessError):
                seen.action_open_lines()
        self.assertEqual(row.with_user(self.salesperson).revenue, 1000)
        with self.assertRaises(AccessError):
            row.with_user(self.salesperson).read(["profit"])
        self.assertEqual(row.with_user(self.accountant).profit, 400)
        for user in (self.manager, self.accountant, service):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"revenue": 1})
        with self.assertRaises(AccessError):
            self.env["account.move.line"].with_user(self.own_salesperson).search(
                [("customer_stopped_id", "in", row.ids)]
            )

    def test_next_steps_for_one_and_for_many(self):
        third = self._add_customers(1, "Third")
        self._buy(third, self.card, (300, 270, 240, 210), 33)
        self._buy(third, self.ink, (210, 120, 30), 5)
        self._work_out(third)
        rows = self._find(self.buyer | third).with_user(self.salesperson)
        action = rows.action_log()
        self.assertEqual(set(action["context"]["active_ids"]), set((self.buyer | third).ids))
        log = self.env["customer.interaction.log"].with_user(self.salesperson)
        log = log.with_context(**action["context"]).create({"subject": "Asked"})
        self.assertEqual(log.partner_ids, self.buyer | third)
        rows.action_plan_call()
        self.assertEqual(len(self.buyer.activity_ids), 1)
        with self.assertRaises(UserError):
            rows.action_plan_call()
        rows[0].action_offer()
        rows.action_offer()
        for customer, product in ((self.buyer, self.paper), (third, self.card)):
            orders = self.env["sale.order"].search([("partner_id", "=", customer.id)])
            self.assertEqual(orders.order_line.product_id, product)
            self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_what_is_never_wanted_is_not_offered(self):
        row = self._find().with_user(self.salesperson)
        self.buyer.customer_blocked_category_ids = self.papers
        with self.assertRaises(UserError):
            row.action_offer()
        self.buyer.customer_blocked_category_ids = False
        self.paper.active = False
        with self.assertRaises(UserError):
            row.action_offer()

    def test_the_list_leaves_out_who_has_lapsed(self):
        action = self.buyer.with_user(self.salesperson).action_open_stopped_categories()
        found = self.stopped.with_user(self.salesperson).search(action["domain"])
        self.assertEqual(found, self._find())
        listed = self.env.ref("customer_value.customer_stopped_category_action")
        self.assertIn("stage", listed.domain)
        self.assertEqual(self.stopped.search([("stage", "!=", "lapsed")]), self._find())
        found.sudo().profile_id.stage = "lapsed"
        self.assertFalse(self.stopped.search([("stage", "!=", "lapsed")]))

    def test_a_merge_drops_it_until_the_next_run(self):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.buyer | self.faithful).ids, self.faithful
        )
        self.env.invalidate_all()
        self.assertFalse(self.stopped.search([("partner_id", "in", self.faithful.ids)]))
        self._work_out(self.faithful)
        self.assertFalse(self._find(self.faithful))

    def test_no_more_queries_for_a_hundred_than_for_ten(self):
        def count(customers):
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            lines = history._get_lines(self.company, self.today, customers.ids)
            middle = self.env.cr.sql_log_count
            self.stopped._refresh(self.company, customers.ids, lines, self.today)
            return middle - before, self.env.cr.sql_log_count - middle

        history = self.env["customer.purchase.history"]
        many = self._add_customers(100, "Many")
        for customer in many:
            self._buy(customer, self.paper, (190, 160, 130, 100), 10)
            self._buy(customer, self.ink, (97, 7), 10)
        self.env["customer.profile"]._refresh(self.company, many.ids, self.today)
        count(many)
        few = count(many[:10])
        self.assertEqual(count(many), few)
        self.assertEqual(len(self._find(many)), 100)
        self.assertLessEqual(few[1], 6)

    def test_the_fit_learns_usual_pauses(self):
        self._make_model()
        model = self.env["customer.prediction.model"]._get_active(self.company)
        limits = model.category_limits
        self.assertIn(self.papers.id, limits["categories"])
        self.assertGreater(limits["overall"], 0)
