import re
from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOW, FeedbackCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestFeedbackEdges(FeedbackCommon):
    """What a review of asking and answering found: each of it stays mended."""

    # === WHO IS ASKED ===

    def _deliver_to(self, address):
        self._switch_on("delivery", delay_days=0)
        with freeze_time("2026-06-14 10:00:00"):
            picking = self._deliver(self._order(self.customer))
            picking.partner_id = address
        while self.requests._collect_batch():
            pass
        return self.requests.search([("res_id", "=", picking.id), ("cause", "=", "delivery")])

    def test_a_firm_the_goods_went_to_is_not_asked(self):
        request = self._deliver_to(self.other_customer)
        self.assertEqual(request.partner_id, self.customer)
        self.assertEqual(request.customer_id, self.customer)

    def test_person_of_the_customer_who_received_is_asked(self):
        person = self.env["res.partner"].create(
            {"name": "Gate", "parent_id": self.customer.id, "email": "gate@example.com"}
        )
        self.assertEqual(self._deliver_to(person).partner_id, person)

    def test_archived_contacts_are_not_asked(self):
        person = self.env["res.partner"].create(
            {"name": "Left us", "parent_id": self.customer.id, "email": "left@example.com"}
        )
        person.active = False
        self.assertEqual(self._deliver_to(person).partner_id, self.customer)
        self.company.feedback_quiet_days = 0
        request, token = self._request(person)
        self.assertEqual((request.state, request.skip_reason), ("skipped", "archived"))
        self.assertFalse(token)

    def test_archived_contacts_are_not_reminded(self):
        self._request()
        self.customer.active = False
        with self._later(days=8):
            self.requests._remind_batch()
        self.assertEqual(len(self._get_mails(self.customer)), 1)

    def test_opt_out_survives_a_merge_by_anybody(self):
        self.other_customer.feedback_optout = True
        merger = self._create_user("maryam", "base.group_partner_manager")
        self.assertFalse(merger.has_group("customer_value.customer_value_group_user"))
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(merger).sudo()
        wizard._merge([self.customer.id, self.other_customer.id], self.customer)
        self.assertTrue(self.customer.feedback_optout)

    def test_saving_a_rule_again_forgets_no_event(self):
        rule = self._switch_on("delivery")
        since = rule.active_since
        rule.write({"active": True, "asked_percent": 50})
        self.assertEqual(rule.active_since, since)
        rule.active = False
        rule.active = True
        self.assertEqual(str(rule.active_since), "2026-06-15 10:00:00")

    def test_reminder_in_the_language_of_the_contact(self):
        self.customer.lang = "fa_IR"
        self._request()
        with self._later(days=8):
            self.requests._remind_batch()
        first, reminder = self._get_mails(self.customer)
        for mail in (first, reminder):
            self.assertIn('dir="rtl"', mail.body_html)
            self.assertRegex(mail.subject, "[\u0600-\u06ff]")

    # === THE CLOSED LOOP ===

    def _holiday(self, company, day):
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "date_from": f"{day} 00:00:00",
                "date_to": f"{day} 23:59:59",
            }
        )
        holiday.company_id = company  # Odoo computes it from the company of the session

    def test_due_time_skips_own_holidays_only(self):
        """NOW is Monday, 10:00; a low answer is to be answered within 8 working hours."""
        self.company.resource_calendar_id.tz = "UTC"
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        self._holiday(other, "2026-06-16")
        plain = self._rate(self.customer, 1)
        self.assertEqual(plain.answer_due_date.date().isoformat(), "2026-06-16")
        self._holiday(self.company, "2026-06-16")
        self.assertEqual(
            self._rate(self.customer, 1).answer_due_date.date().isoformat(), "2026-06-17"
        )

    def test_response_times_leave_out_own_holidays_only(self):
        self.company.resource_calendar_id.tz = "UTC"
        span = [(datetime(2026, 6, 15, 17), datetime(2026, 6, 17, 8))]
        self._holiday(self._create_company("Elsewhere", self.env.ref("base.EUR")), "2026-06-16")
        self.assertEqual(self.company._get_customer_working_hours(span), [8])
        self._holiday(self.company, "2026-06-16")
        self.assertEqual(self.company._get_customer_working_hours(span), [0])

    def test_voided_answers_are_out_of_the_loop(self):
        feedback = self._rate(self.customer, 1)
        feedback.with_user(self.manager)._void("A test")
        self.assertFalse(feedback.loop_state or feedback.activity_ids)
        self.assertIsNone(feedback.read(["closed_loop_percent"])[0]["closed_loop_percent"] or None)
        self.assertFalse(feedback.handled_date or feedback.answer_due_date)
        feedback.with_user(self.manager).action_restore()
        self.assertEqual((feedback.loop_state, feedback.closed_loop_percent), ("open", 0))
        self.assertEqual(len(feedback.activity_ids), 1)

    # === RATINGS OF ODOO ===

    def _rating(self, comment):
        return self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.customer.id,
                "partner_id": self.customer.id,
                "rating": 5,
                "consumed": True,
                "feedback": comment,
            }
        )

    def test_blanks_around_a_comment_are_no_difference(self):
        ratings = [self._rating(text) for text in ("\n Fine\r\n", "\t\n", " Good \f", "\u2003ok")]
        last = self._rating("Last")
        while self.feedback._read_ratings(2):
            pass
        found = self.feedback.search([("rating_id", "in", [r.id for r in [*ratings, last]])])
        self.assertEqual(len(found), 5)
        self.assertEqual(self.feedback._read_ratings(), [])

    def test_ratings_that_stay_different_are_in_nobodys_way(self):
        first, second = self._rating("a"), self._rating("b")
        self.assertIn(first.id, self.feedback._read_ratings(1))
        self.assertEqual(self.feedback._read_ratings(1, first.id), [second.id])

    # === ACCESS ===

    def test_document_is_named_to_who_may_read_it(self):
        invoice = self._invoice(self.customer, "2026-06-01", 100)
        feedback = self._rate(self.customer, 4, res_model="account.move", res_id=invoice.id)
        # Names of documents cost the same for any number of answers.
        self.assertEqual(feedback.with_user(self.manager).document_label, invoice.display_name)
        seen = feedback.with_user(self.service_user)
        self.assertFalse(seen.document_label)
        with self.assertRaises(AccessError):
            seen.read(["document_name"])

    def test_collecting_has_its_indexes(self):
        self.env.cr.execute(
            """SELECT indexname FROM pg_indexes WHERE tablename IN
               ('stock_picking', 'account_partial_reconcile') AND indexname LIKE '%customer%idx'"""
        )
        self.assertEqual(len(self.env.cr.fetchall()), 2)


@tagged("post_install", "-at_install")
class TestFeedbackRefusal(FeedbackCommon, HttpCase):
    def test_refusal_in_the_language_of_the_contact(self):
        self.customer.lang = "fa_IR"
        _request, token = self._request()
        address = f"/customer/feedback/{token}"
        page = self.url_open(address, headers={"Accept-Language": "en"})
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        answer = self.url_open(
            address,
            data={"csrf_token": csrf, "rating": "9"},
            headers={"Accept-Language": "en"},
        )
        self.assertEqual(answer.status_code, 400)
        self.assertIn("لطفاً سطحی از ۱ تا ۵ انتخاب کنید.", answer.text)
