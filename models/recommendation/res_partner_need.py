from odoo import models


class ResPartner(models.Model):
    """What the customer buys of each product category, beside customers alike."""

    _inherit = "res.partner"

    def action_open_needs(self):
        """Open the customer's needs by product category. Public: button.

        :raise AccessError: when the user may not read the contact
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_category_need_action"
        )
        customer = self.commercial_partner_id
        return action | {
            "domain": [("partner_id", "=", customer.id)],
            "context": {},
            "display_name": self.env._("Needs of %(customer)s", customer=customer.display_name),
        }
