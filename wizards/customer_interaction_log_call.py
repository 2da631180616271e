from odoo import Command, api, fields, models


class CustomerInteractionLog(models.TransientModel):
    """Log a call that rings, goes on or is over: it becomes the one interaction of the call.

    Meanwhile the telephone system may tell more of the call, or end it. So of what the window
    was filled with, only what the person has changed is written.
    """

    _inherit = "customer.interaction.log"

    call_id = fields.Many2one(comodel_name="customer.call", ondelete="cascade", readonly=True)
    call_values = fields.Json(
        readonly=True, help="What was known of the call when the window was opened."
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        call = self.env["customer.call"].browse(values.get("call_id"))
        if call:
            call.check_access("read")
            values |= self._prepare_call(call)
        return values

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
        lead = call.sudo(False).lead_id
        if lead and lead.has_access("read"):
            values |= {"document_model": lead._name, "document_ids": lead.ids}
        return values

    def action_save(self):
        """Record the interactions; what was logged of a call before cannot be undone here."""
        is_known = bool(self.call_id.sudo().interaction_id)
        action = super().action_save()
        if not is_known:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": action["params"]["message"],
                "next": action["params"]["next"],
            },
        }

    def _get_targets(self):
        """Log the call of somebody nobody knows, too: it has a number."""
        if self.call_id and not self.partner_ids:
            documents = self._get_documents()
            documents.check_access("read")
            return [(self.partner_ids, documents)]
        return super()._get_targets()

    def _create_interactions(self, targets):
        if not self.call_id:
            return super()._create_interactions(targets)
        return self._log_call(*targets[0]) | super()._create_interactions(targets[1:])

    def _log_call(self, contact, document):
        """Write what the person has entered to the interaction of the call, made if need be."""
        self.call_id.check_access("read")
        self.env["customer.interaction"].check_access("create")
        call = self.call_id.sudo().with_company(self.call_id.company_id)
        call = call._lock_call(call.company_id, call.call_id)
        interaction = call.interaction_id or call._create_interaction()
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
