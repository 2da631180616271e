from odoo.tests import HttpCase, tagged

from .common import OutreachCommon


@tagged("post_install", "-at_install")
class TestSmsTours(OutreachCommon, HttpCase):
    """An administrator, a manager and a salesperson at work, in both languages."""

    def _run(self, language, record, model_path, tour, user):
        self.env["res.lang"]._activate_lang(language)
        user.lang = language
        self.start_tour(f"/odoo/{model_path}/{record.id}", tour, login=user.login)

    def _test_gateway(self, language):
        self._run(
            language, self.gateway, "customer.sms.gateway", "customer_sms_gateway", self.admin
        )
        self.assertEqual(self.server.bodies[0]["to"], "+12015550123")

    def test_gateway_english(self):
        self._test_gateway("en_US")

    def test_gateway_persian(self):
        self._test_gateway("fa_IR")

    def _interview(self, language):
        self.browser_size, self.touch_enabled = "375x667", True
        self.env["res.lang"]._activate_lang(language)
        self.own_salesperson.lang = language
        self._start(self._make_play(self._add_customers(1), control_percent=0))
        action = self.env.ref("customer_value.customer_play_action_action_mine")
        self.start_tour(
            f"/odoo/action-{action.id}", "customer_lost_interview", login=self.own_salesperson.login
        )
        interview = self.env["customer.lost.interview"].search([])
        self.assertEqual(interview.user_id, self.own_salesperson)
        self.assertEqual(interview.partner_id.name, "Buyer 0")

    def test_interview_english(self):
        self._interview("en_US")

    def test_interview_persian(self):
        self._interview("fa_IR")
