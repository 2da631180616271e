from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from ..base.scope import YEAR, Scope


class CustomerProfile(models.Model):
    """Facts from complaints: the hours spent on them count in the cost to serve."""

    _inherit = "customer.profile"

    complaint_hours_total = fields.Float(
        string="Complaint hours", readonly=True, groups=GROUPS_STANDING
    )
    complaint_hours_365 = fields.Float(
        string="Complaint hours, last 365 days", readonly=True, groups=GROUPS_STANDING
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {"complaint_hours": self._get_complaint_hours_sql}

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "complaint_hours_total": 0,
            "complaint_hours_365": 0,
        }

    @api.model
    def _get_complaint_hours_sql(self, scope: Scope) -> SQL:
        """Hours on complaints received up to today; numeric, so that order is nothing."""
        return SQL(
            """WITH %(contact)s, told AS (
                SELECT c.partner_id, COALESCE(p.hours, 0)::numeric AS hours, %(day)s AS day
                  FROM contact c
                  JOIN customer_complaint p ON p.partner_id = c.id
                 WHERE p.company_id = %(company)s
            )
            SELECT partner_id,
                   ROUND(SUM(hours), 6)::float8 AS complaint_hours_total,
                   ROUND(COALESCE(SUM(hours) FILTER (WHERE day > %(year)s), 0), 6)::float8
                       AS complaint_hours_365
              FROM told
             WHERE day <= %(today)s
          GROUP BY partner_id""",
            contact=self._get_contact_sql(scope),
            company=scope.company_id,
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
        return super()._get_metric_documents() | {
            "complaint_hours_total": ("customer.complaint", self._get_complaint_hours_domain),
            "complaint_hours_365": ("customer.complaint", self._get_year_complaint_hours_domain),
        }

    def _get_complaint_hours_domain(self):
        """Domain of the complaints counted in ``complaint_hours_total``."""
        self.ensure_one()
        tomorrow = fields.Date.add(self._get_today(self.company_id), days=1)
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("customer_id", "=", self.partner_id.id),
                ("open_date", "<", self._to_utc(tomorrow)),
                ("hours", ">", 0),
            ]
        )

    def _get_year_complaint_hours_domain(self):
        """Domain of the complaints counted in ``complaint_hours_365``."""
        return self._get_complaint_hours_domain() & self._get_year_domain("open_date")
