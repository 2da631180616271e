import base64
import time
from email.header import Header

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...engine.service import compile_fax_patterns, extract_phone_number, find_fax_number
from ..common import CustomerValueCommon

PDF = base64.b64encode(b"%PDF-1.4 scanned").decode()


@tagged("post_install", "-at_install")
class TestChannel(CustomerValueCommon):
    """Mails become interactions: real raw mails through Odoo's gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.company.country_id = cls.env.ref("base.us")
        cls.company.resource_calendar_id = False  # hours are hours
        cls.alias_domain = cls.env["mail.alias.domain"].create(
            {"name": "intake.example.com", "company_ids": [Command.link(cls.company.id)]}
        )
        cls.contact = cls.env["res.partner"].create(
            {
                "name": "Brandon",
                "parent_id": cls.customer.id,
                "email": "brandon@azure.example.com",
                "phone": "+1 202 555 0171",
            }
        )
        cls.team = cls.env["crm.team"].create({"name": "Desk", "company_id": cls.company.id})
        cls.office, cls.fax, cls.letter = cls.env["customer.intake.channel"].create(
            [
                {
                    "name": "Office",
                    "alias_name": "office",
                    "team_id": cls.team.id,
                    "user_id": cls.salesperson.id,
                },
                {"name": "Fax", "kind": "fax", "alias_name": "fax"},
                {"name": "Scanner", "kind": "letter", "alias_name": "scanner"},
            ]
        )
        (cls.office | cls.fax | cls.letter).alias_domain_id = cls.alias_domain

    def _mail(self, to="office", sender="Brandon <brandon@azure.example.com>", **headers):
        """Return a raw mail; headers with _ for -, ``body`` and ``parts`` for the rest."""
        body = headers.pop("body", "Where is my desk?")
        attach = headers.pop("attach", False)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers = {
            "From": sender,
            "To": f"{to}@intake.example.com",
            "Subject": "Delivery",
            "Date": "Mon, 15 Jun 2026 10:00:00 +0330",
            "Message-Id": f"<{time.monotonic_ns()}@azure.example.com>",
            "MIME-Version": "1.0",
            "Content-Type": 'multipart/mixed; boundary="B"' if attach else "text/plain",
            **headers,
        }
        lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
        if attach:
            body = (
                f"--B\nContent-Type: text/plain; charset=utf-8\n\n{body}\n--B\n"
                'Content-Type: application/pdf; name="fax.pdf"\n'
                'Content-Disposition: attachment; filename="fax.pdf"\n'
                f"Content-Transfer-Encoding: base64\n\n{PDF}\n--B--\n"
            )
        return ("\n".join(lines) + "\n\n" + body).encode("utf-8", "surrogateescape")

    def _receive(self, raw, **values):
        """Give a mail to the gateway; return the interactions it made."""
        if not isinstance(raw, bytes):
            raw = self._mail(raw, **values) if raw else self._mail(**values)
        last = self.env["customer.interaction"].search([], order="id desc", limit=1).id or 0
        self.env["mail.thread"].message_process(None, raw)
        return self.env["customer.interaction"].search([("id", ">", last)])

    # === WHO WROTE ===

    def test_mail_of_a_known_contact(self):
        interaction = self._receive("office", attach=True)
        self.assertEqual(len(interaction), 1)
        self.assertEqual(interaction.kind, "email")
        self.assertEqual(interaction.direction, "in")
        self.assertEqual(interaction.partner_id, self.contact)
        self.assertEqual(interaction.customer_id, self.customer)
        self.assertEqual(interaction.subject, "Delivery")
        self.assertEqual(interaction.address, "brandon@azure.example.com")
        self.assertEqual(interaction.channel_id, self.office)
        self.assertEqual(interaction.team_id, self.team)
        self.assertEqual(interaction.user_id, self.salesperson)
        self.assertEqual(interaction.company_id, self.company)
        self.assertTrue(interaction.needs_answer)
        message = interaction.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertIn("Where is my desk?", message.body)
        self.assertEqual(message.attachment_ids.name, "fax.pdf")
        self.assertEqual(message.attachment_ids.raw, b"%PDF-1.4 scanned")
        self.assertEqual(message.attachment_ids.res_id, interaction.id)

    def test_a_lead_who_writes_is_known(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Wants ten desks",
                "email_from": "Lee <lee@lead.example>",
                "phone": "202-555-0142, 202-555-0143",
                "user_id": self.salesperson.id,
            }
        )
        before = self.env["crm.lead"].search_count([])
        for channel, values in (
            ("office", {"sender": "Lee <LEE@lead.example>"}),
            ("fax", {"sender": "gateway@fax.example", "Subject": "Fax from 001 202 555 0143"}),
        ):
            interaction = self._receive(channel, **values)
            self.assertFalse(interaction.partner_id)
            self.assertEqual((interaction.lead_id, interaction.document_ref), (lead, lead))
            self.assertTrue(interaction.needs_answer)
            action = interaction.with_user(self.salesperson).action_create_lead()
            self.assertEqual(action["res_id"], lead.id)
        self.assertEqual(self.env["crm.lead"].search_count([]), before)
        self.assertIn("Delivery", " ".join(lead.message_ids.mapped("body")))

    def test_date_of_the_mail(self):
        past = self._receive("office", Date="Mon, 15 Jun 2020 10:00:00 +0330")
        self.assertEqual(str(past.date), "2020-06-15 06:30:00")
        future = self._receive("office", Date="Mon, 15 Jun 2099 10:00:00 +0000")
        self.assertLess(future.date.year, 2099)

    def test_persian_subject(self):
        subject = "درخواست تحویل می‌خواهم"
        encoded = Header(subject, "utf-8").encode()
        self.assertEqual(self._receive("office", Subject=encoded).subject, subject)
        self.assertEqual(self._receive("office", Subject=subject).subject, subject)

    def test_unknown_sender_waits_in_the_triage_list(self):
        interaction = self._receive("office", sender="Nobody <who@example.org>")
        self.assertFalse(interaction.partner_id)
        self.assertEqual(interaction.address, "who@example.org")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_interaction_action_triage"
        )
        self.assertIn("no_contact", action["context"])
        found = self.env["customer.interaction"].with_user(self.salesperson)
        self.assertIn(interaction, found.search([("partner_id", "=", False)]))

    def test_colleagues_and_other_companies_are_no_customers(self):
        self.salesperson.email = "sam@company.example.com"
        self.assertFalse(self._receive("office", sender="sam@company.example.com").partner_id)
        other = self._create_company("Other", self.env.ref("base.EUR"))
        self.contact.company_id = self.customer.company_id = other
        self.assertFalse(self._receive("office").partner_id)

    def test_several_contacts_of_one_address(self):
        self.customer.customer_rank = 1
        self.env["res.partner"].create({"name": "Twin", "email": self.contact.email})
        self.assertEqual(self._receive("office").partner_id, self.contact)

    # === FAXES AND LETTERS ===

    def test_fax_gateway(self):
        gateway = "Fax gateway <gateway@fax.example.net>"
        for subject in (
            "Fax from +12025550171",
            "Fax from (202) 555-0171, 2 pages",
            "New FAX   from 0012025550171",
            "Fax message from 202.555.0171",
            "Fax (3 pages) from +1 202 555 0171",
            "فکس از ۲۰۲۵۵۵۰۱۷۱",
            "فکس از شماره +۱۲۰۲۵۵۵۰۱۷۱",
            "فكس از شمارهٔ ٢٠٢٥٥٥٠١٧١",
            "فـاکس از: ۲۰۲۵۵۵۰۱۷۱",
            "فکس دریافتي از ۲۰۲۵۵۵۰۱۷۱",
            "یک نمابر ۳ صفحه\u200cای از ۲۰۲ ۵۵۵ ۰۱۷۱",
            "نمابر از شمارة 2025550171",
            "Fax from L0#2025550171",
            "Fax from: l12* +1 202 555 0171",
            "Fax from tel:+12025550171",
            "فكس از L0#2025550171",
        ):
            with self.subTest(subject):
                interaction = self._receive(
                    "fax",
                    sender=gateway,
                    Subject=subject,
                    attach=True,
                    Auto_Submitted="auto-generated",
                )
                self.assertEqual(interaction.kind, "fax")
                self.assertEqual(interaction.partner_id, self.contact)
                self.assertTrue(interaction.needs_answer)
                self.assertEqual(interaction.message_attachment_count, 1)

    def test_fax_number_in_the_sender(self):
        interaction = self._receive(
            "fax", sender="Fax <+12025550171@fax.example.net>", Subject="2 pages"
        )
        self.assertEqual(interaction.partner_id, self.contact)

    def test_fax_of_an_unknown_number(self):
        interaction = self._receive("fax", Subject="Fax from +12025550199")
        self.assertFalse(interaction.partner_id)
        self.assertEqual(interaction.address, "+12025550199")
        self.assertFalse(self._receive("fax", Subject="Fax from nobody").address)

    def test_own_pattern(self):
        self.fax.number_patterns = "[*] {number} >> us"
        interaction = self._receive("fax", Subject="[line 2] 202-555-0171 >> us")
        self.assertEqual(interaction.partner_id, self.contact)

    def test_own_pattern_of_arabic_letters(self):
        self.fax.number_patterns = "پيك {number} رسيد"
        for subject in ("پیک 2025550171 رسید", "پيك ٢٠٢٥٥٥٠١٧١ رسيد"):
            self.assertEqual(self._receive("fax", Subject=subject).partner_id, self.contact)

    def test_patterns_are_checked(self):
        for pattern, sentence in (
            ("Fax from", "{number} once"),
            ("{number} {number}", "{number} once"),
            ("* * * {number}", "2 times at most"),
            ("＊ ＊ * {number}", "2 times at most"),
            ("x" * 101 + "{number}", "longer than 100"),
            ("\n".join(["{number}"] * 21), "20 patterns at most"),
        ):
            with self.subTest(pattern), self.assertRaises(ValidationError) as caught:
                self.fax.number_patterns = pattern
            self.assertIn(sentence, str(caught.exception))

    def test_scanner(self):
        interaction = self._receive(
            "scanner", sender="scanner@company.example.com", attach=True, Precedence="bulk"
        )
        self.assertEqual(interaction.kind, "letter")
        self.assertFalse(interaction.partner_id)

    # === THREADS, LOOPS, DUPLICATES ===

    def test_replies_go_to_the_same_interaction(self):
        interaction = self._receive("office", Message_Id="<first@azure.example.com>")
        interaction.write({"needs_answer": False, "answered_date": "2026-06-15 12:00:00"})
        new = self._receive("office", In_Reply_To="<first@azure.example.com>", body="And?")
        self.assertFalse(new)
        self.assertIn("And?", "".join(interaction.message_ids.mapped("body")))
        self.assertTrue(interaction.needs_answer)
        self.assertFalse(interaction.answered_date)

    # A question at 9, answered at 10, asked again at 11, answered at 13; it is Monday.

    def _ask_twice(self):
        question = self._receive(
            "office", Message_Id="<first@azure.example.com>", Date="Mon, 15 Jun 2026 09:00:00 +0000"
        )
        answer = self._answer(question, "2026-06-15 10:00:00")
        self.assertEqual(question.response_hours, 1)
        self._receive(
            "office",
            In_Reply_To="<first@azure.example.com>",
            Date="Mon, 15 Jun 2026 11:00:00 +0000",
        )
        return question, answer

    def _answer(self, question, date):
        return self.env["customer.interaction"].create(
            {
                "partner_id": question.partner_id.id,
                "company_id": question.company_id.id,
                "kind": "email",
                "direction": "out",
                "date": date,
                "user_id": self.salesperson.id,
            }
        )

    def _statistics(self, question):
        self.env.flush_all()
        row = self.env["customer.interaction.response"].browse(question.id)
        row.invalidate_recordset()
        values = row.read(["answered_count", "waiting_count", "response_median_hours"])[0]
        return tuple(values.values())[1:]

    @freeze_time("2026-06-15 15:00:00")
    def test_first_response_of_who_asks_again(self):
        question, _answer = self._ask_twice()
        self.assertTrue(question.needs_answer)
        self.assertFalse(question.answered_date)
        self.assertEqual(question.waiting_hours, 4)  # since 11, not since 9
        self.assertEqual(self._statistics(question), (1, 1, 1))
        self._answer(question, "2026-06-15 13:00:00")
        self.assertEqual(str(question.answered_date), "2026-06-15 13:00:00")
        self.assertEqual(self._statistics(question), (1, 0, 1))
        question.date = "2026-06-15 08:00:00"  # whatever is corrected: the first answer counts
        self.assertEqual(self._statistics(question), (1, 0, 2))

    @freeze_time("2026-06-15 15:00:00")
    def test_first_answer_marked_by_hand(self):
        question = self._receive(
            "office", Message_Id="<first@azure.example.com>", Date="Mon, 15 Jun 2026 09:00:00 +0000"
        )
        with freeze_time("2026-06-15 10:30:00"):
            question.action_mark_answered()
        self._receive(
            "office",
            In_Reply_To="<first@azure.example.com>",
            Date="Mon, 15 Jun 2026 11:00:00 +0000",
        )
        self.assertEqual(self._statistics(question), (1, 1, 1.5))
        question.action_mark_answered()
        self.assertEqual(self._statistics(question), (1, 0, 1.5))

    @freeze_time("2026-06-15 15:00:00")
    def test_first_answer_taken_back(self):
        question, answer = self._ask_twice()
        answer.date = "2026-06-15 10:30:00"
        self.assertEqual(self._statistics(question), (1, 1, 1.5))
        late = self._answer(question, "2026-06-15 13:00:00")
        answer.unlink()  # then nobody had answered before 13
        self.assertEqual(self._statistics(question), (1, 0, 4))
        late.unlink()
        self.assertEqual(self._statistics(question)[:2], (0, 1))
        self.assertIs(question.response_hours, False)
        self.assertEqual(question.waiting_hours, 6)

    @freeze_time("2026-06-15 15:00:00")
    def test_reply_to_what_was_no_question(self):
        ours = self._receive(
            "office", Message_Id="<first@azure.example.com>", Date="Mon, 15 Jun 2026 09:00:00 +0000"
        )
        ours.write({"needs_answer": False, "direction": "out"})
        self._receive(
            "office",
            In_Reply_To="<first@azure.example.com>",
            Date="Mon, 15 Jun 2026 11:00:00 +0000",
        )
        self.assertEqual(ours.waiting_hours, 4)
        self._answer(ours, "2026-06-15 13:00:00")
        self.assertEqual(self._statistics(ours), (1, 0, 2))
        self.assertEqual(
            str(self.env["customer.interaction.response"].browse(ours.id).date),
            "2026-06-15 11:00:00",
        )

    def test_our_reply_is_no_question(self):
        self.salesperson.email = "sam@company.example.com"
        interaction = self._receive("office", Message_Id="<first@azure.example.com>")
        interaction.needs_answer = False
        self._receive(
            "office", sender="sam@company.example.com", In_Reply_To="<first@azure.example.com>"
        )
        self.assertFalse(interaction.needs_answer)

    def test_the_same_mail_twice(self):
        raw = self._mail()
        self.assertEqual(len(self._receive(raw)), 1)
        self.assertFalse(self._receive(raw))

    def test_the_same_mail_twice_without_an_id(self):
        raw = self._mail(Message_Id=None)
        self.assertEqual(len(self._receive(raw)), 1)
        self.assertFalse(self._receive(raw))
        self.assertEqual(len(self._receive(self._mail(Message_Id=None, body="Else"))), 1)

    def test_the_same_mail_twice_although_its_message_is_gone(self):
        raw = self._mail()
        interaction = self._receive(raw)
        interaction.message_ids.sudo().unlink()
        self.assertFalse(self._receive(raw))

    def test_one_mail_to_two_channels(self):
        interactions = self._receive(self._mail(Cc="scanner@intake.example.com"))
        self.assertEqual(interactions.channel_id, self.office | self.letter)

    def test_lost_race_finds_the_record_of_the_winner(self):
        model = self.env["customer.interaction"]
        raw = self._mail()
        first = self._receive(raw)
        values = {"channel_id": self.office.id, "request_key": first.request_key}
        mail = {"email_from": "a@example.org", "subject": "x"}
        with mute_logger("odoo.sql_db"):
            self.assertEqual(model.message_new(mail, values), first)

    def test_automatic_replies_are_left_out(self):
        first = self._receive("office", Message_Id="<first@azure.example.com>")
        count = len(first.message_ids)
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-replied (vacation)"},
            {"Precedence": "bulk"},
            {"Precedence": "LIST"},
            {"Precedence": "auto_reply"},
            {"X_Autoreply": "yes"},
        ):
            with self.subTest(headers):
                self.assertFalse(self._receive("office", **headers))
                reply = {**headers, "In_Reply_To": "<first@azure.example.com>"}
                self.assertFalse(self._receive("office", **reply))
        self.assertEqual(len(first.message_ids), count)

    def test_mails_of_programs_wait_for_no_answer(self):
        interaction = self._receive("office", Auto_Submitted="auto-generated")
        self.assertEqual(interaction.partner_id, self.contact)
        self.assertFalse(interaction.needs_answer)
        self.assertTrue(self._receive("office", Auto_Submitted="no").needs_answer)

    def test_our_own_addresses_make_no_interaction(self):
        for sender in ("fax", "office", "catchall", "bounce"):
            self.assertFalse(self._receive("office", sender=f"{sender}@intake.example.com"))

    def test_other_documents_are_left_alone(self):
        """Automatic mails to other models are handled as before."""
        team = self.env["crm.team"].create({"name": "Leads", "alias_name": "leads"})
        team.alias_id.alias_domain_id = self.alias_domain
        self._receive("leads", Auto_Submitted="auto-replied", Subject="Lead by mail")
        self.assertTrue(self.env["crm.lead"].search([("name", "=", "Lead by mail")]))

    def test_mail_storm_of_one_sender_is_stopped(self):
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", 3)
        made = [len(self._receive("office")) for _mail in range(5)]
        self.assertEqual(made, [1, 1, 1, 0, 0])
        gateway = "gateway@fax.example.net"
        faxes = [
            len(self._receive("fax", sender=gateway, Subject=f"Fax from 20255501{i}0"))
            for i in range(5)
        ]
        self.assertEqual(faxes, [1] * 5)

    # === HOSTILE MAILS ===

    def test_hostile_mails(self):
        hostile = {
            "huge subject": self._mail(Subject="A" * 100_000),
            "folded subject": self._mail(Subject="A\n" + " B\n" * 3000 + " C"),
            "no subject": self._mail(Subject=None),
            "control characters": self._mail(Subject="=?utf-8?B?QQBCAUM=?="),
            "broken encoded word": self._mail(Subject="=?utf-8?B?////?= =?nonsense?Q?=FF?="),
            "raw bytes": self._mail(Subject="caf\udce9 \udcff"),
            "no sender": self._mail(sender=""),
            "huge sender": self._mail(sender="x" * 5000 + "@example.org"),
            "NUL in the sender": self._mail(sender='"=?utf-8?B?QQBC?=" <a@example.org>'),
            "broken date": self._mail(Date="the day after tomorrow"),
            "wrong charset": self._mail(body="\udcff\udcfe"),
            "empty": self._mail(body=""),
            "injection": self._mail(Subject="'; DROP TABLE x; -- <script>alert(1)</script>"),
        }
        for name, raw in hostile.items():
            with self.subTest(name):
                interaction = self._receive(raw)
                self.assertEqual(len(interaction), 1)
                self.assertTrue(interaction.subject)
                self.assertLessEqual(len(interaction.subject), 200)
                self.assertTrue(interaction.subject.isprintable(), repr(interaction.subject))

    def test_the_cost_of_a_mail_does_not_grow(self):
        """Not with twins of the sender, nor with interactions that are there already."""
        self._receive("office")
        first = self._count_queries()
        self.env["res.partner"].create(
            [{"name": f"Twin {i}", "email": self.contact.email} for i in range(15)]
        )
        for _number in range(3):
            self._receive("office")
        self.assertLessEqual(self._count_queries(), first + 2)

    def _count_queries(self):
        raw = self._mail()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["mail.thread"].message_process(None, raw)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # === TRIAGE ===

    def test_assigning_a_contact(self):
        first = self._receive("office", sender="new@example.org")
        second = self._receive("office", sender="New <new@example.org>")
        stranger = self._receive("office", sender="stranger@example.org")
        wizard = (
            self.env["customer.interaction.assign"]
            .with_user(self.salesperson)
            .with_context(active_model="customer.interaction", active_ids=first.ids)
            .create({"partner_id": self.other_customer.id})
        )
        self.assertEqual(wizard.address, "new@example.org")
        self.other_customer.email = False
        contacts = self.env.ref("base.group_partner_manager")
        self.salesperson.group_ids = [Command.link(contacts.id)]
        wizard.action_apply()
        self.assertEqual((first | second).partner_id, self.other_customer)
        self.assertEqual(first.customer_id, self.other_customer)
        self.assertFalse(stranger.partner_id)
        self.assertEqual(self.other_customer.email, "new@example.org")
        later = self._receive("office", sender="new@example.org")
        self.assertEqual(later.partner_id, self.other_customer)

    def test_assigning_a_contact_of_another_company(self):
        interaction = self._receive("office", sender="new@example.org")
        other = self._create_company("Other", self.env.ref("base.EUR"))
        contact = self.env["res.partner"].create({"name": "Foreign", "company_id": other.id})
        wizard = self.env["customer.interaction.assign"].create(
            {"interaction_ids": interaction.ids, "partner_id": contact.id}
        )
        with self.assertRaisesRegex(UserError, "choose a contact of the company"):
            wizard.action_apply()

    def test_lead_of_an_unknown_sender(self):
        interaction = self._receive("office", sender="new@example.org", Subject="Ten desks")
        seen = interaction.with_user(self.salesperson)
        lead = self.env["crm.lead"].browse(seen.action_create_lead()["res_id"])
        self.assertEqual(lead.email_from, "new@example.org")
        self.assertEqual(lead.name, "Ten desks")
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(seen.action_create_lead()["res_id"], lead.id)
        with self.assertRaises(AccessError):
            interaction.with_user(self.stock_user).action_create_lead()

    # === WHO MAY ===

    def test_managers_configure(self):
        channel = self.env["customer.intake.channel"].with_user(self.manager)
        made = channel.create({"name": "Second office", "alias_name": "second"})
        self.assertEqual(made.alias_id.alias_model_id.model, "customer.interaction")
        self.assertIn(str(made.id), made.alias_id.alias_defaults)
        made.alias_name = "third"
        made.unlink()
        with self.assertRaises(AccessError):
            channel.with_user(self.salesperson).create({"name": "x"})
        with self.assertRaises(AccessError):
            self.office.with_user(self.salesperson).name = "x"

    def test_channels_of_other_companies_are_hidden(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        foreign = self.env["customer.intake.channel"].create({"name": "F", "company_id": other.id})
        channels = self.env["customer.intake.channel"].with_user(self.manager).search([])
        self.assertIn(self.office, channels)
        self.assertNotIn(foreign, channels)

    def test_a_used_channel_is_archived_not_deleted(self):
        self._receive("office")
        self.assertEqual(self.office.interaction_count, 1)
        self.office.active = False
        self.assertEqual(self._receive("office").channel_id, self.office)


class TestNumbers(BaseCase):
    """Numbers and patterns, without a database."""

    def test_numbers(self):
        for text, number in (
            ("+98 21 8877-6655", "+982188776655"),
            ("0098 21 88776655", "+982188776655"),
            ("۰۲۱۸۸۷۷۶۶۵۵", "02188776655"),
            ("٠٢١٨٨٧٧٦٦٥٥", "02188776655"),
            ("sip:101@pbx.local", "101"),
            ("tel:+982188776655", "+982188776655"),
            ('"Ali" <sips:+982188776655@x;user=phone>', "+982188776655"),
            ("\u200e+98 21 88776655\u200f", "+982188776655"),
            ("anonymous", ""),
            ("", ""),
            (None, ""),
            ("12", ""),
            ("1" * 21, ""),
            ("+" * 5000, ""),
        ):
            self.assertEqual(extract_phone_number(text), number, text)

    def test_no_pattern_keeps_the_server_busy(self):
        """The worst texts for the worst patterns that are allowed."""
        worst = "\n".join(["*a*{number}", "*(*{number}", "* * {number}", "{number}*b*c"])
        patterns = compile_fax_patterns(worst)
        started = time.monotonic()
        for sign in ("a", " ", "1", "(", "1 ", "(1", ".", "\n"):
            find_fax_number(patterns, [sign * 100_000] * 2)
        self.assertLess(time.monotonic() - started, 2)
