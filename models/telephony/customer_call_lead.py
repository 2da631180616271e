from odoo import models
from odoo.exceptions import UserError


class CustomerCall(models.Model):
    """A caller nobody knows becomes a lead while the call goes on, or after."""

    _inherit = "customer.call"

    def action_create_lead(self):
        """Make a lead of an unknown caller, or open the one made before. Public: pop-up, button.

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
                        contact=call.partner_id.display_name,
                    )
                )
            lead = call.interaction_id.lead_id or leads.create(self._prepare_lead_values())
            call.lead_id = lead
            if call.interaction_id and not call.interaction_id.lead_id:
                call.interaction_id.write(
                    {"lead_id": lead.id, "res_model": "crm.lead", "res_id": lead.id}
                )
        return leads.browse(call.lead_id.id)._get_customer_form_action()

    def _prepare_lead_values(self):
        return {
            "name": self._get_subject(),
            "type": "lead" if self.env.user.has_group("crm.group_use_lead") else "opportunity",
            "phone": self.number,
            "user_id": self.env.uid,
            "company_id": self.company_id.id,
            "medium_id": self.env["crm.lead"]._get_medium_of_interaction("call").id,
        }
