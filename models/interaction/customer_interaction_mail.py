from odoo import api, models


class CustomerInteraction(models.Model):
    """Looks at mails before they become interactions."""

    _name = "customer.interaction"
    _inherit = ["customer.interaction", "customer.mail.screening"]

    @api.model
    def _get_screened_values(self, message, channel):
        return {"needs_answer": not self._is_automatic(message, channel)}
