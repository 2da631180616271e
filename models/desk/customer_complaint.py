from odoo import api, fields, models

from ..base.access import GROUPS_STANDING


class CustomerComplaint(models.Model):
    """Who complains: tier, value and what happened before, on the complaint itself."""

    _inherit = "customer.complaint"

    customer_profile_id = fields.Many2one(
        string="Customer value",
        comodel_name="customer.profile",
        compute="_compute_customer_profile_id",
        groups=GROUPS_STANDING,
    )

    @api.depends("customer_id", "company_id")
    @api.depends_context("uid")
    def _compute_customer_profile_id(self):
        profiles = self.env["customer.profile"]._find_profiles(
            self, lambda complaint: complaint.customer_id
        )
        for complaint, profile in profiles.items():
            complaint.customer_profile_id = profile
