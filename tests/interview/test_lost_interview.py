import random

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..play.common import START, PlayCommon


@freeze_time(START)
@tagged("post_install", "-at_install")
class TestLostInterview(PlayCommon):
    """Why customers left: asked by salespeople, counted for managers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.interviews = cls.env["customer.lost.interview"]
        cls.price = cls.env.ref("customer_value.customer_lost_reason_price")
        cls.quality = cls.env.ref("customer_value.customer_lost_reason_quality")

    def _ask(self, customer, user=None, **values):
        values = {"partner_id": customer.id, "reason_id": self.price.id, **values}
        return self.interviews.with_user(user or self.own_salesperson).create(values)

    def _report(self, **values):
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [(name, "=", value) for name, value in values.items()]
        return self.env["customer.lost.report"].with_user(self.manager).search(domain)

    # === RECORDING ===

    def test_from_everywhere(self):
        customer = self._add_customers(1)
        contact = self.env["res.partner"].create({"name": "Sara", "parent_id": customer.id})
        play = self._start(self._make_play(customer, control_percent=0))
        profile = self.env["customer.profile"].search([("partner_id", "=", customer.id)])
        seller = self.own_salesperson
        for record, partner in ((profile, customer), (play.action_ids, customer)):
            action = record.with_user(seller).action_interview_lost()
            model = self.env[action["res_model"]].with_user(seller)
            with Form(model.with_context(**action["context"])) as form:
                self.assertEqual(form.partner_id, partner)
                form.reason_id = self.quality
                form.chance = "high"
            self.assertEqual(form.record.user_id, seller)
        for xmlid in (
            "customer_lost_interview_action_partner",
            "customer_lost_interview_action_new",
        ):
            action = self.env["ir.actions.act_window"]._for_xml_id(f"customer_value.{xmlid}")
            self.assertEqual(action["res_model"], "customer.lost.interview")
        interview = self._ask(contact)
        self.assertEqual(interview.customer_id, customer)

    def test_what_was_lost_is_the_year_before_the_pause(self):
        customer = self._add_customers(1)
        self._invoice(customer, "2026-01-10", 250)
        self._invoice(customer, "2024-01-10", 999)
        self._refresh(customer)
        interview = self._ask(customer)
        self.assertEqual(interview.sudo().revenue_lost, 350)
        self.assertEqual(str(interview.last_purchase_date), "2026-03-01")
        with self.assertRaises(AccessError):
            interview.mapped("revenue_lost")
        self.assertEqual(interview.with_user(self.salesperson).revenue_lost, 350)
        with self.assertRaises(AccessError):
            interview.write({"revenue_lost": 1})

    def test_what_was_lost_stays_that_of_the_day_they_were_asked(self):
        """Corrected, or entered, after they had bought again."""
        customer, newcomer = self._add_customers(2)
        self._invoice(customer, "2026-01-10", 250)
        self._refresh(customer)
        interview = self._ask(customer, date="2026-05-01")
        self._invoice(customer, "2026-05-20", 50)
        self._refresh(customer)
        interview.date = "2026-05-02"
        late = self._ask(customer, date="2026-05-03")
        early = self._ask(newcomer, date="2026-02-01")
        for one in (interview, late):
            self.assertEqual(one.sudo().revenue_lost, 350)
            self.assertEqual(str(one.last_purchase_date), "2026-03-01")
        self.assertEqual((early.last_purchase_date, early.sudo().revenue_lost), (False, False))
        row = self._report(customer_id=customer.id)
        self.assertEqual((row.interview_id, row.won_back_revenue), (late, 350))

    def test_who_never_bought_lost_nothing(self):
        stranger = self.env["res.partner"].create(
            {"name": "Stranger", "user_id": self.own_salesperson.id}
        )
        self.assertIs(self._ask(stranger).sudo().revenue_lost, False)

    def test_the_next_call(self):
        customer = self._add_customers(1)
        self._ask(customer, next_date="2026-09-01")
        call = customer.activity_ids
        self.assertEqual(
            (str(call.date_deadline), call.user_id), ("2026-09-01", self.own_salesperson)
        )

    def test_one_competitor_is_written_one_way(self):
        customers = self._add_customers(3)
        names = ("Deco  Addict", "deco addict ", "Deco Addicts")
        found = [
            self._ask(customer, competitor=name).competitor
            for customer, name in zip(customers, names, strict=True)
        ]
        self.assertEqual(found, ["Deco Addict", "Deco Addict", "Deco Addicts"])

    def test_what_is_refused(self):
        customer = self._add_customers(1)
        with self.assertRaises(ValidationError):
            self._ask(customer, date="2026-06-02")
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        theirs = self.env["customer.lost.reason"].create({"name": "Theirs", "company_id": other.id})
        with self.assertRaises(AccessError):
            self._ask(customer, reason_id=theirs.id)
        with self.assertRaises(UserError):
            self._ask(customer)
            customer.unlink()

    # === STATISTICS ===

    def test_statistics_add_up(self):
        """Random answers against a count by hand."""
        draw = random.Random(5)
        customers = self._add_customers(12)
        expected = {}
        for customer in customers:
            reason = draw.choice((self.price, self.quality))
            times = draw.randint(1, 2)
            for _time in range(times):
                self._ask(customer, reason_id=reason.id, date=f"2026-05-{draw.randint(1, 20):02d}")
            is_back = draw.random() < 0.5
            if is_back:
                self._invoice(customer, "2026-05-25", 10)
            count, lost, back, money = expected.get(reason, (0, 0, 0, 0))
            expected[reason] = (count + 1, lost + 100, back + is_back, money + 100 * is_back)
        self._refresh(customers)
        for reason, (count, lost, back, money) in expected.items():
            rows = self._report(reason_id=reason.id)
            self.assertEqual(sum(rows.mapped("customer_count")), count)
            self.assertEqual(sum(rows.mapped("revenue_lost")), lost)
            self.assertEqual(sum(rows.mapped("won_back_count")), back)
            self.assertEqual(sum(one or 0 for one in rows.mapped("won_back_revenue")), money)
        grouped = (
            self.env["customer.lost.report"]
            .with_user(self.manager)
            ._read_group(
                [], ["reason_id"], ["customer_count:sum", "revenue_lost:sum", "won_back_count:sum"]
            )
        )
        self.assertEqual(
            {row[0]: tuple(row[1:]) for row in grouped},
            {reason: values[:3] for reason, values in expected.items()},
        )

    def test_the_last_answer_of_a_pause_counts(self):
        customer = self._add_customers(1)
        self._ask(customer, date="2026-05-01")
        last = self._ask(customer, date="2026-05-10", reason_id=self.quality.id)
        self.assertEqual(self._report().interview_id, last)
        self._invoice(customer, "2026-05-20", 50)
        self._refresh(customer)
        self._ask(customer, date="2026-06-01")
        rows = self._report()
        self.assertEqual(len(rows), 2)
        self.assertEqual(sorted(rows.mapped("won_back_count")), [0, 1])
        action = rows[0].action_open_interview()
        self.assertEqual(action["res_id"], rows[0].interview_id.id)

    def test_bought_and_given_back_is_not_won_back(self):
        customer = self._add_customers(1)
        self._ask(customer, date="2026-05-01")
        invoice = self._invoice(customer, "2026-05-20", 50)
        self._refresh(customer)
        self.assertEqual(self._report().won_back_count, 1)
        invoice._reverse_moves([{"invoice_date": "2026-05-21", "date": "2026-05-21"}]).action_post()
        self._refresh(customer)
        self.assertEqual(self._report().won_back_count, 0)

    # === WHO MAY WHAT ===

    def test_roles(self):
        customers = self._add_customers(2)
        customers[1].user_id = self.salesperson
        own = self._ask(customers[0])
        foreign = self._ask(customers[1], self.salesperson)
        self.assertEqual(self.interviews.with_user(self.own_salesperson).search([]), own)
        self.assertEqual(self.interviews.with_user(self.manager).search([]), own | foreign)
        with self.assertRaises(AccessError):
            own.unlink()
        for user in (self.accountant, self.stock_user):
            with self.assertRaises(AccessError):
                self.interviews.with_user(user).search([])
        with self.assertRaises(AccessError):
            self.env["customer.lost.report"].with_user(self.own_salesperson).search([])
        foreign.with_user(self.manager).unlink()

    def test_companies(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        customer = self._add_customers(1)
        self._ask(customer)
        boss = self._create_user("boss", "customer_value.customer_value_group_manager")
        boss.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.interviews.with_user(boss).search([]))
        self.assertFalse(self.env["customer.lost.report"].with_user(boss).search([]))
        theirs = self._ask(customer, boss)
        self.assertEqual((theirs.company_id, theirs.currency_id), (other, other.currency_id))
        self.assertIs(theirs.sudo().revenue_lost, False)
        with self.assertRaises(AccessError):
            theirs.with_user(boss).write({"company_id": self.company.id})

    def test_merging_customers_keeps_interviews(self):
        customers = self._add_customers(2)
        asked = self._ask(customers[0])
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge(customers.ids, customers[1])
        self.env.invalidate_all()
        self.assertEqual((asked.partner_id, asked.customer_id), (customers[1], customers[1]))

    def test_ten_and_a_hundred_cost_the_same_queries(self):
        customers = self._add_customers(20)
        counts = []
        for some in (customers[:2], customers[2:]):
            values = [{"partner_id": one.id, "reason_id": self.price.id} for one in some]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.interviews.create(values)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
