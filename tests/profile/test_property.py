"""Random histories of documents: after every step each profile is what the oracle says.

The machine acts like the people of two companies with different currencies and time zones: it
invoices, credits, is paid, sells, delivers, takes back, merges contacts and lets days pass. After
every step the queue is drained and every profile of both companies is compared with
``tests/tools/oracle/``; after every run a full refresh must change nothing.

Bugs put in on purpose to see it fail: credit notes must exceed, not cover, a reversed invoice;
first instead of last payment day; overdue five days too early; previous year without its end; no
queue row for an un-payment; none for the customer a document leaves; 4 instead of 5 RFM steps;
class B up to 60 %; 75 % for 80 % of the gaps; no delivery tolerance; profiles for mere vendors;
quotations that were sent left out. All were caught by the written history alone. Not caught,
because the oracle takes the stored cost of a line as given: the sign of the cost on credit notes
(test_cost.py).

Length: ``CUSTOMER_VALUE_PROPERTY_STEPS`` (default 200 steps, two to five minutes). Where it is
given, each run makes other histories.
"""

import functools
import os
from collections import Counter
from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ..common import CustomerValueCommon
from ..tools import oracle
from ..tools.history_given_back import GivenBackHistory
from ..tools.history_other_names import OTHER_NAME_STEPS, OtherNameHistory
from ..tools.history_payments import PAYMENT_STEPS, PaymentHistory
from ..tools.history_standing import LEAVING_STEPS, LeavingHistory, StandingHistory
from ..tools.history_whose import WHOSE_STEPS, WhoseHistory

STEPS = int(os.environ.get("CUSTOMER_VALUE_PROPERTY_STEPS", "200"))
STEPS_PER_RUN = 40
START = datetime(2026, 1, 15, 21, 30)  # already the 16th in Tehran, where the second company is

any_number = st.integers(0, 2**16)
cents = st.integers(1, 500_000)
some_amounts = st.lists(cents, min_size=1, max_size=3)
days_back = st.integers(0, 900)
share = st.sampled_from([0.1, 0.5, 1.0])


def step(function):
    """Run a rule in a savepoint and count it; what Odoo refuses to a user is undone."""

    @functools.wraps(function)
    def run(self, **drawn):
        name = function.__name__
        self.is_sound = False
        try:
            with self.env.cr.savepoint():
                function(self, **drawn)
        except UserError as error:
            self.refusals[name, str(error)] += 1
            for tracked in ("moves", "payments", "orders", "partners"):
                setattr(self, tracked, getattr(self, tracked).exists())
        else:
            self.done[name] += 1
        self.is_sound = True

    return run


def given_some(get_candidates):
    """Let a rule run only when there is something to pick from; see :meth:`Machine.pick`."""
    return precondition(lambda self: bool(get_candidates(self)))


