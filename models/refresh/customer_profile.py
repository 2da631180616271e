import logging
from functools import lru_cache

from odoo import api, fields, models
from odoo.tools import SQL

from ..base.facts import Facts, stage_facts
from ..base.isolation import run_isolated
from ..base.scope import Scope
from .customer_profile_score import GAP_FIELDS

_logger = logging.getLogger(__name__)


@lru_cache(maxsize=256)
def _get_columns(names, alias):
    """Return a list of columns as SQL, which never changes: a refresh asks for some of 70 names."""
    return SQL(", ").join(
        SQL.identifier(alias, name) if alias else SQL.identifier(name) for name in names
    )


PROFIT_FIELDS = (
    "cost_to_serve_total",
    "cost_to_serve_365",
    "net_profit_total",
    "net_profit_365",
)
# Who differs in one of these bought, gave back, or was told the cost of what was bought.
MOVING_FIELDS = ("occasion_count", "last_occasion_date", "revenue_total", "gross_profit_total")


class CustomerProfile(models.Model):
    """The refresh: facts -> scores -> one upsert -> consequences.

    It reads documents with raw SQL, whatever the rights of the user whose action queued the
    customer, and is the only writer of metrics. Running it again changes nothing.
    """

    _inherit = "customer.profile"

    moved_run_id = fields.Integer(
        string="Changed since run",
        readonly=True,
        aggregator=None,
        groups="base.group_system",
        help="The run between whose borders the customer stood at their last change; 0 before "
        "the first run.",
    )
    moved_occasion_count = fields.Integer(
        string="Purchase days at that run", readonly=True, groups="base.group_system"
    )

    _moved_run_idx = models.Index("(company_id, moved_run_id) WHERE moved_run_id IS NOT NULL")

    @api.model
    def _is_computing(self, company):
        return super()._is_computing(company) or self.env["customer.refresh.run"]._is_computing(
            company
        )

    @api.model
    def _get_timezone(self, company):
        """Return the time zone whose calendar days the company counts in."""
        return company.resource_calendar_id.tz or company.partner_id.tz or "UTC"

    @api.model
    def _get_today(self, company):
        """Return today in the company's time zone."""
        return fields.Date.context_today(self.with_context(tz=self._get_timezone(company)))

    @api.model
    def _get_scope(self, company, partner_ids, today=None):
        return Scope(
            company_id=company.id,
            partner_ids=partner_ids,
            today=today or self._get_today(company),
            timezone=self._get_timezone(company),
            delivery_tolerance_days=company.sudo().customer_delivery_tolerance_days,
            counted_company_ids=company._get_counted_companies().ids,
        )

    @api.model
    def _refresh(self, company, partner_ids, today=None, tally=None):
        """Recompute the profiles of some customers of one company.

        :param partner_ids: ids of partners; contacts count for their commercial partner
        :param today: reference day, default today in the company's time zone
        :param tally: of a full run, which places the customers later: what it has seen
        :return: ids of the profiles whose row changed
        """
        self = self.sudo().with_company(company).with_context(active_test=False)  # noqa: PLW0642
        partners = self.env["res.partner"].browse(partner_ids).exists()
        self.env["customer.refresh.queue"]._work_off()
        self.env.flush_all()
        # A customer who became somebody's contact stays in the scope, to lose the old profile.
        customers = partners | partners.commercial_partner_id
        scope = self._get_scope(company, sorted(customers.ids), today)
        scope = self._settle_documents(scope)
        facts = self._read_facts(scope)
        self._add_measures(facts, scope.today)
        self._add_tiers(company, facts, scope.today)
        names = self._get_absolute_fields()
        run = self.env["customer.refresh.run"]._get_border_run(company)
        if tally is None:
            self._add_relative_measures(facts, run._read_cutoffs(), scope.today)
            names += self._get_relative_fields()
        self._delete_empty_profiles(scope, facts.keys.tolist())
        changed = self._upsert(company, facts, names, self._get_moved_sql(run))
        self._invalidate_standing()
        self._follow_refresh(company, facts, scope, tally)
        if tally is not None:
            tally.gaps.update(facts.gaps.tolist())
        return changed

    @api.model
    def _add_tiers(self, company, facts, today):
        """Add what follows from all measures of a customer alone: hook of the loyalty room."""

    @api.model
    def _follow_refresh(self, company, facts, scope, tally):
        """Do what follows from profiles that were just written: hook of other rooms.

        :param scope: with the documents in work tables
        :param tally: of a full run, else ``None``
        """

    def _refresh_isolated(self, company, partner_ids, today=None, tally=None):
        """Refresh customers so that one that fails does not stop the others.

        :return: dict of partner id -> error text of the customers that failed
        :raise psycopg2.OperationalError: on a conflict with another transaction; retry later
        """
        failures = run_isolated(
            self.env, partner_ids, lambda some: self._refresh(company, some, today, tally)
        )
        for partner, failure in failures.items():
            _logger.error("Customer %s could not be refreshed", partner, exc_info=failure)
        return {
            partner: f"{type(failure).__name__}: {failure}" for partner, failure in failures.items()
        }

    @api.model
    def _get_absolute_fields(self):
        """Return the stored fields that depend on no other customer."""
        facts = (name for name in self._get_fact_defaults() if not name.startswith("_"))
        return (*facts, *GAP_FIELDS, *PROFIT_FIELDS)

    @api.model
    def _read_facts(self, scope) -> Facts:
        """Return the facts of every customer that has documents or a tier."""
        cr, parts = self.env.cr, []
        for make_sql in self._get_fact_families().values():
            cr.execute(make_sql(scope))
            if rows := cr.fetchall():
                names = [column.name for column in cr.description]
                parts.append(dict(zip(names, zip(*rows, strict=True), strict=True)))
        keys = [part["partner_id"] for part in parts]
        facts = Facts(sorted(set().union(self._get_tier_holders(scope), *keys)))
        for name, default in self._get_fact_defaults().items():
            facts[name] = default
        for part in parts:
            facts.fill(part.pop("partner_id"), part)
        return facts

    @api.model
    def _get_tier_holders(self, scope):
        """Return customers whose profile must stay although no document is left."""
        rows = self.env.execute_query(
            SQL(
                """SELECT f.partner_id
                     FROM customer_profile f
                     JOIN res_partner p ON p.id = f.partner_id AND p.commercial_partner_id = p.id
                    WHERE f.company_id = %s AND %s
                      AND (f.earned_tier_id IS NOT NULL OR f.override_tier_id IS NOT NULL)""",
                scope.company_id,
                scope.where_key(SQL("f.partner_id")),
            )
        )
        return [partner for (partner,) in rows]

    @api.model
    def _delete_empty_profiles(self, scope, kept_partner_ids):
        """Delete profiles of customers that have neither documents nor a tier left."""
        self.env.execute_query(
            SQL(
                """DELETE FROM customer_profile
                    WHERE company_id = %s AND %s AND NOT partner_id = ANY(%s)
                RETURNING id""",
                scope.company_id,
                scope.where_key(SQL("partner_id")),
                kept_partner_ids,
            )
        )

    @api.model
    def _upsert(self, company, facts, names, moved=None):
        """Insert or update profiles; a row that would not change is neither locked nor written.

        An insert meets a row another worker has committed meanwhile: PostgreSQL then reports a
        conflict between the transactions, and the caller tries again.

        :param moved: further columns as SQL: of the update, and of the insert (names, values)
        :return: ids of the rows that changed
        """
        if not len(facts):
            return []
        noted, noted_columns, noted_values = moved or (SQL(), SQL(), SQL())
        columns = ("write_uid", "write_date", "currency_id", *names)
        changed = self.env.execute_query(
            self._get_upsert_sql(
                columns=self._get_columns(columns),
                noted=noted,
                noted_columns=noted_columns,
                noted_values=noted_values,
                fresh=self._get_columns(columns, "fresh"),
                fresh_names=self._get_columns(columns[2:], "fresh"),
                current=self._get_columns(columns[2:], "p"),
                company=company.id,
                currency=company.currency_id.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                values=stage_facts(self, facts, names),
            )
        )
        return [profile for (profile,) in changed]

    @api.model
    def _get_upsert_sql(self, **parts):
        """Return the statement of :meth:`_upsert`, made of these columns and values."""
        return SQL(
            """WITH fresh AS (
                SELECT %(uid)s::int AS write_uid, %(now)s::timestamp AS write_date,
                       %(currency)s::int AS currency_id, r.*
                  FROM (%(values)s) r
            ), updated AS (
                UPDATE customer_profile p
                   SET (%(columns)s) = ROW (%(fresh)s) %(noted)s
                  FROM fresh
                 WHERE p.partner_id = fresh.partner_id AND p.company_id = %(company)s
                   AND (%(current)s) IS DISTINCT FROM (%(fresh_names)s)
             RETURNING p.id
            ), inserted AS (
                INSERT INTO customer_profile
                       (partner_id, company_id, create_uid, create_date, %(columns)s
                        %(noted_columns)s)
                SELECT partner_id, %(company)s, write_uid, write_date, %(columns)s
                       %(noted_values)s
                  FROM fresh
                 WHERE NOT EXISTS (
                       SELECT 1 FROM customer_profile p
                        WHERE p.partner_id = fresh.partner_id AND p.company_id = %(company)s)
           ON CONFLICT (partner_id, company_id) DO NOTHING
             RETURNING id
            )
            SELECT id FROM updated UNION ALL SELECT id FROM inserted""",
            **parts,
        )

    @api.model
    def _get_moved_sql(self, run):
        """Return the parts of :meth:`_upsert` that note who changed since the last borders.

        With the purchase days they had then: counting both is how a large change is found
        (``customer_refresh_run_change.py``).

        :param run: the run whose borders are in use; empty before the first
        """
        is_moved = SQL(
            "((%s) IS DISTINCT FROM (%s) AND p.occasion_count + fresh.occasion_count > 0)",
            self._get_columns(MOVING_FIELDS, "p"),
            self._get_columns(MOVING_FIELDS, "fresh"),
        )
        noted = SQL(
            """, moved_occasion_count = CASE
                     WHEN %(is_moved)s AND p.moved_run_id IS DISTINCT FROM %(run)s
                     THEN p.occasion_count ELSE p.moved_occasion_count END
               , moved_run_id = CASE WHEN %(is_moved)s THEN %(run)s ELSE p.moved_run_id END""",
            is_moved=is_moved,
            run=run.id or 0,
        )
        return (
            noted,
            SQL(", moved_occasion_count, moved_run_id"),
            SQL(", 0, CASE WHEN occasion_count > 0 THEN %s END", run.id or 0),
        )

    @api.model
    def _get_columns(self, names, alias=None):
        """Return a list of columns as SQL, of one table of a query if ``alias`` is given."""
        return _get_columns(tuple(names), alias)

    @api.model
    def _rescore(self, company, partner_from, partner_to, today):
        """Place the stored facts of a range of customers between the current cutoffs."""
        self = self.sudo().with_company(company)  # noqa: PLW0642
        self.env.flush_all()
        names = self._get_relative_sources()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, %s FROM customer_profile"
                " WHERE company_id = %s AND partner_id BETWEEN %s AND %s ORDER BY partner_id",
                self._get_columns(names),
                company.id,
                partner_from,
                partner_to,
            )
        )
        if not rows:
            return []
        keys, *columns = zip(*rows, strict=True)
        facts = Facts(keys)
        for name, values in zip(names, columns, strict=True):
            facts[name] = None
            facts.fill(keys, {name: values})
        run = self.env["customer.refresh.run"]._get_border_run(company)
        self._add_relative_measures(facts, run._read_cutoffs(), today)
        changed = self._upsert(company, facts, self._get_relative_fields())
        self._invalidate_standing()
        return changed

    @api.model
    def _invalidate_standing(self):
        """Forget cached values that raw SQL has changed."""
        self.env["customer.profile"].invalidate_model()
        partners = self.env["res.partner"]
        partners.invalidate_model(partners._get_customer_fields())
