from odoo.tests import HttpCase, tagged

from .common import PlayCommon


@tagged("post_install", "-at_install")
class TestPlayTours(PlayCommon, HttpCase):
    """A manager starts a play from a list; a salesperson works the calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.manager | cls.own_salesperson).lang = "en_US"
        cls.buyers = cls._add_customers(5)

    def test_manager_starts_a_play_from_a_list(self):
        action = self.env.ref("customer_value.customer_profile_action")
        self.start_tour(
            f"/odoo/action-{action.id}", "customer_play_start", login=self.manager.login
        )
        play = self.plays.search([])
        self.assertEqual(play.name, "Save important customers at risk")
        self._work()
        self.assertEqual(play.member_ids.partner_id, self.buyers)

    def test_salesperson_works_the_calls_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        play = self._start(self._make_play(self.buyers[:2], control_percent=0))
        action = self.env.ref("customer_value.customer_play_action_action_mine")
        self.start_tour(
            f"/odoo/action-{action.id}", "customer_play_calls", login=self.own_salesperson.login
        )
        self.assertEqual({*play.action_ids.mapped("result")}, {"answered", "not_reached"})
