from odoo import api, models
from odoo.tools import SQL

from ..guard.transaction_notes import watched


class CustomerRefreshSourceMixin(models.AbstractModel):
    """A document whose making, change and deletion queue the customers it counts for.

    Put it first in ``_inherit``: what others do when a record is saved then comes before, and
    the customers are those of the finished record.
    """

    _name = "customer.refresh.source.mixin"
    _description = "Source of Customer Measures"

    # Technical word that tells administrators where a row of the queue came from.
    _refresh_reason = None
    # Fields whose change changes what the customer is worth; None: all of them.
    _refresh_fields = None

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._queue_customers()
        return records

    def write(self, vals):
        """Queue the customers before and after a change that counts."""
        if self._refresh_fields is not None and self._refresh_fields.isdisjoint(vals):
            return super().write(vals)
        before = self._get_pairs_before()
        result = super().write(vals)
        self._queue_customers(before)
        return result

    def unlink(self):
        pairs = self._get_pairs_before()
        result = super().unlink()
        self._enqueue_pairs(pairs)
        return result

    def _queue_customers(self, others=frozenset()):
        """Queue the customers the records will have in the end, and others that just lost one."""
        self._enqueue_pairs(others)
        self.env["customer.refresh.queue"]._note(self, self._refresh_reason)

    def _get_pairs_before(self):
        """Return the pairs before a change; none if that fails, for it must not stop the change."""
        with watched(self.env, f"{self._name}._get_customer_pairs"):
            return self._get_customer_pairs()
        return set()

    @api.model
    def _enqueue_pairs(self, pairs):
        self.env["customer.refresh.queue"]._enqueue(pairs, self._refresh_reason)

    def _get_customer_pairs(self):
        """Return (customer id, company id) of the records whose customer is known."""
        return {
            (record.customer_id.id, record.company_id.id)
            for record in self.sudo()
            if record.customer_id
        }

    @api.model
    def _get_buyer_pairs(self, products):
        """Return (customer id, company id) of posted sale documents with some products.

        Products that become, or cease to be, a means of payment change what was bought.
        """
        if not products:
            return set()
        self.env["account.move.line"].flush_model(["product_id", "move_id"])
        self.env["account.move"].flush_model(["state", "move_type", "commercial_partner_id"])
        return set(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT p.commercial_partner_id, m.company_id
                         FROM account_move_line l
                         JOIN account_move m ON m.id = l.move_id
                         JOIN res_partner p ON p.id = m.commercial_partner_id
                        WHERE l.product_id = ANY(%s) AND l.display_type = 'product'
                          AND m.state = 'posted'
                          AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""",
                    products.ids,
                )
            )
        )
