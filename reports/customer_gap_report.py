from odoo import fields, models
from odoo.tools import SQL


class CustomerGapReport(models.Model):
    """Expectation and perception of each factor side by side, and the gap between them.

    Each answer to a factor is two rows, so that a chart can show them beside each other; both
    carry the same expectation, perception and gap, and every average is what it should be.
    """

    _name = "customer.gap.report"
    _description = "Expectation and Perception"
    _inherit = "customer.answer.dimension.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "factor_id"

    factor_id = fields.Many2one(comodel_name="customer.feedback.factor", readonly=True)
    side = fields.Selection(
        selection=[("expected", "Expected"), ("perceived", "Perceived")], readonly=True
    )
    level = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="1 to 5: what was expected or perceived, by side.",
    )
    expectation = fields.Float(readonly=True, aggregator="avg", digits=(16, 2), help="1 to 5")
    perception = fields.Float(readonly=True, aggregator="avg", digits=(16, 2), help="1 to 5")
    gap = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Perceived less expected level: below 0, less than expected.",
    )

    @property
    def _table_query(self) -> SQL:
        self.env.flush_all()
        return SQL(
            """SELECT line.id::bigint * 2 + side.number AS id, %(dimensions)s,
                      line.factor_id, side.name AS side,
                      (CASE side.name WHEN 'expected' THEN line.expectation
                                      ELSE line.perception END)::float8 AS level,
                      line.expectation::float8 AS expectation,
                      line.perception::float8 AS perception,
                      (line.perception - line.expectation)::float8 AS gap
                 FROM customer_feedback f
                 JOIN customer_feedback_line line ON line.feedback_id = f.id
           CROSS JOIN (VALUES (0, 'expected'), (1, 'perceived')) AS side (number, name)
                 %(tables)s
                WHERE f.is_void IS NOT TRUE""",
            dimensions=self._get_dimension_columns(),
            tables=self._get_dimension_tables(),
        )
