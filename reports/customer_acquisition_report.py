from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.nullable import NullableFloat, NullableMonetary

MONTH_DAYS = 30.4375
# rows: 3 kinds, of which costs have a row for each company above, those by hand per month
KINDS = 3
MONTHS = 1000
COMPANIES = 10_000


class CustomerAcquisitionReport(models.Model):
    """What customers have cost to win, and what they bring, by source, campaign and cohort.

    Costs and customers stand in one table, so that a group has all that its ratios are taken of,
    and each number opens the rows it is the sum of. A customer belongs to the day of the first
    purchase, a cost to the day it was spent. Customers of a branch are those of the companies above
    as well, and so is what winning them has cost.
    """

    _name = "customer.acquisition.report"
    _description = "Cost and Return of Sources"
    _inherit = "customer.date.bounds.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        selection=[("customer", "Customer"), ("hand", "Cost by hand"), ("bill", "Vendor bill")],
        readonly=True,
    )
    date = fields.Date(readonly=True, help="Of the first purchase, or when it was spent.")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    source_id = fields.Many2one(comodel_name="utm.source", readonly=True)
    campaign_id = fields.Many2one(comodel_name="utm.campaign", readonly=True)
    partner_id = fields.Many2one(string="Customer", comodel_name="res.partner", readonly=True)
    profile_id = fields.Many2one(comodel_name="customer.profile", readonly=True)
    cost_id = fields.Many2one(
        string="Cost by hand", comodel_name="customer.acquisition.cost", readonly=True
    )
    move_id = fields.Many2one(string="Vendor bill", comodel_name="account.move", readonly=True)
    cost = fields.Monetary(readonly=True, aggregator="sum")
    won_count = fields.Integer(string="Customers won", readonly=True, aggregator="sum")
    net_profit = NullableMonetary(string="Net profit so far", readonly=True, aggregator="sum")
    lifetime_value = NullableMonetary(
        string="Lifetime value",
        readonly=True,
        aggregator="sum",
        help="Of the customers that have one.",
    )
    valued_count = fields.Integer(string="With a lifetime value", readonly=True, aggregator="sum")
    customer_months = fields.Float(
        string="Months as customers",
        readonly=True,
        aggregator="sum",
        digits=(16, 1),
        help="Since the first purchase, one at least, of those whose profit is known.",
    )
    cost_per_customer = NullableMonetary(
        string="Cost per customer",
        readonly=True,
        aggregator="avg",
        help="Cost ÷ customers won.",
    )
    value_to_cost = NullableFloat(
        string="Lifetime value ÷ cost",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Mean lifetime value of those that have one ÷ cost per customer won.",
    )
    payback_months = NullableFloat(
        string="Payback (months)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Cost per customer won ÷ net profit of a customer's month. Empty without a profit.",
    )

    _depends = {
        "customer.profile": [
            *("partner_id", "company_id", "currency_id", "occasion_count"),
            *("first_occasion_date", "net_profit_total", "lifetime_value"),
        ],
        "customer.acquisition": ["partner_id", "company_id", "state", "source_id", "campaign_id"],
        "customer.acquisition.cost": [
            *("company_id", "source_id", "campaign_id", "date_from", "date_to", "amount"),
        ],
        "customer.acquisition.account": [
            *("company_id", "analytic_account_id", "source_id", "campaign_id"),
        ],
        "account.analytic.line": ["date", "amount", "company_id", "move_line_id"],
        "account.move.line": ["move_id"],
        "account.move": ["state", "move_type"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT f.*, NULL::numeric AS cost_per_customer, NULL::float8 AS value_to_cost,
                      NULL::float8 AS payback_months
                 FROM (%s) f""",
            SQL(" UNION ALL ").join(
                [self._get_customer_sql(), self._get_hand_sql(), self._get_bill_sql()]
            ),
        )

    @api.model
    def _get_customer_sql(self):
        """One row per customer who has bought."""
        today = self.env["customer.profile"]._get_today(self.env.company)
        return SQL(
            """SELECT f.id::bigint * %(kinds)s AS id, 'customer' AS kind,
                      f.first_occasion_date AS date, f.company_id, f.currency_id, a.source_id,
                      a.campaign_id, f.partner_id, f.id AS profile_id, NULL::int AS cost_id,
                      NULL::int AS move_id, 0::numeric AS cost, 1 AS won_count,
                      f.net_profit_total AS net_profit, f.lifetime_value,
                      (f.lifetime_value IS NOT NULL)::int AS valued_count,
                      CASE WHEN f.net_profit_total IS NULL THEN 0
                           ELSE GREATEST((%(today)s - f.first_occasion_date) / %(month)s, 1)
                       END::float8 AS customer_months
                 FROM customer_profile f
            LEFT JOIN customer_acquisition a ON a.partner_id = f.partner_id
                  AND a.company_id = f.company_id AND a.state = 'counts'
                WHERE f.company_id = ANY(%(companies)s) AND f.occasion_count > 0""",
            kinds=KINDS,
            today=today,
            month=MONTH_DAYS,
            companies=self.env.companies.ids,
        )

    @api.model
    def _get_hand_sql(self):
        """One row per cost entered by hand and month; the months add up to the amount."""
        return SQL(
            """SELECT ((c.id::bigint * %(months)s + m.number) * %(ids)s + o.id) * %(kinds)s + 1
                          AS id,
                      'hand' AS kind, m.day AS date, o.id AS company_id, o.currency_id, c.source_id,
                      c.campaign_id, NULL::int AS partner_id, NULL::int AS profile_id,
                      c.id AS cost_id, NULL::int AS move_id,
                      ROUND(c.amount * (m.until - c.date_from) / (c.date_to - c.date_from + 1),
                            u.decimal_places)
                      - ROUND(c.amount * (m.day - c.date_from) / (c.date_to - c.date_from + 1),
                              u.decimal_places) AS cost,
                      0 AS won_count, NULL::numeric AS net_profit,
                      NULL::numeric AS lifetime_value, 0 AS valued_count,
                      0::float8 AS customer_months
                 FROM customer_acquisition_cost c
                 JOIN res_company b ON b.id = c.company_id
                 JOIN res_company o ON starts_with(b.parent_path, o.parent_path)
                 JOIN res_currency u ON u.id = o.currency_id
           CROSS JOIN LATERAL (
                      SELECT GREATEST(s.month::date, c.date_from) AS day, s.number,
                             LEAST((s.month + INTERVAL '1 month')::date, c.date_to + 1) AS until
                        FROM generate_series(DATE_TRUNC('month', c.date_from::timestamp),
                                             c.date_to::timestamp, INTERVAL '1 month')
                             WITH ORDINALITY AS s(month, number)) m
                WHERE o.id = ANY(%(companies)s)""",
            months=MONTHS,
            ids=COMPANIES,
            kinds=KINDS,
            companies=self.env.companies.ids,
        )

    @api.model
    def _get_bill_sql(self):
        """One row per analytic line of a posted vendor bill, with the first account that fits."""
        lines = [
            SQL(
                """SELECT l.id, a.id AS account_id
                     FROM customer_acquisition_account a
                     JOIN account_analytic_line l
                       ON l.company_id = a.company_id AND %(column)s = a.analytic_account_id""",
                column=SQL.identifier("l", name),
            )
            for name in self.env["account.analytic.line"].sudo()._get_plan_fnames()  # one per plan
        ]
        return SQL(
            """SELECT (l.id::bigint * %(ids)s + o.id) * %(kinds)s + 2 AS id, 'bill' AS kind, l.date,
                      o.id AS company_id, o.currency_id, a.source_id, a.campaign_id,
                      NULL::int AS partner_id, NULL::int AS profile_id, NULL::int AS cost_id,
                      m.id AS move_id, -l.amount AS cost, 0 AS won_count,
                      NULL::numeric AS net_profit, NULL::numeric AS lifetime_value,
                      0 AS valued_count, 0::float8 AS customer_months
                 FROM (SELECT DISTINCT ON (id) * FROM (%(lines)s) f ORDER BY id, account_id) f
                 JOIN account_analytic_line l ON l.id = f.id
                 JOIN customer_acquisition_account a ON a.id = f.account_id
                 JOIN res_company b ON b.id = l.company_id
                 JOIN res_company o ON starts_with(b.parent_path, o.parent_path)
                  AND o.id = ANY(%(companies)s)
                 JOIN account_move_line ml ON ml.id = l.move_line_id
                 JOIN account_move m ON m.id = ml.move_id
                WHERE m.state = 'posted'
                  AND m.move_type IN ('in_invoice', 'in_refund', 'in_receipt')""",
            kinds=KINDS,
            ids=COMPANIES,
            companies=self.env.companies.ids,
            lines=SQL(" UNION ALL ").join(lines),
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Take the ratios of what a group adds up to; of several currencies there is none."""
        ratio = self._get_ratio_sql(aggregate_spec.partition(":")[0], query)
        if not ratio:
            return super()._read_group_select(aggregate_spec, query)
        currency = self._field_to_sql(self._table, "currency_id", query)
        return SQL("(CASE WHEN COUNT(DISTINCT %s) = 1 THEN %s END)", currency, ratio)

    @api.model
    def _get_ratio_sql(self, name, query):
        """Return the ratio of that name, of the sums of a group; ``None`` for other columns."""

        def add_up(field):
            return SQL("SUM(%s)::float8", self._field_to_sql(self._table, field, query))

        if name == "cost_per_customer":
            return SQL("(%s / NULLIF(%s, 0))", add_up("cost"), add_up("won_count"))
        if name == "value_to_cost":
            return SQL(
                "(%s / NULLIF(%s, 0) * %s / NULLIF(%s, 0))",
                add_up("lifetime_value"),
                add_up("valued_count"),
                add_up("won_count"),
                add_up("cost"),
            )
        if name == "payback_months":
            return SQL(
                "(CASE WHEN %(profit)s > 0 THEN %(cost)s / NULLIF(%(won)s, 0) * %(months)s "
                "/ %(profit)s END)",
                profit=add_up("net_profit"),
                cost=add_up("cost"),
                won=add_up("won_count"),
                months=add_up("customer_months"),
            )
        return None

    def action_open_document(self):
        """Open the customer, the cost or the vendor bill behind a row. Public: button."""
        self.ensure_one()
        self.check_access("read")
        document = self.profile_id or self.cost_id or self.move_id
        document.check_access("read")
        return document._get_records_action(context={})
