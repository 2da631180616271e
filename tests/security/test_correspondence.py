import random
from email.message import EmailMessage

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..complaint.common import ComplaintCommon

ROUTING = "odoo.addons.mail.models.mail_thread"


@tagged("post_install", "-at_install")
class TestCorrespondence(ComplaintCommon):
    """What a customer writes, and what is written to one, never reaches another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls._open_mail_gateway()
        cls.office = cls.env["customer.intake.channel"].create(
            {"name": "Office", "alias_name": "office", "alias_domain_id": domain.id}
        )
        cls.domain = domain.name
        cls.other_customer.email = "info@deco.example"
        cls.rival = cls.env["res.partner"].create(
            {"name": "Rob", "parent_id": cls.other_customer.id, "email": "rob@deco.example"}
        )
        cls.number = 0

    def _receive(self, sender, answered=None, to="complaints", subject="Desk", cc=None, date=None):
        """Give a mail to the gateway, as an answer to a message; return the records it made."""
        type(self).number += 1
        mail = EmailMessage()
        mail["From"] = sender
        mail["To"] = f"{to}@{self.domain}"
        mail["Subject"] = subject
        mail["Message-Id"] = f"<sec-{self.number}@mail.example>"
        if date is not None:
            mail["Date"] = date
        if cc:
            mail["Cc"] = cc
        if answered:
            mail["In-Reply-To"] = mail["References"] = answered.message_id
        mail.set_content(f"Words of {sender}")
        name = "customer.complaint" if to == "complaints" else "customer.interaction"
        before = self.env[name].search([]).ids
        with mute_logger(ROUTING):
            self.env["mail.thread"].message_process(False, mail.as_bytes())
        return self.env[name].search([("id", "not in", before)])

    def _answer(self, record, partner):
        """Write to a customer as somebody of the service; return the message."""
        return record.with_user(self.service).message_post(
            body="Which desk?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partner.ids,
        )

    def _bodies(self, record):
        return " ".join(record.message_ids.mapped("body"))

    # === ROUTING ===

    def test_former_customer_answers_into_a_complaint_of_their_own(self):
        complaint = self._receive("Ana <ana@azure.example>")
        asked = self._answer(complaint, self.contact)
        complaint.with_user(self.service).partner_id = self.rival
        own = self._receive("Ana <ana@azure.example>", asked, subject="Re: Desk")
        self.assertEqual(own.customer_id, self.customer)
        self.assertEqual(own.company_id, complaint.company_id)
        self.assertEqual(own.team_id, complaint.team_id)
        self.assertFalse(own.previous_id)
        self.assertIn("Words of", self._bodies(own))
        self.assertEqual(self._bodies(complaint).count("Words of"), 1)
        notified = complaint.message_ids.notified_partner_ids | complaint.message_partner_ids
        self.assertIn(self.rival, complaint.message_partner_ids)
        self.assertNotIn(self.contact, complaint.message_partner_ids)
        self.assertNotIn(self.rival, own.message_partner_ids | own.message_ids.notified_partner_ids)
        self.assertNotIn(self.rival, notified - complaint.message_partner_ids)

    def test_who_belongs_to_the_customer_goes_on(self):
        complaint = self._receive("Ana <ana@azure.example>", cc="Cid <cid@elsewhere.example>")
        asked = self._answer(complaint, self.contact)
        colleague = self.env["res.partner"].create(
            {"name": "Bea", "parent_id": self.customer.id, "email": "bea@azure.example"}
        )
        self.service.partner_id.email = "sima@firm-people.example"
        for sender in (
            "ana@azure.example",
            "ANA@Azure.example",
            colleague.email,
            "info@azure.example",
            "cid@elsewhere.example",
            "sima@firm-people.example",
        ):
            with self.subTest(sender=sender):
                self.assertFalse(self._receive(sender, asked), sender)
        self.assertEqual(self._bodies(complaint).count("Words of"), 7)

    def test_others_get_a_record_of_their_own(self):
        complaint = self._receive("Ana <ana@azure.example>")
        asked = self._answer(complaint, self.contact)
        for sender, customer in (
            ("rob@deco.example", self.other_customer),
            ("nobody@nowhere.example", self.env["res.partner"]),
        ):
            with self.subTest(sender=sender):
                own = self._receive(sender, asked)
                self.assertEqual(len(own), 1)
                self.assertEqual(own.customer_id, customer)
                self.assertNotIn(sender, self._bodies(complaint))

    def test_unknown_writer_goes_on_until_it_is_another_customers(self):
        complaint = self._receive("New <new@nowhere.example>")
        first = complaint.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertFalse(self._receive("new@nowhere.example", first))
        self.assertTrue(self._receive("rob@deco.example", first))
        complaint.with_user(self.service).partner_id = self.contact
        self.assertFalse(self._receive("new@nowhere.example", first), "it was said who that is")
        complaint.with_user(self.service).partner_id = self.rival
        self.assertTrue(self._receive("new@nowhere.example", first))
        self.assertFalse(complaint.email_from)

    def test_merged_complaints(self):
        original = self._receive("Ana <ana@azure.example>")
        double = self._receive("info@azure.example", subject="Again")
        asked = self._answer(double, self.customer)
        stayed = double.message_post(body="Old", message_type="comment")
        double.with_user(self.service)._merge_into(original)
        for message in (asked, stayed):
            self.assertFalse(self._receive("ana@azure.example", message))
        original.with_user(self.service).partner_id = self.rival
        for message in (asked, stayed):
            own = self._receive("ana@azure.example", message)
            self.assertEqual(own.customer_id, self.customer)
        self.assertFalse(double.duplicate_of_id)

    def test_interactions(self):
        interaction = self._receive("Ana <ana@azure.example>", to="office")
        asked = self._answer(interaction, self.contact)
        interaction.message_subscribe(partner_ids=(self.contact | self.customer).ids)
        self.assertFalse(self._receive("bob <info@azure.example>", asked, to="office"))
        interaction.with_user(self.service).partner_id = self.rival
        self.assertFalse(interaction.message_partner_ids & (self.contact | self.customer))
        own = self._receive("ana@azure.example", asked, to="office")
        self.assertEqual(own.customer_id, self.customer)
        self.assertEqual(own.channel_id, self.office)
        self.assertTrue(own.needs_answer)
        self.assertIn("Words of ana", self._bodies(own))
        self.assertNotIn("Words of ana", self._bodies(interaction))

    def test_answer_to_another_companys_record_stays_in_that_company(self):
        other = self._create_company("Branch office", self.env.ref("base.EUR"))
        interaction = self.env["customer.interaction"].create(
            {"partner_id": self.contact.id, "company_id": other.id}
        )
        asked = interaction.message_post(body="?", message_type="comment")
        own = self._receive("rob@deco.example", asked, to="office")
        self.assertEqual((own.customer_id, own.company_id), (self.other_customer, other))

    def test_mails_of_any_date(self):
        for date in ("Fri, 31 Dec 9999 23:59:59 -0800", "Mon, 1 Jan 0001 00:00:00 +0330", "x", ""):
            for to in ("complaints", "office"):
                with self.subTest(date=date, to=to):
                    record = self._receive("ana@azure.example", to=to, date=date)
                    self.assertEqual(len(record), 1)
                    taken = record.open_date if to == "complaints" else record.date
                    for moment in (taken, *record.message_ids.mapped("date")):
                        self.assertGreaterEqual(moment.year, 1900)
                        self.assertLess((moment - record.create_date).days, 2)

    def test_random_corrections(self):
        """However contacts are corrected: a mail is only ever with the customer who wrote it."""
        for seed in range(4):
            chance = random.Random(seed)
            third = self._create_customer(f"Third {seed}", email=f"mail@third{seed}.example")
            people = [self.contact, self.customer, self.rival, self.other_customer, third]
            complaint = self._receive(self.contact.email)
            sent = [self._answer(complaint, self.contact)]
            for _step in range(12):
                if chance.random() < 0.4:
                    complaint.with_user(self.service).partner_id = chance.choice(people)
                    sent.append(self._answer(complaint, complaint.partner_id))
                    continue
                writer = chance.choice(people)
                before = complaint.message_ids
                own = self._receive(writer.email, chance.choice(sent))
                came = complaint.message_ids - before
                mine = writer.commercial_partner_id == complaint.customer_id
                self.assertEqual(bool(own), not mine, seed)
                self.assertEqual(bool(came.filtered(lambda m: m.message_type == "email")), mine)
                for record in own or complaint:
                    self.assertEqual(record.customer_id, writer.commercial_partner_id)
                    followers = record.message_partner_ids.filtered("partner_share")
                    self.assertLessEqual(followers.commercial_partner_id, record.customer_id)
                told = (came | own.message_ids).notified_partner_ids.filtered("partner_share")
                self.assertLessEqual(told.commercial_partner_id, writer.commercial_partner_id)

    # === WHO IS WRITTEN TO ===

    def test_nobody_of_the_former_customer_follows_or_is_suggested(self):
        complaint = self._receive("Ana <ana@azure.example>", cc="cid@elsewhere.example")
        asked = self._answer(complaint, self.contact | self.customer)
        complaint.message_subscribe(partner_ids=(self.customer | self.contact).ids)
        token = complaint._portal_ensure_token()
        complaint.with_user(self.service).partner_id = self.rival
        followers = complaint.message_partner_ids
        self.assertFalse(followers & (self.contact | self.customer))
        self.assertNotEqual(complaint._portal_ensure_token(), token)
        for asking in ({"reply_discussion": True}, {"reply_message": asked}, {}):
            mine = complaint.with_user(self.service)
            told = str(mine._message_get_suggested_recipients(**asking))
            for word in ("azure", "elsewhere"):
                self.assertNotIn(word, told)
        told = str(complaint._message_get_default_recipients(with_cc=True, all_tos=True))
        for word in ("azure", "elsewhere", f"[{self.contact.id}]"):
            self.assertNotIn(word, told)
        shown = complaint.message_ids.filtered(lambda message: not message.is_internal)
        self.assertNotIn("Words of", " ".join(shown.mapped("body")))

    def test_customers_answer_goes_to_nobody_else(self):
        complaint = self._receive("Ana <ana@azure.example>")
        complaint.message_subscribe(partner_ids=self.rival.ids)
        asked = self._answer(complaint, self.contact)
        self._receive("ana@azure.example", asked)
        mails = complaint.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertNotIn(self.rival, mails.notified_partner_ids)

    # === ONE CUSTOMER ===

    def test_duplicates_are_of_one_customer(self):
        mine, theirs = self._complain(), self._complain(partner_id=self.rival.id)
        for first, second in ((mine, theirs), (theirs, mine)):
            with self._refused(ValidationError, "same customer"):
                first.sudo().duplicate_of_id = second
            with self._refused(AccessError, "cannot be entered"):  # merging does it
                first.with_user(self.service).duplicate_of_id = second
            with self._refused(UserError, "one customer"):
                first.with_user(self.service)._merge_into(second)
        window = self.env["customer.complaint.merge"].with_user(self.service)
        with self._refused(UserError, "one customer"):
            window.create(
                {"complaint_ids": [Command.set(mine.ids)], "target_id": theirs.id}
            ).action_merge()

    def test_merging_unknown_senders(self):
        known = self._receive("Ana <ana@azure.example>")
        stranger = self._receive("New <new@nowhere.example>")
        again = self._receive("New <new@nowhere.example>", subject="Again")
        third = self._receive("third@nowhere.example")
        for sources, target in (
            (stranger, known),
            (known, stranger),
            (stranger, third),
            (stranger | again, third),
        ):
            with self._refused(UserError, "nobody knows"):
                sources.with_user(self.service)._merge_into(target)
        again.with_user(self.service)._merge_into(stranger)
        self.assertEqual(again.duplicate_of_id, stranger)

    def test_target_of_a_merge_must_be_ones_own(self):
        other = self._create_company("Elsewhere", self.env.ref("base.EUR"))
        foreign = self.env["customer.complaint"].create(
            {"subject": "x", "partner_id": self.contact.id, "company_id": other.id}
        )
        window = self.env["customer.complaint.merge"].with_user(self.service)
        with self.assertRaises(AccessError):
            window.create(
                {"complaint_ids": [Command.set(self._complain().ids)], "target_id": foreign.id}
            ).action_merge()

    def test_questions_do_not_follow_the_contact(self):
        complaint = self._complain()
        requests = self.env["customer.feedback.request"]
        asked = requests.create(
            {
                "cause": "complaint",
                "kind": "rating",
                "company_id": self.company.id,
                "partner_id": self.contact.id,
                "res_model": complaint._name,
                "res_id": complaint.id,
            }
        )
        complaint.with_user(self.service).partner_id = self.rival
        self.assertFalse(asked.exists())
