from odoo import fields, models

from .customer_play_step_mixin import CONTACT_KINDS


class CustomerFeedbackRequest(models.Model):
    _inherit = "customer.feedback.request"

    def _get_obstacle(self):
        """Contacts of plays count in the days to be quiet, as questions do."""
        return super()._get_obstacle() or ("quiet" if self._is_contacted_by_play() else None)

    def _is_contacted_by_play(self):
        self.ensure_one()
        days = self.company_id.sudo().feedback_quiet_days
        actions = self.env["customer.play.action"].sudo()
        return bool(
            actions.search_count(
                [
                    ("kind", "in", CONTACT_KINDS),
                    ("state", "=", "done"),
                    ("done_on", ">", fields.Datetime.subtract(fields.Datetime.now(), days=days)),
                    "|",
                    ("partner_id", "=", self.customer_id.id),
                    ("address", "in", self._get_addresses()),
                ],
                limit=1,
            )
        )
