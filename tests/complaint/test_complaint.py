from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaint(ComplaintCommon):
    def test_new_complaint(self):
        complaint = self._complain()
        self.assertRegex(complaint.name, r"^COMP/\d{4}/\d{5}$")
        self.assertEqual(complaint.customer_id, self.customer)
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(complaint.stage_id, self.stage_new)
        self.assertFalse(complaint.user_id)
        self.assertIn(self.contact, complaint.message_partner_ids)

    def test_numbers_per_company(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        ours = self._complain()
        theirs = self.env["customer.complaint"].create(
            {"subject": "Late", "partner_id": self.contact.id, "company_id": other.id}
        )
        following = self._complain()
        self.assertEqual(theirs.name[-5:], "00001")
        self.assertEqual(int(following.name[-5:]), int(ours.name[-5:]) + 1)
        self.assertFalse(theirs.team_id)

    def test_assignment(self):
        self.team.member_ids |= self.manager
        self.team.assignment = "turn"
        users = [self._complain().user_id for _number in range(3)]
        self.assertEqual(users[0], users[2])
        self.assertNotEqual(users[0], users[1])
        self.team.assignment = "load"
        self._complain(user_id=self.manager.id)
        self._complain(user_id=self.manager.id)
        self.assertEqual(self._complain().user_id, self.service)
        batch = self.env["customer.complaint"].create(
            [{"subject": "Late", "partner_id": self.contact.id}] * 4
        )
        self.assertEqual(set(batch.user_id), set(self.service | self.manager))
        self.service.active = False
        self.assertEqual(self._complain(self.manager).user_id, self.manager)

    def test_resolution_is_needed_to_close(self):
        complaint = self._complain()
        with self._refused(UserError, "write down how it was solved"):
            complaint.stage_id = self.stage_solved
        with self._refused(UserError, "write down how it was solved"):
            self._complain(stage_id=self.stage_solved.id)
        self._close(complaint)
        self.assertTrue(complaint.close_date)
        complaint.action_reopen()
        self.assertFalse(complaint.close_date)
        self.assertEqual(complaint.stage_id, self.stage_progress)
        self.assertEqual(complaint.reopen_count, 1)

    def test_origin_is_the_customers(self):
        order, invoice = self._sell(2)
        other = self._order(self.other_customer)
        complaint = self._complain(order_line_id=order.order_line.id)
        self.assertEqual(complaint.product_id, self.product)
        with self._refused(ValidationError, "choose a document of the customer"):
            complaint.order_line_id = other.order_line
        with self._refused(ValidationError, "choose a document of the customer"):
            complaint.partner_id = self.other_customer
        with self._refused(ValidationError, "choose a document of the customer"):
            self._complain(picking_id=other.picking_ids.id)
        table = self.env["product.product"].create({"name": "Table"})
        with self._refused(ValidationError, "choose the same product"):
            complaint.product_id = table
            complaint.write({"invoice_line_id": invoice.invoice_line_ids.id})
        address = self.env["res.partner"].create({"name": "Warehouse of a friend"})
        order.picking_ids.partner_id = address
        complaint.picking_id = order.picking_ids

    def test_category_tree(self):
        categories = self.env["customer.complaint.category"].with_user(self.manager)
        top = categories.create({"name": "Goods"})
        middle = categories.create({"name": "Wood", "parent_id": top.id})
        low = categories.create({"name": "Oak", "parent_id": middle.id})
        self.assertEqual(low.complete_name, "Goods / Wood / Oak")
        top.name = "Things"
        self.assertEqual(low.complete_name, "Things / Wood / Oak")
        with self._refused(UserError, "Recursion|part of itself"):
            top.parent_id = low

    def test_rotting(self):
        complaint = self._complain()
        complaint.sudo().date_last_stage_update = fields.Datetime.now() - timedelta(days=9)
        complaint.flush_recordset()
        complaint.invalidate_recordset()
        self.assertTrue(complaint.is_rotting)
        domain = [("is_rotting", "=", True)]
        self.assertIn(complaint, complaint.search(domain))
        complaint.stage_id = self.stage_progress
        complaint.flush_recordset()
        complaint.invalidate_recordset()
        self.assertFalse(complaint.is_rotting)

    def test_first_answer(self):
        complaint = self._complain()
        complaint.message_post(body="Look at this, colleagues", subtype_xmlid="mail.mt_note")
        complaint.message_post(
            body="Who is this?", partner_ids=self.manager.partner_id.ids, message_type="comment"
        )
        self.assertFalse(complaint.first_response_date)
        complaint.message_post(
            body="We are sorry", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        first = complaint.first_response_date
        self.assertTrue(first)
        complaint.message_post(
            body="Once more", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(complaint.first_response_date, first)

    def test_answered_by_phone(self):
        complaint = self._complain()
        complaint.action_mark_answered()
        self.assertTrue(complaint.first_response_date)

    def test_customer_writes_again(self):
        complaint = self._complain()
        self._close(complaint)
        self._write_as_customer(complaint)
        self.assertFalse(complaint.close_date)
        complaint.stage_id = self.stage_waiting
        self._write_as_customer(complaint)
        self.assertEqual(complaint.stage_id, self.stage_progress)
        self._close(complaint)
        stranger = self.env["res.partner"].create({"name": "Carrier", "email": "c@c.example"})
        self._write_as_customer(complaint, stranger)
        self.assertTrue(complaint.close_date)
        complaint.sudo().close_date = fields.Datetime.now() - timedelta(days=15)
        complaint.sudo().open_date = fields.Datetime.now() - timedelta(days=16)
        self._write_as_customer(complaint)
        self.assertTrue(complaint.close_date)
        follow_up = complaint.search([("previous_id", "=", complaint.id)])
        self.assertEqual(len(follow_up), 1)
        self.assertFalse(follow_up.close_date)
        self.assertIn("Broken again", follow_up.description)

    def _write_as_customer(self, complaint, author=None):
        complaint.sudo().message_post(
            body="Broken again",
            author_id=(author or self.contact).id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def test_counts_take_the_same_queries_for_any_number(self):
        orders = self.env["sale.order"]
        for _number in range(12):
            orders |= self._order(self.customer, confirm=False)
        for order in orders:
            self._complain(order_line_id=order.order_line.id)
        self._complain(order_line_id=orders[0].order_line.id)

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            records = records.with_user(self.manager)
            records.mapped("name")
            before = self.env.cr.sql_log_count
            self.assertGreater(sum(records.mapped("customer_complaint_count")), 0)
            return self.env.cr.sql_log_count - before

        count(orders)  # what is looked up once for all
        self.assertEqual(count(orders[:2]), count(orders))
        counted = orders[0].with_user(self.accountant)
        self.assertEqual(counted.customer_complaint_count, 2)
        self.assertEqual(orders[0].with_user(self.service).customer_complaint_count, 2)
        partners = self.customer | self.other_customer | self.contact
        self.assertEqual(count(self.customer), count(partners))
        self.assertEqual(self.contact.with_user(self.service).customer_complaint_count, 13)

    def test_export_holds_no_formulas(self):
        self.service.group_ids |= self.env.ref("base.group_allow_export")
        complaint = self._complain(subject="=HYPERLINK(1)", resolution="@SUM(1)")
        rows = complaint.export_data(["subject", "resolution"])["datas"]
        self.assertEqual(rows, [["'=HYPERLINK(1)", "'@SUM(1)"]])

    def test_hours_are_sensible(self):
        complaint = self._complain(hours=2)
        with mute_logger("odoo.sql_db"), self._refused(IntegrityError, "hours_range"):
            complaint.hours = -1
            complaint.flush_recordset()

    def test_merge(self):
        target, source, third = self._complain(), self._complain(hours=2), self._complain(hours=1)
        note = source.message_post(body="I called twice", message_type="comment")
        file = self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"x", "res_model": source._name, "res_id": source.id}
        )
        activity = source.activity_schedule("mail.mail_activity_data_todo", user_id=self.service.id)
        tag = self.env["customer.complaint.tag"].create({"name": "Oak"})
        source.tag_ids = [Command.link(tag.id)]
        wizard = (
            self.env["customer.complaint.merge"]
            .with_user(self.service)
            .with_context(active_model=source._name, active_ids=[target.id, source.id, third.id])
            .create({})
        )
        self.assertEqual(wizard.target_id, target)
        wizard.action_merge()
        self.assertEqual(note.res_id, target.id)
        self.assertEqual(file.res_id, target.id)
        self.assertEqual(activity.res_id, target.id)
        self.assertEqual(target.duplicate_ids, source | third)
        self.assertEqual((target.hours, source.hours), (3, 0))
        self.assertEqual(target.tag_ids, tag)
        self.assertTrue(source.close_date)
        self.assertFalse(target.close_date)
        with self._refused(UserError, "a duplicate itself"):
            (target | source)._merge_into(source)
        foreign = self._complain(partner_id=self.other_customer.id)
        with self._refused(UserError, "one customer in one company"):
            (target | foreign)._merge_into(target)
        with self._refused(UserError, "at least two"):
            target._merge_into(target)

    def test_stages_keep_their_meaning(self):
        complaint = self._complain()
        stages = self.env["customer.complaint.stage"].with_user(self.manager)
        with self._refused(ValidationError, "move them to another stage"):
            stages.browse(self.stage_new.id).is_solved = True
        solved = stages.search([("is_solved", "=", True)])
        with self._refused(UserError, "one for solved"):
            solved.unlink()
        with self._refused(UserError, "one for solved"):
            solved.is_solved = False
        self.assertFalse(complaint.close_date)

    def test_another_customer_does_not_read_along(self):
        complaint = self._complain()
        complaint.partner_id = self.other_customer
        self.assertEqual(complaint.message_partner_ids & self.contact, self.env["res.partner"])
        self.assertIn(self.other_customer, complaint.message_partner_ids)
