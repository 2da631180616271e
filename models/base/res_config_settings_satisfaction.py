from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_satisfaction_weight_rating = fields.Float(
        related="company_id.customer_satisfaction_weight_rating", readonly=False
    )
    customer_satisfaction_weight_nps = fields.Float(
        related="company_id.customer_satisfaction_weight_nps", readonly=False
    )
    customer_satisfaction_weight_gap = fields.Float(
        related="company_id.customer_satisfaction_weight_gap", readonly=False
    )
    customer_satisfaction_weight_delivery = fields.Float(
        related="company_id.customer_satisfaction_weight_delivery", readonly=False
    )
    customer_satisfaction_weight_complaints = fields.Float(
        related="company_id.customer_satisfaction_weight_complaints", readonly=False
    )
    customer_satisfaction_half_life = fields.Integer(
        related="company_id.customer_satisfaction_half_life", readonly=False
    )
    customer_satisfaction_delighted = fields.Float(
        related="company_id.customer_satisfaction_delighted", readonly=False
    )
    customer_satisfaction_satisfied = fields.Float(
        related="company_id.customer_satisfaction_satisfied", readonly=False
    )
    customer_satisfaction_gap = fields.Float(
        related="company_id.customer_satisfaction_gap", readonly=False
    )
