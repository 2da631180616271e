from odoo import models


class AccountMove(models.Model):
    """Posting, going back to draft, cancelling and changed dates queue the customer."""

    _name = "account.move"
    _inherit = ["customer.refresh.source.mixin", "account.move"]

    _refresh_reason = "invoice"
    _refresh_fields = frozenset(
        {
            "state",
            "date",
            "invoice_date",
            "invoice_date_due",
            "partner_id",
            "commercial_partner_id",
            "company_id",
            "reversed_entry_id",
            "matched_payment_ids",
        }
    )

    _customer_idx = models.Index(
        "(commercial_partner_id, company_id, invoice_date) WHERE state = 'posted' "
        "AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )

    def write(self, vals):
        """Queue orders, too: what is posted changes what is open of them, and whose they are."""
        result = super().write(vals)
        if "state" in vals:
            sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
            sales.sudo().line_ids.sale_line_ids.order_id._queue_customers()
        return result

    def action_post(self):
        """Queue the customers once, whatever posting changes: down payments write to orders too."""
        with self.env["customer.refresh.queue"]._collecting("invoice"):
            return super().action_post()

    def _post(self, soft=True):
        """Fix the cost of the lines that were really posted."""
        with self.env["customer.refresh.queue"]._collecting("invoice"):
            posted = super()._post(soft)
        posted.filtered(lambda move: move.is_sale_document(include_receipts=True))._fix_cost()
        return posted

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the posted sale documents among the moves.

        And of those whose receivables other posted entries change: payments, opening balances;
        whoever paid, it is the debts they settle that count.
        """
        posted = self.sudo().filtered(lambda move: move.state == "posted")
        documents = posted.filtered(lambda move: move.is_sale_document(include_receipts=True))
        lines = (posted - documents).line_ids
        debts = lines.matched_debit_ids.debit_move_id
        documents |= debts.move_id.filtered(
            lambda move: move.is_sale_document(include_receipts=True)
        )
        return {
            (move.commercial_partner_id.commercial_partner_id.id, move.company_id.id)
            for move in documents
        } | (lines | debts)._get_receivable_pairs()

    def _fix_cost(self):
        """Fix the cost of goods of the product lines as of now: one UPDATE for all moves."""
        self.env["account.move.line"]._fix_cost_of_moves(self.ids)
