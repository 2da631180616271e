from odoo import models


class CustomerTierChange(models.Model):
    """Mails about the tier: who wants none is noted on the contact."""

    _name = "customer.tier.change"
    _inherit = ["customer.optout.link.mixin", "customer.tier.change"]

    def _opt_out(self):
        self.partner_id.customer_tier_mail_optout = True
