from odoo.tests import HttpCase, tagged

from .common import PlayCommon


@tagged("post_install", "-at_install")
class TestPlayTours(PlayCommon, HttpCase):
    """A manager starts a play from a list; a salesperson works the calls."""

    def _run(self, language, name, tour, user):
        self.env["res.lang"]._activate_lang(language)
        user.lang = language
        action = self.env.ref(f"customer_value.{name}")
        self.start_tour(f"/odoo/action-{action.id}", tour, login=user.login)
        self.env.invalidate_all()

    def _start_from_list(self, language):
        buyers = self._add_customers(5)
        self._run(language, "customer_profile_action", "customer_play_start", self.manager)
        play = self.plays.search([]).with_context(lang=language)
        self.assertEqual((play.name, play.state), (play.template_id.name, "starting"))
        self.assertEqual(play.user_id, self.manager)
        self._work()
        self.assertEqual(play.member_ids.partner_id, buyers)

    def test_manager_starts_a_play_english(self):
        self._start_from_list("en_US")
        self.assertEqual(self.plays.search([]).name, "Save important customers at risk")

    def test_manager_starts_a_play_persian(self):
        self._start_from_list("fa_IR")

    def _work_the_calls(self, language):
        self.browser_size, self.touch_enabled = "375x667", True
        play = self._start(self._make_play(self._add_customers(2), control_percent=0))
        self._run(language, "customer_play_action_action_mine", "customer_play_calls",
                  self.own_salesperson)  # fmt: skip
        self.assertEqual({*play.action_ids.mapped("result")}, {"answered", "not_reached"})

    def test_salesperson_works_the_calls_english(self):
        self._work_the_calls("en_US")

    def test_salesperson_works_the_calls_persian(self):
        self._work_the_calls("fa_IR")
