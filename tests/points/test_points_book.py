"""Debts, last days and what comes back: whoever gave everything back owes nothing and has nothing.

The random books need no database: invoices earn and are taken back, rewards are claimed and
cancelled, time passes, in any order. Each book is told by its seed.
"""

import os
import random
from datetime import date, timedelta

from odoo.tests import BaseCase, freeze_time, tagged

from ...models.points.points_book import Book, Lot
from .common import PointsCommon

BOOKS = int(os.environ.get("CUSTOMER_VALUE_POINTS_BOOKS", "1500"))
LIFE = timedelta(days=3)


class RandomBook:
    """A card with three invoices and some rewards."""

    def __init__(self, may_owe):
        self.book, self.may_owe, self.day = Book([]), may_owe, date(2026, 1, 1)
        self.wanted, self.rewards, self.entries = {}, {}, []

    def settle(self):
        """What is written after each step: lots have ids, and are read by day."""
        self.book.even_out()
        for number, lot in enumerate(self.book.lots, 1):
            lot.id = lot.id or number
        self.book.lots.sort(key=lambda lot: (lot.date, lot.id))
        self.entries += self.book.entries
        self.book.entries = []

    def lock(self):
        self.book.expire(self.day)
        self.settle()

    def refresh(self):
        self.lock()
        changes = []
        for number, wanted in self.wanted.items():
            lots = self.book.get_lots_of(number)
            changes.append((number, lots, wanted - sum(lot.earned for lot in lots)))
        for number, lots, units in sorted(changes, key=lambda change: change[2] < 0):
            if units > 0:
                new = Lot(date=self.day, expiry_date=self.day + LIFE, document_id=number)
                new = next((lot for lot in lots if lot.date == self.day), new)
                self.book.earn(lots, units, ("invoice", number), new, self.day)
            else:
                self.book.take_back(lots, -units, ("invoice", number), self.may_owe)
        self.settle()

    def invoice(self, draw):
        self.wanted[draw.randint(1, 3)] = draw.choice((0, 50, 100))
        if draw.random() < 0.8:  # else the refresh comes late
            self.refresh()

    def claim(self, draw):
        self.lock()
        units = draw.choice((50, 100))
        if self.book.balance >= units:
            source = ("order", len(self.entries))
            self.rewards[source] = units
            self.book.spend("redeem", units, source, self.day)
            self.settle()

    def cancel(self, draw):
        self.lock()
        if self.rewards:
            source = draw.choice(list(self.rewards))
            taken = {}
            for entry in self.entries:
                if entry.source == source:
                    taken[entry.lot.id] = taken.get(entry.lot.id, 0) + entry.units
            units = self.rewards.pop(source)
            self.book.give_back("redeem", units, source, taken, Lot(date=self.day))
            self.settle()

    def wait(self, draw):
        self.day += timedelta(days=draw.randint(1, 4))

    def tell(self, draw):
        for _step in range(draw.randint(6, 16)):
            draw.choice((self.invoice, self.invoice, self.claim, self.cancel, self.wait))(draw)
            yield
        while self.rewards:
            self.cancel(draw)
        self.wanted = dict.fromkeys(self.wanted, 0)
        self.refresh()
        yield


@tagged("post_install", "-at_install")
class TestRandomBooks(BaseCase):
    def test_who_gave_everything_back_owes_nothing(self):
        for seed in range(BOOKS):
            draw = random.Random(seed)
            story = RandomBook(may_owe=seed % 2)
            for _step in story.tell(draw):
                self._check_lots(story.book, seed)
            self.assertEqual(story.book.balance, 0, seed)

    def _check_lots(self, book, seed):
        lefts = [lot.left for lot in book.lots]
        self.assertFalse(min(lefts, default=0) < 0 < max(lefts, default=0), seed)
        for lot in book.lots:
            self.assertLessEqual(lot.expired, lot.earned, f"{seed}: more ended than it had earned")
            self.assertGreaterEqual(min(lot.payers.values(), default=0), 0, seed)
            if lot.left > 0:
                self.assertFalse(any(lot.payers.values()), f"{seed}: others paid for what it has")


