from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from ..base.nullable import NullableFloat
from ..base.scope import YEAR, Scope

SECTION_FIELDS = ("complaint_open_count", "complaint_count_365", "complaint_rate_365")


class CustomerProfile(models.Model):
    """Facts from complaints: how many, how many are open (duplicates count once), and hours.

    The hours spent on them count in the cost to serve.
    """

    _inherit = "customer.profile"

    complaint_hours_total = fields.Float(
        string="Complaint hours", readonly=True, groups=GROUPS_STANDING
    )
    complaint_hours_365 = fields.Float(
        string="Complaint hours, last 365 days", readonly=True, groups=GROUPS_STANDING
    )
    complaint_count_total = fields.Integer(
        string="Complaints received", readonly=True, groups=GROUPS_STANDING
    )
    complaint_count_365 = fields.Integer(
        string="Complaints, last 365 days", readonly=True, groups=GROUPS_STANDING
    )
    complaint_open_count = fields.Integer(
        string="Open complaints", readonly=True, groups=GROUPS_STANDING
    )
    complaint_rate_365 = NullableFloat(
        string="Complaints per 1,000 deliveries, last 365 days",
        compute="_compute_complaint_rate_365",
        groups=GROUPS_STANDING,
        aggregator=None,
        digits=(16, 2),
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {
            "complaint_hours": self._get_complaint_hours_sql,
            "complaint": self._get_complaint_facts_sql,
        }

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "complaint_hours_total": 0,
            "complaint_hours_365": 0,
            "complaint_count_total": 0,
            "complaint_count_365": 0,
            "complaint_open_count": 0,
        }

    @api.model
    def _get_complaint_hours_sql(self, scope: Scope) -> SQL:
        """Hours on complaints received up to today; numeric, so that order is nothing."""
        return SQL(
            """WITH %(contact)s, told AS (
                SELECT c.partner_id, COALESCE(p.hours, 0)::numeric AS hours, %(day)s AS day
                  FROM contact c
                  JOIN customer_complaint p ON p.customer_id = c.id
                 WHERE %(companies)s
            )
            SELECT partner_id,
                   ROUND(SUM(hours), 6)::float8 AS complaint_hours_total,
                   ROUND(COALESCE(SUM(hours) FILTER (WHERE day > %(year)s), 0), 6)::float8
                       AS complaint_hours_365
              FROM told
             WHERE day <= %(today)s
          GROUP BY partner_id""",
            contact=self._get_contact_sql(scope),
            companies=scope.where_company(SQL("p.company_id")),
            day=scope.local_day(SQL("p.open_date")),
            today=scope.today,
            year=fields.Date.subtract(scope.today, days=YEAR),
        )

    @api.model
    def _get_cost_drivers(self):
        rate = self.env.company.sudo().customer_cost_per_complaint_hour
        return super()._get_cost_drivers() | {"complaint_hours": rate}

    @api.model
    def _get_metric_documents(self):
        model = "customer.complaint"
        return super()._get_metric_documents() | {
            "complaint_hours_total": (model, self._get_complaint_hours_domain),
            "complaint_hours_365": (model, self._get_year_complaint_hours_domain),
            "complaint_count_total": (model, self._get_complaint_domain),
            "complaint_count_365": (model, self._get_year_complaint_domain),
            "complaint_open_count": (model, self._get_open_complaint_domain),
        }

    def _get_complaint_hours_domain(self):
        """Domain of the complaints counted in ``complaint_hours_total``."""
        self.ensure_one()
        tomorrow = fields.Date.add(self._get_today(self.company_id), days=1)
        return Domain(
            [
                ("company_id", "child_of", self.company_id.id),
                ("customer_id", "=", self.partner_id.id),
                ("open_date", "<", self._to_utc(tomorrow)),
                ("hours", ">", 0),
            ]
        )

    def _get_year_complaint_hours_domain(self):
        """Domain of the complaints counted in ``complaint_hours_365``."""
        return self._get_complaint_hours_domain() & self._get_year_domain("open_date")

    @api.depends("complaint_count_365", "delivery_count_365")
    def _compute_complaint_rate_365(self):
        for profile in self:
            deliveries = profile.delivery_count_365
            profile.complaint_rate_365 = (
                1000 * profile.complaint_count_365 / deliveries if deliveries else None
            )

    @api.model
    def _get_complaint_facts_sql(self, scope: Scope) -> SQL:
        """Number of complaints received up to today."""
        return SQL(
            """WITH %(contact)s, told AS (
                SELECT c.partner_id, p.close_date, %(day)s AS day
                  FROM contact c
                  JOIN customer_complaint p ON p.customer_id = c.id
                 WHERE %(companies)s AND p.duplicate_of_id IS NULL
            )
            SELECT partner_id,
                   COUNT(*) AS complaint_count_total,
                   COUNT(*) FILTER (WHERE day > %(year)s) AS complaint_count_365,
                   COUNT(*) FILTER (WHERE close_date IS NULL) AS complaint_open_count
              FROM told
             WHERE day <= %(today)s
          GROUP BY partner_id""",
            contact=self._get_contact_sql(scope),
            companies=scope.where_company(SQL("p.company_id")),
            day=scope.local_day(SQL("p.open_date")),
            today=scope.today,
            year=fields.Date.subtract(scope.today, days=YEAR),
        )

    def _get_complaint_domain(self):
        """Domain of the complaints counted in ``complaint_count_total``."""
        self.ensure_one()
        tomorrow = fields.Date.add(self._get_today(self.company_id), days=1)
        return Domain(
            [
                ("company_id", "child_of", self.company_id.id),
                ("customer_id", "=", self.partner_id.id),
                ("duplicate_of_id", "=", False),
                ("open_date", "<", self._to_utc(tomorrow)),
            ]
        )

    def _get_year_complaint_domain(self):
        """Domain of the complaints counted in ``complaint_count_365``."""
        return self._get_complaint_domain() & self._get_year_domain("open_date")

    def _get_open_complaint_domain(self):
        """Domain of the complaints counted in ``complaint_open_count``."""
        return self._get_complaint_domain() & Domain("close_date", "=", False)

    @api.model
    def _get_card_sections(self):
        return [
            *super()._get_card_sections(),
            ("complaints", self.env._("Complaints"), SECTION_FIELDS),
        ]
