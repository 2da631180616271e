from odoo import api, fields, models
from odoo.tools import SQL

# Two-sided 95 % of the normal distribution.
Z_95 = 1.96
MARGINS = {"nps_low": "-", "nps_high": "+"}


class CustomerAnswerReport(models.Model):
    """Ratings and recommendations: averages, and NPS with its 95 % confidence interval.

    The NPS of any group is the mean of +100 for promoters (9, 10), -100 for detractors (0 to 6)
    and 0 for the others. The interval is the mean ± 1.96 standard errors of that mean, computed
    from the answers of the group, whatever it is grouped by.
    """

    _name = "customer.answer.report"
    _description = "Analysis of Answers"
    _inherit = "customer.answer.dimension.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "feedback_id"

    rating = fields.Float(readonly=True, aggregator="avg", digits=(16, 2), help="1 to 5")
    rating_count = fields.Integer(string="Ratings", readonly=True)
    nps = fields.Float(
        string="NPS",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Share of promoters (9, 10) less share of detractors (0 to 6), -100 to 100.",
    )
    nps_low = fields.Float(
        string="NPS, least (95 %)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Lower end of the confidence interval (normal approximation, good from about 30 "
        "answers); empty with fewer than two answers.",
    )
    nps_high = fields.Float(
        string="NPS, 95 % to",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Upper end of the confidence interval (normal approximation, good from about 30 "
        "answers); empty with fewer than two answers.",
    )
    nps_count = fields.Integer(string="Answers: likely to recommend", readonly=True)
    promoter_count = fields.Integer(string="Promoters", readonly=True)
    detractor_count = fields.Integer(string="Detractors", readonly=True)

    @property
    def _table_query(self) -> SQL:
        self.env.flush_all()
        return SQL(
            """SELECT f.id, %(dimensions)s, f.rating::float8 AS rating,
                      (f.rating IS NOT NULL)::int AS rating_count,
                      CASE WHEN f.nps >= 9 THEN 100.0 WHEN f.nps <= 6 THEN -100.0
                           WHEN f.nps IS NOT NULL THEN 0.0 END::float8 AS nps,
                      NULL::float8 AS nps_low, NULL::float8 AS nps_high,
                      (f.nps IS NOT NULL)::int AS nps_count,
                      ((f.nps >= 9) IS TRUE)::int AS promoter_count,
                      ((f.nps <= 6) IS TRUE)::int AS detractor_count
                 FROM customer_feedback f
                 %(tables)s
                WHERE f.is_void IS NOT TRUE AND (f.rating IS NOT NULL OR f.nps IS NOT NULL)""",
            dimensions=self._get_dimension_columns(),
            tables=self._get_dimension_tables(),
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        name, _separator, function = aggregate_spec.partition(":")
        if name not in MARGINS or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        nps = self._field_to_sql(self._table, "nps", query)
        # GREATEST and LEAST pass over NULL: without the CASE one answer would be certain.
        return SQL(
            "CASE WHEN COUNT(%(nps)s) > 1 THEN GREATEST(-100, LEAST(100, AVG(%(nps)s) %(side)s"
            " %(z)s * STDDEV_SAMP(%(nps)s) / SQRT(COUNT(%(nps)s)))) END",
            nps=nps,
            side=SQL(MARGINS[name]),
            z=Z_95,
        )
