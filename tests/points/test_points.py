"""Points come with the money for an invoice and go with what is given back."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import PointsCommon


@tagged("post_install", "-at_install")
class TestPoints(PointsCommon):
    # === EARNING === #

    def test_nothing_before_money(self):
        invoice = self._invoice(self.customer, "2026-01-10", 300)
        self.assertEqual(self._balance(), 0)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 300)
        self._drain()
        self.assertEqual(len(self._card().history_ids), 1, "nothing is booked twice")

    def test_instalments_in_proportion(self):
        invoice = self._invoice(self.customer, "2026-01-10", 300)
        self._pay(invoice, "2026-01-20", 100)
        self.assertEqual(self._balance(), 100)
        self._pay(invoice, "2026-01-21", 50)
        self.assertEqual(self._balance(), 150)
        self._pay(invoice, "2026-01-22")
        self.assertEqual(self._balance(), 300)

    def test_half_a_unit_is_rounded_up(self):
        """1.03 of 3 is a third too long for any number of digits; 1.03 x 1.5 is 1.545."""
        self.program.customer_points_rate = 1.5
        invoice = self._invoice(self.customer, "2026-01-10", 3)
        self._pay(invoice, "2026-01-20", 1.03)
        self.assertEqual(self._balance(), 1.55)

    def test_taxes_earn_nothing(self):
        tax = self.env["account.tax"].create({"name": "20 %", "amount": 20})
        invoice = self._create_move(self.customer, "2026-01-10", 100)
        invoice.invoice_line_ids.tax_ids = tax
        invoice.action_post()
        self._pay(invoice, "2026-01-20", 60)
        self.assertEqual(self._balance(), 50)

    def test_payment_is_undone(self):
        invoice = self._invoice(self.customer, "2026-01-10", 300)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 300)
        lines = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        lines.remove_move_reconcile()
        self.assertEqual(self._balance(), 0)

    def test_first_day(self):
        self.program.customer_points_from = "2026-01-15"
        invoice = self._invoice(self.customer, "2026-01-10", 300)
        self._pay(invoice, "2026-01-14", 100)
        self._pay(invoice, "2026-01-16", 120)
        self.assertEqual(self._balance(), 120)

    def test_switched_off_nothing_happens(self):
        self.program.customer_points = False
        invoice = self._invoice(self.customer, "2026-01-10", 300)
        self._pay(invoice, "2026-01-20")
        self._drain()
        self.assertFalse(self._card())
        self.assertFalse(self.env["customer.points.lot"].search([]))

    def test_rates_of_categories(self):
        above = self.env["product.category"].create({"name": "Above"})
        below = self.env["product.category"].create({"name": "Below", "parent_id": above.id})
        other = self.env["product.product"].create(
            {"name": "No points", "taxes_id": [Command.clear()]}
        )
        self.program.write(
            {
                "customer_points_rate_ids": [
                    Command.create({"categ_id": above.id, "rate": 2}),
                    Command.create({"categ_id": below.id, "rate": 0.5}),
                ],
                "customer_points_excluded_ids": [Command.link(other.id)],
            }
        )
        self.product.categ_id = below
        invoice = self._create_move(self.customer, "2026-01-10", 100, 40, 60)
        invoice.invoice_line_ids[1].product_id = other
        invoice.invoice_line_ids[2].product_id = False
        invoice.invoice_line_ids[2].name = "Something else"
        for line, price in zip(invoice.invoice_line_ids, (100, 40, 60), strict=True):
            line.write({"price_unit": price, "tax_ids": [Command.clear()]})
        invoice.action_post()
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 100 * 0.5 + 60)
        self.product.categ_id = above
        second = self._invoice(self.customer, "2026-01-11", 100)
        self._pay(second, "2026-01-20")
        self.assertEqual(self._balance(), 110 + 200)

    def test_multiplier_stays_with_the_invoice(self):
        gold = self.env["customer.tier"].search([("company_id", "=", self.company.id)])[-1:]
        gold.points_multiplier = 3
        first = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(first, "2026-01-20", 50)
        self.assertEqual(self._balance(), 50)
        self._profile(self.customer).write(
            {"override_tier_id": gold.id, "override_until_date": "2030-01-01"}
        )
        self._pay(first, "2026-01-21")
        self.assertEqual(self._balance(), 100, "as when the invoice earned first")
        second = self._invoice(self.customer, "2026-01-11", 100)
        self._pay(second, "2026-01-21")
        self.assertEqual(self._balance(), 400)
        self.program.customer_points_rate = 10
        self._profile(self.customer)._refresh(self.company, self.customer.ids)
        self.assertEqual(self._balance(), 400, "a new rate is for later invoices")

    def test_discount_lowers_points(self):
        invoice = self._create_move(self.customer, "2026-01-10", 100, -20)
        invoice.action_post()
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 80)

    def test_bad_debt_earns_nothing(self):
        invoice = self._invoice(self.customer, "2026-01-10", 300)
        expense = self.env["account.account"].create(
            {"name": "Bad debts", "code": "699990", "account_type": "expense"}
        )
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "payment_date": "2026-01-20",
                    "amount": 100,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": expense.id,
                }
            )
        )
        wizard._create_payments()
        self.assertEqual(self._balance(), 100)

    def test_down_payment_earns_with_the_goods(self):
        order = self._order(self.customer, price=100)
        wizard = self.env["sale.advance.payment.inv"]
        wizard = wizard.with_context(active_model="sale.order", active_ids=order.ids)
        wizard.create({"advance_payment_method": "percentage", "amount": 40}).create_invoices()
        advance = order.invoice_ids
        advance.action_post()
        self._pay(advance, fields.Date.today())
        self.assertEqual(self._balance(), 0)
        final = order._create_invoices(final=True)
        final.action_post()
        self.assertEqual(self._balance(), 40)
        self._pay(final, fields.Date.today())
        self.assertEqual(self._balance(), 100)
        lines = advance.line_ids.filtered(lambda line: line.display_type == "payment_term")
        lines.remove_move_reconcile()
        self.assertEqual(self._balance(), 60)

    def test_foreign_currency(self):
        currency = self.env.ref("base.EUR")
        currency.active = True
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "rate": 0.5, "currency_id": currency.id}
        )
        invoice = self._invoice(self.customer, "2026-01-10", 100, currency_id=currency.id)
        self._pay(invoice, "2026-01-20", 50)
        self.assertEqual(self._balance(), 100)
        self._credit(invoice, "2026-01-21", 40)
        self.assertEqual(self._balance(), 100, "50 euro are kept and paid")
        self._credit(invoice, "2026-01-22", 30)
        self.assertEqual(self._balance(), 60)

    # === GIVEN BACK === #

    def test_worked_example(self):
        """The numbers of docs/points.md."""
        tier = self.env["customer.tier"].search([("company_id", "=", self.company.id)])[:1]
        tier.points_multiplier = 1.5
        self._invoice(self.customer, "2026-01-09", 1)
        self._drain()
        self._profile(self.customer).write(
            {"override_tier_id": tier.id, "override_until_date": "2099-01-01"}
        )
        invoice = self._invoice(self.customer, "2026-01-10", 200, 100, -30)
        self._pay(invoice, "2026-01-11", 135)
        self.assertEqual(self._balance(), 202.5)
        self._pay(invoice, "2026-01-12")
        self.assertEqual(self._balance(), 405)
        self._credit(invoice, "2026-01-13", 80)
        self.assertEqual(self._balance(), 297)

    def test_partial_credit_note(self):
        invoice = self._invoice(self.customer, "2026-01-10", 300)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 300)
        self._credit(invoice, "2026-01-22", 60)
        self.assertEqual(self._balance(), 240)
        self._credit(invoice, "2026-01-23", 240)
        self.assertEqual(self._balance(), 0)

    def test_draft_cancel_and_repost(self):
        invoice = self._invoice(self.customer, "2026-01-10", 300)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 300)
        invoice.button_draft()
        self.assertEqual(self._balance(), 0)
        invoice.button_cancel()
        self.assertEqual(self._balance(), 0)

    def test_spent_points_are_owed(self):
        """Bought, earned, spent, given back: what was spent is made up by the next points."""
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 100)
        self.assertTrue(self._redeem(self._quote(self.contact)))
        self.assertEqual(self._balance(), 0)
        self._credit(invoice, "2026-01-22")
        self.assertEqual(self._balance(), 0)
        second = self._invoice(self.customer, "2026-01-23", 130)
        self._pay(second, "2026-01-24")
        self.assertEqual(self._balance(), 30)

    def test_points_may_be_owed(self):
        self.program.customer_points_allow_negative = True
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(invoice, "2026-01-20")
        self._balance()
        self._redeem(self._quote(self.customer))
        self._credit(invoice, "2026-01-22")
        self.assertEqual(self._balance(), -100)
        self.assertFalse(self._redeem(self._quote(self.customer), confirm=False))

    def test_refund_exploit_in_every_order(self):
        """Whatever comes first: after buying and giving back all of it nothing is left."""
        for number, story in enumerate(("pcs", "pc", "cp", "psc", "pucp", "pscp", "dpc")):
            with self.subTest(story=story):
                customer = self._create_customer(f"Exploit {number}")
                invoice = self._invoice(customer, "2026-01-10", 100)
                spent = 0
                for event in story:
                    if event == "p" and invoice.amount_residual:
                        self._pay(invoice, "2026-01-20")
                    elif event == "c" and not invoice.reversal_move_ids:
                        self._credit(invoice, "2026-01-21")
                    elif event == "u":
                        self._take_payment_off(invoice)
                    elif event == "d":
                        invoice.button_draft()
                        invoice.action_post()
                    elif event == "s":
                        spent += 100 * self._redeem(self._quote(customer), confirm=True)
                    self._balance(customer)
                self.assertEqual(self._balance(customer), 0)
                again = self._invoice(customer, "2026-01-22", 250)
                self._pay(again, "2026-01-22")
                self.assertEqual(self._balance(customer) + spent, 250)

    def _take_payment_off(self, invoice):
        lines = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        lines.remove_move_reconcile()

    # === SPENDING === #

    def test_any_contact_spends(self):
        invoice = self._invoice(self.customer, "2026-01-10", 250)
        self._pay(invoice, "2026-01-20")
        self._balance()
        order = self._quote(self.contact).with_user(self.salesperson)
        self.assertTrue(self._redeem(order))
        self.assertEqual(self._balance(), 150)
        stranger = self._quote(self.other_customer)
        self.assertFalse(self._redeem(stranger, confirm=False))
        order.sudo()._action_cancel()
        self.assertEqual(self._balance(), 250)
        kinds = self.env["customer.points.entry"].search([]).mapped("kind")
        self.assertEqual(sorted(kinds), ["earn", "redeem", "redeem"])

    def test_a_reward_on_a_posted_invoice_is_not_given_back(self):
        """Else the customer would keep the reward and have the points again."""
        self._pay(self._invoice(self.customer, "2026-01-10", 250), "2026-01-20")
        self._balance()
        order = self._quote(self.contact)
        self._redeem(order)
        invoice = order._create_invoices()
        invoice.action_post()
        with self.assertRaisesRegex(UserError, "credit the invoice"), self.env.cr.savepoint():
            order.with_user(self.salesperson)._action_cancel()
        self.assertEqual(self._balance(), 150)

    def test_card_of_another_customer(self):
        invoice = self._invoice(self.customer, "2026-01-10", 250)
        self._pay(invoice, "2026-01-20")
        self._balance()
        order = self._quote(self.contact)
        self._redeem(order, confirm=False)
        order.partner_id = self.other_customer
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.with_user(self.salesperson).action_confirm()
        self.assertEqual(self._balance(), 250)

    def test_two_quotations_cannot_spend_the_same(self):
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(invoice, "2026-01-20")
        self._balance()
        first, second = self._quote(self.customer), self._quote(self.contact)
        self._redeem(first, confirm=False)
        self._redeem(second, confirm=False)
        first.action_confirm()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            second.action_confirm()
        self.assertEqual(self._balance(), 0)

    def test_reward_taken_off_a_confirmed_order(self):
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(invoice, "2026-01-20")
        self._balance()
        order = self._quote(self.customer)
        self._redeem(order)
        self.assertEqual(self._balance(), 0)
        order.with_user(self.salesperson).order_line.filtered("coupon_id")._reset_loyalty()
        self.assertEqual(self._balance(), 100)

    def test_rules_of_the_program_give_nothing(self):
        self.program.rule_ids = [Command.create({"reward_point_mode": "money"})]
        order = self._order(self.customer, price=100)
        self.assertEqual(self._balance(), 0)
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice, fields.Date.today())
        self.assertEqual(self._balance(), 100)
        second = self._order(self.customer, price=500)
        self.assertEqual(self._balance(), 100)
        self.assertEqual(second.state, "sale")

    def test_reward_lowers_what_is_earned(self):
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(invoice, "2026-01-20")
        self._balance()
        order = self._quote(self.customer, price=200)
        self._redeem(order)
        final = order._create_invoices()
        final.action_post()
        self._pay(final, fields.Date.today())
        self.assertEqual(self._balance(), 190)

    # === TIME === #

    def test_lots_expire_first_in_first_out(self):
        self.program.customer_points_months = 12
        with freeze_time("2026-01-20 12:00:00"):
            first = self._invoice(self.customer, "2026-01-10", 80)
            self._pay(first, "2026-01-20")
            self.assertEqual(self._balance(), 80)
        with freeze_time("2026-06-20 12:00:00"):
            second = self._invoice(self.customer, "2026-06-10", 70)
            self._pay(second, "2026-06-20")
            self.assertEqual(self._balance(), 150)
            self._redeem(self._quote(self.customer))
            self.assertEqual(self._balance(), 50)
        with freeze_time("2027-01-21 12:00:00"):
            self._card()._lock_points()
            self.assertEqual(self._balance(), 50, "the lot of January was spent first")
        with freeze_time("2027-06-20 12:00:00"):
            self._card()._lock_points()
            self.assertEqual(self._balance(), 50, "the last day")
        with freeze_time("2027-06-21 12:00:00"):
            self._card()._lock_points()
            self.assertEqual(self._balance(), 0)
            self._credit(second, "2027-06-21")
            self.assertEqual(self._balance(), 0)
            third = self._invoice(self.customer, "2027-06-21", 90)
            self._pay(third, "2027-06-21")
            # 20 of the second were spent and are owed; what expired of it is gone already
            self.assertEqual(self._balance(), 70)

    def test_expired_points_cannot_be_spent_before_the_job_runs(self):
        self.program.customer_points_months = 1
        with freeze_time("2026-01-20 12:00:00"):
            self._pay(self._invoice(self.customer, "2026-01-10", 100), "2026-01-20")
            self._balance()
            order = self._quote(self.customer)
            self._redeem(order, confirm=False)
        with freeze_time("2026-03-20 12:00:00"), self.assertRaises(UserError):
            order.action_confirm()

    def test_job_expires_and_reminds_once(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.customer.write({"email": "azure@example.com", "lang": "en_US"})
        self.program.write({"customer_points_months": 1, "customer_points_remind_days": 10})
        with freeze_time("2026-01-20 12:00:00"):
            self._pay(self._invoice(self.customer, "2026-01-10", 100), "2026-01-20")
            self._balance()
        cron = self.env.ref("customer_value.ir_cron_customer_value_points")
        for day, mails, balance in (
            ("2026-02-09", 0, 100),
            ("2026-02-10", 1, 100),
            ("2026-02-12", 1, 100),
            ("2026-02-21", 1, 0),
        ):
            with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
                cron.method_direct_trigger()
            sent = self.env["mail.mail"].search([("subject", "like", "about to expire")])
            self.assertEqual(len(sent), mails, day)
            self.assertEqual(self._balance(), balance, day)
        self.assertIn("100", sent.body_html)

    def test_job_that_runs_out_of_time_goes_on_next_time(self):
        """What is due longest comes first, over all programs; nobody's turn never comes."""
        other = self._create_company("Other", self.company.currency_id)
        programs = self.program | self._create_program(other)
        programs.customer_points_months = 1
        people = self.customer | self.other_customer
        for day, customer, company in (
            ("2026-01-12", people[0], self.company),
            ("2026-01-11", people[1], self.company),
            ("2026-01-10", people[1], other),
        ):
            with freeze_time(f"{day} 12:00:00"):
                self._pay(self._invoice(customer, day, 100, company=company), day)
                self._balance()
        odd = self._card(people[0])
        cards = self._card(people[1], programs[1]) | self._card(people[1]) | odd
        progress = []

        def stop(cron, processed=0, *, remaining=None, deactivate=False):
            progress.append((processed, remaining))
            return 0 if processed else 10

        earn = "odoo.addons.customer_value.models.points.customer_points_lot_earn"
        with (
            patch.object(self.registry["ir.cron"], "_commit_progress", stop),
            patch(f"{earn}.BATCH_SIZE", 1),
            freeze_time("2026-03-01 12:00:00"),
        ):
            for done, _card in enumerate(cards, 1):
                self.env["customer.points.lot"]._cron_expire()
                self.assertEqual(progress, [(0, len(cards) + 3 - done), (1, None)])
                progress.clear()
                self.env.invalidate_all()
                self.assertEqual(cards.mapped("points"), [0] * done + [100] * (3 - done))
            self._check_sums()
            progress.clear()
            self.env.cr.execute("UPDATE loyalty_card SET points = 5 WHERE id = %s", [odd.id])
            self.env.invalidate_all()
            self.env["customer.points.lot"]._cron_expire()
        self._check_sums()
        self.assertEqual(progress, [(0, 3), (1, None)], "a card that differs is settled")

    # === BY HAND === #

    def _correct(self, card, balance, reason, user):
        wizard = (
            self.env["loyalty.card.update.balance"]
            .with_user(user)
            .create({"card_id": card.id, "new_balance": balance, "description": reason})
        )
        wizard.action_update_card_point()

    def test_correction_needs_the_right_and_a_reason(self):
        self._pay(self._invoice(self.customer, "2026-01-10", 100), "2026-01-20")
        self._balance()
        card = self._card()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._correct(card, 150, "A favour", self.salesperson)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            card.with_user(self.salesperson).points = 500
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.env["loyalty.history"].with_user(self.salesperson).create(
                {"card_id": card.id, "issued": 50, "description": "A favour"}
            )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            context = {"customer_points_allowed": True}
            card.with_user(self.salesperson).with_context(**context).points = 500
        self._correct(card, 130, "Late delivery", self.manager)
        self.assertEqual(self._balance(), 130)
        entry = self.env["customer.points.entry"].search([("kind", "=", "correct")])
        self.assertEqual((entry.points, entry.user_id), (30, self.manager))
        self.assertEqual(card.history_ids[:1].description, "Late delivery")
        self._correct(card, 170, "And another one", self.manager)
        self.assertEqual(self._balance(), 170)
        self._correct(card, 20, "Entered by mistake", self.manager)
        self.assertEqual(self._balance(), 20)

    def test_card_made_with_points(self):
        card = self.env["loyalty.card"].create(
            {"program_id": self.program.id, "partner_id": self.customer.id, "points": 40}
        )
        self.assertEqual(self._balance(), 40)
        self.assertEqual(card.history_ids.issued, 40)
        wizard = self.env["loyalty.generate.wizard"].create(
            {
                "program_id": self.program.id,
                "mode": "selected",
                "customer_ids": [Command.set(self.other_customer.ids)],
                "points_granted": 25,
            }
        )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            wizard.generate_coupons()
        wizard.description = "For the fair"
        wizard.generate_coupons()
        self.assertEqual(self._balance(self.other_customer), 25)

    def test_entries_are_append_only(self):
        self._pay(self._invoice(self.customer, "2026-01-10", 100), "2026-01-20")
        self._balance()
        entry = self.env["customer.points.entry"].search([], limit=1)
        with self.assertRaises(UserError):
            entry.sudo().points = 5
        for user in (self.manager, self.salesperson, self.accountant):
            self.assertEqual(entry.with_user(user).points, 100)
            with self.assertRaises(AccessError):
                entry.with_user(user).points = 5
            with self.assertRaises(AccessError):
                entry.with_user(user).unlink()
            with self.assertRaises(AccessError):
                entry.lot_id.with_user(user).write({"expiry_date": "2030-01-01"})

    # === CUSTOMERS === #

    def test_cards_of_contacts_are_united(self):
        self.env["loyalty.card"].create(
            {"program_id": self.program.id, "partner_id": self.contact.id, "points": 40}
        )
        self._pay(self._invoice(self.customer, "2026-01-10", 100), "2026-01-20")
        self.assertEqual(self._balance(), 140)
        self.assertFalse(self._card(self.contact))

    def test_merge_keeps_points_and_orders(self):
        for customer, amount in ((self.customer, 100), (self.other_customer, 150)):
            self._pay(self._invoice(customer, "2026-01-10", amount), "2026-01-20")
            self._balance(customer)
        order = self._quote(self.other_customer)
        self._redeem(order)
        self.assertEqual(self._balance(self.other_customer), 50)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge([self.customer.id, self.other_customer.id], self.customer)
        self.assertEqual(self._balance(), 150)
        order._action_cancel()
        self.assertEqual(self._balance(), 250)

    def test_company_becomes_contact_and_leaves_again(self):
        self._pay(self._invoice(self.other_customer, "2026-01-10", 150), "2026-01-20")
        self._pay(self._invoice(self.customer, "2026-01-10", 100), "2026-01-20")
        self.assertEqual(self._balance(), 100)
        self.other_customer.write({"is_company": False, "parent_id": self.customer.id})
        self.assertEqual(self._balance(), 250)
        self.other_customer.write({"is_company": True, "parent_id": False})
        self.assertEqual(self._balance() + self._balance(self.other_customer), 250)

    def test_invoice_goes_to_another_customer(self):
        invoice = self._invoice(self.customer, "2026-01-10", 150)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 150)
        invoice.button_draft()
        invoice.partner_id = self.other_customer
        invoice.action_post()
        if invoice.amount_residual:
            self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(self.other_customer), 150)
        self.assertEqual(self._balance(), 0)

    def test_credit_note_made_out_to_another_customer(self):
        """The contact leaves the company, and what it bought there is credited to it alone."""
        invoice = self._invoice(self.contact, "2026-01-10", 100, -10)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 90)
        self.contact.write({"parent_id": False, "is_company": True})
        self.assertEqual(self._balance(), 90)
        first = self._credit(invoice, "2026-01-21", 40)
        self.assertEqual(first.commercial_partner_id, self.contact)
        self.assertEqual(self._balance(), 50)
        self._run_nightly()
        self.assertEqual(self._balance(), 50, "a full run books nothing else")
        first.button_draft()
        self.assertEqual(self._balance(), 90)
        first.action_post()
        self._credit(invoice, "2026-01-22", 50)
        self.assertEqual(self._balance(), 0)
        self.assertFalse(self._card(self.contact).points)

    # === COMPANIES === #

    def test_branch_earns_in_the_program_above(self):
        branch, below = self._create_branches(self.company)
        self._pay(self._invoice(self.customer, "2026-01-10", 100, company=branch), "2026-01-20")
        self.assertEqual(self._balance(), 100)
        for company in (self.company, branch):
            profile = self._profile(self.customer, company)
            self.assertEqual((profile.has_points, profile.points_balance), (True, 100))
        own = self._create_program(branch)
        self._pay(self._invoice(self.customer, "2026-01-11", 70, company=below), "2026-01-20")
        self.assertEqual(self._balance(), 100, "what was earned above stays there")
        self.assertEqual(self._balance(program=own), 70)
        self.env.invalidate_all()
        for company, points in ((self.company, 100), (branch, 70), (below, 70)):
            profile = self._profile(self.customer, company)
            self.assertEqual(profile.points_balance, points, company.name)

    def test_companies_are_apart(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self._pay(self._invoice(self.customer, "2026-01-10", 100, company=other), "2026-01-20")
        self.assertEqual(self._balance(), 0)
        entries = self.env["customer.points.entry"]
        self._pay(self._invoice(self.customer, "2026-01-10", 90), "2026-01-20")
        self._balance()
        self.manager.company_ids |= other
        mine = entries.with_user(self.manager)
        self.assertTrue(mine.search([]))
        self.assertFalse(mine.with_context(allowed_company_ids=other.ids).search([]))

    # === PROGRAM === #

    def test_program_must_fit(self):
        for values in (
            {"company_id": False},
            {"customer_points_from": False},
            {"applies_on": "current"},
        ):
            with self.subTest(**values), self.assertRaises(ValidationError):
                self.program.write(values)
        with self.assertRaises(ValidationError):
            self._create_program(self.company)

    def test_switching_on_later_books_what_cards_hold(self):
        self.program.customer_points = False
        card = self.env["loyalty.card"].create(
            {"program_id": self.program.id, "partner_id": self.customer.id, "points": 40}
        )
        self.env["loyalty.history"].create(
            {"card_id": card.id, "issued": 40, "description": "Welcome"}
        )
        self.program.customer_points = True
        self.assertEqual(self._balance(), 40)

    # === REPORT === #

    def test_outstanding_points(self):
        self.program.write({"customer_points_months": 1, "customer_points_value": 0.1})
        with freeze_time("2026-01-20 12:00:00"):
            self._pay(self._invoice(self.customer, "2026-01-10", 180), "2026-01-20")
            self._balance()
        with freeze_time("2026-02-10 12:00:00"):
            self._redeem(self._quote(self.customer))
            self._balance()
        with freeze_time("2026-03-05 12:00:00"):
            self._card()._lock_points()
            self.assertEqual(self._balance(), 0)
            rows = self.env["customer.points.balance"].with_user(self.accountant).search([])
            self.assertEqual(rows.mapped("outstanding"), [0, 80, 180])
            self.assertEqual(rows.mapped("outstanding_amount"), [0, 8, 18])
            self.assertEqual(rows.mapped("redeemed_amount"), [0, 10, 0])
            self.assertEqual(rows.mapped("is_latest"), [True, False, False])
            self.assertEqual(rows.mapped("redeemed"), [0, 100, 0])
            self.assertAlmostEqual(rows[0].breakage_ratio, 80 / 180)
            for row in rows:
                domain = row.action_open_entries()["domain"]
                entries = self.env["customer.points.entry"].search(domain)
                self.assertAlmostEqual(sum(entries.mapped("points")), row.outstanding)
        with self.assertRaises(AccessError):
            self.env["customer.points.balance"].with_user(self.salesperson).search([])

    def test_posting_and_paying_book_nothing(self):
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(invoice, "2026-01-20")
        self.env.flush_all()
        self.assertFalse(self._card())
        self.assertFalse(self.env["customer.points.lot"].search([]))

    def test_same_number_of_queries_for_many(self):
        counts = []
        for size in (5, 20):
            for number in range(size):
                customer = self._create_customer(f"Many {size} {number}")
                self._pay(self._invoice(customer, "2026-01-10", 100), "2026-01-20")
            self.env.flush_all()
            self._drain()
            profiles = self.env["customer.profile"]
            ids = self.env["res.partner"].search([("name", "like", f"Many {size} ")]).ids
            profiles._refresh(self.company, ids)
            before = self.env.cr.sql_log_count
            profiles._refresh(self.company, ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
