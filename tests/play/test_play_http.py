from odoo.tests import HttpCase, freeze_time, tagged

from .common import PlayCommon


@tagged("post_install", "-at_install")
class TestPlayHttp(PlayCommon, HttpCase):
    """The page to opt out: looking stores nothing, the button does, wrong links open nothing."""

    def setUp(self):
        super().setUp()
        customer = self._add_customers(1)
        play = self._start(self._make_play(customer, ("email", 0), control_percent=0))
        self.action = play.action_ids
        self.path = f"/customer/play/optout/{self.action._get_optout_key()}"
        self.optouts = self.env["customer.play.optout"]

    def test_opting_out(self):
        self.assertIn(self.path, self.action.mail_id.body_html)
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Do you want no more such mails?", page.text)
        self.assertFalse(self.optouts.search([]))
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        for _twice in range(2):
            done = self.url_open(self.path, data={"csrf_token": token})
            self.assertIn("You will get no more offers", done.text)
        optout = self.optouts.search([])
        self.assertEqual(len(optout), 1)
        self.assertEqual((optout.channel, optout.address), ("email", "buyer0@example.com"))
        self.assertFalse(optout.user_id)

    def test_wrong_links(self):
        for key in ("x", f"{self.action.id}-0", f"{self.action.id}", "0-0", "%00", "é-1"):
            page = self.url_open(f"/customer/play/optout/{key}")
            self.assertNotIn("no more such mails", page.text, key)
            self.assertLess(page.status_code, 500, key)
        self.assertFalse(self.optouts.search([]))

    def test_without_the_page_nothing_is_stored(self):
        page = self.url_open(self.path, data={"csrf_token": "guessed"})
        self.assertEqual(page.status_code, 400)
        self.assertFalse(self.optouts.search([]))

    def test_the_mail_queue_asks_again(self):
        with freeze_time("2026-06-02"):
            self.action._opt_out()
            self.action.mail_id.send()
        self.assertEqual(self.action.mail_id.state, "cancel")
        self.assertEqual(self.action.skip_reason, "opted_out")
