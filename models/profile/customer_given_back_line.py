from odoo import api, models
from odoo.tools import SQL

from ..base.scope import Scope


class CustomerGivenBack(models.AbstractModel):
    """The sale documents and their lines, and which of them giving back is about at all."""

    _inherit = "customer.given.back"

    @api.model
    def _get_document_sql(self, scope: Scope) -> SQL:
        """CTEs ``contact`` and ``sale_document``: posted sale documents of the scope up to its day.

        ``revenue`` in company currency, credit notes negative. The customer is today's commercial
        partner of the one on the document: Odoo leaves the latter behind when a company with
        contacts is moved below another one.
        """
        if scope.staged:
            documents = self.env["customer.work.table"]._get_document_sql(scope)
        else:
            documents = self._get_plain_document_sql(scope)
        contact = self.env["customer.profile"]._get_contact_sql(scope)
        return SQL("%s, %s", contact, documents)

    @api.model
    def _get_plain_document_sql(self, scope: Scope) -> SQL:
        """CTE ``sale_document``, after ``contact``, from the documents themselves."""
        return SQL(
            """sale_document AS (
                SELECT m.id, c.partner_id, m.move_type, m.invoice_date, m.invoice_date_due,
                       m.amount_untaxed_signed AS revenue, m.amount_total_signed,
                       m.amount_residual_signed, m.reversed_entry_id, m.payment_state,
                       m.currency_id
                  FROM contact c
                  JOIN account_move m ON m.commercial_partner_id = c.id
                 WHERE %(companies)s
                   AND m.state = 'posted'
                   AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                   AND m.invoice_date <= %(today)s AND %(documents)s
            )""",
            companies=scope.where_company(SQL("m.company_id")),
            today=scope.today,
            documents=scope.where_document(SQL("m.id")),
        )

    @api.model
    def _get_kind_line_sql(self) -> SQL:
        """SELECT of the product lines of ``sale_document``: ``is_sale``, ``amount`` sold …"""
        return SQL(
            """SELECT l.id, l.move_id, d.partner_id, d.invoice_date, d.move_type, l.product_id,
                      -COALESCE(l.amount_currency, l.balance) AS amount, %s = 'sale' AS is_sale,
                      l.quantity, l.balance, l.customer_cost, l.product_uom_id
                 FROM sale_document d
                 JOIN account_move_line l ON l.move_id = d.id
                WHERE l.display_type = 'product'
               OFFSET 0""",
            self._get_line_kind_sql(),
        )

    @api.model
    def _get_goods_sql(self, scope: Scope) -> SQL:
        """CTE ``goods``: the lines of each document added up, in one pass over them.

        ``kept`` of the goods in the document's currency while nothing is given back;
        ``has_credit``: a line takes something back; ``is_ordered``: one has an order line. Costs in
        company currency. OFFSET keeps PostgreSQL from working the kind out wherever it is used,
        LIMIT from reading all lines that have an order.
        """
        if scope.staged:
            return SQL("goods AS (SELECT * FROM customer_work_document)")
        return SQL(
            """goods AS MATERIALIZED (
                SELECT move_id,
                       BOOL_OR(kind = 'sale') AS has_goods,
                       BOOL_OR(kind = 'credit') AS has_credit,
                       BOOL_OR(is_ordered) AS is_ordered,
                       SUM(amount) FILTER (WHERE kind IN ('sale', 'discount')) AS kept,
                       %(cost_sums)s,
                       COUNT(*) FILTER (WHERE is_due) AS due_count,
                       MIN(id) FILTER (WHERE is_due) AS due_line_id,
                       MIN(date_maturity) FILTER (WHERE is_due) AS due_date,
                       SUM(amount_residual) FILTER (WHERE is_due) AS due_residual
                  FROM (SELECT l.id, l.move_id, l.date_maturity, l.amount_residual,
                               -COALESCE(l.amount_currency, l.balance) AS amount,
                               l.balance > 0 AND %(is_receivable)s AS is_due,
                               CASE WHEN l.display_type = 'product' THEN %(kind)s END AS kind,
                               l.display_type, l.customer_cost, l.customer_cost_source,
                               l.display_type = 'product' AND (
                                   SELECT TRUE FROM sale_order_line_invoice_rel r
                                    WHERE r.invoice_line_id = l.id LIMIT 1) IS TRUE AS is_ordered
                          FROM sale_document d
                          JOIN account_move_line l ON l.move_id = d.id
                        OFFSET 0) l
              GROUP BY move_id
            )""",
            kind=self._get_line_kind_sql(),
            cost_sums=self._get_cost_sums_sql(),
            is_receivable=self._get_receivable_sql(),
        )

    @api.model
    def _get_cost_sums_sql(self) -> SQL:
        """Columns: costs of the product lines ``l`` of a document, and whether one is missing."""
        return SQL(
            """SUM(l.customer_cost) FILTER (WHERE l.display_type = 'product') AS cost,
               SUM(ABS(l.customer_cost)) FILTER (WHERE l.display_type = 'product')
                   AS absolute_cost,
               SUM(ABS(l.customer_cost)) FILTER (
                   WHERE l.display_type = 'product' AND l.customer_cost_source = 'estimated')
                   AS estimated_cost,
               BOOL_OR(l.customer_cost IS NULL) FILTER (WHERE l.display_type = 'product')
                   AS cost_missing"""
        )

    @api.model
    def _get_receivable_sql(self) -> SQL:
        """Tell of a journal item ``l`` whether it is what a customer owes or has paid."""
        return SQL(
            "l.account_id IN (SELECT id FROM account_account"
            " WHERE account_type = 'asset_receivable')"
        )

    @api.model
    def _get_receivable_line_sql(self, scope: Scope) -> SQL:
        """SELECT of journal items on receivable accounts, after ``contact``, with their customer.

        Those of entries are all there; those of sale documents need not be.
        """
        if scope.staged:
            return SQL("SELECT * FROM customer_work_receivable")
        return SQL(
            """SELECT c.partner_id, l.id, l.move_id, l.balance, l.date, l.parent_state
                 FROM contact c
                 JOIN account_move_line l ON l.partner_id = c.id
                WHERE %s AND %s""",
            self._get_receivable_sql(),
            scope.where_company(SQL("l.company_id")),
        )

    @api.model
    def _get_entangled_steps(self):
        """Return the steps up to ``entangled``: documents of which something may be given back.

        And those that do it: with lines that take goods back, those that name a document or are
        named; what shares order lines with these; and of customers with credit notes by hand what
        was sold by order lines whose goods came back.
        """
        crediting, by_hand = self._get_crediting_sql(), self._get_by_hand_sql()
        entangled = SQL(
            """entangled AS MATERIALIZED (
                SELECT id FROM crediting
                 UNION
                SELECT x.move_id
                  FROM crediting c
                  JOIN goods g ON g.move_id = c.id AND g.is_ordered
                  JOIN account_move_line l ON l.move_id = c.id
                  JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
                  JOIN sale_order_line_invoice_rel s ON s.order_line_id = r.order_line_id
                  JOIN account_move_line x ON x.id = s.invoice_line_id
                 UNION
                SELECT d.id
                  FROM by_hand h
                  JOIN sale_document d ON d.partner_id = h.partner_id
                  JOIN goods g ON g.move_id = d.id AND g.is_ordered
                  JOIN account_move_line x ON x.move_id = d.id
                  JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = x.id
                  JOIN stock_move s ON s.sale_line_id = r.order_line_id AND s.state = 'done'
                  JOIN stock_location f ON f.id = s.location_id AND f.usage = 'customer'
            )"""
        )
        return [(crediting, ("crediting",)), (by_hand, ("by_hand",)), (entangled, ("entangled",))]

    @api.model
    def _get_crediting_sql(self) -> SQL:
        """CTE ``crediting``: documents that take something back, or are named, or name another."""
        return SQL(
            """crediting AS MATERIALIZED (
                SELECT move_id AS id FROM goods WHERE has_credit
                 UNION
                SELECT d.id FROM sale_document d WHERE d.reversed_entry_id IS NOT NULL
                 UNION
                SELECT d.reversed_entry_id FROM sale_document d
                 WHERE d.reversed_entry_id IS NOT NULL
            )"""
        )

    @api.model
    def _get_by_hand_sql(self) -> SQL:
        """CTE ``by_hand``: customers with credit notes that name nothing."""
        return SQL(
            """by_hand AS MATERIALIZED (
                SELECT DISTINCT d.partner_id
                  FROM goods g
                  JOIN sale_document d ON d.id = g.move_id AND d.move_type = 'out_refund'
                                      AND d.reversed_entry_id IS NULL
                 WHERE g.has_credit
            )"""
        )

    @api.model
    def _get_payment_product_sql(self) -> SQL:
        """Products that stand for money: loyalty discounts, gift cards, e-wallets."""
        return SQL(
            """SELECT discount_line_product_id
                 FROM loyalty_reward
                WHERE discount_line_product_id IS NOT NULL
                UNION
               SELECT r.product_product_id
                 FROM loyalty_rule_product_product_rel r
                 JOIN loyalty_rule u ON u.id = r.loyalty_rule_id
                 JOIN loyalty_program p ON p.id = u.program_id
                WHERE p.program_type IN ('gift_card', 'ewallet')"""
        )

    @api.model
    def _get_line_kind_sql(self) -> SQL:
        """What a line ``l`` of a document ``d`` is; ``d`` has move_type and reversed_entry_id.

        ``sale``, ``credit`` (takes something back), ``discount``, ``advance``, ``payment``
        (loyalty, gift card, e-wallet, a bare deduction), or ``other``: what undoes a discount.
        Amounts decide about the direction, never the type of the document: a final invoice below
        zero sells what its lines say. Goods for nothing go by their quantity.
        """
        amount = SQL("-COALESCE(l.amount_currency, l.balance)")
        pieces = SQL("l.quantity * CASE WHEN d.move_type = 'out_refund' THEN -1 ELSE 1 END")
        return SQL(
            """CASE
                WHEN l.is_downpayment THEN 'advance'
                WHEN l.product_id IN (%(payment_products)s) THEN 'payment'
                WHEN l.product_id IS NULL
                 AND CASE WHEN d.move_type = 'out_refund' THEN %(amount)s > 0
                          ELSE %(amount)s < 0 END THEN 'payment'
                WHEN l.price_unit < 0 AND %(amount)s < 0 AND EXISTS (
                     SELECT FROM sale_order_line_invoice_rel r
                       JOIN sale_order_line o ON o.id = r.order_line_id
                      WHERE r.invoice_line_id = l.id AND o.reward_id IS NOT NULL) THEN 'payment'
                WHEN l.price_unit < 0 THEN
                     CASE WHEN %(amount)s < 0 AND d.reversed_entry_id IS NULL THEN 'discount'
                          ELSE 'other' END
                WHEN COALESCE(NULLIF(%(amount)s, 0), (%(pieces)s)::numeric) < 0 THEN 'credit'
                WHEN d.move_type = 'out_refund' AND d.reversed_entry_id IS NOT NULL THEN 'other'
                WHEN COALESCE(NULLIF(%(amount)s, 0), (%(pieces)s)::numeric) > 0 THEN 'sale'
                ELSE 'other' END""",
            payment_products=self._get_payment_product_sql(),
            amount=amount,
            pieces=pieces,
        )

    @api.model
    def _get_sale_line_sql(self, scope: Scope) -> SQL:
        """CTE ``sale_line``: product lines of ``entangled`` documents, what leaves above zero.

        ``pieces`` in the reference unit of the unit of measure. The kinds that are joined are
        columns of their own: PostgreSQL takes half of the lines for such a condition, but one in
        two hundred for the word, and would then compare each line with each.
        """
        if scope.staged:
            return SQL(
                """sale_line AS (SELECT * FROM customer_work_line WHERE invoice_date <= %(day)s),
                   credit AS (SELECT * FROM customer_work_credit WHERE invoice_date <= %(day)s)""",
                day=scope.today,
            )
        return SQL(
            "%s, %s, credit AS MATERIALIZED (%s)",
            SQL(", ").join(sql for sql, _names in self._get_entangled_steps()),
            self._get_kind_of_line_sql(),
            self._get_credit_sql(SQL("sale_line")),
        )

    @api.model
    def _get_kind_of_line_sql(self) -> SQL:
        """CTE ``sale_line``, after ``entangled``."""
        return SQL(
            """sale_line AS MATERIALIZED (
                SELECT *, kind = 'sale' AS is_sale, kind = 'credit' AS is_credit
                  FROM (
                SELECT l.id, l.move_id, d.partner_id, d.invoice_date, d.currency_id, l.product_id,
                       d.reversed_entry_id AS named_id, d.move_type = 'out_refund' AS is_refund,
                       -COALESCE(l.amount_currency, l.balance) AS amount,
                       (COALESCE(l.quantity, 0) * COALESCE(u.factor, 1)
                           * CASE WHEN d.move_type = 'out_refund' THEN -1 ELSE 1 END)::numeric
                           AS pieces,
                       %s AS kind
                  FROM entangled e
                  JOIN sale_document d ON d.id = e.id
                  JOIN account_move_line l ON l.move_id = d.id
             LEFT JOIN uom_uom u ON u.id = l.product_uom_id
                 WHERE l.display_type = 'product') l
            )""",
            self._get_line_kind_sql(),
        )

    @api.model
    def _get_credit_sql(self, lines: SQL) -> SQL:
        """SELECT of the lines that take something back, with their order line.

        :param lines: a table like ``sale_line``
        """
        return SQL(
            """SELECT l.*, -l.amount AS size, -l.pieces AS size_pieces, o.order_line_id
                 FROM %s l
                 JOIN LATERAL (%s) o ON TRUE
                WHERE l.is_credit""",
            lines,
            self._get_order_line_sql(),
        )

    @api.model
    def _get_order_line_sql(self) -> SQL:
        """The order line of an invoice line ``l``; the first one where there are several."""
        return SQL(
            """SELECT MIN(r.order_line_id) AS order_line_id
                 FROM sale_order_line_invoice_rel r WHERE r.invoice_line_id = l.id"""
        )
