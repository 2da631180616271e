from odoo import models


class ResPartner(models.Model):
    """Contacts are looked up by number and address on each call: Odoo indexes neither."""

    _inherit = "res.partner"

    _customer_phone_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")
    _customer_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
