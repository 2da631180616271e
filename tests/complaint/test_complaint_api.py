from odoo.tests import tagged

from ...models.api.api_error import InvalidInput, KeyReused, NotAllowed, NotFound
from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintApi(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._create_user("program", "customer_value.customer_value_group_api")
        cls.api = cls.env["customer.api"].with_user(cls.program)

    def _send(self, **values):
        complaint = {"request_key": "c1", "subject": "Late", "email": "ana@azure.example"}
        return self.api.create_complaint(
            company_id=self.company.id, complaint={**complaint, **values}
        )

    def test_once_per_key(self):
        first = self._send(severity="major", description="A week\n<script>x</script>")
        complaint = self.env["customer.complaint"].browse(first["id"])
        self.assertTrue(first["created"])
        self.assertEqual(first["number"], complaint.name)
        self.assertEqual(complaint.partner_id, self.contact)
        self.assertEqual(complaint.severity, "2")
        self.assertNotIn("<script", complaint.description)
        again = self._send(severity="major", description="A week\n<script>x</script>")
        self.assertEqual((again["id"], again["created"]), (first["id"], False))
        with self.assertRaises(KeyReused):
            self._send(subject="Something else")

    def test_origin(self):
        self.product.default_code = "OAK"
        order, _invoice = self._sell(1)
        answer = self._send(order=order.name, product_code="OAK")
        complaint = self.env["customer.complaint"].browse(answer["id"])
        self.assertEqual(complaint.order_line_id, order.order_line)
        self.assertEqual(complaint.product_id, self.product)
        theirs = self._order(self.other_customer)
        for number, wrong in enumerate(
            (
                {"order": theirs.name},
                {"product_code": "NONE"},
                {"team_id": 9**9},
                {"partner_id": 7**9},
            )
        ):
            with self.assertRaises(NotFound):
                self._send(request_key=f"w{number}", **wrong)

    def test_unknown_senders(self):
        answer = self._send(email="new@somewhere.example")
        self.assertEqual((answer["partner_id"], answer["customer_id"]), (0, 0))
        with self.assertRaises(NotFound):
            self._send(request_key="c2", email="", phone="+1 201 555 9999")

    def test_the_answer_to_an_unknown_sender_can_go_somewhere(self):
        before = self.env["customer.complaint"].search_count([])
        for nowhere in ("Nora", "nora@", "a@new.example, b@new.example"):
            with self._refused(InvalidInput, "one address where the answer can go"):
                self._send(email=nowhere)
        self.assertEqual(self.env["customer.complaint"].search_count([]), before)
        answer = self._send(email="Nora <nora@new.example>\u200f")
        complaint = self.env["customer.complaint"].browse(answer["id"])
        self.assertIn("nora@new.example", complaint.email_from)

    def test_wrong_values(self):
        for wrong in (
            {"subject": ""},
            {"severity": "9"},
            {"request_key": ""},
            {"colour": "red"},
            {"date": "2199-01-01"},
            {"email": ""},
            {"subject": "a\nb"},
        ):
            with self.subTest(wrong=wrong), self.assertRaises(InvalidInput):
                self._send(**wrong)
        with self.assertRaises(InvalidInput):
            self.api.create_complaint(company_id=self.company.id, complaint=[1])
        with self.assertRaises(NotAllowed):
            self.env["customer.api"].with_user(self.service).create_complaint(
                company_id=self.company.id, complaint={}
            )

    def test_popup(self):
        self._complain()
        call = self.env["customer.call"].create(
            {
                "call_id": "1",
                "company_id": self.company.id,
                "direction": "in",
                "state": "ringing",
                "number": "+12015550123",
                "partner_id": self.contact.id,
            }
        )
        popup = call._get_popup(self.service)
        self.assertTrue(popup["can_create_complaint"])
        self.assertEqual(popup["open_complaints"], 1)
        self.assertFalse(call._get_popup(self.accountant)["can_create_complaint"])
        action = call.with_user(self.service).action_create_complaint()
        self.assertEqual(action["context"]["default_partner_id"], self.contact.id)
