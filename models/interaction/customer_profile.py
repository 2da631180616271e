from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from ..base.scope import YEAR, Scope
from .customer_interaction import UNREACHED

INTERACTION_VIEW = "customer_value.customer_interaction_view_list"
SECTION_FIELDS = (
    "interaction_count_total",
    "interaction_count_365",
    "interaction_minutes_365",
    "last_interaction_date",
    "contact_due_date",
)


class CustomerProfile(models.Model):
    """Facts from logged interactions: how often, how long, when last."""

    _inherit = "customer.profile"

    interaction_count_total = fields.Integer(
        string="Interactions", readonly=True, groups=GROUPS_STANDING
    )
    interaction_count_365 = fields.Integer(
        string="Interactions, last 365 days", readonly=True, groups=GROUPS_STANDING
    )
    interaction_minutes_total = fields.Float(
        string="Interaction minutes", readonly=True, groups=GROUPS_STANDING
    )
    interaction_minutes_365 = fields.Float(
        string="Interaction minutes, last 365 days", readonly=True, groups=GROUPS_STANDING
    )
    last_interaction_date = fields.Date(
        string="Last contact",
        readonly=True,
        groups=GROUPS_STANDING,
        help="Day of the last interaction; attempts that reached nobody do not count.",
    )

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {"interaction": self._get_interaction_facts_sql}

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            "interaction_count_total": 0,
            "interaction_count_365": 0,
            "interaction_minutes_total": 0,
            "interaction_minutes_365": 0,
            "last_interaction_date": None,
        }

    @api.model
    def _get_interaction_facts_sql(self, scope: Scope) -> SQL:
        """Number and minutes of interactions up to today; numeric, so that order is nothing."""
        return SQL(
            """WITH %(contact)s, spoken AS (
                SELECT c.partner_id, i.outcome, i.duration_minutes::numeric AS minutes,
                       %(day)s AS day
                  FROM contact c
                  JOIN customer_interaction i ON i.partner_id = c.id
                 WHERE i.company_id = %(company)s
            )
            SELECT partner_id,
                   COUNT(*) AS interaction_count_total,
                   COUNT(*) FILTER (WHERE day > %(year)s) AS interaction_count_365,
                   ROUND(COALESCE(SUM(minutes), 0), 6)::float8 AS interaction_minutes_total,
                   ROUND(COALESCE(SUM(minutes) FILTER (WHERE day > %(year)s), 0), 6)::float8
                       AS interaction_minutes_365,
                   MAX(day) FILTER (WHERE outcome IS DISTINCT FROM %(unreached)s)
                       AS last_interaction_date
              FROM spoken
             WHERE day <= %(today)s
          GROUP BY partner_id""",
            contact=self._get_contact_sql(scope),
            company=scope.company_id,
            day=scope.local_day(SQL("i.date")),
            today=scope.today,
            year=fields.Date.subtract(scope.today, days=YEAR),
            unreached=UNREACHED,
        )

    @api.model
    def _get_cost_drivers(self):
        rate = self.env.company.sudo().customer_cost_per_interaction_minute
        return super()._get_cost_drivers() | {"interaction_minutes": rate}

    @api.model
    def _get_metric_documents(self):
        every = ("customer.interaction", self._get_interaction_domain)
        year = ("customer.interaction", self._get_year_interaction_domain)
        return super()._get_metric_documents() | {
            "interaction_count_total": every,
            "interaction_count_365": year,
            "interaction_minutes_total": every,
            "interaction_minutes_365": year,
            "last_interaction_date": every,
        }

    @api.model
    def _get_metric_view(self, metric, model_name):
        if model_name == "customer.interaction":
            return INTERACTION_VIEW
        return super()._get_metric_view(metric, model_name)

    def _get_interaction_domain(self):
        """Domain of the interactions counted in ``interaction_count_total``."""
        self.ensure_one()
        tomorrow = fields.Date.add(self._get_today(self.company_id), days=1)
        return Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("customer_id", "=", self.partner_id.id),
                ("date", "<", self._to_utc(tomorrow)),
            ]
        )

    def _get_year_interaction_domain(self):
        """Domain of the interactions counted in ``interaction_count_365``."""
        return self._get_interaction_domain() & self._get_year_domain("date")

    @api.model
    def _get_card_sections(self):
        return [
            *super()._get_card_sections(),
            ("contact", self.env._("Contact"), SECTION_FIELDS),
        ]
