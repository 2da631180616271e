from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How much fits a day."""

    _inherit = "res.config.settings"

    customer_today_limit = fields.Integer(related="company_id.customer_today_limit", readonly=False)
