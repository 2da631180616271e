from odoo import models


class CustomerCall(models.Model):
    """The caller complains: write it down while they talk."""

    _inherit = "customer.call"

    def _get_popup(self, user):
        popup = super()._get_popup(user)
        complaints = self.env["customer.complaint"].with_user(user)
        popup["can_create_complaint"] = bool(
            popup.get("partner") and complaints.has_access("create")
        )
        return popup

    def action_create_complaint(self):
        """Open a new complaint of the caller. Public: pop-up, button.

        :return: the action that opens the form, with the contact filled in
        :raise AccessError: for users who may not see the call or write down complaints
        """
        self.ensure_one()
        self.check_access("read")
        self.env["customer.complaint"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaint"),
            "res_model": "customer.complaint",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
