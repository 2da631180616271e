from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .benefit_common import BenefitCommon


@tagged("post_install", "-at_install")
class TestBenefit(BenefitCommon):
    """Benefits of tiers: given, changed, left alone, taken back."""

    def _messages(self, partner=None):
        return " ".join((partner or self.customer).message_ids.mapped("body"))

    def test_a_refresh_gives_and_takes_back(self):
        self.tiers.write({"min_revenue": 0, "min_tenure_days": 0, "limit_days_late": False})
        self.silver.write({"min_occasions": 2})
        self.gold.min_occasions = self.platinum.min_occasions = 100
        self.customer.property_payment_term_id = self.terms[3]
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": self.customer.id})
        for day in ("2026-01-01", "2026-01-02"):
            self._invoice(self.customer, day, 100)
            self.assertFalse(self._grants(), "nothing is given while posting")
        with freeze_time("2026-01-02"):
            self.profiles._refresh(self.company, self.customer.ids)
        given = (self.pricelists[0], self.terms[0], 1000)
        self.assertEqual(self._values(), given)
        self.assertEqual(self._values(contact), given, "contacts have what their customer has")
        with freeze_time("2027-03-01"):
            self.profiles._refresh(self.company, self.customer.ids)
        self.assertFalse(self._profile(self.customer).tier_id)
        self.assertEqual(self._values(), (self.pricelists[:0], self.terms[3], 0))
        self.assertEqual(set(self._grants().mapped("state")), {"ended"})

    def test_a_tier_set_by_hand_brings_its_benefits(self):
        self._invoice(self.customer, "2026-01-01", 100)
        self._drain()
        profile = self._profile(self.customer)
        wizard = (
            self.env["customer.tier.override"]
            .with_user(self.manager)
            .create(
                {
                    **{"profile_id": profile.id, "tier_id": self.gold.id, "reason": "Agreed"},
                    "until_date": date(2100, 1, 1),
                }
            )
        )
        wizard.action_apply()
        self.assertEqual(self._values(), (self.pricelists[1], self.terms[1], 5000))
        profile.with_user(self.manager).action_end_tier_override()
        self.assertEqual(self._values(), (self.pricelists[:0], self.terms[:0], 0))

    def test_next_tier_replaces_and_the_first_value_returns(self):
        self.customer.specific_property_product_pricelist = self.pricelists[3]
        for tier, number in ((self.silver, 0), (self.gold, 1), (self.silver, 0)):
            self._hold(tier)
            self.assertEqual(self._values()[0], self.pricelists[number])
        self._hold(self.bronze)
        self.assertEqual(self._values()[0], self.pricelists[3])

    def test_twice_changes_nothing(self):
        self._hold(self.silver)
        before, stamp = self._grants(), self.customer.write_date
        self._hold(self.silver)
        self.assertEqual(self._grants(), before)
        self.assertEqual(self.customer.write_date, stamp)

    def test_a_manual_change_stays_and_is_told(self):
        self._hold(self.silver)
        self.customer.property_payment_term_id = self.terms[3]
        self._hold(self.gold)
        self.assertEqual(self._values(), (self.pricelists[1], self.terms[3], 5000))
        self.assertIn("Payment terms: set by somebody else", self._messages())
        self._hold(self.bronze)
        self.assertEqual(self._values()[1], self.terms[3])

    def test_a_credit_limit_is_never_lowered(self):
        self.customer.credit_limit = 3000
        self._hold(self.silver)
        self.assertEqual(self._values()[2], 3000)
        self._hold(self.gold)
        self.assertEqual(self._values()[2], 5000)
        self._hold(self.silver)
        self.assertEqual(self._values()[2], 3000)

    def test_what_the_customer_had_already_is_not_taken(self):
        self.customer.specific_property_product_pricelist = self.pricelists[0]
        self._hold(self.silver)
        self._hold(self.bronze)
        self.assertEqual(self._values()[0], self.pricelists[0])

    def test_a_partner_level_wins(self):
        tiers = type(self.env["customer.tier"])
        self._hold(self.silver)
        with patch.object(tiers, "_find_graded", lambda _self, ids: set(ids)):
            self._hold(self.bronze)
            self.assertEqual(self._values()[0], self.pricelists[0], "the level gives the same one")
            self._hold(self.gold)
        self.assertEqual(self._values()[0], self.pricelists[0])
        self.assertEqual(self._values()[1], self.terms[1])

    def test_two_companies(self):
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        tier = self.env["customer.tier"].search([("company_id", "=", other.id)])[0]
        tier.benefit_pricelist_id = self.pricelists[2]
        self._hold(self.silver)
        self._hold(tier, company=other)
        self.assertEqual(self._values()[0], self.pricelists[0])
        self.assertEqual(self._values(company=other)[0], self.pricelists[2])
        self.env["customer.tier"]._follow_tiers(other, {}, self.customer.ids, date(2026, 6, 1))
        self.assertFalse(self._values(company=other)[0])
        self.assertEqual(self._values()[0], self.pricelists[0])

    def test_other_benefits_of_a_tier_follow(self):
        self._hold(self.silver)
        self.silver.benefit_pricelist_id = self.pricelists[2]
        self._hold(self.silver)
        self.assertEqual(self._values()[0], self.pricelists[2])

    def test_a_default_limit_returns_as_a_default(self):
        self.env["ir.default"].set("res.partner", "credit_limit", 200, company_id=self.company.id)
        self._hold(self.silver)
        self._hold(self.bronze)
        self.env["ir.default"].set("res.partner", "credit_limit", 300, company_id=self.company.id)
        self.env.invalidate_all()
        self.assertEqual(self._values()[2], 300)

    def test_a_deleted_value_is_not_restored(self):
        self.customer.property_payment_term_id = self.terms[3]
        self._hold(self.silver)
        self.terms[3].unlink()
        self._hold(self.bronze)
        self.assertFalse(self._values()[1])

    def test_contacts_leave_the_benefits_behind(self):
        self._hold(self.silver)
        friend = self.env["res.partner"].create({"name": "Ben", "parent_id": self.customer.id})
        self.assertEqual(self._values(friend)[0], self.pricelists[0])
        friend.parent_id = False
        self.assertEqual(self._values(friend), (self.pricelists[:0], self.terms[:0], 0))
        copied = self.customer.copy({"name": "Friend"})
        self.assertEqual(self._values(copied), (self.pricelists[:0], self.terms[:0], 0))
        self.assertEqual(self._values()[0], self.pricelists[0])

    def test_a_merge_takes_them_from_the_one_that_goes(self):
        self.other_customer.property_payment_term_id = self.terms[3]
        self._hold(self.silver, self.customer, self.other_customer)
        self._hold(self.gold, self.other_customer)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | self.other_customer).ids, self.customer)
        self.assertEqual(self._values(), (self.pricelists[0], self.terms[0], 1000))
        self.assertEqual(len(self._grants(state="granted")), 3)
        self._hold(self.bronze)
        self.assertEqual(self._values()[0], self.pricelists[:0])

    def test_uninstalling_reverts_what_is_ours(self):
        self._hold(self.silver, self.customer, self.other_customer)
        self.other_customer.credit_limit = 7
        self.env["customer.tier"]._release("tier")
        self.assertEqual(self._values(), (self.pricelists[:0], self.terms[:0], 0))
        self.assertEqual(self._values(self.other_customer)[2], 7)
        self.assertFalse(self.env["customer.benefit.grant"].search([("state", "!=", "ended")]))

    def test_one_that_fails_stops_nobody(self):
        tiers = type(self.env["customer.tier"])
        decide = tiers._decide

        def fail(tier, company, wanted, today):
            if self.customer.id in wanted:
                raise UserError("No way")
            return decide(tier, company, wanted, today)

        with (
            patch.object(tiers, "_decide", fail),
            self.assertLogs("odoo.addons.customer_value", "ERROR"),
        ):
            self._hold(self.silver, self.customer, self.other_customer)
        self.assertEqual(self._values(self.other_customer)[0], self.pricelists[0])
        self.assertFalse(self._values()[0])
        self.assertIn("No way", self._messages())
        self.assertEqual(set(self._grants().mapped("reason")), {"failed"})
        self._hold(self.gold)
        self.assertEqual(self._values()[0], self.pricelists[1])

    def test_a_change_that_fails_is_not_repeated_at_every_refresh(self):
        tiers = type(self.env["customer.tier"])
        self._hold(self.silver)
        had = self._values()
        nothing = {self.customer.id: False}
        follow = self.env["customer.tier"]._follow_tiers
        for held in ({self.customer.id: self.gold.id}, nothing):
            with patch.object(tiers, "_decide", side_effect=UserError("No way")) as decide:
                with self.assertLogs("odoo.addons.customer_value", "ERROR"):
                    follow(self.company, held, [self.customer.id], date(2026, 6, 1))
                calls, said = decide.call_count, len(self.customer.message_ids)
                follow(self.company, held, [self.customer.id], date(2026, 6, 2))
                self.assertEqual((decide.call_count, len(self.customer.message_ids)), (calls, said))
            self.assertEqual(self._values(), had, "still what Silver gave, and still ours")
            self.assertIn("No way", self._grants(state="granted").mapped("note")[0])
        self._hold(self.silver)
        self.assertFalse(any(self._grants(state="granted").mapped("failed_value")))
        self._hold(self.gold)
        self.assertEqual(self._values()[0], self.pricelists[1])
        follow(self.company, nothing, [self.customer.id], date(2026, 6, 3))
        self.assertFalse(self._values()[0])

    def test_the_same_queries_for_ten_and_a_hundred(self):
        self.silver.write({"benefit_payment_term_id": False, "benefit_credit_limit": 0})
        self._hold(self.silver, self.other_customer)
        counts = []
        for number in (10, 100):
            partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(number)])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._hold(self.silver, *partners)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def _journal(self, *kinds, partner=None):
        """Return (benefit, tier, before, now, state) of rows of what comes with tiers."""
        rows = self._grants(partner).filtered(lambda one: one.kind in kinds).sorted("id")
        return [(row.kind, row.tier_id.name, row.old_text, row.new_text, row.state) for row in rows]

    def test_what_comes_with_a_tier_is_in_the_journal(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.env = self.env(context={**self.env.context, "lang": "en_US"})
        self.gold.write({"benefit_is_priority": True, "benefit_text": "Free coffee"})
        self.platinum.write({"benefit_is_priority": True, "benefit_text": "Free tea"})
        program = self.env["loyalty.program"].create(
            {"name": "Half price", "program_type": "promotion", "company_id": self.company.id}
        )
        self.gold.benefit_program_ids = program
        kinds = ("priority", "text", "programs")
        self._hold(self.silver)
        self.assertEqual(self._journal(*kinds), [])
        self._hold(self.gold)
        first = [
            ("priority", "Gold", "", "Deliveries come first", "granted"),
            ("programs", "Gold", "", "Half price", "granted"),
            ("text", "Gold", "", "Free coffee", "granted"),
        ]
        self.assertEqual(sorted(self._journal(*kinds)), first)
        self._hold(self.gold)
        self.assertEqual(sorted(self._journal(*kinds)), first, "nothing new")
        program.active = False
        self._hold(self.gold)
        self.assertEqual(sorted(self._journal(*kinds)), first, "it is for them still")
        self._hold(self.platinum)
        self.assertEqual(
            sorted(self._journal(*kinds)),
            [
                first[0],  # Platinum gives the same
                ("programs", "Gold", "", "Half price", "ended"),
                ("text", "Gold", "", "Free coffee", "ended"),
                ("text", "Platinum", "Free coffee", "Free tea", "granted"),
            ],
        )
        ended = self._grants().filtered(lambda one: one.kind in kinds and one.state == "ended")
        self.assertEqual(set(ended.mapped("reason")), {"tier"})
        self.assertEqual({str(day) for day in ended.mapped("end_date")}, {"2026-06-01"})
        nothing = {self.customer.id: False}
        follow = self.env["customer.tier"]._follow_tiers
        follow(self.company, nothing, [self.customer.id], date(2026, 6, 2))
        self.assertEqual({state for *_rest, state in self._journal(*kinds)}, {"ended"})

    def test_an_edited_text_is_a_new_row(self):
        self.gold.benefit_text = "Free coffee"
        self._hold(self.gold)
        self.gold.benefit_text = "Free tea"
        self._hold(self.gold)
        rows = self._journal("text")
        self.assertEqual([row[2:] for row in rows], [
            ("", "Free coffee", "ended"), ("Free coffee", "Free tea", "granted"),
        ])  # fmt: skip

    def test_the_multiplier_and_standards_are_in_the_journal(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.env = self.env(context={**self.env.context, "lang": "en_US"})
        self.gold.points_multiplier = 2
        self._hold(self.gold)
        self.assertEqual(self._journal("multiplier"), [], "there are no points")
        reward = Command.create({"reward_type": "discount", "required_points": 100})
        self.env["loyalty.program"].create(
            {
                **{"name": "Stay", "program_type": "loyalty", "applies_on": "both"},
                **{"trigger": "auto", "company_id": self.company.id, "rule_ids": []},
                **{"reward_ids": [reward], "customer_points": True},
                **{"customer_points_from": "2020-01-01", "customer_points_rate": 1.0},
            }
        )
        standards = self.env["customer.service.standard"]
        standards.create({"name": "Swift", "tier_ids": self.gold.ids, "solution_hours": 8})
        self._hold(self.gold)
        self.assertEqual(
            self._journal("multiplier", "service"),
            [
                ("multiplier", "Gold", "", "Points × 2", "granted"),
                ("service", "Gold", "", "Swift", "granted"),
            ],
        )

    def test_a_contact_that_moves_and_a_merge_end_what_came_with_the_tier(self):
        self.gold.benefit_is_priority = True
        self._hold(self.gold, self.customer, self.other_customer)
        self.env["customer.tier"]._release("merged", self.other_customer.ids)
        row = self._grants(self.other_customer).filtered(lambda one: one.kind == "priority")
        self.assertEqual((row.state, row.reason), ("ended", "merged"))
        third = self.env["res.partner"].create({"name": "Third"})
        self._hold(self.gold, third)
        third.parent_id = self.customer
        follow = self.env["customer.tier"]._follow_tiers
        follow(self.company, {}, third.ids, date(2026, 6, 2))
        row = self._grants(third).filtered(lambda one: one.kind == "priority")
        self.assertEqual((row.state, row.reason), ("ended", "moved"))
        self.assertEqual(self._journal("priority")[0][-1], "granted")
        self.env["customer.tier"]._release("tier")
        self.assertEqual(self._journal("priority")[0][-1], "ended")

    def test_what_comes_with_a_tier_is_not_decided_by_hand(self):
        self.gold.benefit_is_priority = True
        self._hold(self.gold)
        grant = self._grants().filtered(lambda one: one.kind == "priority")
        self.assertTrue(grant.is_inherent)
        for step in ("action_give", "action_withdraw"):
            with self.assertRaisesRegex(UserError, "comes with the tier"):
                getattr(grant.with_user(self.manager), step)()

    def test_nothing_new_writes_nothing_to_the_journal(self):
        """Whose tier did not change costs one look-up in the journal, and no write."""
        self.silver.write({"benefit_is_priority": True, "benefit_text": "Hello"})
        partners = self.env["res.partner"].create([{"name": f"P{i}"} for i in range(50)])
        self._hold(self.silver, *partners)
        stamps = self._grants(partners[0]).mapped("write_date")
        with self.assertQueryCount(12):
            self._hold(self.silver, *partners)
        self.assertEqual(self._grants(partners[0]).mapped("write_date"), stamps)

    def test_text_on_documents(self):
        self.gold.benefit_text = "Free delivery"
        changes = self.env["customer.tier.change"]
        own = {"partner_id": self.customer.id, "company_id": self.company.id}
        changes.create(
            {**own, "date": "2026-05-01", "reason": "upgrade", "new_tier_id": self.gold.id}
        )
        early = self._invoice(self.customer, "2026-04-01", 10)
        late = self._invoice(self.customer, "2026-05-02", 10)
        self.assertEqual((early._get_tier_text(), late._get_tier_text()), ("", "Free delivery"))
        order = self._order(self.customer, date_order="2026-05-03 10:00:00", confirm=False)
        for report, record in (
            ("account.report_invoice", late),
            ("sale.report_saleorder", order),
        ):
            html = self.env["ir.actions.report"]._render_qweb_html(report, record.ids)[0]
            self.assertIn(b"Free delivery", html)

    def test_values_out_of_range(self):
        with self.assertRaisesRegex(ValidationError, "multiplier must be above 0"):
            self.gold.points_multiplier = 0
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.gold.benefit_credit_limit = -1
