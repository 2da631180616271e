"""Random histories of documents, payments and rewards: balances are what a naive ledger says.

The people of the histories in tests/profile/test_property.py act: they post, pay, give back in part
and in full, merge and move contacts in two companies with branches and two currencies. Here they
also spend points, and let them expire. After every step each card is compared with
``points_oracle.py``, and history, balance and lots with each other.

Length: ``CUSTOMER_VALUE_POINTS_STEPS`` (default 200 steps; 2000 by night). Rounds of histories,
each of the next seed, follow one another until that many steps have really been made: what Odoo
refuses and what finds nothing to do is no step.
"""

import logging
import os
from collections import Counter
from decimal import Decimal

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from odoo.exceptions import UserError
from odoo.fields import Date
from odoo.tests import freeze_time, tagged

from ..profile import test_property as documents
from .common import PointsCommon
from .points_oracle import NaiveLedger, PaidPoints

_logger = logging.getLogger(__name__)

STEPS = int(os.environ.get("CUSTOMER_VALUE_POINTS_STEPS", "200"))
STEPS_PER_RUN = 40
MOST_ROUNDS = 30  # each makes most of the steps that are missing
FIRST_DAY = Date.to_date("2025-06-01")
any_number = documents.any_number


class PointsMachine(documents.Machine):
    """The machine of the profiles, but what is compared are points."""

    def __init__(self):
        self.merged = {}
        self.ledgers = {}
        super().__init__()
        self.ledgers = {program: NaiveLedger(program) for program in self.test.programs}

    # === WHAT THE PARENT COMPARES, AND WE DO NOT === #

    def profiles_are_what_the_documents_say(self):
        pass

    def credits_cost_what_they_give_back(self):
        pass

    def segments_say_what_stages_say(self):
        pass

    def equal_customers_have_equal_segments(self):
        pass

    def check_full_refresh(self):
        """A full refresh books nothing more."""
        entries = self.env["customer.points.entry"].search_count([])
        self.run_nightly()
        self.test.assertEqual(self.env["customer.points.entry"].search_count([]), entries)

    # === POINTS === #

    def note_merge(self, merged, kept):
        super().note_merge(merged, kept)
        self.merged[merged.id] = kept.id

    def find_customer(self, partner_id):
        while partner_id in self.merged:
            partner_id = self.merged[partner_id]
        return self.env["res.partner"].browse(partner_id).commercial_partner_id.id

    @documents.given_some(documents.Machine.quotations)
    @rule(which=any_number)
    @documents.step
    def redeem(self, which):
        order = self.pick(self.quotations(), which).with_env(self.env)
        order = order.with_company(order.company_id)
        self.test._redeem(order, confirm=which % 3 > 0)

    @rule(who=any_number, where=any_number, points=st.integers(-90, 250))
    @documents.step
    def correct(self, who, where, points):
        cards = self.env["loyalty.card"].search([("program_id", "in", self.test.programs.ids)])
        if not cards:
            raise UserError("There is no card")
        card = self.pick(cards, who)
        points = max(points, -int(card.points))
        card._lock_points()
        if not points or card.points + points < 0:
            raise UserError("There is nothing to correct")
        wizard = self.env["loyalty.card.update.balance"].create(
            {"card_id": card.id, "new_balance": card.points + points, "description": "By hand"}
        )
        wizard.action_update_card_point()
        ledger = self.ledgers[card.program_id]
        customer = self.find_customer(card.partner_id.id)
        ledger.follow(self.find_customer)
        ledger.correct(customer, Decimal(points), self.today(card.program_id.company_id))

    def get_cost(self, order, program):
        lines = order.order_line.filtered(
            lambda line: order.state == "sale" and line.coupon_id.program_id == program
        )
        return sum((Decimal(repr(line.points_cost)) for line in lines), Decimal(0))

    @invariant()
    def cards_hold_what_the_documents_say(self):
        if not self.ledgers:
            return
        self.is_sound = False
        self.test._drain()
        self.test.assertFalse(self.env["customer.refresh.queue"].search([]).mapped("error"))
        cards = self.env["loyalty.card"].search([("program_id", "in", self.test.programs.ids)])
        cards._lock_points()
        for program, ledger in self.ledgers.items():
            today = self.today(program.company_id)
            ledger.follow(self.find_customer)
            for order in self.orders.exists():
                cost = self.get_cost(order, program)
                customer = order.partner_id.commercial_partner_id.id
                ledger.note_order(order.id, customer, cost, today)
            ledger.expire(today)
            terms = {key: term for own in ledger.terms.values() for key, term in own.items()}
            paid = PaidPoints(program, today, FIRST_DAY, terms)
            ledger.book(paid, today, self.find_named)
            for document in ledger.homes:
                if document in paid.points:
                    ledger.named[document] = self.find_named(document)
            ledger.expire(today)
            self.compare(program, ledger)
        self.test._check_sums()
        self.is_sound = True

    def find_named(self, document):
        move = self.env["account.move"].browse(document)
        return self.find_merged(move.commercial_partner_id.id)

    def find_merged(self, partner_id):
        while partner_id in self.merged:
            partner_id = self.merged[partner_id]
        return partner_id

    def compare(self, program, ledger):
        cards = self.env["loyalty.card"].search([("program_id", "=", program.id)])
        actual = {card.partner_id.id: round(card.points, 3) for card in cards}
        expected = {customer: float(ledger.balance(customer)) for customer in ledger.cards}
        names = {**dict.fromkeys(actual, 0.0), **dict.fromkeys(expected, 0.0)}
        wrong = self.list_differences(program, ledger)
        self.test.assertEqual({**names, **actual}, {**names, **expected}, wrong)

    def list_differences(self, program, ledger):
        """Return document -> (points booked, points the ledger has), where they differ."""
        entries = self.env["customer.points.entry"].search([("program_id", "=", program.id)])
        booked = Counter()
        for entry in entries.filtered(lambda entry: entry.kind in ("earn", "take_back")):
            booked[entry.lot_id.document_id] += entry.points
        earned = Counter()
        for lot in (lot for lots in ledger.cards.values() for lot in lots):
            document = lot.document[1] if isinstance(lot.document, tuple) else lot.document
            earned[document or 0] += float(lot.earned)
        return {
            document: (booked[document], earned[document])
            for document in {*booked, *earned}
            if abs(booked[document] - earned[document]) > 0.001
        }


