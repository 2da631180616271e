from markupsafe import Markup

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..feedback.common import FeedbackCommon

# A product no number of a document or date contains.
PRODUCT = 7919 * 7907
EXPRESSIONS = ("7919*7907", "object.env.user.login", "object.sudo().unlink()", "ctx", "1/0")
FORMS = (
    "{{{{ {} }}}}",
    "${{{}}}",
    '<t t-out="{}"/>',
    '<p t-esc="{}">x</p>',
    "%% set x = {}",
    "<t t-set='x' t-value='{}'/>{{{{ x }}}}",
)
PAYLOADS = [form.format(expression) for form in FORMS for expression in EXPRESSIONS]


@tagged("post_install", "-at_install")
class TestTemplates(FeedbackCommon):
    """B15: what customers write into names and texts is never a template in any mail of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.company.feedback_quiet_days = 0
        cls.team = cls.env["customer.complaint.team"].create({"name": "Service"})
        cls.templates = cls.env["mail.template"].search([("model_id.model", "=like", "customer.%")])

    def _write(self, payload):
        """Have a text of a customer wherever a mail of ours may take one from."""
        self.customer.name = payload
        complaint = self.env["customer.complaint"].create(
            {
                "subject": payload,
                "description": Markup("<p>%s</p>") % payload,
                "partner_id": self.customer.id,
                "team_id": self.team.id,
            }
        )
        complaint.resolution = payload
        request = self.requests.create(
            {
                **{"cause": "manual", "kind": "rating"},
                **{"company_id": self.company.id, "partner_id": self.customer.id},
            }
        )
        return {record._name: record for record in (complaint, request)}

    def test_payloads_stand_in_mails_as_they_are(self):
        self.assertEqual(len(PAYLOADS), 30)
        self.assertGreaterEqual(len(self.templates), 3)
        made = 0
        for payload in PAYLOADS:
            records = self._write(payload)
            for template in self.templates:
                record = records.get(template.model)
                if not record:
                    continue
                names = ("subject", "body_html", "email_from")
                mail = template._generate_template(record.ids, names)[record.id]
                text = mail["subject"] + " " + html2plaintext(str(mail["body_html"]))
                made += 1
                with self.subTest(template=template.name, payload=payload):
                    self.assertNotIn(str(PRODUCT), text)
                    self.assertNotIn("Traceback", text)
                    self._assert_literal(text, payload)
        self.assertGreaterEqual(made, 30 * 3)
        self.assertTrue(self.customer.exists())

    def _assert_literal(self, text, payload):
        """Every letter of it, in this order; blanks may have been joined."""
        self.assertIn("".join(payload.split()), "".join(text.split()))

    def test_nobody_without_the_right_saves_expressions(self):
        for user in (self.manager, self.service_user, self.salesperson):
            self.assertFalse(user.has_group("mail.group_mail_template_editor"))
            for template in self.templates:
                for payload in ("{{ object.env.user.login }}", '<t t-out="object.env.cr"/>'):
                    name = "subject" if "{{" in payload else "body_html"
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        template.with_user(user).write({name: payload})
                        self.env.flush_all()
