from odoo import api, models
from odoo.tools import SQL

# What may decide about a cost beside the product: cost-of-goods entries, deliveries of the order
# line, and goods given back. Each costs the planner of one invoice more than all the rest.
ENTRIES, DELIVERIES, CREDITS = COST_SOURCES = ("entries", "deliveries", "credits")


class AccountMoveLine(models.Model):
    """The cost of goods of invoice lines: fixed when posted, filled in for what was before."""

    _inherit = "account.move.line"

    @api.model
    def _get_cost_line_sql(self, move_ids, sources):
        """CTE ``line``: the product lines of moves with quantity in the product's unit.

        Without those of credit notes that may give goods back: their cost is that of the goods.
        ``quantity`` is negative on credit notes; ``price`` is the product cost now, of the
        line's company, in its currency.
        """
        return SQL(
            """line AS (
                SELECT l.id, l.product_id, l.company_id, k.decimal_places, pu.factor AS factor,
                       COALESCE(l.quantity, 0)
                           * CASE WHEN d.move_type = 'out_refund' THEN -1 ELSE 1 END
                           * COALESCE(lu.factor, pu.factor, 1) / COALESCE(pu.factor, 1)
                           AS quantity,
                       COALESCE((p.standard_price ->> c.id::text)::numeric, (
                           SELECT json_value::numeric FROM ir_default
                            WHERE field_id = %(price_field)s AND user_id IS NULL
                              AND condition IS NULL AND json_value ~ '^-?[0-9.]+$'
                              AND (company_id = c.id OR company_id IS NULL)
                         ORDER BY company_id NULLS LAST LIMIT 1), 0) AS price
                  FROM account_move_line l
                  JOIN account_move d ON d.id = l.move_id
                  JOIN res_company c ON c.id = l.company_id
                  JOIN res_currency k ON k.id = c.currency_id
             LEFT JOIN product_product p ON p.id = l.product_id
             LEFT JOIN product_template t ON t.id = p.product_tmpl_id
             LEFT JOIN uom_uom pu ON pu.id = t.uom_id
             LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
                 WHERE l.move_id = ANY(%(moves)s) AND d.id = ANY(%(moves)s)
                   AND l.display_type = 'product' AND NOT %(takes_back)s
            )""",
            moves=list(move_ids),
            takes_back=self._get_takes_back_sql() if CREDITS in sources else SQL("FALSE"),
            price_field=self.env["ir.model.fields"]._get("product.product", "standard_price").id,
        )

    @api.model
    def _get_entry_cost_sql(self, move_ids):
        """CTE ``entry``: the cost-of-goods entries of lines.

        A credit note that mirrors its invoice copies the entries without their line: the lines
        of a product then share them by quantity.
        """
        return SQL(
            """entry AS (
                SELECT o.id, SUM(g.balance
                       * CASE WHEN g.cogs_origin_id IS NULL THEN o.share ELSE 1 END) AS cost
                  FROM account_move_line g
                  JOIN account_account a ON a.id = g.account_id
                  JOIN (SELECT l.id, l.move_id, l.product_id,
                               l.quantity::numeric / NULLIF(SUM(l.quantity::numeric) OVER (
                                   PARTITION BY l.move_id, l.product_id), 0) AS share
                          FROM account_move_line l
                         WHERE l.move_id = ANY(%(moves)s) AND l.display_type = 'product') o
                    ON o.id = g.cogs_origin_id
                    OR (g.cogs_origin_id IS NULL AND o.move_id = g.move_id
                        AND o.product_id = g.product_id)
                 WHERE g.move_id = ANY(%(moves)s) AND g.display_type = 'cogs'
                   AND (a.account_type LIKE 'expense%%' OR a.account_type LIKE 'income%%')
              GROUP BY o.id
            )""",
            moves=list(move_ids),
        )

    @api.model
    def _get_delivered_cost_sql(self):
        """CTE ``delivered``, after ``line``: the value per unit shipped for the order line."""
        return SQL(
            """delivered AS (
                SELECT line.id,
                       SUM(s.value)
                           / NULLIF(SUM(s.quantity * su.factor / line.factor)::numeric, 0)
                           AS unit_cost
                  FROM line
                  JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = line.id
                  JOIN stock_move s ON s.sale_line_id = r.order_line_id
                                   AND s.product_id = line.product_id
                                   AND s.state = 'done' AND s.company_id = line.company_id
                  JOIN stock_location d ON d.id = s.location_dest_id AND d.usage = 'customer'
                  JOIN stock_location o ON o.id = s.location_id AND o.usage <> 'customer'
                  JOIN uom_uom su ON su.id = s.product_uom
              GROUP BY line.id
                HAVING SUM(s.value) > 0
            )"""
        )

    @api.model
    def _get_cost_sql(self, move_ids, fallback, sources=COST_SOURCES):
        """One row per product line of the moves: ``id``, ``cost``, ``source``.

        In order of trust: cost-of-goods entries; value per unit of what was delivered for the
        order line; product cost now. Amounts in company currency, negative on credit notes.

        :param fallback: what to call the product cost now: ``product`` or ``estimated``
        :param sources: those of :data:`COST_SOURCES` that the moves may have
        """
        nothing = "%s AS (SELECT NULL::int AS id, NULL::numeric AS %s WHERE FALSE)"
        return SQL(
            """WITH %(line)s, %(entry)s, %(delivered)s
            SELECT line.id,
                   ROUND(CASE WHEN line.product_id IS NULL THEN 0
                              ELSE COALESCE(entry.cost,
                                            COALESCE(delivered.unit_cost, line.price)
                                                * line.quantity::numeric)
                         END, line.decimal_places) AS cost,
                   CASE WHEN line.product_id IS NULL THEN 'none'
                        WHEN entry.id IS NOT NULL THEN 'cogs'
                        WHEN delivered.id IS NOT NULL THEN 'delivery'
                        ELSE %(fallback)s END AS source
              FROM line
         LEFT JOIN entry ON entry.id = line.id
         LEFT JOIN delivered ON delivered.id = line.id""",
            line=self._get_cost_line_sql(move_ids, sources),
            entry=self._get_entry_cost_sql(move_ids)
            if ENTRIES in sources
            else SQL(nothing, SQL("entry"), SQL("cost")),
            delivered=self._get_delivered_cost_sql()
            if DELIVERIES in sources
            else SQL(nothing, SQL("delivered"), SQL("unit_cost")),
            fallback=fallback,
        )

    @api.model
    def _fix_cost_of_moves(
        self, move_ids, fallback="product", sources=COST_SOURCES, settles_credits=True
    ):
        """Store the cost of the product lines of posted sale moves, in one UPDATE.

        A line that has a cost keeps it, also when its invoice went back to draft and is posted
        again; only a new cost-of-goods entry replaces it. What credit notes give back is settled
        after that (``_settle_credit_costs``).

        :param fallback: source named when only the product cost now is known
        :param sources: those of :data:`COST_SOURCES` that the moves may have
        :param settles_credits: settle the credit notes among them, too
        :return: number of lines written, and of companies whose credit notes are to be settled
        """
        if not move_ids:
            return 0
        self.flush_model()
        self.env["stock.move"].flush_model(["value", "state", "quantity"])
        self.env["product.product"].flush_model(["standard_price"])
        rows = self.env.execute_query(
            self._get_fix_sql(move_ids, fallback, sources, settles_credits)
        )
        customers = {company: partners for company, partners, _count in rows if company}
        written = sum(count or 0 for _company, _partners, count in rows)
        self.invalidate_model(["customer_cost", "customer_cost_source"], flush=False)
        return written + self._settle_costs_of_moves(customers, move_ids)

    @api.model
    def _get_fix_sql(self, move_ids, fallback, sources, with_credits):
        """The UPDATE of the costs; its rows: those of credit notes, and the number written."""
        return SQL(
            """WITH written AS (
                   UPDATE account_move_line l
                      SET customer_cost = c.cost, customer_cost_source = c.source
                     FROM (%s) c
                    WHERE c.id = l.id
                      AND (l.customer_cost IS NULL OR c.source = 'cogs')
                      AND (l.customer_cost, l.customer_cost_source)
                          IS DISTINCT FROM (c.cost, c.source)
                RETURNING l.id
            )
            SELECT NULL, NULL, COUNT(*) FROM written %s""",
            self._get_cost_sql(move_ids, fallback, sources),
            SQL("UNION ALL SELECT *, NULL FROM (%s) crediting", self._get_crediting_sql(move_ids))
            if with_credits and CREDITS in sources
            else SQL(),
        )
