import re

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..outreach.common import OutreachCommon
from ..play.common import START

TEXT = "Hello {name}, ask {salesperson} {of} {company}."


@freeze_time(START)
@tagged("post_install", "-at_install")
class TestBulkSms(OutreachCommon):
    """An SMS to customers of a list, to a real gateway: who gets none, what is taken back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._create_user("sima", "customer_value.customer_value_group_user")
        cls.customers = cls._add_mobiles(4)

    def _as(self, user, model, company=None):
        company = company or self.company
        context = {"allowed_company_ids": company.ids, "lang": "en_US"}
        return self.env(user=user, context=context)[model]

    def _window(self, records=None, user=None, kind="sms", **values):
        """Open the window on rows of a list, as the web client does."""
        records = self.customers if records is None else records
        opened = self._as(user or self.service, "customer.bulk.start").with_context(
            active_model=records._name, active_ids=records.ids
        )
        return opened.create({"kind": kind, "text": TEXT, **values})

    def _write_to(self, records=None, user=None, **values):
        """Write to rows of a list; return the journal."""
        action = self._window(records, user, **values).action_start()
        bulk = self._as(user or self.service, "customer.bulk")
        return bulk.browse(action["params"]["bulk_id"])

    def _messages(self, bulk):
        return bulk.sudo().line_ids.message_id

    # === FROM THE LIST TO THE GATEWAY ===

    def test_each_gets_one_and_nobody_before_the_job(self):
        profiles = self.env["customer.profile"].search([("partner_id", "in", self.customers.ids)])
        before = self.customers.message_ids
        window = self._window(profiles)
        self.assertEqual((window.found_count, window.done_count), (4, 4))
        self.assertIn("1 SMS for each", window.text_length)
        self.assertFalse(self.messages.search([]), "a dry run writes nothing")
        bulk = self._write_to(profiles)
        self.assertFalse(self.server.calls)
        self.assertEqual(self.customers.message_ids, before, "no contact is noted before it is one")
        self._send()
        self.assertEqual(len(self.server.calls), 4)
        self.assertEqual(
            {body["to"] for body in self.server.bodies},
            {re.sub(r"[ -]", "", customer.phone) for customer in self.customers},
        )
        messages = self._messages(bulk)
        link = messages[0]._get_way_out()
        self.assertEqual(
            self._texts()[0], f"Hello Buyer 0, ask olga (base.group_user,"
            f"sales_team.group_sale_salesman) {{of}} {self.company.name}.\n{link}",
        )  # fmt: skip
        self.assertEqual(messages.user_id, self.service)
        self.assertEqual({*messages.mapped("state")}, {"sent"})
        self.assertIn("SMS to +12015550100", self.customers[0].message_ids[0].body)

    def test_a_contact_of_a_customer_without_a_number(self):
        self.customers[0].phone = False
        contact = self.env["res.partner"].create(
            {"name": "Sara", "parent_id": self.customers[0].id, "phone": "(201) 555-0199"}
        )
        bulk = self._write_to(self.customers[:1])
        self.assertEqual(self._messages(bulk).partner_id, contact)
        self.assertEqual(bulk.line_ids.partner_id, self.customers[0])

    def test_the_way_out_is_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.customers[0].lang = "fa_IR"
        texts = self._messages(self._write_to(self.customers[:2])).mapped("way_out")
        self.assertNotIn("No more SMS", texts[0])
        self.assertIn("No more SMS", texts[1])

    # === WHO GETS NONE ===

    def test_left_out_and_why(self):
        more = self._add_customers(4, phone="+1 201 555 0150")
        customers = self.customers | more
        customers[0].phone = False
        optouts = self.env["customer.play.optout"]
        optouts._note(customers[1], "sms")
        optouts._note(self.other_customer, "sms", address="+12015550102")
        self.env["phone.blacklist"].create({"number": "+12015550103"})
        customers[4].active = False
        window = self._window(customers)
        self.assertEqual((window.found_count, window.done_count), (8, 1))
        for text in (
            "Contact is archived: 1", "No number an SMS can be sent to: 1",
            "Wants no such SMS: 2", "Number on the blacklist: 1", "or this number, gets it: 2",
        ):  # fmt: skip
            self.assertIn(text, window.left_out_text)
        bulk = self._write_to(customers)
        self.assertEqual((bulk.done_count, bulk.left_out_count), (1, 7))
        self._send()
        self.assertEqual([body["to"] for body in self.server.bodies], ["+12015550150"])

    def test_one_contact_of_each_customer(self):
        contacts = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.customers[0].id, "phone": f"+1 201 555 017{n}"}
                for n, name in enumerate(("ali", "sara"))
            ]
        )
        self.assertEqual(self._window(contacts).done_count, 1)

    def test_opted_out_while_it_waits(self):
        bulk = self._write_to()
        self._messages(bulk)[0]._opt_out()
        self._send()
        self.assertEqual(len(self.server.calls), 3)
        self.assertEqual(self._messages(bulk)[0].cancel_reason, "opted_out")

    # === NOT TOO OFTEN ===

    def test_who_was_contacted_shortly_before_gets_none(self):
        self._start(self._make_sms_play(self.customers[0]))
        self.env["customer.feedback.request"].sudo().create(
            {
                "cause": "manual",
                "kind": "nps",
                "company_id": self.company.id,
                "partner_id": self.customers[1].id,
            }
        )
        window = self._window()
        self.assertEqual(window.done_count, 2)
        self.assertIn("Contacted shortly before: 2", window.left_out_text)
        self._write_to()
        self.assertEqual(self._window().done_count, 0, "those who wait for it, too")
        self.env.flush_all()
        self.env.cr.execute("UPDATE customer_outreach_message SET create_date = %s", [START])
        self.env.invalidate_all()
        with self._later(days=self.company.feedback_quiet_days + 1):
            self.assertEqual(self._window(self.customers[2:]).done_count, 2)

    def test_plays_and_questions_keep_quiet_after_it(self):
        waiting = self._start(self._make_sms_play(self.customers[2], name="Running already"))
        waiting.action_ids.sudo().write({"state": "waiting", "done_on": False})
        waiting.action_ids.message_id.sudo()._set_state("cancelled", cancel_reason="late")
        waiting.action_ids.sudo().write({"state": "waiting", "message_id": False})
        self._write_to()
        self._work()
        self.assertEqual(waiting.action_ids.skip_reason, "quiet")
        play = self._make_sms_play(self.customers[0])
        profiles = play._get_candidates()
        self.assertEqual(play._get_left_out(profiles), {profiles: "quiet"})
        asked = self.env["customer.feedback.request"].sudo()
        asked = asked.create(
            {
                "cause": "manual",
                "kind": "nps",
                "company_id": self.company.id,
                "partner_id": self.customers[0].id,
            }
        )
        self.assertEqual(asked._get_obstacle(), "quiet")
        self.messages.search([("is_by_hand", "=", True)])._take_back()
        self.assertFalse(asked._get_obstacle(), "taken back: nobody was written to")
        self.assertFalse(play._get_left_out(profiles))

    def test_two_who_write_at_the_same_moment(self):
        """Neither window knows of the other; the job sends the first one."""
        for _twice in range(2):
            self.messages.with_user(self.service)._queue_sms(self.customers, self.company, "Hi")
        self._send()
        self.assertEqual(len(self.server.calls), 4)
        first, second = self.messages.search([], order="id")[:4], self.messages.search([])[:4]
        self.assertEqual({*first.mapped("state")}, {"sent"})
        self.assertEqual({*second.mapped("cancel_reason")}, {"quiet"})
        self.company.feedback_quiet_days = 0
        self.messages._queue_sms(self.customers[0], self.company, "Hi")
        self._send()
        self.assertEqual(len(self.server.calls), 5, "where nobody has to be quiet")

    # === TAKING BACK ===

    def test_what_waits_is_taken_back(self):
        bulk = self._write_to()
        sent, tried, *waiting = self._messages(bulk)
        sent._set_state("sent", sent_on=fields.Datetime.now())
        tried.attempt_count = 1
        told = bulk.action_undo()["params"]["message"]
        self.assertIn("Taken back for: 2.", told)
        self.assertIn("Not for 2: on its way or there already.", told)
        self._send()
        self.assertFalse(self.server.calls, "nor is what was tried before tried again")
        self.assertEqual({message.cancel_reason for message in waiting}, {"taken_back"})
        self.assertEqual(sent.state, "sent")
        self.assertEqual(
            sorted(bulk.line_ids.mapped("state")), ["kept", "kept", "undone", "undone"]
        )
        self.assertEqual(self._window(self.customers[2:]).done_count, 2, "nobody was contacted")

    def test_only_the_author_or_a_manager_takes_back(self):
        bulk = self._write_to()
        with self.assertRaises(AccessError):
            bulk.with_user(self.salesperson).action_undo()
        bulk.with_user(self.manager).action_undo()
        self._send()
        self.assertFalse(self.server.calls)

    # === THE WAY OUT ===

    def test_the_link_opts_out_of_sms_alone(self):
        message = self._messages(self._write_to(self.customers[:1]))
        key = message._get_optout_key()
        public = self.messages.with_user(self.env.ref("base.public_user"))
        self.assertEqual(public._find_by_optout_key(key), message)
        other = f"m{message.id + 1}{key[len(str(message.id)) + 1 :]}"
        for wrong in (key[:-1], other, key[1:], "m-", "m1-é", "", f"m{'9' * 30}-0"):
            self.assertFalse(public._find_by_optout_key(wrong), wrong)
        play = self._start(self._make_sms_play(self._add_customers(1, phone="+12015550188")))
        self.assertFalse(self.actions._find_by_optout_key(key), "no action of a play")
        made = play.action_ids.message_id._get_optout_key()
        self.assertFalse(public._find_by_optout_key(made), "those of plays have their own link")
        for _twice in range(2):
            message._opt_out()
        row = self.env["customer.play.optout"].search([])
        self.assertEqual((row.partner_id, row.channel), (self.customers[0], "sms"))
        self.assertIn("Wants no such SMS: 1", self._window(self.customers[:1]).left_out_text)

    # === WHO MAY, AND WHERE ===

    def test_without_a_way_to_send(self):
        self.company.customer_sms_provider = False
        window = self._window()
        self.assertFalse(window.can_send_sms)
        with self.assertRaisesRegex(UserError, "SMS and fax"):
            window.action_start()
        self.assertFalse(self.messages.search([]))

    def test_contacts_of_another_company_get_none_from_this_one(self):
        """Whoever works in several companies sees the contacts of all in one list."""
        other = self._create_company("Zagros", self.env.ref("base.EUR"))
        branch = self._create_branches(self.company)[0]
        self.service.company_ids |= other | branch
        for customer, company in zip(self.customers, other | self.company | branch, strict=False):
            customer.company_id = company
        for company, expected, out in ((self.company, 2, 2), (branch, 3, 1)):
            companies = company | other | self.company | branch
            window = self._as(self.service, "customer.bulk.start", companies).create(
                {"kind": "sms", "text": TEXT, "partner_ids": self.customers.ids}
            )
            self.assertEqual((window.company_id, window.done_count), (company, expected))
            self.assertIn(f"Belongs to another company: {out}", window.left_out_text)

    def test_something_has_to_be_said(self):
        for text in ("", " \n", "x" * 1001):
            with self.assertRaises(UserError):
                self._window(text=text).action_start()

    def test_messages_are_seen_by_who_wrote_them(self):
        bulk = self._write_to()
        self.assertEqual(len(self._as(self.service, "customer.outreach.message").search([])), 4)
        self.assertFalse(self._as(self.salesperson, "customer.outreach.message").search([]))
        for user in (self.service, self.manager):
            with self.assertRaises(AccessError):
                self._messages(bulk).with_user(user).write({"state": "waiting"})

    def test_queries_do_not_grow(self):
        counts = []
        for size in (1, 2, 12):
            customers = self.env["res.partner"].create(
                [
                    {"name": f"Q{size}-{n}", "phone": f"+1 201 555 {size:02d}{n:02d}"}
                    for n in range(size)
                ]
            )
            window = self._window(customers)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertFalse(window._split()[1])
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts[1:], "the first fills the caches")
