"""What is loaded from real documents: customers, days, units, returns, costs, companies."""

import random
from collections import defaultdict

import numpy as np

from odoo.tests import freeze_time, tagged

from ...engine.recommendation import PurchaseLines
from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestPurchaseBook(CustomerValueCommon):
    def _load(self, partner_ids=None, company=None, today="2026-06-15"):
        """Return customer, product and day -> (quantity, revenue, profit), without empty rows."""
        lines = self.env["customer.purchase.history"]._get_lines(
            company or self.company, self._day(today), partner_ids
        )
        found = {}
        for row in range(len(lines)):
            key = (lines.customers[row], lines.products[row], lines.days[row])
            values = (lines.quantities[row], lines.revenues[row], lines.profits[row])
            if any(values):
                found[tuple(int(part) for part in key)] = tuple(round(v, 2) for v in values)
        return found

    def _key(self, day, partner=None):
        return ((partner or self.customer).id, self.product.id, self._day(day).toordinal())

    def test_contact_counts_for_its_customer(self):
        contact = self._create_customer("Kim", is_company=False, parent_id=self.customer.id)
        self._invoice(contact, "2026-05-01", 100)
        self._invoice(self.customer, "2026-05-01", 50, 70)
        expected = {self._key("2026-05-01"): (3, 220, 40)}
        self.assertEqual(self._load(), expected)
        self.assertEqual(self._load([self.customer.id]), expected)
        self.assertEqual(self._load([self.other_customer.id]), {})

    def test_quantity_in_the_unit_of_the_product(self):
        move = self._create_move(self.customer, "2026-05-01", 1200)
        dozen = self.env.ref("uom.product_uom_dozen")
        move.invoice_line_ids.write({"product_uom_id": dozen.id, "quantity": 2})
        move.invoice_line_ids.price_unit = 1200
        move.action_post()
        self.assertEqual(self._load(), {self._key("2026-05-01"): (24, 2400, 960)})

    def test_credit_note_counts_on_the_day_of_its_invoice(self):
        self._invoice(self.customer, "2026-05-20", 100)
        invoice = self._invoice(self.customer, "2026-05-01", 100)
        self._credit(invoice, "2026-06-01")
        self.assertEqual(self._load(), {self._key("2026-05-20"): (1, 100, 40)})
        before = {self._key("2026-05-01"): (1, 100, 40), self._key("2026-05-20"): (1, 100, 40)}
        self.assertEqual(self._load(today="2026-05-31"), before)

    def test_credit_note_of_nothing_known_is_money(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.customer, "2026-06-01", 100, move_type="out_refund")
        self.assertEqual(self._load(), {self._key("2026-05-01"): (1, 100, 40)})

    def test_goods_taken_off_on_an_invoice(self):
        """An exchange of nothing that is known takes from the latest purchase of the product."""
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.customer, "2026-05-20", 100)
        chair = self.product.copy()
        exchange = self._create_move(self.customer, "2026-06-01", 150, -100)
        exchange.invoice_line_ids[1].write({"quantity": -1, "price_unit": 100})
        exchange.invoice_line_ids[0].product_id = chair
        exchange.invoice_line_ids[0].price_unit = 150
        exchange.action_post()
        bought = {key: values for key, values in self._load().items() if key[1] == self.product.id}
        self.assertEqual(bought, {self._key("2026-05-01"): (1, 100, 40)})

    def test_part_given_back(self):
        """One of four came back: three were bought, of one line as of one product."""
        move = self._create_move(self.customer, "2026-05-01", 100)
        move.invoice_line_ids.quantity = 4
        move.action_post()
        note = self._credit(move, "2026-05-10", post=False)
        note.invoice_line_ids.quantity = 1
        note.action_post()
        self.assertEqual(self._load(), {self._key("2026-05-01"): (3, 300, 120)})

    def test_what_does_not_count(self):
        self._create_move(self.customer, "2026-05-01", 100)  # draft
        self._invoice(self.customer, "2026-05-02", 100).button_cancel()
        self._invoice(self.customer, "2026-05-03", 100, move_type="in_invoice")
        move = self._create_move(self.customer, "2026-05-04", 100)
        move.invoice_line_ids.product_id = False
        move.invoice_line_ids.write({"name": "Advice", "price_unit": 100})
        move.action_post()
        order = self._order(self.customer)
        wizard = self.env["sale.advance.payment.inv"].with_context(active_ids=order.ids)
        wizard = wizard.create({"advance_payment_method": "percentage", "amount": 30})
        wizard.create_invoices()
        order.invoice_ids.write({"invoice_date": "2026-05-05"})
        order.invoice_ids.action_post()
        self.assertTrue(order.invoice_ids.amount_untaxed)
        self.assertEqual(self._load(), {})

    def test_two_companies(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self._invoice(self.customer, "2026-05-01", 100)
        self._invoice(self.customer, "2026-05-02", 7, company=other)
        self.assertEqual(set(self._load()), {self._key("2026-05-01")})
        self.assertEqual(set(self._load(company=other)), {self._key("2026-05-02")})

    def test_unknown_cost(self):
        self._invoice(self.customer, "2026-05-01", 100)
        self.env.cr.execute("UPDATE account_move_line SET customer_cost = NULL")
        lines = self.env["customer.purchase.history"]._get_lines(
            self.company, self._day("2026-06-15")
        )
        self.assertTrue(np.isnan(lines.profits).all())
        self.assertEqual(lines.revenues.tolist(), [100])

    def test_queries(self):
        customers = self.env["res.partner"].create([{"name": f"C{n}"} for n in range(20)])
        for customer in customers:
            self._invoice(customer, "2026-05-01", 10)
        self._load()  # fill caches
        counts = []
        for ids in (customers[:2].ids, customers.ids):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self._load(ids)), len(ids))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_nothing(self):
        self.assertEqual(self._load(), {})

    def test_returns_against_loops(self):
        for seed in range(200):
            dice = random.Random(seed)
            cells = {}
            for _number in range(dice.randrange(1, 15)):
                key = (dice.randrange(3), dice.randrange(2), dice.randrange(10))
                amount = dice.choice((-200, -100, -50, 30, 100, 150))
                cells[key] = (amount / 10, amount, amount * 0.4)
            lines = PurchaseLines.of(*np.array(list(cells)).T, *np.array(list(cells.values())).T)
            expected = self._net(cells)
            for row in range(len(lines)):
                key = (lines.customers[row], lines.products[row], lines.days[row])
                self.assertAlmostEqual(lines.revenues[row], expected[key], msg=(seed, key))
            totals = [sum(column) for column in zip(*cells.values(), strict=True)]
            self.assertAlmostEqual(lines.revenues.sum(), totals[1])
            self.assertAlmostEqual(lines.profits.sum(), totals[2])

    def _net(self, cells):
        left = {key: amount for key, (_quantity, amount, _profit) in cells.items()}
        pairs = defaultdict(list)
        for customer, product, day in sorted(cells):
            pairs[customer, product].append(day)
        for (customer, product), days in pairs.items():
            for place, day in enumerate(days):
                key = (customer, product, day)
                for earlier in reversed(days[:place]):
                    source = (customer, product, earlier)
                    if left[key] < 0 < left[source]:
                        part = min(-left[key], left[source])
                        left[key] += part
                        left[source] -= part
        return left
