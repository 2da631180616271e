from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_recommendation_lookback_days = fields.Integer(
        related="company_id.customer_recommendation_lookback_days", readonly=False
    )
