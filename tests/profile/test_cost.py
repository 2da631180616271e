from odoo import Command
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestCost(CustomerValueCommon):
    """Cost of goods is fixed when an invoice is posted, and never re-priced later."""

    def _line(self, move):
        return move.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    def test_product_cost_on_the_day_of_posting(self):
        line = self._line(self._invoice(self.customer, "2026-06-01", 100))
        self.product.standard_price = 75
        self.assertEqual(line.customer_cost, 60)
        self.assertEqual(line.customer_cost_source, "product")
        self.assertEqual(line.customer_revenue, 100)
        self.assertEqual(line.customer_profit, 40)

    def test_credit_note_gives_cost_back(self):
        invoice = self._invoice(self.customer, "2026-06-01", 100)
        refund = self._credit(invoice, "2026-06-02")
        self.assertEqual(self._line(refund).customer_cost, -60)
        self._drain()
        self.assertEqual(self._profile(self.customer).gross_profit_total, 0)

    def test_delivered_goods_keep_their_value(self):
        order = self._order(self.customer, quantity=4)
        self._deliver(order)
        self.product.standard_price = 90
        invoice = order._create_invoices()
        invoice.action_post()
        self.env.cr.flush()
        line = self._line(invoice)
        self.assertEqual(line.customer_cost_source, "delivery")
        self.assertEqual(line.customer_cost, 240)

    def test_unit_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        move = self._create_move(self.customer, "2026-06-01", 1000)
        move.invoice_line_ids.product_uom_id = dozen
        move.invoice_line_ids.price_unit = 1000
        move.action_post()
        self.env.cr.flush()
        self.assertEqual(self._line(move).customer_cost, 720)

    def test_cost_of_goods_sold_entries(self):
        category = self.env["product.category"].create(
            {"name": "Perpetual", "property_valuation": "real_time"}
        )
        accounts = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids), ("account_type", "=", "asset_current")]
        )
        category.property_stock_valuation_account_id = accounts[0]
        self.product.categ_id = category
        invoice = self._invoice(self.customer, "2026-06-01", 100, 100)
        entries = invoice.line_ids.filtered(lambda line: line.display_type == "cogs")
        self.assertEqual(len(entries), 4, "the product must be valued in real time")
        self.assertEqual(self._line(invoice).mapped("customer_cost"), [60, 60])
        self.assertEqual(set(self._line(invoice).mapped("customer_cost_source")), {"cogs"})
        refund = self._credit(invoice, "2026-06-03")
        self.assertEqual(sum(self._line(refund).mapped("customer_cost")), -120)

    def test_line_without_product_costs_nothing(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create({"name": "Advice", "price_unit": 50, "tax_ids": False})
                ],
            }
        )
        move.action_post()
        self.env.cr.flush()
        self.assertEqual(self._line(move).customer_cost, 0)
        self.assertEqual(self._line(move).customer_cost_source, "none")

    def test_foreign_currency_invoice(self):
        """Cost is the product's, in company currency, whatever the currency of the invoice."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2026-01-01", "rate": 0.5}
        )
        invoice = self._invoice(self.customer, "2026-06-01", 100, currency_id=euro.id)
        self.assertEqual(self._line(invoice).customer_cost, 60)
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(profile.revenue_total, 200)
        self.assertEqual(profile.gross_profit_total, 140)

    def test_history_is_filled_in_batches_and_marked(self):
        """Invoices posted before the install: unknown first, estimated later, never twice."""
        moves = self.env["account.move"]
        for day in range(1, 8):
            moves |= self._invoice(self.customer, f"2026-05-0{day}", 100)
        fixed = self._line(moves[0])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move_line SET customer_cost = NULL, customer_cost_source = NULL"
            " WHERE move_id IN %s",
            [tuple(moves[1:].ids)],
        )
        self.env.invalidate_all()
        self._drain()
        self.env["customer.profile"]._refresh(self.company, self.customer.ids)
        profile = self._profile(self.customer)
        self.assertIs(profile.gross_profit_total, False, "unknown is not zero")
        self.assertIs(profile.net_profit_365, False)

        self.product.standard_price = 70
        self.company.customer_cost_cursor = 0
        lines = self.env["account.move.line"]
        batches = 0
        while lines._fill_cost_batch(self.company, 3):
            batches += 1
        self.assertGreaterEqual(batches, 3)
        self.assertEqual(fixed.customer_cost, 60, "a fixed cost is never re-priced")
        self.assertEqual(set(self._line(moves[1:]).mapped("customer_cost_source")), {"estimated"})
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(profile.gross_profit_total, 700 - 60 - 6 * 70)
        self.assertAlmostEqual(profile.cost_estimated_ratio, 420 / 480, 5)
        self.assertFalse(lines._fill_cost_batch(self.company, 3))

    def test_long_history_goes_in_turns(self):
        """Nothing is left out, whatever is begun again or posted anew between two turns."""
        moves = self.env["account.move"]
        for day in range(1, 10):
            moves |= self._invoice(self.customer, f"2026-05-0{day}", 100)
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move_line SET customer_cost = NULL")
        self.env.invalidate_all()
        lines = self.env["account.move.line"]
        lines._set_history_place(self.company, 0)
        sold = moves.invoice_line_ids
        for _turn in range(3):
            self.assertTrue(lines._fill_cost_batch(self.company, 2))
        known = sold.filtered(lambda line: line.customer_cost is not False)
        self.assertTrue(known and known < sold)
        self.assertLess(self.company.customer_cost_cursor, moves[0].id)
        moves[0].button_draft()
        moves[0].action_post()
        self.env["customer.refresh.queue"]._mend_noted("cost", moves[4].ids)
        self.assertFalse(self.company.customer_cost_until, "begun again from the start")
        while lines._fill_cost_batch(self.company, 2):
            pass
        self.assertEqual(set(sold.mapped("customer_cost")), {60})
        place = (self.company.customer_cost_until, self.company.customer_cost_turn)
        self.assertEqual((self.company.customer_cost_cursor, *place), (moves[-1].id, 0, 0))

    def test_history_settles_what_came_back(self):
        """So that no full run has to write on documents, whatever becomes of the queue."""
        invoice = self._invoice(self.customer, "2026-06-01", 100)
        refund = self._credit(invoice, "2026-06-02")
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move_line SET customer_cost = NULL")
        self.env.invalidate_all()
        lines = self.env["account.move.line"]
        lines._set_history_place(self.company, 0)
        while lines._fill_cost_batch(self.company, 1):
            pass
        self.assertEqual(self._line(invoice).customer_cost, 60)
        self.assertEqual(self._line(refund).customer_cost, -60)

    def test_cost_is_that_of_the_moment_of_posting(self):
        """Also when the cost of the product changes before the transaction is committed."""
        move = self._create_move(self.customer, "2026-06-01", 100)
        move.action_post()
        self.product.standard_price = 75
        self.assertEqual(move.invoice_line_ids.customer_cost, 60)

    def test_posting_again_keeps_the_cost(self):
        invoice = self._invoice(self.customer, "2026-05-01", 100)
        self.product.standard_price = 80
        invoice.button_draft()
        invoice.ref = "corrected text"
        invoice.action_post()
        self.env.cr.flush()
        self.assertEqual(self._line(invoice).customer_cost, 60)
        invoice.button_draft()
        self._line(invoice).quantity = 2
        self.assertIs(self._line(invoice).customer_cost, False)
        invoice.action_post()
        self.env.cr.flush()
        self.assertEqual(self._line(invoice).customer_cost, 160)

    def test_history_cron(self):
        invoice = self._invoice(self.customer, "2026-05-01", 100)
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move_line SET customer_cost = NULL")
        self.env.invalidate_all()
        self.company.customer_cost_cursor = 0
        with self.enter_registry_test_mode():
            self.env.ref("customer_value.ir_cron_customer_value_cost").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self._line(invoice).customer_cost, 60)

    def test_net_profit_takes_cost_to_serve_off(self):
        self.company.write(
            {
                "customer_cost_per_order_line": 2,
                "customer_cost_per_delivery": 5,
                "customer_capital_cost_percent": 36.5,
            }
        )
        order = self._order(self.customer, quantity=1)
        self._deliver(order)
        invoice = order._create_invoices()
        invoice.write({"invoice_date": "2026-05-01", "invoice_payment_term_id": False})
        invoice.invoice_date_due = "2026-05-01"
        invoice.action_post()
        self.env.cr.flush()
        self._pay(invoice, "2026-05-11")
        self._drain()
        profile = self._profile(self.customer)
        self.assertEqual(profile.gross_profit_365, 40)
        # 100 paid 10 days late at 0.1 % a day = 1.00
        self.assertEqual(profile.cost_to_serve_365, 2 + 5 + 1)
        self.assertEqual(profile.net_profit_365, 32)
