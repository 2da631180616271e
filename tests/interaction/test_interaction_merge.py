import os
from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..tools import oracle
from ..tools.history_whose import FinalNotes
from .common import MONDAY, InteractionCommon

STEPS = int(os.environ.get("CUSTOMER_VALUE_INTERACTION_STEPS", "160"))
STEPS_PER_RUN = 20
any_number = st.integers(0, 1000)
MEASURES = (
    "interaction_count_total",
    "interaction_count_365",
    "interaction_minutes_total",
    "interaction_minutes_365",
    "last_interaction_date",
    "cost_to_serve_total",
)


class Machine(FinalNotes, RuleBasedStateMachine):
    """Log, merge, re-parent, archive and delete at random: nothing is lost or counted twice."""

    test = None
    done = Counter()

    def __init__(self):
        super().__init__()
        self.env = self.test.env
        self.savepoint = self.env.cr.savepoint(flush=True)
        self.partners = self.test.partners
        self.users = (self.test.service_user, self.test.salesperson)
        self.kept = {}  # interaction -> minutes
        self.final = {}
        self.number = 0
        for number in range(len(self.partners)):
            self.record(self.partners[number], self.partners[number - 1], 4 * number)

    def teardown(self):
        self.env.flush_all()
        self.savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    @staticmethod
    def pick(records, number):
        return records[number % len(records)] if records else records

    @property
    def interactions(self):
        return self.env["customer.interaction"].browse(self.kept)

    def attempt(self, name, operation, *arguments):
        """Do what Odoo may refuse: a contact cannot be merged with, or become, its own parent."""
        try:
            with self.env.cr.savepoint():
                operation(*arguments)
            self.done[name] += 1
        except UserError:
            self.done[f"refused {name}"] += 1

    def record(self, partner, participant, minutes, **values):
        interaction = self.test._log(
            partner,
            duration_minutes=minutes / 4,
            participant_ids=[Command.set((partner | participant).ids)],
            res_model="res.partner",
            res_id=participant.id,
            **values,
        )
        self.kept[interaction.id] = minutes / 4
        self.note_final()

    @rule(
        who=any_number,
        other=any_number,
        minutes=st.integers(0, 600),
        back=st.integers(0, 500),
        direction=st.sampled_from(["in", "out", "both"]),
        outcome=st.sampled_from([False, "reached", "not_reached"]),
    )
    def log(self, who, other, minutes, back, direction, outcome):
        partner, participant = self.pick(self.partners, who), self.pick(self.partners, other)
        day = self.test.today_minus(back)
        self.record(
            partner,
            participant,
            minutes,
            user=self.users[who % 2],
            date=f"{day} 10:00:00",
            direction=direction,
            outcome=outcome,
            needs_answer=direction == "in",
        )
        self.done["log"] += 1

    @rule(which=any_number, who=any_number)
    def change_contact(self, which, who):
        interaction = self.pick(self.interactions, which)
        interaction.partner_id = self.pick(self.partners, who)
        self.final.pop((interaction._name, interaction.id), None)
        self.note_final()

    @rule(which=any_number)
    def delete(self, which):
        interaction = self.pick(self.interactions, which)
        if interaction and which % 3 == 0:
            self.kept.pop(interaction.id)
            interaction.unlink()

    @rule(parent=any_number, is_company=st.booleans())
    def new_contact(self, parent, is_company):
        self.number += 1
        companies = self.partners.filtered("is_company")
        self.partners |= self.env["res.partner"].create(
            {
                "name": f"Newcomer {self.number}",
                "is_company": is_company,
                "parent_id": False if is_company else self.pick(companies, parent).id,
            }
        )

    @rule(which=any_number, parent=any_number)
    def re_parent(self, which, parent):
        contact = self.pick(self.partners.filtered(lambda p: not p.is_company), which)
        companies = self.partners.filtered("is_company")
        new_parent = False if parent % 3 == 0 else self.pick(companies, parent).id
        self.attempt("re-parent", contact.write, {"parent_id": new_parent})
        self.note_move(contact)

    @rule(which=any_number)
    def company_becomes_contact(self, which):
        companies = self.partners.filtered("is_company")
        if len(companies) > 2:
            company = self.pick(companies, which)
            parent = (companies - company)[0]
            self.attempt("contact", company.write, {"is_company": False, "parent_id": parent.id})
            self.note_move(company)

    @rule(which=any_number, other=any_number)
    def merge(self, which, other):
        if len(self.partners) < 4:
            return
        kept = self.pick(self.partners, which)
        merged = self.pick(self.partners - kept, other)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self.attempt("merge", wizard._merge, [kept.id, merged.id], kept)
        if not merged.exists():
            self.note_merge(merged, kept)
            self.note_move(kept)
        self.partners = self.partners.exists()

    @rule(which=any_number)
    def archive(self, which):
        partner = self.pick(self.partners, which)
        partner.active = not partner.active

    @invariant()
    def nothing_is_lost(self):
        self.test._drain()
        test = self.test
        test.assertFalse(self.env["customer.refresh.queue"].search([]).mapped("error"))
        found = self.env["customer.interaction"].search([("company_id", "=", test.company.id)])
        test.assertEqual({i.id: i.duration_minutes for i in found}, self.kept)
        for interaction in found:
            test.assertTrue(interaction.partner_id)
            origin = self.env["res.partner"].browse(self.final[interaction._name, interaction.id])
            test.assertEqual(interaction.customer_id, origin.commercial_partner_id)
            test.assertIn(interaction.partner_id, self.partners)
            test.assertTrue(interaction.participant_ids <= self.partners)
            test.assertTrue(interaction.participant_ids)
            test.assertIn(interaction.document_ref, self.partners)
        self.check_totals()

    def check_totals(self):
        """Each customer's numbers are what a naive reading gives, and they add up."""
        test = self.test
        today = oracle.Oracle.get_today(test.company)
        book = oracle.Oracle(test.company, today, self.final)
        profiles = self.env["customer.profile"].search([("company_id", "=", test.company.id)])
        by_partner = profiles.grouped(lambda profile: profile.partner_id.id)
        test.assertEqual(sum(profiles.mapped("interaction_count_total")), len(self.kept))
        test.assertEqual(sum(profiles.mapped("interaction_minutes_total")), sum(self.kept.values()))
        for partner_id in sorted({*book.customer_ids, *by_partner}):
            expected = book.measure(partner_id)
            profile = by_partner[partner_id]
            actual = oracle.read_profile(profile, MEASURES)
            wanted = {name: expected[name] for name in MEASURES}
            test.assertFalse(oracle.differences(wanted, actual, test.company.currency_id))
            action = profile.with_context(
                metric="interaction_minutes_total"
            ).action_open_documents()
            shown = self.env["customer.interaction"].search(action["domain"])
            test.assertEqual(
                sum(shown.mapped("duration_minutes")), profile.interaction_minutes_total
            )


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestInteractionMerge(InteractionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.customer_cost_per_interaction_minute = 0.75
        cls.partners = cls.customer | cls.other_customer | cls.contact
        for number in range(3):
            cls.partners |= cls._create_customer(f"Customer {number}")

    @classmethod
    def today_minus(cls, days):
        return oracle.Oracle.get_today(cls.company) - timedelta(days=days)

    def _merge(self, source, kept):
        self.env["base.partner.merge.automatic.wizard"]._merge([kept.id, source.id], kept)

    def test_random_histories(self):
        machine = type("Machine", (Machine,), {"test": self})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=max(STEPS // STEPS_PER_RUN, 1),
                stateful_step_count=STEPS_PER_RUN,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        self.assertGreaterEqual(Machine.done["merge"], STEPS // 40, Machine.done)
        self.assertGreaterEqual(Machine.done["log"], STEPS // 40, Machine.done)

    def test_everything_follows(self):
        interaction = self._log(
            self.contact,
            res_model="res.partner",
            res_id=self.customer.id,
            participant_ids=[Command.set((self.customer | self.other_customer).ids)],
        )
        self._merge(self.customer, self.other_customer)
        self.env.invalidate_all()
        self.assertEqual(interaction.partner_id, self.contact)
        self.assertEqual(interaction.customer_id, self.other_customer)
        self.assertEqual(interaction.document_ref, self.other_customer)
        self.assertEqual(interaction.participant_ids, self.other_customer)
        self._drain()
        self.assertEqual(self._profile(self.other_customer).interaction_count_total, 1)

    def test_merge_into_a_contact_of_another_customer(self):
        person = self.env["res.partner"].create({"name": "Ana again"})
        interaction = self._log(person)
        self._merge(person, self.contact)
        self.assertEqual(interaction.partner_id, self.contact)
        self.assertEqual(interaction.customer_id, self.customer)
        self._drain()
        self.assertEqual(self._profile(self.customer).interaction_count_total, 1)

    def test_former_customer_of_a_merged_contact(self):
        """What is not final leaves the former customer, who must be told; what is past stays."""
        self._log(self.contact)
        self._order(self.contact, confirm=False)
        self._drain()
        self.assertEqual(self._profile(self.customer).open_quotation_count, 1)
        self._merge(self.contact, self.other_customer)
        self._drain()
        former, profile = self._profile(self.customer), self._profile(self.other_customer)
        self.assertEqual((former.interaction_count_total, former.open_quotation_count), (1, 0))
        self.assertEqual((profile.interaction_count_total, profile.open_quotation_count), (0, 1))

    def test_question_to_one_answered_to_the_other(self):
        question = self._ask(self.customer, "2026-06-15 08:00:00")
        answer = self._log(self.other_customer, date="2026-06-15 09:00:00")
        self.assertFalse(question.answered_date)
        self._merge(self.other_customer, self.customer)
        self.assertEqual(question.answer_id, answer)
        self.assertEqual(question.response_hours, 1)
