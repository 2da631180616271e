from odoo import models


class CustomerComplaintStage(models.Model):
    """A stage that begins or ceases to wait for the customer pauses what is in it."""

    _inherit = "customer.complaint.stage"

    def write(self, vals):
        result = super().write(vals)
        if "is_waiting" in vals or "is_solved" in vals:
            complaints = self.env["customer.complaint"].sudo()
            complaints.search([("stage_id", "in", self.ids)])._update_deadlines()
        return result
