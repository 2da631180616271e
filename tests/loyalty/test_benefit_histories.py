import random
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from ..tools.benefit_oracle import NOTHING, Benefit
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
        self.graded = set()
        self.random = random.Random(17)

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
            self.env["customer.tier"]._release("tier")
        for benefit in self.oracle.values():
            benefit.follow(None)
        self._compare()
        kept = [b for b in self.oracle.values() if b.own != NOTHING]
        self.assertGreater(len(kept), 100, "some were set by hand, and stay")
