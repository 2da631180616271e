from odoo import api, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """How much of credit lines is not with the customer any more, and what that cost."""

    _inherit = "account.move.line"

    @api.model
    def _get_credit_gone_sql(self):
        """CTE ``gone``: how many pieces of each credit line are not with the customer any more.

        At the full price both what came back and what never left; below it what came back. With
        no order behind it a credit at the full price is taken at its word; below it only once
        credits cover all that was sold, the latest first.
        """
        return SQL(
            """gone AS (
                SELECT c.*, CASE
                       WHEN c.is_full
                       THEN LEAST(GREATEST(c.room - c.until_full + c.size_pieces, 0),
                                  c.size_pieces)
                       WHEN c.stock_line IS NOT NULL OR c.is_covered
                       THEN LEAST(GREATEST(
                                c.low_room - LEAST(c.all_full, GREATEST(c.room, 0))
                                    - c.until_low + c.size_pieces, 0), c.size_pieces)
                       ELSE 0 END AS gone
                  FROM (SELECT l.*,
                               CASE WHEN stock_line IS NULL THEN group_pieces
                                    ELSE s.returned + s.never_left END AS room,
                               CASE WHEN stock_line IS NULL THEN group_pieces
                                    ELSE s.returned END AS low_room,
                               COALESCE(SUM(size_pieces) FILTER (WHERE is_full)
                                   OVER (PARTITION BY key), 0) AS all_full,
                               SUM(size_pieces) FILTER (WHERE is_full) OVER (
                                   PARTITION BY key ORDER BY invoice_date, move_id, l.id)
                                   AS until_full,
                               SUM(size_pieces) FILTER (WHERE NOT is_full) OVER (
                                   PARTITION BY key
                                   ORDER BY invoice_date DESC, move_id DESC, l.id DESC)
                                   AS until_low,
                               is_one_currency
                                   AND SUM(size) OVER (PARTITION BY key) >= group_amount
                                   AS is_covered
                          FROM (
                                SELECT *, MAX(sold_pieces) OVER (PARTITION BY key)
                                           AS group_pieces,
                                       MAX(sold_amount) OVER (PARTITION BY key) AS group_amount,
                                       BOOL_AND(currencies = ARRAY[currency_id]) OVER (
                                           PARTITION BY key) AS is_one_currency
                                  FROM linked) l
                     LEFT JOIN stock s ON s.id = l.stock_line) c
            )"""
        )

    @api.model
    def _get_known_sql(self):
        """Columns: whether a cost of lines ``s`` is still missing, or was estimated."""
        return SQL(
            "BOOL_OR(s.customer_cost IS NULL) AS is_unknown,"
            " BOOL_OR(s.customer_cost_source = 'estimated') AS is_estimated"
        )

    @api.model
    def _get_linked_cost_sql(self):
        """CTEs ``named_cost``, ``ordered_cost``: id, pieces, cost, and how it is known.

        Of the invoice that is named; else of the oldest lines of the order line that no credit
        note named.
        """
        return SQL(
            """named_cost AS (
                SELECT g.id, g.gone AS pieces,
                       g.gone * SUM(s.customer_cost) / NULLIF(SUM(s.pieces), 0) AS cost, %(known)s
                  FROM gone g
                  JOIN source s ON s.credit_id = g.id
                 WHERE g.named_id IS NOT NULL AND g.gone > 0
              GROUP BY g.id, g.gone
            ), ordered_part AS (
                SELECT s.*, GREATEST(s.pieces - COALESCE(n.pieces, 0), 0) AS part
                  FROM source s
             LEFT JOIN (SELECT named_id, product_id, SUM(gone) AS pieces FROM gone
                      GROUP BY named_id, product_id) n
                    ON n.named_id = s.move_id AND n.product_id = s.product_id
            ), ordered_cost AS (
                SELECT g.id, g.gone AS pieces,
                       SUM(s.customer_cost / NULLIF(s.pieces, 0) * GREATEST(
                           LEAST(g.until, s.until) - GREATEST(g.until - g.gone, s.until - s.part),
                           0)) AS cost, %(known)s
                  FROM (SELECT *, SUM(gone) OVER (PARTITION BY order_line_id
                                   ORDER BY invoice_date, move_id, id) AS until
                          FROM gone WHERE named_id IS NULL) g
                  JOIN (SELECT *, SUM(part) OVER (PARTITION BY credit_id
                                   ORDER BY invoice_date, move_id, id) AS until
                          FROM ordered_part) s ON s.credit_id = g.id
                 WHERE g.gone > 0
              GROUP BY g.id, g.gone
            )""",
            known=self._get_known_sql(),
        )

    @api.model
    def _get_bare_cost_sql(self):
        """CTE ``bare_cost``: of lines by hand, the mean of order lines whose goods came back."""
        return SQL(
            """bare_stock AS (
                SELECT s.partner_id, s.product_id, s.order_line_id,
                       LEAST(MAX(k.returned), MAX(k.returned) + MAX(k.never_left)
                           - COALESCE(MAX(u.gone), 0), SUM(s.pieces)) AS open,
                       SUM(s.pieces) AS pieces, SUM(s.customer_cost) AS cost, %(known)s
                  FROM sold s
                  JOIN stock k ON k.id = s.order_line_id
                  JOIN product_product p ON p.id = s.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id AND t.type <> 'service'
             LEFT JOIN (SELECT stock_line, SUM(gone) AS gone FROM gone GROUP BY stock_line) u
                    ON u.stock_line = s.order_line_id
                 WHERE (s.partner_id, s.product_id) IN (SELECT partner_id, product_id FROM bare)
              GROUP BY s.partner_id, s.product_id, s.order_line_id
            ), bare_cost AS (
                SELECT id, gone AS pieces, gone * unit_cost AS cost, is_unknown, is_estimated
                  FROM (
                        SELECT b.id, LEAST(GREATEST(s.open - SUM(b.size_pieces) OVER (
                                   PARTITION BY b.partner_id, b.product_id
                                   ORDER BY b.invoice_date, b.move_id, b.id) + b.size_pieces, 0),
                                   b.size_pieces) AS gone,
                               s.unit_cost, s.is_unknown, s.is_estimated
                          FROM bare b
                          JOIN (SELECT partner_id, product_id, SUM(open) AS open,
                                       SUM(cost) / NULLIF(SUM(pieces), 0) AS unit_cost,
                                       BOOL_OR(is_unknown) AS is_unknown,
                                       BOOL_OR(is_estimated) AS is_estimated
                                  FROM bare_stock WHERE open > 0
                              GROUP BY partner_id, product_id) s
                            ON s.partner_id = b.partner_id AND s.product_id = b.product_id
                       ) b
                 WHERE gone > 0
            )""",
            known=self._get_known_sql(),
        )
