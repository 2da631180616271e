from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.base.nullable import NullableFloat
from ..models.interaction.customer_interaction import DIRECTIONS, KINDS, MAX_MINUTES, OUTCOMES


class CustomerInteractionLog(models.TransientModel):
    """Log a call, visit or letter from wherever one works, with the next step.

    Opened on one document it knows contact, company and document; on a selection it makes one
    interaction for each. What is to become of it stands in ``customer_interaction_log_save``.
    """

    _name = "customer.interaction.log"
    _description = "Log an Interaction"
    _inherit = ["customer.gate.mixin", "customer.date.bounds.mixin"]

    kind = fields.Selection(selection=KINDS, required=True, default="call")
    direction = fields.Selection(selection=DIRECTIONS, required=True, default="out")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    duration_minutes = NullableFloat(string="Duration (minutes)")
    subject = fields.Char(help="What it was about; the kind of interaction if left empty.")
    subject_hint = fields.Char(compute="_compute_subject_hint")
    outcome = fields.Selection(selection=OUTCOMES)
    reason_id = fields.Many2one(
        comodel_name="customer.interaction.reason",
        ondelete="cascade",
        domain="[('company_id', 'in', (company_id, False))]",
    )
    note = fields.Text(string="Internal note")
    needs_answer = fields.Boolean(
        compute="_compute_needs_answer",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer waits for an answer.",
    )
    user_id = fields.Many2one(
        string="Our person",
        comodel_name="res.users",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    partner_ids = fields.Many2many(
        string="Contacts",
        comodel_name="res.partner",
        relation="customer_interaction_log_partner_rel",
        help="Each contact gets an interaction of their own.",
    )
    participant_ids = fields.Many2many(
        string="Participants",
        comodel_name="res.partner",
        relation="customer_interaction_log_participant_rel",
        help="Others who took part, on both sides.",
    )
    attachment_ids = fields.Many2many(
        string="Attachments",
        comodel_name="ir.attachment",
        relation="customer_interaction_log_attachment_rel",
    )
    document_model = fields.Char(readonly=True)
    document_ids = fields.Json(readonly=True, help="Ids of the documents it was opened on.")
    document_count = fields.Integer(compute="_compute_document_count")
    document_name = fields.Char(string="Related document", compute="_compute_document_count")

    # === NEXT STEP === #
    activity_type_id = fields.Many2one(
        string="Next step",
        comodel_name="mail.activity.type",
        ondelete="cascade",
        domain="[('res_model', 'in', (False, document_model))]",
    )
    activity_summary = fields.Char(string="What to do")
    activity_date = fields.Date(
        string="Due",
        compute="_compute_activity_date",
        store=True,
        readonly=False,
        precompute=True,
    )
    activity_user_id = fields.Many2one(
        string="Responsible",
        comodel_name="res.users",
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )

    @api.model
    def default_get(self, fields_list):
        """Take contact, company and document from what the wizard was opened on."""
        values = super().default_get(fields_list)
        values |= self._prepare_documents(self._get_opened_documents())
        call = self.env["customer.call"].browse(values.get("call_id"))
        if call:
            call.check_access("read")
            values |= self._prepare_call(call)
        return values

    @api.model
    def _prepare_documents(self, documents):
        """Return the values of the window for the records it was opened on."""
        if not documents:
            return {}
        documents.check_access("read")
        if documents._name == "customer.interaction":
            return self._prepare_answer(documents)
        values = {"partner_ids": [Command.set(self._get_contacts(documents).ids)]}
        if documents._name != "res.partner":
            values |= {"document_model": documents._name, "document_ids": documents.ids}
        if documents._name == "calendar.event" and len(documents) == 1:
            values |= self._prepare_meeting(documents)
        companies = "company_id" in documents._fields and documents.company_id
        if companies and len(companies) == 1:
            values["company_id"] = companies.id
        return values

    @api.model
    def _get_opened_documents(self):
        """Return the records the wizard was opened on; none when opened from the menu."""
        model_name = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or [self.env.context.get("active_id")]
        allowed = self.env["customer.interaction"]._get_document_models()
        if model_name == "customer.profile":
            return self.env[model_name].browse(filter(None, ids)).partner_id
        if model_name not in allowed:
            return self.env["res.partner"]
        return self.env[model_name].browse(filter(None, ids))

    @api.model
    def _prepare_answer(self, questions):
        """Answer a waiting interaction: same contact, document and kind, the other way round."""
        question = questions[0]
        return {
            "kind": question.kind,
            "direction": "out",
            "subject": self.env._("Re: %(subject)s", subject=question.subject),
            "partner_ids": [Command.set(question.partner_id.ids)],
            "company_id": question.company_id.id,
            "document_model": question.document_ref and question.res_model,
            "document_ids": question.document_ref and [question.res_id],
        }

    @api.model
    def _prepare_meeting(self, meeting):
        """A meeting of the calendar is one interaction per customer; the others took part."""
        guests = self._get_guests(meeting)
        return {
            "kind": "meeting",
            "direction": "both",
            "date": meeting.start,
            "duration_minutes": min(meeting.duration * 60, MAX_MINUTES),
            "subject": meeting.display_name,
            "participant_ids": [Command.set((guests - self._get_contacts(meeting)).ids)],
        }

    @api.model
    def _get_guests(self, meetings):
        """Return who was there from outside."""
        return meetings.partner_ids.filtered("partner_share")

    @api.model
    def _get_contacts(self, documents):
        """Return the contacts the documents are with; of a meeting, one per customer."""
        if documents._name == "calendar.event":
            guests = self._get_guests(documents).grouped("commercial_partner_id")
            return documents.partner_ids.browse([people[0].id for people in guests.values()])
        return documents if documents._name == "res.partner" else documents.partner_id

    @api.depends_context("lang")
    @api.depends("kind", "call_values")
    def _compute_subject_hint(self):
        """What is recorded where nothing is written: the call, or the kind."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for log in self:
            called = (log.call_values or {}).get("subject")
            log.subject_hint = called or labels.get(log.kind)

    @api.depends("direction", "outcome")
    def _compute_needs_answer(self):
        for log in self:
            log.needs_answer = log.direction == "in" and log.outcome == "callback"

    @api.depends("document_model", "document_ids")
    def _compute_document_count(self):
        for log in self:
            documents = log._get_documents()
            log.document_count = len(documents)
            log.document_name = documents.display_name if len(documents) == 1 else False

    @api.depends("activity_type_id")
    def _compute_activity_date(self):
        for log in self:
            activity_type = log.activity_type_id
            log.activity_date = activity_type and activity_type._get_date_deadline()

    def _get_documents(self):
        """Return the documents the wizard is about; no records when it is about contacts."""
        if not self.document_model or not self.document_ids:
            return self.env["res.partner"]
        allowed = self.env["customer.interaction"]._get_document_models()
        if self.document_model not in allowed:
            raise UserError(
                self.env._(
                    "Interactions cannot be logged on “%(model)s”: close this window and log "
                    "it on the contact.",
                    model=self.document_model,
                )
            )
        ids = self.document_ids if isinstance(self.document_ids, list) else []
        return self.env[self.document_model].browse(n for n in ids if isinstance(n, int))
