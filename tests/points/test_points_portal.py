"""What customers see of their points: on the portal, and printed on their invoices."""

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common import PointsCommon


@tagged("post_install", "-at_install")
class TestPointsPortal(PointsCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        for login in ("pari", "sten"):
            user = new_test_user(
                cls.env,
                login=login,
                password=f"{login}-{login}",
                groups="base.group_portal",
                lang="en_US",
            )
            user.partner_id.parent_id = cls.customer if login == "pari" else False
        cls.program.write({"customer_points_months": 12})
        cls.invoice = cls._invoice(cls.customer, cls.today, 130)
        cls._pay(cls.invoice, cls.today)
        cls._drain()

    def _open(self, path, user="pari"):
        self.authenticate(user, f"{user}-{user}")
        self.opener.cookies["frontend_lang"] = "en_US"
        return self.url_open(path)

    def test_balance_history_and_rewards(self):
        order = self._quote(self.contact)
        self._redeem(order)
        self._drain()
        answer = self._open("/my/points")
        self.assertEqual(answer.status_code, 200)
        for text in (
            "30 Points",
            "Earned: " + self.invoice.name,
            "Spent: " + order.name,
            "missing",
        ):
            self.assertIn(text, answer.text)
        self.assertIn(self.program.reward_ids.description, answer.text)
        order._action_cancel()
        self._drain()
        answer = self._open("/my/points")
        self.assertIn("130 Points", answer.text)
        self.assertIn("you have enough", answer.text)

    def test_nobody_sees_the_points_of_others(self):
        card = self._card()
        for path in ("/my/points", f"/my/points/{card.id}", f"/my/points/{card.id}/page/2"):
            answer = self._open(path, "sten")
            self.assertTrue(answer.url.rstrip("/").endswith(("/my", "/my/home")), answer.url)
            self.assertNotIn(self.invoice.name, answer.text)
        for odd in (10**30, 2**31, f"{card.id}/page/{10**30}", f"{card.id}/page/0"):
            answer = self._open(f"/my/points/{odd}")
            self.assertEqual(answer.status_code, 200, odd)
            self.assertIn("130 Points", answer.text)

    def test_printed_on_the_invoice(self):
        moves = self.invoice.with_context(lang="en_US")
        self.assertEqual(moves._get_points_texts(), [])
        self.company.customer_points_on_invoice = True
        tier = self._profile(self.customer).tier_id
        texts = moves.with_user(self.accountant)._get_points_texts()
        self.assertIn("130", texts[-1])
        if tier:
            self.assertIn(tier.name, texts[0])
        for layout in ("standard", "boxed", "bold", "striped"):
            view = self.env.ref(f"web.external_layout_{layout}")
            self.company.external_report_layout_id = view
            reports = self.env["ir.actions.report"].with_context(lang="en_US")
            html, _kind = reports._render_qweb_html("account.report_invoice", moves.ids)
            self.assertIn("customer_points_text", html.decode(), layout)
        bill = self._create_move(self.customer, fields.Date.today(), 5, move_type="in_invoice")
        self.assertEqual(bill._get_points_texts(), [])
