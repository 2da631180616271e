from odoo import fields, models


class CustomerSettingsMixin(models.AbstractModel):
    """How much fits a day."""

    _inherit = "customer.settings.mixin"

    customer_today_limit = fields.Integer(related="company_id.customer_today_limit", readonly=False)
