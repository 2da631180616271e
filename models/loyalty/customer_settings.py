from odoo import fields, models


class CustomerSettingsMixin(models.AbstractModel):
    _inherit = "customer.settings.mixin"

    customer_tier_mail = fields.Boolean(related="company_id.customer_tier_mail", readonly=False)
    customer_tier_mail_template_id = fields.Many2one(
        related="company_id.customer_tier_mail_template_id", readonly=False
    )
    customer_tier_left_mail_template_id = fields.Many2one(
        related="company_id.customer_tier_left_mail_template_id", readonly=False
    )
    customer_tier_invoice_prices = fields.Boolean(
        related="company_id.customer_tier_invoice_prices", readonly=False
    )
