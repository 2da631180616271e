from odoo import models
from odoo.tools import SQL

from .scope import where_any


class ResCompany(models.Model):
    """A company counts with its branches, as Odoo adds up what it has invoiced and is owed."""

    _inherit = "res.company"

    def _get_counted_companies(self):
        """Return the companies and the branches below them: whose documents their numbers are of.

        Archived ones too: closing a branch takes no sale away.
        """
        companies = self.sudo().with_context(active_test=False)
        return companies.search([("id", "child_of", self.ids)])

    def _where_counted(self, column):
        """Restrict an SQL column to the companies and their branches."""
        return where_any(column, self._get_counted_companies().ids)
