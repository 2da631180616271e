from odoo import api, fields, models
from odoo.fields import Domain

from ..base.access import GROUPS_STANDING


class ResPartner(models.Model):
    """Customers with an instalment that will likely be paid late, as a filter."""

    _inherit = "res.partner"

    customer_is_likely_late = fields.Boolean(
        string="Likely late",
        compute="_compute_customer_is_likely_late",
        search="_search_customer_is_likely_late",
        groups=GROUPS_STANDING,
        help="An open instalment is not due yet and will rather be paid late than in time.",
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_customer_is_likely_late(self):
        expectations = self.env["customer.payment.expectation"]
        domain = expectations._get_likely_late_domain()
        domain &= Domain("kind", "in", ("invoice", "entry"))
        domain &= Domain("partner_id", "in", self.commercial_partner_id.ids)
        domain &= Domain("company_id", "=", self.env.company.id)
        late = expectations.search(domain).partner_id
        for partner in self:
            partner.customer_is_likely_late = partner.commercial_partner_id in late

    @api.model
    def _search_customer_is_likely_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        expectations = self.env["customer.payment.expectation"]
        company = Domain("company_id", "=", self.env.company.id)
        query = expectations._search_likely_late(company)
        late = Domain("commercial_partner_id", "in", query.subselect("partner_id"))
        return late if True in value else ~late
