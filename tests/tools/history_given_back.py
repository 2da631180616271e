"""What the random histories know about giving back: allowances, bonuses, returns, two currencies.

After every step the cost of every line that takes goods back is what ``given_back.py`` says.
"""

from contextlib import contextmanager

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from odoo import Command
from odoo.exceptions import UserError

from .given_back import GivenBack
from .oracle import SALE_TYPES, Oracle, exact

any_number = st.integers(0, 2**16)
days_back = st.integers(0, 120)
prices = st.integers(1, 50_000)


class GivenBackHistory:
    """Rules and invariants for the machine of ``tests/profile/test_property.py``."""

    @contextmanager
    def _doing(self, name):
        """Count a rule; what Odoo refuses to a user is undone."""
        self.is_sound = False
        try:
            with self.env.cr.savepoint():
                yield
        except UserError as error:
            self.refusals[name, str(error)] += 1
            self.moves, self.orders = self.moves.exists(), self.orders.exists()
        else:
            self.done[name] += 1
        self.is_sound = True

    def _reverse(self, move, back):
        day = max(self.a_day(move.company_id, back), move.invoice_date)
        wizard = self.env["account.move.reversal"].with_company(move.company_id)
        wizard = wizard.with_context(active_model="account.move", active_ids=move.ids)
        wizard = wizard.create({"date": day, "journal_id": move.journal_id.id})
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        self.moves |= note
        return note

    @precondition(lambda self: self.invoices())
    @rule(which=any_number, back=days_back, share=st.sampled_from([0.1, 0.5, 0.85, 1.0]))
    def allowance(self, which, back, share):
        """A lower price for all that was sold: nothing comes back."""
        with self._doing("allowance"):
            note = self._reverse(self.pick(self.invoices(), which), back)
            for line in note.invoice_line_ids:
                line.price_unit *= share
            self.post(note)

    @precondition(lambda self: self.invoices())
    @rule(which=any_number, back=days_back, pieces=st.integers(1, 2))
    def credit_some_pieces(self, which, back, pieces):
        with self._doing("credit_some_pieces"):
            note = self._reverse(self.pick(self.invoices(), which), back)
            note.invoice_line_ids[1:].unlink()
            for line in note.invoice_line_ids:
                line.quantity = min(pieces, line.quantity)
            self.post(note)

    @precondition(lambda self: self.invoices())
    @rule(which=any_number, back=days_back)
    def credit_in_another_currency(self, which, back):
        with self._doing("credit_in_another_currency"):
            note = self._reverse(self.pick(self.invoices(), which), back)
            note.currency_id = (self.companies.currency_id - note.currency_id)[:1]
            self.post(note)

    @rule(who=any_number, where=any_number, back=days_back, price=prices)
    def bonus(self, who, where, back, price):
        """Money for a year's sales: settled with whatever is open, and taking nothing back."""
        with self._doing("bonus"):
            partner, company = self.pick(self.partners, who), self.pick_company(where)
            note = self.make_move(partner, company, back, [price], "out_refund")
            note.invoice_line_ids.write({"product_id": False, "name": "Bonus", "quantity": 1})
            self.post(note)
            self._reconcile_with_open(note)

    def _reconcile_with_open(self, note):
        customer = note.commercial_partner_id
        open_lines = (self.unpaid() | note).line_ids.filtered(
            lambda line: (
                line.display_type == "payment_term"
                and not line.reconciled
                and line.company_id == note.company_id
                and line.move_id.commercial_partner_id == customer
            )
        )
        if len(open_lines) > 1:
            open_lines.reconcile()

    @rule(who=any_number, where=any_number, back=days_back, price=prices)
    def paid_by_gift_card(self, who, where, back, price):
        with self._doing("paid_by_gift_card"):
            partner, company = self.pick(self.partners, who), self.pick_company(where)
            move = self.make_move(partner, company, back, [price])
            card = {"name": "Gift card", "quantity": 1, "price_unit": -move.amount_untaxed}
            move.invoice_line_ids = [Command.create({**card, "tax_ids": [Command.clear()]})]
            self.post(move)

    @rule(who=any_number, where=any_number, pieces=st.integers(1, 4), price=prices)
    def order_by_delivery(self, who, where, pieces, price):
        with self._doing("order_by_delivery"):
            company = self.pick_company(where)
            line = {
                "product_id": self.test.delivered_product.id,
                "product_uom_qty": pieces,
                "price_unit": price / 100,
                "tax_ids": [Command.clear()],
            }
            order = self.env["sale.order"].with_company(company)
            values = {"partner_id": self.pick(self.partners, who).id, "company_id": company.id}
            order = order.create({**values, "order_line": [Command.create(line)]})
            order.action_confirm()
            self.orders |= order

    @precondition(lambda self: self.confirmed())
    @rule(which=any_number, back=days_back, pieces=st.integers(1, 2), price=prices)
    def credit_by_hand(self, which, back, pieces, price):
        """Nobody says what of: only goods that came back tell."""
        with self._doing("credit_by_hand"):
            order = self.pick(self.confirmed(), which)
            note = self.make_move(order.partner_id, order.company_id, back, [price], "out_refund")
            line = order.order_line.filtered("product_id")[:1]
            note.invoice_line_ids.write({"product_id": line.product_id.id, "quantity": pieces})
            note.invoice_line_ids.price_unit = line.price_unit if price % 2 else price / 100
            self.post(note)

    @precondition(lambda self: self.posted().line_ids.sale_line_ids)
    @rule(which=any_number)
    def lose_order_line(self, which):
        """A posted line forgets its order line, as some imports and corrections make it."""
        with self._doing("lose_order_line"):
            lines = self.posted().line_ids.filtered("sale_line_ids")
            self.pick(lines, which).sale_line_ids = False

    @invariant()
    def credits_cost_what_they_give_back(self):
        self.is_sound = False
        self.test._drain()
        for company in self.companies:
            book = Oracle(company, self.today(company))
            found = self.env["account.move"].search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "posted"),
                    ("move_type", "in", SALE_TYPES),
                ]
            )
            customers = found.grouped(lambda move: move.commercial_partner_id.commercial_partner_id)
            for customer, moves in customers.items():
                costs = GivenBack(moves, None, book.local_day).get_credit_costs()
                for line, cost in costs.items():
                    self.test.assertEqual(
                        exact(line.customer_cost),
                        cost,
                        f"{customer.name}: {line.move_id.name} {line.name}",
                    )
        self.is_sound = True
