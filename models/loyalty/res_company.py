from odoo import api, models


class ResCompany(models.Model):
    """A new company begins with tiers of its own."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["customer.tier"]._create_default_tiers(companies)
        return companies
