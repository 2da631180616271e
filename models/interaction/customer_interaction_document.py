from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

PHONE_SCHEMES = ("sip:", "sips:", "tel:", "fax:")


class CustomerInteraction(models.Model):
    """The document an interaction is about, seen and opened with the user's own rights.

    Who nobody knows yet becomes a lead, once, or an existing contact.
    """

    _inherit = "customer.interaction"

    document_ref = fields.Reference(
        string="Related document",
        selection="_selection_document_model",
        compute="_compute_document_ref",
        inverse="_inverse_document_ref",
        help="Empty for those who may not read the document.",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    call_ids = fields.One2many(comodel_name="customer.call", inverse_name="interaction_id")

    _document_idx = models.Index("(res_model, res_id) WHERE res_model IS NOT NULL")

    @api.model
    def _get_document_models(self):
        """Return the names of the models an interaction can be about; extended by others."""
        return [
            "res.partner",
            "crm.lead",
            "sale.order",
            "account.move",
            "stock.picking",
            "calendar.event",
            "customer.interaction",
        ]

    @api.model
    def _selection_document_model(self):
        return [(name, self.env[name]._description) for name in self._get_document_models()]

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("res_model", "res_id")
    def _compute_document_ref(self):
        self.document_ref = False
        for model_name, interactions in self.grouped("res_model").items():
            if model_name not in self._get_document_models():
                continue
            documents = self.env[model_name].browse(set(interactions.mapped("res_id")) - {0})
            readable = documents.exists()._filtered_access("read").grouped("id")
            for interaction in interactions:
                interaction.document_ref = readable.get(interaction.res_id, False)

    def _inverse_document_ref(self):
        for interaction in self:
            document = interaction.document_ref
            interaction.write(
                {
                    "res_model": document._name if document else False,
                    "res_id": document.id if document else False,
                }
            )

    @api.constrains("res_model", "res_id", "company_id")
    def _check_document(self):
        """A document is of an agreed kind, exists, and is not another company's."""
        for model_name, interactions in self.grouped("res_model").items():
            if not model_name and not any(interactions.mapped("res_id")):
                continue
            if model_name not in self._get_document_models():
                raise ValidationError(
                    self.env._(
                        "An interaction cannot be about “%(model)s”. Choose one of: %(models)s.",
                        model=model_name or "",
                        models=", ".join(self._get_document_models()),
                    )
                )
            documents = self.env[model_name].sudo().browse(interactions.mapped("res_id"))
            interactions._check_existing_document(documents.exists())

    def _check_existing_document(self, documents):
        """Check interactions of one model against those of their documents that exist."""
        found = documents.grouped("id")
        for interaction in self:
            document = found.get(interaction.res_id)
            if document is None:
                raise ValidationError(
                    self.env._(
                        "The document of interaction “%(subject)s” does not exist: choose "
                        "another, or leave the document empty.",
                        subject=interaction.subject,
                    )
                )
            company = "company_id" in document._fields and document.company_id
            if company and company != interaction.company_id:
                raise ValidationError(
                    self.env._(
                        "The document of interaction “%(subject)s” belongs to another company: "
                        "record the interaction in that company, or choose another document.",
                        subject=interaction.subject,
                    )
                )

    def action_open_document(self):
        """Open the related document, with the rights of the user. Public: button.

        :return: a window action
        :raise UserError: when there is no document, or it has been deleted
        :raise AccessError: when the user may not read it
        """
        self.ensure_one()
        self.check_access("read")
        document = self.res_model in self._get_document_models() and (
            self.env[self.res_model].browse(self.res_id).exists()
        )
        if not document:
            raise UserError(
                self.env._(
                    "Interaction “%(subject)s” has no document to open: it was recorded without "
                    "one, or the document has been deleted since.",
                    subject=self.subject,
                )
            )
        document.check_access("read")
        return document._get_records_action(context={})

    def action_create_lead(self):
        """Make a lead of an unknown sender, or open the one that is there. Public: button.

        :return: the action that opens the lead
        :raise AccessError: for users who may not create leads
        :raise UserError: when the interaction has a contact already
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        if not self.lead_id:
            if self.partner_id:
                raise UserError(
                    self.env._(
                        "%(interaction)s belongs to %(contact)s already: create the opportunity "
                        "from the contact.",
                        interaction=self.subject,
                        contact=self.partner_id._get_plain_name(),
                    )
                )
            leads = self.env["crm.lead"]
            leads.check_access("create")
            calls = self.call_ids.sudo()
            lead = calls.lead_id[:1] or leads._find_or_create_for_sender(
                "email" if self._is_mail() else "phone",
                self.address,
                self.company_id,
                self._prepare_lead_values(),
            )
            calls.lead_id = lead
            values = lead.sudo()._get_interaction_document(self.company_id)
            self.sudo().write({"lead_id": lead.id} if self.res_model else values)
        return self.env["crm.lead"].browse(self.lead_id.id)._get_customer_form_action()

    def _note_on_leads(self):
        """Tell in the threads of leads that they called or wrote."""
        for interaction in self.filtered("lead_id"):
            interaction.sudo().lead_id._message_log(
                body=self.env._(
                    "Recorded with this lead: %(interaction)s",
                    interaction=interaction._get_html_link(),
                )
            )

    def _is_mail(self):
        address = (self.address or "").lower()
        return "@" in address and not any(scheme in address for scheme in PHONE_SCHEMES)

    def _prepare_lead_values(self):
        is_mail = self._is_mail()
        number = self.address and self.company_id._get_caller_reader().show(self.address)
        return {
            "name": self.subject,
            "type": "lead" if self.env.user.has_group("crm.group_use_lead") else "opportunity",
            "phone": False if is_mail else number,
            "email_from": self.address if is_mail else False,
            "team_id": self.team_id.id or False,
            "user_id": self.env.uid,
            "company_id": self.company_id.id,
            "medium_id": self.env["crm.lead"]._get_medium_of_interaction(self.kind).id,
        }
