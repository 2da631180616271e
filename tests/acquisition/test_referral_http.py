from odoo.addons.customer_value.models.acquisition.customer_referral_confirm import MAILS_PER_DAY
from odoo.tests import HttpCase, new_test_user, tagged

from .test_referral import ReferralCommon


@tagged("post_install", "-at_install")
class TestReferralHttp(ReferralCommon, HttpCase):
    """The public page: looking stores nothing, sending makes a lead once, nothing is told."""

    def setUp(self):
        super().setUp()
        self.env["customer.feedback.attempt"].search([]).unlink()
        self.env["res.lang"]._activate_lang("en_US")
        self.referrer.company_id.partner_id.lang = "en_US"
        self.path = f"/customer/referral/{self.referrer._get_key()}"

    def _send(self, path=None, **form):
        page = self.url_open(self.path)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(path or self.path, data={"csrf_token": token, **form})

    def test_who_comes_by_the_link_becomes_a_lead_once(self):
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(self.customer.name, page.text)
        self.assertFalse(self.referrer.referral_ids)
        values = {"name": "Nora", "email": "Nora@New.example", "note": "<b>Desks</b>"}
        for _twice in range(2):
            done = self._send(**values)
            self.assertIn("Thank you", done.text)
        referral = self.referrer.referral_ids
        self.assertEqual((len(referral), referral.way, referral.state), (1, "link", "registered"))
        self.assertFalse(referral.is_approved)
        lead = referral.lead_id
        self.assertEqual((lead.email_from, lead.source_id.name), ("nora@new.example", "Referral"))
        self.assertNotIn("<b>", lead.description)

    def test_who_is_known_hears_the_same_and_makes_no_lead(self):
        self.other_customer.email = "known@deco.example"
        self.customer.email = "self@azure.example"
        before = self.leads.search_count([])
        new = self._send(name="New", email="new@new.example")
        for address in ("known@deco.example", "self@azure.example"):
            done = self._send(name="New", email=address)
            self.assertEqual(done.text, new.text)
        self.assertEqual(self.leads.search_count([]), before + 1)
        refused = self.referrer.referral_ids.filtered(lambda one: one.state == "refused")
        self.assertEqual({*refused.mapped("refuse_reason")}, {"known", "self"})

    def test_the_portal_shows_ones_own_code_and_link(self):
        person = self.env["res.partner"].create({"name": "Pari", "parent_id": self.customer.id})
        new_test_user(
            self.env, "pari", groups="base.group_portal", partner_id=person.id, lang="en_US",
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)],
        )  # fmt: skip
        theirs = self.referrers._get_for(self.friend, self.company)
        self.authenticate("pari", "pari")
        page = self.url_open("/my/tier").text
        self.assertIn(self.referrer.code, page)
        self.assertIn(self.referrer._get_key(), page)
        self.assertNotIn(theirs.code, page)
        self.referrer.is_optout = True
        self.assertNotIn(self.referrer.code, self.url_open("/my/tier").text)
        self.referrer.is_optout = False
        self.company.customer_referral_program_id = False
        self.assertNotIn(self.referrer.code, self.url_open("/my/tier").text, "without a reward")

    def test_wrong_links_open_nothing(self):
        other = self.referrers._get_for(self.other_customer, self.company)
        mac = self.referrer._get_key().partition("-")[2]
        texts = set()
        for key in ("x", f"{self.referrer.id}-0", f"{other.id}-{mac}", "0-0", "é-1", "9" * 40):
            page = self.url_open(f"/customer/referral/{key}")
            self.assertLess(page.status_code, 500, key)
            self.assertNotIn("<form", page.text, key)
            texts.add(page.text)
        self.assertEqual(len(texts), 1)
        self.referrer.with_user(self.manager).action_opt_out()
        self.env.flush_all()
        self.assertIn(self.url_open(self.path).text, texts)

    def test_what_is_missing_is_said_and_stores_nothing(self):
        for form in ({}, {"name": "Nora"}, {"email": "a@b.example"}, {"name": "N", "email": "no"}):
            page = self._send(**form)
            self.assertEqual(page.status_code, 400)
            self.assertIn('role="alert"', page.text)
        page = self._send(name='"><script>alert(1)</script>', email="no")
        self.assertNotIn("<script>alert", page.text)
        guessed = self.url_open(
            self.path, data={"csrf_token": "guessed", "name": "N", "phone": "1"}
        )
        self.assertEqual(guessed.status_code, 400)
        self.assertFalse(self.referrer.referral_ids)

    def test_twenty_posts_a_minute(self):
        statuses = [self._send(name="N").status_code for _post in range(22)]
        self.assertEqual(statuses[-1], 429)
        self.assertNotIn(429, statuses[:19])

    # === WHO SITS BEHIND THE LINK === #

    def _get_mails(self, address):
        return self.env["mail.mail"].search([("email_to", "=ilike", address)])

    def _buy(self, referral):
        """The lead becomes a customer, and pays; return the state of the referral."""
        customer = self._create_customer("Nora Ltd", email=referral.email)
        referral.lead_id.partner_id = customer
        today = self.env["customer.profile"]._get_today(self.company)
        self._pay(self._invoice(customer, today, 100), today)
        self._drain()
        return referral.state

    def test_whoever_came_says_so_by_a_mail(self):
        """In a private window one of us could enter anybody: only the person's own word counts."""
        self._send(name="Nora", email="nora@new.example")
        self._send(name="Nora", email="nora@new.example")
        referral = self.referrer.referral_ids
        [mail] = self._get_mails("nora@new.example")
        for name in (self.customer.name, "Nora"):
            self.assertNotIn(name, f"{mail.subject}{mail.body_html}")
        path = mail.body_html.split('href="')[1].split('"')[0].removeprefix(self.base_url())
        self.assertEqual(path, referral._get_confirm_link().removeprefix(self.base_url()))
        self.assertEqual(self._buy(referral), "bought")
        # Programs that open every link of a mail confirm nothing, nor does who guesses.
        self.assertEqual(self.url_open(path).status_code, 200)
        self.assertEqual(self.url_open(path, data={"csrf_token": "guessed"}).status_code, 400)
        self.env.invalidate_all()
        self.assertFalse(referral.is_approved)
        for _twice in range(2):
            page = self.url_open(path)
            token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
            done = self.url_open(path, data={"csrf_token": token})
            self.assertIn("Thank you", done.text)
        self._drain()
        self.assertTrue(referral.is_approved)
        self.assertFalse(referral.approved_by_id)
        self.assertEqual(referral.state, "rewarded")

    def test_a_link_writes_to_twenty_people_a_day(self):
        referrals = self.env["customer.referral"].with_user(self.env.ref("base.public_user"))
        for number in range(MAILS_PER_DAY + 2):
            values = {"name": "N", "email": f"n{number}@new.example"}
            referrals._register_by_link(self.referrer.with_user(referrals.env.user), values)
        self.assertEqual(len(self.referrer.referral_ids), MAILS_PER_DAY + 2)
        self.assertEqual(len(self._get_mails("%@new.example")), MAILS_PER_DAY)

    def test_without_their_word_a_manager_decides(self):
        self.env["mail.blacklist"].create({"email": "blocked@new.example"})
        self.own_salesperson.partner_id.email = "olga@we.example"
        for form in (
            {"phone": "+1 555 0100199"},
            {"email": "blocked@new.example"},
            {"email": "olga@we.example"},
        ):
            self._send(name="Nora", **form)
            referral = self.referrer.referral_ids.sorted("id")[-1:]
            self.assertFalse(referral.is_approved)
            self.assertFalse(self._get_mails(referral.email or "x"), form)
        phoned = self.referrer.referral_ids.filtered("phone")
        self.assertEqual(self._buy(phoned), "bought")
        phoned.with_user(self.manager).action_approve()
        self._drain()
        self.assertEqual(phoned.state, "rewarded")

    def test_one_of_us_who_fills_in_the_page_is_not_trusted(self):
        referrals = self.env["customer.referral"].with_user(self.own_salesperson)
        referrals._register_by_link(self.referrer, {"name": "Nora", "email": "nora@new.example"})
        self.assertFalse(self.referrer.referral_ids.is_approved)

    def test_wrong_keys_confirm_nothing(self):
        self._send(name="Nora", email="nora@new.example")
        self._send(name="Max", email="max@new.example")
        first, second = self.referrer.referral_ids.sorted("id")
        mac = first._get_confirm_key().partition("-")[2]
        for key in ("x", f"{first.id}-0", f"{second.id}-{mac}", "0-0", "é-1", "9" * 40,
                    self.referrer._get_key()):  # fmt: skip
            page = self.url_open(f"/customer/referral/confirm/{key}")
            self.assertLess(page.status_code, 500, key)
            self.assertNotIn("<form", page.text, key)
        # A refusal of a manager stands.
        first.with_user(self.manager).action_refuse()
        first._confirm()
        self.assertEqual((first.state, first.is_approved), ("refused", False))
