from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import MONDAY, InteractionCommon


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestInteractionLog(InteractionCommon):
    """The quick log from contact, lead, order, invoice, transfer and selections."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.call = cls.env.ref("mail.mail_activity_data_call")

    def _open(self, documents, user=None):
        return Form(
            self.env["customer.interaction.log"]
            .with_user(user or self.salesperson)
            .with_context(active_model=documents._name, active_ids=documents.ids)
        )

    def _save(self, form):
        action = form.save().action_save()
        self.assertEqual(action["tag"], "customer_value_logged")
        return self.env["customer.interaction"].browse(action["params"]["interaction_ids"])

    def test_call_from_a_contact(self):
        interaction = self._save(self._open(self.contact, self.service_user))
        self.assertEqual(interaction.kind, "call")
        self.assertEqual(interaction.direction, "out")
        self.assertEqual(interaction.subject, "Call")
        self.assertEqual(interaction.partner_id, self.contact)
        self.assertEqual(interaction.customer_id, self.customer)
        self.assertEqual(interaction.user_id, self.service_user)
        self.assertEqual(interaction.create_uid, self.service_user)
        self.assertFalse(interaction.res_model)

    def test_every_document(self):
        order = self._order(self.contact)
        lead = self.env["crm.lead"].create({"name": "Desks", "partner_id": self.contact.id})
        invoice = self._invoice(self.contact, "2026-06-01", 100)
        picking = order.picking_ids
        for document in (lead, order, invoice, picking):
            with self.subTest(document=document._name):
                form = self._open(document, self.manager if document == picking else None)
                self.assertEqual(form.document_name, document.display_name)
                interaction = self._save(form)
                self.assertEqual(interaction.partner_id, self.contact)
                self.assertEqual(interaction.document_ref, document)
                self.assertEqual(interaction.company_id, document.company_id or self.company)

    def test_everything_is_recorded(self):
        reason = self.env["customer.interaction.reason"].create({"name": "Delivery date"})
        form = self._open(self.contact)
        form.kind = "meeting"
        form.direction = "in"
        form.date = "2026-06-14 10:00:00"
        form.duration_minutes = 45
        form.outcome = "callback"
        self.assertTrue(form.needs_answer)
        form.reason_id = reason
        form.note = "Wants to know when"
        form.participant_ids.add(self.other_customer)
        interaction = self._save(form)
        self.assertEqual(interaction.subject, "Meeting")
        self.assertEqual(interaction.duration_minutes, 45)
        self.assertEqual(interaction.reason_id, reason)
        self.assertEqual(interaction.note, "Wants to know when")
        self.assertEqual(interaction.participant_ids, self.other_customer)
        self.assertTrue(interaction.needs_answer)

    def test_next_step_on_the_document(self):
        order = self._order(self.contact, confirm=False)
        form = self._open(order)
        form.activity_type_id = self.call
        form.activity_summary = "Ask about the colour"
        form.activity_date = "2026-06-20"
        form.activity_user_id = self.own_salesperson
        activity = self._save(form).next_activity_id
        self.assertEqual(activity, order.activity_ids)
        self.assertEqual(activity.user_id, self.own_salesperson)
        self.assertEqual(activity.date_deadline, self._day("2026-06-20"))
        self.assertEqual(activity.activity_type_id, self.call)
        self.assertEqual(activity.summary, "Ask about the colour")

    def test_next_step_goes_where_the_user_may_plan(self):
        form = self._open(self.contact)
        form.activity_type_id = self.call
        self.assertEqual(self._save(form).next_activity_id, self.contact.activity_ids)
        form = self._open(self.customer, self.service_user)  # who may not edit contacts
        form.activity_type_id = self.call
        interaction = self._save(form)
        self.assertEqual(interaction.next_activity_id, interaction.activity_ids)
        self.assertFalse(self.customer.activity_ids)

    def test_several_contacts_make_one_each_in_one_create(self):
        contacts = self.contact | self.other_customer
        form = self._open(contacts)
        form.activity_type_id = self.call
        interactions = self._save(form)
        self.assertEqual(interactions.partner_id, contacts)
        self.assertEqual(len(interactions.next_activity_id), 2)

    def test_selection_of_documents(self):
        orders = self._order(self.contact) | self._order(self.other_customer)
        form = self._open(orders)
        self.assertEqual(form.document_count, 2)
        interactions = self._save(form)
        self.assertEqual(interactions.mapped("document_ref"), list(orders))
        self.assertEqual(interactions.partner_id, self.contact | self.other_customer)

    def test_profiles(self):
        self._order(self.contact)
        self._drain()
        interaction = self._save(self._open(self._profile(self.customer)))
        self.assertEqual(interaction.partner_id, self.customer)

    def test_attachments(self):
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.salesperson)
            .create(
                {"name": "Letter.txt", "raw": b"Dear all", "res_model": "customer.interaction.log"}
            )
        )
        wizard = self._open(self.contact | self.other_customer).save()
        wizard.attachment_ids = [Command.set(attachment.ids)]
        ids = wizard.action_save()["params"]["interaction_ids"]
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "customer.interaction"), ("res_id", "in", ids)]
        )
        self.assertEqual(sorted(files.mapped("res_id")), sorted(ids))
        self.assertEqual(files.mapped("raw"), [b"Dear all"] * 2)

    def test_answer_button(self):
        question = self._ask(self.contact, "2026-06-15 08:00:00", kind="fax", subject="Price?")
        interaction = self._save(self._open(question, self.service_user))
        self.assertEqual(interaction.kind, "fax")
        self.assertEqual(interaction.subject, "Re: Price?")
        self.assertEqual(question.answer_id, interaction)
        self.assertEqual(question.response_hours, 1)

    def test_without_a_contact(self):
        lead = self.env["crm.lead"].create({"name": "Nobody yet"})
        wizard = (
            self.env["customer.interaction.log"]
            .with_user(self.salesperson)
            .with_context(active_model="crm.lead", active_ids=lead.ids)
            .create({})
        )
        with self.assertRaisesRegex(UserError, "Choose the contact"):
            wizard.action_save()

    def test_rights(self):
        order = self._order(self.contact)
        with self.assertRaises(AccessError):
            self._open(order, self.service_user)
        with self.assertRaises(AccessError):
            self._open(self.contact, self.accountant)
        wizard = (
            self.env["customer.interaction.log"]
            .with_user(self.service_user)
            .create({"document_model": "sale.order", "document_ids": order.ids})
        )
        with self.assertRaises(AccessError):
            wizard.action_save()
        wizard.document_ids = 5
        with self.assertRaises(AccessError):
            wizard.action_save()
        wizard.document_ids = order.ids
        wizard.document_model = "res.users"
        with self.assertRaisesRegex(UserError, "cannot be logged on"):
            wizard.action_save()

    def test_undo(self):
        form = self._open(self.contact)
        form.activity_type_id = self.call
        interaction = self._save(form)
        activity = interaction.next_activity_id
        interaction.with_user(self.salesperson).action_undo()
        self.assertFalse(interaction.exists())
        self.assertFalse(activity.exists())
        with self.assertRaisesRegex(UserError, "nothing to undo"):
            interaction.with_user(self.salesperson).action_undo()

    def test_undo_is_for_the_author_and_for_ten_minutes(self):
        interaction = self._save(self._open(self.contact))
        for user in (self.service_user, self.manager):
            with self.assertRaisesRegex(UserError, "by whoever logged it"):
                interaction.with_user(user).action_undo()
        self.env.cr.execute(
            "UPDATE customer_interaction SET create_date = create_date - INTERVAL '11 minutes'"
            " WHERE id = %s",
            [interaction.id],
        )
        interaction.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "10 minutes"):
            interaction.with_user(self.salesperson).action_undo()
        self.assertTrue(interaction.exists())

    def test_logging_costs_the_same_for_ten_and_a_hundred(self):
        contacts = self.env["res.partner"].create(
            [{"name": f"Contact {number}"} for number in range(100)]
        )

        def log(partners):
            form = self._open(partners)
            form.activity_type_id = self.call
            wizard = form.save()
            wizard._get_targets()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_save()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        log(contacts[:2])
        few, many = log(contacts[:10]), log(contacts)
        self.assertEqual(few, many)

    def test_buttons_and_actions(self):
        action = self.env.ref("customer_value.customer_interaction_log_action")
        documents = {
            "res.partner": self.contact,
            "crm.lead": self.env["crm.lead"].create({"name": "Desks"}),
            "sale.order": self._order(self.contact),
            "account.move": self._invoice(self.contact, "2026-06-01", 100),
        }
        for model_name in documents:
            arch = self.env[model_name].with_user(self.salesperson).get_view(view_type="form")
            self.assertIn(f'name="{action.id}"', arch["arch"], model_name)
        arch = self.env["res.partner"].with_user(self.stock_user).get_view(view_type="form")
        self.assertNotIn(f'name="{action.id}"', arch["arch"])
        for model_name in (*documents, "stock.picking"):
            bound = self.env["ir.actions.actions"].with_user(self.salesperson)
            names = [
                entry["xml_id"] if "xml_id" in entry else entry["name"]
                for entry in bound.get_bindings(model_name).get("action", [])
            ]
            self.assertTrue(
                any("Log an interaction" in n or "interaction_log" in n for n in names), model_name
            )
