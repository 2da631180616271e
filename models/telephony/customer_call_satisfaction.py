from odoo import models


class CustomerCall(models.Model):
    """The agent sees before picking up whether the caller is dissatisfied."""

    _inherit = "customer.call"

    def _get_popup_standing(self, partner):
        standing = super()._get_popup_standing(partner)
        if standing and partner.customer_satisfaction_state:
            standing |= {
                "satisfaction": partner._get_customer_label("customer_satisfaction_state"),
                "is_dissatisfied": partner.customer_satisfaction_state == "dissatisfied",
            }
        return standing
