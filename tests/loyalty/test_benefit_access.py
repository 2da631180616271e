from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .benefit_common import BenefitCommon


@tagged("post_install", "-at_install")
class TestBenefitAccess(BenefitCommon):
    """A salesperson gets no benefit for a friend; a manager does, and the journal says who."""

    def setUp(self):
        super().setUp()
        self._invoice(self.customer, "2026-01-01", 100)
        self._drain()
        self.customer.property_payment_term_id = self.terms[3]
        self._hold(self.silver)
        self.customer.property_payment_term_id = self.terms[3]
        self._hold(self.gold)
        self.held = self._grants(state="held")
        self.given = self._grants(state="granted")[0]

    def _refused(self, user, model, method, *args, **context):
        env = self.env(user=user.id, su=False)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            call_kw(env[model], method, list(args), {"context": context} if context else {})
            self.env.flush_all()

    def test_a_salesperson_is_refused_every_way(self):
        profile = self._profile(self.customer)
        grant = {
            **{"partner_id": self.other_customer.id, "company_id": self.company.id},
            **{"kind": "pricelist", "new_value": self.pricelists[1].id, "state": "granted"},
            **{"reason": "by_hand", "date": "2026-01-01"},
        }
        override = {
            **{"profile_id": profile.id, "tier_id": self.gold.id, "reason": "Friend"},
            "until_date": "2100-01-01",
        }
        for user in (self.salesperson, self.own_salesperson, self.stock_user):
            for model, method, *args in (
                ("customer.tier", "write", self.bronze.ids, {"benefit_credit_limit": 9}),
                ("customer.tier", "write", self.bronze.ids, {"points_multiplier": 9}),
                ("customer.tier", "create", {"name": "Friends", "benefit_text": "Hi"}),
                ("customer.tier", "load", ["id", "name"], [[".1", "Friends"]]),
                ("customer.tier", "_follow_tiers", self.company, {}, [], None),
                ("customer.benefit.grant", "create", grant),
                ("customer.benefit.grant", "write", self.given.ids, {"state": "ended"}),
                ("customer.benefit.grant", "unlink", self.given.ids),
                ("customer.benefit.grant", "action_give", self.held.ids),
                ("customer.benefit.grant", "action_withdraw", self.given.ids),
                ("customer.benefit.grant", "search_read", []),
                ("customer.profile", "write", profile.ids, {"tier_id": self.gold.id}),
                ("customer.profile", "write", profile.ids, {"override_tier_id": self.gold.id}),
                ("customer.tier.override", "create", override),
                ("customer.tier.override", "onchange", [], override, [], {"tier_id": {}}),
            ):
                if method == "load":
                    env = self.env(user=user.id, su=False)
                    self.assertFalse(env[model].load(*args)["ids"])
                    continue
                self._refused(user, model, method, *args)
                self._refused(user, model, method, *args, default_tier_id=self.gold.id)
        self.assertEqual(
            self._values(self.other_customer), (self.pricelists[:0], self.terms[:0], 0)
        )

    def test_nobody_writes_the_journal(self):
        for user in (self.manager, self.accountant, self.env.ref("base.user_admin")):
            self._refused(user, "customer.benefit.grant", "write", self.given.ids, {"note": "x"})
            self._refused(user, "customer.benefit.grant", "unlink", self.given.ids)

    def test_an_accountant_reads_and_does_not_decide(self):
        self.assertTrue(self.held.with_user(self.accountant).new_text)
        self._refused(self.accountant, "customer.benefit.grant", "action_give", self.held.ids)
        self._refused(self.accountant, "customer.benefit.grant", "action_withdraw", self.given.ids)

    def test_a_manager_gives_what_was_held(self):
        self.held.with_user(self.manager).action_give()
        self.assertEqual(self._values()[1], self.terms[1])
        grant = self._grants(state="granted").filtered(lambda g: g.kind == "payment_term")
        self.assertEqual((grant.user_id, grant.reason), (self.manager, "by_hand"))
        self._hold(self.bronze)
        self.assertEqual(self._values()[1], self.terms[3], "and what was there returns")

    def test_nothing_is_given_to_who_is_no_customer_any_more(self):
        """It is said, instead of doing nothing."""
        self.customer.write({"is_company": False, "parent_id": self.other_customer.id})
        with self.assertRaisesRegex(UserError, "no customer of its own"):
            self.held.with_user(self.manager).action_give()

    def test_a_manager_takes_back_for_good(self):
        grant = self._grants(state="granted").filtered(lambda g: g.kind == "pricelist")
        grant.with_user(self.manager).action_withdraw()
        self.assertFalse(self._values()[0])
        self._hold(self.silver)
        self.assertFalse(self._values()[0], "no tier gives it again by itself")
        self._hold(self.bronze)
        self._hold(self.gold)
        self.assertEqual(self._values()[0], self.pricelists[1], "until it was left once")

    def test_another_company_is_not_shown(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        tier = self.env["customer.tier"].search([("company_id", "=", other.id)])[0]
        tier.benefit_pricelist_id = self.pricelists[2]
        self._hold(tier, company=other)
        seen = self.env["customer.benefit.grant"].with_user(self.manager).search([])
        self.assertEqual(seen.company_id, self.company)

    def test_a_credit_limit_is_not_for_every_reader(self):
        with self.assertRaises(AccessError):
            self.gold.with_user(self.own_salesperson).read(["benefit_credit_limit"])