LATER = [
    *[("pay", {"which": number, "part": 1.0, "back": 0}) for number in range(6)],
    ("quotation", {"who": 0, "where": 0, "amounts": [40_000], "promise": 3}),
    ("redeem", {"which": -1}),
    ("quotation", {"who": 2, "where": 0, "amounts": [50_000], "promise": 3}),
    ("redeem", {"which": -1}),
    ("cancel_order", {"which": -1}),
    *[("credit", {"which": n, "back": 0, "amount": None, "post": True}) for n in range(4)],
    ("let_days_pass", {"days": 85}),
    ("let_days_pass", {"days": 60}),
    *[("take_payment_off", {"which": number}) for number in range(4)],
    *[("pay", {"which": number, "part": 1.0, "back": 0}) for number in range(4)],
]


SEPARATED = [
    ("bill_customer", {"who": 5, "where": 0, "back": 20, "amounts": [12_345, 6_000]}),
    ("pay", {"which": 0, "part": 1.0, "back": 3}),
    ("contact_becomes_company", {"which": 0}),
    ("credit", {"which": 0, "back": 0, "amount": 5_000, "post": True}),
    ("let_days_pass", {"days": 10}),
    ("credit", {"which": 0, "back": 0, "amount": None, "post": True}),
    ("let_days_pass", {"days": 10}),
]


