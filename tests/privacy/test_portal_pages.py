import json
from datetime import timedelta

from lxml import html

from odoo import fields, http
from odoo.tests import HttpCase, new_test_user, tagged

from ..complaint.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestPortalPages(ComplaintCommon, HttpCase):
    """Feedback and privacy on the portal, over HTTP: their own, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["res.lang"]._activate_lang("fa_IR")
        cls.portal = cls._create_portal("pari")
        cls.colleague = cls._create_portal("kaveh")
        cls.stranger = cls._create_portal("sten")
        (cls.portal | cls.colleague).partner_id.parent_id = cls.customer
        cls.person = cls.portal.partner_id

    @classmethod
    def _create_portal(cls, login):
        return new_test_user(
            cls.env,
            login=login,
            password=f"{login}-{login}",
            groups="base.group_portal",
            lang="en_US",
            email=f"{login}@azure.example",
        )

    def _ask(self, partner, **values):
        now = fields.Datetime.now()
        return (
            self.env["customer.feedback.request"]
            .sudo()
            .create(
                {
                    "cause": "invoice",
                    "kind": "rating",
                    "state": "sent",
                    "company_id": self.company.id,
                    "partner_id": partner.id,
                    "sent_date": now,
                    "expires_date": now + timedelta(days=10),
                    **values,
                }
            )
        )

    def _log_in(self, user="pari"):
        self.authenticate(user, f"{user}-{user}")
        self.opener.cookies["frontend_lang"] = "en_US"

    def _post(self, path, **data):
        return self.url_open(path, data={"csrf_token": http.Request.csrf_token(self), **data})

    # === FEEDBACK ===

    def test_answer_without_the_mail(self):
        request = self._ask(self.person)
        self._log_in()
        page = html.fromstring(self.url_open("/my/feedback").text)
        self.assertEqual(
            page.xpath("//a[contains(@href, '/my/feedback/')]/@href")[-1],
            f"/my/feedback/{request.id}",
        )
        form = self.url_open(f"/my/feedback/{request.id}")
        self.assertIn('name="rating"', form.text)
        refused = self._post(f"/my/feedback/{request.id}", rating="9")
        self.assertEqual((refused.status_code, request.state), (400, "sent"))
        self._post(f"/my/feedback/{request.id}", rating="4", comment="Fine")
        answer = request.feedback_ids
        self.assertEqual((request.state, answer.rating, answer.comment), ("answered", 4, "Fine"))
        self._post(f"/my/feedback/{request.id}", rating="1")
        self.assertEqual(len(request.feedback_ids), 1)

    def test_nobody_answers_for_others(self):
        theirs = self._ask(self.colleague.partner_id)
        company = self._ask(self.customer)
        foreign = self._ask(self.stranger.partner_id)
        expired = self._ask(self.person, expires_date=fields.Datetime.now() - timedelta(days=1))
        self._log_in()
        listed = self.url_open("/my/feedback").text
        self.assertNotIn(f'/my/feedback/{theirs.id}"', listed)
        self.assertIn(f'/my/feedback/{company.id}"', listed)
        closed = self.url_open("/my/feedback/0").text
        for request in (theirs, foreign, expired):
            self.assertEqual(self.url_open(f"/my/feedback/{request.id}").text, closed)
            self.assertEqual(self._post(f"/my/feedback/{request.id}", rating="5").text, closed)
            self.assertFalse(request.feedback_ids)
        for hostile in ("99999999999999999999", "2147483647", "2147483648"):
            self.assertEqual(self.url_open(f"/my/feedback/{hostile}").text, closed)

    def test_requests_never_sent_are_not_listed(self):
        for state in ("queued", "skipped", "failed"):
            self._ask(self.person, state=state, sent_date=False)
        self._log_in()
        self.assertIn("We have not asked you anything yet", self.url_open("/my/feedback").text)

    # === PRIVACY ===

    def _boxes(self):
        page = html.fromstring(self.url_open("/my/privacy").text)
        boxes = page.xpath(
            "//form[contains(@class, 'o_customer_privacy_form')]//input[@type='checkbox']"
        )
        return {
            box.get("name").removeprefix("way_"): (
                box.get("checked") is not None,
                box.get("disabled") is None,
            )
            for box in boxes
        }

    def test_choices_are_honoured_by_plays_and_questions(self):
        self._log_in()
        self.assertTrue(all(wanted for wanted, _free in self._boxes().values()))
        self._post("/my/privacy", way_activity="on")
        self.assertTrue(self.person.feedback_optout)
        self.assertEqual(self._ask(self.person)._get_obstacle(), "opt_out")
        optouts = self.env["customer.play.optout"]
        self.assertEqual(optouts._find_customers("email", self.customer), self.customer)
        self.assertFalse(optouts._find_customers("activity", self.customer))
        self.assertEqual(optouts._find_addresses(["pari@azure.example"]), {"pari@azure.example"})
        wanted = {key: wanted for key, (wanted, _free) in self._boxes().items()}
        self.assertEqual(
            (wanted["feedback"], wanted["email"], wanted["activity"]), (False, False, True)
        )
        count = optouts.search_count([("customer_id", "=", self.customer.id)])
        self._post("/my/privacy", way_activity="on")
        self.assertEqual(optouts.search_count([("customer_id", "=", self.customer.id)]), count)
        self._post("/my/privacy", way_activity="on", way_email="on", way_feedback="on")
        self.assertFalse(self.person.feedback_optout)
        self.assertFalse(optouts._find_customers("email", self.customer))

    def test_what_others_said_stays(self):
        optouts = self.env["customer.play.optout"].sudo()
        optouts._note(self.colleague.partner_id, "email")
        self.customer.feedback_optout = True
        self._log_in()
        boxes = self._boxes()
        self.assertEqual((boxes["email"], boxes["feedback"]), ((False, False), (False, False)))
        self._post("/my/privacy", way_email="on", way_feedback="on", way_activity="on")
        self.assertTrue(optouts._find_customers("email", self.customer))
        self.assertTrue(self.customer.feedback_optout)

    def test_another_contact_with_the_same_address(self):
        twin = self._create_customer("Twin", email="pari@azure.example")
        twin.feedback_optout = True
        self.env["customer.play.optout"].sudo()._note(twin, "email")
        self._log_in()
        boxes = self._boxes()
        self.assertEqual((boxes["email"], boxes["feedback"]), ((False, False), (False, False)))
        self._post("/my/privacy", way_email="on", way_feedback="on", way_activity="on")
        self.assertTrue(twin.feedback_optout)

    def test_page_and_file_hold_their_own_and_nothing_of_ours(self):
        mine = self._complain(
            partner_id=self.person.id, subject="My desk", root_cause="Secret cause"
        )
        self._complain(partner_id=self.colleague.partner_id.id, subject="Their desk")
        self._complain(partner_id=self.stranger.partner_id.id, subject="Foreign desk")
        self.env["customer.interaction"].create(
            {
                "partner_id": self.person.id,
                "kind": "call",
                "subject": "Gossip",
                "note": "Secret note",
            }
        )
        self._log_in()
        page = self.url_open("/my/privacy").text
        response = self.url_open("/my/privacy/download")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        content = json.loads(response.text)
        self.assertEqual([row["Number"] for row in content["Your complaints"]], [mine.name])
        for text in (page, response.text):
            self.assertIn("My desk", text)
            self.assertIn("pari@azure.example", text)
            for hidden in ("Their desk", "Foreign desk", "Secret", "Gossip", "net_profit"):
                self.assertNotIn(hidden, text)

    def test_only_for_customers_who_signed_in(self):
        paths = ("/my/privacy", "/my/privacy/download", "/my/feedback")
        for path in paths:
            self.assertIn("/web/login", self.url_open(path).url)
        new_test_user(self.env, login="emi", password="emi-emi", groups="base.group_user")
        self._log_in("emi")
        for path in paths[:2]:
            self.assertNotIn("privacy", self.url_open(path).url)

    def test_foreign_form_is_refused(self):
        self._log_in()
        self.url_open("/my/privacy", data={"csrf_token": "wrong"})
        self.assertFalse(self.person.feedback_optout)
        odd = {
            f"way_{key}": "on" for key in ("", "zzz", "email'--", "feedback", "email", "activity")
        }
        self.assertEqual(self._post("/my/privacy", **odd).status_code, 200)
        self.assertFalse(self.person.feedback_optout)

    def test_in_persian_and_on_the_home_page(self):
        self.portal.lang = "fa_IR"
        self.authenticate("pari", "pari-pari")
        self.opener.cookies["frontend_lang"] = "fa_IR"
        for path in ("/my/privacy", "/my/feedback"):
            page = self.url_open(path)
            self.assertEqual(page.status_code, 200)
            self.assertIn("assets_frontend.rtl", page.text)
        home = self.url_open("/my").text
        self.assertIn("/my/privacy", home)
        self.assertIn("/my/feedback", home)
