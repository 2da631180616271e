from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintPartner(ComplaintCommon):
    """Merging, archiving, moving and deleting contacts loses no complaint."""

    def _queued(self):
        self.env.flush_all()
        rows = self.env["customer.refresh.queue"].search([])
        return set(rows.mapped("partner_id").ids)

    def test_changes_queue_the_customer(self):
        complaint = self._complain()
        self.assertIn(self.customer.id, self._queued())
        self.env["customer.refresh.queue"].search([]).unlink()
        self.env.cr.precommit.data.clear()
        complaint.subject = "Something else"
        self.assertFalse(self._queued())

    def test_merging_contacts(self):
        other = self._create_customer("Azure Interior Ltd")
        complaint = self._complain(partner_id=other.id, hours=2)
        mine = self._complain()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((other | self.customer).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual((complaint | mine).customer_id, self.customer)
        self.assertIn(self.customer, complaint.message_partner_ids)
        self._drain()
        self.assertEqual(self._profile(self.customer).complaint_hours_total, 2)

    def test_the_same_one_twice_counts_once(self):
        """On the button of the contact and in its list, as on the card."""
        complaint, other = self._complain(), self._complain()
        self._complain()
        other._merge_into(complaint)
        self._drain()
        customer = self.customer.with_user(self.service)
        counts = (customer.customer_complaint_count, customer.customer_open_complaint_count)
        self.assertEqual(counts, (2, 2))
        profile = self._profile(self.customer)
        self.assertEqual((profile.complaint_count_total, profile.complaint_open_count), counts)
        found = self.env["customer.complaint"].search(customer.action_open_complaints()["domain"])
        self.assertEqual(len(found), 2)
        self.assertNotIn(other, found)

    def test_moving_a_contact(self):
        """Whoever changes employer leaves the complaint with the former one."""
        complaint = self._complain(hours=3)
        self.contact.parent_id = self.other_customer
        self.assertEqual(complaint.customer_id, self.customer)
        self._drain()
        self.assertEqual(self._profile(self.customer).complaint_hours_total, 3)
        self.assertFalse(self._profile(self.other_customer).complaint_hours_total)

    def test_contacts_with_complaints_stay(self):
        self._complain()
        with self._refused(UserError, "cannot be deleted: there are complaints"):
            self.contact.unlink()
        self.contact.active = False
        self.assertEqual(self.customer.with_user(self.service).customer_complaint_count, 1)
        found = self.env["customer.complaint"].search([("customer_id", "=", self.customer.id)])
        self.assertEqual(found.partner_id, self.contact)
