from odoo import api, models


class CustomerRefreshRun(models.Model):
    """A full run makes the recommendations as well."""

    _inherit = "customer.refresh.run"

    @api.model
    def _get_written_tables(self):
        return [*super()._get_written_tables(), "customer_recommendation"]
