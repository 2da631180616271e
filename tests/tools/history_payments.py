"""What the random histories know about money: instalments, discounts, write-offs, open payments.

And about what is open of orders: invoiced in part, by delivery, at another price than ordered.
"""

from functools import wraps

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from odoo import Command
from odoo.exceptions import UserError

any_number = st.integers(0, 2**16)
days_back = st.integers(0, 500)
prices = st.integers(1, 50_000)
DEBT = "asset_receivable"

# In this order every rule finds what it needs; after the written history of the machine.
PAYMENT_STEPS = [
    ("bill_in_instalments", {"who": 0, "where": 0, "back": 80, "price": 30_001}),
    ("pay", {"which": -1, "part": 0.5, "back": 40}),
    ("pay_and_write_off", {"which": -1, "part": 0.5, "back": 3}),
    ("bill_with_cash_discount", {"who": 1, "where": 0, "back": 30, "price": 20_003, "how": 0}),
    ("pay_with_cash_discount", {"which": -1, "days": 4}),
    ("bill_with_cash_discount", {"who": 1, "where": 1, "back": 30, "price": 20_003, "how": 2}),
    ("pay_with_cash_discount", {"which": -1, "days": 4}),
    ("bill_in_instalments", {"who": 2, "where": 1, "back": 90, "price": 40_000}),
    ("write_off_by_hand", {"which": -1, "part": 0.3, "back": 2, "income": False}),
    ("pay_without_invoice", {"who": 2, "where": 1, "back": 5, "price": 7_000, "out": False}),
    ("match_what_is_open", {"who": 2, "where": 1}),
    ("pay_without_invoice", {"who": 3, "where": 0, "back": 5, "price": 9_000, "out": False}),
    ("pay_without_invoice", {"who": 3, "where": 0, "back": 4, "price": 4_000, "out": True}),
    ("open_balance", {"who": 3, "where": 0, "back": 300, "price": 50_000}),
    ("match_what_is_open", {"who": 3, "where": 0}),
    ("pay_several", {"which": 0, "back": 1}),
    ("order_hours", {"who": 0, "where": 0, "hours": 8, "price": 1_999, "discount": 10}),
    ("invoice_a_part", {"which": -1, "part": 0.5, "cheaper": False}),
    ("invoice_a_part", {"which": -1, "part": 1.0, "cheaper": True}),
]


def money_step(function):
    """Run a rule in a savepoint and count it; what Odoo refuses to a user is undone."""

    @wraps(function)
    def run(self, **drawn):
        self.is_sound = False
        try:
            with self.env.cr.savepoint():
                function(self, **drawn)
        except UserError as error:
            self.refusals[function.__name__, str(error)] += 1
            for tracked in ("moves", "payments", "orders"):
                setattr(self, tracked, getattr(self, tracked).exists())
        else:
            self.done[function.__name__] += 1
        self.is_sound = True

    return run


def given_some(get_candidates):
    return precondition(lambda self: bool(get_candidates(self)))


