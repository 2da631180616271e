from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestUiWizards(CustomerValueCommon):
    """Setting tiers by hand, and trying rules before they are saved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for month in ("03", "04", "05"):
            cls._invoice(cls.customer, f"2026-{month}-01", 100)
        cls._invoice(cls.other_customer, "2026-05-01", 100)
        cls._run_nightly()
        cls.profile = cls._profile(cls.customer)
        tiers = cls.env["customer.tier"].search([("company_id", "=", cls.company.id)])
        cls.bronze, cls.silver, cls.gold, cls.platinum = tiers.sorted("sequence")

    def _override(self, user, **values):
        wizards = self.env["customer.tier.override"].with_user(user)
        return wizards.create(
            {
                "profile_id": self.profile.id,
                "tier_id": self.gold.id,
                "until_date": "2026-12-31",
                "reason": "Agreed in the contract",
                **values,
            }
        )

    def test_set_by_hand_and_end(self):
        self._override(self.manager).action_apply()
        self.assertEqual(self.profile.tier_id, self.gold)
        self.assertEqual(self.profile.override_user_id, self.manager)
        change = self.profile.tier_change_ids[:1]
        self.assertEqual((change.reason, change.note), ("override", "Agreed in the contract"))
        self._run_nightly()
        self.assertEqual(self.profile.tier_id, self.gold)
        card = self.profile.with_user(self.salesperson).get_card()
        self.assertEqual(card["override"]["until"], "2026-12-31")
        self.profile.with_user(self.manager).action_end_tier_override()
        self.assertEqual(self.profile.tier_id, self.bronze)
        self.assertFalse(self.profile.override_tier_id)
        change = self.profile.tier_change_ids[:1]
        self.assertEqual((change.reason, change.user_id), ("override_end", self.manager))

    def test_confirming_the_held_tier_by_hand_is_logged(self):
        changes = len(self.profile.tier_change_ids)
        self._override(self.manager, tier_id=self.profile.tier_id.id).action_apply()
        self.assertEqual(len(self.profile.tier_change_ids), changes + 1)
        self._override(self.manager, until_date="2027-01-31").action_apply()
        change = self.profile.tier_change_ids[:1]
        self.assertEqual((change.reason, change.user_id), ("override", self.manager))

    def test_wizard_form(self):
        wizards = self.env["customer.tier.override"].with_user(self.manager)
        context = {"active_model": "customer.profile", "active_id": self.profile.id}
        with Form(wizards.with_context(**context)) as form:
            self.assertEqual(form.profile_id, self.profile)
            form.tier_id = self.silver
            form.until_date = "2026-06-15"
            form.reason = "Today only"
        form.record.action_apply()
        self.assertEqual(self.profile.tier_id, self.silver)

    def test_past_date_is_refused(self):
        with self.assertRaisesRegex(UserError, "today or a later day"):
            self._override(self.manager, until_date="2026-06-14").action_apply()

    def test_tier_of_another_company_is_refused(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self.manager.company_ids |= other
        tier = self.env["customer.tier"].search([("company_id", "=", other.id)], limit=1)
        with self.assertRaisesRegex(UserError, "belongs to"):
            self._override(self.manager, tier_id=tier.id).action_apply()

    def test_managers_only(self):
        for user in (self.salesperson, self.accountant):
            with self.assertRaises(AccessError):
                self._override(user)
            with self.assertRaises(AccessError):
                self.profile.with_user(user).action_end_tier_override()
            with self.assertRaises(AccessError):
                self.env["customer.tier.preview"].with_user(user).create({})

    def test_nothing_to_end(self):
        with self.assertRaisesRegex(UserError, "no manual tier"):
            self.profile.with_user(self.manager).action_end_tier_override()

    def test_preview_saves_nothing_until_applied(self):
        with Form(self.env["customer.tier.preview"].with_user(self.manager)) as form:
            for index in range(len(form.line_ids)):
                with form.line_ids.edit(index) as line:
                    if line.tier_id == self.silver:
                        line.min_revenue = 250
                    elif line.tier_id == self.bronze:
                        line.min_occasions = 2
        preview = form.record
        preview.action_preview()
        self.assertEqual(self.silver.min_revenue, self._default_minimum())
        self.assertEqual((preview.up_count, preview.down_count), (1, 1))
        up = preview.move_ids.filtered(lambda move: move.direction == "up")
        self.assertEqual((up.old_tier_id, up.new_tier_id), (self.bronze, self.silver))
        action = up.action_open_profiles()
        self.assertEqual(self.env["customer.profile"].search(action["domain"]), self.profile)
        preview.action_apply()
        self.assertEqual(self.silver.min_revenue, 250)
        self.assertEqual(self.bronze.min_occasions, 2)
        self._run_nightly()
        self.assertEqual(self.profile.tier_id, self.silver)

    def _default_minimum(self):
        vals = self.env["customer.tier"]._prepare_default_tier_vals(
            self.company, 2, {"name": "Silver", "min_revenue": 2_000}
        )
        return vals["min_revenue"]

    def test_preview_of_unchanged_rules_moves_nobody(self):
        preview = self.env["customer.tier.preview"].with_user(self.manager).create({})
        preview.action_preview()
        self.assertEqual((preview.up_count, preview.down_count), (0, 0))
        self.assertEqual(
            preview.same_count,
            self.env["customer.profile"].search_count([("company_id", "=", self.company.id)]),
        )
        self.assertFalse(preview.move_ids)
