from odoo import Command

from ..common import CustomerValueCommon


class TimelineCommon(CustomerValueCommon):
    """A customer with one entry of every kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.timeline = cls.env["customer.timeline"]
        cls.service_user = cls._create_user("sima", "customer_value.customer_value_group_user")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Ana", "parent_id": cls.customer.id, "email": "ana@azure.example.com"}
        )
        cls.colleague = cls.env["res.partner"].create(
            {"name": "Ben", "parent_id": cls.customer.id, "email": "ben@azure.example.com"}
        )
        cls.salesperson.partner_id.email = "sam@us.example.com"
        cls._make_documents()
        cls._make_messages()
        cls.env.flush_all()
        # In one transaction everything is made at once; in real life a reply comes later.
        cls.env.cr.execute(
            "UPDATE customer_interaction SET create_date = create_date - interval '1 day'"
        )
        cls.env.invalidate_all()

    @classmethod
    def _make_documents(cls):
        cls.env["stock.quant"]._update_available_quantity(
            cls.product, cls.env["stock.warehouse"].search([], limit=1).lot_stock_id, 100
        )
        sam = {"user_id": cls.salesperson.id}
        cls.call = cls._log(kind="call", direction="in", subject="Asked for a price")
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "New office",
                "type": "opportunity",
                "partner_id": cls.contact.id,
                "expected_revenue": 900,
                **sam,
            }
        )
        cls.quotation = cls._order(cls.contact, confirm=False, **sam)
        cls.order = cls._order(cls.contact, quantity=2, **sam)
        cls.delivery = cls._deliver(cls.order)
        cls.returned = cls._return(cls.delivery)
        cls.invoice = cls._invoice(
            cls.customer, "2026-06-01", 100, invoice_user_id=cls.salesperson.id
        )
        cls.credit_note = cls._credit(cls.invoice, "2026-06-02", amount=30)
        cls.payment = cls._pay(cls.invoice, "2026-06-03", 70)
        cls.meeting = cls.env["calendar.event"].create(
            {
                "name": "Kick-off",
                "start": "2026-06-04 08:00:00",
                "stop": "2026-06-04 09:00:00",
                "user_id": cls.salesperson.id,
                "partner_ids": [
                    Command.set((cls.contact | cls.colleague | cls.salesperson.partner_id).ids)
                ],
            }
        )
        cls.rating = cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("sale.order"),
                "res_id": cls.order.id,
                "partner_id": cls.contact.id,
                "rating": 4,
                "consumed": True,
                "feedback": "Good desk",
            }
        )
        cls.rating.rated_on = "2026-06-05 08:00:00"
        program = cls.env["loyalty.program"].create({"name": "Points", "program_type": "loyalty"})
        cls.card = cls.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": cls.contact.id, "points": 0}
        )
        cls.points = cls.env["loyalty.history"].create(
            {"card_id": cls.card.id, "description": "Welcome", "issued": 50}
        )

    @classmethod
    def _make_messages(cls):
        with_mail = cls.env["mail.message"].create
        shared = {
            "model": "sale.order",
            "res_id": cls.order.id,
            "date": "2026-06-06 08:00:00",
            "subtype_id": cls.env.ref("mail.mt_comment").id,
        }
        ours = {**shared, "author_id": cls.salesperson.partner_id.id}
        to_customer = {"partner_ids": [Command.link(cls.contact.id)]}
        cls.mail_in = with_mail(
            {
                **shared,
                "author_id": cls.contact.id,
                "message_type": "email",
                "subject": "When?",
                "body": "<p>When does it <b>come</b>?</p>",
            }
        )
        cls.mail_out = with_mail(
            {**ours, **to_customer, "message_type": "comment", "subject": "Tomorrow"}
        )
        cls.sms = with_mail({**ours, "message_type": "sms", "body": "On our way"})
        cls.portal_message = with_mail(
            {**shared, "author_id": cls.contact.id, "message_type": "comment"}
        )
        cls.reply = with_mail(
            {
                **shared,
                "model": "customer.interaction",
                "res_id": cls.call.id,
                "author_id": cls.contact.id,
                "message_type": "email",
                "subject": "About my call",
            }
        )
        # None of these is a contact with the customer.
        note = cls.env.ref("mail.mt_note").id
        with_mail({**ours, **to_customer, "message_type": "comment", "subtype_id": note})
        with_mail({**ours, "message_type": "comment", "subject": "To nobody outside"})
        with_mail({**ours, **to_customer, "message_type": "notification"})
        with_mail({**ours, **to_customer, "message_type": "comment", "is_internal": True})
        cls.activity = cls.order.activity_schedule(
            "mail.mail_activity_data_call", summary="Call back", user_id=cls.salesperson.id
        )
        cls.activity.action_feedback("Reached")
        cls.planned = cls.order.activity_schedule(
            "mail.mail_activity_data_todo", summary="Still to do", user_id=cls.salesperson.id
        )

    @classmethod
    def _log(cls, **values):
        return cls.env["customer.interaction"].create(
            {
                "partner_id": cls.contact.id,
                "user_id": cls.salesperson.id,
                "date": "2026-06-07 08:00:00",
                "note": "Wants ten",
                **values,
            }
        )

    @classmethod
    def _return(cls, picking):
        wizard = (
            cls.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        returned = cls.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        for move in returned.move_ids:
            move.quantity = 1
            move.picked = True
        returned._action_done()
        return returned

    @classmethod
    def _expected(cls):
        """(kind, direction, channel, amount, res_model, res_id) of every entry."""
        order = ("sale.order", cls.order.id)
        return [
            ("call", "in", "phone", 0, "customer.interaction", cls.call.id),
            ("opportunity", "none", False, 900, "crm.lead", cls.lead.id),
            ("quotation", "out", "document", 100, "sale.order", cls.quotation.id),
            ("order", "in", "document", 200, *order),
            ("delivery", "out", "document", 0, "stock.picking", cls.delivery.id),
            ("return", "in", "document", 0, "stock.picking", cls.returned.id),
            ("invoice", "out", "document", 100, "account.move", cls.invoice.id),
            ("credit_note", "out", "document", -30, "account.move", cls.credit_note.id),
            ("payment", "in", "document", 70, "account.payment", cls.payment.id),
            ("meeting", "both", "in_person", 0, "calendar.event", cls.meeting.id),
            ("rating", "in", "website", 0, "rating.rating", cls.rating.id),
            ("points", "none", False, 0, "loyalty.card", cls.card.id),
            ("email", "in", "email", 0, *order),
            ("email", "out", "email", 0, *order),
            ("sms", "out", "sms", 0, *order),
            ("message", "in", "website", 0, *order),
            ("email", "in", "email", 0, "customer.interaction", cls.call.id),
            ("call", "out", "phone", 0, *order),
        ]

    @classmethod
    def _rows(cls, user=None, customer=None):
        timeline = cls.timeline.with_user(user) if user else cls.timeline
        cls.env.flush_all()
        cls.env.invalidate_all()
        return timeline.search([("customer_id", "=", (customer or cls.customer).id)])
