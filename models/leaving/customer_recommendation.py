from odoo import api, fields, models

from ..base.access import GROUPS_REVENUE, GROUPS_STANDING
from ..calendar.reader_date import write_day
from ..calendar.reader_number import write_money
from ..guard.plural import count_days


class CustomerRecommendation(models.Model):
    """What is not bought any more is offered again: *win back*.

    The purchases loaded for recommendations also tell which categories a customer has stopped
    buying; of each the product that brought most and may be offered is recommended.
    """

    _inherit = "customer.recommendation"

    stopped_category_id = fields.Many2one(
        string="Not bought any more",
        comodel_name="customer.stopped.category",
        compute="_compute_stopped_category_id",
        groups=GROUPS_STANDING,
    )

    @api.depends("kind", "partner_id", "company_id", "product_id")
    def _compute_stopped_category_id(self):
        offers = self.sudo().filtered(lambda offer: offer.kind == "win_back")
        # The figures of a reason, behind the right to read the recommendation.
        stopped = self.env["customer.stopped.category"].sudo()
        found = stopped.search(
            [
                ("partner_id", "in", offers.partner_id.ids),
                ("company_id", "in", offers.company_id.ids),
                ("category_id", "in", offers.product_id.categ_id.ids),
            ]
        ).grouped(lambda row: (row.partner_id, row.company_id, row.category_id))
        for offer in self:
            secret = offer.sudo()
            key = (secret.partner_id, secret.company_id, secret.product_id.categ_id)
            is_one = secret.kind == "win_back"
            offer.stopped_category_id = found.get(key, stopped) if is_one else False

    @api.depends_context("uid")
    @api.depends("stopped_category_id")
    def _compute_reason(self):
        return super()._compute_reason()

    def _get_reason(self, today):
        if self.kind != "win_back":
            return super()._get_reason(today)
        stopped = self.stopped_category_id
        values = {
            "category": self.product_id.categ_id.name,
            "gap": count_days(self.env, round(stopped.gap_days or self.gap_days or 0)),
            "day": write_day(self.env, stopped.last_date or self.last_purchase_date),
        }
        if not stopped or not self.env.user.has_groups(GROUPS_REVENUE):
            return self.env._("Bought %(category)s every %(gap)s until %(day)s", **values)
        return self.env._(
            "Bought %(category)s every %(gap)s until %(day)s, worth %(amount)s a year",
            **values,
            amount=write_money(self.env, stopped.revenue, self.currency_id),
        )

    @api.model
    def _follow_purchases(self, company, partner_ids, lines, today):
        found = super()._follow_purchases(company, partner_ids, lines, today)
        stopped = self.env["customer.stopped.category"].sudo()
        return found | {"win_back": stopped._refresh(company, partner_ids, lines, today)}
