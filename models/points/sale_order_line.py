from odoo import api, models
from odoo.exceptions import UserError

# What says which points a line spends.
REWARD_FIELDS = frozenset(
    {"points_cost", "coupon_id", "reward_id", "reward_identifier_code", "order_id"}
)


class SaleOrderLine(models.Model):
    """Rewards put on, changed on or taken off a confirmed order change the balance at once.

    What is of other customers, or for other tiers, does not come onto one by its lines.
    """

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        # The context of a call, or a personal default, fills in what is not given.
        defaults = self.default_get(["coupon_id", "order_id"])
        given = [vals.get("coupon_id", defaults.get("coupon_id")) for vals in vals_list]
        cards = self.env["loyalty.card"].browse([id_ for id_ in given if id_])
        cards = cards._filter_guarded()
        if not cards:
            lines = super().create(vals_list)
            self.env["sale.order"]._check_whose_rewards(lines)
            return lines
        self.env["loyalty.card"]._check_points_way()
        places = {vals.get("order_id", defaults.get("order_id")) for vals in vals_list}
        orders = self.env["sale.order"].browse(sorted(filter(None, places)))
        lines = super(SaleOrderLine, self._allow_points_for(cards, orders)).create(vals_list)
        lines.order_id._tell_points_spent(cards)
        cards._note_points()
        lines = lines.with_env(self.env)
        self.env["sale.order"]._check_whose_rewards(lines)
        return lines

    def write(self, vals):
        """Write lines; what they spend of points only as a step of a reward.

        :raise UserError: for whoever changes it by hand, or for a reward of somebody else
        """
        if REWARD_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = {line: line._get_whose() for line in self}
        named = self.env["loyalty.card"].browse(vals.get("coupon_id") or [])
        cards = (self.coupon_id | named)._filter_guarded()
        if not cards:
            result = super().write(vals)
            self._check_whose(before)
            return result
        self.env["loyalty.card"]._check_points_way()
        orders = self.order_id
        result = super(SaleOrderLine, self._allow_points_for(cards, orders)).write(vals)
        cards |= self.coupon_id._filter_guarded()
        (orders | self.order_id)._tell_points_spent(cards)
        cards._note_points()
        self._check_whose(before)
        return result

    def _get_whose(self):
        return self.order_id, self.reward_id, self.coupon_id

    def _check_whose(self, before):
        changed = self.filtered(lambda line: line._get_whose() != before[line])
        self.env["sale.order"]._check_whose_rewards(changed)

    def _reset_loyalty(self, complete=False):
        cards = self.coupon_id._filter_guarded()
        if not cards:
            return super()._reset_loyalty(complete)
        orders = self.order_id
        lines = super(SaleOrderLine, self._allow_points_for(cards, orders))._reset_loyalty(complete)
        cards._note_points()
        return lines.with_env(self.env)

    def unlink(self):
        cards = self.coupon_id._filter_guarded()
        if not cards:
            return super().unlink()
        orders = self.order_id
        result = super(SaleOrderLine, self._allow_points_for(cards, orders)).unlink()
        orders.exists()._tell_points_spent(cards)
        cards._note_points()
        return result

    def _filter_invoiced_rewards(self):
        """Return the rewards of guarded cards on confirmed orders that stand on an invoice."""
        guarded = self.coupon_id._filter_guarded()
        return self.filtered(
            lambda line: line.state == "sale"
            and line.coupon_id in guarded
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

    def _allow_points_for(self, cards, orders):
        """Return the lines, allowed to change the balance of cards, which are locked now."""
        if any(order.state == "sale" for order in orders):
            cards._lock_points()
        return self.with_env(self.env["loyalty.card"]._allow_points().env)
