from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from ..base.nullable import NullableFloat
from ..base.scope import YEAR, Scope

SECTION_FIELDS = ("complaint_open_count", "complaint_count_365", "complaint_rate_365")


class CustomerProfile(models.Model):
    """Facts from complaints: how many, how many are open; duplicates count once."""

    _inherit = "customer.profile"

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

    @api.depends("complaint_count_365", "delivery_count_365")
    def _compute_complaint_rate_365(self):
        for profile in self:
            deliveries = profile.delivery_count_365
            profile.complaint_rate_365 = (
                1000 * profile.complaint_count_365 / deliveries if deliveries else None
            )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {"complaint": self._get_complaint_facts_sql}

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "complaint_count_total": 0,
            "complaint_count_365": 0,
            "complaint_open_count": 0,
        }

    @api.model
    def _get_complaint_facts_sql(self, scope: Scope) -> SQL:
        """Number of complaints received up to today."""
        return SQL(
            """WITH %(contact)s, told AS (
                SELECT c.partner_id, p.close_date, %(day)s AS day
                  FROM contact c
                  JOIN customer_complaint p ON p.partner_id = c.id
                 WHERE p.company_id = %(company)s AND p.duplicate_of_id IS NULL
            )
            SELECT partner_id,
                   COUNT(*) AS complaint_count_total,
                   COUNT(*) FILTER (WHERE day > %(year)s) AS complaint_count_365,
                   COUNT(*) FILTER (WHERE close_date IS NULL) AS complaint_open_count
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
    def _get_metric_documents(self):
        return super()._get_metric_documents() | {
            "complaint_count_total": ("customer.complaint", self._get_complaint_domain),
            "complaint_count_365": ("customer.complaint", self._get_year_complaint_domain),
            "complaint_open_count": ("customer.complaint", self._get_open_complaint_domain),
        }

    def _get_complaint_domain(self):
        """Domain of the complaints counted in ``complaint_count_total``."""
        self.ensure_one()
        tomorrow = fields.Date.add(self._get_today(self.company_id), days=1)
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
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
