from odoo import api, models


class CustomerApi(models.AbstractModel):
    """The prediction in the summary for other programs.

    The numbers come with the section ``prediction``, each one as far as the user's groups allow.
    """

    _inherit = "customer.api"

    @api.model
    def _get_standing(self, profile):
        """Add what tells no amounts: why, how sure, how good the model was on the past."""
        model = self.env["customer.prediction.model"]._get_active(self.env.company)
        return super()._get_standing(profile) | {
            "expected_value_class": profile.expected_value_class or "",
            "prediction": {
                "sentence": profile.prediction_sentence or "",
                "reason": profile.prediction_reason or "no_purchase",
                "confidence": profile.prediction_confidence or "",
                "horizon_days": profile.prediction_horizon_days,
                "grade": model.grade or "",
                "date": model.date.isoformat() if model else "",
            },
        }
