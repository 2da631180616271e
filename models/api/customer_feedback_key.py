from odoo import fields, models


class CustomerFeedbackKey(models.Model):
    """Keys under which other programs have recorded answers: the same key, the same answer."""

    _name = "customer.feedback.key"
    _description = "Request Key of Feedback"
    _is_guarded = True

    company_id = fields.Many2one(comodel_name="res.company", required=True, ondelete="cascade")
    request_key = fields.Char(required=True)
    request_hash = fields.Char(required=True)
    feedback_id = fields.Many2one(
        comodel_name="customer.feedback", ondelete="cascade", index="btree_not_null"
    )

    _request_key_uniq = models.Constraint(
        "UNIQUE(company_id, request_key)", "A request key stands for one answer."
    )
