from odoo import api, fields, models

from ..base.nullable import NullableFloat
from ..calendar.reader_date import format_numeric_day


class CustomerAccountReview(models.Model):
    """Journal: a review of an account plan, who held it, what was said and what was measured."""

    _name = "customer.account.review"
    _description = "Review of an Account Plan"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _is_guarded = True
    _order = "date desc, id desc"
    _rec_name = "date"

    plan_id = fields.Many2one(
        comodel_name="customer.account.plan",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        string="Customer", related="plan_id.partner_id", store=True, index=True
    )
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one(
        string="By", comodel_name="res.users", readonly=True, ondelete="set null"
    )
    note = fields.Text(string="Notes", readonly=True)
    is_closing = fields.Boolean(string="Closed the plan", readonly=True)
    reading_ids = fields.One2many(
        string="Measured", comodel_name="customer.account.reading", inverse_name="review_id"
    )
    progress = NullableFloat(
        string="Progress (%)", compute="_compute_progress", digits=(5, 1), aggregator=None
    )

    is_measured = fields.Boolean(string="Was measured", compute="_compute_progress")

    @api.depends("date")
    def _compute_display_name(self):
        for review in self:
            review.display_name = self.env._(
                "Review of %(day)s", day=format_numeric_day(self.env, review.date)
            )

    @api.depends_context("uid")
    @api.depends("reading_ids")
    def _compute_progress(self):
        readings = self.env["customer.account.reading"].search([("review_id", "in", self.ids)])
        by_review = readings.grouped("review_id")
        for review in self:
            own = by_review.get(review._origin, readings.browse())
            known = [one.percent for one in own if one.percent is not False]
            review.progress = sum(known) / len(known) if known else None
            review.is_measured = bool(known)
