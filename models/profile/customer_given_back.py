from odoo import api, models
from odoo.tools import SQL

from ..base.scope import Scope


class CustomerGivenBack(models.AbstractModel):
    """What credit notes take back of the lines of invoices, in SQL for any number of customers.

    In this order: the credit note names the invoice; both share an order line; goods came back
    for the order line. Oldest first, in the currency of the documents; where these differ, in
    pieces. Every credit is used once. A credit note that names nothing, or another document, is
    money: it takes nothing back. Source: docs/formulas.md, *Sales*.
    """

    _name = "customer.given.back"
    _description = "What Credit Notes Give Back"

    @api.model
    def _get_given_back_sql(self, scope: Scope) -> SQL:
        """CTEs from ``sale_document``, which stands before, up to ``given_back``.

        ``goods``: one row per document, as if nothing was given back; ``sale_line``: product lines
        with their ``kind`` of the few documents where something may be, ``entangled``;
        ``given_back``: of these, what is ``kept`` of the goods, in the document's currency.
        """
        if scope.is_plain:
            return SQL("%s, %s", self._get_goods_sql(scope), self._get_nothing_sql())
        steps = self._get_given_back_steps(scope)
        return SQL(
            "%s, %s, %s",
            self._get_goods_sql(scope),
            self._get_sale_line_sql(scope),
            self.env["customer.work.table"]._get_steps_sql(scope, steps),
        )

    @api.model
    def _get_nothing_sql(self) -> SQL:
        """CTEs of :meth:`_get_kept_sql` and what else is read of lines where nothing came back."""
        return SQL(
            """naming AS (
                SELECT NULL::int AS named_id, NULL::numeric AS goods, NULL::numeric AS pieces,
                       NULL::numeric AS everything WHERE FALSE
            ), given_back AS (
                SELECT NULL::int AS move_id, NULL::bool AS has_goods, NULL::numeric AS kept,
                       NULL::numeric AS taken, NULL::numeric AS goods, NULL::numeric AS pieces,
                       NULL::numeric AS everything WHERE FALSE
            ), taken AS (
                SELECT NULL::int AS id, NULL::numeric AS taken WHERE FALSE
            ), used AS (
                SELECT NULL::int AS id, NULL::numeric AS used WHERE FALSE
            ), credit AS (
                SELECT NULL::int AS id, NULL::int AS move_id, NULL::int AS partner_id,
                       NULL::date AS invoice_date, NULL::int AS product_id, NULL::numeric AS amount,
                       NULL::bool AS is_sale, NULL::bool AS is_refund, NULL::int AS named_id,
                       NULL::numeric AS size WHERE FALSE
            )"""
        )

    @api.model
    def _get_given_back_steps(self, scope: Scope):
        """Return the steps of working it out: CTEs, and the names of what later steps read."""
        return [
            (self._get_named_sql(), ("taken_1",)),
            (self._get_ordered_sql(), ("taken_2", "used")),
            (self._get_returned_sql(scope), ("bare", "bare_line", "taken")),
            (self._get_kept_sql(), ("naming", "given_back")),
        ]

    @api.model
    def _get_taken_sql(self, name, supply, demand) -> SQL:
        """CTE ``name``: ``id`` and ``taken`` amount of lines, oldest first, from their group.

        :param supply: CTE with key, size, size_pieces, currency_id of what credits give
        :param demand: CTE with key, id, amount, pieces, currency_id, and the parts still to be
            taken: open, open_pieces
        """
        return SQL(
            """%(name)s AS (
                SELECT d.id, CASE
                       WHEN g.low = g.high AND d.low = d.high AND g.low = d.low
                       THEN LEAST(GREATEST(g.size - d.until + d.open, 0), d.open)
                       ELSE d.amount / NULLIF(d.pieces, 0)
                           * LEAST(GREATEST(g.size_pieces - d.until_pieces + d.open_pieces, 0),
                                   d.open_pieces) END AS taken
                  FROM (SELECT d.*, MIN(currency_id) OVER (PARTITION BY key) AS low,
                               MAX(currency_id) OVER (PARTITION BY key) AS high,
                               SUM(open) OVER age AS until,
                               SUM(open_pieces) OVER age AS until_pieces
                          FROM %(demand)s d
                        WINDOW age AS (PARTITION BY key ORDER BY invoice_date, move_id, id)) d
                  JOIN (SELECT key, SUM(size) AS size, SUM(size_pieces) AS size_pieces,
                               MIN(currency_id) AS low, MAX(currency_id) AS high
                          FROM %(supply)s GROUP BY key) g ON g.key = d.key
            )""",
            name=SQL.identifier(name),
            supply=SQL.identifier(supply),
            demand=SQL.identifier(demand),
        )

    @api.model
    def _get_named_sql(self) -> SQL:
        """CTEs up to ``taken_1``: credit notes that name the document.

        Each product takes from its own lines; what is more, from all lines of the document.
        """
        return SQL(
            """named_supply AS (
                SELECT (c.named_id, COALESCE(c.product_id, 0)) AS key, c.named_id, c.size,
                       c.size_pieces, c.currency_id
                  FROM credit c
                  JOIN sale_document d ON d.id = c.named_id AND d.partner_id = c.partner_id
            ), named_demand AS (
                SELECT (move_id, COALESCE(product_id, 0)) AS key, id, move_id, invoice_date,
                       currency_id, amount, pieces, amount AS open, pieces AS open_pieces
                  FROM sale_line
                 WHERE is_sale AND move_id IN (SELECT named_id FROM named_supply)
            ), %(named)s, rest_supply AS (
                SELECT s.named_id AS key, d.currency_id, NULL::numeric AS size_pieces,
                       CASE WHEN t.key IS NULL OR s.is_same
                            THEN GREATEST(s.size - COALESCE(t.size, 0), 0) ELSE 0 END AS size
                  FROM (SELECT s.key, s.named_id, BOOL_AND(s.currency_id = d.currency_id)
                                   AS is_same,
                               SUM(s.size) FILTER (WHERE s.currency_id = d.currency_id) AS size
                          FROM named_supply s
                          JOIN sale_document d ON d.id = s.named_id
                      GROUP BY s.key, s.named_id) s
                  JOIN sale_document d ON d.id = s.named_id
             LEFT JOIN (SELECT key, SUM(amount) AS size FROM named_demand GROUP BY key) t
                    ON t.key = s.key
            ), rest_demand AS (
                SELECT d.move_id AS key, d.id, d.move_id, d.invoice_date, d.currency_id, d.amount,
                       d.pieces, d.amount - COALESCE(t.taken, 0) AS open,
                       NULL::numeric AS open_pieces
                  FROM named_demand d
             LEFT JOIN named t ON t.id = d.id
            ), %(rest)s, taken_1 AS (
                SELECT id, SUM(taken) AS taken
                  FROM (SELECT * FROM named UNION ALL SELECT * FROM rest) t
              GROUP BY id
            )""",
            named=self._get_taken_sql("named", "named_supply", "named_demand"),
            rest=self._get_taken_sql("rest", "rest_supply", "rest_demand"),
        )

    @api.model
    def _get_ordered_sql(self) -> SQL:
        """CTEs up to ``taken_2``: credit notes of an order; ``used``: what invoices used of theirs.

        An invoice that takes goods back beside what it sells uses what it can for earlier ones;
        the rest lowers what it sells itself.
        """
        return SQL(
            """order_supply AS (
                SELECT (order_line_id, partner_id) AS key, *
                  FROM credit
                 WHERE named_id IS NULL AND order_line_id IS NOT NULL
            ), order_demand AS (
                SELECT s.key, l.id, l.move_id, l.invoice_date, l.currency_id,
                       l.amount, l.pieces, l.amount - COALESCE(t.taken, 0) AS open,
                       l.pieces * (l.amount - COALESCE(t.taken, 0)) / NULLIF(l.amount, 0)
                           AS open_pieces
                  FROM (SELECT DISTINCT key, order_line_id, partner_id FROM order_supply) s
                  JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.order_line_id
                  JOIN sale_line l ON l.id = r.invoice_line_id AND l.is_sale
                                  AND l.partner_id = s.partner_id
                  JOIN LATERAL (%(order_line)s) o ON o.order_line_id = s.order_line_id
             LEFT JOIN taken_1 t ON t.id = l.id
            ), %(ordered)s, taken_2 AS (
                SELECT id, SUM(taken) AS taken
                  FROM (SELECT * FROM taken_1 UNION ALL SELECT * FROM ordered) t
              GROUP BY id
            ), used AS (
                SELECT c.id, CASE WHEN d.key IS NULL THEN 0
                                  WHEN d.low = d.high AND c.low = c.high AND c.low = d.low
                                  THEN LEAST(GREATEST(d.open - c.until + c.size, 0), c.size)
                                  ELSE c.size END AS used
                  FROM (SELECT s.*, MIN(currency_id) OVER (PARTITION BY key) AS low,
                               MAX(currency_id) OVER (PARTITION BY key) AS high,
                               SUM(size) OVER (PARTITION BY key
                                               ORDER BY invoice_date, move_id, id) AS until
                          FROM order_supply s) c
             LEFT JOIN (SELECT key, SUM(open) AS open, MIN(currency_id) AS low,
                               MAX(currency_id) AS high
                          FROM order_demand GROUP BY key) d ON d.key = c.key
            )""",
            order_line=self._get_order_line_sql(),
            ordered=self._get_taken_sql("ordered", "order_supply", "order_demand"),
        )

    @api.model
    def _get_returned_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``taken``: credit notes by hand, for goods that came back for an order."""
        return SQL(
            """bare AS MATERIALIZED (
                SELECT (partner_id, product_id)::text AS key, *
                  FROM credit
                 WHERE named_id IS NULL AND order_line_id IS NULL AND is_refund
                   AND product_id IS NOT NULL
            ), bare_line AS (
                SELECT s.key, l.*, o.order_line_id,
                       l.amount - COALESCE(t.taken, 0) AS left,
                       l.pieces * (l.amount - COALESCE(t.taken, 0)) / NULLIF(l.amount, 0)
                           AS left_pieces
                  FROM (SELECT DISTINCT key, partner_id, product_id FROM bare) s
                  JOIN sale_line l ON l.partner_id = s.partner_id AND l.product_id = s.product_id
                                  AND l.is_sale AND l.amount > 0
                  JOIN LATERAL (%(order_line)s) o ON o.order_line_id IS NOT NULL
             LEFT JOIN taken_2 t ON t.id = l.id
            ), %(shipped)s, bare_room AS (
                SELECT l.*, LEAST(GREATEST(
                           s.returned - SUM(pieces - left_pieces) OVER (PARTITION BY order_line_id)
                               - SUM(left_pieces) OVER age + left_pieces, 0), left_pieces)
                           AS open_pieces
                  FROM bare_line l
                  JOIN shipped s ON s.sale_line_id = l.order_line_id
                WINDOW age AS (PARTITION BY order_line_id ORDER BY invoice_date, move_id, l.id)
            ), bare_demand AS (
                SELECT *, amount * open_pieces / NULLIF(pieces, 0) AS open
                  FROM bare_room
                 WHERE open_pieces > 0
            ), %(returned)s, taken AS (
                SELECT id, SUM(taken) AS taken
                  FROM (SELECT * FROM taken_2 UNION ALL SELECT * FROM returned) t
              GROUP BY id
            )""",
            order_line=self._get_order_line_sql(),
            shipped=self.env["customer.profile"]._get_shipped_sql(
                scope, SQL("SELECT order_line_id FROM bare_line")
            ),
            returned=self._get_taken_sql("returned", "bare", "bare_demand"),
        )

    @api.model
    def _get_kept_sql(self) -> SQL:
        """CTE ``given_back``: what is left of the goods of each document, in its currency.

        ``covered``: credit notes that name the document give back the whole of it, what was paid
        by loyalty and the like left out on both sides; of a document without goods, such as the
        invoice of a down payment, ``covered_in_full`` tells it.
        """
        return SQL(
            """naming AS (
                SELECT n.named_id, SUM(n.amount) FILTER (WHERE n.kind <> 'advance') AS goods,
                       -SUM(n.pieces) FILTER (WHERE n.kind = 'credit') AS pieces,
                       SUM(n.amount) AS everything
                  FROM sale_line n
                  JOIN sale_document d ON d.id = n.named_id AND d.currency_id = n.currency_id
                                      AND d.partner_id = n.partner_id
              GROUP BY n.named_id
            ), given_back AS (
                SELECT l.move_id, BOOL_OR(l.kind = 'sale') AS has_goods,
                       SUM(CASE WHEN l.kind = 'sale' THEN l.amount - COALESCE(t.taken, 0)
                                WHEN l.kind = 'discount' THEN l.amount
                                WHEN l.kind = 'credit' AND NOT l.is_refund AND l.named_id IS NULL
                                THEN l.amount + COALESCE(u.used, 0) ELSE 0 END) AS kept,
                       SUM(COALESCE(t.taken, 0)) AS taken,
                       SUM(l.amount) FILTER (WHERE l.kind <> 'advance') AS goods,
                       SUM(l.pieces) FILTER (WHERE l.kind = 'sale') AS pieces,
                       SUM(l.amount) AS everything
                  FROM sale_line l
             LEFT JOIN taken t ON t.id = l.id
             LEFT JOIN used u ON u.id = l.id
              GROUP BY l.move_id
            )"""
        )
