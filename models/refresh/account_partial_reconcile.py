from odoo import models


class AccountPartialReconcile(models.Model):
    """A payment, and a payment that is taken back, queue the customer."""

    _name = "account.partial.reconcile"
    _inherit = ["customer.refresh.source.mixin", "account.partial.reconcile"]

    _refresh_reason = "payment"
    _refresh_fields = frozenset()  # a reconciliation is made and undone, not changed

    # Customers are asked about invoices just paid: the cron looks for them every hour.
    _customer_matched_idx = models.Index("(company_id, create_date)")

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the documents and debts that are reconciled."""
        lines = self.sudo().debit_move_id | self.sudo().credit_move_id
        documents = lines.move_id.filtered(lambda move: move.move_type != "entry")
        return documents._get_customer_pairs() | lines._get_receivable_pairs()
