from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    customer_discount_percent = fields.Float(
        related="company_id.customer_discount_percent", readonly=False
    )
    customer_retention_contact_uplift_percent = fields.Float(
        related="company_id.customer_retention_contact_uplift_percent", readonly=False
    )
    customer_retention_offer_uplift_percent = fields.Float(
        related="company_id.customer_retention_offer_uplift_percent", readonly=False
    )
    customer_retention_contact_cost = fields.Monetary(
        related="company_id.customer_retention_contact_cost", readonly=False
    )
    customer_retention_offer_cost = fields.Monetary(
        related="company_id.customer_retention_offer_cost", readonly=False
    )
