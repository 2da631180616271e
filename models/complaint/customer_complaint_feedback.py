from odoo import fields, models


class CustomerComplaint(models.Model):
    """The answer a complaint began with; customers are asked after it is closed."""

    _inherit = "customer.complaint"

    feedback_id = fields.Many2one(
        string="Low answer",
        comodel_name="customer.feedback",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        copy=False,
        help="What the customer answered when asked; hearing from us about the complaint closes "
        "its loop.",
    )

    def write(self, vals):
        """Close the loop of the answer once the customer has heard from us."""
        result = super().write(vals)
        if vals.get("first_response_date") or vals.get("close_date"):
            for complaint in self.sudo().filtered("feedback_id"):
                user = complaint.user_id if self.env.user.share else self.env.user
                complaint.feedback_id._close_loop(user)
        return result

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
