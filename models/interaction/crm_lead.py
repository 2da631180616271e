from odoo import api, models

MEDIUM_OF_KIND = {"call": "utm.utm_medium_phone", "email": "utm.utm_medium_email"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _get_medium_of_interaction(self, kind):
        """Return the medium of leads that began with such an interaction; may be empty."""
        medium = self.env.ref(MEDIUM_OF_KIND.get(kind, ""), raise_if_not_found=False)
        return medium or self.env["utm.medium"]

    def _get_customer_form_action(self):
        """Return the action that opens one lead."""
        self.ensure_one()
        return self._get_records_action(name=self.env._("Lead"), context={})
