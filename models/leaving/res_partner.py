from odoo import models


class ResPartner(models.Model):
    """What the customer of a contact has stopped buying."""

    _inherit = "res.partner"

    def action_open_stopped_categories(self):
        """Open what the customer does not buy any more. Public: button.

        :raise AccessError: when the user may not read the contact
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_stopped_category_action"
        )
        customer = self.commercial_partner_id
        return action | {
            "domain": [("partner_id", "=", customer.id)],
            "context": {},
            "display_name": self.env._(
                "Not bought any more by %(customer)s", customer=customer._get_plain_name()
            ),
        }
