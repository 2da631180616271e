from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_cost_per_interaction_minute = fields.Monetary(
        related="company_id.customer_cost_per_interaction_minute", readonly=False
    )
