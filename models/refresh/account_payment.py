from odoo import models


class AccountPayment(models.Model):
    """A payment queues its customer: until its bank statement comes it may have no entry."""

    _name = "account.payment"
    _inherit = ["customer.refresh.source.mixin", "account.payment"]

    _refresh_reason = "payment"
    _refresh_fields = frozenset({"state", "date", "amount", "partner_id", "move_id"})

    def _get_customer_pairs(self):
        """Return (customer id, company id) of payments without entry, by the invoices they pay."""
        payments = self.sudo().filtered(lambda payment: not payment.move_id)
        return payments.invoice_ids._get_customer_pairs()
