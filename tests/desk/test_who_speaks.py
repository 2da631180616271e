"""Who complains and who calls, as service reads it on the screen, in both languages."""

import json

from odoo import fields
from odoo.tests import tagged

from .common import DeskCommon
from .hands import HandsCase

LANGUAGES = ("en_US", "fa_IR")
ROW = ".o_customer_timeline_row"
CALL = ".o_customer_call"

MONTHS = "فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند"


@tagged("post_install", "-at_install")
class TestWhoSpeaks(DeskCommon, HandsCase):
    maxDiff = None
    role = "service"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in LANGUAGES:
            cls.env["res.lang"]._activate_lang(code)
        cls.service = cls._create_user(
            "sana",
            "customer_value.customer_value_group_user,sales_team.group_sale_salesman_all_leads,"
            "stock.group_stock_user,account.group_account_invoice",
        )
        cls.service.odoobot_state = "disabled"
        cls.known = cls._add_known("میز آبی", user=cls.service, segment="cannot_lose")
        cls.order = cls._order(cls.known, 2, user_id=cls.service.id)
        cls.order_name = cls.order.name
        cls._invoice(cls.known, "2026-03-01", 300, invoice_date_due="2026-03-31")
        cls.env["customer.interaction"].create(
            {
                "partner_id": cls.known.id, "kind": "call", "direction": "in",
                "subject": "کی می‌رسد؟", "user_id": cls.service.id,
                "date": fields.Datetime.subtract(fields.Datetime.now(), days=3),
            }
        )  # fmt: skip
        cls._drain()
        cls._run_nightly()
        cls.tier = cls.env["customer.tier"].search([("company_id", "=", cls.company.id)], limit=1)
        for code in LANGUAGES:
            cls.tier.with_context(lang=code).name = "آبی"
        cls._predict(cls.known, tier_id=cls.tier.id, segment="cannot_lose", value_class="A")
        complaints = cls.env["customer.complaint"]
        cls.before, cls.complaint = complaints.create(
            [
                {"subject": subject, "partner_id": cls.known.id, "user_id": cls.service.id}
                for subject in ("پایه لق است", "خط روی میز")
            ]
        )
        cls.call = (
            cls.env["customer.call"]
            .sudo()
            .create(
                {
                    "call_id": "c-1", "company_id": cls.company.id, "partner_id": cls.known.id,
                    "state": "ringing", "direction": "in", "number": "+12025550171",
                }
            )
        )  # fmt: skip
        cls.env.flush_all()

    def _check_nothing_was_wrong(self):
        said = [*self.page.complaints, *map(str, self.page.errors), *self.page.failures]
        self.assertEqual((said, self.problems), ([], []))

    def test_who_complains(self):
        """Tier, value and what happened before stand on the complaint."""
        for self.language in LANGUAGES:
            for width in (390, 1440):
                with self.subTest(language=self.language, width=width):
                    self.service.lang = self.language
                    with self._signed_in(self.service):
                        path = f"/odoo/customer.complaint/{self.complaint.id}"
                        self._sit_down(width, path)
                        self._read_the_complaint()
                    self._check_nothing_was_wrong()

    def _read_the_complaint(self):
        card = ".o_form_view .o_customer_card_compact"
        self.assertIn("آبی", self._see(f"{card} .o_tag"))
        shown = self._see(card)
        self.assertRegex(shown, "300|۳۰۰")
        self._look("complaint")
        self._click(".o_form_view .nav-link[name=customer_timeline]", shows=ROW)
        self._look("timeline of who complains")
        rows = self._do("texts", ROW)
        told = "\n".join(rows)
        for subject in ("کی می‌رسد؟", "پایه لق است", "خط روی میز", self.order_name, "300"):
            self.assertIn(subject, told)
        self._click(ROW, "کی می‌رسد؟", shows=".o_customer_timeline_open")
        self._look("call of who complains")

    def test_a_day_that_is_picked_is_said_in_the_readers_calendar(self):
        """Odoo's calendar to pick from is Gregorian; the field beside it says the Jalali day."""
        self.language, action = (
            "fa_IR",
            "customer_value.customer_bulk_start_action_customer_profile",
        )
        self.service.lang = self.language
        context = {"active_model": "res.partner", "active_ids": self.known.ids}
        field = ".modal .o_field_widget[name=date_deadline] :is(input, button)"
        with self._signed_in(self.service):
            self._sit_down(1440)
            self._walk("open", action, {"additionalContext": context})
            before = self._see(field)
            self._click(field, shows=".o_datetime_picker")
            self._click(".o_datetime_picker .o_date_item_cell:not(.o_out_of_range)")
            picked = self._see(field)
        self.assertNotEqual(picked, before)
        for told in (before, picked):
            self.assertRegex(told, MONTHS)
        self._check_nothing_was_wrong()

    def test_who_calls(self):
        """Overdue, last order and open deliveries, before the phone is picked up."""
        for self.language in LANGUAGES:
            for width in (390, 1440):
                with self.subTest(language=self.language, width=width):
                    self.service.lang = self.language
                    popup = self.call._get_popup(self.service)
                    with self._signed_in(self.service):
                        self._sit_down(width)
                        self._ring(popup)
                        self._read_the_call()
                    self._check_nothing_was_wrong()

    def _ring(self, popup):
        """Show what the server sends; there is no live bus within one transaction."""
        calls = "customerValueWalk.services().customer_call.calls"
        self.page.evaluate(f"{calls}.set({popup['id']}, {json.dumps(popup)}); 0")
        self._see(CALL)
        self._look("a call")

    def _read_the_call(self):
        self.assertIn("میز آبی", self._see(f"{CALL} .o_customer_call_name"))
        self.assertIn("آبی", self._see(f"{CALL} .o_customer_call_tier"))
        texts = dict(
            zip(("overdue", "last_order", "deliveries"),
                self._do("texts", f"{CALL} .o_customer_call_facts li"), strict=True)
        )  # fmt: skip
        self.assertIn("300" if self.language == "en_US" else "۳۰۰", texts["overdue"])
        self.assertIn(self.order_name, texts["last_order"])
        if self.language == "en_US":
            self.assertIn("Open deliveries: 1", texts["deliveries"])
        else:
            self.assertNotRegex(
                " ".join(texts.values()).replace(self.order_name, ""), "[A-Za-z]{4}"
            )
            self.assertNotRegex(" ".join(texts.values()), r"20\d\d-|/20\d\d")
        self.assertIn("کی می‌رسد؟", self._see(f"{CALL} a"))
        self.assertEqual(
            self.page.evaluate(f"document.querySelectorAll('{CALL} button').length"), 4
        )
