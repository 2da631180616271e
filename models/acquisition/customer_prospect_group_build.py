import logging

import numpy as np
import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.lifetime_value import MIN_CUSTOMERS, get_value_bands
from ..base.facts import round_amounts
from .customer_prospect_group import LEVELS, PLAIN_TRAITS, TRAITS

_logger = logging.getLogger(__name__)

CRON = "customer_value.ir_cron_customer_prospect_group"
COLUMNS = {
    "level": "int4", "trait_count": "int4", "industry_id": "int4", "country_id": "int4",
    "size": "varchar", "source_id": "int4", "tag_id": "int4", "customer_count": "int4",
    "valued_count": "int4", "best_count": "int4", "value_low": "numeric",
    "value_median": "numeric", "value_high": "numeric", "value_band": "varchar",
    "lead_count": "int4", "won_count": "int4", "conversion_ratio": "numeric",
    "order_day_count": "int4", "order_days": "numeric",
}  # fmt: skip


class CustomerProspectGroup(models.Model):
    """Making the groups: a fixed number of statements for any number of customers and leads."""

    _inherit = "customer.prospect.group"

    @api.model
    def _cron_build(self):
        """Make the groups of every company anew, one company after the other."""
        companies = self.env["res.company"].sudo().search([])
        for done, company in enumerate(companies, 1):
            try:
                self._build(company)
            except psycopg2.OperationalError as error:
                _logger.info("Groups of prospects postponed: %s", error)
                self.env.cr.rollback()
            self.env["ir.cron"]._commit_progress(1, remaining=len(companies) - done)

    @api.model
    def _build(self, company):
        """Make the groups of a company anew, and place its open leads among them."""
        self = self.sudo().with_company(company)  # noqa: PLW0642
        self.env.flush_all()
        groups = {}
        for *key, count, valued, best, quartiles, day_count, days in self._read_groups(company):
            low, median, high = quartiles or (None, None, None)
            groups[self._get_key(key)] = {
                **{"customer_count": count, "valued_count": valued, "best_count": best},
                **{"value_low": low, "value_median": median, "value_high": high},
                **{"order_day_count": day_count, "order_days": days},
            }
        for *key, decided, won in self._read_conversions(company):
            groups.setdefault(self._get_key(key), {}).update(lead_count=decided, won_count=won)
        groups.setdefault((LEVELS.index(()), *[None] * len(TRAITS)), {})
        self._upsert(company, groups)
        self._place_all(company)

    @api.model
    def _get_key(self, key):
        """Return (level, traits) of a row that begins with which traits it has in common."""
        used, traits = key[: len(TRAITS)], key[len(TRAITS) :]
        names = tuple(name for name, is_used in zip(TRAITS, used, strict=True) if is_used)
        by_set = {frozenset(level): number for number, level in enumerate(LEVELS)}
        return (by_set[frozenset(names)], *traits)

    # === READING ===

    @api.model
    def _get_member_sql(self, company) -> SQL:
        """CTEs ``member``, the customers who bought, with traits; ``tagged``: tags of leads."""
        return SQL(
            """member AS (
                SELECT f.id AS profile_id, f.partner_id, p.industry_id, p.country_id,
                       p.customer_size AS size, a.source_id,
                       f.lifetime_value::float8 AS value, f.value_class IS NOT DISTINCT FROM 'A'
                       AS is_best,
                       CASE WHEN l.create_date::date <= a.date
                            THEN a.date - l.create_date::date END::float8 AS days
                  FROM customer_profile f
                  JOIN res_partner p ON p.id = f.partner_id
             LEFT JOIN customer_acquisition a ON a.partner_id = f.partner_id
                   AND a.company_id = f.company_id AND a.state = 'counts'
             LEFT JOIN crm_lead l ON l.id = a.lead_id
                 WHERE f.company_id = %(company)s AND f.occasion_count > 0
            ), %(lead)s, tagged AS (
                SELECT DISTINCT c.commercial_partner_id AS partner_id, r.tag_id
                  FROM lead l
                  JOIN crm_tag_rel r ON r.lead_id = l.id
                  JOIN res_partner c ON c.id = l.partner_id
            )""",
            company=company.id,
            lead=self._get_lead_sql(company),
        )

    @api.model
    def _get_lead_sql(self, company) -> SQL:
        """CTE ``lead``: the leads a company counts, with traits.

        Of a contact, where it has them. A lead without a company counts where its salesperson
        works; without one, in the first company.
        """
        return SQL(
            """lead AS (
                SELECT l.id, l.partner_id, l.won_status,
                       COALESCE(l.company_id, u.company_id, %(main)s) AS company_id,
                       COALESCE(p.industry_id, l.customer_industry_id) AS industry_id,
                       COALESCE(l.country_id, p.country_id) AS country_id,
                       COALESCE(p.customer_size, l.customer_size) AS size, l.source_id
                  FROM crm_lead l
             LEFT JOIN res_users u ON u.id = l.user_id
             LEFT JOIN res_partner c ON c.id = l.partner_id
             LEFT JOIN res_partner p ON p.id = c.commercial_partner_id
                 WHERE COALESCE(l.company_id, u.company_id, %(main)s) = ANY(%(companies)s)
            )""",
            main=self._get_main_company().id,
            companies=company._get_counted_companies().ids,
        )

    @api.model
    def _get_main_company(self):
        """Return the company of leads that have neither a company nor a salesperson."""
        return self.env["res.company"].sudo().search([], order="id", limit=1)

    @api.model
    def _get_grouping_sql(self):
        """Return (which traits are common, traits; GROUP BY; HAVING) of the levels but tags."""
        columns = [SQL.identifier(name) for name in PLAIN_TRAITS]
        sets = [
            SQL("(%s)", SQL(", ").join(SQL.identifier(name) for name in level))
            for level in LEVELS
            if "tag_id" not in level
        ]
        return (
            SQL(
                "%s, FALSE, %s, NULL::int",
                SQL(", ").join(SQL("GROUPING(%s) = 0", column) for column in columns),
                SQL(", ").join(columns),
            ),
            SQL("GROUP BY GROUPING SETS (%s)", SQL(", ").join(sets)),
            SQL(
                "HAVING %s",
                SQL(" AND ").join(
                    SQL("(GROUPING(%s) = 1 OR %s IS NOT NULL)", column, column)
                    for column in columns
                ),
            ),
        )

    @api.model
    def _read_groups(self, company):
        """Return per group what its customers have brought."""
        names, grouped, having = self._get_grouping_sql()
        measures = SQL(
            """COUNT(*), COUNT(value), COUNT(*) FILTER (WHERE is_best),
               PERCENTILE_CONT(ARRAY[0.25, 0.5, 0.75]::float8[]) WITHIN GROUP (ORDER BY value),
               COUNT(days), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days)"""
        )
        return self.env.execute_query(
            SQL(
                """WITH %(member)s
                SELECT %(names)s, %(measures)s FROM member %(grouped)s %(having)s
                UNION ALL
                SELECT FALSE, FALSE, FALSE, FALSE, TRUE, NULL, NULL, NULL, NULL, tag_id,
                       %(measures)s
                  FROM member JOIN tagged USING (partner_id)
              GROUP BY tag_id""",
                member=self._get_member_sql(company),
                names=names,
                measures=measures,
                grouped=grouped,
                having=having,
            )
        )

    @api.model
    def _read_conversions(self, company):
        """Return per group how many leads are decided, and won."""
        names, grouped, having = self._get_grouping_sql()
        return self.env.execute_query(
            SQL(
                """WITH %(lead)s, decided AS (
                    SELECT *, won_status = 'won' AS is_won
                      FROM lead WHERE won_status IN ('won', 'lost'))
                SELECT %(names)s, COUNT(*), COUNT(*) FILTER (WHERE is_won)
                  FROM decided %(grouped)s %(having)s
                UNION ALL
                SELECT FALSE, FALSE, FALSE, FALSE, TRUE, NULL, NULL, NULL, NULL, tag_id,
                       COUNT(*), COUNT(*) FILTER (WHERE is_won)
                  FROM decided JOIN crm_tag_rel r ON r.lead_id = decided.id
              GROUP BY tag_id""",
                lead=self._get_lead_sql(company),
                names=names,
                grouped=grouped,
                having=having,
            )
        )

    def _get_trait_condition(self, lead_column):
        """Return the condition that a customer or lead has the traits of this group."""
        conditions = [
            SQL("%s = %s", SQL.identifier(name), self[name] if name == "size" else self[name].id)
            for name in PLAIN_TRAITS
            if self[name]
        ]
        if self.tag_id:
            conditions.append(SQL(lead_column, self.tag_id.id))
        return SQL(" AND ").join([SQL("TRUE"), *conditions])

    @api.model
    def _read_members(self, company, group):
        """Return (profile id, {count: whether it is in it}) of the customers of a group."""
        self.env.flush_all()
        tagged = "partner_id IN (SELECT partner_id FROM tagged WHERE tag_id = %s)"
        rows = self.env.execute_query(
            SQL(
                """WITH %s SELECT profile_id, value IS NOT NULL, is_best
                     FROM member WHERE %s ORDER BY profile_id""",
                self._get_member_sql(company),
                group.sudo()._get_trait_condition(tagged),
            )
        )
        return [
            (profile, {"customer_count": True, "valued_count": valued, "best_count": best})
            for profile, valued, best in rows
        ]

    @api.model
    def _read_decided(self, company, group):
        """Return the ids of the decided leads of a group."""
        self.env.flush_all()
        tagged = "id IN (SELECT lead_id FROM crm_tag_rel WHERE tag_id = %s)"
        rows = self.env.execute_query(
            SQL(
                """WITH %s SELECT id FROM lead
                    WHERE won_status IN ('won', 'lost') AND %s ORDER BY id""",
                self._get_lead_sql(company),
                group.sudo()._get_trait_condition(tagged),
            )
        )
        return [lead for (lead,) in rows]

    # === WRITING ===

    @api.model
    def _upsert(self, company, groups):
        """Write the groups; rows that stay keep their id, those of nobody go."""
        keys = sorted(groups, key=str)
        rows = [self._prepare_group(key, groups[key]) for key in keys]
        self._add_bands(company, rows)
        now = fields.Datetime.now()
        today = self.env["customer.profile"]._get_today(company)
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        arrays = SQL(", ").join(
            SQL("%s::%s[]", [row[name] for row in rows], SQL.identifier(kind))
            for name, kind in COLUMNS.items()
        )
        changed = SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
            for name in ("date", "write_date", *[n for n in COLUMNS if n not in TRAITS])
        )
        kept = self.env.execute_query(
            SQL(
                """INSERT INTO customer_prospect_group AS g
                       (company_id, date, create_uid, create_date, write_uid, write_date,
                        %(names)s)
                SELECT %(company)s, %(today)s, %(uid)s, %(now)s, %(uid)s, %(now)s, f.*
                  FROM unnest(%(arrays)s) AS f(%(names)s)
           ON CONFLICT (company_id, level, COALESCE(industry_id, 0), COALESCE(country_id, 0),
                        COALESCE(size, ''), COALESCE(source_id, 0), COALESCE(tag_id, 0))
             DO UPDATE SET %(changed)s
             RETURNING id""",
                names=names,
                company=company.id,
                today=today,
                uid=self.env.uid,
                now=now,
                arrays=arrays,
                changed=changed,
            )
        )
        self.invalidate_model()
        others = [("company_id", "=", company.id), ("id", "not in", [id_ for (id_,) in kept])]
        self.search(others).unlink()

    @api.model
    def _prepare_group(self, key, found):
        """Return the columns of a group; what too few customers or leads say is not known."""
        row = dict.fromkeys(COLUMNS) | dict(zip(("level", *TRAITS), key, strict=True))
        row["trait_count"] = len(LEVELS[key[0]])
        for name in COLUMNS:
            if name.endswith("_count") and name != "trait_count":
                row[name] = found.get(name) or 0
        if row["valued_count"] >= MIN_CUSTOMERS:
            row |= {name: found[name] for name in ("value_low", "value_median", "value_high")}
        if row["order_day_count"] >= MIN_CUSTOMERS:
            row["order_days"] = round(found["order_days"], 1)
        if row["lead_count"] >= MIN_CUSTOMERS:
            row["conversion_ratio"] = row["won_count"] / row["lead_count"]
        return row

    @api.model
    def _add_bands(self, company, rows):
        """Add where the groups lie among all customers, and round their amounts, in place."""
        values = self.env.execute_query(
            SQL(
                """SELECT lifetime_value::float8 FROM customer_profile
                    WHERE company_id = %s AND occasion_count > 0 AND lifetime_value IS NOT NULL""",
                company.id,
            )
        )
        medians = np.array([row["value_median"] for row in rows], dtype=float)
        bands = get_value_bands(medians, [value for (value,) in values])
        for row, band in zip(rows, bands, strict=True):
            row["value_band"] = band
        for name in ("value_low", "value_median", "value_high"):
            amounts = np.array([row[name] for row in rows], dtype=float)
            for row, amount in zip(rows, round_amounts(amounts, company.currency_id), strict=True):
                row[name] = None if np.isnan(amount) else float(amount)
