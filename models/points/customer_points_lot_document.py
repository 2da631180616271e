from odoo import api, models
from odoo.tools import SQL

from ..base.scope import Scope


class CustomerPointsLot(models.Model):
    """What each invoice should have earned up to today, in SQL for any number of customers.

    Points = sum over the lines sold of net amount x terms x share kept
             x (what lowered the price) x (share paid). Source: docs/points.md.
    """

    _inherit = "customer.points.lot"

    @api.model
    def _get_paid_share_sql(self, scope: Scope, first_day) -> SQL:
        """CTE ``paid``: the share of what was to be paid of a document that came as money.

        Since the first day of the program. What was credited is not to be paid, what was written
        off is.
        """
        return SQL(
            """paid AS (
                SELECT i.invoice_id AS id,
                       s.money / NULLIF(COALESCE(s.owed, 0) + COALESCE(i.open_amount, 0), 0)
                           AS share
                  FROM (SELECT invoice_id,
                               SUM(amount_residual) FILTER (WHERE NOT is_on_its_way) AS open_amount
                          FROM instalment
                         WHERE invoice_id IS NOT NULL
                      GROUP BY invoice_id) i
                  JOIN (SELECT invoice_id, SUM(money + lost) AS owed,
                               SUM(money) FILTER (WHERE day >= %s AND day <= %s) AS money
                          FROM settlement
                      GROUP BY invoice_id) s ON s.invoice_id = i.invoice_id
            )""",
            first_day,
            scope.today,
        )

    @api.model
    def _get_points_document_sql(self, program, companies) -> SQL:
        """CTE ``candidate``: documents that may earn in a program, or have earned there.

        An invoice earns in the program it first earned in. One that deducts a down payment may
        earn by that alone.
        """
        return SQL(
            """booked AS (
                SELECT l.document_id AS id, l.card_id, l.program_id,
                       MIN(l.partner_id) AS partner_id, SUM(l.points) AS points
                  FROM (SELECT l.*, c.program_id, COALESCE(e.points, 0) AS points
                          FROM sale_document d
                          JOIN customer_points_lot l ON l.document_id = d.id
                                                  AND l.is_left IS NOT TRUE
                          JOIN loyalty_card c ON c.id = l.card_id
                     LEFT JOIN LATERAL (
                               SELECT SUM(points) AS points FROM customer_points_entry
                                WHERE lot_id = l.id AND kind IN ('earn', 'take_back')) e ON TRUE
                       ) l
              GROUP BY l.document_id, l.card_id, l.program_id
            ), candidate AS (
                SELECT d.id, d.partner_id, m.commercial_partner_id AS named_id,
                       p.share, b.card_id, b.partner_id AS booked_partner_id, f.terms,
                       COALESCE(b.points, 0) AS booked
                  FROM sale_document d
                  JOIN account_move m ON m.id = d.id
             LEFT JOIN paid p ON p.id = d.id
             LEFT JOIN booked b ON b.id = d.id
             LEFT JOIN LATERAL (
                       SELECT l.terms
                         FROM customer_points_lot l
                         JOIN loyalty_card k ON k.id = l.card_id AND k.program_id = %(program)s
                        WHERE l.document_id = d.id AND l.document_id <> 0 AND l.terms IS NOT NULL
                     ORDER BY l.date, l.id LIMIT 1) f ON TRUE
                 WHERE (b.program_id = %(program)s
                        OR b.id IS NULL AND m.company_id = ANY(%(companies)s))
                   AND (b.id IS NOT NULL OR p.share > 0 OR EXISTS (
                        SELECT FROM account_move_line a
                         WHERE a.move_id = d.id AND a.is_downpayment AND a.balance > 0))
            )""",
            program=program.id,
            companies=companies,
        )

    @api.model
    def _get_rate_sql(self, program, multipliers) -> SQL:
        """CTEs ``rate`` of categories with one of their own, ``multiplier`` of customers."""
        rates = program._get_category_rates()
        return SQL(
            """rate AS (
                SELECT * FROM unnest(%s::int[], %s::numeric[]) AS r(categ_id, rate)
            ), multiplier AS (
                SELECT * FROM unnest(%s::int[], %s::numeric[]) AS m(partner_id, multiplier)
            )""",
            list(rates),
            list(rates.values()),
            list(multipliers),
            list(multipliers.values()),
        )

    @api.model
    def _get_points_line_sql(self, program) -> SQL:
        """CTE ``points_line``: the product lines of candidates, how much of each is kept.

        ``term``: points per currency unit of a line, as it is now or as it was when the document
        earned first; ``counted``: what takes something back less what it took of other documents.
        """
        return SQL(
            """points_line AS (
                SELECT l.*, CASE WHEN l.is_sale THEN
                       COALESCE((c.terms ->> (l.id || '-' || COALESCE(l.product_id, 0)))::numeric,
                           (c.terms ->> l.id::text)::numeric,
                           CASE WHEN l.product_id = ANY(%(excluded)s) THEN 0
                                ELSE COALESCE(r.rate, %(rate)s::numeric) END
                           * COALESCE(f.multiplier, 1)) END AS term,
                       CASE WHEN l.is_sale AND l.amount <> 0
                            THEN GREATEST(1 - COALESCE(t.taken, 0) / l.amount, 0) END AS kept,
                       CASE WHEN l.kind = 'credit' THEN l.amount + COALESCE(u.used, 0)
                            ELSE l.amount END AS counted
                  FROM (SELECT d.id AS move_id, l.id, l.product_id, d.move_type, -l.balance AS net,
                               -COALESCE(l.amount_currency, l.balance) AS amount,
                               d.reversed_entry_id, %(kind)s AS kind, %(kind)s = 'sale' AS is_sale
                          FROM candidate x
                          JOIN sale_document d ON d.id = x.id
                          JOIN account_move_line l ON l.move_id = d.id
                         WHERE l.display_type = 'product'
                        OFFSET 0) l
                  JOIN candidate c ON c.id = l.move_id
             LEFT JOIN multiplier f ON f.partner_id = c.partner_id
             LEFT JOIN product_product v ON v.id = l.product_id
             LEFT JOIN product_template o ON o.id = v.product_tmpl_id
             LEFT JOIN rate r ON r.categ_id = o.categ_id
             LEFT JOIN taken t ON t.id = l.id
             LEFT JOIN used u ON u.id = l.id
            )""",
            excluded=program.customer_points_excluded_ids.ids,
            rate=program.customer_points_rate,
            kind=self.env["customer.given.back"]._get_line_kind_sql(),
        )

    @api.model
    def _get_earning_sql(self) -> SQL:
        """CTE ``earning``: per candidate what was sold, what lowered it, and its full points."""
        return SQL(
            """earning AS (
                SELECT move_id AS id,
                       SUM(amount) FILTER (WHERE is_sale) AS sold,
                       SUM(counted) FILTER (
                           WHERE kind IN ('discount', 'payment') AND amount < 0
                              OR kind = 'credit' AND move_type <> 'out_refund'
                                 AND reversed_entry_id IS NULL) AS lowered,
                       -SUM(amount) FILTER (WHERE kind = 'advance' AND amount < 0) AS advance,
                       SUM(net * term * kept) FILTER (WHERE is_sale) AS points,
                       SUM(amount * kept) FILTER (WHERE is_sale) AS kept,
                       JSONB_OBJECT_AGG(id || '-' || COALESCE(product_id, 0), term)
                           FILTER (WHERE is_sale) AS terms
                  FROM points_line
              GROUP BY move_id
            )"""
        )

    @api.model
    def _get_foreign_credit_sql(self, scope: Scope) -> SQL:
        """CTE ``foreign_credit``: what credit notes of other customers, by name, take of it.

        The contact of an invoice may have become a customer of its own since. In the currency of
        the document.
        """
        return SQL(
            """foreign_credit AS (
                SELECT c.id, SUM(CASE WHEN n.currency_id = m.currency_id THEN l.amount_currency
                       ELSE l.balance * ABS(m.amount_untaxed
                           / NULLIF(m.amount_untaxed_signed, 0)) END) AS amount
                  FROM candidate c
                  JOIN account_move m ON m.id = c.id
                  JOIN account_move n ON n.reversed_entry_id = c.id AND n.state = 'posted'
                                     AND n.move_type = 'out_refund' AND n.invoice_date <= %s
                  JOIN res_partner p ON p.id = n.commercial_partner_id
                                    AND p.commercial_partner_id <> c.partner_id
                  JOIN account_move_line l ON l.move_id = n.id AND l.display_type = 'product'
                                          AND l.is_downpayment IS NOT TRUE
              GROUP BY c.id
            )""",
            scope.today,
        )

    @api.model
    def _get_advance_share_sql(self) -> SQL:
        """CTE ``advance_paid``: the share paid of the down payments a document deducts.

        Without what credit notes have given back of them.
        """
        return SQL(
            """advance_line AS (
                SELECT l.move_id, l.id, -l.amount AS amount, r.order_line_id
                  FROM points_line l
                  JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
                 WHERE l.kind = 'advance' AND l.amount < 0
            ), advance_share AS (
                SELECT a.order_line_id,
                       SUM(x.amount * COALESCE(p.share, 0) * GREATEST(
                           1 + COALESCE(n.everything / NULLIF(g.everything, 0), 0), 0))
                           / NULLIF(SUM(x.amount), 0) AS share
                  FROM (SELECT DISTINCT order_line_id FROM advance_line) a
                  JOIN sale_order_line_invoice_rel r ON r.order_line_id = a.order_line_id
                  JOIN (SELECT id, move_id, -COALESCE(amount_currency, balance) AS amount
                          FROM account_move_line) x ON x.id = r.invoice_line_id AND x.amount > 0
                  JOIN sale_document d ON d.id = x.move_id AND d.move_type <> 'out_refund'
             LEFT JOIN paid p ON p.id = d.id
             LEFT JOIN given_back g ON g.move_id = d.id
             LEFT JOIN naming n ON n.named_id = d.id
              GROUP BY a.order_line_id
            ), advance_paid AS (
                SELECT l.move_id AS id,
                       SUM(l.amount * LEAST(COALESCE(s.share, 0), 1)) / NULLIF(SUM(l.amount), 0)
                           AS share
                  FROM advance_line l
             LEFT JOIN advance_share s ON s.order_line_id = l.order_line_id
              GROUP BY l.move_id
            )"""
        )

    @api.model
    def _get_due_sql(self) -> SQL:
        """CTE ``due``: candidates with their ``exact`` points, before rounding."""
        return SQL(
            """due AS (
                SELECT c.*, e.terms AS new_terms, COALESCE(CASE WHEN m.reversed THEN 0
                       WHEN e.sold > 0 AND e.sold + COALESCE(e.lowered, 0) > 0 THEN
                       e.points * n.kept
                       * GREATEST(1 - COALESCE(f.amount / NULLIF(e.kept * n.kept, 0), 0), 0)
                       * (LEAST(COALESCE(c.share, 0), 1) * (1 - n.part)
                          + COALESCE(a.share, 0) * n.part) END, 0) AS exact
                  FROM candidate c
                  JOIN sale_move m ON m.id = c.id
             LEFT JOIN earning e ON e.id = c.id
             LEFT JOIN advance_paid a ON a.id = c.id
             LEFT JOIN foreign_credit f ON f.id = c.id
             LEFT JOIN LATERAL (
                       SELECT LEAST(COALESCE(e.advance, 0)
                              / NULLIF(GREATEST(e.sold + COALESCE(e.lowered, 0), 0), 0), 1) AS part,
                              LEAST((e.sold + COALESCE(e.lowered, 0)) / NULLIF(e.sold, 0), 1)
                                  AS kept
                       ) n ON TRUE
            )"""
        )

    @api.model
    def _get_due_points_sql(self, scope: Scope, program, multipliers) -> SQL:
        """Rows of the documents that should have earned something else than they have, in points.

        Half a unit is rounded up, also where a share paid such as a third came out a trifle low.
        ``is_elsewhere``: the document has gone to another customer since.
        """
        return SQL(
            """WITH %(document)s, %(given_back)s, %(sale_move)s, %(instalment)s, %(settlement)s,
            %(paid)s, %(candidate)s, %(rate)s, %(line)s, %(earning)s, %(foreign)s,
            %(advance)s, %(due)s
            SELECT * FROM (
                SELECT id, partner_id, named_id, card_id, booked, COALESCE(terms, new_terms),
                       ROUND(ROUND(exact, 8) / %(step)s::numeric) * %(step)s::numeric
                           AS points,
                       card_id IS NOT NULL AND named_id <> booked_partner_id AND partner_id <> (
                           SELECT p.commercial_partner_id
                             FROM loyalty_card k JOIN res_partner p ON p.id = k.partner_id
                            WHERE k.id = card_id) AS is_elsewhere
                  FROM due) d
             WHERE points <> booked OR is_elsewhere
          ORDER BY id""",
            document=self.env["customer.given.back"]._get_document_sql(scope),
            given_back=self.env["customer.given.back"]._get_given_back_sql(scope),
            sale_move=self.env["customer.work.table"]._get_work_sql("sale_move"),
            instalment=self.env["customer.profile"]._get_instalment_sql(scope),
            settlement=self.env["customer.profile"]._get_settlement_sql(scope),
            paid=self._get_paid_share_sql(scope, program.customer_points_from),
            candidate=self._get_points_document_sql(program, program._get_points_companies()),
            rate=self._get_rate_sql(program, multipliers),
            line=self._get_points_line_sql(program),
            earning=self._get_earning_sql(),
            foreign=self._get_foreign_credit_sql(scope),
            advance=self._get_advance_share_sql(),
            due=self._get_due_sql(),
            step=program.currency_id.rounding or 0.01,
        )

    @api.model
    def _get_gone_points_sql(self, scope: Scope, program) -> SQL:
        """Rows (document, card, lots) of what is no posted invoice of that day any more.

        Or has gone to another customer, for whom it earns anew.
        """
        return SQL(
            """SELECT l.document_id, l.card_id, ARRAY_AGG(l.id)
                 FROM customer_points_lot l
                 JOIN loyalty_card k ON k.id = l.card_id AND k.program_id = %(program)s
                 JOIN res_partner h ON h.id = k.partner_id
            LEFT JOIN res_partner p ON p.id = l.partner_id
            LEFT JOIN account_move m ON m.id = l.document_id
                 JOIN LATERAL (
                      SELECT SUM(points) AS points FROM customer_points_entry
                       WHERE lot_id = l.id AND kind IN ('earn', 'take_back')) e ON e.points > 0
                WHERE (%(holder)s OR %(named)s) AND l.document_id <> 0
                  AND (l.is_left OR NOT COALESCE(
                       m.state = 'posted' AND m.invoice_date <= %(today)s, FALSE))
             GROUP BY l.document_id, l.card_id
             ORDER BY l.document_id""",
            program=program.id,
            holder=scope.where_customer(SQL("h.commercial_partner_id")),
            named=scope.where_customer(SQL("p.commercial_partner_id")),
            today=scope.today,
        )
