from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..common import CustomerValueCommon


@tagged("post_install", "-at_install")
class TestTier(CustomerValueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tiers = cls.env["customer.tier"].search([("company_id", "=", cls.company.id)])
        cls.bronze, cls.silver, cls.gold, cls.platinum = cls.tiers
        cls.tiers.write({"min_revenue": 0, "min_tenure_days": 0, "limit_days_late": False})
        cls.silver.write({"min_occasions": 2, "min_revenue": 300})
        cls.gold.write({"min_occasions": 3, "min_revenue": 1000})

    def _refresh(self, day):
        with freeze_time(day):
            self.env["customer.profile"]._refresh(self.company, self.customer.ids)
        return self._profile(self.customer)

    def test_default_tiers_of_every_company(self):
        self.assertEqual(self.tiers.mapped("name"), ["Bronze", "Silver", "Gold", "Platinum"])
        company = self._create_company("Zagros", self.env.ref("base.EUR"))
        tiers = self.env["customer.tier"].search([("company_id", "=", company.id)])
        self.assertEqual(len(tiers), 4)
        self.env["customer.tier"]._create_default_tiers(company)
        self.assertEqual(
            self.env["customer.tier"].search_count([("company_id", "=", company.id)]), 4
        )

    def test_default_tiers_are_named_in_every_installed_language(self):
        """A Persian user must not freeze the names in Persian, nor the others in English."""
        self.env["res.lang"]._activate_lang("fa_IR")
        companies = self.env["res.company"].with_context(lang="fa_IR")
        company = companies.create({"name": "Alborz", "currency_id": self.env.ref("base.EUR").id})
        tiers = self.env["customer.tier"].search([("company_id", "=", company.id)])
        self.assertEqual(
            tiers.with_context(lang="fa_IR").mapped("name"),
            ["برنزی", "نقره‌ای", "طلایی", "پلاتینی"],
        )
        self.assertEqual(
            tiers.with_context(lang="en_US").mapped("name"),
            ["Bronze", "Silver", "Gold", "Platinum"],
        )

    def test_deleted_default_tiers_stay_deleted(self):
        """Editing is the user's right: an archived set is not created again."""
        self.tiers.active = False
        self.env["customer.tier"]._create_default_tiers(self.company)
        self.assertFalse(self.env["customer.tier"].search([("company_id", "=", self.company.id)]))

    def test_no_purchase_no_tier(self):
        self._order(self.customer, confirm=False)
        self.assertFalse(self._refresh("2026-06-15").tier_id)

    def test_upgrade_at_once_with_the_values_that_decided(self):
        self._invoice(self.customer, "2026-01-01", 200)
        self.assertEqual(self._refresh("2026-01-01").tier_id, self.bronze)
        self._invoice(self.customer, "2026-02-01", 200)
        profile = self._refresh("2026-02-01")
        self.assertEqual(profile.tier_id, self.silver)
        self.assertEqual(profile.tier_since_date, date(2026, 2, 1))
        self.assertEqual(profile.tier_until_date, date(2027, 1, 31))
        change = profile.tier_change_ids[0]
        self.assertEqual((change.old_tier_id, change.new_tier_id), (self.bronze, self.silver))
        self.assertEqual(change.reason, "upgrade")
        self.assertEqual(change.values["revenue"], 400)
        self.assertEqual(change.values["occasions"], 2)
        self.assertFalse(change.user_id)

    def test_new_tier_is_above_the_others(self):
        highest = max(
            self.env["customer.tier"]
            .with_context(active_test=False)
            .search([("company_id", "=", self.company.id)])
            .mapped("sequence")
        )
        tier = self.env["customer.tier"].with_user(self.manager).create({"name": "Diamond"})
        self.assertEqual(tier.sequence, highest + 10)

    def test_limits_are_inclusive(self):
        self._invoice(self.customer, "2026-01-01", 100)
        self._invoice(self.customer, "2026-01-02", 199.99)
        self.assertEqual(self._refresh("2026-01-02").tier_id, self.bronze)
        self.silver.min_revenue = 299.99
        self.assertEqual(self._refresh("2026-01-02").tier_id, self.silver)

    def test_downgrade_only_after_period_and_grace(self):
        self._invoice(self.customer, "2026-01-01", 200)
        self._invoice(self.customer, "2026-01-02", 200)
        self.assertEqual(self._refresh("2026-01-02").tier_id, self.silver)
        # kept until 2027-01-01, plus 30 days of grace
        self.assertEqual(self._refresh("2027-01-31").tier_id, self.silver)
        profile = self._refresh("2027-02-01")
        self.assertFalse(profile.tier_id, "nothing was bought for a year")
        self.assertEqual(profile.tier_change_ids[0].reason, "downgrade")

    def test_renewal_extends_the_period(self):
        self._invoice(self.customer, "2026-01-01", 200)
        self._invoice(self.customer, "2026-01-02", 200)
        self._refresh("2026-01-02")
        self._invoice(self.customer, "2026-12-01", 200)
        self._invoice(self.customer, "2026-12-02", 200)
        profile = self._refresh("2027-01-02")
        self.assertEqual(profile.tier_id, self.silver)
        self.assertEqual(profile.tier_until_date, date(2028, 1, 1))
        self.assertEqual(profile.tier_since_date, date(2026, 1, 2))

    def test_fixed_period_ends_with_the_fiscal_year(self):
        self.company.customer_tier_period = "fixed"
        self._invoice(self.customer, "2026-05-01", 200)
        self.assertEqual(self._refresh("2026-05-01").tier_until_date, date(2026, 12, 31))

    def test_life_window(self):
        self.silver.window = "life"
        self._invoice(self.customer, "2024-01-01", 200)
        self._invoice(self.customer, "2026-01-02", 200)
        self.assertEqual(self._refresh("2026-01-02").tier_id, self.silver)

    def test_lateness_rule_needs_data(self):
        self.silver.write({"limit_days_late": True, "max_days_late": 0})
        first = self._invoice(self.customer, "2026-01-01", 200)
        self._invoice(self.customer, "2026-01-02", 200)
        self.assertEqual(self._refresh("2026-01-02").tier_id, self.bronze)
        self._pay(first, "2026-01-01")
        self.assertEqual(self._refresh("2026-01-03").tier_id, self.silver)

    def test_manual_tier_wins_until_it_expires(self):
        self._invoice(self.customer, "2026-01-01", 200)
        profile = self._refresh("2026-01-01")
        profile.write(
            {
                "override_tier_id": self.platinum.id,
                "override_until_date": "2026-03-31",
                "override_reason": "Reference customer",
                "override_user_id": self.manager.id,
            }
        )
        profile._apply_tier(date(2026, 1, 1))
        self.assertEqual(profile.tier_id, self.platinum)
        self.assertEqual(profile.tier_change_ids[0].user_id, self.manager)
        self._invoice(self.customer, "2026-02-01", 200)
        profile = self._refresh("2026-03-31")
        self.assertEqual(profile.tier_id, self.platinum)
        self.assertEqual(profile.earned_tier_id, self.silver, "earning goes on underneath")
        profile = self._refresh("2026-04-01")
        self.assertEqual(profile.tier_id, self.silver)
        self.assertEqual(profile.tier_change_ids[0].reason, "override_end")

    def test_refresh_twice_changes_nothing(self):
        self._invoice(self.customer, "2026-01-01", 200)
        self._refresh("2026-01-01")
        changes = self.env["customer.tier.change"].search_count([])
        with freeze_time("2026-01-01"):
            changed = self.env["customer.profile"]._refresh(self.company, self.customer.ids)
        self.assertEqual(changed, [])
        self.assertEqual(self.env["customer.tier.change"].search_count([]), changes)

    def test_used_tier_cannot_be_deleted(self):
        self._invoice(self.customer, "2026-01-01", 200)
        self._refresh("2026-01-01")
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.bronze.with_user(self.manager).unlink()
        self.platinum.with_user(self.manager).unlink()

    def test_negative_rule_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.silver.with_user(self.manager).min_revenue = -1

    def test_changed_rules_start_a_full_refresh(self):
        self.env["customer.refresh.run"].search([]).unlink()
        self.silver.with_user(self.manager).min_revenue = 500
        self.assertEqual(
            self.env["customer.refresh.run"].search([]).mapped("company_id"), self.company
        )
        self.env["customer.refresh.run"].search([]).unlink()
        self.silver.with_user(self.manager).color = 7
        self.assertFalse(self.env["customer.refresh.run"].search([]))

    def test_explanation_hides_profit_from_salespeople(self):
        self.gold.min_net_profit = 500
        self._invoice(self.customer, "2026-01-01", 200)
        self._invoice(self.customer, "2026-01-02", 200)
        profile = self._refresh("2026-01-02")
        with freeze_time("2026-01-02"):
            explained = profile.with_user(self.manager).tier_explanation
            seen = profile.with_user(self.salesperson).tier_explanation
            least = profile.with_user(self.own_salesperson).tier_explanation
        self.assertEqual(explained["current"]["name"], "Silver")
        rules = {rule["rule"]: rule for rule in explained["next"]["rules"]}
        self.assertEqual(rules["revenue"]["value"], 400)
        self.assertFalse(rules["revenue"]["met"])
        self.assertIn("net_profit", rules)
        self.assertEqual({rule["rule"] for rule in seen["next"]["rules"]}, {"revenue", "occasions"})
        self.assertEqual({rule["rule"] for rule in least["next"]["rules"]}, {"occasions"})
