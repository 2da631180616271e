from odoo import api, models


class CustomerProfile(models.Model):
    _inherit = "customer.profile"

    @api.model
    def _follow_refresh(self, company, facts, scope, tally):
        """Note which aims of account plans are reached."""
        result = super()._follow_refresh(company, facts, scope, tally)
        self.env["customer.account.aim"]._follow_progress(company, scope)
        return result

    def action_open_account_plan(self):
        """Open the plan of the customer, or the form for a new one. Public: button.

        :raise AccessError: for users who may not read plans
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.account.plan"]._open_for(self.partner_id, self.company_id)