class PaymentHistory:
    """Rules for the machine of ``tests/profile/test_property.py``."""

    # === HELPERS === #

    def _get_term(self, company, **values):
        terms = self.env["account.payment.term"].with_company(company)
        return terms.create({"name": "Terms", "company_id": company.id, **values})

    def _get_account(self, company, account_type):
        accounts = self.env["account.account"].with_company(company)
        return accounts.search(
            [("account_type", "=", account_type), ("company_ids", "in", company.parent_ids.ids)],
            limit=1,
        )

    def _enter(self, company, day, partner, amount, account, is_debt):
        """Post a plain entry: a debt of the partner, or less of one, against an account."""
        debts = partner.with_company(company).property_account_receivable_id
        sides = {True: {"debit": amount}, False: {"credit": amount}}
        journals = self.env["account.journal"]
        entry = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "entry",
                    "date": day,
                    "journal_id": journals.search(
                        [("type", "=", "general"), ("company_id", "in", company.parent_ids.ids)],
                        limit=1,
                    ).id,
                    "line_ids": [
                        Command.create(
                            {"account_id": debts.id, "partner_id": partner.id, **sides[is_debt]}
                        ),
                        Command.create({"account_id": account.id, **sides[not is_debt]}),
                    ],
                }
            )
        )
        entry.action_post()
        return entry.line_ids.filtered(lambda line: line.account_id == debts)

    def _register(self, invoices, **values):
        company = invoices.company_id
        wizard = self.env["account.payment.register"].with_company(company)
        wizard = wizard.with_context(active_model="account.move", active_ids=invoices.ids)
        payments = wizard.create(values)._create_payments()
        self.payments |= payments
        return payments

    def _bill(self, who, where, back, price, term):
        company = self.pick_company(where)
        partner = self.pick(self.partners, who)
        term = self._get_term(company, **term)
        move = self.make_move(partner, company, back, [price], invoice_payment_term_id=term.id)
        self.post(move)

    def in_own_currency(self):
        return self.unpaid().filtered(lambda m: m.currency_id == m.company_currency_id)

    def with_cash_discount(self):
        return self.unpaid().filtered(
            lambda m: m.invoice_payment_term_id.early_discount and m.payment_state == "not_paid"
        )

    def hours_left(self):
        return self.confirmed().filtered(
            lambda o: o.order_line[:1].product_id.name == "Hours" and o.invoice_status != "no"
        )

    # === INVOICES AND PAYMENTS === #

    @rule(who=any_number, where=any_number, back=days_back, price=prices)
    @money_step
    def bill_in_instalments(self, who, where, back, price):
        parts = [(30, 0), (30, 30), (40, 60)]
        lines = [
            Command.create({"value": "percent", "value_amount": part, "nb_days": days})
            for part, days in parts
        ]
        self._bill(who, where, back, price, {"line_ids": lines})

    @rule(
        who=any_number,
        where=any_number,
        back=days_back,
        price=prices,
        how=st.integers(0, 2),
    )
    @money_step
    def bill_with_cash_discount(self, who, where, back, price, how):
        term = {
            "early_discount": True,
            "discount_percentage": 3,
            "discount_days": 10,
            "early_pay_discount_computation": ("included", "excluded", "mixed")[how],
            "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
        }
        self._bill(who, where, back, price, term)

    @given_some(with_cash_discount)
    @rule(which=any_number, days=st.integers(0, 15))
    @money_step
    def pay_with_cash_discount(self, which, days):
        invoice = self.pick(self.with_cash_discount(), which)
        self._register(invoice, payment_date=self._later(invoice.invoice_date, days))

    @staticmethod
    def _later(day, days):
        return day.fromordinal(day.toordinal() + days)

    @given_some(in_own_currency)
    @rule(which=any_number, part=st.sampled_from([0.25, 0.5, 0.99]), back=st.integers(0, 60))
    @money_step
    def pay_and_write_off(self, which, part, back):
        invoice = self.pick(self.in_own_currency(), which)
        company = invoice.company_id
        self._register(
            invoice,
            payment_date=self.a_day(company, back),
            amount=invoice.currency_id.round(invoice.amount_residual * part),
            installments_mode="full",
            payment_difference_handling="reconcile",
            writeoff_account_id=self._get_account(company, "expense").id,
        )

    @given_some(in_own_currency)
    @rule(
        which=any_number,
        part=st.sampled_from([0.3, 1.0]),
        back=st.integers(0, 60),
        income=st.booleans(),
    )
    @money_step
    def write_off_by_hand(self, which, part, back, income):
        invoice = self.pick(self.in_own_currency(), which)
        company = invoice.company_id
        debts = self._enter(
            company,
            self.a_day(company, back),
            invoice.commercial_partner_id,
            invoice.currency_id.round(invoice.amount_residual * part) or 0.01,
            self._get_account(company, "income_other" if income else "expense"),
            is_debt=False,
        )
        lines = invoice.line_ids.filtered(lambda line: line.account_id == debts.account_id)
        (lines.filtered(lambda line: not line.reconciled) | debts).reconcile()

    @rule(
        who=any_number,
        where=any_number,
        back=st.integers(-20, 90),
        price=prices,
        out=st.booleans(),
    )
    @money_step
    def pay_without_invoice(self, who, where, back, price, out):
        company = self.pick_company(where)
        payment = (
            self.env["account.payment"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.pick(self.partners, who).commercial_partner_id.id,
                    "partner_type": "customer",
                    "payment_type": "outbound" if out else "inbound",
                    "amount": price / 100,
                    "date": self.a_day(company, back),
                    "company_id": company.id,
                }
            )
        )
        payment.action_post()
        self.payments |= payment

    @rule(who=any_number, where=any_number, back=days_back, price=prices)
    @money_step
    def open_balance(self, who, where, back, price):
        company = self.pick_company(where)
        self._enter(
            company,
            self.a_day(company, back),
            self.pick(self.partners, who),
            price / 100,
            self._get_account(company, "equity"),
            is_debt=True,
        )

    @rule(who=any_number, where=any_number)
    @money_step
    def match_what_is_open(self, who, where):
        """Whatever is open of a customer is matched, oldest first, as the accountant may do."""
        company = self.pick_company(where)
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", DEBT),
                ("partner_id", "child_of", self.pick(self.partners, who).commercial_partner_id.id),
                ("reconciled", "=", False),
            ]
        )
        for same in lines.grouped("account_id").values():
            same.reconcile()

    @given_some(in_own_currency)
    @rule(which=any_number, back=st.integers(0, 30))
    @money_step
    def pay_several(self, which, back):
        """One payment for everything a customer owes."""
        first = self.pick(self.in_own_currency(), which)
        invoices = self.in_own_currency().filtered(
            lambda m: (
                (m.company_id, m.commercial_partner_id, m.move_type)
                == (first.company_id, first.commercial_partner_id, first.move_type)
            )
        )
        day = self.a_day(first.company_id, back)
        self._register(invoices, payment_date=day, group_payment=True)

    # === ORDERS === #

    @rule(
        who=any_number,
        where=any_number,
        hours=st.integers(1, 12),
        price=prices,
        discount=st.sampled_from([0, 10, 33.33]),
    )
    @money_step
    def order_hours(self, who, where, hours, price, discount):
        """A service by the piece; a dozen of them is a unit, too."""
        company = self.pick_company(where)
        dozen = self.env.ref("uom.product_uom_dozen")
        values = {"name": "Hours", "type": "service", "invoice_policy": "order"}
        product = self.env["product.product"].create(values | {"taxes_id": [Command.clear()]})
        line = {
            "product_id": product.id,
            "product_uom_qty": hours,
            "product_uom_id": (dozen if hours % 3 == 0 else product.uom_id).id,
            "price_unit": price / 100,
            "discount": discount,
            "tax_ids": [Command.clear()],
        }
        bonus = {**line, "product_uom_qty": 1, "price_unit": -price / 500, "discount": 0}
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.pick(self.partners, who).id,
                    "company_id": company.id,
                    "order_line": [Command.create(line), Command.create(bonus)],
                }
            )
        )
        order.action_confirm()
        self.orders |= order

    @given_some(hours_left)
    @rule(which=any_number, part=st.sampled_from([0.25, 0.5, 1.0, 2.0]), cheaper=st.booleans())
    @money_step
    def invoice_a_part(self, which, part, cheaper):
        """Less or more than was ordered, or at another price; down payments go along."""
        order = self.pick(self.hours_left(), which)
        invoice = order.with_company(order.company_id)._create_invoices(final=True)
        self.moves |= invoice
        line = invoice.invoice_line_ids.filtered(lambda line: line.sale_line_ids)[:1]
        line.quantity = line.quantity * part
        if cheaper:
            line.price_unit = line.price_unit / 2
        self.post(invoice)
