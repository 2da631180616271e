import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..engine.purchase_lines import PurchaseLines


class CustomerPurchaseBook(models.AbstractModel):
    """Loads who bought which product when from posted invoices, in one query."""

    _name = "customer.purchase.book"
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
        if partner_ids is None:
            # There are no statistics on CTEs: a nested loop over all invoices would take minutes.
            self.env.cr.execute(SQL("SET LOCAL enable_nestloop = off"))
        rows = self.env.execute_query(self._get_lines_sql(profiles._get_sale_move_sql(scope)))
        if partner_ids is None:
            self.env.cr.execute(SQL("SET LOCAL enable_nestloop = on"))
        columns = zip(*rows, strict=True) if rows else [()] * 6
        customers, products, days, quantities, revenues, profits = columns
        return PurchaseLines.of(
            customers,
            products,
            days,
            np.array(quantities, dtype=float),
            np.array(revenues, dtype=float),
            np.array(profits, dtype=float),
        )

    @api.model
    def _get_lines_sql(self, sale_move):
        """One row per customer, product and day; down payments are no purchase of a product."""
        return SQL(
            """WITH %s
            SELECT m.partner_id, l.product_id,
                   COALESCE(o.invoice_date, m.invoice_date) - DATE '0001-01-01' + 1 AS day,
                   SUM(COALESCE(l.quantity, 0)
                       * CASE WHEN m.move_type = 'out_refund' THEN -1 ELSE 1 END
                       * COALESCE(lu.factor, pu.factor, 1) / COALESCE(pu.factor, 1))::float8,
                   -SUM(l.balance)::float8,
                   CASE WHEN NOT BOOL_OR(l.customer_cost IS NULL)
                        THEN -SUM(l.balance + l.customer_cost)::float8 END
              FROM sale_move m
              JOIN account_move_line l ON l.move_id = m.id
         LEFT JOIN sale_move o ON o.id = m.reversed_entry_id AND o.partner_id = m.partner_id
              JOIN product_product p ON p.id = l.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
         LEFT JOIN uom_uom pu ON pu.id = t.uom_id
         LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
             WHERE l.display_type = 'product'
               AND NOT COALESCE(l.is_downpayment, FALSE)
          GROUP BY 1, 2, 3""",
            sale_move,
        )
