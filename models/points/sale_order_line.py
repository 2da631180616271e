from odoo import api, models
from odoo.exceptions import UserError

# What says which points a line spends.
REWARD_FIELDS = frozenset(
    {"points_cost", "coupon_id", "reward_id", "reward_identifier_code", "order_id"}
)


class SaleOrderLine(models.Model):
    """Rewards put on, changed on or taken off a confirmed order change the balance at once."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        # The context of a call, or a personal default, fills in what is not given.
        default = self.default_get(["coupon_id"]).get("coupon_id")
        given = [vals.get("coupon_id", default) for vals in vals_list]
        cards = self.env["loyalty.card"].browse([id_ for id_ in given if id_])
        cards = cards._filter_points()
        if not cards:
            return super().create(vals_list)
        self.env["loyalty.card"]._check_points_way()
        lines = super(SaleOrderLine, self._allow_points_for(cards)).create(vals_list)
        cards._note_points()
        return lines.with_env(self.env)

    def write(self, vals):
        """Write lines; what they spend of points only as a step of a reward.

        :raise UserError: for whoever changes it by hand
        """
        if REWARD_FIELDS.isdisjoint(vals):
            return super().write(vals)
        named = self.env["loyalty.card"].browse(vals.get("coupon_id") or [])
        cards = (self.coupon_id | named)._filter_points()
        if not cards:
            return super().write(vals)
        self.env["loyalty.card"]._check_points_way()
        result = super(SaleOrderLine, self._allow_points_for(cards)).write(vals)
        (cards | self.coupon_id._filter_points())._note_points()
        return result

    def _reset_loyalty(self, complete=False):
        cards = self.coupon_id._filter_points()
        if not cards:
            return super()._reset_loyalty(complete)
        lines = super(SaleOrderLine, self._allow_points_for(cards))._reset_loyalty(complete)
        cards._note_points()
        return lines.with_env(self.env)

    def unlink(self):
        cards = self.coupon_id._filter_points()
        if not cards:
            return super().unlink()
        result = super(SaleOrderLine, self._allow_points_for(cards)).unlink()
        cards._note_points()
        return result

    def _filter_invoiced_rewards(self):
        """Return the rewards for points on confirmed orders that stand on an invoice, or draft."""
        return self.filtered(
            lambda line: line.state == "sale"
            and line.coupon_id._filter_points()
            and line.sudo().qty_invoiced > 0
        )

    def _refuse_points_back(self):
        """Refuse to give back the points of rewards the customer keeps.

        :raise UserError: if there are any
        """
        for line in self:
            raise UserError(
                self.env._(
                    "The reward on %(order)s has been invoiced: credit the invoice first, or "
                    "the points would be given back though the customer keeps the reward.",
                    order=line.order_id.name,
                )
            )

    def _allow_points_for(self, cards):
        """Return the lines, allowed to change the balance of cards, which are locked now."""
        if any(line.state == "sale" for line in self):
            cards._lock_points()
        return self.with_env(self.env["loyalty.card"]._allow_points().env)