class Machine(
    GivenBackHistory,
    LeavingHistory,
    OtherNameHistory,
    PaymentHistory,
    StandingHistory,
    WhoseHistory,
    RuleBasedStateMachine,
):
    """One history; ``test`` and ``clock`` are set by the test, counters are for all runs."""

    test = None
    clock = None
    done = Counter()
    refusals = Counter()

    def run_step(self, function, drawn):
        """Run a rule of a mixin as a step."""
        return step(function)(self, **drawn)

    def __init__(self):
        super().__init__()
        self.env = self.test.env
        self.clock.move_to(START)
        self.savepoint = self.env.cr.savepoint()
        self.companies = self.test.companies
        self.partners = self.test.partners
        self.moves = self.env["account.move"]
        self.payments = self.env["account.payment"]
        self.orders = self.env["sale.order"]
        self.fixed_costs = {}
        self.number = 0
        self.is_sound = True  # nothing has failed so far: the end of the run may be checked
        self.run_nightly()

    def teardown(self):
        try:
            if self.is_sound:
                self.check_full_refresh()
        finally:
            self.env.cr.precommit.clear()
            self.savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    # === HELPERS === #

    @staticmethod
    def pick(records, number):
        return records[number % len(records)]

    def pick_company(self, number):
        return self.companies[number % 2]

    def today(self, company):
        return oracle.Oracle.get_today(company)

    def a_day(self, company, back):
        return self.today(company) - timedelta(days=back)

    def run_nightly(self):
        self.test._run_nightly(self.everywhere)

    def drafts(self):
        return self.moves.filtered(lambda m: m.state == "draft")

    def posted(self):
        return self.moves.filtered(lambda m: m.state == "posted")

    def invoices(self):
        return self.posted().filtered(lambda m: m.move_type == "out_invoice")

    def unpaid(self):
        return self.posted().filtered(
            lambda m: m.move_type in ("out_invoice", "out_receipt") and m.amount_residual > 0
        )

    def paid_in_part(self):
        return self.posted().filtered(lambda m: m.amount_residual != m.amount_total)

    def running_payments(self):
        return self.payments.filtered(lambda p: p.state not in ("draft", "canceled"))

    def quotations(self):
        return self.orders.filtered(lambda o: o.state in ("draft", "sent"))

    def confirmed(self):
        return self.orders.filtered(lambda o: o.state == "sale")

    def to_deliver(self):
        return self.confirmed().picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel") and p.location_dest_id.usage == "customer"
        )

    def delivered(self):
        return self.orders.picking_ids.filtered(
            lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
        )

    def to_invoice(self):
        return self.confirmed().filtered(lambda o: o.invoice_status == "to invoice")

    def contacts(self):
        return self.partners.filtered(lambda p: not p.is_company)

    def make_move(self, partner, company, back, amounts, move_type="out_invoice", **values):
        day = self.a_day(company, back)
        products = self.test.products
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": products[amount % len(products)].id,
                                "quantity": 1 + amount % 3,
                                "price_unit": amount / 100,
                                "tax_ids": [Command.clear()],
                            }
                        )
                        for amount in amounts
                    ],
                    **values,
                }
            )
        )
        self.moves |= move
        return move

    def post(self, moves):
        moves.action_post()

    # === INVOICES === #

    @rule(who=any_number, where=any_number, back=days_back, amounts=some_amounts)
    @step
    def bill_customer(self, who, where, back, amounts):
        self.post(
            self.make_move(self.pick(self.partners, who), self.pick_company(where), back, amounts)
        )

    @rule(who=any_number, back=st.integers(0, 300), amounts=some_amounts, count=st.integers(2, 4))
    @step
    def invoice_several_at_once(self, who, back, amounts, count):
        moves = self.env["account.move"]
        for number in range(count):
            moves |= self.make_move(
                self.pick(self.partners, who + number), self.companies[0], back + number, amounts
            )
        self.post(moves)

    @rule(who=any_number, where=any_number, back=days_back, amounts=some_amounts)
    @step
    def foreign_invoice(self, who, where, back, amounts):
        company = self.pick_company(where)
        currency = (self.companies - company).currency_id
        partner = self.pick(self.partners, who)
        self.post(self.make_move(partner, company, back, amounts, currency_id=currency.id))

    @rule(who=any_number, back=days_back, amounts=some_amounts)
    @step
    def receipt(self, who, back, amounts):
        partner = self.pick(self.partners, who)
        self.post(self.make_move(partner, self.companies[0], back, amounts, "out_receipt"))

    @rule(who=any_number, where=any_number, ahead=st.integers(2, 40), amounts=some_amounts)
    @step
    def soft_post_future_invoice(self, who, where, ahead, amounts):
        partner = self.pick(self.partners, who)
        move = self.make_move(partner, self.pick_company(where), -ahead, amounts)
        assert not move._post(soft=True)

    @rule(who=any_number, ahead=st.integers(2, 40), amounts=some_amounts)
    @step
    def post_future_invoice_now(self, who, ahead, amounts):
        partner = self.pick(self.partners, who)
        self.post(self.make_move(partner, self.companies[0], -ahead, amounts))

    @given_some(posted)
    @rule(which=any_number)
    @step
    def back_to_draft(self, which):
        self.pick(self.posted(), which).button_draft()

    @given_some(drafts)
    @rule(which=any_number)
    @step
    def post_draft(self, which):
        self.post(self.pick(self.drafts(), which))

    @given_some(drafts)
    @rule(which=any_number, amount=cents, who=any_number)
    @step
    def edit_draft(self, which, amount, who):
        move = self.pick(self.drafts(), which)
        move.invoice_line_ids[:1].price_unit = amount / 100
        move.partner_id = self.pick(self.partners, who)

    @given_some(posted)
    @rule(which=any_number)
    @step
    def cancel(self, which):
        move = self.pick(self.posted(), which)
        move.button_draft()
        move.button_cancel()

    @given_some(drafts)
    @rule(which=any_number)
    @step
    def delete_draft(self, which):
        move = self.pick(self.drafts(), which)
        move.with_context(force_delete=True).unlink()
        self.moves = self.moves.exists()

    @given_some(invoices)
    @rule(which=any_number, back=st.integers(0, 30), amount=st.none() | cents, post=st.booleans())
    @step
    def credit(self, which, back, amount, post):
        """Credit in full (no amount) or in part; a note left in draft must not count."""
        invoice = self.pick(self.invoices(), which)
        day = max(self.a_day(invoice.company_id, back), invoice.invoice_date)
        amount = amount and min(amount / 100, invoice.amount_untaxed)
        wizard = self.env["account.move.reversal"].with_company(invoice.company_id)
        wizard = wizard.with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"date": day, "journal_id": invoice.journal_id.id})
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        if amount:
            refund.invoice_line_ids[1:].unlink()
            refund.invoice_line_ids.write({"price_unit": amount, "quantity": 1})
        self.moves |= refund
        if post:
            self.post(refund)

    @rule(who=any_number, where=any_number, back=days_back, amounts=some_amounts)
    @step
    def free_credit_note(self, who, where, back, amounts):
        partner = self.pick(self.partners, who)
        self.post(self.make_move(partner, self.pick_company(where), back, amounts, "out_refund"))

    @given_some(posted)
    @rule(which=any_number, days=st.integers(-60, 60))
    @step
    def move_due_date(self, which, days):
        move = self.pick(self.posted(), which)
        move.invoice_date_due = max(move.invoice_date_due + timedelta(days=days), move.invoice_date)

    # === PAYMENTS === #

    @given_some(unpaid)
    @rule(which=any_number, part=share, back=st.integers(0, 60))
    @step
    def pay(self, which, part, back):
        invoice = self.pick(self.unpaid(), which)
        amount = invoice.currency_id.round(invoice.amount_residual * part)
        day = self.a_day(invoice.company_id, back)
        self.payments |= self.test._pay(invoice, day, amount or invoice.amount_residual)

    @given_some(paid_in_part)
    @rule(which=any_number)
    @step
    def take_payment_off(self, which):
        move = self.pick(self.paid_in_part(), which)
        lines = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        lines.remove_move_reconcile()

    @given_some(running_payments)
    @rule(which=any_number)
    @step
    def cancel_payment(self, which):
        payment = self.pick(self.running_payments(), which)
        payment.action_draft()
        payment.action_cancel()

    # === SALES AND DELIVERIES === #

    @rule(who=any_number, where=any_number, amounts=some_amounts, promise=st.integers(-3, 9))
    @step
    def quotation(self, who, where, amounts, promise):
        company = self.pick_company(where)
        products = self.test.products
        order = (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": self.pick(self.partners, who).id,
                    "company_id": company.id,
                    "commitment_date": datetime.now() + timedelta(days=promise),
                    "order_line": [
                        Command.create(
                            {
                                "product_id": products[amount % len(products)].id,
                                "product_uom_qty": 1 + amount % 4,
                                "price_unit": amount / 100,
                                "tax_ids": [Command.clear()],
                            }
                        )
                        for amount in amounts
                    ],
                }
            )
        )
        self.orders |= order

    @given_some(lambda self: self.orders.filtered(lambda o: o.state == "draft"))
    @rule(which=any_number)
    @step
    def send_quotation(self, which):
        self.pick(self.orders.filtered(lambda o: o.state == "draft"), which).action_quotation_sent()

    @given_some(quotations)
    @rule(which=any_number)
    @step
    def confirm_order(self, which):
        order = self.pick(self.quotations(), which)
        order.with_company(order.company_id).action_confirm()

    @given_some(lambda self: self.quotations() | self.confirmed())
    @rule(which=any_number, quantity=st.integers(1, 6))
    @step
    def change_quantity(self, which, quantity):
        order = self.pick(self.quotations() | self.confirmed(), which)
        order.order_line[:1].product_uom_qty = quantity

    @given_some(lambda self: self.quotations() | self.confirmed())
    @rule(which=any_number)
    @step
    def cancel_order(self, which):
        self.pick(self.quotations() | self.confirmed(), which)._action_cancel()

    @given_some(lambda self: self.orders.filtered(lambda o: o.state == "cancel"))
    @rule(which=any_number)
    @step
    def reopen_order(self, which):
        self.pick(self.orders.filtered(lambda o: o.state == "cancel"), which).action_draft()

    @given_some(to_deliver)
    @rule(which=any_number, part=st.booleans())
    @step
    def deliver(self, which, part):
        picking = self.pick(self.to_deliver(), which)
        for move in picking.move_ids:
            move.quantity = 1 if part else move.product_uom_qty
            move.picked = True
        picking._action_done()

    @given_some(delivered)
    @rule(which=any_number)
    @step
    def take_back(self, which):
        picking = self.pick(self.delivered(), which)
        context = {
            "active_id": picking.id,
            "active_ids": picking.ids,
            "active_model": "stock.picking",
        }
        wizard = Form(self.env["stock.return.picking"].with_context(**context)).save()
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        returned.move_ids.write({"quantity": 1, "picked": True})
        returned._action_done()

    @rule(who=any_number, incoming=st.booleans())
    @step
    def move_other_goods(self, who, incoming):
        """A customer may be a vendor too; and goods go from shelf to shelf in his name."""
        company = self.companies[0]
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        vendors = self.env.ref("stock.stock_location_suppliers")
        kind = warehouse.in_type_id if incoming else warehouse.int_type_id
        places = {
            "location_id": (vendors if incoming else warehouse.lot_stock_id).id,
            "location_dest_id": warehouse.lot_stock_id.id,
        }
        product = {"product_id": self.test.product.id, "product_uom_qty": 2}
        picking = self.env["stock.picking"].create(
            {
                "partner_id": self.pick(self.partners, who).id,
                "picking_type_id": kind.id,
                "move_ids": [Command.create({**product, **places})],
                **places,
            }
        )
        picking.action_confirm()
        picking.move_ids.write({"quantity": 2, "picked": True})
        picking._action_done()

    @given_some(to_invoice)
    @rule(which=any_number, post=st.booleans())
    @step
    def invoice_order(self, which, post):
        order = self.pick(self.to_invoice(), which)
        invoices = order.with_company(order.company_id)._create_invoices(final=True)
        self.moves |= invoices
        if post:
            self.post(invoices)

    @given_some(to_invoice)
    @rule(which=any_number, percent=st.sampled_from([30, 100]))
    @step
    def invoice_down_payment(self, which, percent):
        order = self.pick(self.to_invoice(), which)
        wizard = self.env["sale.advance.payment.inv"].with_company(order.company_id)
        wizard = wizard.with_context(active_model="sale.order", active_ids=order.ids)
        wizard.create({"advance_payment_method": "percentage", "amount": percent}).create_invoices()
        invoices = order.invoice_ids - self.moves
        self.moves |= invoices
        self.post(invoices)

    # === INTERACTIONS === #

    @rule(who=any_number, where=any_number, back=days_back, minutes=st.integers(0, 500))
    @step
    def log_interaction(self, who, where, back, minutes):
        company = self.pick_company(where)
        self.env["customer.interaction"].create(
            {
                "partner_id": self.pick(self.partners, who).id,
                "company_id": company.id,
                "date": f"{self.a_day(company, back)} 12:00:00",
                "duration_minutes": minutes / 4,
                "outcome": "not_reached" if minutes % 3 == 0 else False,
                "direction": "in" if minutes % 2 else "out",
                "needs_answer": bool(minutes % 2),
            }
        )

    # === CONTACTS === #

    @rule(parent=any_number, is_company=st.booleans())
    @step
    def new_contact(self, parent, is_company):
        self.number += 1
        parents = self.partners.filtered("is_company")
        is_contact = parent % 2 and not is_company
        self.partners |= self.env["res.partner"].create(
            {
                "name": f"Newcomer {self.number}",
                "is_company": is_company,
                "parent_id": self.pick(parents, parent).id if is_contact else False,
            }
        )

    @given_some(contacts)
    @rule(which=any_number, parent=any_number)
    @step
    def move_contact(self, which, parent):
        """Give a contact, with the documents and contacts it may have, to another customer."""
        contact = self.pick(self.contacts(), which)
        new_parent = self.pick(self.partners.filtered("is_company"), parent)
        contact.parent_id = False if parent % 3 == 0 else new_parent
        self.note_move(contact)

    @given_some(contacts)
    @rule(which=any_number)
    @step
    def contact_becomes_company(self, which):
        self.pick(self.contacts(), which).is_company = True

    @given_some(lambda self: self.partners.filtered("is_company")[2:])
    @rule(which=any_number)
    @step
    def company_becomes_contact(self, which):
        self.pick(self.partners.filtered("is_company"), which).is_company = False

    @given_some(lambda self: self.partners[4:])
    @rule(which=any_number, other=any_number)
    @step
    def merge(self, which, other):
        kept = self.pick(self.partners, which)
        merged = self.pick(self.partners - kept, other)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge([kept.id, merged.id], kept)
        self.note_merge(merged, kept)
        self.note_move(kept)
        self.partners = self.partners.exists()

    @rule(which=any_number)
    @step
    def set_contact_aside(self, which):
        partner = self.pick(self.partners, which)
        partner.active = not partner.active

    # === TIME AND SETTINGS === #

    @rule(days=st.integers(1, 90))
    @step
    def let_days_pass(self, days):
        """Later: invoices that are due are posted by Odoo, then comes the nightly run."""
        self.clock.tick(timedelta(days=days))
        due = self.drafts().filtered(
            lambda m: m.auto_post == "at_date" and m.date <= self.today(m.company_id)
        )
        due._post()
        self.run_nightly()

    @rule(which=any_number, cost=cents, rate=st.integers(50, 300))
    @step
    def change_prices_and_rates(self, which, cost, rate):
        """What is posted is posted: neither a new product cost nor a new rate changes it."""
        company = self.pick_company(which)
        product = self.pick(self.test.products, which)
        product.with_company(company).standard_price = cost / 1000
        foreign = (self.companies - company).currency_id
        rates = self.env["res.currency.rate"].with_company(company)
        today = self.today(company)
        known = rates.search(
            [
                ("currency_id", "=", foreign.id),
                ("company_id", "=", company.id),
                ("name", "=", today),
            ]
        )
        values = {"currency_id": foreign.id, "company_id": company.id, "name": today}
        known.unlink()
        rates.create({**values, "rate": rate / 100})

    # === WHAT MUST ALWAYS HOLD === #

    @invariant()
    def profiles_are_what_the_documents_say(self):
        self.is_sound = False
        self.test._drain()
        self.test.assertFalse(self.env["customer.refresh.queue"].search([]).mapped("error"))
        self.check_measures()
        self.check_fixed_costs()
        self.is_sound = True

    def check_measures(self):
        self.note_final()
        for company in self.everywhere:
            book = oracle.Oracle(company, self.today(company), self.final)
            profiles = self.env["customer.profile"].search([("company_id", "=", company.id)])
            by_partner = profiles.grouped(lambda profile: profile.partner_id.id)
            for partner_id in sorted({*book.customer_ids, *by_partner}):
                expected = book.measure(partner_id)
                profile = by_partner.get(partner_id)
                if not profile and not any(expected.values()):
                    continue  # transfers that are neither deliveries nor returns, for example
                self.test.assertTrue(profile, f"no profile of {partner_id} in {company.name}")
                actual = oracle.read_profile(profile, expected)
                wrong = oracle.differences(expected, actual, company.currency_id)
                self.test.assertFalse(
                    wrong, f"{profile.partner_id.name} in {company.name}: oracle, profile"
                )

    def check_fixed_costs(self):
        """The cost of a posted line stays, whatever happens to prices, rates or stock.

        But for what credit notes give back: history_given_back.py.
        """
        lines = self.posted().line_ids.filtered(
            lambda line: (
                line.display_type == "product"
                and line.customer_cost_source not in ("returned", "kept")
            )
        )
        costs = {line.id: line.customer_cost for line in lines}
        for line, cost in costs.items():
            self.test.assertIsNot(cost, False)
            self.test.assertEqual(cost, self.fixed_costs.get(line, cost))
        self.fixed_costs = costs

    def read_everything(self, names):
        profiles = self.env["customer.profile"].search([], order="company_id, partner_id")
        return {profile: oracle.read_profile(profile, names) for profile in profiles}

    def check_full_refresh(self):
        """A full refresh gives the same absolute measures, and the naive relative ones."""
        absolute = (*oracle.MONEY_FIELDS, *oracle.COUNT_FIELDS, *oracle.EMPTY_FIELDS)
        before = self.read_everything(absolute)
        self.run_nightly()
        self.test.assertEqual(self.read_everything(absolute), before)
        for company in self.everywhere:
            self.check_relative_measures(company)
            self.check_sum(company)
        versions = self.test._read_versions()
        self.run_nightly()
        self.test.assertEqual(self.test._read_versions(), versions, "the second run wrote rows")
        profiles = self.env["customer.profile"]
        everybody = self.partners | profiles.search([]).partner_id
        for company in self.everywhere:
            profiles._refresh(company, everybody.ids)
        self.test.assertEqual(self.test._read_versions(), versions, "an event refresh wrote rows")

    def check_relative_measures(self, company):
        naive = oracle.Oracle(company, self.today(company), self.final)
        expected = naive.compare()
        nobody = dict.fromkeys(oracle.RELATIVE_FIELDS) | {"stage": "prospect"}
        nobody |= naive.get_definition()
        profiles = self.env["customer.profile"].search([("company_id", "=", company.id)])
        for profile in profiles:
            self.test.assertEqual(
                oracle.read_profile(profile, oracle.RELATIVE_FIELDS),
                expected.get(profile.partner_id.id, nobody),
                f"{profile.partner_id.name} in {company.name}",
            )

    def check_sum(self, company):
        """Revenue over all customers is what the company sold, to the cent."""
        profiles = self.env["customer.profile"].search([("company_id", "=", company.id)])
        sold = self.env["account.move"].search(
            [
                ("company_id", "child_of", company.id),
                ("state", "=", "posted"),
                ("move_type", "in", oracle.SALE_TYPES),
                ("invoice_date", "<=", self.today(company)),
            ]
        )
        self.test.assertEqual(
            sum(oracle.exact(amount) for amount in profiles.mapped("revenue_total")),
            sum(oracle.exact(amount) for amount in sold.mapped("amount_untaxed_signed")),
        )


