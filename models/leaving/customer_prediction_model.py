from odoo import fields, models

from ...engine.recommendation import UsualLimits


class CustomerPredictionModel(models.Model):
    """The fit also learns how long customers usually pause in each product category."""

    _inherit = "customer.prediction.model"

    category_limits = fields.Json(readonly=True, groups="base.group_system")

    def _follow_purchases(self, lines):
        result = super()._follow_purchases(lines)
        stopped = self.env["customer.stopped.category"]
        usual = UsualLimits.of(lines, stopped._get_categories(lines.products))
        self.category_limits = usual.to_json()
        return result
