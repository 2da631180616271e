from odoo import api, fields, models
from odoo.tools import SQL

from ..base.access import GROUPS_REVENUE
from ..base.nullable import NullableFloat
from ..base.scope import YEAR, Scope


class CustomerProfile(models.Model):
    """Facts from payments: read from the reconciliation records, never from a stored flag.

    An *instalment* is a receivable line of an invoice or receipt, with its own due date. What is
    matched with it is money, written off, a cash discount, or nothing of the kind (credit notes,
    exchange differences, debts moved elsewhere): the other lines of the matched entry tell.
    """

    _inherit = "customer.profile"

    payment_days_late = NullableFloat(
        string="Days late",
        readonly=True,
        groups=GROUPS_REVENUE,
        aggregator="avg",
        digits=(16, 1),
        help="Amount-weighted mean of payment date minus due date over the instalments paid "
        "during the last 365 days; negative when the customer pays early.",
    )
    paid_invoice_count_365 = fields.Integer(
        string="Invoices paid, last 365 days",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Invoices with nothing left to pay for which money came in that time.",
    )
    paid_ratio_365 = NullableFloat(
        string="Paid share, last 365 days",
        readonly=True,
        groups=GROUPS_REVENUE,
        aggregator="avg",
        help="0 to 1: share of what was to be paid of the invoices of the last 365 days for "
        "which money came. What was credited is not to be paid; what was written off is.",
    )
    overdue_amount = fields.Monetary(
        string="Overdue",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Open receivables past their due date, less all open payments and credit notes.",
    )
    late_amount_days_total = fields.Float(
        string="Late payment (amount x days)",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Company currency x days that payments came late, open overdue amounts included.",
    )
    late_amount_days_365 = fields.Float(
        string="Late payment (amount x days), last 365 days",
        readonly=True,
        groups=GROUPS_REVENUE,
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {"payment": self._get_payment_facts_sql}

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "payment_days_late": None,
            "paid_invoice_count_365": 0,
            "paid_ratio_365": None,
            "overdue_amount": 0,
            "late_amount_days_total": 0.0,
            "late_amount_days_365": 0.0,
        }

    @api.model
    def _get_overdue_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``overdue``, after ``contact``: what is past due and not covered.

        Open payments and credit notes of any date pay what is due first, so that nothing is
        overdue that Odoo does not call due. An invoice Odoo calls paid although its entries are
        still open waits for the bank statement.
        """
        return SQL(
            """receivable AS (
                SELECT c.partner_id, l.id, COALESCE(l.date_maturity, l.date) AS due,
                       l.amount_residual,
                       -SUM(LEAST(l.amount_residual, 0)) OVER (PARTITION BY c.partner_id) AS credit
                  FROM contact c
                  JOIN account_move_line l ON l.partner_id = c.id
                  JOIN account_account a ON a.id = l.account_id
                                        AND a.account_type = 'asset_receivable'
                  JOIN account_move m ON m.id = l.move_id
                 WHERE %(companies)s AND l.parent_state = 'posted'
                   AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0
                   AND NOT (l.amount_residual > 0 AND m.payment_state IN ('in_payment', 'paid'))
            ), past_due AS (
                SELECT partner_id, due,
                       GREATEST(LEAST(amount_residual, SUM(amount_residual) OVER (
                           PARTITION BY partner_id ORDER BY due, id) - credit), 0) AS amount
                  FROM receivable
                 WHERE amount_residual > 0 AND due < %(today)s
            ), overdue AS (
                SELECT partner_id, SUM(amount) AS overdue_amount,
                       SUM(amount * (%(today)s - due)) AS open_amount_days
                  FROM past_due
              GROUP BY partner_id
                HAVING SUM(amount) > 0
            )""",
            companies=scope.where_company(SQL("l.company_id")),
            today=scope.today,
        )

    @api.model
    def _get_instalment_sql(self, scope: Scope) -> SQL:
        """CTE ``instalment``, after ``sale_move``: what was to be paid, and until when.

        Debts entered by hand (opening balances) are in it without an invoice: they can turn bad,
        but what day they were paid on says nothing of their first due date.
        """
        return SQL(
            """instalment AS (
                SELECT m.partner_id, m.due_line_id AS id, m.id AS move_id, m.id AS invoice_id,
                       m.invoice_date, m.due_date AS due, m.due_residual AS amount_residual,
                       m.due_residual > 0 AND m.payment_state IN ('in_payment', 'paid')
                           AS is_on_its_way
                  FROM sale_move m
                 WHERE m.move_type <> 'out_refund' AND m.due_count = 1
             UNION ALL
                SELECT m.partner_id, l.id, l.move_id, m.id AS invoice_id, m.invoice_date,
                       l.date_maturity AS due, l.amount_residual,
                       l.amount_residual > 0 AND m.payment_state IN ('in_payment', 'paid')
                  FROM sale_move m
                  JOIN account_move_line l ON l.move_id = m.id AND l.balance > 0
                   AND %(is_receivable)s
                 WHERE m.move_type <> 'out_refund' AND m.due_count > 1
             UNION ALL
                SELECT l.partner_id, l.id, l.move_id, NULL, l.date, l.date, 0, FALSE
                  FROM (%(entry_lines)s) l
                  JOIN account_move m ON m.id = l.move_id AND m.move_type = 'entry'
                                     AND m.reversed_entry_id IS NULL
                 WHERE l.balance > 0 AND l.parent_state = 'posted'
            )""",
            is_receivable=self.env["customer.given.back"]._get_receivable_sql(),
            entry_lines=self.env["customer.given.back"]._get_receivable_line_sql(scope),
        )

    @api.model
    def _get_line_kind_sql(self) -> SQL:
        """What a line ``l`` on account ``a`` says about the debts its entry settles.

        Income and expenses are lost, but for cash discounts and exchange differences; these,
        taxes, equity (opening balances) and what somebody owes now are neither lost nor paid.
        The rest is money: bank, cash, outstanding payments, cheques, set-offs.
        """
        return SQL(
            """CASE WHEN l.tax_line_id IS NOT NULL OR a.account_type LIKE 'equity%%'
                         OR (a.account_type = 'asset_receivable' AND l.partner_id IS NOT NULL)
                         OR a.id IN (%s)
                         OR a.id IN (SELECT UNNEST(ARRAY[expense_currency_exchange_account_id,
                                                         income_currency_exchange_account_id])
                                       FROM res_company) THEN 'other'
                    WHEN a.account_type LIKE 'income%%'
                         OR a.account_type LIKE 'expense%%' THEN 'lost'
                    ELSE 'money' END""",
            self._get_discount_accounts_sql(),
        )

    @api.model
    def _get_settlement_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``settlement``, after ``instalment``: what of it was paid, what was lost.

        A matched entry counts by the shares of its other lines. Payments Odoo has made no entry
        for count as the invoice does that waits for their bank statement.
        """
        return SQL(
            """matched AS (
                SELECT i.*, r.amount, o.id AS line_id, o.move_id AS entry_id, o.date
                  FROM instalment i
                  JOIN account_partial_reconcile r ON r.debit_move_id = i.id
                  JOIN account_move_line o ON o.id = r.credit_move_id
                  JOIN account_move e ON e.id = o.move_id AND e.state = 'posted'
                                     AND e.move_type = 'entry'
                 WHERE NOT EXISTS (SELECT 1 FROM account_partial_reconcile x
                                    WHERE x.exchange_move_id = o.move_id)
                   AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile x
                                    WHERE x.exchange_move_id = i.move_id)
            ), entry AS (
                SELECT k.move_id,
                       GREATEST(SUM(k.balance) FILTER (WHERE k.kind = 'money'), 0) AS money,
                       GREATEST(SUM(k.balance) FILTER (WHERE k.kind = 'lost'), 0) AS lost,
                       GREATEST(SUM(k.balance) FILTER (WHERE k.kind = 'other'), 0) AS other
                  FROM (SELECT l.move_id, l.balance, %(kind)s AS kind
                          FROM (SELECT DISTINCT entry_id FROM matched) e
                          JOIN account_move_line l ON l.move_id = e.entry_id
                          JOIN account_account a ON a.id = l.account_id
                         WHERE a.account_type <> 'asset_receivable' OR l.balance > 0) k
              GROUP BY k.move_id
            ), settlement AS (
                SELECT m.partner_id, m.invoice_id, m.due, m.line_id, m.date,
                       GREATEST(m.date, m.invoice_date) AS day,
                       m.amount * e.money / NULLIF(e.money + e.lost + e.other, 0) AS money,
                       m.amount * e.lost / NULLIF(e.money + e.lost + e.other, 0) AS lost
                  FROM matched m
                  JOIN entry e ON e.move_id = m.entry_id
             UNION ALL
                %(on_its_way)s
            )""",
            kind=self._get_line_kind_sql(),
            on_its_way=self._get_on_its_way_sql(),
        )

    @api.model
    def _get_on_its_way_sql(self) -> SQL:
        """Rows of ``settlement`` of payments without entry: what is open of the invoice is paid."""
        return SQL(
            """SELECT i.partner_id, i.invoice_id, i.due, NULL, p.date,
                      GREATEST(p.date, i.invoice_date), i.amount_residual, 0
                 FROM instalment i
                 JOIN (SELECT r.invoice_id, MAX(p.date) AS date
                         FROM account_move__account_payment r
                         JOIN account_payment p ON p.id = r.payment_id
                        WHERE p.move_id IS NULL AND p.state IN ('in_process', 'paid')
                     GROUP BY r.invoice_id) p ON p.invoice_id = i.invoice_id
                WHERE i.is_on_its_way"""
        )

    @api.model
    def _get_paid_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``billed``: what was paid of each invoice and how late, in company currency.

        ``money``: paid up to today; ``money_365`` and ``late_365`` (amount x days, negative when
        early): of the last 365 days; ``owed``: what was to be paid, credits and discounts left out.
        """
        return SQL(
            """%(sale_move)s, %(instalment)s, %(settlement)s, billed AS (
                SELECT m.id, m.partner_id, m.invoice_date > %(year)s AS is_billed_in_year,
                       m.amount_residual_signed = 0 OR i.on_its_way > 0 AS is_settled,
                       s.money, s.late, s.money_365, s.late_365, s.delay_365,
                       COALESCE(s.owed, 0) + COALESCE(i.open_amount, 0) AS owed
                  FROM sale_move m
                  JOIN (SELECT invoice_id,
                               SUM(amount_residual) FILTER (WHERE NOT is_on_its_way) AS open_amount,
                               COUNT(*) FILTER (WHERE is_on_its_way) AS on_its_way
                          FROM instalment
                      GROUP BY invoice_id) i ON i.invoice_id = m.id
             LEFT JOIN (SELECT invoice_id, SUM(money + lost) AS owed,
                               SUM(money) FILTER (WHERE day <= %(today)s) AS money,
                               SUM(money * GREATEST(day - due, 0))
                                   FILTER (WHERE day <= %(today)s) AS late,
                               SUM(money) FILTER (WHERE %(in_year)s) AS money_365,
                               SUM(money * (day - due)) FILTER (WHERE %(in_year)s) AS late_365,
                               SUM(money * GREATEST(day - due, 0))
                                   FILTER (WHERE %(in_year)s) AS delay_365
                          FROM settlement
                      GROUP BY invoice_id) s ON s.invoice_id = m.id
            )""",
            sale_move=self._get_sale_move_sql(scope),
            instalment=self._get_instalment_sql(scope),
            settlement=self._get_settlement_sql(scope),
            today=scope.today,
            year=fields.Date.subtract(scope.today, days=YEAR),
            in_year=SQL(
                "day > %s AND day <= %s", fields.Date.subtract(scope.today, days=YEAR), scope.today
            ),
        )

    @api.model
    def _get_payment_facts_sql(self, scope: Scope) -> SQL:
        """Lateness in days, paid share (0-1), overdue and bad debts in company currency."""
        return SQL(
            """WITH %(paid)s, %(overdue)s, %(written_off)s, habit AS (
                SELECT partner_id,
                       SUM(late_365) / NULLIF(SUM(money_365), 0) AS payment_days_late,
                       COUNT(*) FILTER (WHERE money_365 > 0 AND is_settled)
                           AS paid_invoice_count_365,
                       SUM(COALESCE(money, 0)) FILTER (WHERE is_billed_in_year)
                           / NULLIF(SUM(owed) FILTER (WHERE is_billed_in_year), 0)
                           AS paid_ratio_365,
                       SUM(late) AS late_total, SUM(delay_365) AS late_365
                  FROM billed
              GROUP BY partner_id
            ), loss AS (
                SELECT partner_id, SUM(amount) AS total,
                       SUM(amount) FILTER (WHERE date > %(year)s) AS year
                  FROM written_off
              GROUP BY partner_id
            )
            SELECT c.partner_id,
                   ROUND(h.payment_days_late, 6)::float8 AS payment_days_late,
                   COALESCE(h.paid_invoice_count_365, 0) AS paid_invoice_count_365,
                   ROUND(h.paid_ratio_365, 6)::float8 AS paid_ratio_365,
                   COALESCE(o.overdue_amount, 0) AS overdue_amount,
                   COALESCE(l.total, 0) AS bad_debt_amount_total,
                   COALESCE(l.year, 0) AS bad_debt_amount_365,
                   (COALESCE(h.late_total, 0) + COALESCE(o.open_amount_days, 0))::float8
                       AS late_amount_days_total,
                   (COALESCE(h.late_365, 0) + COALESCE(o.open_amount_days, 0))::float8
                       AS late_amount_days_365
              FROM (SELECT partner_id FROM sale_move
                     UNION SELECT partner_id FROM overdue
                     UNION SELECT partner_id FROM loss) c
         LEFT JOIN overdue o ON o.partner_id = c.partner_id
         LEFT JOIN habit h ON h.partner_id = c.partner_id
         LEFT JOIN loss l ON l.partner_id = c.partner_id""",
            paid=self._get_paid_sql(scope),
            overdue=self._get_overdue_sql(scope),
            written_off=self._get_written_off_sql(scope),
            year=fields.Date.subtract(scope.today, days=YEAR),
        )

    @api.model
    def _get_metric_documents(self):
        return super()._get_metric_documents() | {
            "overdue_amount": ("account.move.line", self._get_overdue_line_domain),
        }

    def _get_overdue_line_domain(self):
        """Domain of the receivable lines whose residuals add up to ``overdue_amount``."""
        return self._get_counted_domain("customer_overdue_of_id")
