from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon
from ..tools.given_back import GivenBack
from ..tools.oracle import Oracle


class GivenBackCommon(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.delivered = cls.env["product.product"].create(
            {
                "name": "Shelf",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "delivery",
                "standard_price": 60,
                "taxes_id": [Command.clear()],
            }
        )

    @classmethod
    def _order_of(cls, *lines, **values):
        """Confirm an order of (product, quantity, price)."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for product, quantity, price in lines
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _bill_order(cls, order, day):
        move = order._create_invoices(final=True)
        move.invoice_date = day
        move.action_post()
        cls.env.cr.flush()
        return move

    @classmethod
    def _advance(cls, order, percent, day):
        wizard = cls.env["sale.advance.payment.inv"].with_context(
            active_ids=order.ids, active_model="sale.order"
        )
        wizard = wizard.create({"advance_payment_method": "percentage", "amount": percent})
        wizard.create_invoices()
        move = order.invoice_ids.filtered(lambda m: m.state == "draft")
        move.invoice_date = day
        move.action_post()
        return move

    @classmethod
    def _use_euro(cls, *rates):
        euro = cls.env.ref("base.EUR")
        euro.active = True
        for day, rate in rates:
            cls.env["res.currency.rate"].create(
                {"currency_id": euro.id, "name": day, "rate": rate, "company_id": cls.company.id}
            )
        return euro

    @classmethod
    def _settle_with(cls, *moves):
        lines = cls.env["account.move"].union(*moves).line_ids
        lines.filtered(lambda line: line.display_type == "payment_term").reconcile()

    def _credit_by_hand(self, day, amount):
        kind = {"move_type": "out_refund", "product": self.delivered}
        return self._invoice(self.customer, day, amount, **kind)

    def _days(self):
        """Purchase days as the manager sees them in the list behind the number."""
        self._drain()
        profile = self._profile(self.customer).with_user(self.manager)
        found = self.env["account.move"].with_user(self.manager)
        found = found.search(profile._get_purchase_domain())
        days = sorted({str(move.invoice_date)[5:] for move in found})
        self.assertEqual(profile.occasion_count, len(days))
        last = profile.last_occasion_date
        self.assertEqual(str(last)[5:] if last else None, days[-1] if days else None)
        self._compare_with_oracle()
        return days

    def _compare_with_oracle(self):
        book = Oracle(self.company, Oracle.get_today(self.company))
        moves = book.moves.get(self.customer.id, [])
        profile = self._profile(self.customer)
        self.assertEqual(profile.occasion_count, len(book.occasion_days(moves)))
        for line, cost in GivenBack(moves, None, book.local_day).get_credit_costs().items():
            self.assertEqual(line.customer_cost, float(cost))

    def _profit(self):
        self._drain()
        self._compare_with_oracle()
        profile = self._profile(self.customer)
        before = profile.gross_profit_total
        self._run_nightly()
        self.assertEqual(self._profile(self.customer).gross_profit_total, before)
        return before


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestGivenBack(GivenBackCommon):
    """What counts as a purchase, after credit notes of every kind."""

    def test_exchange(self):
        """Paid with the credit note of another invoice: that one was given back, this one not."""
        first = self._invoice(self.customer, "2026-03-01", 100)
        self._pay(first, "2026-03-05")
        note = self._credit(first, "2026-05-01")
        second = self._invoice(self.customer, "2026-05-02", 100)
        self._settle_with(note, second)
        self.assertEqual(second.payment_state, "reversed")
        self.assertEqual(self._days(), ["05-02"])

    def test_bonus_of_the_year(self):
        self._invoice(self.customer, "2026-03-01", 1000)
        bonus = self._create_move(self.customer, "2026-05-01", 200, move_type="out_refund")
        bonus.invoice_line_ids.write({"product_id": False, "name": "Bonus", "price_unit": 200})
        bonus.action_post()
        second = self._invoice(self.customer, "2026-05-02", 200)
        self._settle_with(bonus, second)
        self.assertEqual(self._days(), ["03-01", "05-02"])

    def test_parts_add_up(self):
        """85 and 15 of 100 are all of it, from whichever contact of the customer."""
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": self.customer.id})
        invoice = self._invoice(self.customer, "2026-03-01", 100)
        self._credit(invoice, "2026-03-10", 85)
        self.assertEqual(self._days(), ["03-01"])
        rest = self._credit(invoice, "2026-03-11", 15, post=False)
        self.assertEqual(self._days(), ["03-01"], "a draft takes nothing")
        rest.partner_id = contact
        rest.action_post()
        self.assertEqual(self._days(), [])
        rest.button_draft()
        self.assertEqual(self._days(), ["03-01"])

    def test_credit_note_of_tomorrow(self):
        invoice = self._invoice(self.customer, "2026-03-01", 100)
        note = self._credit(invoice, "2026-06-16", post=False)
        note.auto_post = "no"
        note.action_post()
        self.assertEqual(self._days(), ["03-01"])
        with freeze_time("2026-06-16"):
            self._run_nightly()
            self.assertEqual(self._days(), [])

    def test_line_by_line(self):
        """More credited of one line counts for the others of the invoice, and for no other."""
        invoice = self._invoice(self.customer, "2026-03-01", 100, 50)
        other = self._invoice(self.customer, "2026-03-02", 30)
        self._credit(invoice, "2026-03-10", 149.99)
        self.assertEqual(self._days(), ["03-01", "03-02"])
        self._credit(invoice, "2026-03-11", 30.01)
        self.assertEqual(self._days(), ["03-02"])
        self.assertEqual(other.payment_state, "not_paid")

    def test_receipt_given_back(self):
        receipt = self._invoice(self.customer, "2026-03-01", 40, move_type="out_receipt")
        self.assertEqual(self._days(), ["03-01"])
        self._credit(receipt, "2026-03-02")
        self.assertEqual(self._days(), [])

    def test_foreign_currency(self):
        euro = self._use_euro(("2020-01-01", 0.9), ("2026-03-05", 1.1), ("2026-04-05", 0.8))
        fell = self._invoice(self.customer, "2026-03-01", 100, currency_id=euro.id)
        self._credit(fell, "2026-03-10")
        self.assertEqual(self._days(), [])
        rose = self._invoice(self.customer, "2026-04-01", 100, currency_id=euro.id)
        self._credit(rose, "2026-04-10", 85)
        self.assertEqual(self._days(), ["04-01"])

    def test_credit_note_in_another_currency(self):
        """Pieces decide: one of one came back, whatever it was credited in."""
        euro = self._use_euro(("2020-01-01", 0.9))
        whole = self._invoice(self.customer, "2026-03-01", 100, currency_id=euro.id)
        note = self._credit(whole, "2026-03-10", post=False)
        note.currency_id = self.company.currency_id
        note.action_post()
        half = self._create_move(self.customer, "2026-03-02", 100, currency_id=euro.id)
        half.invoice_line_ids.quantity = 2
        half.action_post()
        note = self._credit(half, "2026-03-10", post=False)
        note.currency_id = self.company.currency_id
        note.invoice_line_ids.quantity = 1
        note.action_post()
        self.assertEqual(self._days(), ["03-02"])

    def test_returned_and_credited_from_the_order(self):
        order = self._order_of((self.delivered, 2, 100))
        picking = self._deliver(order)
        invoice = self._bill_order(order, "2026-03-01")
        self._pay(invoice, "2026-03-05")
        self._take_back(picking, 1)
        note = self._bill_order(order, "2026-04-01")
        self.assertFalse(note.reversed_entry_id)
        self.assertEqual(self._days(), ["03-01"])
        self._take_back(picking, 1)
        self._pay(self._bill_order(order, "2026-04-02"), "2026-04-03")
        self.assertEqual(self._days(), [])

    def test_one_credit_note_is_used_once(self):
        """An order invoiced in two parts: what came back was the older one."""
        order = self._order_of((self.delivered, 2, 100))
        picking = self._deliver(order, 1)
        self._bill_order(order, "2026-03-01")
        self._deliver(order, 1)
        self._bill_order(order, "2026-03-20")
        self._take_back(picking)
        self._bill_order(order, "2026-04-01")
        self.assertEqual(self._days(), ["03-20"])

    def test_exchange_on_one_invoice(self):
        """A returned shelf taken off the invoice of a desk: the desk was bought, the shelf not."""
        order = self._order_of((self.delivered, 1, 100), (self.product, 1, 100))
        order.order_line[1].qty_delivered = 0
        desk = order.order_line[1]
        self.product.invoice_policy = "delivery"
        shelf_move = order.picking_ids.move_ids.filtered(lambda m: m.product_id == self.delivered)
        shelf_move.write({"quantity": 1, "picked": True})
        picking = order.picking_ids
        picking.with_context(skip_backorder=True, cancel_backorder=False)._action_done()
        self._bill_order(order, "2026-03-01")
        self._take_back(picking)
        self._deliver(order)
        self.assertEqual(desk.qty_delivered, 1)
        move = order._create_invoices(final=True)
        move.invoice_date = "2026-04-01"
        self.assertEqual(sorted(move.invoice_line_ids.mapped("quantity")), [-1, 1])
        move.action_post()
        self.assertEqual(self._days(), ["04-01"])

    def test_by_hand_for_goods_that_came_back(self):
        """Nothing on the credit note says what of; that the goods came back does."""
        order = self._order_of((self.delivered, 1, 100))
        picking = self._deliver(order)
        self._bill_order(order, "2026-03-01")
        self._credit_by_hand("2026-04-01", 100)
        self.assertEqual(self._days(), ["03-01"], "money")
        self._take_back(picking)
        self.assertEqual(self._days(), [])

    def test_prepaid_orders(self):
        order = self._order_of((self.product, 1, 100))
        advance = self._advance(order, 100, "2026-03-01")
        self.assertEqual(self._days(), [])
        final = self._bill_order(order, "2026-04-01")
        self.assertEqual(final.amount_total, 0)
        self.assertEqual(self._days(), ["04-01"])
        self._credit(final, "2026-05-01")
        self._credit(advance, "2026-05-01")
        self.assertEqual(self._days(), [])

    def test_advance_above_the_first_delivery(self):
        order = self._order_of((self.delivered, 10, 10))
        self._advance(order, 80, "2026-03-01")
        picking = self._deliver(order, 5)
        final = self._bill_order(order, "2026-04-01")
        self.assertEqual((final.move_type, final.amount_total), ("out_refund", 30))
        self.assertEqual(self._days(), ["04-01"])
        self._take_back(picking)
        self._bill_order(order, "2026-05-01")
        self.assertEqual(self._days(), [])

    def test_a_part_of_what_a_gift_card_paid(self):
        """What is left is kept, however little of it was paid with money."""
        for paid, quantity, back, price, kept in (
            (100, 1, 1, 10, True),  # a price allowance
            (200, 2, 1, 100, True),  # one of two, put back on the card
            (150, 2, 1, 100, True),
            (900, 10, 1, 100, True),
            (20, 2, 2, 90, False),  # all of it, at what was paid with money
        ):
            with self.subTest(paid=paid, quantity=quantity):
                customer = self._create_customer("Card")
                move = self._create_move(customer, "2026-03-01", 100)
                move.invoice_line_ids.quantity = quantity
                card = {"name": "Gift card", "quantity": 1, "price_unit": -paid, "tax_ids": False}
                move.invoice_line_ids = [Command.create(card)]
                move.action_post()
                note = self._credit(move, "2026-04-01", price, post=False)
                note.invoice_line_ids.quantity = back
                note.action_post()
                self._drain()
                self.assertEqual(self._profile(customer).occasion_count, int(kept))

    def test_paid_without_money(self):
        """Gift card, e-wallet and points pay; what they pay was bought, they themselves not."""
        card = {"name": "Gift card", "quantity": 1, "price_unit": -100, "tax_ids": False}
        move = self._create_move(self.customer, "2026-03-01", 100)
        move.invoice_line_ids = [Command.create(card)]
        move.action_post()
        program = self.env["loyalty.program"].create(
            {
                "name": "E-wallet",
                "program_type": "ewallet",
                "trigger": "auto",
                "rule_ids": [Command.create({"product_ids": self.delivered.ids})],
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 1})],
            }
        )
        paid = self._create_move(self.customer, "2026-03-02", 100, -100)
        paid.invoice_line_ids[1].product_id = program.reward_ids.discount_line_product_id
        paid.invoice_line_ids[1].price_unit = -100
        paid.action_post()
        self._invoice(self.customer, "2026-03-03", 50, product=self.delivered)
        self.assertEqual(self._days(), ["03-01", "03-02"], "filling the wallet buys nothing")
        program.rule_ids.product_ids = False
        self.assertEqual(self._days(), ["03-01", "03-02", "03-03"])
        self._credit(paid, "2026-03-10")
        self.assertEqual(self._days(), ["03-01", "03-03"])

    def test_order_paid_by_points(self):
        """A discount over the whole order, as Odoo's loyalty puts it on order and invoice."""
        program = self.env["loyalty.program"].create(
            {
                "name": "Points",
                "program_type": "promotion",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_amount": 0})],
                "reward_ids": [Command.create({"reward_type": "discount", "discount": 100})],
            }
        )
        order = self._order(self.customer, confirm=False)
        order._update_programs_and_rewards()
        coupon = order.coupon_point_ids.coupon_id.filtered(lambda c: c.program_id == program)
        order._apply_program_reward(program.reward_ids, coupon)
        order.action_confirm()
        move = self._bill_order(order, "2026-03-01")
        self.assertEqual(move.amount_total, 0)
        self.assertEqual(self._days(), ["03-01"])

    def test_credited_what_was_paid(self):
        """90 of 100 less a loyalty discount of 10: all that there was."""
        program = self.env["loyalty.program"].create({"name": "P", "program_type": "promotion"})
        discount = program.reward_ids[:1].discount_line_product_id
        invoice = self._create_move(self.customer, "2026-03-01", 100, 1)
        invoice.invoice_line_ids[1].product_id = discount
        invoice.invoice_line_ids[1].price_unit = -10
        invoice.action_post()
        self._credit(invoice, "2026-03-10", 89)
        self.assertEqual(self._days(), ["03-01"])
        self._credit(invoice, "2026-03-11", 1)
        self.assertEqual(self._days(), [])

    def test_smallest_unit(self):
        """Half a unit of the currency is nothing: what rounding leaves is no purchase."""
        invoice = self._invoice(self.customer, "2026-03-01", 100)
        self._credit(invoice, "2026-03-02", 99.99)
        self.assertEqual(self._days(), ["03-01"])
        self._credit(invoice, "2026-03-03", 0.01)
        self.assertEqual(self._days(), [])

    def test_order_line_linked_later(self):
        """A correction that tells what a credit note was for queues the customer."""
        order = self._order_of((self.product, 1, 100))
        self._bill_order(order, "2026-03-01")
        note = self._invoice(self.customer, "2026-04-01", 100, move_type="out_refund")
        self.assertEqual(self._days(), ["03-01"])
        note.invoice_line_ids.sale_line_ids = order.order_line
        self.assertEqual(self._days(), [])

    def test_invoice_of_somebody_else_for_the_order(self):
        """The invoice address is the customer; goods of the order of another come back."""
        order = self._order_of(
            (self.delivered, 1, 100),
            partner_id=self.other_customer.id,
            partner_invoice_id=self.customer.id,
        )
        picking = self._deliver(order)
        self._bill_order(order, "2026-03-01")
        self._credit_by_hand("2026-04-01", 100)
        self.assertEqual(self._days(), ["03-01"])
        self._take_back(picking)
        self.assertEqual(self._days(), [])


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestCreditCost(GivenBackCommon):
    """The cost a credit note gives back: that of its invoice, for goods that came back."""

    def _cost(self, move):
        return sum(move.invoice_line_ids.mapped("customer_cost"))

    def test_allowance_gives_no_cost_back(self):
        order = self._order_of((self.product, 1, 100))
        self._deliver(order)
        note = self._credit(self._bill_order(order, "2026-03-01"), "2026-03-10", 20)
        self.assertEqual(self._cost(note), 0)
        self.assertEqual(note.invoice_line_ids.customer_cost_source, "kept")
        self.assertEqual(self._profit(), 20)

    def test_cost_of_the_invoice_whatever_it_is_now(self):
        invoice = self._invoice(self.customer, "2026-03-01", 100)
        self.product.standard_price = 30
        note = self._credit(invoice, "2026-03-10")
        self.assertEqual(self._cost(note), -60)
        self.assertEqual(self._profit(), 0)

    def test_some_pieces(self):
        move = self._create_move(self.customer, "2026-03-01", 100)
        move.invoice_line_ids.quantity = 10
        move.action_post()
        note = self._credit(move, "2026-03-10", post=False)
        note.invoice_line_ids.quantity = 3
        note.action_post()
        self.env.cr.flush()
        self.assertEqual(self._cost(note), -180)
        allowance = self._credit(move, "2026-03-11", post=False)
        allowance.invoice_line_ids.price_unit = 5
        allowance.action_post()
        self.env.cr.flush()
        self.assertEqual(self._cost(allowance), 0)
        self.assertEqual(self._profit(), 700 - 50 - 7 * 60)

    def test_allowance_and_the_rest(self):
        """20 and then 80 of 100: nothing is left, so the goods are not there either."""
        invoice = self._invoice(self.customer, "2026-03-01", 100)
        first = self._credit(invoice, "2026-03-10", 20)
        self.assertEqual(self._cost(first), 0)
        second = self._credit(invoice, "2026-03-20", 80)
        self.assertEqual((self._cost(first), self._cost(second)), (0, -60))
        self.assertEqual(self._profit(), 0)

    def test_goods_after_the_credit_note(self):
        """Credited first, returned later: the cost comes with the goods, once."""
        order = self._order_of((self.product, 2, 100))
        picking = self._deliver(order)
        note = self._credit(self._bill_order(order, "2026-03-01"), "2026-03-10")
        self.assertEqual(self._cost(note), 0)
        self.assertEqual(self._profit(), -120)
        self._take_back(picking, 1)
        self.assertEqual(self._profit(), -60)
        self._take_back(picking, 1)
        self.assertEqual(self._profit(), 0)

    def test_never_delivered(self):
        """Invoiced and credited before the goods left; if they leave after all, they cost."""
        order = self._order_of((self.product, 1, 100))
        note = self._credit(self._bill_order(order, "2026-03-01"), "2026-03-10")
        self.assertEqual(self._cost(note), -60)
        self.assertEqual(self._profit(), 0)
        self._deliver(order)
        self.assertEqual(self._profit(), -60)

    def test_returned_at_a_fee(self):
        """Goods that came back do so at any price."""
        order = self._order_of((self.product, 1, 100))
        picking = self._deliver(order)
        invoice = self._bill_order(order, "2026-03-01")
        self._take_back(picking)
        self._credit(invoice, "2026-03-10", 85)
        self.assertEqual(self._profit(), 15)

    def test_order_delivered_at_two_costs(self):
        """The older part is given back, at what it cost."""
        order = self._order_of((self.delivered, 2, 100))
        picking = self._deliver(order, 1)
        self._bill_order(order, "2026-03-01")
        self.delivered.standard_price = 80
        self._deliver(order, 1)
        self._bill_order(order, "2026-03-20")
        self._take_back(picking)
        note = self._bill_order(order, "2026-04-01")
        first = order.invoice_ids.sorted("invoice_date")[0]
        self.assertEqual(self._cost(note), -self._cost(first))
        self._profit()

    def test_credit_note_to_another_customer(self):
        """It takes nothing back of the invoice it names, whoever is refreshed along with it."""
        invoice = self._invoice(self.customer, "2026-03-01", 100)
        note = invoice._reverse_moves([{"invoice_date": "2026-03-10", "date": "2026-03-10"}])
        note.partner_id = self.other_customer
        note.action_post()
        self.env.cr.flush()
        self.assertEqual(note.reversed_entry_id, invoice)
        for customers in (self.other_customer, self.customer | self.other_customer):
            self.env["customer.profile"]._refresh(self.company, customers.ids)
            self.assertEqual(self._cost(note), 0)
            self.assertEqual(note.invoice_line_ids.customer_cost_source, "kept")

    def test_service(self):
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service", "standard_price": 40, "taxes_id": False}
        )
        order = self._order_of((service, 1, 100))
        invoice = self._bill_order(order, "2026-03-01")
        self._credit(invoice, "2026-03-05", 20)
        self.assertEqual(self._profit(), 40)
        self._credit(invoice, "2026-03-06", 80)
        self.assertEqual(self._profit(), 0)

    def test_by_hand(self):
        """A credit note of nothing known gives no cost back, before the goods are there."""
        order = self._order_of((self.delivered, 1, 100))
        picking = self._deliver(order)
        self._bill_order(order, "2026-03-01")
        self._credit_by_hand("2026-04-01", 100)
        self.assertEqual(self._profit(), -60)
        self._take_back(picking)
        self.assertEqual(self._profit(), 0)

    def test_foreign_currency(self):
        """The cost is company currency; a rate decides neither about price nor about cost."""
        euro = self._use_euro(("2020-01-01", 0.5), ("2026-03-05", 1.0))
        invoice = self._invoice(self.customer, "2026-03-01", 100, currency_id=euro.id)
        self.assertEqual(self._cost(self._credit(invoice, "2026-03-10")), -60)
        invoice = self._invoice(self.customer, "2026-03-02", 100, currency_id=euro.id)
        self.assertEqual(self._cost(self._credit(invoice, "2026-03-11", 60)), 0)
        self._profit()

    def test_history_before_the_install(self):
        """Estimated as the invoice is, in whichever order they are filled in."""
        invoice = self._invoice(self.customer, "2026-03-01", 100)
        note = self._credit(invoice, "2026-03-10")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET customer_cost = NULL, customer_cost_source = NULL"
            " WHERE move_id IN %s",
            [(invoice.id, note.id)],
        )
        self.env.invalidate_all()
        self.product.standard_price = 70
        lines = self.env["account.move.line"]
        lines._fix_cost_of_moves(note.ids, "estimated")
        self.assertIs(note.invoice_line_ids.customer_cost, False)
        lines._fix_cost_of_moves(invoice.ids, "estimated")
        self.env["customer.profile"]._refresh(self.company, self.customer.ids)
        self.env.invalidate_all()
        self.assertEqual(self._cost(note), -70)
        self.assertEqual(note.invoice_line_ids.customer_cost_source, "estimated")

    def test_second_refresh_writes_nothing(self):
        order = self._order_of((self.product, 2, 100))
        picking = self._deliver(order)
        self._credit(self._bill_order(order, "2026-03-01"), "2026-03-10")
        self._take_back(picking, 1)
        self._drain()
        scope = self.env["customer.profile"]._get_scope(self.company, self.customer.ids)
        lines = self.env["account.move.line"]
        self.assertEqual(lines._settle_credit_costs(scope), 0)

    def test_queries_do_not_grow(self):
        """Ten credit notes of ten customers cost as many statements as one."""
        counts = []
        for number in (1, 10):
            moves = self.env["account.move"]
            for index in range(number):
                partner = self._create_customer(f"Many {number} {index}")
                moves |= self._credit(self._invoice(partner, "2026-03-01", 100), "2026-03-10")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["account.move.line"]._fix_cost_of_moves(moves.ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_days_of_deliveries_do_not_matter(self):
        """Goods that came back before the invoice's day, or after the credit note's, are back."""
        order = self._order_of((self.product, 1, 100))
        picking = self._deliver(order)
        note = self._credit(self._bill_order(order, "2026-03-01"), "2026-03-10")
        with freeze_time("2026-06-15") as clock:
            clock.tick(timedelta(days=40))
            self._take_back(picking)
            self._drain()
        self.env.invalidate_all()
        self.assertEqual(self._cost(note), -60)
