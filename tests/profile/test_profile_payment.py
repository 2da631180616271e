from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestProfilePayment(CustomerValueCommon):
    def _bill(self, date, due, amount):
        move = self._create_move(self.customer, date, amount, invoice_payment_term_id=False)
        move.invoice_date_due = due
        move.action_post()
        return move

    def _facts(self):
        self._drain()
        return self._profile(self.customer)

    def test_no_payment_is_not_zero(self):
        self._bill("2026-06-01", "2026-07-01", 100)
        profile = self._facts()
        self.assertIs(profile.payment_days_late, False)
        self.assertEqual(profile.read(["payment_days_late"])[0]["payment_days_late"], False)
        self.assertEqual(profile.paid_ratio_365, 0)
        self.assertEqual(profile.overdue_amount, 0)

    def test_days_late_is_weighted_by_amount(self):
        self._pay(self._bill("2026-03-01", "2026-03-31", 300), "2026-04-10")
        self._pay(self._bill("2026-03-01", "2026-03-31", 100), "2026-03-21")
        profile = self._facts()
        # (300 x 10 - 100 x 10) / 400
        self.assertEqual(profile.payment_days_late, 5)
        self.assertEqual(profile.paid_invoice_count_365, 2)
        self.assertEqual(profile.paid_ratio_365, 1)

    def test_part_payments_count_on_their_own_days(self):
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        self._pay(invoice, "2026-03-10", 60)
        profile = self._facts()
        self.assertEqual(profile.payment_days_late, -21)
        self.assertAlmostEqual(profile.paid_ratio_365, 0.6)
        self.assertEqual(profile.paid_invoice_count_365, 0)
        self._pay(invoice, "2026-04-10")
        profile = self._facts()
        self.assertAlmostEqual(profile.payment_days_late, 0.6 * -21 + 0.4 * 10)
        self.assertEqual(profile.paid_invoice_count_365, 1)
        self.assertEqual(profile.late_amount_days_total, 40 * 10)

    def test_exchange_difference_is_no_payment(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            [
                {"currency_id": euro.id, "company_id": self.company.id, "name": day, "rate": rate}
                for day, rate in (("2026-01-01", 0.8), ("2026-05-03", 0.5))
            ]
        )
        invoice = self._create_move(
            self.customer, "2026-04-03", 100, currency_id=euro.id, invoice_payment_term_id=False
        )
        invoice.invoice_date_due = "2026-05-03"
        invoice.action_post()
        self._pay(invoice, "2026-05-03")
        partials = invoice.line_ids.matched_credit_ids | invoice.line_ids.matched_debit_ids
        self.assertTrue(
            partials.exchange_move_id.filtered(lambda move: str(move.date) > "2026-05-03"),
            "Odoo dates the exchange entry later than the payment",
        )
        profile = self._facts()
        self.assertEqual(profile.payment_days_late, 0)
        self.assertEqual(profile.late_amount_days_total, 0)

    def test_paid_in_advance_counts_from_the_invoice(self):
        early = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": 100,
                "date": "2026-02-01",
                "journal_id": self._pay(
                    self._bill("2025-01-01", "2025-01-01", 1), "2025-01-01"
                ).journal_id.id,
            }
        )
        early.action_post()
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        lines = invoice.line_ids + early.move_id.line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(self._facts().payment_days_late, -30)

    def test_settled_by_a_credit_note_that_names_no_invoice(self):
        """As Odoo makes them from a sales order whose goods came back: nothing was paid."""
        self.product.invoice_policy = "delivery"
        order = self._order(self.customer)
        self._take_back(self._deliver(order))
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        invoice.invoice_line_ids.sale_line_ids = order.order_line
        refund = self._create_move(self.customer, "2026-04-20", 100, move_type="out_refund")
        refund.invoice_line_ids.sale_line_ids = order.order_line
        refund.action_post()
        self.assertFalse(refund.reversed_entry_id)
        lines = (invoice + refund).line_ids
        lines.filtered(lambda line: line.display_type == "payment_term").reconcile()
        profile = self._facts()
        self.assertEqual(profile.occasion_count, 0)
        self.assertEqual(profile.paid_invoice_count_365, 0)
        self.assertIs(profile.payment_days_late, False)

    def test_unpayment(self):
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        self._pay(invoice, "2026-03-10")
        self.assertEqual(self._facts().overdue_amount, 0)
        receivable = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        receivable.remove_move_reconcile()
        profile = self._facts()
        self.assertEqual(profile.overdue_amount, 0, "the money is there, matched or not")
        self.assertIs(profile.payment_days_late, False)
        payment = self.env["account.payment"].search([("partner_id", "=", self.customer.id)])
        payment.action_draft()
        self.assertEqual(self._facts().overdue_amount, 100)

    def test_overdue_equals_the_documents_behind_it(self):
        self._bill("2026-03-01", "2026-03-31", 100)
        self._pay(self._bill("2026-04-01", "2026-04-30", 80), "2026-05-01", 30)
        self._bill("2026-06-01", "2026-06-15", 40)
        refund = self._create_move(
            self.customer,
            "2026-05-01",
            15,
            move_type="out_refund",
            invoice_payment_term_id=False,
        )
        refund.invoice_date_due = "2026-05-01"
        refund.action_post()
        profile = self._facts()
        self.assertEqual(profile.overdue_amount, 100 + 50 - 15)
        model, get_domain = profile._get_metric_documents()["overdue_amount"]
        lines = self.env[model].search(get_domain())
        self.assertEqual(sum(lines.mapped("amount_residual")), profile.overdue_amount)

    def test_credited_invoice_was_not_paid(self):
        self._credit(self._bill("2026-03-01", "2026-03-31", 100), "2026-05-01")
        profile = self._facts()
        self.assertIs(profile.payment_days_late, False)
        self.assertIs(profile.paid_ratio_365, False)
        self.assertEqual(profile.overdue_amount, 0)

    def test_due_date_moved_on_a_posted_invoice(self):
        invoice = self._bill("2026-03-01", "2026-03-31", 100)
        self.assertEqual(self._facts().overdue_amount, 100)
        receivable = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        receivable.date_maturity = "2026-12-31"
        self.assertEqual(self._facts().overdue_amount, 0)
