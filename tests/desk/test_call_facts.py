from odoo import Command
from odoo.tests import tagged

from ..telephony.common import TelephonyCommon


@tagged("post_install", "-at_install")
class TestCallFacts(TelephonyCommon):
    """What the caller most often calls about, before the phone is picked up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [Command.create({"product_id": cls.product.id})],
            }
        )
        order.action_confirm()
        cls.order = order
        cls.call = (
            cls.env["customer.call"]
            .sudo()
            .create({"call_id": "c-1", "company_id": cls.company.id, "partner_id": cls.customer.id})
        )

    def _facts(self, user):
        popup = self.call._get_popup(user)
        return {fact["key"]: fact["text"] for fact in popup.get("facts", ())}

    def test_last_order_and_open_delivery(self):
        facts = self._facts(self.manager)
        self.assertIn(self.order.name, facts["last_order"])
        self.assertIn("Open deliveries: 1", facts["deliveries"])

    def test_overdue_for_who_may_see_it(self):
        profile = (
            self.env["customer.profile"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "overdue_amount": 90,
                }
            )
            if not self.customer.customer_profile_id
            else self.customer.customer_profile_id.sudo()
        )
        profile.overdue_amount = 90
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn("90.00", self._facts(self.manager)["overdue"])
        self.assertNotIn("overdue", self._facts(self.own_salesperson))

    def test_no_documents_for_who_may_not_read_them(self):
        service = self._create_user("sima", "customer_value.customer_value_group_user")
        self.assertFalse({"last_order", "deliveries"} & self._facts(service).keys())
