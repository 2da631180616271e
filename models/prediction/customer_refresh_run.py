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
        if self.state == "done" and self.compared_count:
            models = self.env["customer.prediction.model"]
            is_due = self.company_id in models._get_due_companies()
            is_first = is_due and not models._get_active(self.company_id)
            if self.reason == "change" or is_first:
                models._request(self.company_id, is_after_change=True)
            elif is_due:
                self.env.ref(CRON)._trigger()
        return result

    @api.model
    def _is_computing(self, company):
        if super()._is_computing(company):
            return True
        models = self.env["customer.prediction.model"].sudo()
        asked = [("company_id", "=", company.id), ("is_after_change", "=", True)]
        if models.search_count([*asked, ("state", "=", "requested")], limit=1):
            return True
        if not models._get_active(company).is_after_change:
            return False
        scoring = [
            ("company_id", "=", company.id),
            ("reason", "=", "prediction"),
            ("state", "in", UNFINISHED),
        ]
        return bool(self.sudo().search_count(scoring, limit=1))
