from odoo import models

from ..cost.account_move_line_cost import CREDITS, DELIVERIES, ENTRIES


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
        """Queue orders, too: what is posted changes what is open of them, and whose they are.

        An invoice that goes back to draft stays matched with its payments: a discount taken with
        them is then theirs in whose name they are, until it is posted again.
        """
        if "state" not in vals:
            return super().write(vals)
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        again = sales.filtered("posted_before")
        result = super().write(vals)
        queue = self.env["customer.refresh.queue"]
        queue._note(sales, "order", "_get_order_pairs")
        queue._note(again, "payment", "_get_payer_pairs")
        return result

    def _post(self, soft=True):
        """Note what was really posted: the cost of its lines is fixed before the commit."""
        posted = super()._post(soft)
        sales = posted.filtered(lambda move: move.is_sale_document(include_receipts=True))
        if sales:
            notes = self.env["customer.refresh.queue"]._get_notes()
            notes.setdefault("cost", set()).update(sales.ids)
        return posted

    def _get_order_pairs(self):
        """Return (customer id, company id) of the orders that are invoiced."""
        return self.sudo().line_ids.sale_line_ids.order_id._get_customer_pairs()

    def _get_payer_pairs(self):
        """Return (customer id, company id) in whose names the documents are settled."""
        return self.sudo().line_ids.matched_credit_ids.credit_move_id._get_receivable_pairs()

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
        # A credit note may be made out to another customer than the invoice it names.
        documents |= documents.reversed_entry_id
        return {
            (move.commercial_partner_id.commercial_partner_id.id, move.company_id.id)
            for move in documents
        } | (lines | debts)._get_receivable_pairs()

    def _fix_cost(self):
        """Fix the cost of goods of the product lines as of now: one UPDATE for all moves."""
        lines = self.env["account.move.line"]
        lines._fix_cost_of_moves(self.ids, sources=self._get_cost_sources())

    def _get_cost_sources(self):
        """Return what may decide about the cost of the lines: read from the cache of posting."""
        lines = self.line_ids
        sold = lines.filtered(lambda line: line.display_type == "product")
        linked = sold.filtered("sale_line_ids")
        sources = set()
        if any(line.display_type == "cogs" for line in lines):
            sources.add(ENTRIES)
        if linked:
            sources.add(DELIVERIES)
        if any(move.move_type == "out_refund" or move.reversed_entry_id for move in self) or any(
            line.price_unit < 0 or line.quantity < 0 or line.discount > 100 for line in linked
        ):
            sources.add(CREDITS)
        return sources
