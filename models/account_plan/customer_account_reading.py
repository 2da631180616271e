from odoo import api, fields, models

from ..base.access import GROUPS_REVENUE
from ..base.nullable import NullableFloat
from .customer_account_aim import MEASURES


class CustomerAccountReading(models.Model):
    """What an aim had reached on the day of a review; shown to who may see the aim's values."""

    _name = "customer.account.reading"
    _description = "Progress at a Review"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _is_guarded = True
    _order = "review_id, id"
    _rec_name = "aim_id"

    review_id = fields.Many2one(
        comodel_name="customer.account.review",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    plan_id = fields.Many2one(related="review_id.plan_id")
    company_id = fields.Many2one(related="review_id.company_id", store=True, index=True)
    aim_id = fields.Many2one(
        comodel_name="customer.account.aim",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    measure = fields.Selection(selection=MEASURES, required=True, readonly=True)
    target = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    value = NullableFloat(readonly=True, groups=GROUPS_REVENUE, aggregator=None)
    progress = NullableFloat(readonly=True, groups=GROUPS_REVENUE, aggregator=None)
    value_text = fields.Char(string="Measured", compute="_compute_shown")
    percent = NullableFloat(
        string="Progress (%)", compute="_compute_shown", digits=(5, 1), aggregator=None
    )

    is_measured = fields.Boolean(string="Was measured", compute="_compute_shown")

    @api.depends_context("uid", "lang")
    @api.depends("value", "progress")
    def _compute_shown(self):
        shown = self.aim_id._find_shown()
        for reading in self:
            known, is_shown = reading.sudo(), reading.aim_id in shown
            value = None if known.value is False else known.value
            reading.value_text = reading.aim_id._format(value) if is_shown else False
            reading.percent = known.progress if is_shown else None
            reading.is_measured = is_shown and known.progress is not False
