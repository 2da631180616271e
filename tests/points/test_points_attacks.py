"""Ways in which points once went to the wrong people, or stayed where they had no right to."""

import itertools
import os

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import PointsCommon

# Of the 24 orders of four events every third one; all by night.
STRIDE = int(os.environ.get("CUSTOMER_VALUE_POINTS_STRIDE", "3"))


@tagged("post_install", "-at_install")
class TestPointsAttacks(PointsCommon):
    def test_an_invoiced_reward_cannot_be_made_cheaper(self):
        """A price lowered for a moment gave the points back, though the invoice was posted."""
        reward = {"discount_mode": "per_point", "discount": 0.1, "required_points": 1}
        self.program.reward_ids.write(reward)
        self._pay(self._invoice(self.customer, "2026-01-10", 1000), "2026-01-20")
        self._balance()
        order = self._quote(self.customer, price=500)
        self._redeem(order)
        goods = order.order_line.filtered(lambda line: not line.reward_id)
        goods.qty_delivered = 1
        self.assertEqual(self._balance(), 0)
        as_seller = order.with_user(self.salesperson)
        with self.cr.savepoint() as savepoint:  # nothing is invoiced: the reward follows the order
            goods.with_user(self.salesperson).price_unit = 50
            as_seller.action_open_reward_wizard()
            self.assertEqual(self._balance(), 500)
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        invoice = order._create_invoices()
        for _draft_and_posted in range(2):
            with self.assertRaises(UserError), self.cr.savepoint():
                goods.with_user(self.salesperson).price_unit = 50
                as_seller.action_open_reward_wizard()
            self.env.invalidate_all(flush=False)
            if invoice.state == "draft":
                invoice.action_post()
        goods.with_user(self.salesperson).price_unit = 510
        as_seller.action_open_reward_wizard()
        self.assertEqual((self._balance(), invoice.amount_untaxed), (0, 400))

    def _let_age(self):
        """Give two lots: 60 points of January, good until March, and 90 of February."""
        self.program.customer_points_months = 2
        for day, price in (("2026-01-10", 60), ("2026-02-10", 90)):
            with freeze_time(f"{day} 10:00:00"):
                self._pay(self._invoice(self.customer, day, price), day)
                self._balance()

    def _lefts(self):
        """Return [(last day, points left)] of the lots, and [(order, used)] of the history."""
        self._check_sums()
        lots = self.env["customer.points.lot"].search([("card_id", "=", self._card().id)])
        history = self._card().history_ids.filtered(lambda row: row.order_model == "sale.order")
        return (
            [(str(lot.expiry_date), lot.points) for lot in lots],
            [(row.order_id, row.used) for row in history],
        )

    def test_a_reward_changed_on_a_confirmed_order_makes_no_points_younger(self):
        reward = {"discount_mode": "per_point", "discount": 1, "required_points": 1}
        self.program.reward_ids.write(reward)
        self._let_age()
        ends = ("2026-03-10", "2026-04-10")
        with freeze_time("2026-03-01 10:00:00"):
            order = self._quote(self.customer, price=100)
            self._redeem(order)
            seller = order.with_user(self.salesperson)
            goods = seller.order_line.filtered(lambda line: not line.reward_id)
            first = [*zip(ends, (0, 50), strict=True)], [(order.id, 100)]
            self.assertEqual(self._lefts(), first)
            for price, lefts in ((20, (40, 90)), (70, (0, 80)), (100, (0, 50))):
                goods.price_unit = price
                seller.action_open_reward_wizard()
                seller.action_open_reward_wizard()
                told = [*zip(ends, lefts, strict=True)], [(order.id, price)]
                self.assertEqual(self._lefts(), told)
            seller.order_line.filtered("reward_id")._reset_loyalty(True)
            self.assertEqual(self._lefts()[0], [*zip(ends, (60, 90), strict=True)])
            seller.action_open_reward_wizard()
            self.assertEqual(self._lefts(), first)
        with freeze_time("2026-03-20 10:00:00"):
            seller.action_open_reward_wizard()
            self.assertEqual(self._lefts(), first, "what is spent does not expire in between")
            seller.order_line.filtered("reward_id")._reset_loyalty(True)
            self._card()._lock_points()
            self.assertEqual(self._lefts()[0], [*zip(ends, (0, 90), strict=True)])
        kinds = self.env["customer.points.entry"].search([]).mapped("kind")
        self.assertEqual(set(kinds), {"earn", "redeem", "expire"})

    def test_expired_points_are_not_spent_on_a_confirmed_order(self):
        self._let_age()
        with freeze_time("2026-02-20 10:00:00"):
            order = self._quote(self.customer, price=100)
            order.action_confirm()
        with freeze_time("2026-03-20 10:00:00"):
            seller = order.with_user(self.salesperson)
            values = {"reward_id": self.program.reward_ids.id, "points_cost": 100}
            values |= {
                "coupon_id": self._card().id,
                "product_id": self.product.id,
                "name": "10 off",
            }
            steps = seller.env["loyalty.card"]._allow_points().env["sale.order.line"]
            with self.assertRaisesRegex(UserError, "has only 90"), self.cr.savepoint():
                steps.create({**values, "order_id": order.id})
        self.assertEqual(self._lefts()[1], [])

    def test_a_line_that_became_another_product_earns_by_that_one(self):
        excluded = self.env["product.product"].create({"name": "Without points"})
        self.program.customer_points_excluded_ids = excluded
        invoice = self._invoice(self.customer, "2026-01-10", 100)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 100)
        invoice.button_draft()
        invoice.invoice_line_ids.write({"product_id": excluded.id, "price_unit": 5000})
        invoice.action_post()
        self._pay(invoice, "2026-01-21", invoice.amount_residual)
        self.assertEqual(self._balance(), 0)

    def test_merging_after_an_invoice_went_from_one_to_the_other_the_same_day(self):
        invoice = self._invoice(self.customer, "2026-01-10", 150)
        self._pay(invoice, "2026-01-20")
        self.assertEqual(self._balance(), 150)
        invoice.button_draft()
        invoice.partner_id = self.other_customer
        invoice.action_post()
        if invoice.amount_residual:
            self._pay(invoice, "2026-01-20")
        self.assertEqual((self._balance(self.other_customer), self._balance()), (150, 0))
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge([self.customer.id, self.other_customer.id], self.other_customer)
        self.assertEqual(self._balance(self.other_customer), 150)
        self._credit(invoice, "2026-01-25", 50)
        self.assertEqual(self._balance(self.other_customer), 100)

    def test_no_reminder_for_who_wants_none_and_one_failure_stops_nobody(self):
        self.program.write({"customer_points_months": 3, "customer_points_remind_days": 30})
        people = self.customer | self.other_customer | self._create_customer("Third")
        with freeze_time("2026-01-20 10:00:00"):
            for number, customer in enumerate(people):
                customer.email = f"c{number}@points.example"
                self._pay(self._invoice(customer, "2026-01-10", 100), "2026-01-20")
                self._balance(customer)
        self.env["mail.blacklist"].create({"email": "c0@points.example"})
        template = self.env.ref("customer_value.mail_template_points_expiry")
        template.reply_to = "{{ 1 / (object.card_id.partner_id.email[1] != '1') }}"
        logger = "odoo.addons.customer_value.models.guard.customer_mailed"
        with freeze_time("2026-04-01 10:00:00"):
            with self.assertLogs(logger, level="ERROR"):
                self.env["customer.points.lot"]._remind(self.program)
        mails = self.env["mail.mail"].search([("res_id", "!=", 0)])
        mails = mails.filtered(lambda mail: mail.model == "customer.points.lot")
        self.assertEqual(mails.recipient_ids.mapped("email"), ["c2@points.example"])
        self.assertIn("reminder", people[1].message_ids[:1].body)

    def _remind_both(self):
        """Remind two customers of points that expire; return who gets a mail, and the mails."""
        self.program.write({"customer_points_months": 3, "customer_points_remind_days": 30})
        people = self.customer | self.other_customer
        with freeze_time("2026-01-20 10:00:00"):
            for number, customer in enumerate(people):
                customer.write({"email": f"c{number}@points.example", "lang": "en_US"})
                self._pay(self._invoice(customer, "2026-01-10", 100), "2026-01-20")
                self._balance(customer)
        return people

    def _run_reminders(self):
        before = self.env["mail.mail"].search([])
        with freeze_time("2026-04-01 10:00:00"):
            self.env["customer.points.lot"]._remind(self.program)
        return self.env["mail.mail"].search([]) - before

    def test_reminders_have_a_way_out_that_holds_for_plays_too(self):
        self.env["res.lang"]._activate_lang("en_US")
        people = self._remind_both()
        mails = self._run_reminders()
        self.assertEqual(mails.recipient_ids, people)
        lots = self.env["customer.points.lot"].search([("holder_id", "in", people.ids)])
        for lot in lots:
            mail = mails.filtered(lambda one, to=lot.holder_id: one.recipient_ids == to)
            self.assertIn(lot._get_optout_link(), mail.body_html)
            self.assertIn("No more such mails", mail.body_html)
        lot = lots[0]
        links = self.env["customer.optout.link.mixin"]
        self.assertEqual(links._find_record_of_link("points", lot._get_optout_key()), lot)
        for word, key in (
            ("points", f"{lot.id + 1}-{lot._get_optout_key().partition('-')[2]}"),
            *(("tier", lot._get_optout_key()), ("points", ""), ("points", f"{lot.id}-")),
        ):
            self.assertIsNone(links._find_record_of_link(word, key), (word, key))
        lot._opt_out()
        lot._opt_out()
        optout = self.env["customer.play.optout"].search([("partner_id", "in", people.ids)])
        self.assertEqual(len(optout), 1)
        self.assertEqual((optout.partner_id, optout.channel), (lot.holder_id, "email"))
        lots.reminded_date = False
        self.assertEqual(self._run_reminders().recipient_ids, people - lot.holder_id)

    def test_who_opted_out_of_plays_by_address_gets_no_reminder(self):
        people = self._remind_both()
        self.env["customer.play.optout"]._note(people[0], "email")
        self.assertEqual(self._run_reminders().recipient_ids, people[1])

    def _unpay(self, invoice):
        """Take the payment off; return its line, as one reconciles it again."""
        open_lines = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        parts = open_lines.matched_credit_ids
        paid = parts.credit_move_id
        open_lines.remove_move_reconcile()
        return paid | open_lines

    def test_what_is_earned_again_has_no_new_life(self):
        self.program.customer_points_months = 2
        with freeze_time("2026-01-20 10:00:00"):
            invoice = self._invoice(self.customer, "2026-01-10", 100)
            self._pay(invoice, "2026-01-20")
            self.assertEqual(self._balance(), 100)
        with freeze_time("2026-02-20 10:00:00"):
            lines = self._unpay(invoice)
            self.assertEqual(self._balance(), 0)
            lines.reconcile()
            self.assertEqual(self._balance(), 100)
            lots = self.env["customer.points.lot"].search([("card_id", "=", self._card().id)])
            self.assertEqual([str(lot.expiry_date) for lot in lots], ["2026-03-20"])
        with freeze_time("2026-03-21 10:00:00"):
            self._card()._lock_points()
            self.assertEqual(self._balance(), 0, "expired")
        for day in ("2026-05-02", "2026-09-02"):
            with freeze_time(f"{day} 10:00:00"):
                lines = self._unpay(invoice)
                self.assertEqual(self._balance(), 0)
                lines.reconcile()
                self.assertEqual(self._balance(), 0, "expired long ago")
                lines = self._unpay(invoice)
                lines.reconcile()
                self.assertEqual(self._balance(), 0, "nobody looked in between")
        with freeze_time("2026-09-03 10:00:00"):
            self._credit(invoice, "2026-09-03", 100)
            self.assertEqual(self._balance(), 0, "and nothing is owed")

    def test_what_other_lots_paid_returns_to_them(self):
        """Spent, unpaid and paid again: neither lot gets younger, and nothing is lost."""
        reward = {"discount_mode": "per_point", "discount": 1, "required_points": 1}
        self.program.reward_ids.write(reward)
        self._let_age()
        with freeze_time("2026-03-01 10:00:00"):
            self._redeem(self._quote(self.customer, price=80))
            self.assertEqual(self._lefts()[0], [("2026-03-10", 0), ("2026-04-10", 70)])
        first = self.env["customer.points.lot"].search([("expiry_date", "=", "2026-03-10")])
        with freeze_time("2026-03-05 10:00:00"):
            lines = self._unpay(first.move_id)
            self._balance()
            self.assertEqual(self._lefts()[0], [("2026-03-10", 0), ("2026-04-10", 10)])
        with freeze_time("2026-03-20 10:00:00"):
            lines.reconcile()
            self._balance()
            self.assertEqual(self._lefts()[0], [("2026-03-10", 0), ("2026-04-10", 70)])
        with freeze_time("2026-04-11 10:00:00"):
            self._card()._lock_points()
            self.assertEqual(self._balance(), 0)
            lines = self._unpay(first.move_id)
            self._balance()
            lines.reconcile()
            self.assertEqual(self._balance(), 0)

    def test_instalments_keep_their_own_days(self):
        self.program.customer_points_months = 2
        with freeze_time("2026-01-20 10:00:00"):
            invoice = self._invoice(self.customer, "2026-01-10", 100)
            self._pay(invoice, "2026-01-20", invoice.amount_residual * 0.4)
            self._balance()
        with freeze_time("2026-02-10 10:00:00"):
            self._pay(invoice, "2026-02-10", invoice.amount_residual)
            self._balance()
        first = [("2026-03-20", 40), ("2026-04-10", 60)]
        self.assertEqual(self._lefts()[0], first)
        with freeze_time("2026-03-15 10:00:00"):
            note = self._credit(invoice, "2026-03-15", 50)
            self._balance()
            self.assertEqual(self._lefts()[0], [("2026-03-20", 40), ("2026-04-10", 10)])
            note.button_draft()
            note.button_cancel()
            self._balance()
            self.assertEqual(self._lefts()[0], first)

    def test_no_order_of_events_outlives_the_last_day(self):
        """Payment taken off and put back, credited, spent: in any order, a month in between."""
        self.program.customer_points_months = 3  # of 20 January: the last day is 20 April
        reward = {"discount_mode": "per_point", "discount": 1, "required_points": 1}
        self.program.reward_ids.write(reward)
        months = ("2026-02-21", "2026-03-21", "2026-04-21", "2026-05-21")
        orders = [*itertools.permutations(("off", "credit", "spend", "on"))][::STRIDE]
        for number, order in enumerate(orders):
            with self.subTest(order=order):
                story = Outliving(self, self._create_customer(f"Buyer {number}"))
                for day, name in zip(months, order, strict=True):
                    with freeze_time(f"{day} 10:00:00"):
                        getattr(story, name)()
                        self._balance(story.customer)
                        self._card(story.customer)._lock_points()
                        points = self._balance(story.customer)
                        self.assertLessEqual(points, 100 if day < "2026-04-21" else 0)
                with freeze_time("2026-06-21 10:00:00"):
                    for name in ("on", "uncredit", "unspend", "off", "on"):
                        getattr(story, name)()
                        self._balance(story.customer)
                    self._card(story.customer)._lock_points()
                    self.assertEqual(self._balance(story.customer), 0)


class Outliving:
    """An invoice over 100 points of January, and what happens to it; a step may do nothing."""

    def __init__(self, test, customer):
        self.test, self.customer = test, customer
        self.lines, self.note, self.order = None, None, None
        with freeze_time("2026-01-20 10:00:00"):
            self.invoice = test._invoice(customer, "2026-01-10", 100)
            test._pay(self.invoice, "2026-01-20")
            test.assertEqual(test._balance(customer), 100)

    def off(self):
        self.lines = self.lines or self.test._unpay(self.invoice)

    def on(self):
        if self.lines:
            self.lines.filtered(lambda line: not line.reconciled).reconcile()
        self.lines = None

    def credit(self):
        self.note = self.test._credit(self.invoice, "2026-02-01", 40)

    def uncredit(self):
        self.note.button_draft()
        self.note.button_cancel()

    def spend(self):
        self.order = self.test._quote(self.customer, price=30)
        self.test._redeem(self.order, confirm=False)
        try:
            with self.test.cr.savepoint():
                self.order.action_confirm()
        except UserError:
            pass  # what has expired cannot be spent

    def unspend(self):
        self.order._action_cancel()
