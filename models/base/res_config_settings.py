from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_delivery_tolerance_days = fields.Integer(
        related="company_id.customer_delivery_tolerance_days", readonly=False
    )
    customer_cost_per_order_line = fields.Monetary(
        related="company_id.customer_cost_per_order_line", readonly=False
    )
    customer_cost_per_delivery = fields.Monetary(
        related="company_id.customer_cost_per_delivery", readonly=False
    )
    customer_cost_per_return = fields.Monetary(
        related="company_id.customer_cost_per_return", readonly=False
    )
    customer_capital_cost_percent = fields.Float(
        related="company_id.customer_capital_cost_percent", readonly=False
    )
    customer_tier_period = fields.Selection(
        related="company_id.customer_tier_period", readonly=False
    )
    customer_tier_period_months = fields.Integer(
        related="company_id.customer_tier_period_months", readonly=False
    )
    customer_tier_grace_days = fields.Integer(
        related="company_id.customer_tier_grace_days", readonly=False
    )
