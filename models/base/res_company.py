from odoo import api, fields, models
from odoo.fields import Domain

from .scope import where_any


class ResCompany(models.Model):
    """A company counts with its branches, as Odoo adds up what it has invoiced and is owed."""

    _inherit = "res.company"

    customer_counted_above = fields.Boolean(
        string="In the numbers of a company above",
        compute="_compute_customer_counted_above",
        search="_search_customer_counted_above",
        help="A company above it is chosen as well: lists of both would count its documents twice.",
    )

    @api.depends_context("allowed_company_ids")
    @api.depends("parent_path")
    def _compute_customer_counted_above(self):
        chosen = self.env.companies
        for company in self:
            above = company.sudo().parent_ids - company
            company.customer_counted_above = bool(above & chosen)

    @api.model
    def _search_customer_counted_above(self, operator, value):
        if operator != "in":
            return NotImplemented
        chosen = self.env.companies
        counted = chosen._get_counted_companies()
        below = counted.filtered(lambda company: (company.parent_ids - company) & chosen)
        return Domain("id", "in" if True in value else "not in", below.ids)

    def _get_counted_companies(self):
        """Return the companies and the branches below them: whose documents their numbers are of.

        Archived ones too: closing a branch takes no sale away.
        """
        companies = self.sudo().with_context(active_test=False)
        return companies.search([("id", "child_of", self.ids)])

    def _where_counted(self, column):
        """Restrict an SQL column to the companies and their branches."""
        return where_any(column, self._get_counted_companies().ids)
