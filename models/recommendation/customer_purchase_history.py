import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine.recommendation import PurchaseLines
from ..base.facts import read_columns


class CustomerPurchaseHistory(models.AbstractModel):
    """Loads who bought which product when from posted invoices, in one query."""

    _name = "customer.purchase.history"
    _description = "Purchases of Products by Customers"

    @api.model
    def _get_lines(self, company, today, partner_ids=None, scope=None):
        """Return what customers of one company bought up to the end of a day, net of returns.

        What was given back is no purchase, as in the profiles; a credit note that is only money
        takes nothing away. Keys: commercial partner id, ``product.product`` id, day as ordinal.

        :param partner_ids: commercial partners; ``None`` for all
        :param scope: with their documents in work tables, where these are made already
        :rtype: PurchaseLines
        """
        self.env["customer.refresh.queue"]._work_off()
        self.env.flush_all()
        profiles = self.env["customer.profile"].sudo()
        scope = scope or profiles._get_scope(company, partner_ids, today)
        kinds = dict.fromkeys(("partner_id", "product_id", "day"), "int")
        kinds |= dict.fromkeys(("quantity", "revenue", "profit"), "float")
        columns = list(read_columns(self.env.cr, self._get_lines_sql(scope), kinds).values())
        if scope.staged:
            rows = np.isin(columns[0], partner_ids)
            columns = [column[rows] for column in columns]
        return PurchaseLines.of(*columns, unit=company.currency_id.rounding)

    @api.model
    def _get_lines_sql(self, scope):
        """One row per customer, product and day; down payments are no purchase of a product."""
        return SQL(
            """WITH %(sale_move)s, %(bought_line)s
            SELECT b.partner_id, b.product_id, b.invoice_date - DATE '0001-01-01' + 1 AS day,
                   SUM(COALESCE(b.quantity, 0) * b.share
                       * CASE WHEN b.move_type = 'out_refund' THEN -1 ELSE 1 END
                       * COALESCE(lu.factor, pu.factor, 1) / COALESCE(pu.factor, 1)) AS quantity,
                   -SUM(b.balance * b.share) AS revenue,
                   CASE WHEN NOT BOOL_OR(b.customer_cost IS NULL)
                        THEN -SUM((b.balance + b.customer_cost) * b.share) END AS profit
              FROM bought_line b
              JOIN product_product p ON p.id = b.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
         LEFT JOIN uom_uom pu ON pu.id = t.uom_id
         LEFT JOIN uom_uom lu ON lu.id = b.product_uom_id
          GROUP BY 1, 2, 3""",
            sale_move=self._get_kept_move_sql(scope),
            bought_line=self._get_bought_line_sql(),
        )

    @api.model
    def _get_kept_move_sql(self, scope) -> SQL:
        """CTEs up to ``sale_move``, with what is known of lines."""
        if scope.staged != "moves":
            return self.env["customer.profile"]._get_sale_move_sql(scope)
        given_back = self.env["customer.given.back"]
        return SQL(
            "%s, %s, %s",
            given_back._get_document_sql(scope),
            given_back._get_given_back_sql(scope),
            self.env["customer.work.table"]._get_work_sql("sale_move"),
        )

    @api.model
    def _get_bought_line_sql(self) -> SQL:
        """CTE ``bought_line``, after ``sale_move``: lines of purchases, and the share kept (0-1).

        What an invoice takes back of no line that is known has a negative share.
        """
        return SQL(
            """bought_line AS (
                SELECT l.*, 1 - COALESCE(t.taken, 0) / l.amount AS share
                  FROM (%s) l
                  JOIN sale_move m ON m.id = l.move_id AND m.is_purchase
             LEFT JOIN taken t ON t.id = l.id
                 WHERE l.is_sale AND l.amount > 0
                   AND l.amount - COALESCE(t.taken, 0) > 0
                 UNION ALL
                SELECT c.id, c.move_id, c.partner_id, c.invoice_date, d.move_type, c.product_id,
                       c.amount, c.is_sale, l.quantity, l.balance, l.customer_cost,
                       l.product_uom_id, 1 - COALESCE(u.used, 0) / c.size AS share
                  FROM credit c
                  JOIN sale_document d ON d.id = c.move_id
                  JOIN account_move_line l ON l.id = c.id
             LEFT JOIN used u ON u.id = c.id
                 WHERE NOT c.is_refund AND c.named_id IS NULL AND c.size > COALESCE(u.used, 0)
            )""",
            self.env["customer.given.back"]._get_kind_line_sql(),
        )
