from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_cost_per_complaint_hour = fields.Monetary(
        related="company_id.customer_cost_per_complaint_hour", readonly=False
    )
    customer_complaint_reopen_days = fields.Integer(
        related="company_id.customer_complaint_reopen_days", readonly=False
    )
    customer_complaint_is_limited = fields.Boolean(
        related="company_id.customer_complaint_is_limited", readonly=False
    )
    customer_complaint_approval_limit = fields.Monetary(
        related="company_id.customer_complaint_approval_limit", readonly=False
    )
