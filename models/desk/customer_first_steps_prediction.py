from odoo import models
from odoo.fields import Domain

from ...engine.backtest import MIN_CUSTOMERS
from ..guard.digits import write_digits


class CustomerFirstSteps(models.AbstractModel):
    """What the prediction waits for, how good it was, and learning at once."""

    _inherit = "customer.first.steps"

    def _get_prediction_step(self):
        company = self.env.company
        models = self.env["customer.prediction.model"]
        model = models._get_active(company)
        bought = Domain("company_id", "=", company.id) & Domain("occasion_count", ">", 0)
        # With all rights: a number of customers, not who they are.
        count = self.env["customer.profile"].sudo().search_count(bought)
        step = {
            "title": self.env._("Prediction"),
            "what": self.env._(
                "Learns from your invoices who stays, when the next purchase is due and what it "
                "will bring."
            ),
            "cost": self.env._("Nothing: it works by itself and says how often it was right."),
            "switch": count >= MIN_CUSTOMERS,
            "button": self.env._("Learn now"),
            "action": "customer_value.customer_prediction_model_action",
            "action_name": self.env._("How good the prediction is"),
        }
        waiting = Domain("company_id", "=", company.id) & Domain("state", "=", "requested")
        if models.sudo().search_count(waiting, limit=1):
            status = self.env._("Being learned; the customers follow.")
            return step | {"state": "running", "switch": False, "status": status}
        return step | self._get_prediction_state(model, count)

    def _get_prediction_state(self, model, count):
        if model.grade:
            status = self.env._("Grade %(grade)s. %(text)s", grade=model.grade, text=model.summary)
            return {"state": "on", "status": status}
        if count < MIN_CUSTOMERS:
            status = self.env._(
                "Not graded yet: it needs %(needed)s customers with a purchase, and there are "
                "%(count)s.",
                needed=write_digits(self.env, MIN_CUSTOMERS),
                count=write_digits(self.env, count),
            )
            return {"state": "waiting", "status": status}
        status = model and model._get_grade_text()
        status = status or self.env._("Not graded yet: it is made during the next night.")
        return {"state": "waiting", "status": status}

    def _switch_prediction(self, is_on):
        """Learn now, instead of at the end of the month; it cannot be switched off."""
        if is_on:
            self.env["customer.prediction.model"]._request(self.env.company)
