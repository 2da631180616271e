from odoo import models


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    def action_interview_lost(self):
        """Record why a customer has left. Public: button."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_value.customer_lost_interview_action_new"
        )
        context = {
            "default_partner_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
        }
        return action | {"context": context}
