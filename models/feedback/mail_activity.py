from odoo import models

from .customer_feedback_loop import ACTIVITY_TYPE


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Whoever marks the activity of a low answer as done has answered the customer."""
        answered = self.filtered(lambda activity: activity.res_model == "customer.feedback")
        kind = answered and self.env.ref(ACTIVITY_TYPE, raise_if_not_found=False)
        ids = answered.filtered(lambda activity: activity.activity_type_id == kind).mapped("res_id")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        answers = self.env["customer.feedback"].browse(ids).exists()
        if answers._may_handle():
            answers._close_loop(self.env.user)
        return result
