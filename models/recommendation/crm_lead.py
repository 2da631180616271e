from odoo import models


class CrmLead(models.Model):
    """What to offer to a lead: as to its customer, else what customers like it buy."""

    _inherit = "crm.lead"

    def action_open_recommendations(self):
        """Open the customer's recommendations, or what customers alike buy. Public: button.

        :raise AccessError: when the user may not read the lead
        """
        self.ensure_one()
        self.check_access("read")
        recommendations = self.env["customer.recommendation"]
        customer = self.partner_id.commercial_partner_id
        company = self.company_id or self.env.company
        if customer and recommendations._count_open(company, customer):
            return recommendations._get_customer_action(customer)
        lines = self.env["customer.lead.product"]._make_for(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What customers like %(lead)s buy", lead=self.display_name),
            "res_model": lines._name,
            "views": [(False, "list")],
            "domain": [("id", "in", lines.ids)],
            "target": "current",
        }
