import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ...engine.prediction import OccasionLog

# More customers change a probability by less than 0.03 (analytics.md, 5) and only take memory.
MAX_CUSTOMERS = 50_000


class CustomerPredictionModel(models.Model):
    """What a fit learns from: every day with sales of every customer, in one query."""

    _inherit = "customer.prediction.model"

    def _get_log(self, today):
        """Return all days with sales of the company's customers, straight from the documents.

        The same documents, days and amounts the profiles are made of; a profit whose cost is
        still to be filled in is NaN.
        """
        rows = self._read_days(today)
        columns = list(zip(*rows, strict=True)) if rows else [()] * 5
        keys, customers = np.unique(np.array(columns[0], dtype=np.int64), return_inverse=True)
        log = OccasionLog(
            keys=keys,
            customers=customers,
            days=np.array(columns[1], dtype=np.int64),
            revenues=np.array(columns[2], dtype=float),
            profits=np.array(columns[3], dtype=float),
            bought=np.array(columns[4], dtype=bool),
        )
        names = self._get_trait_names()
        earlier = self._get_earlier_traits(keys, names, today)
        return log.with_traits(self._get_traits(keys, names, earlier))

    def _read_days(self, today):
        """Return (customer, day as ordinal, revenue, profit, whether something was bought)."""
        profiles = self.env["customer.profile"]
        scope = profiles._get_scope(self.company_id, self._get_sample(), today)
        self.env.flush_all()
        # There are no statistics on CTEs: a nested loop over all invoices would take minutes.
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop = off"))
        rows = self.env.execute_query(
            SQL(
                """WITH %s
                SELECT m.partner_id, m.invoice_date - DATE '0001-01-01' + 1, SUM(m.revenue),
                       CASE WHEN NOT BOOL_OR(m.cost_missing)
                            THEN SUM(m.revenue - COALESCE(m.cost, 0)) END,
                       o.day IS NOT NULL
                  FROM sale_move m
             LEFT JOIN occasion o ON o.partner_id = m.partner_id AND o.day = m.invoice_date
              GROUP BY m.partner_id, m.invoice_date, o.day
              ORDER BY 1, 2""",
                profiles._get_occasion_sql(scope),
            )
        )
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop = on"))
        return rows

    def _get_sample(self):
        """Return customers to learn from, the same ones every time; ``None`` for all of them."""
        where = SQL("company_id = %s AND occasion_count > 0", self.company_id.id)
        [(count,)] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM customer_profile WHERE %s", where)
        )
        if count <= MAX_CUSTOMERS:
            return None
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM customer_profile WHERE %s"
                " ORDER BY MD5(partner_id::text) LIMIT %s",
                where,
                MAX_CUSTOMERS,
            )
        )
        return [partner for (partner,) in rows]

    @api.model
    def _get_median_gap(self, log):
        """Return the median of all gaps between two purchases in days, ``None`` without one."""
        days, customers = log.days[log.bought], log.customers[log.bought]
        gaps = np.diff(days)[np.diff(customers) == 0]
        return float(np.median(gaps)) if len(gaps) else None

    def _get_cost_per_occasion(self):
        """Return what serving cost per purchase over all customers, company currency."""
        [(cost,)] = self.env.execute_query(
            SQL(
                """SELECT SUM(cost_to_serve_total) / NULLIF(SUM(occasion_count), 0)
                     FROM customer_profile
                    WHERE company_id = %s AND occasion_count > 0""",
                self.company_id.id,
            )
        )
        return float(cost or 0)