# In this order every rule finds what it needs. Contacts: 0 to 4 are companies, 5 and 6 contacts
# of the first two, 7 is a private person.
HISTORY = [
    ("bill_customer", {"who": 0, "where": 0, "back": 500, "amounts": [12_345, 67_890]}),
    ("bill_customer", {"who": 5, "where": 1, "back": 40, "amounts": [50_000]}),
    ("invoice_several_at_once", {"who": 3, "back": 100, "amounts": [999, 501], "count": 4}),
    ("foreign_invoice", {"who": 1, "where": 0, "back": 90, "amounts": [77_777]}),
    ("foreign_invoice", {"who": 6, "where": 1, "back": 400, "amounts": [88_888]}),
    ("receipt", {"who": 7, "back": 20, "amounts": [4_200]}),
    ("soft_post_future_invoice", {"who": 1, "where": 0, "ahead": 10, "amounts": [31_000]}),
    ("post_future_invoice_now", {"who": 2, "ahead": 20, "amounts": [61_000]}),
    ("pay", {"which": 0, "part": 0.5, "back": 30}),
    ("pay", {"which": 0, "part": 1.0, "back": 3}),
    ("pay", {"which": 2, "part": 1.0, "back": 60}),
    ("change_prices_and_rates", {"which": 0, "cost": 123_456, "rate": 95}),
    ("pay", {"which": 5, "part": 1.0, "back": 0}),
    ("take_payment_off", {"which": 0}),
    ("cancel_payment", {"which": 1}),
    ("credit", {"which": 0, "back": 5, "amount": 2_000, "post": True}),
    ("credit", {"which": 2, "back": 5, "amount": None, "post": True}),
    ("credit", {"which": 3, "back": 5, "amount": None, "post": False}),
    ("post_draft", {"which": 1}),
    ("free_credit_note", {"who": 4, "where": 0, "back": 15, "amounts": [1_500]}),
    ("move_due_date", {"which": 1, "days": 25}),
    ("back_to_draft", {"which": 1}),
    ("edit_draft", {"which": 0, "amount": 43_210, "who": 3}),
    ("delete_draft", {"which": 0}),
    ("cancel", {"which": 2}),
    ("quotation", {"who": 0, "where": 0, "amounts": [20_000, 10_001], "promise": 3}),
    ("quotation", {"who": 6, "where": 1, "amounts": [30_002], "promise": -2}),
    ("quotation", {"who": 7, "where": 0, "amounts": [10_004], "promise": 1}),
    ("change_quantity", {"which": 0, "quantity": 3}),
    ("send_quotation", {"which": 1}),
    ("confirm_order", {"which": 0}),
    ("confirm_order", {"which": 0}),
    ("confirm_order", {"which": 0}),
    ("deliver", {"which": 0, "part": True}),
    ("let_days_pass", {"days": 12}),
    ("deliver", {"which": 0, "part": False}),
    ("take_back", {"which": 0}),
    ("move_other_goods", {"who": 0, "incoming": True}),
    ("move_other_goods", {"who": 6, "incoming": False}),
    ("invoice_order", {"which": 0, "post": False}),
    ("delete_draft", {"which": 0}),
    ("invoice_order", {"which": 0, "post": True}),
    ("invoice_down_payment", {"which": 0, "percent": 100}),
    ("invoice_order", {"which": 0, "post": True}),
    ("cancel_order", {"which": 2}),
    ("reopen_order", {"which": 0}),
    ("log_interaction", {"who": 1, "where": 0, "back": 3, "minutes": 30}),
    ("log_interaction", {"who": 5, "where": 1, "back": 1, "minutes": 47}),
    ("new_contact", {"parent": 1, "is_company": False}),
    ("move_contact", {"which": 0, "parent": 1}),
    ("contact_becomes_company", {"which": 0}),
    ("move_contact", {"which": 1, "parent": 4}),
    ("company_becomes_contact", {"which": 0}),
    ("set_contact_aside", {"which": 1}),
    ("merge", {"which": 1, "other": 3}),
    ("new_contact", {"parent": 0, "is_company": True}),
    ("move_other_goods", {"who": -1, "incoming": True}),
    ("bill_customer", {"who": 2, "where": 0, "back": 60, "amounts": [80_000, 70_003]}),
    ("allowance", {"which": -1, "back": 50, "share": 0.85}),
    ("credit_some_pieces", {"which": -1, "back": 40, "pieces": 1}),
    ("foreign_invoice", {"who": 3, "where": 0, "back": 30, "amounts": [30_002]}),
    ("credit_in_another_currency", {"which": -1, "back": 20}),
    ("bonus", {"who": 2, "where": 0, "back": 10, "price": 20_000}),
    ("paid_by_gift_card", {"who": 4, "where": 0, "back": 8, "price": 10_000}),
    ("order_by_delivery", {"who": 2, "where": 0, "pieces": 3, "price": 10_000}),
    ("deliver", {"which": -1, "part": True}),
    ("invoice_down_payment", {"which": -1, "percent": 100}),
    ("invoice_order", {"which": -1, "post": True}),
    ("take_back", {"which": -1}),
    ("invoice_order", {"which": -1, "post": True}),
    ("credit_by_hand", {"which": -1, "back": 0, "pieces": 1, "price": 10_001}),
    ("lose_order_line", {"which": -1}),
    ("quotation", {"who": 2, "where": 0, "amounts": [10_000], "promise": -1}),
    ("confirm_order", {"which": -1}),
    ("deliver", {"which": -1, "part": False}),  # a day late, which the company tolerates
    ("buy_in_a_rhythm", {"who": 2, "gap": 20, "times": 4, "pause": 30, "amount": 70_000}),
    ("let_days_pass", {"days": 80}),
    ("merge", {"which": 5, "other": 3}),
]
STEPS_IN_TURN = [*HISTORY, *WHOSE_STEPS, *PAYMENT_STEPS, *OTHER_NAME_STEPS, *LEAVING_STEPS]


