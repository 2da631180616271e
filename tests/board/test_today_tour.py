from odoo.tests import HttpCase, tagged

from .common import TodayCommon


@tagged("post_install", "-at_install")
class TestTodayTour(TodayCommon, HttpCase):
    """From the app's icon to a logged call in three clicks, by thumb, in both languages."""

    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, gain in (("Azure", 30), ("Deco", 20), ("Gemini", 10)):
            cls._add_known(
                f"{name} Furniture",
                user=cls.salesperson,
                retention_verdict="contact",
                retention_gain=gain,
            )

    def _log_call(self, language):
        self.env["res.lang"]._activate_lang(language)
        self.salesperson.lang = language
        self.start_tour("/odoo", "customer_value_today", login=self.salesperson.login)
        call = self.env["customer.interaction"].search([])
        self.assertEqual(call.partner_id.name, "Azure Furniture")
        self.assertEqual(call.create_uid, self.salesperson)
        skips = self.env["customer.today.skip"].search([], order="id")
        self.assertEqual(skips.mapped("partner_id.name"), ["Deco Furniture", "Gemini Furniture"])
        self.assertEqual(skips[1].reason, "no_need")

    def test_english(self):
        self._log_call("en_US")

    def test_persian(self):
        self._log_call("fa_IR")
