"""What an attacker tried on plays, tier mails and account plans."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import START, PlayCommon


@freeze_time(START)
@tagged("post_install", "-at_install")
class TestPlayAttacks(PlayCommon):
    def _make_foreign_template(self):
        """A mail any employee may make, of a model whose records are not theirs."""
        return self.env["mail.template"].create(
            {"name": "Invoice", "model_id": self.env.ref("account.model_account_move").id}
        )

    def test_a_step_takes_mails_of_plays_only(self):
        play = self._make_play(self._add_customers(1), ("email", 0))
        step = play.step_ids.with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "not made for plays"):
            step.write({"mail_template_id": self._make_foreign_template().id})

    def test_a_mail_that_was_turned_into_another_is_not_sent(self):
        play = self._make_play(self._add_customers(1), ("email", 0), control_percent=0)
        template = play.step_ids.mail_template_id
        template.write(
            {
                "model_id": self.env.ref("account.model_account_move").id,
                **{"lang": False, "subject": "Invoice", "body_html": "<p>Invoice</p>"},
                **{"email_from": False, "email_to": "thief@example.com", "partner_to": False},
            }
        )
        self._start(play)
        self.assertFalse(play.action_ids.mail_id)
        self.assertEqual(play.action_ids.state, "failed")

    def test_a_coupon_step_gives_no_money(self):
        program = self.env["loyalty.program"].create(
            {"name": "Wallet", "program_type": "ewallet", "company_id": self.company.id}
        )
        play = self._make_play(self._add_customers(1), ("coupon", 0))
        with self.assertRaisesRegex(ValidationError, "gives no coupons"):
            play.step_ids.with_user(self.manager).write({"program_id": program.id})

    def test_the_mail_about_tiers_is_about_tiers(self):
        settings = self.env["customer.settings"].with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "not made for tiers"):
            settings.create({"customer_tier_mail_template_id": self._make_foreign_template().id})

    def test_a_dry_run_counts_what_its_reader_may_read(self):
        """Else a filter would tell, sign by sign, whatever any table holds."""
        customer = self._add_customers(1)
        other = self.env["res.company"].create({"name": "Secret Ltd"})
        contact = self.env["res.partner"].create(
            {"name": "Hidden", "parent_id": customer.id, "company_id": other.id}
        )
        self.env.flush_all()
        domain = [("partner_id", "=", customer.id), ("partner_id.child_ids.name", "=", "Hidden")]
        play = self._make_play(customer, ("activity", 0), domain=str(domain))
        self.assertEqual(
            play.with_user(self.manager)._get_candidates().partner_id, contact.browse()
        )
        self.assertEqual(play.sudo()._get_candidates().partner_id, customer)

    def test_a_started_play_draws_whom_its_starter_may_read(self):
        """Else whoever starts one would learn from its customers what they may not read."""
        customers = self._add_customers(2)
        other = self.env["res.company"].create({"name": "Secret Ltd"})
        names = self.env["res.partner"].create(
            [
                {"name": "Spy", "parent_id": customers[0].id, "company_id": other.id},
                {"name": "Spy", "parent_id": customers[1].id},
            ]
        )
        self.env.flush_all()
        domain = [
            ("partner_id", "in", customers.ids),
            ("partner_id.child_ids", "any", [("name", "=", "Spy")]),
        ]
        values = {"domain": str(domain), "control_percent": 0}
        play = self._start(self._make_play(customers, ("opportunity", 0), **values))
        self.assertEqual(play.starter_id, self.manager)
        self.assertEqual(play.member_ids.partner_id, names[1].parent_id)
        # Who may see both finds both, whoever owns the play.
        play.action_stop()
        self.manager.company_ids |= other
        play = self._start(self._make_play(customers, ("opportunity", 0), **values))
        self.assertEqual(play.member_ids.partner_id, customers)
        with self.assertRaises(AccessError):
            play.with_user(self.manager).starter_id = self.env.ref("base.user_admin")

    def test_a_play_whose_starter_lost_the_right_is_a_draft_again(self):
        customers = self._add_customers(2)
        lost = self._make_play(customers[0])
        lost.with_user(self.manager).action_start()
        self.manager.active = False
        with self.assertLogs("odoo.addons.customer_value.models.play", "WARNING"):
            self._work()
        self.assertEqual((lost.state, lost.member_ids), ("draft", self.members))
        self.manager.active = True
        self._start(lost)
        self.assertEqual(lost.member_ids.partner_id, customers[0])

    def test_nobody_learns_of_account_plans_by_making_one(self):
        customer = self._add_customers(1)
        self.env["customer.account.plan"].create({"partner_id": customer.id})
        stranger = new_test_user(self.env, login="stranger", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.env["customer.account.plan"].with_user(stranger).create(
                {"partner_id": customer.id, "company_id": self.company.id}
            )
