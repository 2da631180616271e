import os
import random

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import AcquisitionCommon

STEPS = int(os.environ.get("CUSTOMER_VALUE_REFERRAL_STEPS", "12"))


class ReferralCommon(AcquisitionCommon):
    """A customer who refers, and a points program."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env["loyalty.program"].create(
            {"name": "Points", "program_type": "loyalty", "company_id": cls.company.id}
        )
        cls.company.write(
            {
                "customer_referral_program_id": cls.program.id,
                "customer_referral_points": 100,
                "customer_referral_points_referred": 50,
            }
        )
        cls.referrals = cls.env["customer.referral"]
        cls.referrers = cls.env["customer.referrer"]
        cls.referrer = cls.referrers._get_for(cls.customer, cls.company)
        cls.friend = cls.other_customer

    @classmethod
    def _refer(cls, referred=None, referrer=None, user=None, **values):
        user = user or cls.manager
        return (
            cls.referrals.with_user(user)
            .create(
                {
                    "name": referred.name if referred else "Somebody",
                    "referrer_id": (referrer or cls.referrer).id,
                    "referred_id": referred.id if referred else False,
                    **values,
                }
            )
            .sudo()
        )

    @classmethod
    def _follow(cls, *customers):
        """Refresh customers, and do what the job of rewards does, without its commits."""
        cls.env.flush_all()
        cls._drain()
        cls._refresh(cls.env["res.partner"].union(*(customers or (cls.friend,))))
        for referral in cls.referrals.search([("is_reward_due", "=", True)], order="id"):
            referral._settle_reward()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _points(cls, customer):
        cards = cls.env["loyalty.card"].search(
            [("program_id", "=", cls.program.id), ("partner_id", "=", customer.id)]
        )
        ledger = cls.env["loyalty.history"].search([("card_id", "in", cards.ids)])
        booked = sum(ledger.mapped("issued")) - sum(ledger.mapped("used"))
        assert (
            abs(booked - sum(cards.mapped("points"))) < 0.001 or cards.filtered("points") != cards
        )
        return sum(cards.mapped("points"))

    def _both(self):
        return self._points(self.customer), self._points(self.friend)


@freeze_time("2026-06-15 09:00:00")
@tagged("post_install", "-at_install")
class TestReferral(ReferralCommon):
    """Who brought whom: from the invitation to the reward, and back."""

    def test_both_get_points_once_the_first_invoice_is_paid(self):
        referral = self._refer(self.friend)
        self.assertEqual(referral.state, "registered")
        self._follow()
        self.assertEqual(referral.state, "registered")
        invoice = self._invoice(self.friend, "2026-06-15", 200)
        self._follow()
        self.assertEqual((referral.state, str(referral.bought_date)), ("bought", "2026-06-15"))
        self.assertEqual(self._both(), (0, 0))
        self._pay(invoice, "2026-06-15", 50)
        self._follow()
        self.assertEqual(self._both(), (0, 0))
        self._pay(invoice, "2026-06-15")
        self._follow()
        self.assertEqual((referral.state, referral.move_id), ("rewarded", invoice))
        self.assertEqual(self._both(), (100, 50))
        second = self._invoice(self.friend, "2026-06-15", 300)
        self._pay(second, "2026-06-15")
        self._follow()
        self._follow()
        self.assertEqual(self._both(), (100, 50))

    def test_given_back_takes_the_reward_back(self):
        self._refer(self.friend)
        invoice = self._invoice(self.friend, "2026-06-15", 200)
        self._pay(invoice, "2026-06-15")
        self._follow()
        part = self._credit(invoice, "2026-06-15", 40)
        self._follow()
        self.assertEqual(self._both(), (100, 50))
        part.button_draft()
        self._credit(invoice, "2026-06-15")
        self._follow()
        self.assertEqual(self._both(), (0, 0))
        other = self._invoice(self.friend, "2026-06-15", 10)
        self._pay(other, "2026-06-15")
        self._follow()
        self.assertEqual(self._both(), (100, 50))

    def test_the_first_invoice_has_to_be_large_enough(self):
        self.company.customer_referral_least_amount = 150
        referral = self._refer(self.friend)
        small = self._invoice(self.friend, "2026-06-15", 149.99)
        self._pay(small, "2026-06-15")
        self._follow()
        self.assertEqual((referral.state, self._both()), ("bought", (0, 0)))
        invoice = self._invoice(self.friend, "2026-06-15", 150)
        self._pay(invoice, "2026-06-15")
        self._follow()
        self.assertEqual((referral.move_id, self._both()), (invoice, (100, 50)))
        note = self._credit(invoice, "2026-06-15", 1)
        self._follow()
        self.assertEqual((referral.state, self._both()), ("bought", (0, 0)), "149 are kept")
        note.button_draft()
        note.button_cancel()
        self._follow()
        self.assertEqual(self._both(), (100, 50))
        self._invoice(self.friend, "2026-06-15", 200, move_type="out_refund")
        self._follow()
        self.assertEqual(self._both(), (0, 0), "less than 150 is kept of both together")

    def _pay_and_write_off(self, invoice, amount):
        """Pay a part, and let the rest go as bad debt."""
        account = self.env["account.account"].search([("code", "=", "699991")]) or self.env[
            "account.account"
        ].create({"name": "Bad debts", "code": "699991", "account_type": "expense"})
        values = {"payment_date": "2026-06-15", "amount": amount}
        values |= {"payment_difference_handling": "reconcile", "writeoff_account_id": account.id}
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create(values)._create_payments()

    def test_what_is_written_off_was_not_paid(self):
        """One of a hundred was paid: that is no paid invoice of a hundred."""
        self.company.customer_referral_least_amount = 100
        referral = self._refer(self.friend)
        invoice = self._invoice(self.friend, "2026-06-15", 100)
        payment = self._pay_and_write_off(invoice, 1)
        self._follow()
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual((referral.state, self._both()), ("bought", (0, 0)))
        self._pay_and_write_off(self._invoice(self.friend, "2026-06-15", 101), 99.99)
        self._follow()
        self.assertEqual((referral.state, self._both()), ("bought", (0, 0)))
        payment.action_draft()
        payment.action_cancel()
        self._pay(invoice, "2026-06-15")
        self._follow()
        self.assertEqual((referral.move_id, self._both()), (invoice, (100, 50)))

    def test_enough_of_a_larger_invoice_is_enough_in_any_order(self):
        self.company.customer_referral_least_amount = 100
        for number, steps in enumerate(("pc", "cp", "pC", "Cp")):
            with self.subTest(steps=steps):
                friend = self._create_customer(f"Friend {number}")
                referral = self._refer(friend)
                invoice = self._invoice(friend, "2026-06-15", 130)
                for step in steps:
                    if step == "p":
                        self._pay_and_write_off(invoice, min(100, invoice.amount_residual))
                    else:  # of 130, 110 or 95 are kept; 100 are paid, or 95
                        self._credit(invoice, "2026-06-15", 20 if step == "c" else 35)
                self._follow(friend)
                self.assertEqual(referral.state, "rewarded" if "c" in steps else "bought")

    def test_a_credit_note_that_names_nothing_is_no_money(self):
        self.company.customer_referral_least_amount = 100
        referral = self._refer(self.friend)
        self._invoice(self.friend, "2026-06-15", 500)  # open, but enough of all is kept
        invoice = self._invoice(self.friend, "2026-06-15", 100)
        note = self._invoice(self.friend, "2026-06-15", 60, move_type="out_refund")
        lines = (invoice | note).line_ids.filtered(lambda one: one.display_type == "payment_term")
        lines.reconcile()
        self._pay(invoice, "2026-06-15")
        self._follow()
        self.assertEqual((invoice.payment_state, referral.state), ("paid", "bought"))
        self._pay(self._invoice(self.friend, "2026-06-15", 100), "2026-06-15")
        self._follow()
        self.assertEqual((referral.state, self._both()), ("rewarded", (100, 50)))

    def test_what_was_promised_stays_when_the_smallest_invoice_is_raised(self):
        referral = self._refer(self.friend)
        self._pay(self._invoice(self.friend, "2026-06-15", 20), "2026-06-15")
        self._follow()
        self.assertEqual(self._both(), (100, 50))
        self.company.customer_referral_least_amount = 1000
        self._follow()
        self.assertEqual((referral.state, self._both()), ("rewarded", (100, 50)))

    def test_who_shares_a_number_later_stays_rewarded(self):
        self.friend.write({"vat": False, "phone": False, "email": False})
        referral = self._refer(self.friend)
        invoice = self._invoice(self.friend, "2026-06-15", 200)
        payment = self._pay(invoice, "2026-06-15")
        self._follow()
        self.assertEqual(str(referral.rewarded_date), "2026-06-15")
        same = {"vat": "US12345678", "phone": "+12015550199", "email": "both@referral.example"}
        self.customer.write(same)
        self.friend.write(same)
        self._follow()
        self.assertEqual((referral.state, self._both()), ("rewarded", (100, 50)))
        payment.action_draft()
        payment.action_cancel()
        self._follow()
        self.assertEqual((referral.state, self._both()), ("bought", (0, 0)))
        self._pay(invoice, "2026-06-15")
        self._follow()
        self.assertEqual((referral.state, self._both()), ("rewarded", (100, 50)))
        late = self._create_customer("Late", **same)
        with self.assertRaisesRegex(UserError, "same customer"), self.cr.savepoint():
            self._refer(late)

    def test_who_shares_a_number_before_the_reward_is_refused(self):
        self.friend.write({"vat": False, "phone": False, "email": False})
        referral = self._refer(self.friend)
        invoice = self._invoice(self.friend, "2026-06-15", 200)
        self._follow()
        (self.customer | self.friend).write({"phone": "+12015550199"})
        self._pay(invoice, "2026-06-15")
        self._follow()
        self.assertEqual((referral.state, self._both()), ("refused", (0, 0)))

    def test_a_payment_taken_back_takes_the_reward_back(self):
        self._refer(self.friend)
        invoice = self._invoice(self.friend, "2026-06-15", 200)
        payment = self._pay(invoice, "2026-06-15")
        self._follow()
        self.assertEqual(self._both(), (100, 50))
        payment.action_draft()
        payment.action_cancel()
        self._follow()
        self.assertEqual(self._both(), (0, 0))

    def test_settled_by_a_credit_note_is_not_paid(self):
        referral = self._refer(self.friend)
        invoice = self._invoice(self.friend, "2026-06-15", 200)
        credit = self._invoice(self.friend, "2026-06-15", 200, move_type="out_refund")
        lines = (invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()
        self._follow()
        self.assertEqual(referral.state, "bought")
        self.assertEqual(self._both(), (0, 0))

    def test_points_already_spent_are_taken_back_later_and_never_below_zero(self):
        referral = self._refer(self.friend)
        invoice = self._invoice(self.friend, "2026-06-15", 200)
        self._pay(invoice, "2026-06-15")
        self._follow()
        card = self.env["loyalty.card"].search([("partner_id", "=", self.customer.id)])
        card.points = 30
        self._credit(invoice, "2026-06-15")
        self._follow()
        self.assertEqual(self._both(), (0, 0))
        self.assertEqual((referral.given_referrer, referral.is_reward_due), (70, True))
        card.points = 200
        referral._settle_reward()
        self.assertEqual((card.points, referral.is_reward_due), (130, False))

    def test_any_order_of_events_ends_where_it_should(self):
        rng = random.Random(11)
        referral = self._refer(self.friend)
        invoices = []
        for _step in range(STEPS):
            act = rng.choice(["invoice", "pay", "credit", "unpay", "follow"])
            if act == "invoice" or not invoices:
                invoices.append([self._invoice(self.friend, "2026-06-15", 100), None, False])
            entry = rng.choice(invoices)
            invoice, payment, is_back = entry
            if act == "pay" and not payment and not is_back:
                entry[1] = self._pay(invoice, "2026-06-15")
            elif act == "credit" and not is_back:
                self._credit(invoice, "2026-06-15")
                entry[2] = True
            elif act == "unpay" and payment and not is_back:
                payment.action_draft()
                payment.action_cancel()
                entry[1] = None
            self._follow()
            is_due = any(paid and not back for _invoice, paid, back in invoices)
            self.assertEqual(self._both(), (100, 50) if is_due else (0, 0))
            self.assertEqual(referral.state == "rewarded", is_due)

    def test_without_a_program_it_is_counted_and_nothing_given(self):
        self.company.customer_referral_program_id = False
        referral = self._refer(self.friend)
        self._pay(self._invoice(self.friend, "2026-06-15", 200), "2026-06-15")
        self._follow()
        self.assertEqual((referral.state, referral.is_reward_due), ("rewarded", False))
        self.assertEqual(self._both(), (0, 0))

    def test_the_reward_is_in_the_ledger_of_points(self):
        """In a program whose points are kept in lots, balance, history and lots agree."""
        self.program.write(
            {
                "applies_on": "both",
                "customer_points": True,
                "customer_points_from": "2026-01-01",
            }
        )
        self._refer(self.friend)
        invoice = self._invoice(self.friend, "2026-06-15", 200)
        self._pay(invoice, "2026-06-15")
        self._follow()
        cards = self.env["loyalty.card"]
        cards._work_off_points()
        card = cards.search([("partner_id", "=", self.customer.id)])
        entries = self.env["customer.points.entry"].search([("card_id", "=", card.id)])
        self.assertEqual((card.points, sum(entries.mapped("points"))), (100, 100))
        self._credit(invoice, "2026-06-15")
        self._follow()
        cards._work_off_points()
        self.assertEqual(self._points(self.customer), 0)
        entries = self.env["customer.points.entry"].search([("card_id", "=", card.id)])
        self.assertEqual(sum(entries.mapped("points")), 0)

    # === LEADS, CODES, TREES ===

    def test_a_code_on_a_lead_and_the_customer_it_becomes(self):
        lead = self._lead(contact_name="Nora", partner_name="Nora's shop")
        as_seller = lead.with_user(self.own_salesperson)
        for wrong in ("nonsense", "2222222222", "%", self.referrer.code + "9"):
            with self.assertRaisesRegex(UserError, "no referral code"):
                as_seller.customer_referral_code = wrong
        code = self.referrer.code
        as_seller.customer_referral_code = f" {code[:5].lower()}-{code[5:]}"
        referral = self.referrals.search([("lead_id", "=", lead.id)])
        self.assertEqual((referral.way, referral.state, referral.is_approved),
                         ("code", "registered", False))  # fmt: skip
        self.env.invalidate_all()
        self.assertEqual(as_seller.customer_referral_code, code)
        second = self.referrers._get_for(self._create_customer("Second"), self.company)
        with self.assertRaisesRegex(UserError, "Somebody else"):
            as_seller.customer_referral_code = second.code
        person = as_seller._create_customer()
        lead.partner_id = person
        company = person.commercial_partner_id
        self._pay(self._invoice(company, "2026-06-15", 200), "2026-06-15")
        self._follow(company)
        self.assertEqual((referral.referred_id, referral.state), (company, "bought"))
        self.assertEqual(self._points(self.customer), 0)
        referral.with_user(self.manager).action_approve()
        self._follow(company)
        self.assertEqual((referral.state, self._points(self.customer)), ("rewarded", 100))

    def test_the_tree_adds_up_to_its_list(self):
        people = [self._create_customer(f"Number {number}") for number in range(3)]
        self._refer(self.friend)
        self._refer(people[0], self.referrers._get_for(self.friend, self.company))
        self._refer(people[1], self.referrers._get_for(people[0], self.company))
        self._refer(people[2])  # never buys
        for number, customer in enumerate((self.friend, people[0], people[1])):
            self._invoice(customer, "2026-06-15", 100 * (number + 1))
        self._follow(self.friend, *people)
        as_manager = self.referrer.with_user(self.manager)
        self.assertEqual((as_manager.tree_count, as_manager.tree_revenue), (3, 600))
        profiles = self.env["customer.profile"].with_user(self.manager)
        listed = profiles.search(as_manager.action_open_tree()["domain"])
        self.assertEqual(sum(listed.mapped("revenue_total")), 600)
        self.assertAlmostEqual(sum(listed.mapped("net_profit_total")), as_manager.tree_profit)
        below = self.referrers._get_for(self.friend, self.company)
        self.assertEqual(below.tree_count, 2)

    def test_plays_tell_code_and_link(self):
        """In the call, as the salesperson reads it, and in what is written; nobody else's."""
        steps = [
            Command.create({"name": "Ask", "kind": "activity", "note": "Say {referral_code}!"}),
            Command.create({"name": "Write", "kind": "letter", "text": "See {referral_link} {x}"}),
        ]
        address = {"street": "12 Oak Lane", "city": "Utrecht", "zip": "3511"}
        (self.customer | self.friend).write(address)
        self.friend.street = "13 Oak Lane"
        for one in (self.customer, self.friend):
            self._invoice(one, "2026-05-01", 10)
        self._refresh(self.customer | self.friend)
        self.referrers._get_for(self.friend, self.company).is_optout = True
        play = self.env["customer.play"].create(
            {
                "name": "Referrals",
                "company_id": self.company.id,
                "domain": str([("partner_id", "in", (self.customer | self.friend).ids)]),
                "control_percent": 0,
                "step_ids": steps,
            }
        )
        play.action_start()
        self.env["customer.play"]._enroll_batch()
        waiting = play.action_ids.filtered(lambda one: one.kind == "activity")
        self.assertEqual({*waiting.mapped("note")}, {"Say {referral_code}!"})
        while self.env["customer.play.action"]._act_batch():
            pass
        self.env.invalidate_all()
        own = play.action_ids.filtered(lambda one: one.partner_id == self.customer)
        call, letter = own.sorted("kind")
        self.assertEqual(call.note, f"Say {self.referrer.code}!")
        self.assertIn(self.referrer.code, call.activity_id.note)
        self.assertEqual(letter.message_id.text, f"See {self.referrer.link} {{x}}")
        theirs = play.action_ids - own
        self.assertEqual(theirs.sorted("kind")[0].note, "Say !")
        self.assertEqual(theirs.message_id.text, "See  {x}")

    # === WHO MAY WHAT ===

    def test_a_confirmed_lead_given_to_another_customer_waits_for_a_manager(self):
        """The word of somebody who came by the link is not that of a customer of ours."""
        for email, buyer, expected in (
            ("two@friend.example", "one@whale.example", False),
            ("two@whale.example", " Two@Whale.example", True),
        ):
            values = {"name": "Two", "email": email}
            self.referrals._register_by_link(self.referrer, values)
            referral = self.referrer.referral_ids.filtered(lambda one, e=email: one.email == e)
            referral._confirm()
            whale = self._create_customer("Whale")
            self.env["res.partner"].create({"name": "Buyer", "parent_id": whale.id, "email": buyer})
            referral.lead_id.partner_id = whale
            self._pay(self._invoice(whale, "2026-06-15", 9000), "2026-06-15")
            self._follow(whale)
            self.assertEqual(referral.referred_id, whale)
            self.assertEqual(referral.state, "rewarded" if expected else "bought")
            self.assertEqual(self._points(self.customer), 100 if expected else 0)

    def test_a_salesperson_cannot_do_a_friend_a_favour(self):
        referral = self._refer(self.friend, user=self.own_salesperson)
        self._pay(self._invoice(self.friend, "2026-06-15", 200), "2026-06-15")
        self._follow()
        self.assertEqual((referral.state, self._both()), ("bought", (0, 0)))
        as_seller = referral.with_user(self.own_salesperson)
        for attempt in (
            lambda: as_seller.action_approve(),
            lambda: as_seller.action_refuse(),
            lambda: as_seller.write({"is_approved": True}),
            lambda: as_seller.write({"state": "rewarded"}),
            lambda: as_seller.write({"referrer_id": self.referrer.id}),
            lambda: as_seller.unlink(),
            lambda: self._refer(self._create_customer("X"), user=self.own_salesperson,
                                is_approved=True),
            lambda: self._refer(self._create_customer("Y"), user=self.own_salesperson,
                                state="rewarded"),
            lambda: self.referrers.with_user(self.own_salesperson).create(
                {"partner_id": self.friend.id, "company_id": self.company.id, "code": "A"}
            ),
        ):  # fmt: skip
            with self.assertRaises(AccessError), self.cr.savepoint():
                attempt()
        context = {"default_is_approved": True, "default_state": "rewarded"}
        sly = self.referrals.with_user(self.own_salesperson).with_context(**context)
        made = sly.create({"name": "Z", "referrer_id": self.referrer.id})
        self.assertEqual((made.state, made.is_approved), ("invited", False))
        referral.with_user(self.manager).action_approve()
        self._follow()
        self.assertEqual(self._both(), (100, 50))
        with self.assertRaises(UserError):
            referral.with_user(self.manager).referrer_id = self.referrers._get_for(
                self._create_customer("Other"), self.company
            )
        referral.with_user(self.manager).action_refuse()
        self._follow()
        self.assertEqual(self._both(), (0, 0))

    def test_amounts_of_trees_are_for_those_who_may_see_them(self):
        row = self.referrer.with_user(self.own_salesperson)
        self.assertEqual(row.read(["tree_count"])[0]["tree_count"], 0)
        for name in ("tree_revenue", "tree_profit"):
            with self.assertRaises(AccessError):
                row.read([name])
        for user in (self.accountant, self.stock_user):
            with self.assertRaises(AccessError):
                self.referrals.with_user(user).search([])

    def test_another_company_sees_and_names_nothing(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        theirs = self.referrers._get_for(self.friend, other)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).read(["code"])
        with self.assertRaises(AccessError):
            self._refer(referrer=theirs)
        for method in ("action_open_tree", "action_open_referrals", "action_opt_out"):
            with self.assertRaises(AccessError):
                getattr(theirs.with_user(self.manager), method)()
        lead = self._lead()
        with self.assertRaises(UserError):
            lead.with_user(self.own_salesperson).customer_referral_code = theirs.code

    def test_who_opted_out_gets_nothing_and_brings_nobody(self):
        self._refer(self.friend)
        self.referrer.with_user(self.own_salesperson).action_opt_out()
        self._pay(self._invoice(self.friend, "2026-06-15", 200), "2026-06-15")
        self._follow()
        self.assertEqual(self._both(), (0, 50))
        with self.assertRaises(UserError):
            self._lead().customer_referral_code = self.referrer.code
        self.assertFalse(self.referrers._find_by_key(self.referrer._get_key()))
        with self.assertRaises(AccessError):
            self.referrer.with_user(self.stock_user).action_opt_in()

    def test_the_button_on_the_contact_makes_one_row(self):
        contact = self.env["res.partner"].create({"name": "Kid", "parent_id": self.friend.id})
        ids = {
            partner.with_user(self.own_salesperson).action_open_referrer()["res_id"]
            for partner in (contact, self.friend)
        }
        self.assertEqual(len(ids), 1)
        with self.assertRaises(AccessError):
            self.friend.with_user(self.stock_user).action_open_referrer()

    def test_a_program_of_another_kind_or_company_is_refused(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        program = self.env["loyalty.program"].create(
            {"name": "Theirs", "program_type": "loyalty", "company_id": other.id}
        )
        coupons = self.env["loyalty.program"].create(
            {"name": "Coupons", "program_type": "coupons", "trigger": "with_code"}
        )
        for wrong in (program, coupons):
            with self.assertRaises(UserError):
                self.company.customer_referral_program_id = wrong
        self.assertTrue(Command)
