from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from ..complaint.common import ComplaintCommon

ODD = (
    *("", "?self=1", "?self=1&self=2", "?page=x", "?page=²"),
    "?document=1&values=2&no_breadcrumbs=x",
)
TOKENS = ("é", "ي", "%00", "%ff%fe", "\U0001f600", "a" * 5000, "%F0%9F", "'", "[]")


@tagged("post_install", "-at_install")
class TestAddresses(ComplaintCommon, HttpCase):
    """No address anybody types in makes a page of ours fail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.portal = new_test_user(
            cls.env, login="pari", password="pari-pari", groups="base.group_portal", lang="en_US"
        )
        cls.portal.partner_id.parent_id = cls.customer

    def _assert_no_fault(self, path, **kwargs):
        answer = self.url_open(path, **kwargs)
        self.assertLess(answer.status_code, 500, path)
        self.assertNotIn("Traceback", answer.text)
        return answer

    def test_odd_addresses(self):
        complaint = self._complain()
        token = complaint.sudo()._portal_ensure_token()
        for user in (None, "pari"):
            self.authenticate(user, user and f"{user}-{user}")
            for odd in ODD:
                for path in (
                    "/my/complaints",
                    "/my/complaints/page/2",
                    "/my/complaints/new",
                    f"/my/complaints/{complaint.id}",
                    f"/my/complaints/{10**30}",
                    "/my/complaints/page/" + "9" * 30,
                    "/customer/feedback/x",
                    "/customer_value/telephony/x",
                ):
                    with self.subTest(path=path, odd=odd):
                        self._assert_no_fault(path + odd)
            for odd in TOKENS:
                with self.subTest(token=odd):
                    page = f"/my/complaints/{complaint.id}?access_token={odd}"
                    answer = self._assert_no_fault(page)
                    self.assertEqual("Desk scratched" in answer.text, user == "pari")
                    self._assert_no_fault(f"/customer/feedback/{odd.replace('%00', '%01')}")
        self.authenticate(None, None)
        opened = self._assert_no_fault(f"/my/complaints/{complaint.id}?access_token={token}&self=1")
        self.assertIn("Desk scratched", opened.text)

    def test_odd_forms(self):
        self.authenticate("pari", "pari-pari")
        for odd in ("\x00", "a\x00b", "\x1b[0m", "\ufffe", "é" * 50):
            for name in ("subject", "description", "key", "order_line", "category", "self"):
                with self.subTest(name=name, odd=odd):
                    data = {"subject": "Desk", "description": "Scratched", name: odd}
                    data["csrf_token"] = http.Request.csrf_token(self)
                    self._assert_no_fault("/my/complaints/new", data=data)
        files = [("files", ("a\x00b.txt", b"hello"))]
        data = {"subject": "Desk", "description": "Scratched"}
        data["csrf_token"] = http.Request.csrf_token(self)
        self._assert_no_fault("/my/complaints/new", data=data, files=files)
