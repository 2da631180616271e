from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_REVENUE
from ..base.nullable import NullableFloat
from ..base.scope import YEAR, Scope


class CustomerProfile(models.Model):
    """Facts from payments: read from the reconciliation records, never from a stored flag."""

    _inherit = "customer.profile"

    payment_days_late = NullableFloat(
        string="Days late",
        readonly=True,
        groups=GROUPS_REVENUE,
        aggregator="avg",
        digits=(16, 1),
        help="Amount-weighted mean of full payment date minus due date over the invoices paid "
        "during the last 365 days; negative when the customer pays early.",
    )
    paid_invoice_count_365 = fields.Integer(
        string="Invoices paid, last 365 days", readonly=True, groups=GROUPS_REVENUE
    )
    paid_ratio_365 = NullableFloat(
        string="Paid share, last 365 days",
        readonly=True,
        groups=GROUPS_REVENUE,
        aggregator="avg",
        help="0 to 1: share of what was invoiced during the last 365 days that is settled.",
    )
    overdue_amount = fields.Monetary(
        string="Overdue",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Open receivables past their due date, less open credit notes past theirs.",
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
        """CTEs ``receivable`` and ``overdue``: open amounts past their due date."""
        return SQL(
            """receivable AS (
                SELECT m.partner_id, m.id AS move_id, l.id, l.date_maturity, l.amount_residual
                  FROM sale_move m
                  JOIN account_move_line l ON l.move_id = m.id
                 WHERE l.display_type = 'payment_term'
            ), overdue AS (
                SELECT partner_id,
                       SUM(amount_residual) AS overdue_amount,
                       SUM(GREATEST(amount_residual, 0) * (%(today)s - date_maturity))
                           AS open_amount_days
                  FROM receivable
                 WHERE date_maturity < %(today)s AND amount_residual <> 0
              GROUP BY partner_id
            )""",
            today=scope.today,
        )

    @api.model
    def _get_paid_sql(self, scope: Scope) -> SQL:
        """CTEs ``settled`` and ``paid``: how late invoices were paid in full, in days.

        The full payment date is the latest date of the entries that settle an invoice with
        nothing left to pay, though not before the invoice itself. Entries that only book an
        exchange difference are nobody's payment. Invoices credited in full were not paid.
        """
        return SQL(
            """settled AS (
                SELECT m.id AS move_id, m.partner_id, m.amount_total_signed AS amount,
                       m.invoice_date_due, GREATEST(MAX(o.date), m.invoice_date) AS paid_date,
                       GREATEST(MAX(o.date), m.invoice_date) > %(year)s
                           AND GREATEST(MAX(o.date), m.invoice_date) <= %(today)s AS in_year
                  FROM sale_move m
                  JOIN receivable l ON l.move_id = m.id
                  JOIN account_partial_reconcile r
                    ON r.debit_move_id = l.id OR r.credit_move_id = l.id
                  JOIN account_move_line o
                    ON o.id = CASE WHEN r.debit_move_id = l.id THEN r.credit_move_id
                                   ELSE r.debit_move_id END
                 WHERE m.move_type <> 'out_refund'
                   AND NOT EXISTS (
                       SELECT 1 FROM account_partial_reconcile e
                        WHERE e.exchange_move_id = o.move_id)
                   AND NOT m.reversed
                   AND m.amount_total_signed > 0
                   AND m.amount_residual_signed = 0
                   AND m.invoice_date_due IS NOT NULL
              GROUP BY m.id, m.partner_id, m.amount_total_signed, m.invoice_date_due,
                       m.invoice_date
            ), paid AS (
                SELECT partner_id,
                       SUM(amount * (paid_date - invoice_date_due)) FILTER (WHERE in_year)
                           / NULLIF(SUM(amount) FILTER (WHERE in_year), 0) AS payment_days_late,
                       COUNT(*) FILTER (WHERE in_year) AS paid_invoice_count_365,
                       SUM(amount * GREATEST(paid_date - invoice_date_due, 0)) AS late_total,
                       SUM(amount * GREATEST(paid_date - invoice_date_due, 0))
                           FILTER (WHERE in_year) AS late_365
                  FROM settled
              GROUP BY partner_id
            )""",
            today=scope.today,
            year=fields.Date.subtract(scope.today, days=YEAR),
        )

    @api.model
    def _get_billed_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``billed_document``: the invoices the paid share is measured on."""
        return SQL(
            """%(sale_move)s, billed_document AS (
                SELECT id, partner_id, amount_total_signed, amount_residual_signed
                  FROM sale_move
                 WHERE move_type <> 'out_refund' AND NOT reversed
                   AND invoice_date > %(year)s AND amount_total_signed > 0
            )""",
            sale_move=self._get_sale_move_sql(scope),
            year=fields.Date.subtract(scope.today, days=YEAR),
        )

    @api.model
    def _get_payment_facts_sql(self, scope: Scope) -> SQL:
        """Lateness in days, settled share (0-1) and overdue amount in company currency."""
        return SQL(
            """WITH %(billed)s, %(overdue)s, %(paid)s, billed AS (
                SELECT partner_id,
                       SUM(amount_total_signed - amount_residual_signed)
                           / NULLIF(SUM(amount_total_signed), 0) AS paid_ratio_365
                  FROM billed_document
              GROUP BY partner_id
            )
            SELECT c.partner_id,
                   ROUND(p.payment_days_late, 6)::float8 AS payment_days_late,
                   COALESCE(p.paid_invoice_count_365, 0) AS paid_invoice_count_365,
                   ROUND(b.paid_ratio_365, 6)::float8 AS paid_ratio_365,
                   COALESCE(o.overdue_amount, 0) AS overdue_amount,
                   (COALESCE(p.late_total, 0) + COALESCE(o.open_amount_days, 0))::float8
                       AS late_amount_days_total,
                   (COALESCE(p.late_365, 0) + COALESCE(o.open_amount_days, 0))::float8
                       AS late_amount_days_365
              FROM (SELECT DISTINCT partner_id FROM sale_move) c
         LEFT JOIN overdue o ON o.partner_id = c.partner_id
         LEFT JOIN paid p ON p.partner_id = c.partner_id
         LEFT JOIN billed b ON b.partner_id = c.partner_id""",
            billed=self._get_billed_sql(scope),
            overdue=self._get_overdue_sql(scope),
            paid=self._get_paid_sql(scope),
        )

    @api.model
    def _get_metric_documents(self):
        return super()._get_metric_documents() | {
            "overdue_amount": ("account.move.line", self._get_overdue_line_domain),
        }

    def _get_overdue_line_domain(self):
        """Domain of the receivable lines whose residuals add up to ``overdue_amount``."""
        return Domain(
            [
                ("display_type", "=", "payment_term"),
                ("date_maturity", "<", self._get_today(self.company_id)),
                ("amount_residual", "!=", 0),
            ]
        ) & Domain("move_id", "any", self._get_sale_move_domain())
