import base64
import re

from lxml import html

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ComplaintCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
MARK = "probe77"
OPENERS = (
    "<script>{0}()</script>",
    "<img src=x onerror={0}()>",
    "<svg/onload={0}()>",
    "<iframe srcdoc='<script>{0}()</script>'></iframe>",
    "<a href=javascript:{0}()>x</a>",
    "<body onload={0}()>",
    "<details open ontoggle={0}()>",
    "<math><mi xlink:href=javascript:{0}()>",
    "<form action=javascript:{0}()><button>",
    "<style>@import 'javascript:{0}()'</style>",
)
WRAPPERS = ("{}", "\"'>{}", "</textarea>{}", "]]>{}", "{{{{7*7}}}}{}", "%0a{}")
PAYLOADS = [wrapper.format(opener.format(MARK)) for opener in OPENERS for wrapper in WRAPPERS]


@tagged("post_install", "-at_install")
class TestComplaintPortal(ComplaintCommon, HttpCase):
    """Customers complain and follow their complaints, over HTTP, without JavaScript."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")  # the tests look for English words
        cls.portal = new_test_user(
            cls.env, login="pari", password="pari-pari", groups="base.group_portal", lang="en_US"
        )
        cls.portal.partner_id.parent_id = cls.customer
        cls.stranger = new_test_user(
            cls.env, login="sten", password="sten-sten", groups="base.group_portal", lang="en_US"
        )

    def _log_in(self, user="pari"):
        self.authenticate(user, f"{user}-{user}")
        self.opener.cookies["frontend_lang"] = "en_US"

    def _post(self, path, files=(), **data):
        data = {"csrf_token": http.Request.csrf_token(self), **data}
        return self.url_open(path, data=data, files=list(files))

    def _send(self, files=(), **data):
        data = {"subject": "Desk scratched", "description": "On the left", **data}
        return self._post("/my/complaints/new", files, **data)

    def _assert_sent_home(self, path):
        """What is not theirs and what does not exist answer alike: with the home page."""
        answer = self.url_open(path)
        self.assertTrue(answer.url.rstrip("/").endswith(("/my", "/odoo", "/web")), answer.url)
        self.assertNotIn("Desk scratched", answer.text)
        self.assertNotIn("Not yours", answer.text)

    def _all(self):
        return self.env["customer.complaint"].search([("customer_id", "=", self.customer.id)])

    def test_thanks_with_number_and_date(self):
        self.env["customer.service.standard"].search([]).active = False
        self.env["customer.service.standard"].create(
            {"name": "Answer", "company_id": self.company.id, "first_response_hours": 8}
        )
        self._log_in()
        answer = self._send()
        complaint = self.env["customer.complaint"].search([], order="id desc", limit=1)
        page = html.fromstring(answer.text)
        [thanks] = page.find_class("o_complaint_received")
        text = thanks.text_content()
        self.assertIn(complaint.name, text)
        self.assertIn("We answer by", text)
        self.assertNotIn("o_complaint_received", self.url_open(complaint.access_url).text)

    def test_complain_and_follow(self):
        order, _invoice = self._sell(1)
        self._log_in()
        form = self.url_open("/my/complaints/new").text
        key = re.search(r'name="key" value="([^"]+)"', form)[1]
        self.assertIn(order.name, form)
        for name in ("subject", "order_line", "category", "description", "files"):
            self.assertIn(f'name="{name}"', form)
        sent = {"key": key, "order_line": str(order.order_line.id)}
        picture = ("files", ("desk.png", PNG, "image/png"))
        page = self._send([picture], **sent)
        complaint = self._all()
        self.assertEqual(page.url.split("/")[-1].split("?")[0], str(complaint.id))
        self.assertIn("On the left", page.text)
        self.assertIn("desk.png", page.text)
        self.assertEqual(complaint.order_line_id, order.order_line)
        self.assertEqual(complaint.partner_id, self.portal.partner_id)
        self._send([picture], **sent)
        self.assertEqual(self._all(), complaint, "the same form twice is one complaint")
        self.assertIn(complaint.name, self.url_open("/my/complaints").text)
        answer = self.make_jsonrpc_request("/my/counters", {"counters": ["complaint_count"]})
        self.assertEqual(answer["complaint_count"], 1)
        self.assertTrue(self.url_open("/my").ok)
        file = re.search(r'href="(/web/content/[^"]+)"', page.text)[1].replace("&amp;", "&")
        self.assertEqual(self.url_open(file).content, PNG)

    def test_only_their_own(self):
        complaint = self._complain()
        foreign = self._complain(partner_id=self.other_customer.id, subject="Not yours")
        self._log_in()
        self.assertIn("Desk scratched", self.url_open(f"/my/complaints/{complaint.id}").text)
        self.assertNotIn("Not yours", self.url_open("/my/complaints").text)
        for number in (foreign.id, 10**8):
            self._assert_sent_home(f"/my/complaints/{number}")
            self._post(f"/my/complaints/{number}/close")
        self._assert_sent_home(f"/my/complaints/{foreign.id}?access_token=x")
        self.assertFalse(foreign.close_date)
        self._log_in("sten")
        self._assert_sent_home(f"/my/complaints/{complaint.id}")
        for values in ({"order_line": str(self._order(self.customer).order_line.id)},):
            self._send(**values)
        mine = self.env["customer.complaint"].search(
            [("partner_id", "=", self.stranger.partner_id.id)]
        )
        self.assertFalse(mine.order_line_id)

    def test_employees_without_rights_get_nothing_here_either(self):
        employee = new_test_user(
            self.env, login="erik", password="erik-erik", groups="base.group_user"
        )
        employee.partner_id.parent_id = self.customer
        complaint = self._complain()
        self._log_in("erik")
        self._assert_sent_home(f"/my/complaints/{complaint.id}")

    def test_link_of_a_mail(self):
        complaint = self._complain()
        url = complaint.sudo().get_portal_url()
        self.assertIn("Desk scratched", self.url_open(url).text)

    def test_internal_things_are_not_shown(self):
        complaint = self._complain(
            root_cause="SECRET1",
            corrective_action="SECRET2",
            preventive_action="SECRET3",
            resolution="SECRET4 until it is solved",
            hours=77,
        )
        complaint.message_post(body="SECRET5", subtype_xmlid="mail.mt_note")
        self.env["ir.attachment"].create(
            {
                "name": "SECRET6.txt",
                "raw": b"x",
                "res_model": complaint._name,
                "res_id": complaint.id,
            }
        )
        complaint.message_post(
            body="We are sorry", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self._log_in()
        page = self.url_open(f"/my/complaints/{complaint.id}").text
        self.assertNotIn("SECRET", page)
        token = complaint.sudo().access_token
        answer = self.make_jsonrpc_request(
            "/mail/chatter_fetch",
            {"thread_model": complaint._name, "thread_id": complaint.id, "token": token}
            | {"fetch_params": {}},
        )
        bodies = str(answer)
        self.assertIn("We are sorry", bodies)
        self.assertNotIn("SECRET", bodies)

    def test_customer_answers_and_closes(self):
        complaint = self._complain()
        self._log_in()
        page = self._post(f"/my/complaints/{complaint.id}/close")
        self.assertTrue(page.ok)
        self.assertTrue(complaint.close_date)
        self.assertIn("The customer said", complaint.resolution)
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": complaint._name,
                "thread_id": complaint.id,
                "post_data": {
                    "body": "It is not solved",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
                "token": complaint.access_token,
            },
        )
        self.assertFalse(complaint.close_date)
        self.assertEqual(complaint.message_ids[:1].author_id, self.portal.partner_id)

    def test_files(self):
        self._log_in()
        for name, content in (
            ("page.html", b"<script>x</script>"),
            ("run.exe", b"MZ" + b"\x00" * 64),
            ("picture.svg", b"<svg onload='x()'/>"),
            ("picture.png", b"<html><script>x</script></html>"),
            ("none", b"x"),
        ):
            with self.subTest(name=name):
                page = self._send([("files", (name, content))])
                self.assertIn("cannot be attached", page.text)
                self.assertIn("On the left", page.text, "what was typed is still there")
        page = self._send([("files", (f"{n}.png", PNG)) for n in range(6)])
        self.assertIn("At most 5 files", page.text)
        page = self._send([("files", ("large.png", PNG + bytes(10 * 1024**2)))])
        self.assertIn("larger than 10 MB", page.text)
        self.assertFalse(self._all())
        text = "سلام، میز خط افتاده است".encode()
        for name, content in (("a.txt", text), ("b.pdf", b"%PDF-1.4 x"), ("c.txt", b"hello")):
            self._send([("files", (name, content))])
        self.assertEqual(len(self._all()), 3)

    def test_limits(self):
        self._log_in()
        self.assertIn("what is wrong", self._send(description=" ").text)
        self.assertIn("too long", self._send(subject="x" * 201).text)
        for number in range(10):
            self._send(subject=f"Desk {number}")
        self.assertIn("many complaints", self._send(subject="One more").text)
        self.assertEqual(len(self._all()), 10)
        self.assertEqual(self._post("/my/complaints/new", csrf_token="wrong").status_code, 400)

    def test_60_payloads_run_nowhere(self):
        self.assertEqual(len(PAYLOADS), 60)
        self._log_in()
        complaint = self._complain()
        for payload in PAYLOADS:
            values = self.env["customer.complaint"]._prepare_portal_values(
                self.portal.partner_id,
                {"subject": payload.replace("\n", " "), "description": payload},
            )
            complaint.sudo().write({**values, "resolution": payload})
            self._assert_harmless(complaint.description or "")
        page = self.url_open(f"/my/complaints/{complaint.id}").text
        self._assert_harmless(page)
        everything = " ".join(PAYLOADS)
        self._assert_harmless(self._send(subject="x" * 300, description=everything).text)
        complaint.sudo().subject = everything
        complaint.sudo().description = everything  # as HTML: what a mail brings
        self._assert_harmless(self.url_open(f"/my/complaints/{complaint.id}").text)
        self._assert_harmless(self.url_open("/my/complaints").text)

    def _assert_harmless(self, page):
        """No script, no event and no address in a page calls what the payloads call."""
        tree = html.document_fromstring(f"<div>{page}</div>" if "<html" not in page else page)
        for node in tree.iter():
            if node.tag in ("script", "style"):
                self.assertNotIn(f"{MARK}()", node.text or "")
            for name, value in node.attrib.items():
                if name.startswith("on") or name in ("srcdoc",) or "script:" in value:
                    self.assertNotIn(MARK, value, f"{node.tag} {name}")
