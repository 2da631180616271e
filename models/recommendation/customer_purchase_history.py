import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine.recommendation import PurchaseLines

PART_SIZE = 50_000


class CustomerPurchaseHistory(models.AbstractModel):
    """Loads who bought which product when from posted invoices, in one query."""

    _name = "customer.purchase.history"
    _description = "Purchases of Products by Customers"

    @api.model
    def _get_lines(self, company, today, partner_ids=None):
        """Return what customers of one company bought up to the end of a day, net of returns.

        The same documents and amounts the profiles are made of. A credit note that names its
        invoice counts on that invoice's day. Keys: commercial partner id, ``product.product``
        id, day as ordinal.

        :param partner_ids: commercial partners; ``None`` for all
        :rtype: PurchaseLines
        """
        self.env.flush_all()
        profiles = self.env["customer.profile"].sudo()
        scope = profiles._get_scope(company, partner_ids, today)
        # Millions of lines as Python objects would not fit into a worker: arrays, part by part.
        parts = [np.zeros((0, 6))]
        self.env.cr.execute(self._get_lines_sql(scope))
        while rows := self.env.cr.fetchmany(PART_SIZE):
            parts.append(np.array(rows, dtype=float))  # an unknown profit becomes NaN
        return PurchaseLines.of(*np.concatenate(parts).T)

    @api.model
    def _get_lines_sql(self, scope):
        """One row per customer, product and day; down payments are no purchase of a product.

        A credit note is dated as the invoice of the same customer that it names, if any.
        """
        return SQL(
            """WITH %(contact)s
            SELECT c.partner_id, l.product_id,
                   CASE WHEN op.id IS NULL THEN m.invoice_date ELSE o.invoice_date END
                       - DATE '0001-01-01' + 1 AS day,
                   SUM(COALESCE(l.quantity, 0)
                       * CASE WHEN m.move_type = 'out_refund' THEN -1 ELSE 1 END
                       * COALESCE(lu.factor, pu.factor, 1) / COALESCE(pu.factor, 1))::float8,
                   -SUM(l.balance)::float8,
                   CASE WHEN NOT BOOL_OR(l.customer_cost IS NULL)
                        THEN -SUM(l.balance + l.customer_cost)::float8 END
              FROM contact c
              JOIN account_move m ON m.commercial_partner_id = c.id
              JOIN account_move_line l ON l.move_id = m.id
              JOIN product_product p ON p.id = l.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
         LEFT JOIN uom_uom pu ON pu.id = t.uom_id
         LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
         LEFT JOIN account_move o ON o.id = m.reversed_entry_id AND o.state = 'posted'
                                 AND o.invoice_date <= %(today)s
         LEFT JOIN res_partner op ON op.id = o.commercial_partner_id
                                 AND op.commercial_partner_id = c.partner_id
             WHERE %(companies)s
               AND m.state = 'posted'
               AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND m.invoice_date <= %(today)s
               AND l.display_type = 'product'
               AND NOT COALESCE(l.is_downpayment, FALSE)
          GROUP BY 1, 2, 3""",
            contact=self.env["customer.profile"]._get_contact_sql(scope),
            companies=scope.where_company(SQL("m.company_id")),
            today=scope.today,
        )
