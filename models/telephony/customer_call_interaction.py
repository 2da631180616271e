from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError, UserError

OUTCOME_OF_STATE = {"done": "reached", "voicemail": "message_left", "missed": "not_reached"}


class CustomerCall(models.Model):
    """One call, one interaction: made when the call ends, or earlier by who logs it.

    A caller nobody knows becomes a lead while the call goes on, or after.
    """

    _inherit = "customer.call"

    def _prepare_interaction_values(self):
        """Return the values of the interaction that follow from the call as it is known now."""
        self.ensure_one()
        language = self.user_id.lang or self.company_id.partner_id.lang
        waiting = self.direction == "in" and self.state in ("missed", "voicemail")
        return {
            "direction": self.direction,
            "date": self.start_date,
            "duration_minutes": self.duration_minutes,
            "outcome": OUTCOME_OF_STATE.get(self.state, False),
            "needs_answer": waiting,
            "subject": self.with_context(lang=language)._get_subject(),
            "address": self.number,
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id,
        }

    def _get_subject(self):
        number = self.number or self.env._("withheld number")
        if self.direction == "out":
            return self.env._("Call to %(number)s", number=number)
        return self.env._("Call from %(number)s", number=number)

    def _create_interaction(self):
        """Create the interaction of the call, or find the one another program made of it."""
        self.ensure_one()
        key = f"call:{self.call_id}"
        interactions = self.env["customer.interaction"].with_context(mail_create_nosubscribe=True)
        domain = [("company_id", "=", self.company_id.id), ("request_key", "=", key)]
        interaction = interactions.search(domain, limit=1)
        if not interaction:
            values = {
                **self._prepare_interaction_values(),
                "kind": "call",
                "company_id": self.company_id.id,
                "request_key": key,
                **self.lead_id._get_interaction_document(self.company_id),
            }
            try:
                with self.env.cr.savepoint():
                    interaction = interactions.create(values)
            except UniqueViolation as error:
                # Made since this transaction began: Odoo serves the event again, and finds it.
                raise ConcurrencyError(key) from error
            self._log_candidates(interaction)
        self.interaction_id = interaction
        return interaction

    def _log_candidates(self, interaction):
        if self.candidate_ids:
            interaction._message_log(
                body=self.env._(
                    "This number also belongs to %(contacts)s.",
                    contacts=", ".join(contact._get_plain_name() for contact in self.candidate_ids),
                )
            )

    def _update_interaction(self, before):
        """Carry over what later events changed, but nothing that a person has changed since."""
        self.ensure_one()
        interaction = self.interaction_id
        after = self._prepare_interaction_values()
        kept = interaction.read(list(after), load=None)[0]
        changed = {
            name: value
            for name, value in after.items()
            if value != before[name] and (kept[name] or False) == (before[name] or False)
        }
        if changed:
            interaction.write(changed)

    def action_log(self):
        """Open the quick log with what is known of the call. Public: pop-up, button.

        :return: a window action
        :raise AccessError: for users who may not see the call or write interactions
        """
        self.ensure_one()
        self.check_access("read")
        self.env["customer.interaction"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log call"),
            "res_model": "customer.interaction.log",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_call_id": self.id},
        }

    def action_create_lead(self):
        """Make a lead of an unknown caller, or open the one that is there. Public: pop-up, button.

        :return: the action that opens the lead
        :raise AccessError: for users who may not see the call or create leads
        :raise UserError: when the caller is known already
        """
        self.ensure_one()
        self.check_access("read")
        leads = self.env["crm.lead"]
        leads.check_access("create")
        call = self.sudo()._lock_call(self.company_id, self.call_id)
        if not call.lead_id:
            if call.partner_id:
                raise UserError(
                    self.env._(
                        "The number belongs to %(contact)s already: create the opportunity from "
                        "the contact.",
                        contact=call.partner_id._get_plain_name(),
                    )
                )
            call.lead_id = call.interaction_id.lead_id or leads._find_or_create_for_sender(
                "phone", self.number, self.company_id, self._prepare_lead_values()
            )
            if call.interaction_id and not call.interaction_id.lead_id:
                values = call.lead_id._get_interaction_document(self.company_id)
                call.interaction_id.write(values)
        return leads.browse(call.lead_id.id)._get_customer_form_action()

    def _prepare_lead_values(self):
        return {
            "name": self._get_subject(),
            "type": "lead" if self.env.user.has_group("crm.group_use_lead") else "opportunity",
            "phone": self.company_id._get_caller_reader().show(self.number),
            "user_id": self.env.uid,
            "company_id": self.company_id.id,
            "medium_id": self.env["crm.lead"]._get_medium_of_interaction("call").id,
        }
