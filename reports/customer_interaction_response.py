from odoo import fields, models
from odoo.tools import SQL

from ..models.interaction.customer_interaction import KINDS


class CustomerInteractionResponse(models.Model):
    """How fast customers are answered: one row per interaction that asked for an answer.

    The first answer counts: who asked again after it was answered, and may wait once more.
    Median and 90 % are those of whatever is grouped.
    """

    _name = "customer.interaction.response"
    _description = "Response Time"
    _inherit = ["customer.percentile.mixin", "customer.date.bounds.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "kind"
    _percentiles = {"response_median_hours": 0.5, "response_p90_hours": 0.9}

    date = fields.Datetime(string="Asked on", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    team_id = fields.Many2one(comodel_name="crm.team", readonly=True)
    user_id = fields.Many2one(string="Our person", comodel_name="res.users", readonly=True)
    customer_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    kind = fields.Selection(selection=KINDS, readonly=True)
    response_median_hours = fields.Float(
        string="Median response (hours)",
        readonly=True,
        aggregator="avg",
        help="Half of the answered interactions waited no longer, in working hours.",
    )
    response_p90_hours = fields.Float(
        string="90 % answered within (hours)",
        readonly=True,
        aggregator="avg",
        help="Nine of ten answered interactions waited no longer, in working hours.",
    )
    answered_count = fields.Integer(string="Answered", readonly=True, aggregator="sum")
    waiting_count = fields.Integer(string="Still waiting", readonly=True, aggregator="sum")
    answered_ratio = fields.Float(
        string="Share answered", readonly=True, aggregator="avg", help="0 to 1."
    )

    _depends = {
        "customer.interaction": [
            "date",
            "company_id",
            "team_id",
            "user_id",
            "customer_id",
            "kind",
            "needs_answer",
            "answered_date",
            "first_asked_date",
            "first_answered_date",
            "response_hours",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT i.id, COALESCE(i.first_asked_date, i.date) AS date, i.company_id,
                      i.team_id, i.user_id, i.customer_id, i.kind,
                      i.response_hours AS response_median_hours,
                      i.response_hours AS response_p90_hours,
                      is_answered::int AS answered_count,
                      (i.answered_date IS NULL)::int AS waiting_count,
                      is_answered::int::float8 AS answered_ratio
                 FROM customer_interaction i, LATERAL (
                      SELECT COALESCE(i.first_answered_date, i.answered_date) IS NOT NULL
                   ) AS response(is_answered)
                WHERE i.needs_answer"""
        )

    def action_open_interaction(self):
        """Open the interaction behind the row. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.interaction"].browse(self.id)._get_records_action(context={})
