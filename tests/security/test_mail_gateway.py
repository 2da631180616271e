from contextlib import suppress
from itertools import product

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import CustomerValueCommon

MAIL = """From: %(sender)s
To: anybody@elsewhere.example
Subject: The desk is scratched
Message-Id: <%(id)s@shop.example>
Content-Type: text/plain; charset=utf-8

It came like this.
"""


@freeze_time("2026-06-15 10:00:00")
@tagged("post_install", "-at_install")
class TestMailGateway(CustomerValueCommon):
    """The way in of mails is open to everybody who logs in: it writes with all rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._create_user("sami", "customer_value.customer_value_group_user")
        cls.employee = new_test_user(cls.env, login="emin", groups="base.group_user")
        cls.portal = new_test_user(cls.env, login="pari", groups="base.group_portal")
        cls.customer.email = "azure@shop.example"
        cls.team = cls.env["customer.complaint.team"].create(
            {"name": "North", "company_id": cls.company.id}
        )

    def _send(self, user, number, model="customer.complaint", **options):
        mail = MAIL % {"sender": "azure@shop.example", "id": number}
        return self.env[model].with_user(user).message_process(model, mail, **options)

    def test_nobody_says_what_becomes_of_a_mail(self):
        """Neither an approved replacement, nor into which complaint it is written."""
        complaint = self.env["customer.complaint"].create(
            {"partner_id": self.other_customer.id, "subject": "Secret"}
        )
        approved = {"resolution_ids": [(0, 0, {"kind": "replacement", "state": "approved"})]}
        for number, user in enumerate((self.clerk, self.employee, self.portal)):
            for options in ({"custom_values": approved}, {"thread_id": complaint.id}, {}):
                with self.subTest(user=user.login, **options), self.assertRaises(AccessError):
                    self._send(user, number, **options)
            with self.assertRaises(AccessError):
                self._send(user, number, "customer.interaction", thread_id=1)
        self.assertFalse(complaint.message_ids.filtered(lambda m: m.message_type == "email"))

    def test_nobody_writes_mails_of_others(self):
        """Neither a new one to an address, nor an answer, of a customer or of a colleague."""
        domain = self.env["mail.alias.domain"].create({"name": "ours.example"})
        self.company.alias_domain_id = domain
        self.team.write({"alias_name": "north", "alias_domain_id": domain.id})
        complaint = self.env["customer.complaint"].create(
            {"partner_id": self.customer.id, "subject": "Late", "resolution": "A new one"}
        )
        answered = complaint.message_post(body="Dear customer", message_type="comment")
        complaint.stage_id = self.env["customer.complaint.stage"]._get_solved()
        count = self.env["customer.complaint"].search_count([])
        said = len(complaint.message_ids)
        for number, (user, sender, to, reply) in enumerate(
            product(
                (self.clerk, self.employee, self.accountant, self.portal),
                ("azure@shop.example", self.clerk.email),
                ("north@ours.example", "anybody@elsewhere.example"),
                ("", f"In-Reply-To: {answered.message_id}\n"),
            )
        ):
            mail = MAIL % {"sender": sender, "id": f"forged{number}"}
            mail = reply + mail.replace("anybody@elsewhere.example", to)
            for model in (False, "res.partner"):
                gateway = self.env["mail.thread"].with_user(user)
                with self.subTest(user=user.login, sender=sender, to=to, reply=reply):
                    with suppress(AccessError, ValueError), self.env.cr.savepoint():
                        gateway.message_process(model, mail)
        self.env.invalidate_all()
        self.assertTrue(complaint.close_date)
        self.assertEqual(len(complaint.message_ids), said)
        self.assertEqual(self.env["customer.complaint"].search_count([]), count)
        mail = MAIL % {"sender": "azure@shop.example", "id": "true"}
        gateway = self.env["mail.thread"].with_user(self.env.ref("base.user_root"))
        gateway.message_process(False, mail.replace("anybody@elsewhere", "north@ours"))
        self.assertEqual(self.env["customer.complaint"].search_count([]), count + 1)

    def test_gateway_takes_only_what_aliases_say(self):
        """What a gateway of its own names, beyond team and channel, is left out."""
        given = {
            "team_id": self.team.id,
            "access_token": "chosen",
            "close_date": "2026-01-01",
            "resolution_ids": [(0, 0, {"kind": "replacement", "state": "approved"})],
        }
        self._send(self.env.ref("base.user_root"), "gateway", custom_values=given)
        complaint = self.env["customer.complaint"].search([("subject", "=like", "The desk is%")])
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertNotEqual(complaint.access_token, "chosen")
        self.assertFalse(complaint.resolution_ids)
        self.assertFalse(complaint.close_date)

    def test_confirmation_is_a_template_of_complaints(self):
        """One of invoices or users would be filled from the record of the complaint's number."""
        others = self.env["mail.template"].search([("model", "=", "res.users")], limit=1)
        self.assertTrue(others)
        with self.assertRaisesRegex(ValidationError, "not made for complaints"):
            self.team.with_user(self.manager).template_id = others
        template = self.env["mail.template"].create(
            {
                "name": "Received",
                "model_id": self.env["ir.model"]._get_id("customer.complaint"),
                "body_html": "<p>Thank you</p>",
            }
        )
        self.team.template_id = template
        template.model_id = self.env["ir.model"]._get("res.users")  # by somebody with all rights
        self._send(
            self.env.ref("base.user_root"), "turned", custom_values={"team_id": self.team.id}
        )
        complaint = self.env["customer.complaint"].search([("team_id", "=", self.team.id)])
        self.assertEqual(len(complaint), 1)
        self.assertFalse(complaint.message_ids.filtered(lambda m: m.message_type == "auto_comment"))

    def test_call_of_a_colleague_is_not_taken_over(self):
        """What a colleague has logged of a call stays theirs, however one logs it again."""
        colleague = self._create_user("sina", "customer_value.customer_value_group_user")
        interaction = self.env["customer.interaction"].create(
            {
                "subject": "Promised a discount",
                "partner_id": self.customer.id,
                "user_id": colleague.id,
                "kind": "call",
            }
        )
        call = self.env["customer.call"].create(
            {
                "company_id": self.company.id,
                "call_id": "c-1",
                "number": "+982188881234",
                "start_date": "2026-06-15 09:00:00",
                "interaction_id": interaction.id,
            }
        )
        window = self.env["customer.interaction.log"].with_user(self.clerk)
        window = window.create(
            {"call_id": call.id, "subject": "Nothing", "user_id": self.clerk.id, "kind": "call"}
        )
        with self.assertRaises(AccessError):
            window.action_save()
        self.assertEqual(interaction.subject, "Promised a discount")
        self.assertEqual(interaction.user_id, colleague)
