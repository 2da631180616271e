from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CustomerInteractionLog(models.TransientModel):
    """From the wizard to interactions, next steps and the notification with *Undo*.

    Log a call that rings, goes on or is over: it becomes the one interaction of the call.

    Meanwhile the telephone system may tell more of the call, or end it. So of what the window
    was filled with, only what the person has changed is written.
    """

    _inherit = "customer.interaction.log"

    call_id = fields.Many2one(comodel_name="customer.call", ondelete="cascade", readonly=True)
    call_values = fields.Json(
        readonly=True, help="What was known of the call when the window was opened."
    )

    def action_save(self):
        """Record the interactions, and the next step of each. Public: button.

        :return: a client action that tells what was logged and offers to undo it; what was
            logged of a call before cannot be undone here
        :raise UserError: when there is no contact to log for
        :raise AccessError: when the user may not log interactions or read the documents
        """
        self.ensure_one()
        is_known = bool(self.call_id.sudo().interaction_id)
        targets = self._get_targets()
        interactions = self._create_interactions(targets)
        self._attach_files(interactions)
        if self.activity_type_id:
            self._plan_next_steps(interactions, targets)
        action = self._get_logged_action(interactions)
        return self._without_undo(action) if is_known else action

    @api.model
    def _without_undo(self, action):
        """Return the plain notification for what was known before."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": action["params"]["message"],
                "next": action["params"]["next"],
            },
        }

    def _create_interactions(self, targets):
        interactions = self.env["customer.interaction"]
        if self.call_id:
            interactions = self._log_call(*targets[0])
            targets = targets[1:]
        return interactions | self.env["customer.interaction"].create(
            [self._prepare_interaction(contact, document) for contact, document in targets]
        )

    def _get_targets(self):
        """Return one (contact, document) per interaction; the document may be no record.

        The call of somebody nobody knows is logged, too: it has a number.
        """
        documents = self._get_documents()
        documents.check_access("read")
        if self.call_id and not self.partner_ids:
            return [(self.partner_ids, documents)]
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
            "subject": self.subject or self.subject_hint,
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
                    "summary": self.activity_summary or self.subject or self.subject_hint,
                    "date_deadline": self.activity_date,
                    "user_id": (self.activity_user_id or self.env.user).id,
                }
                for place in places
            ]
        )
        for interaction, activity in zip(interactions, activities, strict=True):
            interaction.sudo().next_activity_id = activity  # made just now: no gate to pass

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
        subject = self.subject or self.subject_hint
        return {
            "type": "ir.actions.client",
            "tag": "customer_value_logged",
            "params": {
                "interaction_ids": interactions.ids,
                "message": self.env._("Logged: %(subject)s", subject=subject)
                if len(interactions) == 1
                else self.env._(
                    "Logged %(count)s times: %(subject)s",
                    count=len(interactions),
                    subject=subject,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _prepare_call(self, call):
        """Return the values of the window: from the call, or what has been logged of it."""
        known = call.sudo()._prepare_interaction_values()
        interaction = call.sudo().interaction_id
        if interaction:
            names = [*known, "note", "reason_id"]
            known = interaction.read(names, load=None)[0]
        known.pop("id", None)
        known.pop("address", None)
        values = {"kind": "call", "company_id": call.company_id.id, **known}
        partner_id = values.pop("partner_id")
        values["partner_ids"] = [Command.set([partner_id] if partner_id else [])]
        values["user_id"] = known["user_id"] or self.env.uid
        values["call_values"] = {
            **known,
            "kind": "call",
            "date": fields.Datetime.to_string(known["date"]),
        }
        if not interaction:
            # Somebody begins to write at once: nothing stands where they do.
            del values["subject"]
        lead = call.sudo(False).lead_id
        if lead and lead.has_access("read"):
            values |= {"document_model": lead._name, "document_ids": lead.ids}
        return values

    def _log_call(self, contact, document):
        """Write what the person has entered to the interaction of the call, made if need be."""
        self.call_id.check_access("read")
        self.env["customer.interaction"].check_access("create")
        call = self.call_id.sudo().with_company(self.call_id.company_id)
        call = call._lock_call(call.company_id, call.call_id)
        if interaction := call.interaction_id:
            interaction.sudo(False).check_access("write")
        else:
            interaction = call._create_interaction()
        values = self._prepare_interaction(contact, document)
        interaction.write(
            {name: value for name, value in values.items() if self._is_entered(name, value)}
        )
        return interaction.sudo(False)

    def _is_entered(self, name, value):
        """Tell whether a value is news, and not what the window was filled with."""
        if name in ("res_model", "res_id", "company_id") and not value:
            return False
        if name == "date":
            value = fields.Datetime.to_string(value)
        known = self.call_values or {}
        return name not in known or (known[name] or False) != (value or False)
