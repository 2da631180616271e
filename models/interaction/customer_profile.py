from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.access import GROUPS_STANDING
from ..base.scope import YEAR, Scope
from ..guard.digits import write_digits
from .customer_interaction import UNREACHED

INTERACTION_VIEW = "customer_value.customer_interaction_view_list"
SECTION_FIELDS = (
    "interaction_count_total",
    "interaction_count_365",
    "interaction_minutes_365",
    "last_interaction_date",
    "contact_due_date",
)
CALL_ACTIVITY = "mail.mail_activity_data_call"
FIELD = "contact_due_date"


class CustomerProfile(models.Model):
    """Facts from logged interactions: how often, how long, when last.

    Who is to be contacted again, and when: read from the policies, so always up to date.
    """

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
    contact_due_date = fields.Date(
        string="Contact due",
        compute="_compute_contact_due_date",
        search="_search_contact_due_date",
        groups=GROUPS_STANDING,
        help="Last contact, else first purchase, plus the days of the first contact policy that "
        "fits; empty without a policy.",
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
                  JOIN customer_interaction i ON i.customer_id = c.id
                 WHERE %(companies)s
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
            companies=scope.where_company(SQL("i.company_id")),
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
                ("company_id", "child_of", self.company_id.id),
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
            ("contact", self.env._("Keeping in touch"), SECTION_FIELDS),
        ]

    @api.model
    def _get_contact_due_sql(self, alias):
        """Return the due date of the profile ``alias`` as an SQL expression.

        The policies are few: written out as one CASE they cost a hundred thousand profiles a
        fraction of what a look-up per profile would.
        """
        policies = self.env["customer.contact.policy"].sudo().search([], order="sequence, id")
        if not policies:
            return SQL("NULL::date")
        return SQL(
            "(COALESCE(%s, %s) + CASE %s END)",
            SQL.identifier(alias, "last_interaction_date"),
            SQL.identifier(alias, "first_occasion_date"),
            SQL(" ").join(
                SQL("WHEN %s THEN %s", policy._get_profile_condition(alias), policy.days)
                for policy in policies
            ),
        )

    @api.model
    def _flush_contact_due(self):
        names = ("last_interaction_date", "first_occasion_date", "tier_id", "value_class")
        self.flush_model(names)

    @api.depends("last_interaction_date", "first_occasion_date", "tier_id", "value_class")
    def _compute_contact_due_date(self):
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM customer_profile WHERE id = ANY(%s)",
                self._get_contact_due_sql("customer_profile"),
                list(self._origin._ids),
            )
        )
        dates = dict(rows)
        for profile in self:
            profile.contact_due_date = dates.get(profile._origin.id)

    @api.model
    def _search_contact_due_date(self, operator, value):
        self._check_field_access(self._fields["contact_due_date"], "read")
        operators = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
        self._flush_contact_due()
        due = self._get_contact_due_sql("customer_profile")
        if operator in operators:
            condition = SQL("%s %s %s", due, SQL(operators[operator]), value)
        elif operator == "in":
            days = [day for day in value if day]
            condition = SQL("%s = ANY(%s::date[])", due, days)
            if len(days) < len(value):
                condition = SQL("(%s OR %s IS NULL)", condition, due)
        else:
            return NotImplemented
        return Domain("id", "in", SQL("(SELECT id FROM customer_profile WHERE %s)", condition))

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists be sorted and grouped by the due date."""
        if field_expr != FIELD:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[FIELD], "read")
        self._flush_contact_due()
        return self._get_contact_due_sql(alias)

    def action_plan_contact(self):
        """Plan a call for each customer of the selection with their salesperson. Public: button.

        Customers who have an open call planned already, with them or one of their contacts,
        are skipped. Without a salesperson the call is for the user.

        :return: a notification that tells how many calls were planned
        :raise UserError: when a call is planned for all of them already
        :raise AccessError: when the user may not read the profiles or log interactions
        """
        self.check_access("read")
        self.env["customer.interaction"].check_access("create")
        customers = self.partner_id - self._get_customers_with_call()
        if not customers:
            raise UserError(self.env._("A call is planned for each of these customers already."))
        due = {profile.partner_id: profile.contact_due_date for profile in self}
        self._create_calls({customer: due[customer] for customer in customers})
        message = self.env._(
            "Calls planned: %(planned)s. Skipped because one is open already: %(skipped)s.",
            planned=write_digits(self.env, len(customers)),
            skipped=write_digits(self.env, len(self.partner_id) - len(customers)),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_customers_with_call(self):
        """Return the customers of the profiles for whom a call is planned by anybody."""
        activities = self.env["mail.activity"].sudo()
        contacts = self.env["res.partner"].sudo().with_context(active_test=False)
        contacts = contacts.search([("commercial_partner_id", "in", self.partner_id.ids)])
        planned = activities.search_fetch(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", contacts.ids),
                ("activity_type_id", "=", self.env.ref(CALL_ACTIVITY).id),
            ],
            ["res_id"],
        )
        found = contacts.browse(set(planned.mapped("res_id"))).commercial_partner_id
        return found.with_env(self.env)

    def _create_calls(self, due_dates):
        """Plan calls: customer -> due date. Not mailed one by one: they are in the to-do list.

        Users who work with customers may not all edit contacts, but planning is their work.
        """
        today = fields.Date.context_today(self)
        call = self.env.ref(CALL_ACTIVITY)
        model = self.env["ir.model"]._get_id("res.partner")
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model,
                    "res_id": customer.id,
                    "activity_type_id": call.id,
                    "summary": self.env._("Stay in touch"),
                    "date_deadline": max(due or today, today),
                    "user_id": customer.user_id.id or self.env.uid,
                }
                for customer, due in due_dates.items()
            ]
        )
