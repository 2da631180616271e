from odoo import fields, models

from .customer_feedback_record import LEVELS


class CustomerFeedbackRecordLine(models.TransientModel):
    """Expected and perceived level of one factor, while an answer is being recorded."""

    _name = "customer.feedback.record.line"
    _description = "Level of a Factor"

    record_id = fields.Many2one(
        comodel_name="customer.feedback.record", required=True, ondelete="cascade"
    )
    factor_id = fields.Many2one(
        comodel_name="customer.feedback.factor", required=True, ondelete="cascade"
    )
    expectation = fields.Selection(selection=LEVELS, string="Expected")
    perception = fields.Selection(selection=LEVELS, string="Perceived")
