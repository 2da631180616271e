from odoo.tests import HttpCase, tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintTour(ComplaintCommon, HttpCase):
    """The whole handling of a complaint in the browser, credit note and return included."""

    def test_from_receipt_to_solution(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.manager.lang = "en_US"  # the steps look for English words
        self.manager.group_ids |= self.env.ref("stock.group_stock_user")
        order, invoice = self._sell(2)
        self.start_tour(
            f"/odoo/res.partner/{self.contact.id}",
            "customer_value_complaint",
            login=self.manager.login,
        )
        complaint = self.env["customer.complaint"].search([("partner_id", "=", self.contact.id)])
        self.assertTrue(complaint.solving_stage_id)
        self.assertEqual(complaint.order_line_id, order.order_line)
        self.assertEqual(complaint.return_ids.return_id, order.picking_ids - complaint.return_ids)
        self.assertEqual(complaint.credit_note_ids.reversed_entry_id, invoice)
        self.assertEqual(complaint.credit_note_ids.amount_untaxed, 200)
        complaint.return_ids.move_ids.write({"quantity": 2, "picked": True})
        complaint.return_ids._action_done()
        self.assertFalse(complaint.close_date)
        complaint.credit_note_ids.action_post()
        self.assertTrue(complaint.close_date)
