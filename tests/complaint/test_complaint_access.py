from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import ComplaintCommon

SECRET = "the foreman was drunk"
RESULTS = ("credit_note_ids", "return_ids", "replacement_ids", "loyalty_history_ids")


@tagged("post_install", "-at_install")
class TestComplaintAccess(ComplaintCommon):
    """Who sees complaints, and through what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls._complain(root_cause=SECRET, description="Scratched")
        cls.message = cls.complaint.message_post(body=SECRET, message_type="comment")
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "photo.txt",
                "raw": SECRET.encode(),
                "res_model": cls.complaint._name,
                "res_id": cls.complaint.id,
            }
        )
        cls.activity = cls.complaint.activity_schedule(
            "mail.mail_activity_data_todo", user_id=cls.service.id, summary=SECRET
        )
        cls.portal = new_test_user(cls.env, login="pari", groups="base.group_portal")
        cls.portal.partner_id.parent_id = cls.customer

    def test_employees_and_portal_users_get_nothing(self):
        for user in (self.employee, self.portal, self.stock_user):
            with self.subTest(user=user.login):
                complaint = self.complaint.with_user(user)
                self.env.invalidate_all()
                for call in (
                    lambda c=complaint: c.read(["subject"]),
                    lambda c=complaint: c.search([("root_cause", "ilike", "drunk")]),
                    lambda c=complaint: c.name_search("Desk"),
                    lambda c=complaint: c.web_search_read([], {"subject": {}}),
                    lambda c=complaint: c.message_post(body="Hello"),
                    lambda c=complaint: c.write({"subject": "x"}),
                    lambda c=complaint: c.action_credit(),
                    lambda c=complaint: c.create({"subject": "x"}),
                    lambda c=complaint: c.env["res.partner"].search(
                        [("customer_complaint_count", ">", 0)]
                    ),
                ):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        call()
                with self.assertRaises(UserError):  # or they may export nothing at all
                    complaint.export_data(["subject"])
                self._assert_chatter_hidden(user)

    def _assert_chatter_hidden(self, user):
        self.env.invalidate_all()
        for record, text in (
            (self.message, "body"),
            (self.file, "raw"),
            (self.activity, "summary"),
        ):
            seen = record.sudo(False).with_user(user)
            with self.assertRaises(AccessError, msg=record._name):
                seen.read([text])
            try:
                found = seen.search([("id", "in", record.ids)])
            except AccessError:
                continue  # not even to be searched
            self.assertFalse(found, record._name)

    def test_timeline_and_counts_show_nothing_to_employees(self):
        timeline = self.env["customer.timeline"]
        domain = [("customer_id", "=", self.customer.id), ("kind", "=", "complaint")]
        rows = timeline.with_user(self.service).search(domain)
        self.assertEqual(rows.res_id, self.complaint.id)
        self.assertIn("Desk scratched", rows.subject)
        self.assertIn("Scratched", rows.get_preview()["text"])
        with self.assertRaises(AccessError):
            timeline.with_user(self.employee).search(domain)
        self.complaint.message_post(
            body="Sorry", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        messages = timeline.with_user(self.service).search(
            [("customer_id", "=", self.customer.id), ("res_model", "=", "customer.complaint")]
        )
        self.assertGreater(len(messages), 1)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.employee).read(["customer_complaint_count"])

    def test_accountants_read(self):
        complaint = self.complaint.with_user(self.accountant)
        self.assertEqual(complaint.subject, "Desk scratched")
        complaint.message_post(body="I have seen it", message_type="comment")
        for values in ({"subject": "x"}, {"hours": 3}):
            with self.assertRaises(AccessError):
                complaint.write(values)
        with self.assertRaises(AccessError):
            complaint.action_credit()
        with self.assertRaises(AccessError):
            complaint.action_mark_answered()

    def test_users_do_not_delete_or_configure(self):
        with self.assertRaises(AccessError):
            self.complaint.unlink()
        with self.assertRaises(AccessError):
            self.team.with_user(self.service).name = "Mine"
        self.team.with_user(self.manager).name = "Ours"

    def test_companies_stay_apart(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        theirs = self.env["customer.complaint"].create(
            {"subject": "Late", "partner_id": self.contact.id, "company_id": other.id}
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            theirs.with_user(self.service).read(["subject"])
        self.assertNotIn(theirs, self.env["customer.complaint"].with_user(self.service).search([]))
        self.assertEqual(self.contact.with_user(self.service).customer_complaint_count, 1)
        count = self.env["customer.complaint"].with_user(self.service)._count_open(self.contact)
        self.assertEqual(count, 1)

    def test_views_open_for_every_role(self):
        order, invoice = self._sell(1)
        self.complaint.write(
            {
                "order_line_id": order.order_line.id,
                "invoice_line_id": invoice.invoice_line_ids.id,
                "picking_id": order.picking_ids.id,
            }
        )
        credit = self._ask_for(self.complaint.with_user(self.manager), "credit")
        credit.action_confirm()
        views = [(False, kind) for kind in ("list", "form", "kanban", "pivot", "graph", "search")]
        for user in (self.clerk, self.service, self.accountant, self.manager):
            complaint = self.complaint.with_user(user)
            self.env.invalidate_all()
            with self.subTest(user=user.login):
                shown = complaint.get_views(views)["models"]["customer.complaint"]["fields"]
                names = {
                    name: {"fields": {"display_name": {}}}
                    if complaint._fields[name].type in ("many2one", "many2many")
                    else {}
                    for name in shown
                    if name in complaint._fields and name not in ("id", "message_ids")
                }
                for name in RESULTS:  # the form shows how many, and opens them on demand
                    names.pop(name, None)
                self.assertTrue(complaint.web_read(names))

    def test_form_of_the_clerk(self):
        with Form(self.env["customer.complaint"].with_user(self.clerk)) as form:
            form.subject = "Late"
            form.partner_id = self.contact
        self.assertEqual(form.record.customer_id, self.customer)
