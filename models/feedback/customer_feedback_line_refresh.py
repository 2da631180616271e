from odoo import api, models


class CustomerFeedbackLine(models.Model):
    """Levels that are corrected later queue the customer, too."""

    _inherit = "customer.feedback.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._queue_satisfaction()
        return lines

    def write(self, vals):
        self._queue_satisfaction()
        result = super().write(vals)
        self._queue_satisfaction()
        return result

    def unlink(self):
        self._queue_satisfaction()
        return super().unlink()

    def _queue_satisfaction(self):
        self.sudo().feedback_id._enqueue_customers()
