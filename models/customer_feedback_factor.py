from odoo import fields, models


class CustomerFeedbackFactor(models.Model):
    """One thing customers expect and perceive: quality, performance, on-time delivery, …"""

    _name = "customer.feedback.factor"
    _description = "Factor of Satisfaction"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    question = fields.Char(translate=True, help="What the customer is asked about it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
