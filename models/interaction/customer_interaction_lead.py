from odoo import fields, models
from odoo.exceptions import UserError


class CustomerInteraction(models.Model):
    """Who nobody knows yet becomes a lead, once, or an existing contact."""

    _inherit = "customer.interaction"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    call_ids = fields.One2many(comodel_name="customer.call", inverse_name="interaction_id")

    def action_create_lead(self):
        """Make a lead of an unknown sender, or open the one made before. Public: button.

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
                        contact=self.partner_id.display_name,
                    )
                )
            calls = self.call_ids.sudo()
            self.lead_id = calls.lead_id[:1] or self.env["crm.lead"].create(
                self._prepare_lead_values()
            )
            calls.lead_id = self.lead_id
            if not self.res_model:
                self.write({"res_model": "crm.lead", "res_id": self.lead_id.id})
        return self.lead_id._get_customer_form_action()

    def _prepare_lead_values(self):
        is_mail = "@" in (self.address or "")
        return {
            "name": self.subject,
            "type": "lead" if self.env.user.has_group("crm.group_use_lead") else "opportunity",
            "phone": False if is_mail else self.address,
            "email_from": self.address if is_mail else False,
            "team_id": self.team_id.id or False,
            "user_id": self.env.uid,
            "company_id": self.company_id.id,
            "medium_id": self.env["crm.lead"]._get_medium_of_interaction(self.kind).id,
        }
