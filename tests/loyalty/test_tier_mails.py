from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .tier_common import NOW, TierCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestTierMails(TierCommon):
    """Mails about the tier: who gets which, in which language, and how to get none."""

    def _run_mails(self):
        before = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("customer_value.ir_cron_customer_tier_mail").method_direct_trigger()
        return self.env["mail.mail"].search([]) - before

    def test_mail_is_off_by_default_and_queued(self):
        self._set_tier(self.gold)
        self.assertFalse(self._run_mails())
        self.company.customer_tier_mail = True
        self._set_tier(self.platinum)
        self._set_tier(self.gold)
        mails = self._run_mails()
        self.assertEqual(len(mails), 1, "the last of the day")
        self.assertIn("Gold", mails.subject)
        self.assertEqual(mails.recipient_ids, self.customer)
        self.assertEqual(mails.state, "outgoing")
        self.assertFalse(self._run_mails(), "once")

    def test_who_wants_no_mail_gets_none(self):
        self.company.customer_tier_mail = True
        self.customer.customer_tier_mail_optout = True
        self.env["mail.blacklist"]._add("deco@example.com")
        for customer in (self.customer, self.other_customer):
            self._set_tier(self.gold, customer)
        self.assertFalse(self._run_mails())

    def _lose_every_tier(self, customer=None):
        self.tiers.write({"min_occasions": 1000})
        with freeze_time("2030-01-01 10:00:00"):
            self.env["customer.profile"]._refresh(self.company, (customer or self.customer).ids)
            self.env.flush_all()
            return self._run_mails()

    def test_a_mail_when_no_tier_is_left(self):
        self.company.customer_tier_mail = True
        self.assertTrue(self._profile(self.customer).tier_id)
        mails = self._lose_every_tier()
        self.assertFalse(self._profile(self.customer).tier_id)
        self.assertEqual(mails.subject, f"{self.company.name}: Your tier Bronze has ended")
        self.assertEqual(mails.recipient_ids, self.customer)
        self.assertIn("Your tier <b>Bronze</b> with us has ended", mails.body_html)

    def test_a_mail_when_no_tier_is_left_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.bronze.with_context(lang="fa_IR").name = "برنزی"
        self.customer.lang = "fa_IR"
        self.company.customer_tier_mail = True
        mail = self._lose_every_tier()
        self.assertIn("برنزی", mail.subject)
        self.assertNotIn("ended", mail.subject)
        self.assertIn('dir="rtl"', mail.body_html)

    def test_the_companys_own_mails_are_taken(self):
        own = self.env.ref("customer_value.mail_template_tier_left").copy({"subject": "Gone"})
        self.company.write(
            {"customer_tier_mail": True, "customer_tier_left_mail_template_id": own.id}
        )
        self.assertEqual(self._lose_every_tier().subject, "Gone")
        other = self.env["mail.template"].create(
            {"name": "Not ours", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        with self.assertRaisesRegex(ValidationError, "is not made for tiers"):
            self.company.customer_tier_left_mail_template_id = other

    def test_no_mail_of_no_tier_for_who_wants_none(self):
        self.company.customer_tier_mail = True
        self.customer.customer_tier_mail_optout = True
        self.assertFalse(self._lose_every_tier())

    def test_who_opted_out_of_the_mails_of_plays_gets_none_of_tiers(self):
        self.company.customer_tier_mail = True
        self.env["customer.play.optout"]._note(self.customer, "email")
        self._set_tier(self.gold)
        self.assertFalse(self._run_mails())

    def test_only_the_last_of_a_gain_and_a_loss_is_told(self):
        self.company.customer_tier_mail = True
        self._set_tier(self.gold)
        self._profile(self.customer).with_user(self.manager).action_end_tier_override()
        self.env["customer.tier.change"].search([], limit=1).sudo().new_tier_id = False
        mails = self._run_mails()
        self.assertEqual(len(mails), 1)
        self.assertIn("Gold has ended", mails.subject)

    def test_every_mail_has_a_way_out(self):
        self.company.customer_tier_mail = True
        self._set_tier(self.gold)
        mail = self._run_mails()
        change = self.env["customer.tier.change"].search([], limit=1)
        self.assertIn(change._get_optout_link(), mail.body_html)

    def test_who_wants_no_mail_wants_none_after_a_merge(self):
        self.other_customer.customer_tier_mail_optout = True
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.customer.id, self.other_customer.id], self.customer)
        self.assertTrue(self.customer.customer_tier_mail_optout)

    def test_mail_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.gold.with_context(lang="fa_IR").name = "طلایی"
        self.customer.lang = "fa_IR"
        self.company.customer_tier_mail = True
        self._set_tier(self.gold)
        mail = self._run_mails()
        self.assertIn("طلایی", mail.subject)
        self.assertIn('dir="rtl"', mail.body_html)

    # === EXTENSION ===
