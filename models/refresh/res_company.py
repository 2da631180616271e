from odoo import models


class ResCompany(models.Model):
    """A setting that changes measures has all customers of the company refreshed."""

    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if not self._get_refresh_settings().isdisjoint(vals):
            self._request_full_refresh()
        return result

    def _request_full_refresh(self):
        """Refresh all customers of the companies in the background, starting now."""
        self.env["customer.refresh.run"]._request(self)
