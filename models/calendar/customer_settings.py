from odoo import fields, models


class CustomerSettingsMixin(models.AbstractModel):
    _inherit = "customer.settings.mixin"

    customer_calendar = fields.Selection(related="company_id.customer_calendar", readonly=False)
