"""The past of the demo: what it remembers of each month is what the documents say of that day."""

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...demo.living.books import Books
from ...demo.living.past import Past
from ...demo.living.payments import Payments
from ..common import CustomerValueCommon

MONTHS = 5
STATE = SQL(
    """SELECT 'move', id, state, payment_state, amount_residual, amount_residual_signed, NULL
         FROM account_move
    UNION ALL
       SELECT 'line', id, parent_state, NULL, amount_residual, amount_residual_currency, reconciled
         FROM account_move_line
    UNION ALL
       SELECT 'order', id, state, NULL, NULL, NULL, NULL FROM sale_order
    UNION ALL
       SELECT 'payment', id, state, NULL, NULL, NULL, NULL FROM account_payment
    UNION ALL
       SELECT 'lead', id, NULL, NULL, NULL, NULL, active FROM crm_lead
     ORDER BY 1, 2"""
)


class ShortPast(Payments, Past):
    """The same, of fewer months."""

    months, fit_every, sales_months, cash_months = MONTHS, 3, 4, 1


@tagged("post_install", "-at_install")
class TestDemoPast(CustomerValueCommon):
    """A year of four customers, most of it paid; the nights of five months."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.past = ShortPast(cls.env, cls.env.cr)
        cls.shoppers = [
            cls._create_customer(f"Living {number}", ref=f"LIVE-{number:03}")
            for number in range(1, 5)
        ]
        due = {}
        for number, shopper in enumerate(cls.shoppers, 1):
            for ago in range(10 * number, 360, 23 + 11 * number):
                day = cls.past.day(ago)
                invoice = cls._create_move(
                    shopper, day, 100.0 * number, 7.0, invoice_date_due=day + timedelta(days=20)
                )
                invoice.invoice_payment_term_id = False
                invoice.invoice_date_due = day + timedelta(days=20)
                invoice.action_post()
                if ago > 45 and ago % 3:
                    due[invoice] = day + timedelta(days=15 + number * 9)
        cls.past.register(due)
        cls.paid_on = {invoice.id: day for invoice, day in due.items()}
        cls.late = cls.env["sale.order"].create(
            {
                "partner_id": cls.shoppers[0].id,
                "date_order": cls.past.moment(3),
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )
        cls.late.action_confirm()
        cls.env.flush_all()

    def _get_invoices(self, partner, day):
        domain = [("partner_id", "=", partner.id), ("move_type", "=", "out_invoice")]
        return self.env["account.move"].search(
            [*domain, ("state", "=", "posted"), ("invoice_date", "<=", day)]
        )

    def test_payments_are_as_odoo_makes_them(self):
        """One payment by the wizard and one of the demo's leave the same behind."""
        one, other = (
            self._invoice(self.shoppers[0], self.past.day(30), 50.0) for _number in range(2)
        )
        self.past.register({one: self.past.day(12)})
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=other.ids
        )
        wizard.create({"payment_date": self.past.day(12)})._create_payments()
        self.env.invalidate_all()
        own, theirs = one.matched_payment_ids, other.matched_payment_ids
        for name in ("state", "amount", "date", "partner_id", "journal_id", "is_reconciled"):
            self.assertEqual(own[name], theirs[name], name)
        self.assertEqual(own.name, own.move_id.name)
        self.assertEqual(one.payment_state, other.payment_state)
        self.assertEqual(one.amount_residual, 0)
        self.assertEqual(
            sorted(own.move_id.line_ids.mapped(lambda line: (line.account_id.id, line.balance))),
            sorted(theirs.move_id.line_ids.mapped(lambda line: (line.account_id.id, line.balance))),
        )

    def test_books_close_and_come_back(self):
        before = self.env.execute_query(STATE)
        books, day = Books(self.env), self.past.day(100)
        books.close(day)
        moves = self.env["account.move"].search([("move_type", "=", "out_invoice")])
        own = moves.filtered(
            lambda move: move.partner_id in self.env["res.partner"].union(*self.shoppers)
        )
        for move in own:
            is_there = move.invoice_date <= day
            self.assertEqual(move.state, "posted" if is_there else "draft")
            if is_there:
                is_paid = self.paid_on.get(move.id, self.past.today) <= day
                self.assertEqual(move.amount_residual, 0 if is_paid else move.amount_total)
                self.assertEqual(move.payment_state == "not_paid", not is_paid)
        self.assertEqual(self.late.state, "cancel")
        books.set_day(self.past.day(50))
        self.assertNotEqual(self.env.execute_query(STATE), before)
        books.open()
        self.assertEqual(self.env.execute_query(STATE), before)

    def test_months_say_what_documents_say(self):
        before = self.env.execute_query(STATE)
        self.past.remember()
        self.assertEqual(self.env.execute_query(STATE), before)
        ends = self.past.get_month_ends()
        self.assertEqual(len(ends), MONTHS)
        self.assertLess(ends[-1], self.past.today)
        snapshots = self.env["customer.profile.snapshot"].search([])
        self.assertEqual(sorted(set(snapshots.mapped("date"))), ends)
        overdue = 0
        for end in ends:
            for shopper in self.shoppers:
                invoices = self._get_invoices(shopper, end)
                row = snapshots.filtered(
                    lambda one, who=shopper, day=end: one.partner_id == who and one.date == day
                )
                year = invoices.filtered(
                    lambda move, day=end: move.invoice_date > day - timedelta(days=365)
                )
                owed = invoices.filtered(
                    lambda move, day=end: move.invoice_date_due < day
                    and self.paid_on.get(move.id, self.past.today) > day
                )
                self.assertAlmostEqual(row.revenue_total, sum(invoices.mapped("amount_untaxed")))
                self.assertAlmostEqual(row.revenue_365, sum(year.mapped("amount_untaxed")))
                self.assertAlmostEqual(row.overdue_amount, sum(owed.mapped("amount_total")))
                self.assertEqual(row.occasion_count, len(set(invoices.mapped("invoice_date"))))
                overdue += row.overdue_amount
        self.assertGreater(overdue, 0)
        self.assertEqual(
            snapshots.filtered(lambda one: one.date > ends[0]).mapped("previous_date")[:1],
            [ends[-2]],
        )
        self._check_tiers(ends)
        self._check_forecasts(ends)
        self._check_boards()

    def _check_tiers(self, ends):
        changes = self.env["customer.tier.change"].search([])
        self.assertTrue(changes)
        self.assertLessEqual(set(changes.mapped("date")), set(ends))

    def _check_forecasts(self, ends):
        """What was foretold is of its month; what came is what was invoiced."""
        rows = self.env["customer.sales.forecast"].search([("is_over", "=", True)])
        self.assertTrue(rows)
        for row in rows:
            self.assertIn(row.date, ends)
            invoiced = self.env["account.move"].search(row._get_invoice_domain())
            self.assertAlmostEqual(row.actual_amount, sum(invoiced.mapped("amount_untaxed_signed")))
        weeks = self.env["customer.cash.forecast"].search([])
        self.assertTrue(weeks)
        self.assertTrue(all(week.date.weekday() == 0 for week in weeks))

    def _check_boards(self):
        """The boards that look back have something in each picture, and to compare with."""
        boards = self.env["customer.board"].with_user(self.manager)
        pictures = {}
        for name in ("value", "retention", "loyalty", "map", "forecast"):
            board = boards.get_board(name)
            self.assertFalse(board["is_empty"], name)
            pictures |= {one["name"]: one for one in board["charts"] + board["grids"]}
            self.assertNotIn(boards._get_no_month_note(), board["notes"])
        self.assertEqual(len(pictures["months"]["labels"]), MONTHS)
        self.assertTrue(all(pictures["months"]["series"][0]["values"]))
        for name in ("segment_moves", "tier_moves", "cohorts", "segments"):
            cells = [cell for row in pictures[name]["cells"] for cell in row if cell]
            self.assertTrue(cells, name)
        self.assertGreater(len(pictures["forecast"]["labels"]), 1)
