from odoo import fields, models

from ..models.recommendation.customer_recommendation import REJECT_REASONS


class CustomerRecommendationReject(models.TransientModel):
    """Say why a customer does not want what was recommended."""

    _name = "customer.recommendation.reject"
    _description = "Reject a Recommendation"
    _inherit = "customer.gate.mixin"

    recommendation_ids = fields.Many2many(
        comodel_name="customer.recommendation", required=True, string="Recommendations"
    )
    reason = fields.Selection(selection=REJECT_REASONS, required=True, default="not_needed")
    note = fields.Char(help="Shown with the recommendation.")

    def action_reject(self):
        """Reject them for their customers. Public: button.

        :raise AccessError: when the user does not work with customers
        :raise UserError: something was bought meanwhile
        """
        self.recommendation_ids._reject(self.reason, self.note)
        return {"type": "ir.actions.act_window_close"}
