from odoo import fields, models


class CustomerFeedbackRequest(models.Model):
    _inherit = "customer.feedback.request"

    def _get_obstacle(self):
        """SMS somebody wrote to them count in the days to be quiet, as questions do."""
        return super()._get_obstacle() or ("quiet" if self._is_written_to() else None)

    def _is_written_to(self):
        self.ensure_one()
        days = self.company_id.sudo().feedback_quiet_days
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        messages = self.env["customer.outreach.message"]
        return bool(messages._find_written(self.customer_id, (), since)[0])
