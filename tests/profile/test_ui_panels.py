from odoo.tests import Form, freeze_time, tagged

from ..common import CustomerValueCommon


@freeze_time("2026-06-15")
@tagged("post_install", "-at_install")
class TestUiPanels(CustomerValueCommon):
    """What invoices and quotations say about the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late = cls._invoice(cls.customer, "2026-01-05", 100, invoice_date_due="2026-01-31")
        cls._pay(cls.late, "2026-05-20")
        cls.overdue = cls._invoice(cls.customer, "2026-03-01", 50, invoice_date_due="2026-03-31")
        cls._run_nightly()
        cls.profile = cls._profile(cls.customer)

    def _alerts(self, move, user):
        alerts = move.with_user(user)._get_alerts()
        return {
            key.removeprefix("customer_value_"): alert
            for key, alert in alerts.items()
            if key.startswith("customer_value_")
        }

    def test_alerts_of_the_accountant(self):
        alerts = self._alerts(self.overdue, self.accountant)
        self.assertEqual(
            {key: alert["level"] for key, alert in alerts.items()},
            {"overdue": "warning"},
            "one banner, the gravest",
        )
        self.assertIn("50.00", alerts["overdue"]["message"])
        card = self.profile.with_user(self.accountant).get_card(compact=True)
        self.assertEqual([alert["key"] for alert in card["alerts"]], ["overdue", "late"])
        action = alerts["overdue"]["action"]
        self.assertEqual(action["res_model"], "customer.profile")
        self.assertEqual(action["res_id"], self.profile.id)

    def test_alert_at_a_loss_is_by_right(self):
        self.company.customer_cost_per_delivery = 0
        self._invoice(self.customer, "2026-06-01", 1)
        self._invoice(self.customer, "2026-06-02", 1)
        self._drain()
        self.assertLess(self.profile.net_profit_365, 0)
        self.assertEqual(self._alerts(self.overdue, self.accountant)["loss"]["level"], "danger")
        self.assertNotIn("loss", self._alerts(self.overdue, self.salesperson))
        self.assertEqual(set(self._alerts(self.overdue, self.own_salesperson)), {"tier"})

    def test_no_alert_without_profile(self):
        fresh = self._create_move(self.other_customer, "2026-06-01", 10)
        self.assertFalse(self._alerts(fresh, self.accountant))

    def test_vendor_bills_are_left_alone(self):
        bill = self._create_move(
            self.customer, "2026-06-01", 10, move_type="in_invoice", ref="bill 1"
        )
        self.assertFalse(bill.customer_profile_id)
        self.assertFalse(self._alerts(bill, self.accountant))

    def test_quotations_carry_the_same_alerts(self):
        order = self._order(self.customer, confirm=False)
        alerts = order.with_user(self.salesperson).customer_alerts
        self.assertEqual({key.removeprefix("customer_value_") for key in alerts}, {"overdue"})
        own = self._order(self.customer, confirm=False, user_id=self.own_salesperson.id)
        self.assertEqual(
            set(own.with_user(self.own_salesperson).customer_alerts), {"customer_value_tier"}
        )
        self.assertFalse(self._order(self.other_customer, confirm=False).customer_alerts)

    def test_every_customer_document(self):
        for move_type in ("out_invoice", "out_refund", "out_receipt"):
            move = self._create_move(self.customer, "2026-06-01", 10, move_type=move_type)
            self.assertEqual(move.customer_profile_id, self.profile)

    def test_profile_follows_the_customer_of_a_draft(self):
        contact = self.env["res.partner"].create({"name": "Ana", "parent_id": self.customer.id})
        moves = self.env["account.move"].with_user(self.accountant)
        with Form(moves.with_context(default_move_type="out_invoice")) as form:
            self.assertFalse(form.customer_profile_id)
            form.partner_id = contact
            self.assertEqual(form.customer_profile_id, self.profile)
        with Form(self.env["sale.order"].with_user(self.own_salesperson)) as form:
            form.partner_id = contact
            self.assertEqual(form.customer_profile_id, self.profile)

    def test_documents_of_other_companies(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        move = self._create_move(
            self.customer, "2026-06-01", 10, company=other, product=self.product
        )
        self.assertFalse(move.customer_profile_id)
