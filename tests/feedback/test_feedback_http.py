import re

from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from .common import FeedbackCommon

NEUTRAL = ("Thank you!", "This link is closed")
GETS = 1000


@tagged("post_install", "-at_install")
class TestFeedbackHttp(FeedbackCommon, HttpCase):
    """The public page over real HTTP, as a browser without JavaScript sees it."""

    def _get(self, token, query="", **headers):
        return self.url_open(f"/customer/feedback/{token}{query}", headers=headers)

    def _post(self, token, csrf=None, **form):
        """Send the form of the page, as opened in this session."""
        if csrf is None:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self._get(token).text)
            csrf = found[1] if found else self._get_any_csrf()
        return self.url_open(
            f"/customer/feedback/{token}", data={"csrf_token": csrf, **form}, method="POST"
        )

    def _get_any_csrf(self):
        """Return a token of this session from another page of ours."""
        return re.search(r'csrf_token" value="([^"]+)"', self._get(self.spare).text)[1]

    def setUp(self):
        super().setUp()
        spare = self._create_customer("Spare", email="spare@example.com")
        self.spare = self._request(spare)[1]

    def test_levels_are_chosen_beforehand_and_stored_on_sending(self):
        request, token = self._request()
        page = self._get(token, "?level=2")
        self.assertEqual(page.status_code, 200)
        self.assertEqual(re.findall(r'value="(\d)" checked="checked"', page.text), ["2"])
        self.assertFalse(request.feedback_ids)
        answer = self._post(token, rating="2", comment="Late\r\nand broken")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Thank you for your answer!", answer.text)
        request.invalidate_recordset()
        feedback = request.feedback_ids
        self.assertEqual((feedback.rating, feedback.comment), (2, "Late\nand broken"))
        self.assertEqual((feedback.source, request.state), ("link", "answered"))
        self.assertEqual(feedback.loop_state, "open")

    def test_nps_and_questionnaire(self):
        nps, token = self._request(kind="nps")
        self.assertEqual(self._get(token).text.count('type="radio"'), 11)
        self._post(token, nps="0")
        self.assertEqual(nps.feedback_ids.nps, 0)
        gap, token = self._request(self.other_customer, "gap")
        page = self._get(token)
        self.assertEqual(page.text.count('type="radio"'), 40)
        for factor in self.factors:
            self.assertIn(factor.name, page.text)
        first, second = self.factors[:2].ids
        form = {f"expectation_{first}": "5", f"perception_{first}": "4"}
        half = self._post(token, **form, **{f"expectation_{second}": "5"})
        self.assertEqual(half.status_code, 400)
        self.assertIn("“Performance”", half.text)
        self.assertIn('role="alert"', half.text)
        chosen = re.findall(r'name="(\w+)" value="(\d)" checked', half.text)
        self.assertIn((f"expectation_{first}", "5"), chosen)
        self._post(token, **form)
        gap.invalidate_recordset()
        self.assertEqual(gap.feedback_ids.gap, -1)

    def test_nothing_but_an_answer_answers(self):
        request, token = self._request()
        for form in ({}, {"rating": "6"}, {"rating": "x"}, {"rating": "-1"}, {"nps": "5"}):
            answer = self._post(token, **form)
            self.assertEqual(answer.status_code, 400, form)
            self.assertIn("Please choose a level", answer.text)
        self.assertFalse(request.feedback_ids)
        self.assertEqual(request.state, "sent")

    def test_used_expired_and_unknown_links_are_the_same(self):
        used, used_token = self._request()
        self._post(used_token, rating="5")
        expired, expired_token = self._request(self.other_customer)
        expired.expires_date = expired.sent_date
        self.env.flush_all()
        unknown = "A" * len(used_token)
        for method in (self._get, lambda token: self._post(token, rating="1")):
            pages = [method(token) for token in (used_token, expired_token, unknown, "x")]
            self.assertEqual(len({page.content for page in pages}), 1)
            self.assertEqual({page.status_code for page in pages}, {200})
            headers = [
                {k: v for k, v in page.headers.items() if k not in ("Date", "Set-Cookie")}
                for page in pages
            ]
            self.assertTrue(all(one == headers[0] for one in headers))
            for text in NEUTRAL:
                self.assertIn(text, pages[0].text)
        self.assertEqual(used.feedback_ids.rating, 5, "the first answer wins")
        self.assertFalse(expired.feedback_ids)

    def test_posts_without_the_page_are_refused_readably(self):
        request, token = self._request()
        for csrf in ("", "0" * 40 + "o99999999999"):
            with self.assertLogs("odoo.http", "WARNING"):
                answer = self._post(token, csrf=csrf, rating="1")
            self.assertEqual(answer.status_code, 400)
            self.assertIn("open the link in the mail again", answer.text)
        self.assertFalse(request.feedback_ids)
        for method in ("PUT", "DELETE"):
            answer = self.url_open(f"/customer/feedback/{token}", method=method)
            self.assertIn(answer.status_code, (400, 405))
        self.assertEqual(self.url_open(f"/customer/feedback/{token}", method="HEAD").text, "")
        self.assertEqual(request.state, "sent")

    def test_too_long(self):
        request, token = self._request()
        self.assertEqual(self._post(token, rating="1", comment="x" * 4001).status_code, 400)
        answer = self._post(token, rating="1", comment="x" * 70_000)
        self.assertEqual(answer.status_code, 413)
        self.assertIn("shorten the comment", answer.text)
        self.assertFalse(request.feedback_ids)

    def test_limits(self):
        request, token = self._request()
        for _attempt in range(20):
            self.assertEqual(self._post(token, rating="9").status_code, 400)
        answer = self._post(token, rating="5")
        self.assertEqual(answer.status_code, 429)
        self.assertEqual(answer.headers["Retry-After"], "120")
        self.assertIn("try again in a few minutes", answer.text)
        csrf = self._get_any_csrf()
        statuses = [self._post(f"guess{n}", csrf=csrf).status_code for n in range(21)]
        self.assertEqual(statuses, [200] * 20 + [429])
        self.assertFalse(request.feedback_ids)
        colleague, honest = self._request(self.other_customer)
        self.assertEqual(self._post(honest, rating="4").status_code, 200)
        self.assertEqual(colleague.feedback_ids.rating, 4, "others behind the address may answer")
        self.assertEqual(self._post(honest, rating="4").status_code, 429, "used, as unknown")
        keys = self.env["customer.feedback.attempt"].search([])
        self.assertFalse([key for key in keys if token in key.key or "127.0.0.1" in key.key])
        self.env.cr.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'customer_feedback_attempt'"
        )
        self.assertEqual(self.env.cr.fetchone()[0], "u")
        with self._later(minutes=1):
            self.assertEqual(self._post(token, rating="5").status_code, 429)
        with self._later(minutes=2):
            self.assertEqual(self._post(token, rating="5").status_code, 200)
        self.assertEqual(request.feedback_ids.rating, 5)

    def test_declining(self):
        request, token = self._request()
        answer = self._post(token, decline="1")
        self.assertIn("We will not ask you again", answer.text)
        self.env.invalidate_all()
        self.assertTrue(self.customer.feedback_optout)
        self.assertEqual(request.state, "declined")
        self.assertIn(NEUTRAL[1], self._get(token).text)

    def test_headers_keep_the_page_to_itself(self):
        _request, token = self._request()
        for page in (self._get(token), self._get("unknown")):
            policy = page.headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(page.headers["Cache-Control"], "no-store")
            self.assertNotRegex(page.text, r"(?i)<script|<style| style=| on\w+=|https?://")

    def test_page_is_accessible(self):
        for number, kind in enumerate(("rating", "nps", "gap")):
            partner = self._create_customer(f"A{number}", email=f"a{number}@example.com")
            _request, token = self._request(partner, kind)
            text = self._get(token).text
            self.assertRegex(text, r'<html lang="en-US" dir="ltr"')
            self.assertIn("width=device-width", text)
            self.assertEqual(text.count("<fieldset"), text.count("<legend"))
            self.assertRegex(text, r'<label class="comment" for="comment"')
            labels = re.findall(r"<label>(.*?)</label>", text, re.S)
            self.assertEqual(len(labels), text.count('type="radio"'))
            self.assertEqual(text.count("<h1"), 1)

    def test_persian_page(self):
        self.customer.lang = "fa_IR"
        _request, token = self._request(kind="nps")
        text = self._get(token).text
        self.assertIn('<html lang="fa-IR" dir="rtl"', text)
        for digit in "۰۱۲۳۴۵۶۷۸۹":
            self.assertIn(f"<b>{digit}</b>", text)
        closed = self._get("unknown", **{"Accept-Language": "fa-IR,fa;q=0.9"})
        self.assertIn('dir="rtl"', closed.text)
        self.assertIn('dir="ltr"', self._get("unknown").text)

    def test_a_thousand_gets_write_nothing(self):
        request, token = self._request()
        self.env.flush_all()
        self.env.cr.execute("SELECT id, xmin::text FROM customer_feedback_request ORDER BY id")
        rows = self.env.cr.fetchall()
        counts = self._count_rows()
        sql = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
        self.env.cr.execute(sql)
        written = self.env.cr.fetchone()
        for number in range(GETS):
            page = self._get(token, f"?level={number % 6}")
            self.assertEqual(page.status_code, 200)
        self.env.cr.execute(sql)
        self.assertEqual(self.env.cr.fetchone(), written)
        self.env.cr.execute("SELECT id, xmin::text FROM customer_feedback_request ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), rows)
        self.assertEqual(self._count_rows(), counts)
        self.assertEqual(request.state, "sent")

    def _count_rows(self):
        names = (
            "customer_feedback",
            "customer_feedback_attempt",
            "mail_message",
            "ir_cron_trigger",
        )
        query = SQL(", ").join(
            SQL("(SELECT count(*) FROM %s)", SQL.identifier(name)) for name in names
        )
        return self.env.execute_query(SQL("SELECT %s", query))
