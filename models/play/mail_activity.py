from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Whoever marks the activity of a play as done has made the call."""
        calls = self.env["customer.play.action"].sudo()
        open_calls = [("activity_id", "in", self.ids), ("result", "=", False)]
        calls.search(open_calls)._set_result("done")
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
