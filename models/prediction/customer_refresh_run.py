from odoo import api, models

from ..refresh.customer_refresh_run import UNFINISHED
from .customer_prediction_model import CRON


class CustomerRefreshRun(models.Model):
    """The prediction is made right after a run, on fresh facts: when due, and after large changes.

    The run that a new prediction asks for asks for none: nothing follows itself.
    """

    _inherit = "customer.refresh.run"

    def _advance(self):
        result = super()._advance()
        if self.state == "done":
            models = self.env["customer.prediction.model"]
            if self.reason == "change" and self.compared_count:
                models._request(self.company_id, is_after_change=True)
            elif self.company_id in models._get_due_companies():
                self.env.ref(CRON)._trigger()
        return result

    @api.model
    def _is_computing(self, company):
        """Add the fit and the run that scores with it; before the first fit nothing is outdated."""
        if super()._is_computing(company):
            return True
        models = self.env["customer.prediction.model"].sudo()
        asked = models.search_fetch(
            [
                ("company_id", "=", company.id),
                ("is_after_change", "=", True),
                ("state", "in", ("requested", "active")),
            ],
            ["state"],
        )
        if "requested" in asked.mapped("state"):
            return bool(models._get_active(company))
        scoring = [
            ("company_id", "=", company.id),
            ("reason", "=", "prediction"),
            ("state", "in", UNFINISHED),
        ]
        return bool(asked) and bool(self.sudo().search_count(scoring, limit=1))
