from odoo import fields, models


class CustomerSettingsMixin(models.AbstractModel):
    _inherit = "customer.settings.mixin"

    customer_tier_on_invoices = fields.Selection(
        related="company_id.customer_tier_on_invoices", readonly=False
    )
