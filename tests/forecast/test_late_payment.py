"""When open documents will be paid: facts, lists that add up, roles, companies, what came."""

import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...engine import payment as engine
from ..common import CustomerValueCommon

TODAY = "2026-06-15"


class LatePaymentCommon(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["sale.order"].search([]).unlink()
        cls.env["crm.lead"].search([]).unlink()
        cls.today = cls._day(TODAY)
        cls.expectations = cls.env["customer.payment.expectation"]
        cls.weeks = cls.env["customer.cash.forecast"]
        cls.models = cls.env["customer.payment.model"]

    @classmethod
    def _bill(cls, partner, date, due, amount, **values):
        move = cls._create_move(partner, date, amount, invoice_payment_term_id=False, **values)
        move.invoice_date_due = due
        move.action_post()
        return move

    @classmethod
    def _add_past(cls, partner, delay, count=20, company=None):
        """Give a customer paid invoices of 400 days, each paid so many days after its due date."""
        for number in range(count):
            day = cls.today - timedelta(days=400 - 18 * number)
            due = day + timedelta(days=10)
            move = cls._bill(partner, day, due, 100 + number, company=company or cls.company)
            paid = due + timedelta(days=delay)
            if paid < cls.today:
                cls._pay(move, paid)

    def _make(self, company=None, today=None):
        self._drain()
        rows = self.models._make(company or self.company, today)
        self.env.invalidate_all()
        return rows

    def _lines(self, **values):
        domain = [("company_id", "=", self.company.id), ("is_open", "=", True)]
        return self.expectations.search([*domain, *((k, "=", v) for k, v in values.items())])


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLatePayment(LatePaymentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_past(cls.customer, 12)
        cls._add_past(cls.other_customer, -3)
        cls.late = cls._bill(cls.customer, "2026-06-10", "2026-06-25", 1000)
        cls.punctual = cls._bill(cls.other_customer, "2026-06-10", "2026-06-25", 500)

    def test_own_habits_decide(self):
        self._make()
        late, punctual = (self._lines(move_id=m.id) for m in (self.late, self.punctual))
        self.assertGreater(late.late_probability, 0.8)
        self.assertLess(punctual.late_probability, 0.2)
        self.assertTrue(5 <= (late.expected_date - late.due_date).days <= 14)
        self.assertLessEqual(punctual.expected_date, punctual.due_date)
        self.assertTrue(late.from_date <= late.expected_date <= late.until_date)
        self.assertEqual((late.own_late_count, late.own_days_late), (late.own_count, 12))
        reason = late.with_context(lang="en_US").reason
        self.assertIn(f"{late.own_count} of {late.own_count} instalments were paid late", reason)
        self.assertIn("12 days after the due date", reason)
        reason = punctual.with_context(lang="en_US").reason
        self.assertIn("on average they come 3 days before the due date", reason)
        punctual.own_days_late = 0.4
        self.assertIn("come on the due date", punctual.with_context(lang="en_US").reason)

    def test_what_is_known_is_what_the_engine_gets(self):
        """Naively from the documents: one instalment each, ended on the day of its payment."""
        history = self.expectations._get_history(self.company, None, self.today)
        moves = (
            self.env["account.move"]
            .search([("move_type", "=", "out_invoice"), ("company_id", "=", self.company.id)])
            .filtered(lambda move: move.state == "posted")
        )
        naive = []
        for move in moves:
            days = move._get_reconciled_payments().mapped("date")
            naive.append(
                (
                    move.commercial_partner_id.id,
                    move.invoice_date.toordinal(),
                    move.invoice_date_due.toordinal(),
                    max(days).toordinal() if days else None,
                    move.amount_total,
                )
            )
        found = [
            (who, int(issued), int(due), None if ended != ended else int(ended), amount)  # noqa: PLR0124
            for who, issued, due, ended, amount in zip(
                history.customers, history.issued, history.due, history.ended, history.amounts,
                strict=True,
            )
        ]  # fmt: skip
        key = lambda row: tuple(value or 0 for value in row)  # noqa: E731
        self.assertEqual(sorted(found, key=key), sorted(naive, key=key))

    def test_credit_notes_and_losses_are_no_payments(self):
        credited = self._bill(self.customer, "2026-03-01", "2026-03-11", 70)
        self._credit(credited, "2026-03-05")
        history = self.expectations._get_history(self.company, self.customer.ids, self.today)
        self.assertNotIn(70, history.amounts)

    def test_part_payments_leave_the_rest_open(self):
        self._pay(self.late, "2026-06-12", 400)
        self._make()
        line = self._lines(move_id=self.late.id)
        self.assertEqual(line.amount, 600)

    def test_open_amounts_are_what_is_overdue(self):
        """What is past due adds up to the overdue amount of the profile, credits taken off."""
        self._bill(self.customer, "2026-05-01", "2026-05-20", 300)
        self._bill(self.customer, "2026-04-01", "2026-04-20", 200)
        self._invoice(self.customer, "2026-06-01", 120, move_type="out_refund")
        self._make()
        due = self._lines(partner_id=self.customer.id).filtered(lambda e: e.due_date < self.today)
        self.assertAlmostEqual(
            sum(due.mapped("amount")), self._profile(self.customer).overdue_amount, 2
        )
        self.assertEqual(set(due.mapped("late_probability")), {1})

    def _open_balance(self, date, due, amount):
        """Enter what the customer owed before, as an opening balance."""
        equity = self.env["account.account"].search(
            [("account_type", "=", "equity"), ("company_ids", "in", self.company.ids)], limit=1
        )
        receivable = self.customer.property_account_receivable_id
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": self.customer.id,
                            "balance": amount,
                            "date_maturity": due,
                        }
                    ),
                    Command.create({"account_id": equity.id, "balance": -amount}),
                ],
            }
        )
        entry.action_post()
        return entry.line_ids.filtered(lambda line: line.account_id == receivable)

    def test_an_opening_balance_is_due_when_it_was(self):
        """Entered today, due weeks ago: overdue, as the profile says."""
        opening = self._open_balance(TODAY, "2026-05-20", 300)
        self._make()
        line = self._lines(move_id=opening.move_id.id)
        self.assertEqual((str(line.due_date), line.late_probability), ("2026-05-20", 1))
        due = self._lines(partner_id=self.customer.id).filtered(lambda e: e.due_date < self.today)
        self.assertEqual(sum(due.mapped("amount")), 300)
        self.assertEqual(self._profile(self.customer).overdue_amount, 300)
        self.assertEqual(self._profile(self.customer).likely_late_amount, 1000)

    def test_an_opening_balance_that_is_paid_came(self):
        opening = self._open_balance("2026-06-01", "2026-06-20", 300)
        ahead = self._make().filtered(lambda row: row.weeks_ahead == 1)
        with freeze_time("2026-06-24 12:00:00"):
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.customer.id,
                    "amount": 300,
                    "date": "2026-06-23",
                }
            )
            payment.action_post()
            came = []
            for _matched in range(2):
                self._make()
                came.append((ahead.actual_amount, ahead.total_amount))
                paid = payment.move_id.line_ids.filtered(
                    lambda line: line.account_id == opening.account_id
                )
                (opening | paid).filtered(lambda line: not line.reconciled).reconcile()
        self.assertEqual(came, [(300, 300), (300, 300)])

    def test_what_was_owed_to_the_customer_before_is_no_money(self):
        """An opening balance in their favour came in no week; a payment of nothing yet did."""
        first = self._make()
        self._open_balance(TODAY, TODAY, -700)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 40,
                "date": TODAY,
            }
        )
        payment.action_post()
        self._make()
        self.assertEqual((first[0].actual_amount, first[0].total_amount), (40, 40))

    def test_the_day_is_that_of_the_company(self):
        """Whoever reads it where it is tomorrow already sees the same number and list."""
        self._bill(self.customer, "2026-06-01", TODAY, 300)
        self._make()
        with freeze_time("2026-06-15 22:00:00"):
            self.env.invalidate_all()
            profile = self._profile(self.customer).with_user(self.accountant)
            profile = profile.with_context(tz="Asia/Tehran", metric="likely_late_amount")
            lines = self.expectations.with_env(profile.env)
            found = lines.search(profile.action_open_documents()["domain"])
            self.assertEqual(sum(found.mapped("amount")), 1300)
            self.assertEqual(profile.likely_late_amount, 1300)
            self.assertEqual(lines.search(lines._get_likely_late_domain()), found)

    def test_too_little_to_learn_from(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        move = self._bill(self.customer, "2026-06-10", "2026-06-25", 100, company=other)
        rows = self._make(other)
        line = self.expectations.search([("move_id", "=", move.id)])
        self.assertEqual((line.late_probability, line.expected_date), (False, False))
        self.assertIn(line.missing, ("no_data", "few_instalments"))
        self.assertTrue(all(row.expected_amount is False for row in rows))
        self.assertIn("Not enough data", line.with_context(lang="en_US")._get_sentence())
        self.assertEqual(rows.currency_id, self.env.ref("base.EUR"))
        self.assertFalse(self._lines(move_id=move.id), "companies do not mix")

    def test_weeks_add_up_to_their_documents(self):
        order = self._order(self.customer, 5)
        self._order(self.other_customer, 2, confirm=False)
        self.env["customer.pipeline.line"]._rebuild(self.company, self.today)
        rows = self._make()
        self.assertEqual(len(rows), engine.WEEKS)
        shares = self.env["customer.cash.share"].with_user(self.accountant)
        self.assertGreater(sum(rows.mapped("expected_amount")), 1500)
        for row in rows.with_user(self.accountant):
            domain = row.action_open_documents()["domain"]
            total = sum(shares.search(domain).mapped("expected_amount"))
            self.assertAlmostEqual(total, row.expected_amount, 2)
            self.assertTrue(row.low_amount <= row.expected_amount <= row.high_amount)
        line = self._lines(order_id=order.id)
        self.assertEqual((line.kind, line.amount, line.weight), ("order", 500, 1))
        for line in self._lines():
            self.assertLessEqual(sum(line.week_amounts), line.amount * line.weight + 0.01)

    def test_weeks_stay_until_the_night(self):
        rows = self._make()
        expected = sum(rows.mapped("expected_amount"))
        self._pay(self.late, TODAY)
        self._drain()
        self.env.invalidate_all()
        self.assertFalse(self._lines(move_id=self.late.id), "paid")
        shares = self.env["customer.cash.share"].search([("company_id", "=", self.company.id)])
        self.assertAlmostEqual(sum(shares.mapped("expected_amount")), expected, 2)
        self.assertLess(sum(self._make().mapped("expected_amount")), expected)

    def test_what_came(self):
        first = self._make()
        ahead = first.filtered(lambda row: row.weeks_ahead == 1)
        kept = ahead.expected_amount
        with freeze_time("2026-06-24 12:00:00"):
            self._pay(self.punctual, "2026-06-23")
            new = self._bill(self.other_customer, "2026-06-22", "2026-07-22", 90)
            self._pay(new, "2026-06-23")
            self._make()
        self.assertEqual((ahead.actual_amount, ahead.total_amount), (500, 590))
        self.assertEqual(
            (ahead.expected_amount, ahead.is_current, ahead.is_over), (kept, False, False)
        )
        with freeze_time("2026-06-29 12:00:00"):
            self._make()
        self.assertTrue(ahead.is_over)
        self.assertEqual(
            ahead.is_within, ahead.low_amount <= ahead.actual_amount <= ahead.high_amount
        )

    def test_new_invoices_follow_the_refresh(self):
        self._make()
        invoice = self._bill(self.customer, TODAY, "2026-07-15", 50)
        self.assertFalse(self._lines(move_id=invoice.id), "posting makes a row of the queue only")
        self._drain()
        self.assertGreater(self._lines(move_id=invoice.id).late_probability, 0.5)

    def test_nothing_is_written_twice(self):
        self._make()
        self.env.flush_all()
        query = "SELECT id, xmin::text, ctid::text FROM customer_payment_expectation ORDER BY id"
        self.env.cr.execute(query)
        before = self.env.cr.fetchall()
        self.expectations._rebuild(self.company, self.models._get_active(self.company), self.today)
        self.env.cr.execute(query)
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_filters_of_invoices_and_customers(self):
        self._make()
        for user in (self.accountant, self.manager, self.salesperson):
            moves = self.env["account.move"].with_user(user)
            found = moves.search([("customer_is_likely_late", "=", True)])
            self.assertIn(self.late, found)
            self.assertNotIn(self.punctual, found)
            self.assertNotIn(self.late, moves.search([("customer_is_likely_late", "=", False)]))
            partners = self.env["res.partner"].with_user(user)
            found = partners.search([("customer_is_likely_late", "=", True)])
            self.assertIn(self.customer, found)
            self.assertNotIn(self.other_customer, found)
            self.assertTrue(self.customer.with_user(user).customer_is_likely_late)
        profile = self._profile(self.customer).with_user(self.accountant)
        self.assertEqual(profile.likely_late_amount, 1000)
        action = profile.with_context(metric="likely_late_amount").action_open_documents()
        lines = self.expectations.with_user(self.accountant).search(action["domain"])
        self.assertEqual(sum(lines.mapped("amount")), 1000)

    def test_nobody_knows_when_the_worst_payers_pay(self):
        """No day within a year: said as such, with the probability, and not as a lack of data."""
        debtor = self._create_customer("Slow Ltd")
        for number in range(40):
            day = self.today - timedelta(days=500 + number)
            self._bill(debtor, day, day + timedelta(days=10), 100)
        old = self._bill(debtor, "2024-06-01", "2024-06-11", 100)
        move = self._bill(debtor, "2026-06-10", "2026-06-25", 900)
        self._make()
        record = self.models._get_active(self.company)
        chosen = replace(record._get_engine_model(), late_source="model", day_source="model")
        self.patch(type(record), "_get_engine_model", lambda _record: chosen)
        self.expectations._rebuild(self.company, record, self.today)
        line = self._lines(move_id=move.id)
        self.assertEqual((line.missing, line.expected_date), ("not_in_sight", False))
        self.assertGreater(line.late_probability, 0.5)
        sentence = move.with_user(self.accountant).customer_payment_sentence
        self.assertIn("Rather not paid within a year of the due date. 41 of 41", sentence)
        self.assertEqual(self._lines(move_id=old.id).missing, "too_old")

    def test_panel_of_the_accountant(self):
        self._make()
        move = self.late.with_user(self.accountant)
        self.assertIn("instalments are paid late", move.customer_payment_sentence)
        self.assertTrue(move.customer_expected_date)
        grade = self.models._get_active(self.company).with_context(lang="en_US")
        self.assertTrue(move.customer_payment_sentence.endswith(grade._get_short_grade()))
        self.assertTrue(grade._get_short_grade())
        self.assertFalse(self._create_move(self.customer, TODAY, 5).customer_payment_sentence)

    def test_salespeople_see_their_own(self):
        self.late.invoice_user_id = self.own_salesperson
        self.punctual.invoice_user_id = self.manager
        self._make()
        lines = self.expectations.with_user(self.own_salesperson)
        self.assertEqual(lines.search([("move_id", "in", (self.late + self.punctual).ids)]).move_id,
                         self.late)  # fmt: skip
        with self.assertRaises(AccessError):
            self.weeks.with_user(self.own_salesperson).search([], limit=1).read(["expected_amount"])
        with self.assertRaises(AccessError):
            lines.search([], limit=1).write({"amount": 1})
        with self.assertRaises(AccessError):
            lines.with_user(self.stock_user).search([])

    def test_complaints_and_blocked_invoices(self):
        line = self.late.invoice_line_ids[:1]
        self.env["customer.complaint"].create(
            {
                "subject": "Broken",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "invoice_line_id": line.id,
                "open_date": "2026-06-11 09:00:00",
            }
        )
        self.late.flush_recordset()
        told = self.expectations._get_complaint_starts(
            self.company,
            [self.customer.id],
            [self.customer.id, self.customer.id],
            [self.late.id, 0],
            [self.today.toordinal()] * 2,
            [self.today.toordinal()] * 2,
        )
        day = date(2026, 6, 11).toordinal()
        self.assertEqual([list(days) for days in told][0], [day, day])
        self.assertEqual(told[1][0], day)
        self.assertTrue(np.isnan(told[1][1]), "about this invoice only")

    def test_a_complaint_that_was_solved_since_the_invoice_counts(self):
        """As it does where it is learned from: what counts is that there was one."""
        self.env["customer.complaint"].create(
            {
                "subject": "Broken",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "open_date": "2026-06-11 09:00:00",
                "resolution": "New one sent",
                "stage_id": self.env.ref("customer_value.customer_complaint_stage_solved").id,
            }
        )
        self.env.flush_all()
        rows = self.expectations._read_open(self.company, [self.customer.id], self.today)
        found = self.expectations._get_documents(self.company, [self.customer.id], self.today, rows)
        self.assertEqual([row["move_id"] for row in rows], self.late.ids)
        self.assertEqual((list(found.complaining), list(found.disputed)), ([True], [False]))

    def test_same_number_of_queries(self):
        self._make()
        moves = self.env["account.move"]
        for number in range(10):
            moves |= self._bill(self.customer, TODAY, "2026-07-15", 50 + number)
        self._drain()
        counts = []
        for some in (moves[:2], moves):
            self.env.invalidate_all()
            some = some.with_user(self.accountant)
            before = self.env.cr.sql_log_count
            some.mapped("customer_payment_sentence")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_an_import_is_learned_from_at_once(self):
        """What was said of no data is said anew, in the same row, as often as it is asked."""
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._make(other)
        record = self.models._get_active(other)
        self.assertEqual(record.level, "no_data")
        move = self._bill(self.customer, "2026-03-01", "2026-03-20", 100, company=other)
        self._pay(move, "2026-03-25")
        self._make(other)
        self.assertEqual(self.models._get_active(other), record)
        self.assertEqual((record.level, record.instalment_count), ("few_instalments", 1))

    def test_due_monthly_and_daily(self):
        self._drain()
        self.assertIn(self.company, self.models._get_due_companies())
        self._make()
        self.assertNotIn(self.company, self.models._get_due_companies())
        record = self.models._get_active(self.company)
        self.assertFalse(self.models._is_due(record, self.today))
        self.assertTrue(self.models._is_due(record, self._day("2026-07-01")))
        self.assertEqual(record.level, "full")
        self.assertIn(record.grade, ("A", "B", "C", False))
        self.assertTrue(record._get_grade_text())

    def test_branches_count_above(self):
        branch, _below = self._create_branches(self.company)
        move = self._bill(self.customer, "2026-06-10", "2026-06-25", 40, company=branch)
        self._make()
        lines = self.expectations.search([("move_id", "=", move.id)])
        self.assertEqual(lines.company_id, self.company)
        self._make(branch)
        lines = self.expectations.search([("move_id", "=", move.id)])
        self.assertEqual(lines.company_id, self.company | branch)
        self.assertEqual(set(lines.mapped("amount")), {40})
        lines.late_probability = 0.1
        lines.filtered(lambda line: line.company_id == self.company).late_probability = 0.9
        self.env.flush_all()
        moves = self.env["account.move"].with_user(self.accountant)
        found = moves.search([("customer_is_likely_late", "=", True), ("id", "=", move.id)])
        self.assertEqual(found.filtered("customer_is_likely_late"), found)
        self.assertFalse(found)


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestLatePaymentInstalments(LatePaymentCommon):
    def test_instalments_and_currencies(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "company_id": self.company.id, "name": TODAY, "rate": 0.5}
        )
        term = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (10, 40)
                ],
            }
        )
        move = self._create_move(
            self.customer, TODAY, 100, currency_id=euro.id, invoice_payment_term_id=term.id
        )
        move.action_post()
        self._make()
        lines = self._lines(move_id=move.id).sorted("due_date")
        self.assertEqual(lines.mapped("amount"), [100, 100])
        self.assertEqual([(line.due_date - self.today).days for line in lines], [10, 40])
        self.assertEqual(lines.mapped("missing"), ["no_data"] * 2)

    def test_random_books(self):
        """Open amounts are those of Odoo less credits, whatever was paid, credited or refunded."""
        dice = random.Random(3)
        for _number in range(25):
            partner = dice.choice((self.customer, self.other_customer))
            day = self.today - timedelta(days=dice.randrange(5, 90))
            move = self._bill(partner, day, day + timedelta(days=dice.choice((0, 14, 60))), 100)
            event = dice.choice(("pay", "part", "credit", "refund", "open"))
            if event in ("pay", "part"):
                self._pay(move, day + timedelta(days=3), 100 if event == "pay" else 35)
            elif event == "credit":
                self._credit(move, day + timedelta(days=2), dice.choice((None, 40)))
            elif event == "refund":
                self._invoice(partner, day, 15, move_type="out_refund")
        self._make()
        for partner in (self.customer, self.other_customer):
            lines = (
                self.env["account.move.line"]
                .search(
                    [
                        ("partner_id", "=", partner.id),
                        ("account_type", "=", "asset_receivable"),
                        ("parent_state", "=", "posted"),
                        ("reconciled", "=", False),
                    ]
                )
                .filtered(
                    lambda line: line.amount_residual < 0
                    or line.move_id.payment_state not in ("in_payment", "paid")
                )
            )
            total = max(sum(lines.mapped("amount_residual")), 0)
            found = self._lines(partner_id=partner.id)
            self.assertAlmostEqual(sum(found.mapped("amount")), total, 2)
            self.assertTrue(all(amount > 0 for amount in found.mapped("amount")))
