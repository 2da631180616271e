from odoo import api, fields, models

from ..base.access import GROUPS_STANDING


class CrmLead(models.Model):
    """The customer card on leads and opportunities of customers."""

    _inherit = "crm.lead"

    customer_profile_id = fields.Many2one(
        string="Customer value",
        comodel_name="customer.profile",
        compute="_compute_customer_profile_id",
        groups=GROUPS_STANDING,
    )

    @api.depends("partner_id.commercial_partner_id", "company_id")
    @api.depends_context("company", "uid")
    def _compute_customer_profile_id(self):
        """Leads of no company show what the company in use knows; one query per company."""
        profiles = self.env["customer.profile"]
        groups = self.grouped(lambda lead: lead.company_id or self.env.company)
        for company, leads in groups.items():
            found = {}
            if profiles.has_access("read"):
                domain = [
                    ("partner_id", "in", leads.partner_id.commercial_partner_id.ids),
                    ("company_id", "=", company._origin.id),
                ]
                fetched = profiles.search_fetch(domain, ["partner_id"])
                found = {profile.partner_id: profile for profile in fetched}
            for lead in leads:
                customer = lead.partner_id.commercial_partner_id._origin
                lead.customer_profile_id = found.get(customer, profiles)
