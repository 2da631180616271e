import random
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..tools.benefit_oracle import NOTHING, Benefit, Gifts
from .benefit_common import BenefitCommon

KINDS = ("pricelist", "payment_term", "credit_limit")
FIELDS = ("specific_property_product_pricelist", "property_payment_term_id", "credit_limit")
SEQUENCES = 300
STEPS = 6


@tagged("post_install", "-at_install")
class TestBenefitHistories(BenefitCommon):
    """300 random sequences at once, in two companies: what customers have equals the oracle."""

    def setUp(self):
        super().setUp()
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        tiers = self.env["customer.tier"].search([("company_id", "=", other.id)])
        tiers[1].benefit_pricelist_id = self.pricelists[2]
        tiers[2].write({"benefit_pricelist_id": self.pricelists[1].id, "benefit_credit_limit": 500})
        self.platinum.benefit_payment_term_id = self.terms[2]
        self.env["ir.default"].set("res.partner", "credit_limit", 200, company_id=other.id)
        self.choices = {self.company: self.tiers, other: tiers}
        self.partners = self.env["res.partner"].create(
            [{"name": f"Random {number}"} for number in range(SEQUENCES)]
        )
        self.oracle = {
            (partner.id, company, kind): Benefit(
                fallback=200 if kind == "credit_limit" and company == other else False,
                is_limit=kind == "credit_limit",
            )
            for partner in self.partners
            for company in self.choices
            for kind in KINDS
        }
        self.held = {company: {} for company in self.choices}
        self._give_with_the_tier()
        self._give_gifts()
        self.graded = set()
        self.random = random.Random(17)

    def _give_gifts(self):
        """Some tiers of both companies have a welcome gift from the start."""
        reward = {"discount_mode": "per_order", "discount": 5, "required_points": 3}
        self.program = self.env["loyalty.program"].create(
            {
                "name": "Welcome",
                "company_id": False,
                "currency_id": self.company.currency_id.id,
                "program_type": "coupons",
                "applies_on": "current",
                "trigger": "with_code",
                "rule_ids": [Command.create({})],
                "reward_ids": [Command.create({"reward_type": "discount", **reward})],
            }
        )
        chosen = [tiers[number] for tiers in self.choices.values() for number in (1, 2)]
        for tier in chosen:
            tier.benefit_gift_program_id = self.program
        self.with_gift = {tier.id for tier in chosen}
        every = self.env["customer.tier"].union(*self.choices.values())
        self.ranks = {tier.id: tier.sequence for tier in every}
        self.gifts = {
            (partner.id, company): Gifts() for partner in self.partners for company in self.choices
        }

    def _give_with_the_tier(self):
        """Some tiers give what is written to nobody; two of them the same text."""
        for tiers in self.choices.values():
            (tiers[1] | tiers[2]).benefit_text = "Free coffee"
            tiers[3].benefit_text = "Free tea"
            (tiers[0] | tiers[3]).benefit_is_priority = True
        self.begun = {}

    def _compare_journal(self):
        """Open rows say what the tiers give now; of what stays the same no second row begins."""
        grants = self.env["customer.benefit.grant"].search([("kind", "in", ("text", "priority"))])
        found = {}
        for grant in grants:
            key = (grant.partner_id.id, grant.company_id, grant.kind)
            found.setdefault(key, []).append((grant.state, grant.new_text))
        for company, held in self.held.items():
            for partner in self.partners:
                tier = self.env["customer.tier"].browse(held.get(partner.id) or [])
                given = {"text": tier.benefit_text, "priority": tier.benefit_is_priority}
                for kind, value in given.items():
                    key = (partner.id, company, kind)
                    begun = self.begun.setdefault(key, [False])
                    if begun[-1] != (value or False):
                        begun.append(value or False)
                    rows = found.get(key, [])
                    self.assertEqual(len(rows), sum(bool(one) for one in begun), key)
                    now = [text for state, text in rows if state == "granted"]
                    self.assertEqual(len(now), bool(value), key)
                    if kind == "text" and value:
                        self.assertEqual(now, [value], key)

    def _reach(self, company, held):
        """Tell of the tiers that changed, as the refresh and the wizard do."""
        moves = {}
        for partner in self.partners:
            gifts, new = self.gifts[partner.id, company], held.get(partner.id) or None
            if gifts.tier != new:
                moves[partner.id] = (gifts.tier or False, new or False)
                gifts.reach(new, self.ranks, self.with_gift)
        self.env["customer.tier"]._reach(company, moves, date(2026, 6, 1))

    def _compare_gifts(self):
        """Coupons, journal and history say of each customer what the oracle says."""
        grants = self.env["customer.benefit.grant"].search([("kind", "=", "gift")])
        found, cards = {}, set()
        for grant in grants:
            found.setdefault((grant.partner_id.id, grant.company_id), []).append(grant.tier_id.id)
            cards.add(grant.new_value)
        for key, gifts in self.gifts.items():
            self.assertEqual(sorted(found.get(key, [])), sorted(gifts.given or ()), key)
        given = self.env["loyalty.card"].search([("program_id", "=", self.program.id)])
        self.assertEqual(set(given.ids), cards)
        self.assertEqual(sum(given.history_ids.mapped("issued")), sum(given.mapped("points")))

    def _edit(self, partner, company):
        number = self.random.randrange(len(KINDS))
        values = (
            self.random.choice([False, *self.pricelists.ids]),
            self.random.choice([False, *self.terms.ids]),
            self.random.choice([0, 50, 500, 1000, 5000, 9000]),
        )
        partner.with_company(company).write({FIELDS[number]: values[number]})
        self.oracle[partner.id, company, KINDS[number]].edit(values[number])

    def _grade(self, partner, company):
        """As Odoo's partnership does: the pricelist in this company; losing it leaves that."""
        if partner.id in self.graded:
            self.graded.discard(partner.id)
        else:
            self.graded.add(partner.id)
            partner.with_company(company).specific_property_product_pricelist = self.pricelists[0]
            self.oracle[partner.id, company, "pricelist"].edit(self.pricelists[0].id)
        for one in self.choices:
            self.oracle[partner.id, one, "pricelist"].is_graded = partner.id in self.graded

    def _move(self, partner, company):
        self.held[company][partner.id] = self.random.choice([False, *self.choices[company].ids])

    def _follow(self):
        for company, held in self.held.items():
            self.env["customer.tier"]._follow_tiers(
                company, held, self.partners.ids, date(2026, 6, 1)
            )
            self._reach(company, held)
            for partner in self.partners:
                tier = self.env["customer.tier"].browse(held.get(partner.id) or [])
                wanted = (
                    tier.benefit_pricelist_id.id,
                    tier.benefit_payment_term_id.id,
                    tier.benefit_credit_limit,
                )
                for kind, value in zip(KINDS, wanted, strict=True):
                    self.oracle[partner.id, company, kind].follow(value or None)

    def _compare(self):
        self.env.flush_all()
        self.env.invalidate_all()
        for company in self.choices:
            for partner in self.partners.with_company(company):
                for kind, name in zip(KINDS, FIELDS, strict=True):
                    value = partner[name] if kind == "credit_limit" else partner[name].id
                    expected = self.oracle[partner.id, company, kind]
                    self.assertEqual(value or False, expected.value or False, (partner, kind))

    def test_what_customers_have_equals_the_oracle(self):
        events = (self._move, self._move, self._edit, self._grade)
        graded = patch.object(
            type(self.env["customer.tier"]),
            "_find_graded",
            lambda _self, ids: self.graded & set(ids),
        )
        with graded:
            for _step in range(STEPS):
                for partner in self.partners:
                    event = self.random.choice(events)
                    event(partner, self.random.choice(list(self.choices)))
                self._follow()
                self._compare()
                self._compare_gifts()
                self._compare_journal()
            given = self.env["loyalty.card"].search([("program_id", "=", self.program.id)])
            self.assertGreater(len(given), 100)
            self.env["customer.tier"]._release("tier")
        for benefit in self.oracle.values():
            benefit.follow(None)
        self._compare()
        self.held = {company: {} for company in self.choices}
        self._compare_journal()
        self.assertFalse(given.filtered("active"), "nobody has used one")
        self.assertEqual(sum(given.mapped("points")), 0)
        kept = [b for b in self.oracle.values() if b.own != NOTHING]
        self.assertGreater(len(kept), 100, "some were set by hand, and stay")
