from odoo import models


class MailMessage(models.Model):
    """Who was written to today is read each time the page Today is opened."""

    _inherit = "mail.message"

    _customer_written_idx = models.Index(
        "(date) WHERE message_type IN ('comment', 'email_outgoing')"
    )
