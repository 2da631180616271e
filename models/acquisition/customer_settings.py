from odoo import fields, models


class CustomerSettingsMixin(models.AbstractModel):
    """What is given for referrals."""

    _inherit = "customer.settings.mixin"

    customer_referral_program_id = fields.Many2one(
        related="company_id.customer_referral_program_id",
        readonly=False,
        domain="[('program_type', '=', 'loyalty'), ('company_id', 'in', (company_id, False))]",
    )
    customer_referral_points = fields.Float(
        related="company_id.customer_referral_points", readonly=False
    )
    customer_referral_points_referred = fields.Float(
        related="company_id.customer_referral_points_referred", readonly=False
    )
    customer_referral_least_amount = fields.Monetary(
        related="company_id.customer_referral_least_amount", readonly=False
    )
