import json
from unittest.mock import patch

from odoo.tests import new_test_user

from ..play.common import PlayCommon
from .sms_gateway_server import sms_gateway

BODY = '{"to": "{number}", "text": "{text}", "id": "{id}", "key": "{secret}"}'
SECRET = "k3y-that-nobody-sees"


class OutreachCommon(PlayCommon):
    """A company whose SMS go to a real HTTP server on this machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.enterClassContext(sms_gateway())
        cls.messages = cls.env["customer.outreach.message"]
        cls.admin = new_test_user(
            cls.env,
            login="adam",
            groups="base.group_user,base.group_system,customer_value.customer_value_group_manager",
            company_id=cls.company.id,
            lang="en_US",
        )
        cls.company.write(
            {
                "country_id": cls.env.ref("base.us").id,
                "customer_sms_provider": "gateway",
                "customer_sms_from_hour": 0,
                "customer_sms_to_hour": 24,
            }
        )
        cls.gateway = cls._make_gateway(cls.company)
        # The job's commits would end the transaction of the test.
        cls.startClassPatcher(
            patch.object(type(cls.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 60.0)
        )

    @classmethod
    def _make_gateway(cls, company, **values):
        return (
            cls.env["customer.sms.gateway"]
            .with_user(cls.admin)
            .create(
                {
                    "name": "Ours",
                    "company_id": company.id,
                    "url": f"{cls.server.url}/send",
                    "is_plain_allowed": True,
                    "is_internal": True,
                    "body": BODY,
                    "secret": SECRET,
                    "timeout": 2,
                    **values,
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.server.calls.clear()
        self.server.answers[:] = [(200, "{}")]
        self.addCleanup(self.server.released.clear)

    @classmethod
    def _add_mobiles(cls, count, **values):
        """Create customers with numbers that may be mobile phones."""
        customers = cls._add_customers(count, **values)
        for number, customer in enumerate(customers):
            if "phone" not in values:
                customer.phone = f"+1 201-555-01{number:02d}"
        cls.env.flush_all()
        return customers

    @classmethod
    def _make_sms_play(cls, customers, text="Hello {name}, we miss you.", **values):
        values = {"control_percent": 0, **values}
        return cls._make_play(customers, ("sms", 0, {"text": text}), **values)

    def _send(self):
        """Do what the job does."""
        self.messages._cron_send()
        self.env.flush_all()
        self.env.invalidate_all()

    def _texts(self):
        return [json.loads(call["body"])["text"] for call in self.server.calls]
