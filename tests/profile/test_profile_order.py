"""What is not invoiced yet of confirmed orders: the same in the profile and in the forecast."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestProfileOrder(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls._create_product("Hours", "service", "order")
        cls.goods = cls._create_product("Goods", "consu", "delivery")
        cls.visits = cls._create_product("Visits", "service", "delivery")

    @classmethod
    def _create_product(cls, name, kind, policy):
        values = {"name": name, "type": kind, "invoice_policy": policy}
        return cls.env["product.product"].create(values | {"taxes_id": [Command.clear()]})

    def _sell(self, *lines, **values):
        """Confirm an order of (product, quantity, price) lines, as a salesperson."""
        order = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .create(
                {
                    "partner_id": self.customer.id,
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
        )
        order.action_confirm()
        return order.sudo()

    def _bill(self, order, *quantities, post=True, date="2026-06-10", **values):
        """Invoice an order, by the quantities of its lines if any are given."""
        invoice = order._create_invoices(final=True)
        lines = invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and not line.is_downpayment
        )
        for line, quantity in zip(lines, quantities, strict=False):
            line.quantity = quantity
        lines[:1].write(values)
        invoice.invoice_date = date
        if post:
            invoice.action_post()
        return invoice

    def _pay_in_advance(self, order, percent):
        wizard = self.env["sale.advance.payment.inv"]
        wizard = wizard.with_context(active_model="sale.order", active_ids=order.ids)
        wizard.create({"advance_payment_method": "percentage", "amount": percent}).create_invoices()
        invoice = order.invoice_ids.filtered(lambda move: move.state == "draft")
        invoice.action_post()
        return invoice

    def _check(self, amount, count=1, customer=None):
        """The number, the list behind it, and the open documents of the forecast."""
        self._drain()
        profile = self._profile(customer or self.customer)
        self.assertAlmostEqual(profile.open_order_amount, amount)
        self.assertEqual(profile.open_order_count, count if amount else 0)
        action = (
            profile.with_user(self.manager)
            .with_context(metric="open_order_amount")
            .action_open_documents()
        )
        orders = self.env["sale.order"].with_user(self.manager).search(action["domain"])
        self.assertAlmostEqual(sum(orders.mapped("customer_open_amount")), amount)
        self.assertEqual(len(orders), profile.open_order_count)
        lines = self.env["customer.pipeline.line"]._rebuild(
            self.company, self.env["customer.profile"]._get_today(self.company)
        )
        own = lines.filtered(lambda line: line.kind == "order")
        self.assertAlmostEqual(sum(own.mapped("amount")), amount)

    def test_what_was_invoiced_is_not_open(self):
        order = self._sell((self.hours, 10, 10))
        self._check(100)
        self._bill(order, 4)
        self._check(60)
        self._bill(order)
        self._check(0)

    def test_drafts_and_later_invoices_are_still_to_come(self):
        order = self._sell((self.hours, 10, 10))
        invoice = self._bill(order, 4, post=False)
        self._check(100)
        invoice.invoice_date = "2026-06-20"
        invoice.action_post()
        self._check(100)
        with freeze_time("2026-06-21"):
            self._run_nightly()
            self._check(60)

    def test_too_much_of_one_line_does_not_make_up_for_another(self):
        order = self._sell((self.hours, 10, 10), (self.visits, 5, 20))
        self._bill(order, 14)
        self._check(100)

    def test_credit_notes_open_it_again(self):
        order = self._sell((self.hours, 10, 10))
        invoice = self._bill(order)
        self._check(0)
        refund = self._credit(invoice, "2026-06-11", post=False)
        refund.invoice_line_ids.quantity = 3
        refund.action_post()
        self._check(30)
        refund.button_draft()
        self._check(0)

    def test_an_allowance_is_not_invoiced_again_at_full_price(self):
        order = self._sell((self.hours, 10, 10))
        self._credit(self._bill(order), "2026-06-11", amount=1)
        self._check(10)

    def test_price_and_discount_given_on_the_invoice(self):
        self._bill(self._sell((self.hours, 10, 10)), price_unit=8)
        self._check(0)
        order = self._sell((self.hours, 10, 10))
        self._bill(order, 4, discount=50)
        self._check(60)

    def test_discounts_of_the_order(self):
        order = self._sell((self.hours, 10, 10), (self.visits, 1, -20))
        order.order_line[0].discount = 10
        self._check(70)
        self._bill(order, 5)
        self._check(25)

    def test_advances_count_until_they_are_taken_off(self):
        order = self._sell((self.hours, 10, 10))
        advance = self._pay_in_advance(order, 30)
        self._check(70)
        self._bill(order, 4)
        self._check(60)
        self._credit(advance, "2026-06-12")
        self._drain()
        self.assertLessEqual(self._profile(self.customer).open_order_amount, 100)

    def test_all_paid_in_advance(self):
        order = self._sell((self.hours, 10, 10))
        self._pay_in_advance(order, 100)
        self._check(0)
        self._bill(order)
        self._check(0)

    def test_advance_credited(self):
        order = self._sell((self.hours, 10, 10))
        self._credit(self._pay_in_advance(order, 30), "2026-06-12")
        self._check(100)

    def test_invoiced_on_delivery(self):
        """What is not delivered yet is still to be invoiced; what never will be is not."""
        order = self._sell((self.goods, 10, 10))
        self._check(100)
        self._deliver(order, 6)
        order.picking_ids.filtered(lambda p: p.state != "done").action_cancel()
        self._check(60)
        self._bill(order)
        self._check(0)

    def test_delivered_in_two_steps(self):
        order = self._sell((self.goods, 10, 10))
        self._deliver(order, 6)
        self._bill(order)
        self._check(40)
        self._deliver(order)
        self._check(40)

    def test_delivered_more_than_ordered(self):
        order = self._sell((self.visits, 10, 10))
        order.order_line.qty_delivered = 12
        self._check(120)
        order = self._sell((self.hours, 1, 10))
        self._bill(order)
        order.order_line.qty_delivered = 5
        self.assertEqual(order.invoice_status, "upselling")
        self._check(120)

    def test_locked_and_cancelled(self):
        order = self._sell((self.hours, 10, 10))
        order.action_lock()
        self._check(100)
        self._sell((self.hours, 1, 10))
        order.action_unlock()
        order._action_cancel()
        self._check(10)

    def test_another_unit_on_the_invoice(self):
        order = self._sell((self.hours, 24, 10))
        self._bill(
            order,
            1,
            product_uom_id=self.env.ref("uom.product_uom_dozen").id,
            price_unit=120,
        )
        self._check(120)

    def test_foreign_currency_at_the_rate_of_the_order(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        for day, rate in (("2026-01-01", 0.5), ("2026-06-14", 0.8)):
            self.env["res.currency.rate"].create(
                {"currency_id": euro.id, "company_id": self.company.id, "name": day, "rate": rate}
            )
        pricelist = self.env["product.pricelist"].create({"name": "€", "currency_id": euro.id})
        with freeze_time("2026-06-01"):
            order = self._sell((self.hours, 10, 10), pricelist_id=pricelist.id)
        self._check(200)
        self._bill(order, 4)
        self._check(120)

    def test_invoiced_to_somebody_else(self):
        order = self._sell((self.hours, 10, 10), partner_invoice_id=self.other_customer.id)
        self._drain()
        self._check(100)
        self._bill(order, 4)
        self._check(60, customer=self.other_customer)  # the order is whose the invoice is
        self.assertFalse(self._profile(self.customer).open_order_amount)

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        ordered=st.lists(
            st.tuples(st.integers(1, 9), st.integers(1, 5000)), min_size=1, max_size=3
        ),
        parts=st.lists(st.integers(0, 12), min_size=1, max_size=3),
        advance=st.sampled_from([0, 0, 20, 50]),
    )
    def test_never_below_nothing_nor_above_the_order(self, ordered, parts, advance):
        with self.env.cr.savepoint() as savepoint:
            order = self._sell(
                *((self.hours, quantity, price / 100) for quantity, price in ordered)
            )
            if advance:
                self._pay_in_advance(order, advance)
            invoice = self._bill(order, *parts, post=False)
            if invoice.amount_total >= 0:
                invoice.action_post()
                left = sum(
                    line.price_subtotal
                    * max(1 - line.qty_invoiced_posted / line.product_uom_qty, 0)
                    for line in order.order_line
                    if not line.is_downpayment and line.product_uom_qty
                )
                self._drain()
                amount = self._profile(self.customer).open_order_amount
                self.assertAlmostEqual(amount, left, delta=0.011)
                self.assertLessEqual(amount, order.amount_untaxed + 0.005)
            savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
