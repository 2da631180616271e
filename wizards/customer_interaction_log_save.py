from odoo import Command, models
from odoo.exceptions import UserError


class CustomerInteractionLog(models.TransientModel):
    """From the wizard to interactions, next steps and the notification with *Undo*."""

    _inherit = "customer.interaction.log"

    def action_save(self):
        """Record the interactions, and the next step of each. Public: button.

        :return: a client action that tells what was logged and offers to undo it
        :raise UserError: when there is no contact to log for
        :raise AccessError: when the user may not log interactions or read the documents
        """
        self.ensure_one()
        targets = self._get_targets()
        interactions = self._create_interactions(targets)
        self._attach_files(interactions)
        if self.activity_type_id:
            self._plan_next_steps(interactions, targets)
        return self._get_logged_action(interactions)

    def _create_interactions(self, targets):
        return self.env["customer.interaction"].create(
            [self._prepare_interaction(contact, document) for contact, document in targets]
        )

    def _get_targets(self):
        """Return one (contact, document) per interaction; the document may be no record."""
        documents = self._get_documents()
        documents.check_access("read")
        if len(documents) > 1:
            targets = [
                (contact, document)
                for document in documents
                for contact in self._get_contacts(document) or [self.env["res.partner"]]
            ]
        else:
            targets = [(contact, documents) for contact in self.partner_ids]
        if not targets or not all(contact for contact, _document in targets):
            raise UserError(
                self.env._(
                    "Choose the contact the interaction was with: without one it belongs to no "
                    "customer. Of several documents, each needs a contact."
                )
            )
        return targets

    def _prepare_interaction(self, contact, document):
        has_company = document and "company_id" in document._fields
        company = (has_company and document.company_id) or self.company_id
        team = "team_id" in document._fields and document.team_id
        values = {
            "kind": self.kind,
            "direction": self.direction,
            "date": self.date,
            "duration_minutes": self.duration_minutes,
            "subject": self.subject,
            "outcome": self.outcome,
            "reason_id": self.reason_id.id,
            "note": self.note,
            "needs_answer": self.needs_answer,
            "user_id": self.user_id.id,
            "company_id": company.id,
            "partner_id": contact.id,
            "participant_ids": [Command.set(self.participant_ids.ids)],
            "res_model": document._name if document else False,
            "res_id": document.id if document else False,
        }
        return values | ({"team_id": team.id} if team else {})

    def _attach_files(self, interactions):
        """Move the uploaded files to the first interaction, and copy them to the others."""
        if not self.attachment_ids:
            return
        for number, interaction in enumerate(interactions):
            target = {"res_model": interaction._name, "res_id": interaction.id}
            if number:
                self.attachment_ids.copy(target)
            else:
                self.attachment_ids.write(target)

    def _plan_next_steps(self, interactions, targets):
        """Create the next step of each interaction, in one go."""
        places = self._get_activity_places(interactions, targets)
        get_model_id = self.env["ir.model"]._get_id
        activities = self.env["mail.activity"].create(
            [
                {
                    "res_model_id": get_model_id(place._name),
                    "res_id": place.id,
                    "activity_type_id": self.activity_type_id.id,
                    "summary": self.activity_summary,
                    "date_deadline": self.activity_date,
                    "user_id": (self.activity_user_id or self.env.user).id,
                }
                for place in places
            ]
        )
        for interaction, activity in zip(interactions, activities, strict=True):
            interaction.next_activity_id = activity

    def _get_activity_places(self, interactions, targets):
        """Return the record each next step goes to: document, else contact, else interaction.

        The last is for users who may not plan anything on either.
        """
        candidates = [
            tuple(filter(None, (document, contact, interaction)))
            for interaction, (contact, document) in zip(interactions, targets, strict=True)
        ]
        by_model = {}
        for record in {record for records in candidates for record in records}:
            by_model.setdefault(record._name, []).append(record.id)
        messages = self.env["mail.message"]
        allowed = {
            name: set(messages._filter_records_for_message_operation(name, ids, "create").ids)
            for name, ids in by_model.items()
        }
        return [
            next((r for r in records if r.id in allowed[r._name]), records[-1])
            for records in candidates
        ]

    def _get_logged_action(self, interactions):
        """Return the client action that shows the notification with *Undo*."""
        return {
            "type": "ir.actions.client",
            "tag": "customer_value_logged",
            "params": {
                "interaction_ids": interactions.ids,
                "message": self.env._("Logged: %(subject)s", subject=self.subject)
                if len(interactions) == 1
                else self.env._(
                    "Logged %(count)s times: %(subject)s",
                    count=len(interactions),
                    subject=self.subject,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
