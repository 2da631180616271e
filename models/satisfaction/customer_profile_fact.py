from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import satisfaction as engine
from ...engine.satisfaction import COMPLAINT_DAYS, SEVERITY_WEIGHTS, STILL_OPEN
from ..base.scope import YEAR, Scope
from .customer_profile import COLUMNS, EPOCH


class SatisfactionComponent(NamedTuple):
    """One component of the satisfaction score.

    ``make_sql`` turns a scope into SQL with one row per fact: ``partner_id``, ``res_id`` of the
    record of ``model`` behind it, ``known`` and ``day`` in days since 1970, ``value`` and
    ``size`` (see :class:`.SatisfactionFacts`). Facts count for ``window`` days. The
    score is their decayed mean; of a burden, what the sizes leave of 100.
    """

    weight: float
    model: str
    make_sql: Callable[[Scope], SQL]
    is_answer: bool = False
    window: int | None = None
    is_burden: bool = False


class CustomerProfile(models.Model):
    """Facts behind the satisfaction score: answers, order lines promised, complaints."""

    _inherit = "customer.profile"

    @api.model
    def _get_satisfaction_components(self):
        """Return name -> :class:`SatisfactionComponent`, weighted by the company.

        An app that adds one also adds the profile field ``satisfaction_<name>``.
        """
        company = self.env.company.sudo()
        answers = partial(SatisfactionComponent, model="customer.feedback", is_answer=True)
        return {
            "rating": answers(
                company.customer_satisfaction_weight_rating, make_sql=self._get_rating_sql
            ),
            "nps": answers(company.customer_satisfaction_weight_nps, make_sql=self._get_nps_sql),
            "gap": answers(company.customer_satisfaction_weight_gap, make_sql=self._get_gap_sql),
            "delivery": SatisfactionComponent(
                company.customer_satisfaction_weight_delivery,
                "sale.order.line",
                self._get_promise_sql,
                window=YEAR,
            ),
            "complaints": SatisfactionComponent(
                company.customer_satisfaction_weight_complaints,
                "customer.complaint",
                self._get_complaint_sql,
                window=COMPLAINT_DAYS,
                is_burden=True,
            ),
        }

    @api.model
    def _get_fact_families(self):
        return super()._get_fact_families() | {
            f"satisfaction_{name}": partial(self._get_satisfaction_arrays_sql, name)
            for name in self._get_satisfaction_components()
        }

    @api.model
    def _get_fact_defaults(self):
        return super()._get_fact_defaults() | {
            f"_satisfaction_{name}_{column}": None
            for name in self._get_satisfaction_components()
            for column in COLUMNS
        }

    @api.model
    def _get_satisfaction_arrays_sql(self, name, scope: Scope) -> SQL:
        """The facts of a component as parallel arrays, in an order that is always the same."""
        columns = (
            SQL(
                "array_agg(%s ORDER BY day, known, value, size) AS %s",
                SQL.identifier(column),
                SQL.identifier(f"_satisfaction_{name}_{column}"),
            )
            for column in COLUMNS
        )
        facts = self._get_satisfaction_components()[name].make_sql(scope)
        return SQL(
            "SELECT partner_id, %s FROM (%s) AS fact GROUP BY partner_id",
            SQL(", ").join(columns),
            facts,
        )

    @api.model
    def _get_rating_sql(self, scope: Scope) -> SQL:
        """Ratings of 1 to 5 as 0 to 100; those from Odoo's rating app are among the answers."""
        return self._get_answer_sql(scope, SQL("(f.rating - 1) * 25.0"), SQL("f.rating"))

    @api.model
    def _get_nps_sql(self, scope: Scope) -> SQL:
        """Recommendations of 0 to 10 as 0 to 100."""
        return self._get_answer_sql(scope, SQL("f.nps * 10.0"), SQL("f.nps"))

    @api.model
    def _get_answer_sql(self, scope, value, answer):
        """One fact per answer that is not void.

        :param value: SQL of the value, 0 to 100
        :param answer: SQL of the answer, NULL where the question was not answered
        """
        return SQL(
            """WITH %(contact)s
            SELECT c.partner_id, f.id AS res_id, %(day)s AS known, %(day)s AS day,
                   (%(value)s)::float8 AS value, 1 AS size
              FROM contact c
              JOIN customer_feedback f ON f.customer_id = c.id
             WHERE %(companies)s AND f.is_void IS NOT TRUE
               AND %(answer)s IS NOT NULL AND %(day)s <= %(today)s""",
            contact=self._get_contact_sql(scope),
            day=self._get_day_number(scope.local_day(SQL("f.date"))),
            value=value,
            answer=answer,
            companies=scope.where_company(SQL("f.company_id")),
            today=(scope.today - EPOCH).days,
        )

    @api.model
    def _get_gap_sql(self, scope: Scope) -> SQL:
        """Gap in levels of each questionnaire: its mean, as often as factors were answered."""
        return SQL(
            """WITH %(contact)s
            SELECT c.partner_id, f.id AS res_id, %(day)s AS known, %(day)s AS day,
                   AVG(l.perception - l.expectation)::float8 AS value, COUNT(*) AS size
              FROM contact c
              JOIN customer_feedback f ON f.customer_id = c.id
              JOIN customer_feedback_line l ON l.feedback_id = f.id
             WHERE %(companies)s AND f.is_void IS NOT TRUE AND %(day)s <= %(today)s
          GROUP BY c.partner_id, f.id""",
            contact=self._get_contact_sql(scope),
            day=self._get_day_number(scope.local_day(SQL("f.date"))),
            companies=scope.where_company(SQL("f.company_id")),
            today=(scope.today - EPOCH).days,
        )

    @api.model
    def _get_judged_since(self, today):
        past = fields.Date.subtract(self._get_satisfaction_past(today), days=YEAR)
        return min(super()._get_judged_since(today), past)

    @api.model
    def _get_promise_sql(self, scope: Scope) -> SQL:
        """Order lines judged for *on time in full*, back to what the trend looks at."""
        since = self._get_judged_since(scope.today)
        return SQL(
            """WITH %(judged)s
            SELECT partner_id, line_id AS res_id, %(known)s AS known, %(day)s AS day,
                   CASE WHEN is_on_time THEN 100.0 ELSE 0.0 END::float8 AS value, 1 AS size
              FROM judged""",
            judged=self._get_judged_sql(scope, since),
            known=self._get_day_number(SQL("judged_day")),
            day=self._get_day_number(SQL("promise_day")),
        )

    @api.model
    def _get_complaint_sql(self, scope: Scope) -> SQL:
        """Complaints with the weight of their severity; the same one twice counts once."""
        severities = SQL(" ").join(
            SQL("WHEN %s THEN %s", severity, weight)
            for severity, weight in SEVERITY_WEIGHTS.items()
        )
        return SQL(
            """WITH %(contact)s, complaint AS (
                SELECT c.partner_id, m.id AS res_id, %(opened)s AS known,
                       COALESCE(%(closed)s, %(open)s) AS day, 0::float8 AS value,
                       (CASE m.severity %(severities)s ELSE 0 END)::float8 AS size
                  FROM contact c
                  JOIN customer_complaint m ON m.customer_id = c.id
                 WHERE %(companies)s AND m.duplicate_of_id IS NULL
            )
            SELECT * FROM complaint WHERE known <= %(today)s AND day > %(since)s""",
            contact=self._get_contact_sql(scope),
            opened=self._get_day_number(scope.local_day(SQL("m.open_date"))),
            closed=self._get_day_number(scope.local_day(SQL("m.close_date"))),
            open=STILL_OPEN,
            severities=severities,
            companies=scope.where_company(SQL("m.company_id")),
            today=(scope.today - EPOCH).days,
            since=(self._get_satisfaction_past(scope.today) - EPOCH).days - COMPLAINT_DAYS,
        )

    @api.model
    def _get_day_number(self, day):
        return SQL("(%s - DATE '1970-01-01')", day)

    @api.model
    def _measure_component(self, name, facts, as_of):
        """Return score (of the gap: the mean gap), number and newest day of the own facts."""
        part = self._get_satisfaction_components()[name]
        day, customers = (as_of - EPOCH).days, len(facts)
        columns = (facts[f"_satisfaction_{name}_{column}"].tolist() for column in COLUMNS)
        histories = [own if own[0] else None for own in zip(*columns, strict=True)]
        own = engine.select_facts(engine.flatten_facts(histories), day, part.window)
        if part.is_burden:
            scores = engine.get_burden_scores(own, customers)
        else:
            half_life = self.env.company.sudo().customer_satisfaction_half_life
            scores = engine.get_decayed_means(own, customers, day, half_life)
        counts = np.array(engine.count_facts(own, customers), dtype=float)
        newest = engine.get_newest_days(own, customers)
        return np.array(scores, dtype=float), counts, np.array(newest, dtype=float)
