from odoo import models

from .customer_prospect_group_build import CRON


class CustomerRefreshRun(models.Model):
    """The groups of prospects are made right after a run, of fresh lifetime values."""

    _inherit = "customer.refresh.run"

    def _advance(self):
        result = super()._advance()
        if self.state == "done":
            self.env.ref(CRON)._trigger()
        return result
