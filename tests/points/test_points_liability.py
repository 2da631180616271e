from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import PointsCommon


@tagged("post_install", "-at_install")
class TestPointsLiability(PointsCommon):
    """The draft entry that brings the liability to what outstanding points are worth."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.program.write({"customer_points_value": 0.1, "customer_points_allow_negative": True})
        cls.liability, cls.expense = cls._switch_on_booking(cls.company)

    def _buy(self, day, amount, company=None, partner=None):
        """A customer pays an invoice on a day, which earns as many points."""
        with freeze_time(f"{day} 12:00:00"):
            invoice = self._invoice(
                partner or self.customer, day, amount, company=company or self.company
            )
            self._pay(invoice, day)
            self._drain()
        return invoice

    def _row(self, day, user=None, program=None):
        user = user or self.accountant
        rows = self.env["customer.points.balance"].with_user(user)
        companies = self.env.user.company_ids.ids
        rows = rows.with_context(allowed_company_ids=companies, lang=user.lang)
        program = program or self.program
        return rows.search([("program_id", "=", program.id), ("date", "=", day)])

    def _make(self, day, **values):
        """Press the button of a row; return the entry it opens."""
        action = self._row(day, **values).action_make_liability_entry()
        self.assertEqual(action.get("res_model"), "account.move")
        return self.env["account.move"].browse(action["res_id"])

    def _balances(self, entry):
        return {line.account_id: round(line.balance, 2) for line in entry.line_ids}

    def _liability(self, account=None):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", (account or self.liability).id), ("parent_state", "!=", "cancel")]
        )
        return -round(sum(lines.mapped("balance")), 2)

    @freeze_time("2026-03-05 12:00:00")
    def test_draft_entry_equals_the_lots(self):
        self._buy("2026-01-20", 180)
        row = self._row("2026-01-31")
        entry = self._make("2026-01-31")
        self.assertEqual(entry.state, "draft")
        self.assertEqual(entry.move_type, "entry")
        self.assertEqual(str(entry.date), "2026-01-31")
        self.assertIn("January 2026", entry.ref)
        self.assertIn(self.program.name, entry.ref)
        self.assertEqual(self._balances(entry), {self.liability: -18, self.expense: 18})
        # From the entry and from the row to the same entries of points, and their sum.
        domain = entry.with_user(self.accountant).action_open_points_entries()["domain"]
        self.assertEqual(domain, row.action_open_entries()["domain"])
        entries = self.env["customer.points.entry"].search(domain)
        self.assertAlmostEqual(sum(entries.mapped("points")) * 0.1, self._liability())
        self.env.invalidate_all()
        self.assertEqual(self._row("2026-01-31").booked_amount, 18)
        entry.with_user(self.accountant).action_post()
        self.assertEqual(entry.state, "posted")

    @freeze_time("2026-05-05 12:00:00")
    def test_next_month_books_the_difference(self):
        self._buy("2026-01-20", 180)
        invoice = self._buy("2026-02-10", 50)
        with freeze_time("2026-03-10 12:00:00"):
            self._credit(invoice, "2026-03-10")
            self._drain()
        self._make("2026-01-31")
        february = self._make("2026-02-28")
        self.assertEqual(self._balances(february), {self.liability: -5, self.expense: 5})
        march = self._make("2026-03-31")
        self.assertEqual(self._balances(march), {self.liability: 5, self.expense: -5})
        self.assertEqual(self._liability(), 18)
        # April changed nothing.
        action = self._row("2026-04-30").action_make_liability_entry()
        self.assertEqual(action["tag"], "display_notification")

    @freeze_time("2026-03-05 12:00:00")
    def test_twice_makes_nothing_twice(self):
        self._buy("2026-01-20", 180)
        entry = self._make("2026-01-31")
        self.assertEqual(self._make("2026-01-31"), entry)
        entry.action_post()
        self.assertEqual(self._make("2026-01-31"), entry)
        self.assertEqual(self._liability(), 18)
        twin = entry.copy()
        self.assertFalse(twin.customer_points_date or twin.customer_points_program_id)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            with self.cr.savepoint():
                twin.write(
                    {
                        "customer_points_program_id": entry.customer_points_program_id.id,
                        "customer_points_date": entry.customer_points_date,
                    }
                )
                self.env.flush_all()
        twin.invalidate_recordset()
        twin.unlink()
        # A cancelled entry counts no more, and gives room for another.
        entry.button_draft()
        entry.button_cancel()
        again = self._make("2026-01-31")
        self.assertNotEqual(again, entry)
        self.assertEqual(self._liability(), 18)

    def _reverse(self, entry, day):
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=entry.ids)
            .create({"date": day, "journal_id": entry.journal_id.id})
        )
        wizard.refund_moves()
        return entry.reversal_move_ids

    @freeze_time("2026-05-05 12:00:00")
    def test_reversal_that_is_reversed_itself(self):
        self._buy("2026-01-20", 180)
        entry = self._make("2026-01-31")
        entry.action_post()
        back = self._reverse(entry, "2026-02-15")
        self._reverse(back, "2026-03-15")
        self.env.invalidate_all()
        self.assertEqual(self._liability(), 18)
        booked = [self._row(day).booked_amount for day in ("2026-02-28", "2026-03-31")]
        self.assertEqual(booked, [0, 18])

    @freeze_time("2026-05-05 12:00:00")
    def test_reversal_and_what_corrects_it(self):
        self._buy("2026-01-20", 180)
        entry = self._make("2026-01-31")
        entry.action_post()
        self._reverse(entry, "2026-02-15")
        self.assertEqual(self._liability(), 0)
        self.env.invalidate_all()
        self.assertEqual(self._row("2026-01-31").booked_amount, 18)
        self.assertEqual(self._row("2026-02-28").booked_amount, 0)
        february = self._make("2026-02-28")
        self.assertEqual(self._balances(february), {self.liability: -18, self.expense: 18})
        self.assertEqual(self._liability(), 18)

    @freeze_time("2026-05-05 12:00:00")
    def test_another_account_and_points_owed(self):
        invoice = self._buy("2026-01-20", 180)
        self._make("2026-01-31")
        other = self.liability.copy({"code": "259902", "name": "Points owed, new"})
        self.company.customer_points_liability_account_id = other
        with freeze_time("2026-02-10 12:00:00"):
            self._redeem(self._quote(self.customer))
            self._credit(invoice, "2026-02-10")
            self._drain()
        self.assertEqual(self._row("2026-02-28").outstanding, -100)
        february = self._make("2026-02-28")
        self.assertEqual(
            self._balances(february), {self.liability: 18, other: 10, self.expense: -28}
        )
        self.assertEqual((self._liability(), self._liability(other)), (0, -10))

    @freeze_time("2026-03-05 12:00:00")
    def test_what_is_no_month_end_is_refused(self):
        self._buy("2026-01-20", 180)
        self._buy("2026-03-02", 20)
        self._make("2026-02-28")
        with self.assertRaisesRegex(UserError, "February 2026 has an entry"):
            self._make("2026-01-31")
        self.assertFalse(self._row("2026-03-05").is_bookable)
        with self.assertRaisesRegex(UserError, "when the month is over"):
            self._make("2026-03-05")

    @freeze_time("2026-03-05 12:00:00")
    def test_off_by_default_and_incomplete(self):
        self._buy("2026-01-20", 180)
        self.assertFalse(self.env["res.company"].new({}).customer_points_is_booked)
        self.company.customer_points_expense_account_id = False
        with self.assertRaisesRegex(UserError, "journal and the accounts"):
            self._make("2026-01-31")
        self.company.customer_points_is_booked = False
        self.env.invalidate_all()
        self.assertFalse(self._row("2026-01-31").is_bookable)
        with self.assertRaisesRegex(UserError, "Switch on"):
            self._make("2026-01-31")

    @freeze_time("2026-03-05 12:00:00")
    def test_locked_month(self):
        self._buy("2026-01-20", 180)
        self.company.fiscalyear_lock_date = "2026-01-31"
        with self.assertRaisesRegex(UserError, "January 2026 is locked"):
            self._make("2026-01-31")
        self.env["res.lang"]._activate_lang("fa_IR")
        self.accountant.lang = "fa_IR"
        with self.assertRaisesRegex(UserError, "قفل"):
            self._make("2026-01-31")
        self.assertEqual(self._balances(self._make("2026-02-28"))[self.liability], -18)

    @freeze_time("2026-03-05 12:00:00")
    def test_who_may(self):
        self._buy("2026-01-20", 180)
        self.manager.group_ids -= self.env.ref("account.group_account_invoice")
        row = self._row("2026-01-31", user=self.manager)
        self.assertEqual(row.outstanding_amount, 18)
        with self.assertRaises(AccessError):
            row.action_make_liability_entry()
        with self.assertRaises(AccessError):
            self._row("2026-01-31", user=self.salesperson)
        with self.assertRaises(AccessError):
            self._row("2026-01-31").with_user(self.salesperson).action_make_liability_entry()
        auditor = self._create_user("aud", "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self._row("2026-01-31", user=auditor).action_make_liability_entry()
        self.assertFalse(self.env["account.move"].search([("journal_id.code", "=", "PTS")]))
        entry = self._make("2026-01-31", user=self.accountant)
        self.assertEqual(entry.create_uid, self.accountant)
        with self.assertRaises(AccessError):
            entry.with_user(self.salesperson).action_open_points_entries()

    @freeze_time("2026-03-05 12:00:00")
    def test_two_companies_and_another_currency(self):
        """Each company has its own entry, in its currency, though rewards are in another."""
        euro = self.env.ref("base.EUR")
        other = self._create_company("Persian Branch", euro)
        self.accountant.company_ids |= other
        self.env["res.currency.rate"].create(
            {
                "company_id": other.id,
                "currency_id": self.company.currency_id.id,
                "name": "2020-01-01",
                "rate": 2.0,  # two of ours are one euro
            }
        )
        program = self._create_program(other)
        program.currency_id = self.company.currency_id
        liability, expense = self._switch_on_booking(other)
        self._buy("2026-01-20", 180)
        self._buy("2026-01-20", 400, company=other)
        own = self._make("2026-01-31")
        entry = self._make("2026-01-31", program=program)
        self.assertEqual((own.company_id, entry.company_id), (self.company, other))
        self.assertEqual(entry.currency_id, euro)
        # 100 points are worth 10 in the currency of the program: 5 euros.
        self.assertEqual(self._balances(entry), {liability: -20, expense: 20})
        self.assertEqual(self._balances(own), {self.liability: -18, self.expense: 18})

    @freeze_time("2026-03-05 12:00:00")
    def test_branches(self):
        """What a branch earns in the program above is booked there; its own is booked in it."""
        north, north_east = self._create_branches(self.company)
        self.accountant.company_ids |= north | north_east
        self._buy("2026-01-20", 180, company=north)
        entry = self._make("2026-01-31")
        self.assertEqual(entry.company_id, self.company)
        self.assertEqual(self._balances(entry)[self.liability], -18)
        program = self._create_program(north_east, customer_points_value=0.5)
        self._buy("2026-02-20", 40, company=north_east)
        below = self._make("2026-02-28", program=program)
        self.assertEqual(below.company_id, north_east)
        self.assertEqual(below.journal_id.company_id, self.company)
        self.assertEqual(self._balances(below), {self.liability: -20, self.expense: 20})

    @freeze_time("2026-03-05 12:00:00")
    def test_lines_by_hand_do_not_count(self):
        """Other lines on the account are not ours; lines added to our entry are."""
        self._buy("2026-01-20", 180)
        entry = self._make("2026-01-31")
        self.env["account.move"].create(
            {
                "journal_id": self.company.customer_points_journal_id.id,
                "date": "2026-01-31",
                "line_ids": [
                    Command.create({"account_id": self.liability.id, "balance": -3}),
                    Command.create({"account_id": self.expense.id, "balance": 3}),
                ],
            }
        )
        entry.line_ids = [
            Command.create({"account_id": self.liability.id, "balance": -2}),
            Command.create({"account_id": self.expense.id, "balance": 2}),
        ]
        february = self._make("2026-02-28")
        self.assertEqual(self._balances(february), {self.liability: 2, self.expense: -2})
