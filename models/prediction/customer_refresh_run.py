from odoo import models

from .customer_prediction_model import CRON


class CustomerRefreshRun(models.Model):
    """A prediction that is due is made right after the nightly run, on fresh facts."""

    _inherit = "customer.refresh.run"

    def _advance(self):
        result = super()._advance()
        if self.state == "done":
            due = self.env["customer.prediction.model"]._get_due_companies()
            if self.company_id in due:
                self.env.ref(CRON)._trigger()
        return result
