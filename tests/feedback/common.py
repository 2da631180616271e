from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time

from ..common import CustomerValueCommon

NOW = "2026-06-15 10:00:00"


class FeedbackCommon(CustomerValueCommon):
    """Customers with mail addresses, rules switched on, and mails one can open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requests = cls.env["customer.feedback.request"]
        cls.bodies = {}
        cls.feedback = cls.env["customer.feedback"]
        cls.customer.write({"email": "azure@example.com", "user_id": cls.salesperson.id})
        cls.other_customer.email = "deco@example.com"
        # Contacts without a language are asked in the company's.
        for lang in ("en_US", "fa_IR"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        (cls.company.partner_id | cls.customer | cls.other_customer).lang = "en_US"
        cls.service_user = cls._create_user("sima", "customer_value.customer_value_group_user")
        cls.rules = (
            cls.env["customer.feedback.rule"]
            .with_context(active_test=False)
            .search([("company_id", "=", cls.company.id)])
        )
        cls.factors = cls.env["customer.feedback.factor"]._get_factors(cls.company)

    @classmethod
    def _switch_on(cls, cause, **values):
        """Switch a rule on, as of a year ago."""
        rule = cls.rules.filtered(lambda rule: rule.cause == cause)
        rule.write({"active": True, "active_since": "2025-06-15", **values})
        return rule

    @classmethod
    def _request(cls, partner=None, kind="rating", **values):
        """Queue a request by hand and send it; return it with the token of its mail."""
        request = cls.requests.create(
            {
                "cause": "manual",
                "kind": kind,
                "company_id": cls.company.id,
                "partner_id": (partner or cls.customer).id,
                "reminder_days": 7,
                "valid_days": 30,
                **values,
            }
        )
        cls._send()
        return request, cls._get_token(request)

    @classmethod
    def _send(cls):
        while cls.requests._send_batch():
            pass

    @classmethod
    def _get_mails(cls, partner=None):
        mails = cls.env["mail.mail"].sudo().search([("subject", "!=", False)], order="id")
        return mails.filtered(
            lambda mail: "/customer/feedback/" in (mail.body_html or "")
            and (not partner or partner in mail.recipient_ids)
        )

    @classmethod
    def _get_token(cls, request):
        """Return the token in the newest mail to the contact."""
        mail = cls._get_mails(request.partner_id)[-1:]
        if not mail:
            return ""
        body = cls._get_body(mail)
        return body.split("/customer/feedback/")[1].split('"')[0].split("?")[0]

    @classmethod
    def _get_body(cls, mail):
        """Return a mail as it is sent; the token in it is made at that moment, once."""
        if mail.id not in cls.bodies:
            cls.bodies[mail.id] = str(mail._prepare_outgoing_body())
        return cls.bodies[mail.id]

    @classmethod
    def _rate(cls, partner, rating, **values):
        return cls.feedback._register_answer(
            cls.company, partner, "rating", {"rating": rating}, source="agent", **values
        )

    @classmethod
    def _later(cls, **delta):
        """Return a frozen clock some time from now."""
        return freeze_time(fields.Datetime.now() + timedelta(**delta))
