"""From a document to its first complaint, and on to what was given: nothing leads nowhere."""

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..complaint.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintByHand(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.invoice = cls._sell(2, 3)

    def test_first_complaint_of_a_document(self):
        for document in (self.order, self.invoice):
            action = document.with_user(self.service).action_open_complaints()
            self.assertEqual(action["views"], [(False, "form")])
            form = Form(self.env["customer.complaint"].with_context(**action["context"]))
            self.assertEqual(form.partner_id.commercial_partner_id, self.customer)
        # Who may only read complaints is shown that there are none.
        action = self.invoice.with_user(self.accountant).action_open_complaints()
        self.assertIn((False, "list"), action["views"])
        complaint = self._complain(invoice_line_id=self.invoice.invoice_line_ids.sorted("id")[1].id)
        action = self.invoice.with_user(self.service).action_open_complaints()
        self.assertEqual(self.env["customer.complaint"].search(action["domain"]), complaint)

    def test_only_who_can_make_it_sees_the_button(self):
        complaint = self._complain(invoice_line_id=self.invoice.invoice_line_ids.sorted("id")[1].id)
        credit = self._ask_for(complaint, "credit")
        action = credit.action_confirm()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(credit._get_maker().name, action["params"]["message"])
        self.assertFalse(credit.with_user(self.service).may_make)
        self.assertTrue(credit.with_user(self.accountant).may_make)
        with self.assertRaises(AccessError):
            credit.with_user(self.service).action_make()
        self.assertGreaterEqual(self._check_buttons("action_make", "not may_make"), 3)

    def test_only_who_may_read_it_opens_it(self):
        complaint = self._complain(invoice_line_id=self.invoice.invoice_line_ids.sorted("id")[1].id)
        credit = self._ask_for(complaint, "credit")
        credit.action_confirm()
        self.assertFalse(credit.with_user(self.accountant).may_open, "nothing is made yet")
        made = credit.with_user(self.accountant).action_make()
        self.assertEqual(made["res_id"], credit.document_id)
        self.assertEqual(credit.with_user(self.accountant).action_open_document(), made)
        self.assertFalse(credit.with_user(self.clerk).may_open)
        with self.assertRaises(AccessError):
            credit.with_user(self.clerk).action_open_document()
        self.assertGreaterEqual(self._check_buttons("action_open_document", "not may_open"), 3)

    def _check_buttons(self, name, condition):
        """Every view with the button hides it on this condition; return how many show it."""
        found = 0
        resolutions = self.env["customer.complaint.resolution"]
        complaints = self.env["customer.complaint"].with_user(self.manager)
        archs = [complaints.get_view(view_type="form")["arch"]]
        archs += [
            resolutions.with_user(self.manager).get_view(view_type=kind)["arch"]
            for kind in ("form", "list", "kanban")
        ]
        for arch in archs:
            for button in etree.fromstring(arch).iter("button"):  # noqa: S320 - our own view
                if button.get("name") == name:
                    found += 1
                    self.assertIn(condition, button.get("invisible", ""), arch)
        return found

    def test_solved_asks_how(self):
        complaint = self._complain()
        self.assertFalse(complaint.resolution)
        wizards = self.env["customer.complaint.solve"].with_context(active_id=complaint.id)
        form = Form(wizards.with_user(self.service))
        self.assertFalse(form.is_outstanding)
        with self.assertRaises(AssertionError):
            form.save()
        form.resolution = "A new desk came."
        form.save().action_solve()
        self.assertTrue(complaint.close_date)
        self.assertEqual(complaint.resolution, "A new desk came.")

    def test_ask_how_it_was_solved(self):
        complaint = self._complain(resolution="Done")
        complaint.action_solve()
        wizard = (
            self.env["customer.feedback.ask"]
            .with_user(self.service)
            .with_context(active_model="customer.complaint", active_ids=complaint.ids)
            .create({"kind": "rating"})
        )
        self.assertEqual(wizard.partner_ids, complaint.partner_id)

    def test_the_latest_transfer_is_offered_first(self):
        pickings = self.order.picking_ids
        later, _invoice = self._sell(1)
        pickings |= later.picking_ids
        found = (
            self.env["stock.picking"]
            .with_context(customer_latest_first=True)
            .name_search("", [("id", "in", pickings.ids)])
        )
        dates = self.env["stock.picking"].browse([row[0] for row in found]).mapped("date_done")
        self.assertEqual(dates, sorted(dates, reverse=True))
        self.assertGreater(len(dates), 1)
        for model in ("customer.complaint", "customer.complaint.resolution"):
            arch = self.env[model].with_user(self.service).get_view(view_type="form")["arch"]
            (field,) = etree.fromstring(arch).iterfind(".//field[@name='picking_id']")  # noqa: S320
            self.assertIn("customer_latest_first", field.get("context", ""), model)
