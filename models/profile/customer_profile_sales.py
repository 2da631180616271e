from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_PROFIT, GROUPS_REVENUE, GROUPS_STANDING
from ..base.nullable import NullableFloat, NullableInteger, NullableMonetary
from ..base.scope import HALF_YEAR, YEAR, Scope


class CustomerProfile(models.Model):
    """Facts from posted customer invoices, credit notes and receipts."""

    _inherit = "customer.profile"

    revenue_total = fields.Monetary(
        string="Revenue",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Untaxed invoices less credit notes since the first one.",
    )
    revenue_365 = fields.Monetary(
        string="Revenue, last 365 days", readonly=True, groups=GROUPS_REVENUE
    )
    revenue_previous_365 = fields.Monetary(
        string="Revenue, 365 days before", readonly=True, groups=GROUPS_REVENUE
    )
    gross_profit_total = NullableMonetary(
        string="Gross profit",
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Revenue less cash discounts and cost of goods, as fixed when each invoice was "
        "posted.",
    )
    gross_profit_365 = NullableMonetary(
        string="Gross profit, last 365 days", readonly=True, groups=GROUPS_PROFIT
    )
    cost_estimated_ratio = NullableFloat(
        string="Share of estimated cost",
        readonly=True,
        groups=GROUPS_PROFIT,
        aggregator="avg",
        help="0 to 1: share of the cost that was taken from today's product cost because the "
        "invoice was posted before Customer Value was installed.",
    )
    invoice_count = fields.Integer(string="Invoices", readonly=True, groups=GROUPS_REVENUE)
    credit_note_count = fields.Integer(string="Credit notes", readonly=True, groups=GROUPS_REVENUE)
    occasion_count = fields.Integer(
        string="Purchase days",
        readonly=True,
        groups=GROUPS_STANDING,
        help="Days on which the customer bought something and did not give all of it back.",
    )
    occasion_count_365 = fields.Integer(
        string="Purchase days, last 365 days", readonly=True, groups=GROUPS_STANDING
    )
    occasion_count_before_pause = fields.Integer(
        string="Purchase days before the pause",
        readonly=True,
        groups=GROUPS_STANDING,
        help="Purchase days of the 365 days that end with the last purchase.",
    )
    revenue_before_pause = fields.Monetary(
        string="Revenue before the pause",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Revenue of the 365 days that end with the last purchase.",
    )
    first_occasion_date = fields.Date(string="First purchase", readonly=True)
    last_occasion_date = fields.Date(string="Last purchase", readonly=True)
    gap_count = fields.Integer(string="Gaps between purchases", readonly=True)
    gap_mean_days = NullableFloat(
        string="Mean days between purchases", readonly=True, aggregator="avg", digits=(16, 2)
    )
    gap_p80_days = NullableFloat(
        string="80 % of gaps within (days)", readonly=True, aggregator="avg", digits=(16, 2)
    )
    gap_p95_days = NullableFloat(
        string="95 % of gaps within (days)", readonly=True, aggregator="avg", digits=(16, 2)
    )
    recent_longest_gap_days = NullableInteger(
        string="Longest pause ended recently (days)", readonly=True, aggregator="max"
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {"sales": self._get_sales_facts_sql}

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "revenue_total": 0,
            "revenue_365": 0,
            "revenue_previous_365": 0,
            "gross_profit_total": 0,
            "gross_profit_365": 0,
            "cost_estimated_ratio": None,
            "invoice_count": 0,
            "credit_note_count": 0,
            "occasion_count": 0,
            "occasion_count_365": 0,
            "occasion_count_before_pause": 0,
            "revenue_before_pause": 0,
            "first_occasion_date": None,
            "last_occasion_date": None,
            "_occasion_days": None,
            "_revenue_180": 0,
            "_last_revenue": 0,
        }

    @api.model
    def _get_sale_move_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``sale_move``: the sale documents with what their lines say.

        ``is_purchase`` when the customer kept something of it, ``reversed`` when everything on it
        was given back: both by its product lines and in its own currency
        (``customer.given.back``). Cost of goods in company currency; the receivable lines to be
        paid: ``due_count``, and of a single one its id, day and residual.
        """
        if scope.staged == "moves":
            return self.env["customer.work.table"]._get_move_sql(scope)
        return SQL(
            """%(document)s, %(given_back)s, sale_move AS (
                SELECT d.*, a.cost, a.absolute_cost, a.estimated_cost,
                       COALESCE(a.cost_missing, FALSE) AS cost_missing,
                       a.is_ordered, a.due_count, a.due_line_id, a.due_date, a.due_residual,
                       COALESCE(CASE WHEN g.move_id IS NULL
                                     THEN a.has_goods AND a.kept > k.rounding / 2
                                     ELSE g.has_goods AND g.kept > k.rounding / 2
                                      AND NOT COALESCE(g.goods > k.rounding / 2
                                          AND -n.goods >= g.goods
                                          AND n.pieces >= g.pieces, FALSE) END, FALSE)
                           AS is_purchase,
                       COALESCE(CASE WHEN NOT g.has_goods
                                     THEN g.everything > k.rounding / 2
                                          AND -n.everything >= g.everything
                                     ELSE g.goods > k.rounding / 2 AND -n.goods >= g.goods
                                          AND n.pieces >= g.pieces
                                          OR g.taken > 0 AND g.kept <= k.rounding / 2
                                     END, FALSE) AS reversed
                  FROM sale_document d
                  JOIN res_currency k ON k.id = d.currency_id
             LEFT JOIN goods a ON a.move_id = d.id
             LEFT JOIN given_back g ON g.move_id = d.id
             LEFT JOIN naming n ON n.named_id = d.id
            )""",
            document=self.env["customer.given.back"]._get_document_sql(scope),
            given_back=self.env["customer.given.back"]._get_given_back_sql(scope),
        )

    @api.model
    def _settle_documents(self, scope: Scope) -> Scope:
        """Write what the facts read from documents and later documents may have changed.

        Goods may come back before their credit note or after it.

        :return: the scope that reads the documents from work tables
        """
        lines = self.env["account.move.line"]
        if len(scope.counted_company_ids) > 1:
            lines._settle_branch_costs(scope)
        work = self.env["customer.work.table"]
        staged = work._stage_documents(scope)
        is_alone = len(scope.counted_company_ids) == 1 and not staged.is_plain
        if is_alone and lines._settle_credit_costs(staged):
            work._stage_costs()
        return work._stage_moves(staged)

    @api.model
    def _get_occasion_sql(self, scope: Scope) -> SQL:
        """CTEs up to ``occasion``: one row per customer and day on which something was kept.

        Down payments are not product sales: what was paid in advance counts on the day of the
        final invoice.
        """
        return SQL(
            """%(sale_move)s, occasion AS (
                SELECT m.partner_id, m.invoice_date AS day
                  FROM sale_move m
                 WHERE m.is_purchase
              GROUP BY m.partner_id, m.invoice_date
            )""",
            sale_move=self._get_sale_move_sql(scope),
        )

    @api.model
    def _get_money_sql(self, scope: Scope) -> SQL:
        """CTE ``money``: revenue and profit per window, and whether a cost is missing."""
        return SQL(
            """money AS (
                SELECT m.partner_id,
                       SUM(m.revenue) AS revenue_total,
                       SUM(m.revenue) FILTER (WHERE m.invoice_date > %(year)s) AS revenue_365,
                       SUM(m.revenue) FILTER (
                           WHERE m.invoice_date > %(year_before)s AND m.invoice_date <= %(year)s
                       ) AS revenue_previous_365,
                       SUM(m.revenue) FILTER (WHERE m.invoice_date > %(half_year)s) AS _revenue_180,
                       SUM(m.revenue - COALESCE(m.cost, 0)) AS profit_total,
                       SUM(m.revenue - COALESCE(m.cost, 0)) FILTER (
                           WHERE m.invoice_date > %(year)s) AS profit_365,
                       BOOL_OR(m.cost_missing) AS missing_total,
                       BOOL_OR(m.cost_missing) FILTER (
                           WHERE m.invoice_date > %(year)s) AS missing_365,
                       COALESCE(SUM(m.estimated_cost), 0) / NULLIF(SUM(m.absolute_cost), 0)
                           AS cost_estimated_ratio,
                       COUNT(*) FILTER (WHERE m.move_type <> 'out_refund') AS invoice_count,
                       COUNT(*) FILTER (WHERE m.move_type = 'out_refund') AS credit_note_count
                  FROM sale_move m
              GROUP BY m.partner_id
            )""",
            year=fields.Date.subtract(scope.today, days=YEAR),
            half_year=fields.Date.subtract(scope.today, days=HALF_YEAR),
            year_before=fields.Date.subtract(scope.today, days=2 * YEAR),
        )

    @api.model
    def _get_visit_sql(self, scope: Scope) -> SQL:
        """CTEs ``visits``: purchase days, ``before_pause``: revenue of the year to the last one."""
        return SQL(
            """visits AS (
                SELECT o.partner_id,
                       COUNT(*) AS occasion_count,
                       COUNT(*) FILTER (WHERE o.day > %(year)s) AS occasion_count_365,
                       COUNT(*) FILTER (
                           WHERE o.day > o.last_day - %(days)s) AS occasion_count_before_pause,
                       MIN(o.day) AS first_occasion_date,
                       MAX(o.day) AS last_occasion_date,
                       ARRAY_AGG(o.day - DATE '0001-01-01' + 1 ORDER BY o.day) AS _occasion_days
                  FROM (SELECT *, MAX(day) OVER (PARTITION BY partner_id) AS last_day
                          FROM occasion) o
              GROUP BY o.partner_id
            ), before_pause AS (
                SELECT m.partner_id, SUM(m.revenue) AS revenue_before_pause,
                       SUM(m.revenue) FILTER (
                           WHERE m.invoice_date = v.last_occasion_date) AS _last_revenue
                  FROM sale_move m
                  JOIN visits v ON v.partner_id = m.partner_id
                 WHERE m.invoice_date > v.last_occasion_date - %(days)s
                   AND m.invoice_date <= v.last_occasion_date
              GROUP BY m.partner_id
            )""",
            year=fields.Date.subtract(scope.today, days=YEAR),
            days=YEAR,
        )

    @api.model
    def _get_sales_facts_sql(self, scope: Scope) -> SQL:
        """Revenue, gross profit and purchase days; amounts in company currency.

        Gross profit is NULL while the cost of one of its lines is still to be filled in.
        """
        return SQL(
            """WITH %(occasion)s, %(money)s, %(visit)s
            SELECT money.partner_id,
                   COALESCE(revenue_total, 0) AS revenue_total,
                   COALESCE(revenue_365, 0) AS revenue_365,
                   COALESCE(revenue_previous_365, 0) AS revenue_previous_365,
                   CASE WHEN NOT missing_total THEN profit_total END AS gross_profit_total,
                   CASE WHEN NOT COALESCE(missing_365, FALSE)
                        THEN COALESCE(profit_365, 0) END AS gross_profit_365,
                   ROUND(cost_estimated_ratio, 6)::float8 AS cost_estimated_ratio,
                   invoice_count,
                   credit_note_count,
                   COALESCE(occasion_count, 0) AS occasion_count,
                   COALESCE(occasion_count_365, 0) AS occasion_count_365,
                   COALESCE(occasion_count_before_pause, 0) AS occasion_count_before_pause,
                   COALESCE(revenue_before_pause, 0) AS revenue_before_pause,
                   first_occasion_date,
                   last_occasion_date,
                   _occasion_days,
                   COALESCE(_revenue_180, 0) AS _revenue_180,
                   COALESCE(_last_revenue, 0) AS _last_revenue
              FROM money
         LEFT JOIN visits ON visits.partner_id = money.partner_id
         LEFT JOIN before_pause ON before_pause.partner_id = money.partner_id""",
            occasion=self._get_occasion_sql(scope),
            money=self._get_money_sql(scope),
            visit=self._get_visit_sql(scope),
        )

    @api.model
    def _get_metric_documents(self):
        return super()._get_metric_documents() | {
            "revenue_total": ("account.move", self._get_sale_move_domain),
            "revenue_365": ("account.move", self._get_year_sale_move_domain),
            "own_revenue_365": ("account.move", self._get_year_sale_move_domain),
            "revenue_previous_365": ("account.move", self._get_previous_year_sale_move_domain),
            "gross_profit_total": ("account.move.line", self._get_profit_line_domain),
            "gross_profit_365": ("account.move.line", self._get_year_profit_line_domain),
            "revenue_before_pause": ("account.move", self._get_before_pause_sale_move_domain),
        }

    def _get_sale_move_domain(self):
        """Domain of the documents whose untaxed amounts add up to ``revenue_total``."""
        self.ensure_one()
        return Domain(
            [
                ("company_id", "child_of", self.company_id.id),
                ("commercial_partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                ("invoice_date", "<=", self._get_today(self.company_id)),
            ]
        )

    def _get_year_sale_move_domain(self):
        """Domain of the documents whose untaxed amounts add up to ``revenue_365``."""
        year = fields.Date.subtract(self._get_today(self.company_id), days=YEAR)
        return self._get_sale_move_domain() & Domain("invoice_date", ">", year)

    def _get_previous_year_sale_move_domain(self):
        """Domain of the documents whose untaxed amounts add up to ``revenue_previous_365``."""
        today = self._get_today(self.company_id)
        return self._get_sale_move_domain() & Domain(
            [
                ("invoice_date", ">", fields.Date.subtract(today, days=2 * YEAR)),
                ("invoice_date", "<=", fields.Date.subtract(today, days=YEAR)),
            ]
        )

    def _get_before_pause_sale_move_domain(self):
        """Domain of the documents whose untaxed amounts add up to ``revenue_before_pause``."""
        last = self.last_occasion_date
        if not last:
            return Domain.FALSE
        return self._get_sale_move_domain() & Domain(
            [
                ("invoice_date", ">", fields.Date.subtract(last, days=YEAR)),
                ("invoice_date", "<=", last),
            ]
        )
