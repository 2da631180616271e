from odoo import api, fields, models

from ..base.nullable import NullableInteger


class CustomerFeedbackLine(models.Model):
    """The expected and the perceived level of one factor in one answer.

    Levels that are corrected later queue the customer, too.
    """

    _name = "customer.feedback.line"
    _inherit = ["customer.refresh.source.mixin", "customer.export.safe.mixin"]
    _description = "Expectation and Perception of a Factor"
    _is_guarded = True
    _order = "feedback_id, id"
    _refresh_reason = "feedback"

    feedback_id = fields.Many2one(
        comodel_name="customer.feedback", required=True, ondelete="cascade", index=True
    )
    factor_id = fields.Many2one(
        comodel_name="customer.feedback.factor", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="feedback_id.company_id", store=True, index=True)
    expectation = fields.Integer(required=True, aggregator="avg", help="1 to 5")
    perception = fields.Integer(required=True, aggregator="avg", help="1 to 5")
    gap = NullableInteger(
        aggregator="avg",
        compute="_compute_gap",
        store=True,
        precompute=True,
        help="Perceived less expected level.",
    )

    _factor_uniq = models.Constraint(
        "UNIQUE(feedback_id, factor_id)", "A factor can be answered once in an answer."
    )
    _level_range = models.Constraint(
        "CHECK(expectation BETWEEN 1 AND 5 AND perception BETWEEN 1 AND 5)",
        "Expectation and perception are levels from 1 to 5.",
    )

    @api.depends("expectation", "perception")
    def _compute_gap(self):
        for line in self:
            line.gap = line.perception - line.expectation

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the answers the lines belong to."""
        return self.sudo().feedback_id._get_customer_pairs()
