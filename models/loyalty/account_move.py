from odoo import models


class AccountMove(models.Model):
    """The text of a tier is printed on the invoices of the customers who held it that day."""

    _inherit = "account.move"

    def _get_tier_text(self):
        """Return the text the customer's tier prints on this document, else an empty one."""
        self.ensure_one()
        changes = self.env["customer.tier.change"]
        return changes._get_text_on(self.commercial_partner_id, self.company_id, self.invoice_date)
