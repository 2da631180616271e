from odoo import fields, models


class CustomerSettingsMixin(models.AbstractModel):
    _inherit = "customer.settings.mixin"

    customer_sms_provider = fields.Selection(
        related="company_id.customer_sms_provider", readonly=False
    )
    customer_sms_from_hour = fields.Integer(
        related="company_id.customer_sms_from_hour", readonly=False
    )
    customer_sms_to_hour = fields.Integer(related="company_id.customer_sms_to_hour", readonly=False)
    customer_fax_pattern = fields.Char(related="company_id.customer_fax_pattern", readonly=False)
    customer_fax_sender = fields.Char(related="company_id.customer_fax_sender", readonly=False)
