from odoo import api, models
from odoo.tools import SQL

from ..base.scope import ALL_DAYS


class AccountMoveLine(models.Model):
    """The cost of goods of credit-note lines: that of the line they give back.

    For the pieces that are not with the customer any more: what came back, or never left; a
    price allowance gives no cost back. The cost of a piece is fixed with its invoice; how many
    pieces came back follows the stock, whichever was first, the credit note or the goods. So the
    refresh settles it from the documents, and posting only does it at once.
    """

    _inherit = "account.move.line"

    @api.model
    def _settle_branch_costs(self, scope):
        """Settle them for the branches as well: their turn may be later than the head office's."""
        profiles = self.env["customer.profile"]
        for company in self.env["res.company"].browse(scope.counted_company_ids):
            own = profiles._get_scope(company, scope.partner_ids, scope.today)
            staged = self.env["customer.work.table"]._stage_documents(own)
            if not staged.is_plain:
                self._settle_credit_costs(staged)

    @api.model
    def _settle_credit_costs(self, scope, move_ids=None):
        """Write the cost of the credit-note lines of a scope where it differs.

        :param scope: with all documents the credit notes may give something back of
        :param move_ids: write lines of these documents only; ``None`` for all of the scope
        :return: number of lines written
        """
        if scope.is_large:
            self._stage_credit_costs(scope.as_of(ALL_DAYS))
        chosen = SQL("TRUE") if move_ids is None else SQL("l.move_id = ANY(%s)", list(move_ids))
        found = self.env.execute_query(
            SQL(
                """SELECT l.id, c.cost, c.source
                     FROM (%(costs)s) c
                     JOIN account_move_line l ON l.id = c.id
                    WHERE l.company_id = %(company)s AND %(chosen)s
                      AND (l.customer_cost, l.customer_cost_source)
                          IS DISTINCT FROM (c.cost, c.source)""",
                costs=self._get_credit_cost_sql(scope),
                company=scope.company_id,
                chosen=chosen,
            )
        )
        if found:
            self._write_credit_costs(found)
        return len(found)

    @api.model
    def _write_credit_costs(self, rows):
        """Write costs that differ; where none does, no lock is taken on the invoices.

        :param rows: (id, cost in company currency, source)
        """
        ids, costs, sources = zip(*rows, strict=True)
        self.env.execute_query(
            SQL(
                """UPDATE account_move_line l
                      SET customer_cost = c.cost, customer_cost_source = c.source
                     FROM unnest(%s::int[], %s::numeric[], %s::varchar[]) AS c(id, cost, source)
                    WHERE l.id = c.id
                RETURNING l.id""",
                list(ids),
                list(costs),
                list(sources),
            )
        )
        self.invalidate_model(["customer_cost", "customer_cost_source"], flush=False)

    @api.model
    def _get_credit_document_sql(self, move_ids):
        """Ids of the documents that decide about the cost of the credit notes among some.

        Those they name or share an order line with, what else names or shares these, and for
        lines by hand those of order lines whose goods came back from the same customer.
        """
        return SQL(
            """WITH near AS (
                SELECT id AS move_id FROM account_move WHERE id = ANY(%(moves)s)
                 UNION
                SELECT reversed_entry_id FROM account_move WHERE id = ANY(%(moves)s)
            ), sibling AS (
                SELECT move_id FROM near WHERE move_id IS NOT NULL
                 UNION
                SELECT id FROM account_move
                 WHERE reversed_entry_id IN (SELECT move_id FROM near)
            ), order_line AS (
                SELECT r.order_line_id
                  FROM account_move_line l
                  JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
                 WHERE l.move_id IN (SELECT move_id FROM sibling)
                 UNION
                SELECT s.sale_line_id
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN res_partner c ON c.id = m.commercial_partner_id
                  JOIN stock_move s ON s.product_id = l.product_id AND s.state = 'done'
                                   AND s.company_id = m.company_id
                  JOIN stock_location f ON f.id = s.location_id AND f.usage = 'customer'
                  JOIN sale_order_line o ON o.id = s.sale_line_id
                  JOIN res_partner p ON p.id = o.order_partner_id
                                    AND p.commercial_partner_id = c.commercial_partner_id
                 WHERE l.move_id = ANY(%(moves)s) AND m.move_type = 'out_refund'
                   AND m.reversed_entry_id IS NULL AND l.display_type = 'product'
            )
            SELECT move_id FROM sibling
             UNION
            SELECT l.move_id
              FROM order_line o
              JOIN sale_order_line_invoice_rel r ON r.order_line_id = o.order_line_id
              JOIN account_move_line l ON l.id = r.invoice_line_id""",
            moves=list(move_ids),
        )

    @api.model
    def _settle_costs_of_moves(self, customers, move_ids):
        """Settle the lines of some posted credit notes at once, in a statement per company.

        :param customers: company id -> ids of their customers
        """
        profiles = self.env["customer.profile"].sudo()
        documents = self._get_credit_document_sql(move_ids)
        written = 0
        for company, partners in customers.items():
            scope = profiles._get_scope(self.env["res.company"].browse(company), partners)
            written += self._settle_credit_costs(scope.of_documents(documents), move_ids)
        return written

    @api.model
    def _get_crediting_sql(self, move_ids):
        """Company and customers of the documents among some with lines that take goods back."""
        return SQL(
            """SELECT d.company_id, ARRAY_AGG(DISTINCT c.commercial_partner_id)
                 FROM account_move d
                 JOIN res_partner c ON c.id = d.commercial_partner_id
                 JOIN account_move_line l ON l.move_id = d.id
                WHERE d.id = ANY(%(moves)s) AND l.move_id = ANY(%(moves)s)
                  AND l.display_type = 'product' AND %(takes_back)s
             GROUP BY d.company_id""",
            moves=list(move_ids),
            takes_back=self._get_takes_back_sql(),
        )

    @api.model
    def _stage_credit_costs(self, scope):
        before = [self.env["customer.profile"]._get_sale_move_sql(scope)]
        self.env["customer.work.table"]._stage_steps(before, self._get_credit_cost_steps(scope))

    @api.model
    def _get_takes_back_sql(self):
        """Tell of a line ``l`` of a document ``d`` whether it may give goods back."""
        return SQL(
            """(l.product_id IS NOT NULL AND %s = 'credit'
                AND (d.move_type = 'out_refund' OR d.reversed_entry_id IS NOT NULL OR EXISTS (
                     SELECT FROM sale_order_line_invoice_rel r WHERE r.invoice_line_id = l.id)))""",
            self.env["customer.given.back"]._get_line_kind_sql(),
        )

    @api.model
    def _get_credit_cost_sql(self, scope):
        """One row per credit line of goods: ``id``, ``cost``, ``source``; company currency.

        The cost is NULL while that of what it gives back is still to be filled in.
        """
        scope = scope.as_of(ALL_DAYS)
        steps = self._get_credit_cost_steps(scope)
        return SQL(
            """WITH %(sale_move)s, %(steps)s, %(cost)s, %(bare)s
            SELECT c.id,
                   CASE WHEN NOT COALESCE(f.is_unknown, FALSE)
                        THEN ROUND(-COALESCE(f.cost, 0), k.decimal_places) END AS cost,
                   CASE WHEN f.is_unknown THEN NULL
                        WHEN COALESCE(f.pieces, 0) = 0 THEN 'kept'
                        WHEN f.is_estimated THEN 'estimated'
                        ELSE 'returned' END AS source
              FROM credit c
              JOIN res_company b ON b.id = %(company)s
              JOIN res_currency k ON k.id = b.currency_id
         LEFT JOIN (SELECT * FROM named_cost UNION ALL SELECT * FROM ordered_cost
                     UNION ALL SELECT * FROM bare_cost) f ON f.id = c.id
             WHERE c.product_id IS NOT NULL
               AND (c.is_refund OR c.named_id IS NOT NULL OR c.order_line_id IS NOT NULL)""",
            sale_move=self.env["customer.profile"]._get_sale_move_sql(scope),
            steps=self.env["customer.work.table"]._get_steps_sql(scope, steps),
            cost=self._get_linked_cost_sql(),
            bare=self._get_bare_cost_sql(),
            company=scope.company_id,
        )

    @api.model
    def _get_credit_cost_steps(self, scope):
        """Return the steps of working it out: CTEs, and the names of what later steps read."""
        return [
            (self._get_credit_source_sql(), ("sold", "source")),
            (self._get_credit_link_sql(), ("linked",)),
            (self._get_credit_stock_sql(scope), ("stock",)),
            (self._get_credit_gone_sql(), ("gone",)),
        ]

    @api.model
    def _get_credit_source_sql(self):
        """CTEs ``sold`` and ``source``: a credit line, and a line of its customer it may give back.

        IS TRUE keeps the look-up of products in a hash: as a join, PostgreSQL would go through
        all credit lines for each line sold wherever it knows nothing of the tables yet.
        """
        return SQL(
            """sold AS (
                SELECT l.*, o.order_line_id, a.customer_cost, a.customer_cost_source
                  FROM sale_line l
                  JOIN account_move_line a ON a.id = l.id
                  JOIN LATERAL (%(order_line)s) o ON TRUE
                 WHERE l.is_sale AND (l.product_id IN (SELECT product_id FROM credit)) IS TRUE
            ), source AS (
                SELECT c.id AS credit_id, s.*
                  FROM credit c
                  JOIN sold s ON s.move_id = c.named_id AND s.product_id = c.product_id
                             AND s.partner_id = c.partner_id
                 WHERE c.order_line_id IS NULL OR s.order_line_id IS NULL
                    OR s.order_line_id = c.order_line_id
                 UNION ALL
                SELECT c.id, s.*
                  FROM credit c
                  JOIN sold s ON s.order_line_id = c.order_line_id
                             AND s.product_id = c.product_id AND s.partner_id = c.partner_id
                 WHERE c.named_id IS NULL
            )""",
            order_line=self.env["customer.given.back"]._get_order_line_sql(),
        )

    @api.model
    def _get_credit_link_sql(self):
        """CTE ``linked``: the order line of goods whose stock decides about a credit line.

        Else the ``key`` of the credits that share the same lines; ``is_full``: not below the
        lowest price of these lines.
        """
        return SQL(
            """linked AS (
                SELECT c.*, g.sold_pieces, g.sold_amount, g.currencies,
                       CASE WHEN t.type <> 'service' THEN g.first_order_line END AS stock_line,
                       CASE WHEN t.type <> 'service' AND g.first_order_line IS NOT NULL
                            THEN (g.first_order_line, 0, 0, 0)::text
                            ELSE (0, COALESCE(c.named_id, 0), c.product_id,
                                  COALESCE(c.order_line_id, 0))::text
                       END AS key,
                       g.lowest IS NULL
                           OR c.size + k.rounding / 2 >= g.lowest * c.size_pieces AS is_full
                  FROM credit c
                  JOIN (SELECT s.credit_id, SUM(s.pieces) AS sold_pieces,
                               SUM(s.amount) AS sold_amount, MIN(s.order_line_id)
                                   AS first_order_line,
                               ARRAY_AGG(DISTINCT s.currency_id) AS currencies,
                               MIN(s.amount / NULLIF(s.pieces, 0)) FILTER (
                                   WHERE s.currency_id = c.currency_id) AS lowest
                          FROM source s
                          JOIN credit c ON c.id = s.credit_id
                      GROUP BY s.credit_id) g ON g.credit_id = c.id
                  JOIN res_currency k ON k.id = c.currency_id
                  JOIN product_product p ON p.id = c.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id
            )"""
        )

    @api.model
    def _get_credit_stock_sql(self, scope):
        """CTE ``stock``: pieces of an order line that came back, and that never left.

        What is made of a kit moves in parts: there Odoo's own delivered quantity counts.
        """
        lines = SQL("SELECT stock_line FROM linked UNION SELECT order_line_id FROM bare_line")
        return SQL(
            """%(shipped)s, stock AS (
                SELECT o.id, COALESCE(s.returned, 0) AS returned,
                       GREATEST(n.pieces - COALESCE(s.gone, k.gone, 0), 0) AS never_left
                  FROM sale_order_line o
             LEFT JOIN all_shipped s ON s.sale_line_id = o.id
             LEFT JOIN LATERAL (
                        SELECT (o.qty_delivered * u.factor)::numeric AS gone
                          FROM uom_uom u
                         WHERE u.id = o.product_uom_id AND EXISTS (
                               SELECT FROM stock_move m WHERE m.sale_line_id = o.id)
                       ) k ON TRUE
                  JOIN LATERAL (
                        SELECT COALESCE(SUM(l.pieces), 0) AS pieces
                          FROM sale_order_line_invoice_rel r
                          JOIN sold l ON l.id = r.invoice_line_id AND l.order_line_id = o.id
                                     AND l.product_id = o.product_id
                         WHERE r.order_line_id = o.id
                       ) n ON TRUE
                 WHERE o.id IN (%(lines)s)
            )""",
            shipped=self.env["customer.profile"]._get_shipped_sql(scope, lines, "all_shipped"),
            lines=lines,
        )