@tagged("post_install", "-at_install")
class TestPointsProperty(PointsCommon, documents.TestProperty):
    # Of the histories of the profiles only what they begin with.
    test_random_histories = None
    test_every_rule_in_turn = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programs = cls.program
        cls.program.write(
            {
                "customer_points_from": FIRST_DAY,
                "customer_points_rate": 0.75,
                "customer_points_months": 4,
            }
        )
        service = cls.env["product.category"].create({"name": "Services with other points"})
        cls.products[1].categ_id = service
        cls.program.customer_points_rate_ids = [(0, 0, {"categ_id": service.id, "rate": 2})]
        cls.programs |= cls._create_program(
            cls.companies[1], customer_points_from=FIRST_DAY, customer_points_rate=1.5
        )
        tiers = cls.env["customer.tier"].search([("company_id", "=", cls.company.id)])
        for number, tier in enumerate(tiers):
            tier.points_multiplier = 1 + number / 2

    def test_random_ledgers(self):
        done = PointsMachine.done
        done.clear()
        with freeze_time(documents.START) as clock:
            for number in range(MOST_ROUNDS):
                missing = STEPS - sum(done.values())
                if missing <= 0:
                    break
                machine = type("Machine", (PointsMachine,), {"test": self, "clock": clock})
                run_state_machine_as_test(
                    seed(number)(machine),
                    settings=settings(
                        max_examples=missing // STEPS_PER_RUN + 1,
                        stateful_step_count=STEPS_PER_RUN,
                        deadline=None,
                        database=None,
                        phases=[Phase.generate],
                        suppress_health_check=list(HealthCheck),
                    ),
                )
                _logger.info("Round %s: %s steps so far", number, sum(done.values()))
        if os.environ.get("CUSTOMER_VALUE_PROPERTY_REPORT"):
            kinds = self.env["customer.points.entry"].search([]).mapped("kind")
            print(sum(done.values()), done, PointsMachine.refusals, Counter(kinds))
        self.assertGreaterEqual(sum(done.values()), STEPS)

    def test_credit_to_another_customer(self):
        """A contact leaves its company; what it bought there is credited to it, by name."""
        with freeze_time(documents.START) as clock:
            machine = type("Machine", (PointsMachine,), {"test": self, "clock": clock})()
            self.addCleanup(machine.savepoint.close, rollback=True)
            for name, values in SEPARATED:
                with self.subTest(rule=name, **values):
                    getattr(machine, name)(**values)
                    machine.cards_hold_what_the_documents_say()
            notes = machine.moves.filtered(lambda move: move.move_type == "out_refund")
            self.assertTrue(notes)
            self.assertNotIn(
                notes.commercial_partner_id, notes.reversed_entry_id.commercial_partner_id
            )

    def test_written_ledger(self):
        """The written history of the profiles, with points spent and corrected in between."""
        steps = [
            *documents.HISTORY,
            *documents.WHOSE_STEPS,
            *documents.PAYMENT_STEPS,
            *documents.OTHER_NAME_STEPS,
        ]
        with freeze_time(documents.START) as clock:
            machine = type("Machine", (PointsMachine,), {"test": self, "clock": clock})()
            self.addCleanup(machine.savepoint.close, rollback=True)
            PointsMachine.refusals.clear()
            for number, (name, values) in enumerate(steps):
                with self.subTest(rule=name, **values):
                    _logger.info("Step %s: %s %s", number, name, values)
                    getattr(machine, name)(**values)
                    machine.cards_hold_what_the_documents_say()
                    if machine.quotations():
                        machine.redeem(which=3 * number)  # somebody else confirms it
                    if number % 10 == 9:
                        machine.correct(who=number, where=0, points=40 + number)
                    machine.cards_hold_what_the_documents_say()
            for name, values in LATER:
                with self.subTest(rule=name, **values):
                    getattr(machine, name)(**values)
                    machine.cards_hold_what_the_documents_say()
            machine.check_full_refresh()
            kinds = set(self.env["customer.points.entry"].search([]).mapped("kind"))
        self.assertLessEqual({"earn", "take_back", "redeem", "expire", "correct"}, kinds)
