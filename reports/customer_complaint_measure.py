from odoo import api, fields, models
from odoo.tools import SQL

from ..models.base.nullable import NullableFloat
from ..models.complaint.customer_complaint import SEVERITIES

# A customer who complains about the same again, or buys again, within this time.
REPEAT_DAYS = 90
RECOVERY_DAYS = 90


class CustomerComplaintMeasure(models.Model):
    """How complaints were handled and what became of the customers: one row per complaint.

    Median and 90 % are those of whatever is grouped. Duplicates are left out.
    """

    _name = "customer.complaint.measure"
    _inherit = ["customer.percentile.mixin", "customer.date.bounds.mixin"]
    _description = "Complaint Measures"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "complaint_id"
    _percentiles = {
        "response_median_hours": 0.5,
        "response_p90_hours": 0.9,
        "solution_median_hours": 0.5,
        "solution_p90_hours": 0.9,
    }

    complaint_id = fields.Many2one(comodel_name="customer.complaint", readonly=True)
    date = fields.Datetime(string="Received on", readonly=True)
    close_date = fields.Datetime(string="Solved on", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    team_id = fields.Many2one(comodel_name="customer.complaint.team", readonly=True)
    user_id = fields.Many2one(string="Responsible person", comodel_name="res.users", readonly=True)
    customer_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    tier_id = fields.Many2one(comodel_name="customer.tier", readonly=True)
    category_id = fields.Many2one(comodel_name="customer.complaint.category", readonly=True)
    severity = fields.Selection(selection=SEVERITIES, readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    complaint_count = fields.Integer(string="Complaints", readonly=True, aggregator="sum")
    solved_count = fields.Integer(string="Solved", readonly=True, aggregator="sum")
    response_median_hours = NullableFloat(
        string="Median first response (hours)",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Half of the answered complaints waited no longer, in working hours.",
    )
    response_p90_hours = NullableFloat(
        string="90 % answered within (hours)",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Nine of ten answered complaints waited no longer, in working hours.",
    )
    solution_median_hours = NullableFloat(
        string="Median solution (hours)",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Half of the solved complaints took no longer, in working hours.",
    )
    solution_p90_hours = NullableFloat(
        string="Nine of ten solved within (hours)",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Nine of ten solved complaints took no longer, in working hours.",
    )
    repeat_count = fields.Integer(
        string="Repeated",
        readonly=True,
        aggregator="sum",
        help="The same customer complained about the same category up to 90 days before.",
    )
    repeat_ratio = NullableFloat(
        string="Share repeated", readonly=True, aggregator="avg", help="0 to 1."
    )
    recovered_count = fields.Integer(
        string="Customers recovered",
        readonly=True,
        aggregator="sum",
        help="Solved complaints whose customer bought again within 90 days after.",
    )
    recovered_ratio = NullableFloat(
        string="Share recovered",
        readonly=True,
        aggregator="avg",
        help="0 to 1, of the complaints that were solved more than 90 days ago.",
    )

    _depends = {
        "customer.complaint": [
            *("open_date", "close_date", "company_id", "team_id", "user_id", "customer_id"),
            *("standard_tier_id", "category_id", "severity", "product_id", "duplicate_of_id"),
            *("response_hours", "solution_hours"),
        ],
        "account.move": [
            *("commercial_partner_id", "company_id", "state", "move_type", "invoice_date"),
            *("currency_id", "reversed_entry_id"),
        ],
        "account.move.line": [
            *("move_id", "display_type", "amount_currency", "quantity", "price_unit"),
            *("product_id", "product_uom_id", "is_downpayment", "sale_line_ids"),
        ],
        "stock.move": ["sale_line_id", "state", "quantity", "date"],
        "res.partner": ["commercial_partner_id"],
    }

    @property
    def _table_query(self):
        branches = [self._get_company_sql(company) for company in self.env.companies]
        return SQL(" UNION ALL ").join(branches)

    @api.model
    def _get_company_sql(self, company):
        """One row per complaint of a company that is no duplicate."""
        profiles = self.env["customer.profile"].sudo()
        scope = profiles._get_scope(company, self._get_solved_customers(company))
        return SQL(
            """SELECT c.*, (c.repeat_ratio = 1)::int AS repeat_count,
                      (c.recovered_id IS NOT NULL)::int AS recovered_count,
                      CASE WHEN c.closed_day + %(days)s < %(today)s
                           THEN (c.recovered_id IS NOT NULL)::int::float8
                       END AS recovered_ratio
                 FROM (
                WITH %(occasion)s, %(recovered)s
                SELECT c.id, c.id AS complaint_id, c.open_date AS date, c.close_date,
                       c.company_id, c.team_id, c.user_id, c.customer_id,
                       c.standard_tier_id AS tier_id, c.category_id, c.severity, c.product_id,
                       1 AS complaint_count, (c.close_date IS NOT NULL)::int AS solved_count,
                       c.response_hours::float8 AS response_median_hours,
                       c.response_hours::float8 AS response_p90_hours,
                       c.solution_hours::float8 AS solution_median_hours,
                       c.solution_hours::float8 AS solution_p90_hours,
                       %(repeat)s AS repeat_ratio,
                       %(closed_day)s AS closed_day, r.id AS recovered_id
                  FROM customer_complaint c
             LEFT JOIN recovered r ON r.id = c.id
                 WHERE c.company_id = %(company)s AND c.duplicate_of_id IS NULL
                      ) c""",
            days=RECOVERY_DAYS,
            today=scope.today,
            occasion=profiles._get_occasion_sql(scope),
            recovered=self._get_recovered_sql(scope),
            repeat=self._get_repeat_sql(),
            closed_day=scope.local_day(SQL("c.close_date")),
            company=company.id,
        )

    @api.model
    def _get_recovered_sql(self, scope):
        """CTE ``recovered``: complaints whose customer bought in time after the solution."""
        return SQL(
            """recovered AS (
                SELECT DISTINCT c.id
                  FROM customer_complaint c
                  JOIN occasion o
                    ON o.partner_id = c.customer_id
                   AND o.day > %(closed_day)s AND o.day <= %(closed_day)s + %(days)s
                 WHERE c.company_id = %(company)s AND c.duplicate_of_id IS NULL
            )""",
            closed_day=scope.local_day(SQL("c.close_date")),
            days=RECOVERY_DAYS,
            company=scope.company_id,
        )

    @api.model
    def _get_repeat_sql(self):
        """1 if the customer had complained of the same not long before, NULL if not known."""
        return SQL(
            """CASE WHEN c.customer_id IS NOT NULL AND c.category_id IS NOT NULL
                    THEN COALESCE(c.open_date - LAG(c.open_date) OVER (
                             PARTITION BY c.customer_id, c.category_id
                                 ORDER BY c.open_date, c.id
                         ) <= make_interval(days => %s), FALSE)::int::float8
               END""",
            REPEAT_DAYS,
        )

    @api.model
    def _get_solved_customers(self, company):
        """Return the ids of those whose purchases are looked at."""
        groups = (
            self.env["customer.complaint"]
            .sudo()
            ._read_group(
                [("company_id", "=", company.id), ("close_date", "!=", False)], ["customer_id"]
            )
        )
        return [customer.id for (customer,) in groups if customer]

    def action_open_complaint(self):
        """Open the complaint behind the row. Public: button."""
        self.ensure_one()
        return self.complaint_id._get_records_action(context={})
