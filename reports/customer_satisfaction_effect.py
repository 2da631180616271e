from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.access import GROUPS_PROFIT
from ..models.calendar.company_calendar import get_half_year_end_sql
from ..models.profile.customer_profile import STAGES
from ..models.satisfaction.customer_profile import NOT_ASKED, SATISFACTION_STATES

# How long after the snapshot its effects are looked for.
EFFECT_DAYS = 180
# slope -> effect it is the slope of
SLOPES = {
    "repeat_per_10": "repeat_percent",
    "categories_per_10": "new_category_count",
    "referrals_per_10": "referral_count",
    "churn_per_10": "churn_percent",
    "profit_per_10": "gross_profit",
}


class CustomerSatisfactionEffect(models.Model):
    """What customers did in the 180 days after a month end, by how satisfied they were then.

    One row per snapshot with a score whose 180 days are over. The columns *per 10 points* are
    slopes of a least-squares line through the rows of a group: how much more customers did for
    every 10 points of satisfaction. They tell what goes together, not what causes what.
    """

    _name = "customer.satisfaction.effect"
    _inherit = "customer.date.bounds.mixin"
    _description = "Effects of Satisfaction"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        string="Customer", comodel_name="res.partner", readonly=True, aggregator="count_distinct"
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    date = fields.Date(string="Month end", readonly=True)
    satisfaction = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    satisfaction_state = fields.Selection(
        selection=SATISFACTION_STATES,
        string="State of satisfaction",
        readonly=True,
        falsy_value_label=NOT_ASKED,
    )
    tier_id = fields.Many2one(comodel_name="customer.tier", readonly=True)
    stage = fields.Selection(selection=STAGES, string="Lifecycle stage", readonly=True)
    repeat_percent = fields.Float(
        string="Bought again (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Share of customers with a purchase day in the 180 days after the month end.",
    )
    new_category_count = fields.Float(
        string="New categories",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="Product categories bought for the first time in the 180 days after, per customer.",
    )
    referral_count = fields.Float(
        string="Referrals",
        readonly=True,
        digits=(16, 2),
        aggregator="avg",
        help="Leads of the 180 days after whose “Referred By” is exactly the name of the "
        "customer or of one of its contacts, and of nobody else.",
    )
    churn_percent = fields.Float(
        string="Lapsed half a year later (%)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Share of customers in stage Lapsed at the sixth month end after.",
    )
    gross_profit = fields.Float(
        string="Gross profit of 180 days",
        readonly=True,
        aggregator="avg",
        groups=GROUPS_PROFIT,
        help="Mean per customer, in company currency; empty where the cost of a line is unknown.",
    )
    repeat_per_10 = fields.Float(
        string="Bought again, per 10 points",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Percentage points more for every 10 points of satisfaction.",
    )
    categories_per_10 = fields.Float(
        string="New categories, per 10 points", readonly=True, digits=(16, 2), aggregator="avg"
    )
    referrals_per_10 = fields.Float(
        string="Referrals, per 10 points", readonly=True, digits=(16, 2), aggregator="avg"
    )
    churn_per_10 = fields.Float(
        string="Lapsed, per 10 points",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Percentage points more for every 10 points of satisfaction: negative is good.",
    )
    profit_per_10 = fields.Float(
        string="Gross profit, per 10 points",
        readonly=True,
        aggregator="avg",
        groups=GROUPS_PROFIT,
        help="Company currency per customer in 180 days for every 10 points of satisfaction.",
    )

    @property
    def _table_query(self) -> SQL:
        self.env.flush_all()
        return SQL(" UNION ALL ").join(
            SQL("(%s)", self._get_company_sql(company))
            for company in self.env.companies or self.env.company
        )

    @api.model
    def _get_company_sql(self, company):
        profiles = self.env["customer.profile"].sudo().with_company(company)
        scope = profiles._get_scope(company, None)
        return SQL(
            """WITH %(occasion)s, %(effects)s
            SELECT s.id, s.partner_id, s.company_id, s.currency_id, s.date, s.satisfaction,
                   s.satisfaction_state, s.tier_id, s.stage,
                   CASE WHEN EXISTS (
                       SELECT FROM occasion o
                        WHERE o.partner_id = s.partner_id
                          AND o.day > s.date AND o.day <= s.until
                   ) THEN 100 ELSE 0 END::float8 AS repeat_percent,
                   COALESCE(n.number, 0)::float8 AS new_category_count,
                   COALESCE(r.number, 0)::float8 AS referral_count,
                   CASE WHEN later.id IS NULL THEN NULL WHEN later.stage = 'lapsed' THEN 100
                        ELSE 0 END::float8 AS churn_percent,
                   CASE WHEN p.id IS NULL THEN 0 ELSE p.amount END::float8 AS gross_profit,
                   %(slopes)s
              FROM past s
         LEFT JOIN new_category n ON n.id = s.id
         LEFT JOIN referral r ON r.id = s.id
         LEFT JOIN profit p ON p.id = s.id
         LEFT JOIN customer_profile_snapshot later
                ON later.partner_id = s.partner_id AND later.company_id = s.company_id
               AND later.date = %(half_year_end)s
            """,
            occasion=profiles._get_occasion_sql(scope),
            effects=self._get_effects_sql(company, scope),
            half_year_end=get_half_year_end_sql(SQL("s.date")),
            slopes=SQL(", ").join(SQL("NULL::float8 AS %s", SQL.identifier(n)) for n in SLOPES),
        )

    @api.model
    def _get_effects_sql(self, company, scope):
        """CTEs: ``past`` snapshots with ``new_category``, ``profit`` and ``referral`` of each."""
        return SQL(
            """%(bought_line)s, past AS (
                SELECT s.*, s.date + %(days)s AS until
                  FROM customer_profile_snapshot s
                 WHERE s.company_id = %(company)s AND s.satisfaction IS NOT NULL
                   AND s.date + %(days)s < %(today)s
            ), first_bought AS (
                SELECT l.partner_id, t.categ_id, MIN(l.invoice_date) AS day
                  FROM bought_line l
                  JOIN product_product v ON v.id = l.product_id
                  JOIN product_template t ON t.id = v.product_tmpl_id
              GROUP BY l.partner_id, t.categ_id
            ), new_category AS (
                SELECT s.id, COUNT(*) AS number
                  FROM past s
                  JOIN first_bought b ON b.partner_id = s.partner_id
                                     AND b.day > s.date AND b.day <= s.until
              GROUP BY s.id
            ), profit AS (
                SELECT s.id, CASE WHEN NOT BOOL_OR(m.cost_missing)
                                  THEN SUM(m.revenue - COALESCE(m.cost, 0)) END AS amount
                  FROM past s
                  JOIN sale_move m ON m.partner_id = s.partner_id
                                  AND m.invoice_date > s.date AND m.invoice_date <= s.until
              GROUP BY s.id
            ), %(referral)s""",
            bought_line=self.env["customer.purchase.history"]._get_bought_line_sql(),
            days=EFFECT_DAYS,
            company=company.id,
            today=scope.today,
            referral=self._get_referral_sql(company, scope),
        )

    @api.model
    def _get_referral_sql(self, company, scope):
        """CTE ``referral``: leads that name the customer, and nobody else, as who sent them."""
        return SQL(
            """recommended AS (
                SELECT lower(btrim(l.referred)) AS name, %(created)s AS day
                  FROM crm_lead l
                 WHERE btrim(l.referred) <> '' AND (l.company_id IS NULL OR %(companies)s)
            ), referrer AS (
                SELECT lower(btrim(p.name)) AS name, MIN(c.partner_id) AS partner_id
                  FROM contact c
                  JOIN res_partner p ON p.id = c.id
                 WHERE lower(btrim(p.name)) IN (SELECT name FROM recommended)
              GROUP BY 1
                HAVING COUNT(DISTINCT c.partner_id) = 1
            ), referral AS (
                SELECT s.id, COUNT(*) AS number
                  FROM past s
                  JOIN referrer r ON r.partner_id = s.partner_id
                  JOIN recommended l ON l.name = r.name AND l.day > s.date AND l.day <= s.until
              GROUP BY s.id
            )""",
            companies=scope.where_company(SQL("l.company_id")),
            created=scope.local_day(SQL("l.create_date")),
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _separator, function = aggregate_spec.partition(":")
        if name not in SLOPES or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        self._check_field_access(self._fields[name], "read")
        effect = self._field_to_sql(self._table, SLOPES[name], query)
        score = self._field_to_sql(self._table, "satisfaction", query)
        return SQL("10 * REGR_SLOPE(%s, %s)", effect, score)
