import re
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOW, FeedbackCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestFeedbackAsking(FeedbackCommon):
    """Who is asked when, once, in which language, and with what link."""

    def _collect(self):
        while self.requests._collect_batch():
            pass
        return self.requests.search([("cause", "!=", "manual")], order="id")

    def _deliver_to(self, partner, days_ago=4):
        with freeze_time(fields.Datetime.now() - timedelta(days=days_ago)):
            picking = self._deliver(self._order(partner))
        return picking

    # === CAUSES ===

    def test_deliveries_after_their_delay(self):
        self._switch_on("delivery", delay_days=3)
        due = self._deliver_to(self.customer, 4)
        self._deliver_to(self.other_customer, 2)  # too early
        self._deliver_to(self.other_customer, 30)  # nobody remembers
        requests = self._collect()
        self.assertEqual(requests.mapped("res_id"), due.ids)
        self.assertEqual((requests.state, requests.kind), ("queued", "rating"))
        self.assertEqual(self._collect(), requests, "a second run finds nothing new")
        with self._later(days=1):
            self.assertEqual(len(self._collect()), 2)

    def test_returns_and_receipts_are_no_deliveries(self):
        self._switch_on("delivery", delay_days=0)
        picking = self._deliver_to(self.customer, 1)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_model="stock.picking", active_id=picking.id)
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.picked = True
        back._action_done()
        self.assertEqual(back.state, "done")
        self.assertEqual(self._collect().mapped("res_id"), picking.ids)

    def test_invoices_when_paid_in_full(self):
        self._switch_on("invoice", delay_days=0)
        paid, part, unpaid = (self._invoice(self.customer, "2026-06-01", 100) for _i in range(3))
        refund = self._credit(self._invoice(self.customer, "2026-06-01", 50), "2026-06-02")
        self._pay(paid, "2026-06-15")
        self._pay(part, "2026-06-15", 40)
        self._age_reconciliations()
        found = self._collect()
        self.assertIn(paid.id, found.mapped("res_id"))
        for other in (part, unpaid, refund):
            self.assertNotIn(other.id, found.mapped("res_id"))

    def _age_reconciliations(self):
        """Give the rows of today's database clock the frozen time."""
        self.env.cr.execute(
            "UPDATE account_partial_reconcile SET create_date = %s",
            [fields.Datetime.now() - timedelta(hours=1)],
        )

    def test_complaints_when_closed(self):
        self._switch_on("complaint", delay_days=1)
        closed, fresh, duplicate = self.env["customer.complaint"].create(
            [
                {
                    "subject": f"Scratch {number}",
                    "partner_id": self.customer.id,
                    "open_date": fields.Datetime.now() - timedelta(days=3),
                }
                for number in range(3)
            ]
        )
        closed.close_date = fields.Datetime.now() - timedelta(days=2)
        fresh.close_date = fields.Datetime.now()
        duplicate.write({"close_date": closed.close_date, "duplicate_of_id": closed.id})
        self.assertEqual(self._collect().mapped("res_id"), closed.ids)

    def test_closing_a_complaint_wakes_the_cron(self):
        complaint = self.env["customer.complaint"].create(
            {"subject": "Scratch", "partner_id": self.customer.id}
        )
        triggers = self.env["ir.cron.trigger"].search_count
        cron = [("cron_id", "=", self.env.ref("customer_value.ir_cron_customer_feedback").id)]
        before = triggers(cron)
        complaint._queue_feedback_requests()
        self.assertEqual(triggers(cron), before)
        self._switch_on("complaint", delay_days=0)
        complaint._queue_feedback_requests()
        self.assertEqual(triggers(cron), before + 1)

    def test_documents_cost_nothing_more(self):
        """Posting, paying and delivering write no row of ours but the refresh queue's."""
        self._switch_on("delivery", delay_days=0)
        self._switch_on("invoice", delay_days=0)
        self._deliver_to(self.customer)
        self._pay(self._invoice(self.customer, "2026-06-01", 100), "2026-06-15")
        self.env.flush_all()
        self.assertFalse(self.requests.search([]))

    def test_nothing_before_the_rule_was_switched_on(self):
        self._deliver_to(self.customer, 2)
        rule = self.rules.filtered(lambda rule: rule.cause == "delivery")
        rule.write({"active": True, "delay_days": 0})
        self.assertEqual(rule.active_since, fields.Datetime.now())
        self.assertFalse(self._collect())

    def test_rules_of_two_companies(self):
        other = self._create_company("Second", self.env.ref("base.EUR"))
        self._switch_on("invoice", delay_days=0)
        theirs = self._create_move(self.customer, "2026-06-01", 100, company=other)
        theirs.action_post()
        self._pay(theirs, "2026-06-15")
        self._age_reconciliations()
        self.assertFalse(self._collect())

    # === SAMPLING AND LIMITS ===

    def test_sample_is_the_same_every_time(self):
        for share, low, high in ((0, 0, 0), (100, 2000, 2000), (25, 430, 570)):
            draws = [
                [
                    self.requests._is_sampled("delivery", "stock.picking", number, share)
                    for number in range(2000)
                ]
                for _time in range(2)
            ]
            self.assertEqual(*draws)
            self.assertTrue(low <= sum(draws[0]) <= high, (share, sum(draws[0])))
        half = [self.requests._is_sampled("delivery", "stock.picking", n, 50) for n in range(500)]
        less = [self.requests._is_sampled("delivery", "stock.picking", n, 20) for n in range(500)]
        self.assertTrue(all(a or not b for a, b in zip(half, less, strict=True)))

    def test_documents_out_of_the_sample_are_in_the_journal(self):
        self._switch_on("delivery", delay_days=0, asked_percent=0)
        self._deliver_to(self.customer)
        request = self._collect()
        self.assertEqual((request.state, request.skip_reason), ("skipped", "sampled_out"))
        self._send()
        self.assertFalse(self._get_mails())

    def test_one_request_per_customer_and_days_over_all_causes(self):
        self._switch_on("delivery", delay_days=0)
        self._deliver_to(self.customer)
        self._collect()
        person = self.env["res.partner"].create(
            {"name": "Sara", "parent_id": self.customer.id, "email": "sara@example.com"}
        )
        first, _token = self._request(person, "nps")
        journal = self.requests.search([("customer_id", "=", self.customer.id)], order="id")
        self.assertEqual(journal.mapped("state"), ["sent", "skipped"])
        self.assertEqual(journal[1], first)
        self.assertEqual(first.skip_reason, "quiet")
        with self._later(days=29, hours=23):
            self.assertEqual(self._request(person)[0].state, "skipped")
        with self._later(days=30, seconds=1):
            self.assertEqual(self._request(person)[0].state, "sent")

    def test_who_is_not_asked(self):
        silent = self._create_customer("No address")
        listed = self._create_customer("Listed", email="listed@example.com")
        self.env["mail.blacklist"].sudo()._add("listed@example.com")
        no_thanks = self._create_customer("No thanks", email="no@example.com")
        no_thanks.with_user(self.salesperson).sudo().feedback_optout = True
        member = self.env["res.partner"].create(
            {"name": "Member", "parent_id": no_thanks.id, "email": "member@example.com"}
        )
        for partner, reason in (
            (silent, "no_email"),
            (listed, "blacklisted"),
            (no_thanks, "opt_out"),
            (member, "opt_out"),
        ):
            request, token = self._request(partner)
            self.assertEqual((request.state, request.skip_reason), ("skipped", reason))
            self.assertFalse(token or request.token_hash)

    def test_address_of_delivery_without_mail_falls_back(self):
        self._switch_on("delivery", delay_days=0)
        address = self.env["res.partner"].create(
            {"name": "Gate 4", "type": "delivery", "parent_id": self.customer.id}
        )
        with freeze_time("2026-06-14 10:00:00"):
            self._deliver(self._order(self.customer, partner_shipping_id=address.id))
        self.assertEqual(self._collect().partner_id, self.customer)

    # === MAILS AND TOKENS ===

    def test_only_a_hash_is_kept(self):
        request, token = self._request()
        self.assertGreaterEqual(len(token), 43)  # 256 bits in base 64
        self.assertEqual(request.token_hash, self.requests._hash(token))
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(r)::text FROM customer_feedback_request r")
        self.assertNotIn(token, str(self.env.cr.fetchall()))

    def test_nobody_reads_the_mail(self):
        request, token = self._request()
        mail = self._get_mails()
        self.assertEqual(mail.state, "outgoing")
        self.assertTrue(mail.auto_delete)
        messages = self.env["mail.message"].sudo().search([("body", "like", token)])
        for user in (self.salesperson, self.manager):
            found = self.env["mail.message"].with_user(user).search([("id", "in", messages.ids)])
            self.assertFalse(found)
        self.assertEqual(request.message_ids if "message_ids" in request._fields else [], [])

    def test_tokens_differ(self):
        tokens = {
            self._request(self._create_customer(f"C{n}", email=f"c{n}@example.com"))[1]
            for n in range(20)
        }
        self.assertEqual(len(tokens), 20)

    def test_mail_of_each_kind_has_its_links(self):
        for number, (kind, levels) in enumerate(
            (("rating", range(1, 6)), ("nps", range(11)), ("gap", ()))
        ):
            partner = self._create_customer(f"K{number}", email=f"k{number}@example.com")
            _request, token = self._request(partner, kind)
            body = self._get_body(self._get_mails(partner))
            found = re.findall(rf"/customer/feedback/{re.escape(token)}\?level=(\d+)", body)
            self.assertEqual([int(level) for level in found], list(levels))
            self.assertIn(token, body)
            links = re.findall(r'href="([^"]+)"', body)
            for personal in (partner.name, partner.email, str(partner.id)):
                rests = [link.replace(token, "") for link in links]
                self.assertFalse([link for link in rests if link.endswith(personal)])
                self.assertFalse(any("@" in link for link in links))

    def test_language_of_the_contact(self):
        self.customer.lang = "fa_IR"
        self._request(kind="nps")
        body = self._get_body(self._get_mails(self.customer))
        self.assertIn('dir="rtl"', body)
        self.assertIn(">۱۰<", body)
        self._request(self.other_customer, "nps")
        body = self._get_body(self._get_mails(self.other_customer))
        self.assertIn('dir="ltr"', body)
        self.assertIn(">10<", body)

    def test_names_cannot_run_in_mails(self):
        evil = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
        partner = self._create_customer(evil, email="evil@example.com")
        self._request(partner)
        body = self._get_body(self._get_mails(partner))
        self.assertNotRegex(body, r"<script|<img")
        self.assertIn("{{ 7*7 }}", body)

    def test_one_reminder_with_a_link_of_its_own(self):
        request, first = self._request()
        with self._later(days=6, hours=23):
            self.assertFalse(self.requests._remind_batch())
        with self._later(days=7):
            self.assertEqual(self.requests._remind_batch(), 1)
            second = self._get_token(request)
            self.assertNotEqual(first, second)
            self.assertFalse(self.requests._remind_batch())
            for token in (first, second):
                self.assertEqual(self.requests._find_open(token), request)
        with self._later(days=20):
            self.assertFalse(self.requests._remind_batch())
        self.assertEqual(len(self._get_mails(self.customer)), 2)

    def test_no_reminder_to_who_answered_or_wants_none(self):
        answered, token = self._request()
        self.requests._find_open(token, lock=True)._answer({"rating": 4})
        wants_none, _token = self._request(self.other_customer)
        self.other_customer.feedback_optout = True
        with self._later(days=8):
            self.requests._remind_batch()
        self.assertFalse(answered.reminder_date or answered.reminder_hash)
        self.assertFalse(wants_none.reminder_hash)
        self.assertEqual(len(self._get_mails()), 2)

    def test_expiry(self):
        request, token = self._request(valid_days=10)
        with self._later(days=10, seconds=-1):
            self.assertTrue(self.requests._find_open(token))
            self.assertFalse(self.requests._expire_batch())
        with self._later(days=10):
            self.assertFalse(self.requests._find_open(token))
            self.assertEqual(self.requests._expire_batch(), 1)
        self.assertEqual(request.state, "expired")

    def test_a_failing_mail_holds_up_nobody(self):
        template = self.env.ref("customer_value.mail_template_feedback_nps")
        template.body_html = '<p t-out="object.nothing_like_this"/>'
        broken, _token = self._request(kind="nps")
        good, token = self._request(self.other_customer)
        self.assertEqual((broken.state, good.state), ("failed", "sent"))
        self.assertTrue(broken.error and token)
        self.assertFalse(broken.token_hash or broken.sent_date)
        template.body_html = '<a t-att-href="object._get_feedback_link()">Answer</a>'
        broken.with_user(self.manager).action_retry()
        self._send()
        self.assertEqual(broken.state, "sent")

    def test_whole_cron(self):
        self._switch_on("delivery", delay_days=0)
        self._deliver_to(self.customer)
        with self.enter_registry_test_mode():
            self.env.ref("customer_value.ir_cron_customer_feedback").method_direct_trigger()
        request = self.requests.search([("customer_id", "=", self.customer.id)])
        self.assertEqual(request.state, "sent")

    # === BY HAND ===

    def test_by_hand_on_a_list(self):
        partners = self.customer | self.other_customer
        wizard = (
            self.env["customer.feedback.ask"]
            .with_user(self.salesperson)
            .with_context(active_model="res.partner", active_ids=partners.ids)
            .create({"kind": "gap"})
        )
        self.assertEqual(wizard.contact_count, 2)
        wizard.action_ask()
        self.assertFalse(self._get_mails(), "the cron sends")
        self._send()
        requests = self.requests.search([("partner_id", "in", partners.ids)])
        self.assertEqual(requests.mapped("state"), ["sent", "sent"])
        self.assertEqual(requests.create_uid, self.salesperson)
        wizard.write({"partner_ids": [Command.clear()]})
        with self.assertRaisesRegex(UserError, "contacts to ask"):
            wizard.action_ask()
        wizard.write({"partner_ids": [Command.set(partners.ids)], "valid_days": 0})
        with self.assertRaisesRegex(UserError, "1 to 365 days"):
            wizard.action_ask()

    def test_by_hand_no_contacts_of_another_company(self):
        """Whoever works in two companies sees the contacts of both in one list."""
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        branch = self._create_branches(self.company)[0]
        self.salesperson.company_ids |= other | branch
        theirs, ours, shared = (self._create_customer(f"Reader {number}") for number in range(3))
        theirs.company_id, ours.company_id = other, self.company
        contact = self.env["res.partner"].create({"name": "Nora", "parent_id": theirs.id})
        everybody = theirs | ours | shared | contact
        for company, foreign in (
            (self.company, theirs | contact),
            (branch, theirs | contact),
            (other, ours),
        ):
            companies = (company | other | self.company | branch).ids
            asks = self.env["customer.feedback.ask"].with_user(self.salesperson)
            asks = asks.with_context(
                allowed_company_ids=companies,
                active_model="res.partner",
                active_ids=everybody.ids,
            )
            wizard = asks.create({"kind": "nps"})
            self.assertEqual((wizard.company_id, wizard.contact_count), (company, 4))
            with self.assertRaisesRegex(UserError, rf"Reader.*\({len(foreign)} in all"):
                wizard.action_ask()
            wizard.partner_ids -= foreign
            wizard.action_ask()
            requests = self.requests.search([("company_id", "=", company.id)])
            self.assertEqual(requests.partner_id, everybody - foreign)

    # === CONFIGURATION ===

    def test_impossible_settings(self):
        rule = self.rules[0]
        for vals in (
            {"asked_percent": 101},
            {"asked_percent": -1},
            {"delay_days": -1},
            {"valid_days": 0},
        ):
            with self.assertRaisesRegex(Exception, "customer_feedback_rule_number_range"):
                with self.cr.savepoint():
                    rule.write(vals)
                    rule.flush_recordset()
        for vals in (
            {"feedback_quiet_days": -1},
            {"feedback_low_rating": 6},
            {"feedback_low_nps": 11},
            {"feedback_low_gap": 5},
            {"feedback_answer_hours": -1},
        ):
            with self.assertRaisesRegex(ValidationError, "Feedback settings"):
                self.company.write(vals)
