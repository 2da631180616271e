import base64
import random
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common import CustomerValueCommon

ROUTING = "odoo.addons.mail.models.mail_thread"
AWAY = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
ANA = "Ana <ana@azure.example>"


@tagged("post_install", "-at_install")
class TestMailLeftOut(CustomerValueCommon):
    """Mails no person wrote change nothing; they are in a list, and can be taken in after all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={"lang": "en_US"})  # with tracking and notifications
        cls.domain = cls.env["mail.alias.domain"].create(
            {"name": "firm.example", "company_ids": [Command.link(cls.company.id)]}
        )
        cls.company.alias_domain_id = cls.domain
        cls.team = cls.env["customer.complaint.team"].create(
            {"name": "Service", "alias_name": "complaints", "company_id": cls.company.id}
        )
        cls.office, cls.fax = cls.env["customer.intake.channel"].create(
            [
                {"name": "Office", "alias_name": "office"},
                {"name": "Fax", "alias_name": "fax", "kind": "fax"},
            ]
        )
        (cls.office | cls.fax).alias_domain_id = cls.team.alias_domain_id = cls.domain
        cls.customer.email = "info@azure.example"
        cls.ana = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.customer.id, "email": "ana@azure.example"}
        )
        cls.service = cls._create_user("sima", "customer_value.customer_value_group_user")
        cls.waiting, cls.solved = (
            cls.env.ref(f"customer_value.customer_complaint_stage_{name}")
            for name in ("waiting", "solved")
        )
        cls.number = 0

    def _raw(self, to="complaints", headers=None, body="Scratched", subject="The desk", sender=ANA):
        type(self).number += 1
        lines = {
            "From": sender,
            "To": f"{to}@firm.example",
            "Subject": subject,
            "Message-Id": f"<{self.number}@azure.example>",
            "Date": "Mon, 15 Jun 2020 10:00:00 +0000",
            "Content-Type": "text/plain",
            **(headers or {}),
        }
        text = "".join(f"{name}: {value}\n" for name, value in lines.items() if value is not None)
        return f"{text}\n{body}".encode("utf-8", "surrogateescape")

    def _receive(self, to="complaints", headers=None, raw=None, **mail):
        """Give a mail to the gateway; return (records it made, mails it left out)."""
        model = "customer.complaint" if to == "complaints" else "customer.interaction"
        records, mails = self.env[model], self.env["customer.mail.left.out"]
        before = records.search([]), mails.search([])
        with mute_logger(ROUTING):
            self.env["mail.thread"].message_process(
                None, raw or self._raw(to, headers=headers, **mail)
            )
        return records.search([]) - before[0], mails.search([]) - before[1]

    def assertLeftOut(self, reason, *args, **kwargs):
        records, mail = self._receive(*args, **kwargs)
        self.assertFalse(records)
        self.assertEqual(mail.mapped("reason"), [reason])
        return mail

    def _complain(self):
        """Return a complaint we have asked about, and the headers of answers to that."""
        complaint, _mails = self._receive()
        complaint.message_post(
            body="Which desk?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.ana.ids,
        )
        told = complaint.message_ids.sorted("id")[-1].message_id
        return complaint, {"In-Reply-To": told, "References": told}

    # === NOTHING HAPPENS ===

    def test_no_complaint_and_no_interaction(self):
        for to in ("complaints", "office"):
            self.assertLeftOut("auto_reply", to, AWAY, subject="Automatic reply: Desk")
            self.assertLeftOut("auto_reply", to, {"X-Autorespond": "away"})
            self.assertLeftOut("mass_mail", to, {"List-Unsubscribe": "<mailto:x@y>"})
            self.assertLeftOut("mass_mail", to, {"X-Precedence": "bulk"})
            self.assertLeftOut("bounce", to, sender="<>")
            self.assertLeftOut("own_address", to, sender="office@firm.example")
            self.assertLeftOut("auto_reply", to, {"X-POST-MessageClass": "9; Autoresponder"})
            self.assertLeftOut(
                "recall",
                to,
                subject="Recall: The desk",
                body='Ana would like to recall the message, "The desk".',
            )
        self.assertLeftOut("program", "complaints", {"Auto-Submitted": "auto-generated"})

    def test_a_waiting_complaint_goes_on_waiting(self):
        complaint, answer = self._complain()
        complaint.stage_id = self.waiting
        count = len(complaint.message_ids)
        subject = "Automatic reply: Desk"
        for headers, reason in (
            (AWAY, "auto_reply"),
            ({"Auto-Submitted": "auto-notified"}, "auto_reply"),
            ({}, "auto_reply"),  # the subject and the answer are enough
            ({"List-Id": "<x.y>"}, "auto_reply"),
        ):
            mail = self.assertLeftOut(reason, headers={**answer, **headers}, subject=subject)
            self.assertEqual(mail.res_id, complaint.id)
        self.assertLeftOut("mass_mail", headers={**answer, "List-Id": "<x.y>"})
        self.assertEqual(complaint.stage_id, self.waiting)
        self.assertEqual(len(complaint.message_ids), count)

    def test_a_solved_complaint_stays_solved(self):
        complaint, answer = self._complain()
        complaint.write({"resolution": "A new one", "stage_id": self.solved.id})
        self.assertLeftOut("auto_reply", headers={**answer, **AWAY}, subject="Abwesend: Desk")
        self.assertTrue(complaint.close_date)
        records, mails = self._receive(
            headers={**answer, "X-Auto-Response-Suppress": "All"}, subject="Re: Desk"
        )
        self.assertFalse(records | complaint.browse() or mails)
        self.assertFalse(complaint.close_date)

    def test_an_answered_question_stays_answered(self):
        question, _mails = self._receive("office", {"Message-Id": "<q@azure.example>"})
        question.write({"needs_answer": False, "answered_date": fields.Datetime.now()})
        self.assertLeftOut(
            "auto_reply", "office", {**AWAY, "In-Reply-To": "<q@azure.example>"}, subject="x"
        )
        self.assertFalse(question.needs_answer)

    def test_what_odoo_itself_leaves(self):
        complaint, answer = self._complain()
        report = {"Content-Type": 'multipart/report; report-type=delivery-status; boundary="B"'}
        body = "--B\nContent-Type: text/plain\n\nNot delivered\n--B--\n"
        mail = self.assertLeftOut("bounce", headers={**answer, **report}, body=body)
        self.assertEqual(mail.res_id, complaint.id)
        read = {
            "Content-Type": 'multipart/report; report-type=disposition-notification; boundary="B"'
        }
        self.assertLeftOut("receipt", "office", read, body=body)
        self.assertLeftOut("bounce", sender="MAILER-DAEMON@mx.example")
        notice = {"References": "<1-loop-detection-bounce-email@x>"}
        self.assertLeftOut("loop", headers=notice)

    def test_a_storm_and_an_address_that_refuses(self):
        self.env["ir.config_parameter"].sudo().set_param("mail.gateway.loop.threshold", 1)
        self.assertEqual(len(self._receive("office")[0]), 1)
        self.assertLeftOut("storm", "office")
        self.office.alias_id.alias_contact = "partners"
        self.assertLeftOut("refused", "office", sender="new@somewhere.example")

    def test_faxes_are_sent_by_programs(self):
        for headers in (AWAY, {"Precedence": "bulk"}, {"Return-Path": "<>"}, {"List-Id": "<x>"}):
            records, mails = self._receive("fax", headers)
            self.assertEqual((len(records), len(mails)), (1, 0))
        self.assertLeftOut("auto_reply", "fax", {"Auto-Submitted": "auto-replied"})

    # === NOTHING IS LOST, NOR TWICE ===

    def test_the_same_mail_twice(self):
        raw = self._raw(headers=AWAY, subject="Automatic reply: Desk")
        self.assertEqual(len(self._receive(raw=raw)[1]), 1)
        self.assertFalse(self._receive(raw=raw)[1])
        raw = self._raw()
        self.assertTrue(self._receive(raw=raw)[0])
        self.assertFalse(any(self._receive(raw=raw)))

    def test_another_mail_with_the_same_id(self):
        same = {"Message-Id": "<scanner@azure.example>"}
        self.assertTrue(self._receive(headers=same, subject="First")[0])
        mail = self.assertLeftOut("duplicate_id", headers=same, subject="Second")
        mail.action_take_in()
        self.assertEqual(self.env["customer.complaint"].browse(mail.res_id).subject, "Second")

    def test_other_models_are_none_of_our_business(self):
        leads = self.env["crm.team"].create({"name": "Leads", "alias_name": "leads"})
        leads.alias_id.alias_domain_id = self.domain
        _records, mails = self._receive("leads", {"Auto-Submitted": "auto-replied"})
        self.assertFalse(mails)

    def test_every_mail_is_taken_or_in_the_list(self):
        """Random headers, some broken: never an error, and nothing lost."""
        chance = random.Random(13)
        values = (
            *("no", "auto-replied", "auto-generated", "<>", "<a@b>", "bulk", "All", "", "yes"),
            *("multipart/report", "text/calendar; method=REPLY", "=?utf-8?B?////?=", "(((", ";"),
            *("caf\udce9", '"', "multipart/mixed; boundary=B", "x" * 2000, "<b@c>, <d@e>"),
        )
        names = (
            *("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "List-Id", "From"),
            *("In-Reply-To", "References", "Return-Path", "Reply-To", "Subject", "X-Autoreply"),
            *("Message-Id", "Date", "Sender"),
        )
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("mail.gateway.loop.threshold", 10_000)
        for number in range(60):
            headers = {chance.choice(names): chance.choice(values) for _n in range(5)}
            if headers.get("Message-Id"):
                headers["Message-Id"] = f"<{number}> {headers['Message-Id']}"
            to = chance.choice(("complaints", "office", "fax"))
            with self.subTest(headers):
                records, mails = self._receive(to, headers, subject=f"Mail {number}")
                self.assertEqual(len(records) + len(mails), 1)
                self._take_in_again(mails)

    def _take_in_again(self, mails):
        for mail in mails:
            mail.action_take_in()
            record = self.env[mail.res_model].browse(mail.res_id)
            self.assertTrue(record.exists())
            self.assertIn("Scratched", "".join(record.message_ids.mapped("body")))

    def test_an_answer_of_notes(self):
        complaint, answer = self._complain()
        complaint.stage_id = self.waiting
        told = {"In-Reply-To": answer["In-Reply-To"]}
        subject = "AUTO: Ana is out of the office (returning 06/22/2020)"
        self.assertLeftOut("auto_reply", headers=told, subject=subject)
        self.assertEqual(complaint.stage_id, self.waiting)
        self._receive(headers=told, subject="AUTO: new brakes for my car")
        self.assertNotEqual(complaint.stage_id, self.waiting)

    def test_the_answer_to_an_invitation_alone(self):
        for method, is_left in (("REPLY", True), ("REQUEST", False)):
            body = f"BEGIN:VCALENDAR\nMETHOD:{method}\nEND:VCALENDAR\n"
            headers = {"Content-Type": 'application/ics; name="invite.ics"'}
            _records, mails = self._receive(headers=headers, body=body)
            self.assertEqual(mails.mapped("reason"), ["calendar"] * is_left)

    # === TAKING IN ===

    def test_what_the_list_tells(self):
        mail = self.assertLeftOut(
            "auto_reply", headers=AWAY, subject="Automatic reply: Desk", body="I am <b>away</b>"
        ).with_user(self.service)
        self.assertEqual(str(mail.date), "2020-06-15 10:00:00")
        self.assertEqual(mail.email_from, '"Ana" <ana@azure.example>')
        self.assertIn("complaints@firm.example", mail.email_to)
        self.assertEqual(mail.subject, "Automatic reply: Desk")
        self.assertIn("I am", mail.preview)
        self.assertEqual(mail.alias_id, self.team.alias_id)
        self.assertEqual(mail.company_id, self.company)
        raw = base64.b64decode(mail.with_context(bin_size=False).raw)
        self.assertIn(b"Auto-Submitted: auto-generated", raw)

    def test_taking_in_a_new_complaint(self):
        mail = self.assertLeftOut("auto_reply", headers=AWAY, subject="Automatic reply: Desk")
        action = mail.with_user(self.service).action_take_in()
        complaint = self.env["customer.complaint"].browse(action["res_id"])
        self.assertEqual(complaint.partner_id, self.ana)
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(str(complaint.open_date), "2020-06-15 10:00:00")
        self.assertIn("Scratched", complaint.message_ids.filtered("email_from")[-1:].body)
        self.assertEqual((mail.state, mail.taken_uid), ("taken_in", self.service))
        count = self.env["customer.complaint"].search_count([])
        mail.with_user(self.service).action_take_in()
        self.assertEqual(self.env["customer.complaint"].search_count([]), count)

    def test_taking_in_an_interaction_that_waits_for_an_answer(self):
        mail = self.assertLeftOut("mass_mail", "office", {"List-Id": "<x.y>"})
        mail.with_user(self.service).action_take_in()
        interaction = self.env["customer.interaction"].browse(mail.res_id)
        self.assertEqual(interaction.channel_id, self.office)
        self.assertEqual(interaction.partner_id, self.ana)
        self.assertTrue(interaction.needs_answer)

    def test_taking_in_an_answer_reopens(self):
        complaint, answer = self._complain()
        complaint.write({"resolution": "A new one", "stage_id": self.solved.id})
        mail = self.assertLeftOut("mass_mail", headers={**answer, "List-Id": "<x.y>"})
        mail.with_user(self.service).action_take_in()
        self.assertEqual(mail.res_id, complaint.id)
        self.assertFalse(complaint.close_date)
        self.assertEqual(complaint.reopen_count, 1)

    def test_taking_in_an_answer_to_what_is_gone(self):
        complaint, answer = self._complain()
        mail = self.assertLeftOut("mass_mail", headers={**answer, "List-Id": "<x.y>"})
        complaint.unlink()
        mail.with_user(self.service).action_take_in()
        self.assertTrue(self.env["customer.complaint"].browse(mail.res_id).exists())

    def test_taking_in_several(self):
        mails = self.env["customer.mail.left.out"].union(
            *(self.assertLeftOut("mass_mail", to, {"List-Id": "<x.y>"}) for to in ("office",) * 3)
        )
        mails.with_user(self.service).action_take_in()
        self.assertEqual(set(mails.mapped("state")), {"taken_in"})
        self.assertEqual(len(set(mails.mapped("res_id"))), 3)

    def test_who_may(self):
        mail = self.assertLeftOut("mass_mail", headers={"List-Id": "<x.y>"})
        for user in (self.accountant, self.stock_user):
            with self.assertRaises(AccessError):
                mail.with_user(user).action_take_in()
        other = self._create_company("Other", self.env.ref("base.EUR"))
        team = self.env["customer.complaint.team"].create(
            {"name": "Theirs", "alias_name": "theirs", "company_id": other.id}
        )
        team.alias_domain_id = self.domain
        _records, theirs = self._receive("theirs", {"List-Id": "<x.y>"})
        self.assertEqual(theirs.company_id, other)
        self.assertNotIn(theirs, mail.with_user(self.service).search([]))
        with self.assertRaises(AccessError):
            theirs.with_user(self.service).action_take_in()
        theirs.action_take_in()
        self.assertEqual(self.env["customer.complaint"].browse(theirs.res_id).company_id, other)
        mail.with_user(self.manager).unlink()

    def test_old_ones_are_deleted(self):
        mail = self.assertLeftOut("mass_mail", headers={"List-Id": "<x.y>"})
        mails = self.env["customer.mail.left.out"]
        with freeze_time(fields.Datetime.now() + timedelta(days=89)):
            mails._gc_left_out()
        self.assertTrue(mail.exists())
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            mails._gc_left_out()
        self.assertFalse(mail.exists())

    # === WHO WROTE, AND ABOUT WHAT ===

    def test_the_number_in_the_subject(self):
        complaint, _answer = self._complain()
        name = complaint.name
        persian = name.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        complaint.stage_id = self.waiting
        for subject in (f"Re: {name}", f"[{name}] desk", f"{name.lower()}: desk", f"({persian})،"):
            for sender in (ANA, "info@azure.example"):
                with self.subTest(subject, sender=sender):
                    records, mails = self._receive(subject=subject, sender=sender)
                    self.assertFalse(records or mails)
        self.assertNotEqual(complaint.stage_id, self.waiting)
        for subject in (f"Re: {name}1", f"Re: x{name}", name.rpartition("/")[2]):
            self.assertTrue(self._receive(subject=subject)[0])

    def test_the_number_is_no_key_for_others(self):
        complaint, _answer = self._complain()
        count = len(complaint.message_ids)
        stranger = "Eve <eve@elsewhere.example>"
        self.other_customer.email = "deco@example.com"
        for sender in (stranger, "deco@example.com", '"ana@azure.example" <eve@elsewhere.example>'):
            records, _mails = self._receive(subject=f"Re: {complaint.name}", sender=sender)
            self.assertEqual(len(records), 1)
        self.assertEqual(len(complaint.message_ids), count)

    def test_the_number_of_a_complaint_of_nobody_known(self):
        complaint, _mails = self._receive(sender="New <new@somewhere.example>")
        subject = f"Re: {complaint.name}"
        self.assertTrue(self._receive(subject=subject)[0])
        self.assertFalse(self._receive(subject=subject, sender="NEW@somewhere.example")[0])

    def test_the_number_in_an_automatic_reply(self):
        complaint, _answer = self._complain()
        complaint.write({"resolution": "A new one", "stage_id": self.solved.id})
        self.assertLeftOut("program", headers=AWAY, subject=f"Desk {complaint.name}")
        self.assertTrue(complaint.close_date)

    def test_forms_on_web_pages(self):
        reply = {"Reply-To": ANA}
        for sender in (
            "Shop <form@firm.example>",
            "complaints@firm.example",
            "no-reply@forms.example",
            "WordPress <wordpress@shop.example>",
            self.service.email_formatted,
        ):
            with self.subTest(sender):
                complaint = self._receive(headers=reply, sender=sender)[0]
                self.assertEqual(complaint.partner_id, self.ana)
                self.assertIn("ana@azure.example", complaint.email_from)
                mail = complaint.message_ids.filtered(lambda m: m.message_type == "email")
                self.assertEqual(mail.author_id, self.ana)
        program = {**reply, "Auto-Submitted": "auto-generated"}
        for to in ("complaints", "office"):
            record = self._receive(to, program, sender="form@firm.example")[0]
            self.assertEqual(record.partner_id, self.ana)
        self.assertTrue(record.needs_answer)

    def test_names_of_those_who_send_for_others(self):
        reply = {"Reply-To": ANA}
        for name in (
            *("no-reply+order7", "shop-noreply", "noreply-shop", "no.reply", "NoReply2"),
            *("shop_do-not-reply", "DoNotReply+7", "shopnoreply", "contact-form", "form3"),
            *("nicht-antworten", "ne-pas-repondre", "no_responder", "kontaktformular"),
        ):
            with self.subTest(name):
                complaint = self._receive(headers=reply, sender=f"<{name}@forms.example>")[0]
                self.assertEqual(complaint.partner_id, self.ana)
        for name in ("nora.reply", "ano-replyson", "formosa", "norbert", "uniform", "ben+noreply"):
            with self.subTest(name):
                complaint = self._receive(headers=reply, sender=f"<{name}@forms.example>")[0]
                self.assertIn(name, complaint.email_from)

    def test_forms_that_answer_to_several(self):
        self._create_user("mina_of_desks", "base.group_user").email = "mina@desk.example"
        told = [
            *(f"{ANA}, {ANA}", "ana@azure.example, ANA@Azure.example", f"{ANA}, form@firm.example"),
            *(f"complaints@firm.example, {ANA}", f"{ANA}, office@firm.example, fax@firm.example"),
            *(f"Mina <mina@desk.example>, {ANA}", f"no-reply@forms.example, {ANA}"),
        ]
        for addresses in told:
            for sender in ("form@firm.example", "no-reply@forms.example"):
                with self.subTest(addresses, sender=sender):
                    record = self._receive(headers={"Reply-To": addresses}, sender=sender)[0]
                    self.assertEqual(record.partner_id, self.ana)
                    self.assertIn("ana@azure.example", record.email_from)
        for addresses in (f"{ANA}, ben@elsewhere.example", f"{ANA}, " * 30):
            record = self._receive(
                headers={"Reply-To": addresses.strip(", ")}, sender="no-reply@forms.example"
            )[0]
            self.assertFalse(record.partner_id)

    def test_who_answers_elsewhere_stays_who_wrote(self):
        for address in ("ben@elsewhere.example", f"{ANA}, ben@elsewhere.example", "", "<>", "((("):
            complaint = self._receive(headers={"Reply-To": address})[0]
            self.assertEqual(complaint.partner_id, self.ana, address)
        self.assertLeftOut(
            "own_address",
            headers={"Reply-To": "catchall@firm.example"},
            sender="complaints@firm.example",
        )

    def test_a_package_of_outlook(self):
        package = base64.b64encode(b"\x78\x9f\x3e\x22rest").decode()
        body = (
            "--B\nContent-Type: text/plain\n\nScratched\n--B\n"
            'Content-Type: application/ms-tnef; name="winmail.dat"\n'
            'Content-Disposition: attachment; filename="winmail.dat"\n'
            f"Content-Transfer-Encoding: base64\n\n{package}\n--B--\n"
        )
        mixed = {"Content-Type": 'multipart/mixed; boundary="B"', "MIME-Version": "1.0"}
        for to in ("complaints", "office"):
            record = self._receive(to, mixed, body=body)[0]
            self.assertIn("winmail.dat", record.message_ids.attachment_ids.mapped("name"))
            said = "".join(record.message_ids.mapped("body"))
            self.assertIn("package of Outlook", said)
        record = self._receive()[0]
        self.assertNotIn("package of Outlook", "".join(record.message_ids.mapped("body")))