@tagged("post_install", "-at_install")
class TestProperty(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2026-01-01 10:00:00"))
        euro = cls.env.ref("base.EUR")
        other = cls._create_company("Persian Branch", euro)
        other.resource_calendar_id.tz = "Asia/Tehran"
        cls.companies = cls.company | other
        cls.branches = cls._create_branches(cls.company)
        for number, company in enumerate(cls.companies | cls.branches):
            company.write(
                {
                    "customer_cost_per_order_line": 2.5,
                    "customer_cost_per_delivery": 11 + number,
                    "customer_cost_per_return": 17.35,
                    "customer_cost_per_interaction_minute": 0.85,
                    "customer_capital_cost_percent": 12.5,
                    "customer_delivery_tolerance_days": 1,
                }
            )
        for company, foreign in zip(cls.companies, cls.companies[::-1].currency_id, strict=True):
            for day, rate in (("2023-01-01", 0.8), ("2025-03-01", 1.25), ("2025-12-01", 1.1)):
                cls.env["res.currency.rate"].create(
                    {
                        "company_id": company.id,
                        "currency_id": foreign.id,
                        "name": day,
                        "rate": rate,
                    }
                )
        service = cls.env["product.product"].create(
            {
                "name": "Assembly",
                "type": "service",
                "invoice_policy": "order",
                "standard_price": 7.7,
                "taxes_id": [Command.clear()],
            }
        )
        cls.products = cls.product | service
        cls.products.with_company(other).standard_price = 33.3
        cls.product.taxes_id = False
        cls.delivered_product = cls.env["product.product"].create(
            {
                "name": "Shelf",
                "type": "consu",
                "is_storable": True,
                "invoice_policy": "delivery",
                "standard_price": 12.5,
                "taxes_id": [Command.clear()],
            }
        )
        cls.partners = cls.customer | cls.other_customer
        for number in range(3):
            cls.partners |= cls._create_customer(f"Customer {number}")
        for parent in cls.partners[:2]:
            cls.partners |= cls.env["res.partner"].create(
                {"name": f"Contact of {parent.name}", "parent_id": parent.id}
            )
        cls.partners |= cls.env["res.partner"].create({"name": "Private person"})

    @classmethod
    def _read_versions(cls):
        cls.env.flush_all()
        cls.env.cr.execute("SELECT id, xmin::text, ctid::text FROM customer_profile ORDER BY id")
        return cls.env.cr.fetchall()

    def test_random_histories(self):
        with freeze_time(START) as clock:
            machine = type("Machine", (Machine,), {"test": self, "clock": clock})
            Machine.done.clear()
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=max(STEPS // STEPS_PER_RUN, 1) + 1,
                    stateful_step_count=STEPS_PER_RUN,
                    deadline=None,
                    database=None,
                    derandomize="CUSTOMER_VALUE_PROPERTY_STEPS" not in os.environ,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        if os.environ.get("CUSTOMER_VALUE_PROPERTY_REPORT"):
            print(sum(Machine.done.values()), Machine.done, Machine.refusals)
        self.assertGreaterEqual(sum(Machine.done.values()), min(STEPS, 200))
        self.assertGreaterEqual(len(Machine.done), 20 if STEPS >= 200 else 1)

    def test_every_rule_in_turn(self):
        """A history written down, in which every rule does something: none is idle by mistake."""
        with freeze_time(START) as clock:
            machine = type("Machine", (Machine,), {"test": self, "clock": clock})()
            Machine.done.clear()
            self.addCleanup(machine.savepoint.close, rollback=True)
            for name, values in STEPS_IN_TURN:
                with self.subTest(rule=name, **values):
                    getattr(machine, name)(**values)
                    machine.profiles_are_what_the_documents_say()
                    machine.credits_cost_what_they_give_back()
            machine.check_full_refresh()
        self.assertEqual(Machine.refusals, Counter())
        rules = {rule.function.__name__ for rule in Machine.rules()}
        self.assertEqual(rules - set(Machine.done), set(), "rules missing in the history")
