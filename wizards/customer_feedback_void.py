from odoo import fields, models


class CustomerFeedbackVoid(models.TransientModel):
    """Take an answer out of all numbers, with a reason."""

    _name = "customer.feedback.void"
    _description = "Void Feedback"
    _inherit = "customer.gate.mixin"

    feedback_id = fields.Many2one(
        comodel_name="customer.feedback",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Char(required=True, help="Shown with the answer, which itself stays.")

    def action_void(self):
        """Void the answer. Public: button.

        :raise AccessError: for anybody but managers
        :raise UserError: without a reason
        """
        self.feedback_id._void(self.reason)
        return {"type": "ir.actions.act_window_close"}
