from datetime import timedelta

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import payment as engine
from ..base.access import GROUPS_REVENUE
from ..base.nullable import NullableMonetary
from ..calendar.reader_date import format_day


class CustomerCashForecast(models.Model):
    """The cash a company expects of a week, as foretold in an earlier one or the same.

    Made every night for this week and the next twelve, from the documents that are open; what was
    foretold until the end of a week stays, and is shown against what came. Company currency, taxes
    included. Formulas: docs/late_payment.md.
    """

    _name = "customer.cash.forecast"
    _description = "Expected Cash"
    _inherit = "customer.date.bounds.mixin"
    _order = "made_week desc, week, id"
    _rec_name = "name"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    model_id = fields.Many2one(
        string="Payment prediction",
        comodel_name="customer.payment.model",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    date = fields.Date(string="Made on", required=True, readonly=True)
    made_week = fields.Date(string="Made in", required=True, readonly=True, help="Its Monday.")
    week = fields.Date(required=True, readonly=True, help="Monday of the week foretold.")
    name = fields.Char(string="Week name", compute="_compute_name")
    grade_text = fields.Char(string="Grade", compute="_compute_grade_text")
    weeks_ahead = fields.Integer(readonly=True, aggregator=None)
    is_current = fields.Boolean(
        string="Current", readonly=True, help="Made last night; replaced tonight."
    )
    is_over = fields.Boolean(string="Over", readonly=True, help="The week is over.")
    expected_amount = NullableMonetary(
        string="Expected",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What open invoices, orders and quotations bring in the week, by the chance that "
        "they are paid in it. Empty: not enough data.",
    )
    low_amount = NullableMonetary(
        string="At least", readonly=True, groups=GROUPS_REVENUE, help="9 of 10 times it is more."
    )
    high_amount = NullableMonetary(
        string="At most", readonly=True, groups=GROUPS_REVENUE, help="9 of 10 times it is less."
    )
    actual_amount = NullableMonetary(
        string="Came",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Money that came in the week for documents that were there when it was foretold, "
        "from the night of the forecast on.",
    )
    total_amount = NullableMonetary(
        string="Came in all", readonly=True, groups=GROUPS_REVENUE, help="With later documents."
    )
    is_within = fields.Boolean(
        string="Within the range",
        compute="_compute_is_within",
        groups=GROUPS_REVENUE,
        help="Once the week is over: came between at least and at most.",
    )

    _week_uniq = models.UniqueIndex(
        "(company_id, made_week, week)", "A week is foretold once in each week."
    )

    @api.depends("low_amount", "high_amount", "actual_amount", "is_over")
    def _compute_is_within(self):
        for row in self:
            known = row.is_over and row.expected_amount is not False
            row.is_within = bool(known and row.low_amount <= row.actual_amount <= row.high_amount)

    @api.depends("model_id")
    @api.depends_context("lang")
    def _compute_grade_text(self):
        for row in self:
            row.grade_text = row.model_id._get_grade_text()

    @api.depends("week")
    @api.depends_context("lang")
    def _compute_name(self):
        for row in self:
            row.name = format_day(self.env, row.week) if row.week else ""

    @api.model
    def _make(self, company, record, today):
        """Add up the weeks of the expectations that were just made, and what came; return them."""
        self = self.sudo()
        self._update_actual(company, today)
        monday = today - timedelta(days=today.weekday())
        own = [("company_id", "=", company.id)]
        self.search([*own, ("is_current", "=", True)]).write({"is_current": False})
        known = self.search([*own, ("made_week", "=", monday)]).grouped("week")
        ranges = self._get_ranges(company, record)
        rows = self.browse()
        for ahead in range(engine.WEEKS):
            vals = {
                "company_id": company.id,
                "model_id": record.id,
                "date": today,
                "made_week": monday,
                "week": monday + timedelta(days=7 * ahead),
                "weeks_ahead": ahead,
                "is_current": True,
                "is_over": False,
                **dict.fromkeys(("expected_amount", "low_amount", "high_amount")),
            }
            if ranges:
                rounded = company.currency_id.round
                vals |= {
                    "expected_amount": rounded(ranges[ahead].expected),
                    "low_amount": rounded(ranges[ahead].low),
                    "high_amount": rounded(ranges[ahead].high),
                }
            row = known.get(vals["week"])
            if row:
                row.write(vals)
            rows |= row or self.create(vals)
        return rows

    @api.model
    def _get_ranges(self, company, record):
        """Return a range per week; ``None`` where nothing is foretold."""
        if record.level != "full":
            return None
        self.env["customer.payment.expectation"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT amount::float8, weight, week_amounts
                     FROM customer_payment_expectation
                    WHERE company_id = %s AND week_amounts IS NOT NULL
                 ORDER BY id""",
                company.id,
            )
        )
        if not rows:
            return [engine.CashRange(0.0, 0.0, 0.0)] * engine.WEEKS
        amounts, weights, weeks = (
            np.array(column, dtype=float) for column in zip(*rows, strict=True)
        )
        whole = (amounts * weights)[:, None]
        chances = np.divide(weeks, whole, out=np.zeros_like(weeks), where=whole > 0)
        return engine.get_cash_ranges(
            amounts, weights, np.clip(chances, 0, 1), weeks, self._get_misses(company)
        )

    @api.model
    def _get_misses(self, company):
        """Return how far the weeks that came due were off, relative, foretold a week before."""
        due = self.search(
            [
                ("company_id", "=", company.id),
                ("weeks_ahead", "=", 1),
                ("is_over", "=", True),
                ("expected_amount", ">", 0),
            ],
            limit=26,
            order="week desc",
        )
        return [row.actual_amount / row.expected_amount - 1 for row in due]

    @api.model
    def _update_actual(self, company, today):
        """Write what came in the weeks that have begun, to all their forecasts of 13 weeks."""
        self.flush_model()
        first = today - timedelta(days=today.weekday() + 7 * engine.WEEKS)
        self.env.execute_query(
            SQL(
                """WITH %(came)s, sums AS (
                    SELECT f.id, COALESCE(SUM(r.money), 0) AS total,
                           COALESCE(SUM(r.money) FILTER (
                               WHERE r.known <= f.date AND r.day >= f.date), 0) AS actual
                      FROM customer_cash_forecast f
                 LEFT JOIN received r ON r.day >= f.week AND r.day < f.week + 7
                     WHERE f.company_id = %(company)s AND f.week <= %(today)s
                       AND f.week >= %(first)s
                  GROUP BY f.id
                )
                UPDATE customer_cash_forecast f
                   SET actual_amount = s.actual, total_amount = s.total,
                       is_over = f.week + 7 <= %(today)s
                  FROM sums s
                 WHERE f.id = s.id
                   AND (f.actual_amount, f.total_amount, f.is_over)
                       IS DISTINCT FROM (s.actual, s.total, f.week + 7 <= %(today)s)
             RETURNING f.id""",
                came=self._get_received_sql(company, today, first),
                company=company.id,
                today=today,
                first=first,
            )
        )
        self.invalidate_model()

    @api.model
    def _get_received_sql(self, company, today, first):
        """CTEs up to ``received``: money by day, and since when its document was there.

        The payment facts of the profile, and payments that are matched with nothing yet. An
        opening balance has no invoice: there since its entry, whose day is its ``due``.
        """
        profiles = self.env["customer.profile"]
        recent = self._get_recent_sql(first)
        scope = profiles._get_scope(company, None, today).of_documents(recent)
        expectations = self.env["customer.payment.expectation"]
        self.env.flush_all()
        return SQL(
            """%(moves)s, %(instalment)s, %(settlement)s, received AS (
                SELECT s.day, s.money,
                       LEAST(COALESCE(m.invoice_date, s.due), (
                           SELECT MIN(%(ordered)s)
                             FROM account_move_line l
                             JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
                             JOIN sale_order_line i ON i.id = r.order_line_id
                             JOIN sale_order o ON o.id = i.order_id
                            WHERE l.move_id = s.invoice_id), s.day) AS known
                  FROM settlement s
             LEFT JOIN account_move m ON m.id = s.invoice_id
                 WHERE s.money > 0 AND s.day >= %(first)s AND s.day <= %(today)s
             UNION ALL
                SELECT l.date, -l.amount_residual * k.share, '-infinity'::date
                  FROM contact c
                  JOIN account_move_line l ON l.partner_id = c.id
                  JOIN account_move e ON e.id = l.move_id AND e.move_type = 'entry'
                  JOIN account_account a ON a.id = l.account_id
                                        AND a.account_type = 'asset_receivable'
                  JOIN LATERAL (%(money_share)s) k ON k.share > 0
                 WHERE %(companies)s AND l.parent_state = 'posted'
                   AND l.amount_residual < 0 AND l.date >= %(first)s AND l.date <= %(today)s
            )""",
            moves=expectations._get_light_move_sql(scope),
            instalment=profiles._get_instalment_sql(scope),
            settlement=profiles._get_settlement_sql(scope),
            ordered=scope.local_day(SQL("o.date_order")),
            money_share=self._get_money_share_sql(),
            companies=scope.where_company(SQL("l.company_id")),
            first=first,
            today=today,
        )

    @api.model
    def _get_money_share_sql(self):
        """SELECT of the share of an entry ``e`` that is money, as of what is matched with one.

        What a customer was owed in the opening balance, or is written off, did not come.
        """
        return SQL(
            """SELECT k.money / NULLIF(k.money + k.rest, 0) AS share
                 FROM (SELECT GREATEST(SUM(o.balance) FILTER (WHERE o.kind = 'money'), 0) AS money,
                              GREATEST(SUM(o.balance) FILTER (WHERE o.kind = 'lost'), 0)
                              + GREATEST(SUM(o.balance) FILTER (WHERE o.kind = 'other'), 0) AS rest
                         FROM (SELECT l.balance, %s AS kind
                                 FROM account_move_line l
                                 JOIN account_account a ON a.id = l.account_id
                                WHERE l.move_id = e.id
                                  AND (a.account_type <> 'asset_receivable' OR l.balance > 0)) o
                      ) k""",
            self.env["customer.profile"]._get_line_kind_sql(),
        )

    @api.model
    def _get_recent_sql(self, first):
        """Ids of documents for which money may have come since a day."""
        return SQL(
            """SELECT l.move_id
                 FROM account_partial_reconcile p
                 JOIN account_move_line l ON l.id = p.debit_move_id
                WHERE p.max_date >= %s
             UNION
               SELECT id FROM account_move WHERE payment_state IN ('in_payment', 'paid')
                  AND amount_residual_signed <> 0 AND invoice_date >= %s""",
            first,
            first - timedelta(days=365),
        )

    def action_open_documents(self):
        """Open the documents whose expected amounts add up to the week. Public: button.

        :raise AccessError: when the user may not read the forecast
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_cash_share_action"
        )
        domain = [("company_id", "=", self.company_id.id), ("week", "=", self.week)]
        return action | {"domain": domain, "context": {}}
