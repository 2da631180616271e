"""Instalments, what was never paid, and what is overdue: with the lists behind the numbers."""

import re
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon

RECEIVABLE = "asset_receivable"


class DebtCommon(CustomerValueCommon):
    """Debts, and the accountant's ways to settle them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"]
        cls.bad_debts = accounts.create(
            {"name": "Bad debts", "code": "BADDEBT", "account_type": "expense"}
        )
        cls.equity = accounts.create(
            {"name": "Opening", "code": "OPENING", "account_type": "equity"}
        )
        cls.general = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.company.id)], limit=1
        )

    def _bill(self, date, due, amount, **values):
        move = self._create_move(
            self.customer, date, amount, invoice_payment_term_id=False, **values
        )
        move.invoice_date_due = due
        move.action_post()
        return move

    def _bill_in_parts(self, date, amount, *parts):
        """Bill with a payment term of (per cent, days) parts."""
        term = self._get_parts(*parts)
        return self._invoice(self.customer, date, amount, invoice_payment_term_id=term.id)

    def _get_parts(self, *parts):
        return self.env["account.payment.term"].create(
            {
                "name": "Parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": part, "nb_days": days})
                    for part, days in parts
                ],
            }
        )

    def _register(self, invoices, date, **values):
        wizard = self.env["account.payment.register"].with_user(self.accountant)
        wizard = wizard.with_context(active_model="account.move", active_ids=invoices.ids)
        return wizard.create({"payment_date": date, **values})._create_payments().sudo()

    def _write_off(self, invoice, date, amount, account=None):
        """Take an amount, write the rest off."""
        return self._register(
            invoice,
            date,
            amount=amount,
            installments_mode="full",
            payment_difference_handling="reconcile",
            writeoff_account_id=(account or self.bad_debts).id,
        )

    def _enter(self, date, amount, account, is_debt=False, **values):
        """Post a plain entry on the customer's receivables; return that line."""
        debts = self.customer.property_account_receivable_id
        debit, credit = (debts, account) if is_debt else (account, debts)
        partner = {"partner_id": self.customer.id}
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "journal_id": self.general.id,
                "line_ids": [
                    Command.create(
                        {"account_id": side.id, name: amount, **(partner if side == debts else {})}
                    )
                    for side, name in ((debit, "debit"), (credit, "credit"))
                ],
                **values,
            }
        )
        entry.action_post()
        return entry.line_ids.filtered(lambda line: line.account_id == debts)

    def _pay_ahead(self, date, amount, payment_type="inbound"):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "partner_type": "customer",
                "payment_type": payment_type,
                "amount": amount,
                "date": date,
            }
        )
        payment.action_post()
        return payment

    def _match(self, *records):
        lines = self.env["account.move.line"]
        for record in records:
            lines |= record if record._name == lines._name else record.line_ids
        lines.filtered(
            lambda line: line.account_type == RECEIVABLE and not line.reconciled
        ).reconcile()

    def _facts(self):
        self._drain()
        return self._profile(self.customer)

    def _sum_behind(self, metric, column):
        profile = self._facts().with_user(self.manager)
        action = profile.with_context(metric=metric).action_open_documents()
        documents = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        return sum(documents.mapped(column)) if column else len(documents)


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestInstalments(DebtCommon):
    def test_each_instalment_has_its_own_due_day(self):
        """Half after 30 days, half after 60, both paid on their day: nothing was late."""
        invoice = self._bill_in_parts("2026-03-01", 100, (50, 30), (50, 60))
        self._register(invoice, "2026-03-31", amount=50, installments_mode="full")
        self._register(invoice, "2026-04-30", amount=50, installments_mode="full")
        profile = self._facts()
        self.assertEqual(profile.payment_days_late, 0)
        self.assertEqual(profile.late_amount_days_total, 0)
        self.assertEqual(profile.paid_invoice_count_365, 1)

    def test_only_the_late_instalment_is_late(self):
        invoice = self._bill_in_parts("2026-03-01", 100, (50, 30), (50, 60))
        self._register(invoice, "2026-04-10", amount=50, installments_mode="full")
        profile = self._facts()
        self.assertEqual(profile.payment_days_late, 10)
        self.assertEqual(profile.overdue_amount, 50)
        self.assertEqual(profile.late_amount_days_365, 50 * 10 + 50 * 46)
        self.assertEqual(self._sum_behind("overdue_amount", "amount_residual"), 50)

    def test_one_payment_over_several_invoices(self):
        first = self._bill("2026-03-01", "2026-03-31", 100)
        second = self._bill("2026-04-01", "2026-05-01", 300)
        self._register(first | second, "2026-04-30", group_payment=True)
        profile = self._facts()
        self.assertEqual(profile.payment_days_late, (100 * 30 - 300 * 1) / 400)
        self.assertEqual(profile.paid_invoice_count_365, 2)
        self.assertEqual(self._sum_behind("paid_invoice_count_365", None), 2)

    def test_part_in_money_part_credited(self):
        """Only the money tells something of the day; what was credited was not to be paid."""
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        self._match(invoice, self._credit(invoice, "2026-05-20", 40))
        self._register(invoice, "2026-04-10")
        profile = self._facts()
        self.assertEqual(profile.payment_days_late, 10)
        self.assertEqual(profile.paid_ratio_365, 1)
        self.assertEqual(profile.bad_debt_amount_total, 0)

    def test_paid_returned_and_paid_back(self):
        """Money that goes out again is no payment of the customer."""
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        self._register(invoice, "2026-04-10")
        refund = self._credit(invoice, "2026-05-01")
        self._register(refund, "2026-06-10")
        profile = self._facts()
        self.assertEqual(profile.payment_days_late, 10)
        self.assertEqual(profile.overdue_amount, 0)

    def test_payment_of_tomorrow_is_none_yet(self):
        self._register(self._bill("2026-03-01", "2026-03-31", 100), "2026-06-20")
        profile = self._facts()
        self.assertIs(profile.payment_days_late, False)
        self.assertEqual(profile.paid_ratio_365, 0)
        self.assertEqual(profile.overdue_amount, 0, "Odoo calls it paid")

    def test_foreign_currency_at_another_rate(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        for day, rate in (("2026-01-01", 0.8), ("2026-04-15", 0.5)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "company_id": self.company.id, "name": day, "rate": rate}
            )
        invoice = self._bill("2026-03-01", "2026-03-31", 100, currency_id=euro.id)
        self._register(invoice, "2026-04-20")
        profile = self._facts()
        self.assertEqual(profile.payment_days_late, 20)
        self.assertEqual(profile.paid_ratio_365, 1)
        self.assertEqual(profile.bad_debt_amount_total, 0)
        self.assertEqual(profile.cash_discount_amount_total, 0)

    def test_entered_by_hand_on_the_bank(self):
        bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        self._match(invoice, self._enter("2026-04-05", 100, bank.default_account_id))
        self.assertEqual(self._facts().payment_days_late, 5)

    def test_bank_statement(self):
        bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        statement = self.env["account.bank.statement.line"].create(
            {
                "journal_id": bank.id,
                "date": "2026-04-07",
                "amount": 100,
                "partner_id": self.customer.id,
                "payment_ref": "Invoice",
            }
        )
        _liquidity, suspense, _other = statement._seek_for_lines()
        statement.move_id.button_draft()
        suspense.account_id = self.customer.property_account_receivable_id
        statement.move_id.action_post()
        self._match(invoice, statement.move_id)
        self.assertEqual(self._facts().payment_days_late, 7)

    def test_bounced_payment(self):
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        payment = self._register(invoice, "2026-03-20")
        self.assertEqual(self._facts().overdue_amount, 0)
        payment.move_id._reverse_moves([{"date": "2026-04-01"}], cancel=True)
        profile = self._facts()
        self.assertEqual(profile.overdue_amount, 100)
        self.assertIs(profile.payment_days_late, False)

    def test_debt_handed_to_somebody_else(self):
        """What another customer owes now was neither paid nor lost."""
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        debts = self.customer.property_account_receivable_id
        moved = self._enter("2026-04-05", 100, debts)
        other = moved.move_id.line_ids.filtered("debit")
        other.partner_id = self.other_customer
        self._match(invoice, moved.move_id.line_ids.filtered("credit"))
        profile = self._facts()
        self.assertIs(profile.payment_days_late, False)
        self.assertEqual(profile.bad_debt_amount_total, 0)
        self.assertEqual(profile.overdue_amount, 0)
        self.assertEqual(self._profile(self.other_customer).overdue_amount, 100)


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestWorkedExample(DebtCommon):
    """The example of docs/formulas.md, with the numbers as they stand there."""

    # Field -> what stands around its number in the section.
    WRITTEN = {
        "revenue_365": r"Revenue ([\d.]+), cost of goods",
        "occasion_count": r"As it is, occasions ([\d.]+) ",
        "gap_mean_days": r" mean ([\d.]+), 80 %",
        "gap_p80_days": r"0\.8 × 2 = ([\d.]+)\. ",
        "payment_days_late": r"Days late = [^=]+ = ([\d.]+);",
        "paid_ratio_365": r"paid share [^=]+ = ([\d.]+);",
        "bad_debt_amount_365": r"bad debt ([\d.]+)\. ",
        "overdue_amount": r"nobody has matched yet: ([\d.]+)\. ",
        "cash_discount_amount_365": r"less a cash discount of ([\d.]+),",
        "gross_profit_365": r"profit is 80 − 2 = ([\d.]+)\. ",
        "cost_to_serve_365": r"cost to serve is 6 \+ 10 = ([\d.]+) ",
        "net_profit_365": r"\(cost of capital 0\) and net profit ([\d.]+)\. ",
    }

    def _read_example(self):
        """Return field -> the number the document gives, as it is written."""
        text = (Path(__file__).parents[2] / "docs/formulas.md").read_text(encoding="utf-8")
        section = " ".join(text.split("## A worked example")[1].split())
        found = {name: re.search(pattern, section) for name, pattern in self.WRITTEN.items()}
        self.assertFalse([name for name, match in found.items() if not match])
        return {name: match[1] for name, match in found.items()}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_cost_per_order_line = 2

    def _sell(self, date, **values):
        """Order a desk and bill it."""
        order = self._order(self.customer)
        move = order._create_invoices()
        move.write({"invoice_date": date, "invoice_payment_term_id": False, **values})
        move.action_post()
        return move

    def test_formulas(self):
        discounts = self.company.account_journal_early_pay_discount_loss_account_id
        january = self._sell("2026-01-10", invoice_date_due="2026-02-09")
        self._register(january, "2026-02-19")
        march = self._sell("2026-03-10", invoice_date_due="2026-04-09")
        self._deliver(march.invoice_line_ids.sale_line_ids.order_id)
        self._match(march, self._credit(march, "2026-03-20", 40))
        self._register(march, "2026-04-09", amount=50)
        self._match(march, self._enter("2026-06-01", 10, self.bad_debts))
        term = self._get_parts((50, 10), (50, 31))
        may = self._sell("2026-05-10", invoice_payment_term_id=term.id)
        self._register(may, "2026-05-20", amount=48, installments_mode="full")
        first = may.line_ids.sorted("date_maturity").filtered("amount_residual")[:1]
        self._match(first, self._enter("2026-05-20", 2, discounts))
        self._pay_ahead("2026-06-10", 30)
        profile = self._facts()
        self.assertAlmostEqual(profile.payment_days_late, 1000 / 198, places=5)
        self.assertAlmostEqual(profile.paid_ratio_365, 198 / 258, places=5)
        self.assertEqual(profile.paid_invoice_count_365, 2)
        self.assertEqual(profile.bad_debt_amount_365, 10)
        self.assertEqual(profile.overdue_amount, 20)
        self.assertEqual(profile.cash_discount_amount_365, 2)
        self.assertEqual((profile.revenue_365, profile.gross_profit_365), (260, 78))
        self.assertEqual((profile.cost_to_serve_365, profile.net_profit_365), (16, 62))
        self.assertEqual((profile.occasion_count, profile.gap_mean_days), (3, 60))
        self.assertAlmostEqual(profile.gap_p80_days, 60.6)
        for name, written in self._read_example().items():
            digits = len(written.partition(".")[2])
            self.assertEqual(round(profile[name], digits), float(written), name)

    def test_had_the_desk_come_back(self):
        for date in ("2026-01-10", "2026-05-10"):
            self._sell(date)
        march = self._sell("2026-03-10")
        delivery = self._deliver(march.invoice_line_ids.sale_line_ids.order_id)
        self._take_back(delivery)
        self._credit(march, "2026-03-20")
        profile = self._facts()
        self.assertEqual((profile.revenue_365, profile.gross_profit_365), (200, 80))
        self.assertEqual(profile.occasion_count, 2)

    def test_among_five(self):
        """Last to buy, bought as often as all, third of five revenues."""
        amounts = {1: 300, 2: 240, 3: 280, 4: 200}
        for number, (month, amount) in enumerate(amounts.items()):
            partner = self._create_customer(f"Customer {number}")
            for date in ("2025-11-01", "2025-12-01", f"2026-0{month}-01"):
                self._invoice(partner, date, amount / 3)
        for date in ("2026-01-10", "2026-03-10", "2026-05-10"):
            self._invoice(self.customer, date, 260 / 3)
        self._drain()
        self._run_nightly()
        profile = self._profile(self.customer)
        scores = (profile.rfm_recency, profile.rfm_frequency, profile.rfm_monetary)
        self.assertEqual(scores, (5, 3, 3))


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestBadDebt(DebtCommon):
    def test_written_off_with_the_payment(self):
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        self._write_off(invoice, "2026-04-10", 60)
        self.assertEqual(invoice.payment_state, "paid")
        profile = self._facts()
        self.assertEqual(profile.bad_debt_amount_total, 40)
        self.assertEqual(profile.bad_debt_amount_365, 40)
        self.assertAlmostEqual(profile.paid_ratio_365, 0.6)
        self.assertEqual(profile.payment_days_late, 10)
        self.assertEqual(profile.paid_invoice_count_365, 1)
        self.assertEqual(profile.late_amount_days_total, 60 * 10)
        self.assertEqual(profile.cost_to_serve_365, 40)
        self.assertEqual(profile.net_profit_365, 100 - 60 - 40)
        self.assertEqual(profile.gross_profit_365, 40)

    def test_written_off_by_an_entry(self):
        invoice = self._bill("2025-03-01", "2025-03-31", 100)
        self._match(invoice, self._enter("2025-06-15", 100, self.bad_debts))
        profile = self._facts()
        self.assertEqual(profile.bad_debt_amount_total, 100)
        self.assertEqual(profile.bad_debt_amount_365, 0, "a day too old")
        self.assertIs(profile.payment_days_late, False)
        self.assertEqual(profile.paid_invoice_count_365, 0)
        self.assertEqual(profile.overdue_amount, 0)

    def test_taken_back(self):
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        line = self._enter("2026-05-15", 100, self.bad_debts)
        self._match(invoice, line)
        self.assertEqual(self._facts().bad_debt_amount_total, 100)
        line.remove_move_reconcile()
        self.assertEqual(self._facts().bad_debt_amount_total, 0)
        line.move_id.button_draft()
        self.assertEqual(self._facts().overdue_amount, 100)

    def test_account_corrected_afterwards(self):
        bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        line = self._enter("2026-04-10", 100, self.bad_debts)
        self._match(invoice, line)
        (line.move_id.line_ids - line).account_id = bank.default_account_id
        profile = self._facts()
        self.assertEqual(profile.bad_debt_amount_total, 0)
        self.assertEqual(profile.payment_days_late, 10)

    def test_opening_balance_that_turns_bad(self):
        debt = self._enter("2026-01-01", 70, self.equity, is_debt=True)
        profile = self._facts()
        self.assertEqual(profile.overdue_amount, 70)
        self.assertEqual(self._sum_behind("overdue_amount", "amount_residual"), 70)
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).overdue_amount, 70)
        self._match(debt, self._enter("2026-05-01", 70, self.bad_debts))
        profile = self._facts()
        self.assertEqual(profile.bad_debt_amount_365, 70)
        self.assertEqual(profile.overdue_amount, 0)

    def test_cents_written_off_and_cents_too_much(self):
        self._write_off(self._bill("2026-03-01", "2026-03-31", 100), "2026-03-31", 99.98)
        profile = self._facts()
        self.assertAlmostEqual(profile.bad_debt_amount_total, 0.02)
        self.assertEqual(profile.paid_invoice_count_365, 1)
        income = self.env["account.account"].create(
            {"name": "Gains", "code": "GAINS", "account_type": "income_other"}
        )
        self._write_off(self._bill("2026-03-01", "2026-03-31", 100), "2026-03-31", 100.03, income)
        self.assertAlmostEqual(self._facts().bad_debt_amount_total, 0.02)

    def test_lists_add_up(self):
        self._write_off(self._bill("2026-03-01", "2026-03-31", 100), "2026-04-10", 60.01)
        old = self._bill("2025-01-01", "2025-01-31", 33.33)
        self._match(old, self._enter("2025-02-10", 33.33, self.bad_debts))
        for metric, amount in (("bad_debt_amount_total", 73.32), ("bad_debt_amount_365", 39.99)):
            self.assertAlmostEqual(self._facts()[metric], amount)
            self.assertAlmostEqual(self._sum_behind(metric, "customer_written_off_amount"), amount)
        self.assertAlmostEqual(self._sum_behind("cost_to_serve_365", "cost"), 39.99)
        net = self._facts().net_profit_365
        self.assertAlmostEqual(self._sum_behind("net_profit_365", "amount"), net)
        part = self.env["customer.profit.part"].search(
            [
                ("profile_id", "=", self._facts().id),
                ("part", "=", "bad_debt_amount"),
                ("window", "=", "365"),
            ]
        )
        action = part.with_user(self.manager).action_open_documents()
        self.assertEqual(action["res_model"], "account.move.line")

    def test_who_sees_what(self):
        self._write_off(self._bill("2026-03-01", "2026-03-31", 100), "2026-04-10", 60)
        profile = self._facts()
        for user, expected in ((self.salesperson, True), (self.own_salesperson, False)):
            fields = profile.with_user(user).fields_get()
            self.assertIs("bad_debt_amount_365" in fields, expected)
            self.assertNotIn("cash_discount_amount_365", fields)
        self.assertIn("cash_discount_amount_365", profile.with_user(self.manager).fields_get())


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestCashDiscount(DebtCommon):
    def _bill_with_discount(self, computation, tax=None, **values):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % within ten days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": computation,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )
        move = self._create_move(
            self.customer, "2026-05-01", 1000, invoice_payment_term_id=term.id, **values
        )
        if tax:
            move.invoice_line_ids.tax_ids = tax
        move.action_post()
        return move

    def test_however_the_tax_is_reckoned(self):
        tax = self.env["account.tax"].create({"name": "20 %", "amount": 20})
        for number, computation in enumerate(("included", "excluded", "mixed"), 1):
            with self.subTest(computation=computation):
                invoice = self._bill_with_discount(computation, tax)
                payment = self._register(invoice, "2026-05-08")
                self.assertLess(payment.amount, invoice.amount_total)
                profile = self._facts()
                self.assertEqual(profile.revenue_365, 1000 * number)
                self.assertAlmostEqual(profile.cash_discount_amount_365, 20 * number)
                self.assertAlmostEqual(profile.gross_profit_365, (1000 - 60 - 20) * number)
                self.assertEqual(profile.bad_debt_amount_total, 0)
                self.assertEqual(profile.paid_ratio_365, 1)
                self.assertEqual(profile.payment_days_late, -23)

    def test_taken_too_late_there_is_none(self):
        self._register(self._bill_with_discount("included"), "2026-05-20")
        self.assertEqual(self._facts().cash_discount_amount_total, 0)

    def test_foreign_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        for day, rate in (("2026-01-01", 0.8), ("2026-05-05", 0.5)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "company_id": self.company.id, "name": day, "rate": rate}
            )
        invoice = self._bill_with_discount("included", currency_id=euro.id)
        self._register(invoice, "2026-05-08")
        profile = self._facts()
        self.assertEqual(profile.revenue_365, 1250)
        self.assertEqual(profile.cash_discount_amount_365, 25, "at the rate of the invoice")
        self.assertEqual(profile.gross_profit_365, 1250 - 60 - 25)
        self.assertEqual(profile.bad_debt_amount_total, 0)
        self.assertEqual(profile.paid_ratio_365, 1)

    def test_given_by_hand(self):
        """In the payment or by an entry in nobody's name: the account tells."""
        account = self.company.account_journal_early_pay_discount_loss_account_id
        self._write_off(self._bill("2026-05-01", "2026-05-31", 100), "2026-05-08", 97, account)
        invoice = self._bill("2026-05-01", "2026-05-31", 100)
        self._match(invoice, self._enter("2026-05-08", 4, account))
        profile = self._facts()
        self.assertEqual(profile.cash_discount_amount_total, 7)
        self.assertEqual(profile.bad_debt_amount_total, 0)

    def test_lists_add_up(self):
        self._register(self._bill_with_discount("included"), "2026-05-08")
        profile = self._facts()
        self.assertEqual(profile.gross_profit_total, 1000 - 60 - 20)
        for metric, column in (
            ("gross_profit_total", "customer_profit"),
            ("gross_profit_365", "customer_profit"),
            ("cash_discount_amount_total", "balance"),
            ("cash_discount_amount_365", "balance"),
        ):
            with self.subTest(metric=metric):
                self.assertAlmostEqual(self._sum_behind(metric, column), profile[metric])


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestOverdue(DebtCommon):
    def _check(self, amount):
        """The number, its list, and Odoo's own amount due."""
        profile = self._facts()
        self.assertAlmostEqual(profile.overdue_amount, amount)
        self.assertAlmostEqual(self._sum_behind("overdue_amount", "amount_residual"), amount)
        self.assertLessEqual(profile.overdue_amount, max(self.customer.credit, 0))

    def test_open_payments_come_off_the_oldest_debt(self):
        self._bill("2026-01-01", "2026-01-31", 100)
        self._bill("2026-05-01", "2026-05-31", 100)
        self._check(200)
        self._pay_ahead("2026-06-01", 130)
        self._check(70)
        self.assertEqual(self._facts().late_amount_days_total, 70 * 15)
        self._pay_ahead("2026-06-02", 100)
        self._check(0)

    def test_open_credit_notes_whatever_their_day(self):
        self._bill("2026-01-01", "2026-01-31", 100)
        refund = self._create_move(self.customer, "2026-06-10", 30, move_type="out_refund")
        refund.invoice_date_due = "2026-07-10"
        refund.action_post()
        self._check(70)

    def test_payment_dated_later(self):
        self._bill("2026-01-01", "2026-01-31", 100)
        self._pay_ahead("2026-07-01", 100)
        self._check(0)

    def test_what_is_not_due_yet_is_not_overdue(self):
        self._bill("2026-06-01", "2026-06-15", 100)
        self._bill("2026-06-01", "2026-07-15", 100)
        self._check(0)
        self._pay_ahead("2026-06-01", 20)
        self._check(0)

    def test_double_payment_sent_back(self):
        self._pay_ahead("2026-05-01", 100)
        self._pay_ahead("2026-05-05", 100, "outbound")
        self._bill("2026-04-01", "2026-04-30", 80)
        self._check(80)

    def test_cheque_that_bounced_by_an_entry(self):
        bank = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        self._register(self._bill("2026-03-01", "2026-03-31", 100), "2026-03-20")
        self._enter("2026-04-10", 100, bank.default_account_id, is_debt=True)
        self._check(100)

    def test_paid_before_its_bank_statement(self):
        """Where payments make no entry, the invoice stays open in the books and is paid in Odoo."""
        moves = type(self.env["account.move"])
        with patch.object(moves, "_get_invoice_in_payment_state", lambda move: "in_payment"):
            invoice = self._bill("2026-03-01", "2026-03-31", 100)
            self._check(100)
            payment = self._register(invoice, "2026-04-05")
            self.assertFalse(payment.move_id)
            self.assertEqual(invoice.payment_state, "in_payment")
            self.assertEqual(invoice.amount_residual, 100)
            self._check(0)
            profile = self._facts()
            self.assertEqual(profile.payment_days_late, 5)
            self.assertEqual(profile.paid_ratio_365, 1)
            self.assertEqual(profile.paid_invoice_count_365, 1)
            payment.action_reject()
            self.assertEqual(invoice.payment_state, "not_paid")
            self._check(100)
            self.assertIs(self._facts().payment_days_late, False)

    def test_as_many_queries_for_a_hundred(self):
        partners = self.customer
        for number in range(20):
            partners |= self._create_customer(f"Debtor {number}")
        for partner in partners:
            self._register(self._invoice(partner, "2026-05-01", 100), "2026-05-10", amount=60)
        self._drain()
        profiles = self.env["customer.profile"]
        profiles._refresh(self.company, partners.ids)

        def count(some):
            before = self.env.cr.sql_log_count
            profiles._refresh(self.company, some.ids)
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(partners), count(partners[:2]))
