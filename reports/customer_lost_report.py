from odoo import fields, models
from odoo.tools import SQL

from ..models.base.access import GROUPS_REVENUE
from ..models.base.folded_text import FoldedChar
from ..models.base.nullable import NullableMonetary
from ..models.interview.customer_lost_interview import CHANCES


class CustomerLostReport(models.Model):
    """Why customers left, what it cost, and who came back: one row per loss.

    Asked twice in one pause, the last answer counts: else the same revenue would be lost twice.
    Who bought something after the day of the interview, and kept it, came back.
    """

    _name = "customer.lost.report"
    _description = "Why Customers Left"
    _inherit = "customer.date.bounds.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "customer_id"

    date = fields.Date(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(comodel_name="res.partner", readonly=True)
    user_id = fields.Many2one(string="Asked by", comodel_name="res.users", readonly=True)
    reason_id = fields.Many2one(comodel_name="customer.lost.reason", readonly=True)
    competitor = FoldedChar(string="Buys from", readonly=True)
    chance = fields.Selection(selection=CHANCES, string="Chance of return", readonly=True)
    interview_id = fields.Many2one(comodel_name="customer.lost.interview", readonly=True)
    customer_count = fields.Integer(string="Customers lost", readonly=True, aggregator="sum")
    revenue_lost = NullableMonetary(
        readonly=True,
        groups=GROUPS_REVENUE,
        help="Revenue of the 365 days that ended with their last purchase.",
    )
    won_back_count = fields.Integer(
        string="Won back",
        readonly=True,
        aggregator="sum",
        help="Bought something after the interview.",
    )
    won_back_revenue = NullableMonetary(
        string="Revenue won back",
        readonly=True,
        groups=GROUPS_REVENUE,
        help="What those had brought in a year who bought again; of the revenue lost.",
    )

    _depends = {
        "customer.lost.interview": [
            *("date", "company_id", "customer_id", "user_id", "reason_id", "competitor"),
            *("chance", "revenue_lost", "last_purchase_date"),
        ],
        "customer.profile": ["partner_id", "company_id", "last_occasion_date"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT DISTINCT ON (i.customer_id, i.company_id, i.last_purchase_date)
                      i.id, i.id AS interview_id, i.date, i.company_id, i.customer_id, i.user_id,
                      i.reason_id, i.competitor, i.chance, 1 AS customer_count, i.revenue_lost,
                      CASE WHEN p.last_occasion_date > i.date THEN 1 ELSE 0 END AS won_back_count,
                      CASE WHEN p.last_occasion_date > i.date THEN i.revenue_lost END
                          AS won_back_revenue
                 FROM customer_lost_interview i
            LEFT JOIN customer_profile p
                   ON p.partner_id = i.customer_id AND p.company_id = i.company_id
             ORDER BY i.customer_id, i.company_id, i.last_purchase_date, i.date DESC, i.id DESC"""
        )

    def action_open_interview(self):
        """Open the interview. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.interview_id._get_records_action(context={})