@tagged("post_install", "-at_install")
class TestPointsBook(PointsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reward = {"discount_mode": "per_point", "discount": 1, "required_points": 1}
        cls.program.reward_ids.write(reward)
        cls.program.customer_points_months = 2

    def _earn(self, customer, day, points):
        invoice = self._invoice(customer, day, points)
        self._pay(invoice, day)
        self._balance(customer)
        return invoice

    def _lefts(self, customer=None):
        """Return last day -> points left, on the customer's card."""
        self._card(customer)._lock_points()
        self._check_sums()
        lots = self.env["customer.points.lot"].search([("card_id", "=", self._card(customer).id)])
        return {str(lot.expiry_date): lot.points for lot in lots if lot.points}

    def test_points_that_paid_a_debt_come_back_with_their_own_last_day(self):
        """They came back on the lot they had paid for, and ended on its last day."""
        for may_owe in (True, False):
            with self.subTest(may_owe=may_owe):
                self.program.customer_points_allow_negative = may_owe
                customer = self._create_customer(f"Twice a guest {may_owe}")
                with freeze_time("2026-01-10 10:00:00"):
                    first = self._earn(customer, "2026-01-10", 60)
                with freeze_time("2026-02-10 10:00:00"):
                    second = self._earn(customer, "2026-02-10", 90)
                with freeze_time("2026-03-01 10:00:00"):
                    order = self._quote(customer, price=60)
                    self._redeem(order)
                    self._credit(first, "2026-03-01")
                    self._balance(customer)
                    self.assertEqual(self._lefts(customer), {"2026-04-10": 30})
                with freeze_time("2026-03-20 10:00:00"):
                    order._action_cancel()
                    self.assertEqual(self._balance(customer), 90)
                    self.assertEqual(self._lefts(customer), {"2026-04-10": 90})
                with freeze_time("2026-03-21 10:00:00"):
                    self._credit(second, "2026-03-21")
                    self.assertEqual(self._balance(customer), 0)

    def _make_out_to(self, invoice, customer):
        invoice.button_draft()
        invoice.partner_id = customer
        invoice.action_post()
        if invoice.amount_residual:
            self._pay(invoice, invoice.invoice_date)
        self._balance(customer)

    def _merge(self):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.customer.id, self.other_customer.id], self.customer
        )

    def _let_an_invoice_go(self):
        with freeze_time("2026-01-10 10:00:00"):
            invoice = self._earn(self.customer, "2026-01-10", 100)
        with freeze_time("2026-04-01 10:00:00"):
            self.assertEqual(self._lefts(), {}, "expired")
            self._make_out_to(invoice, self.other_customer)
            self.assertEqual(self._lefts(), {})
            self.assertEqual(self._lefts(self.other_customer), {"2026-06-01": 100})
        return invoice

    def test_expired_points_do_not_return_by_another_customer(self):
        invoice = self._let_an_invoice_go()
        with freeze_time("2026-04-02 10:00:00"):
            self._merge()
            self.assertEqual(self._card().points, 0)
            self.assertEqual(self._lefts(), {})
            self._run_nightly()
            self.assertEqual(self._balance(), 0)
            self._make_out_to(invoice, self.customer)
            self.assertEqual(self._balance(), 0)
            self._credit(invoice, "2026-04-02")
            self.assertEqual(self._balance(), 0, "and nothing is owed")

    def test_what_the_other_spent_is_paid_by_what_returns(self):
        invoice = self._let_an_invoice_go()
        with freeze_time("2026-04-02 10:00:00"):
            order = self._quote(self.other_customer, price=40)
            self._redeem(order)
            self.assertEqual(self._balance(self.other_customer), 60)
            self._merge()
            self.assertEqual(self._balance(), 0, "nothing is owed for the 40 that were spent")
            order._action_cancel()
            self._card()._lock_points()
            self.assertEqual(self._balance(), 0, "expired long ago")
            self._credit(invoice, "2026-04-02")
            self.assertEqual(self._balance(), 0)

    def test_points_with_days_left_keep_them(self):
        """Made out to another and merged within the life: neither younger nor lost."""
        with freeze_time("2026-01-10 10:00:00"):
            invoice = self._earn(self.customer, "2026-01-10", 100)
        with freeze_time("2026-02-10 10:00:00"):
            self._make_out_to(invoice, self.other_customer)
            self._merge()
            self.assertEqual(self._balance(), 100)
            self.assertEqual(self._lefts(), {"2026-03-10": 100})
