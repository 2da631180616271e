from odoo import api, fields, models

from ..base.access import USER


class ResPartner(models.Model):
    """Contacts show the open plan of their customer in the current company."""

    _inherit = "res.partner"

    customer_account_plan_id = fields.Many2one(
        string="Account plan",
        comodel_name="customer.account.plan",
        compute="_compute_customer_account_plan_id",
        groups=USER,
    )

    @api.depends_context("company", "uid")
    @api.depends("commercial_partner_id")
    def _compute_customer_account_plan_id(self):
        plans = self.env["customer.account.plan"]._find_open(
            self.commercial_partner_id, self.env.company
        )
        for partner in self:
            partner.customer_account_plan_id = plans.get(
                (partner.commercial_partner_id._origin, self.env.company)
            )

    def action_open_account_plan(self):
        """Open the plan of the customer, or the form for a new one. Public: button.

        :raise AccessError: for users who may not read plans
        """
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.account.plan"]._open_for(
            self.commercial_partner_id, self.env.company
        )
