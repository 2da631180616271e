from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .gate_common import SECRET, GateCommon


@freeze_time("2026-03-10 10:00:00")
@tagged("post_install", "-at_install")
class TestGateAgain(GateCommon):
    """Ways around the gate that a second attack found."""

    def test_number_between_two_ids_is_none(self):
        """PostgreSQL would round it to the neighbour that was never looked at."""
        own = self.order.order_line[0].id
        given = {"subject": "x", "partner_id": self.customer.id}
        for number in (own + 0.6, own - 0.4, float("nan"), float("inf")):
            for field in ("order_line_id", "partner_id"):
                with self.subTest(number=number, field=field):
                    values = {**given, field: number}
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        self.env["customer.complaint"].with_user(self.clerk).create(values)
        with self.assertRaises(AccessError):
            self.complaint.with_user(self.clerk).write({"tag_ids": [(6, 0, [1.5])]})

    def test_whole_numbers_in_other_clothes_are_checked_as_such(self):
        line = self.secrets["sale.order.line"].id
        for number in (float(line), str(line), {"id": line}):
            with self.subTest(number=number), self.assertRaises(UserError):
                self.env["customer.complaint"].with_user(self.clerk).create(
                    {"subject": "x", "partner_id": self.customer.id, "order_line_id": number}
                )
        own = (
            self.env["customer.complaint"]
            .with_user(self.clerk)
            .create(
                {
                    "subject": "x",
                    "partner_id": str(self.customer.id),
                    "order_line_id": float(self.order.order_line[0].id),
                }
            )
        )
        self.assertEqual(own.order_line_id, self.order.order_line[0])
        self.assertEqual(own.customer_id, self.customer)

    def test_model_and_id_of_a_document_apart(self):
        """Half in the values and half in the context, or one after the other."""
        lead = self.secrets["crm.lead"]
        given = {"subject": "x", "partner_id": self.customer.id}
        halves = (
            ({"res_id": lead.id}, {"default_res_model": "crm.lead"}),
            ({"res_model": "crm.lead"}, {"default_res_id": lead.id}),
        )
        for values, context in halves:
            answer = self._try_rpc(
                *(self.clerk, "customer.interaction", "create", [{**given, **values}]),
                context=context,
            )
            self.assertNotIn(SECRET, str(answer))
            self.assertIsInstance(answer, str, "it was made")
        contact = self.env["res.partner"].create({"name": "Same number"})
        interaction = self.env["customer.interaction"].create({**given, "user_id": self.clerk.id})
        self.env.cr.execute(
            "UPDATE customer_interaction SET res_model = 'res.partner', res_id = %s WHERE id = %s",
            (lead.id, interaction.id),
        )
        interaction.invalidate_recordset()
        answer = self._try_rpc(
            *(self.clerk, "customer.interaction", "write", interaction.ids),
            {"res_model": "crm.lead"},
        )
        self.assertNotIn(SECRET, str(answer))
        self.assertIsInstance(answer, str, "it was written")
        interaction.with_user(self.clerk).write({"res_model": "res.partner", "res_id": contact.id})

    def test_what_was_approved_stays_where_it_is(self):
        """Neither the limit of another company, nor another customer."""
        resolution = self.env["customer.complaint.resolution"].create(
            {
                "complaint_id": self.complaint.id,
                "kind": "credit",
                "line_ids": [Command.create({"name": "Sorry", "quantity": 1, "price_unit": 5000})],
            }
        )
        resolution.state = "approved"
        mine = self.complaint.with_user(self.clerk)
        for values in (
            {"partner_id": self.other_customer.id, "invoice_line_id": False},
            {"partner_id": False, "invoice_line_id": False},
        ):
            with self.subTest(**values), self.assertRaisesRegex(UserError, "before you change"):
                mine.write(values)
        mine.write({"partner_id": self.customer.id, "subject": "Still scratched"})

    def test_prices_beyond_the_invoice_have_no_share_without_taxes(self):
        """A line that rounds to nothing made the limit see nothing."""
        self.invoice.button_draft()
        line = self.invoice.invoice_line_ids[0]
        line.write({"quantity": 0.01, "price_unit": 0.1, "discount": 60})
        self.invoice.action_post()
        resolution = self.env["customer.complaint.resolution"].create(
            {
                "complaint_id": self.complaint.id,
                "kind": "credit",
                "invoice_id": self.invoice.id,
                "line_ids": [
                    Command.create(
                        {"invoice_line_id": line.id, "quantity": 1, "price_unit": 1_000_000}
                    )
                ],
            }
        )
        given = resolution.line_ids.filtered(lambda one: one.price_unit == 1_000_000)
        self.assertGreaterEqual(given._get_approval_amount(), 1_000_000)
        self.assertGreater(given._get_untaxed_amount(), 0)

    def test_stage_in_other_clothes(self):
        """A stage that is no number is refused, and no way past what was asked for."""
        solved = self.env["customer.complaint.stage"]._get_solved()
        mine = self.complaint.with_user(self.clerk)
        mine.resolution = "Repaired"
        for stage in (solved.id + 0.4, [solved.id + 0.4], "no stage"):
            with self.subTest(stage=stage), self.assertRaises(UserError), self.env.cr.savepoint():
                mine.write({"stage_id": stage})
        mine.write({"stage_id": str(solved.id)})
        self.assertEqual(self.complaint.stage_id, solved)

    def test_reader_gives_no_contact(self):
        """An unknown sender becomes somebody by those who work on the complaint only."""
        unknown = self._complain(partner_id=False, email_from="new@nowhere.example")
        somebody = self.env["res.partner"].create({"name": "N", "email": "new@nowhere.example"})
        for user, contact in ((self.auditor, somebody.browse()), (self.clerk, somebody)):
            unknown.with_user(user).message_post(
                body="Hello", partner_ids=somebody.ids, message_type="comment"
            )
            self.assertEqual(unknown.partner_id, contact)

    def test_form_of_another_company_proposes_nothing(self):
        secret = self.secrets["account.move"]
        line = secret.invoice_line_ids.id
        form = {
            "complaint_id": self.secrets["customer.complaint"].id,
            "kind": "credit",
            "invoice_id": secret.id,
        }
        values = {"resolution_id": form, "invoice_line_id": line, "quantity": 1, "price_unit": 1}
        fields = {"invoice_line_id": {"fields": {"display_name": {}}}, "amount": {}}
        answer = self._try_rpc(
            *(self.clerk, "customer.complaint.resolution.line", "onchange"),
            *([], values, [], fields),
        )
        self.assertNotIn(SECRET, str(answer))
        self.assertFalse(isinstance(answer, dict) and answer["value"].get("invoice_line_id"))

    def test_form_without_company(self):
        """What is emptied, or blanked as another company's, makes no form fail."""
        for company in (False, self.other_company.id):
            answer = self._try_rpc(
                *(self.manager, "customer.complaint", "onchange", []),
                *({"company_id": company}, ["company_id"], {"cost_total": {}, "team_id": {}}),
            )
            self.assertIsInstance(answer, dict, answer)

    def test_portal_complaint_goes_to_who_sold_it(self):
        """A contact of two companies complains about goods of the one they do not log in to."""
        other = self.other_company
        order = (
            self.env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "order_line": [Command.create({"product_id": self.product.id})],
                }
            )
        )
        order.action_confirm()
        complaint = (
            self.env["customer.complaint"]
            .sudo()
            ._create_from_portal(
                self.portal.partner_id,
                self.company,
                {"subject": "Late", "description": "Late", "order_line": str(order.order_line.id)},
                [],
            )
        )
        self.assertEqual(complaint.company_id, other)
        self.assertEqual(complaint.order_line_id, order.order_line)
