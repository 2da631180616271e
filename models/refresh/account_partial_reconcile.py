from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # Customers are asked about invoices just paid: the cron looks for them every hour.
    _customer_matched_idx = models.Index("(company_id, create_date)")

    @api.model_create_multi
    def create(self, vals_list):
        """Queue the customer of a payment."""
        partials = super().create(vals_list)
        self.env["customer.refresh.queue"]._enqueue(partials._get_customer_pairs(), "payment")
        return partials

    def unlink(self):
        """Queue the customer of a payment that is taken back."""
        pairs = self._get_customer_pairs()
        result = super().unlink()
        self.env["customer.refresh.queue"]._enqueue(pairs, "payment")
        return result

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the sale documents that are reconciled."""
        lines = self.sudo().debit_move_id | self.sudo().credit_move_id
        return lines.move_id._get_customer_pairs()
