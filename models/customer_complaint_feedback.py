from odoo import models


class CustomerComplaint(models.Model):
    """Customers are asked after a complaint is closed."""

    _inherit = "customer.complaint"

    def _queue_feedback_requests(self):
        """Have the cron look at once for what to ask after closing.

        Closed complaints are found by their ``close_date`` anyway, when their delay is over:
        this only saves the wait for the next regular run where there is no delay.
        """
        rules = (
            self.env["customer.feedback.rule"]
            .sudo()
            .search(
                [
                    ("cause", "=", "complaint"),
                    ("delay_days", "=", 0),
                    ("company_id", "in", self.company_id.ids),
                ],
                limit=1,
            )
        )
        if rules:
            self.env["customer.feedback.request"]._wake_worker()
