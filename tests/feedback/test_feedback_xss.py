import csv
import io
import json
import zipfile
from html.parser import HTMLParser
from urllib.parse import quote

from odoo import http
from odoo.tests import HttpCase, tagged

from .common import FeedbackCommon

HARMLESS_TAGS = {
    *("html", "head", "meta", "title", "link", "body", "main", "p", "div", "h1", "form", "input"),
    *("fieldset", "legend", "label", "textarea", "button", "b", "span", "br", "table", "tbody"),
    *("tr", "td", "a", "strong", "em"),
}
CALLS = ("alert(1)", "window.marker=1", "fetch('//x.example')")
FORMS = (
    "<script>{}</script>",
    "</textarea><script>{}</script>",
    "</title><script>{}</script>",
    "<img src=x onerror={}>",
    "<svg/onload={}>",
    "<svg><animate onbegin={} attributeName=x>",
    "<iframe src=javascript:{}></iframe>",
    "<a href=javascript:{}>x</a>",
    "<details open ontoggle={}>",
    "<body onload={}>",
    '" onmouseover="{}" x="',
    "' onfocus='{}' autofocus x='",
    '"><script>{}</script>',
    "javascript:{}",
    "{{{{ {} }}}}",
    '<t t-out="{}"/>',
    "${{ {} }}",
    "<math><mtext><script>{}</script></mtext></math>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "&lt;script&gt;{}&lt;/script&gt;",
)
PAYLOADS = [form.format(call) for form in FORMS for call in CALLS]


class Page(HTMLParser):
    """Collects what could run."""

    def __init__(self, html):
        super().__init__()
        self.wrong = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag not in HARMLESS_TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.wrong.append((tag, name, value))


@tagged("post_install", "-at_install")
class TestFeedbackXss(FeedbackCommon, HttpCase):
    """What customers and colleagues write is shown, never run."""

    def _assert_harmless(self, html, payload):
        self.assertEqual(Page(html).wrong, [], payload)

    def test_payloads(self):
        self.assertEqual(len(PAYLOADS), 60)

    def test_page_and_mail(self):
        partner = self._create_customer("Evil", email="evil@example.com")
        factor = self.factors[0]
        self.company.sudo().feedback_quiet_days = 0
        for payload in PAYLOADS:
            partner.name = self.company.name = factor.name = factor.question = payload
            _request, token = self._request(partner, "gap")
            mail = self._get_mails(partner)[-1:]
            self._assert_harmless(mail.body_html, payload)
            page = self.url_open(f"/customer/feedback/{token}?level={quote(payload)}")
            self._assert_harmless(page.text, payload)
            csrf = page.text.split('csrf_token" value="')[1].split('"')[0]
            form = {
                "csrf_token": csrf,
                "comment": payload,
                f"expectation_{factor.id}": payload,
                payload: payload,
            }
            answer = self.url_open(f"/customer/feedback/{token}", data=form)
            self.assertEqual(answer.status_code, 400)
            self._assert_harmless(answer.text, payload)
            mail.unlink()

    def test_chatter_activity_and_timeline(self):
        for payload in PAYLOADS:
            feedback = self._rate(self.customer, 1, document_name=payload)
            feedback.comment = payload
            feedback.activity_ids.unlink()
            feedback.loop_state = False
            feedback._open_loops()
            self._assert_harmless(str(feedback.activity_ids.note), payload)
            feedback.with_user(self.manager)._void(payload)
            for message in feedback.message_ids:
                self._assert_harmless(str(message.body), payload)
            self.assertEqual(feedback.comment, payload, "kept as it was written")
        timeline = self.env["customer.timeline"].with_user(self.salesperson)
        entries = timeline.get_timeline(self.customer.id, kinds=["feedback"])["entries"]
        self.assertEqual(len(entries), 60)
        self.assertEqual(
            timeline.browse(entries[0]["id"]).get_preview()["text"], PAYLOADS[-1].strip()
        )

    def test_exported_cells_are_no_formulas(self):
        starts = ("=1+1", "@SUM(A1)", "+1", "-1", "\t=1", "\r=1", "=HYPERLINK('x')", "{=1+1}")
        for start in starts:
            self._rate(self.customer, 4).comment = start
        self.env.ref("base.group_allow_export").sudo().user_ids |= self.manager
        self.authenticate("mina", "mina")
        for kind in ("csv", "xlsx"):
            self._assert_no_formula(kind)

    def _assert_no_formula(self, kind):
        data = {
            "model": "customer.feedback",
            "fields": [{"name": "comment", "label": "Comment", "type": "text"}],
            "ids": False,
            "domain": [("comment", "!=", False)],
            "groupby": [],
            "import_compat": False,
        }
        found = self._download(f"/web/export/{kind}", data)
        if kind == "csv":
            cells = [row[0] for row in csv.reader(io.StringIO(found.text))][1:]
            self.assertEqual(len(cells), 8)
            for cell in cells:
                self.assertNotIn(cell.lstrip(" \n")[:1], ("=", "@", "+", "-", "\t", "\r", "{"))
        else:
            self._assert_no_formula_cells(found.content)

    def _assert_no_formula_cells(self, content, rows=9):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        self.assertEqual(sheet.count("<row "), rows)
        self.assertNotIn("<f", sheet.replace("<formatting", ""))

    def test_titles_of_groups_are_no_formulas(self):
        self.customer.name = "=1+1"
        self._rate(self.customer, 4)
        self.env.flush_all()
        self.env.ref("base.group_allow_export").sudo().user_ids |= self.manager
        self.authenticate("mina", "mina")
        for model in ("customer.feedback", "customer.answer.report"):
            field = "customer_id"
            data = {
                "model": model,
                "fields": [{"name": field, "label": "Customer", "type": "many2one"}],
                "ids": False,
                "domain": [(field, "=", self.customer.id)],
                "groupby": [field],
                "import_compat": False,
            }
            found = self._download("/web/export/xlsx", data)
            self._assert_no_formula_cells(found.content, rows=3)

    def test_titles_of_pivots_are_no_formulas(self):
        self.authenticate("mina", "mina")
        title = {"title": "=1+1", "width": 1, "height": 1, "is_bold": False}
        data = {
            "model": "customer.answer.report",
            "title": "Answers",
            "measure_count": 1,
            "col_group_headers": [[title]],
            "measure_headers": [title],
            "rows": [{"title": "{=1+1}", "indent": 0, "values": [{"value": 4}]}],
        }
        found = self._download("/web/pivot/export_xlsx", data)
        self._assert_no_formula_cells(found.content, rows=3)

    def _download(self, address, data):
        token = http.Request.csrf_token(self)
        found = self.url_open(address, data={"data": json.dumps(data), "csrf_token": token})
        self.assertEqual(found.status_code, 200, found.text[:500])
        return found
