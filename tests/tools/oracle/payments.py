"""The naive oracle of payments: what was paid when, lost, or taken off for paying early."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from .numbers import exact

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")


class PaymentOracle:
    """Part of the oracle: entry by entry, line by line."""

    @staticmethod
    def _get_receivables(move):
        return [
            line for line in move.line_ids if line.account_id.account_type == "asset_receivable"
        ]

    def _is_exchange_difference(self, move):
        partials = self.env["account.partial.reconcile"].sudo()
        return bool(partials.search_count([("exchange_move_id", "=", move.id)]))

    @staticmethod
    def _is_plain_entry(move):
        return move.move_type == "entry"

    def _is_cash_discount(self, line):
        companies = self.env["res.company"].sudo().search([])
        return line.account_id in companies.account_journal_early_pay_discount_loss_account_id

    def _get_kind(self, line):
        """What a line of an entry says about the debts the entry settles."""
        kind, companies = line.account_id.account_type, self.env["res.company"].sudo().search([])
        if (
            line.tax_line_id
            or kind.startswith("equity")
            or (kind == "asset_receivable" and line.partner_id)
            or self._is_cash_discount(line)
            or line.account_id
            in companies.expense_currency_exchange_account_id
            | companies.income_currency_exchange_account_id
        ):
            return "neither"
        return "loss" if kind.startswith(("income", "expense")) else "money"

    def _get_share(self, entry, kind):
        """Share of what an entry takes off receivables that is money, or a loss."""
        sums = defaultdict(Fraction)
        for line in entry.line_ids:
            if line.account_id.account_type != "asset_receivable" or line.balance > 0:
                sums[self._get_kind(line)] += Fraction(exact(line.balance))
        total = sum(max(amount, 0) for amount in sums.values())
        return max(sums[kind], 0) / total if total else Fraction(0)

    def _get_settlements(self, line):
        """(entry line, amount) of what was matched with an instalment; no credit notes."""
        for partial in line.matched_credit_ids:
            other = partial.credit_move_id
            if self._is_plain_entry(other.move_id) and not (
                self._is_exchange_difference(other.move_id)
                or self._is_exchange_difference(line.move_id)
            ):
                yield other, Fraction(exact(partial.amount))

    def _get_instalments(self, move):
        if move.move_type == "out_refund":
            return []
        return [line for line in self._get_receivables(move) if line.balance > 0]

    def _measure_payments(self, moves):
        """How late money came, by instalment; nothing is paid before it is billed."""
        late_total = late_year = weighted = weights = paid = owed = Fraction(0)
        paid_count = 0
        for move in moves:
            in_year = False
            for line in self._get_instalments(move):
                if self.in_year(move.invoice_date):
                    owed += Fraction(exact(line.amount_residual))
                for other, amount in self._get_settlements(line):
                    money = amount * self._get_share(other.move_id, "money")
                    day = max(other.date, move.invoice_date)
                    days = (day - line.date_maturity).days
                    if self.in_year(move.invoice_date):
                        owed += money + amount * self._get_share(other.move_id, "loss")
                        paid += money if day <= self.today else 0
                    if day <= self.today:
                        late_total += money * max(days, 0)
                    if self.in_year(day) and money:
                        in_year = True
                        weighted += money * days
                        weights += money
                        late_year += money * max(days, 0)
            paid_count += in_year and not move.amount_residual_signed
        return {
            "payment_days_late": float(weighted / weights) if weights else None,
            "paid_invoice_count_365": paid_count,
            "paid_ratio_365": float(paid / owed) if owed else None,
            "late_amount_days_total": float(late_total),
            "late_amount_days_365": float(late_year),
        }

    def _measure_overdue(self, lines, late):
        """What is past due, less all credits that are open: those pay what is due first."""
        still_open = [line for line in lines if line.amount_residual]
        credit = -sum(exact(line.amount_residual) for line in still_open if line.balance < 0)
        overdue = amount_days = Decimal(0)
        for line in sorted(still_open, key=lambda line: line.date_maturity or line.date):
            days = (self.today - (line.date_maturity or line.date)).days
            if line.balance > 0 and days > 0:
                amount = exact(line.amount_residual)
                covered = min(amount, credit)
                credit -= covered
                overdue += amount - covered
                amount_days += (amount - covered) * days
        return {
            "overdue_amount": self.money(overdue),
            **{
                name: late[name] + float(amount_days)
                for name in ("late_amount_days_total", "late_amount_days_365")
            },
        }

    def _measure_bad_debts(self, moves, lines):
        """What was written off of invoices and of debts that were entered by hand."""
        debts = [line for move in moves for line in self._get_instalments(move)]
        debts += [
            line
            for line in lines
            if line.balance > 0
            and self._is_plain_entry(line.move_id)
            and not line.move_id.reversed_entry_id  # taking a write-off back is no debt
        ]
        lost = defaultdict(Fraction)
        for line in debts:
            for other, amount in self._get_settlements(line):
                lost[other] += amount * self._get_share(other.move_id, "loss")
        rounded = {
            other: exact(self.money(Decimal(amount.numerator) / Decimal(amount.denominator)))
            for other, amount in lost.items()
            if other.date <= self.today
        }
        return {
            "bad_debt_amount_total": self.money(sum(rounded.values())),
            "bad_debt_amount_365": self.money(
                sum(amount for other, amount in rounded.items() if self.in_year(other.date))
            ),
        }

    def _measure_cash_discounts(self, partner_id, sales):
        """Discounts taken for paying early, and what they leave of the gross profit."""
        taken = self.discounts.get(partner_id, [])
        result = {
            "cash_discount_amount_total": self.money(sum(exact(line.balance) for line in taken)),
            "cash_discount_amount_365": self.money(
                sum(exact(line.balance) for line in taken if self.in_year(line.date))
            ),
        }
        for window in ("total", "365"):
            gross = sales[f"gross_profit_{window}"]
            if gross is not None:
                discount = exact(result[f"cash_discount_amount_{window}"])
                result[f"gross_profit_{window}"] = self.money(exact(gross) - discount)
        return result

    def _get_discount_taker(self, discount):
        """The customer of the first document that the entry settles, else whose name is in it.

        A discount in nobody's name is nobody's where several owe something in the entry.
        """
        debts = self.env["account.move.line"].browse(
            line.id for line in self._get_receivables(discount.move_id)
        )
        owner = discount.partner_id.commercial_partner_id
        if not owner and len(debts.partner_id) > 1:
            return owner
        credits = debts.filtered(
            lambda line: (
                line.balance < 0 and (not owner or line.partner_id.commercial_partner_id == owner)
            )
        ).sorted("id")
        documents = credits.matched_debit_ids.debit_move_id.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type in SALE_TYPES
        )
        return documents.sorted("id")[:1].commercial_partner_id or credits[:1].partner_id
