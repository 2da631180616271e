from odoo import models
from odoo.exceptions import UserError

from .loyalty_card import HALF_UNIT


class SaleOrder(models.Model):
    """Points from paid invoices are spent on quotations, by every contact of the customer."""

    _inherit = "sale.order"

    def _update_programs_and_rewards(self):
        """Offer the customer's card to all contacts; what was invoiced keeps its cost.

        :raise UserError: when a reward that stands on an invoice would cost less
        """
        self.ensure_one()
        cards = self._find_points_cards() - self.applied_coupon_ids
        if cards and self._allow_nominative_programs():
            self.applied_coupon_ids |= cards
        invoiced = self.order_line.filtered("coupon_id")._filter_invoiced_rewards()
        before = sum(invoiced.mapped("points_cost"))
        order, used = self, self.env["loyalty.card"]
        if self.state == "sale":
            # One step: what is taken off and put on again must not expire in between.
            order, used = self._lock_points_cards()
        result = super(SaleOrder, order)._update_programs_and_rewards()
        used._note_points()
        after = sum(invoiced.exists().filtered("coupon_id").mapped("points_cost"))
        if after < before - HALF_UNIT:
            invoiced._refuse_points_back()
        return result

    def _write_vals_from_reward_vals(self, reward_vals, old_lines, delete=True):
        """Let the lines of a reward be written, which nobody can by hand.

        :raise UserError: for a card of another customer, on a confirmed order
        """
        cards = self.env["loyalty.card"].browse(
            [vals["coupon_id"] for vals in reward_vals if vals.get("coupon_id")]
        )
        cards = (cards | old_lines.coupon_id)._filter_guarded()
        if not cards:
            return super()._write_vals_from_reward_vals(reward_vals, old_lines, delete)
        order = self.with_env(self.env["loyalty.card"]._allow_points().env)
        left = super(SaleOrder, order)._write_vals_from_reward_vals(
            reward_vals, old_lines.with_env(order.env), delete
        )
        if self.state == "sale":
            self._check_points_cards()
        cards._note_points()
        return left.with_env(self.env)

    def _get_copiable_order_lines(self):
        """Leave out rewards for points and by gifts: the copy of an order spends none."""
        lines = super()._get_copiable_order_lines()
        guarded = lines.coupon_id._filter_guarded()
        return lines.filtered(lambda line: line.coupon_id not in guarded)

    def write(self, vals):
        """Refuse to confirm orders, or take them back, by their state: points would not follow.

        Nor to make confirmed ones out to others, who would have rewards for somebody's points.

        :raise UserError: for orders with rewards for points, or by what we gave
        """
        cards = self.env["loyalty.card"]
        if "state" in vals and not self.env.su and not cards._is_points_step():
            crossing = self.filtered(
                lambda order: (order.state == "sale") != (vals["state"] == "sale")
            )
            if crossing.order_line.coupon_id._filter_guarded():
                cards._check_points_way()
        result = super().write(vals)
        if "partner_id" in vals and not self.env.su:
            self.filtered(lambda order: order.state == "sale")._check_points_cards()
        return result

    def _find_points_cards(self):
        """Return the guarded cards with points of the customer that may be used on the order."""
        customer = self.partner_id.commercial_partner_id
        if not customer:
            return self.env["loyalty.card"]
        cards = (
            self.env["loyalty.card"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", customer.id),
                    ("points", ">", 0),
                    ("program_id.customer_points", "=", True),
                    ("program_id.company_id", "in", self.company_id.parent_ids.ids),
                ]
            )
        )
        return cards.with_env(self.env)

    def _program_check_compute_points(self, programs):
        """Give no points for orders where the program gives them for paid invoices."""
        result = super()._program_check_compute_points(programs)
        for program, status in result.items():
            if program.customer_points and "points" in status:
                status["points"] = [0]
        return result

    def action_confirm(self):
        """Lock the cards that are spent, so that nobody spends the same points at once.

        :raise UserError: for a card of another customer
        """
        orders, cards = self._lock_points_cards()
        orders._check_points_cards()
        result = super(SaleOrder, orders).action_confirm()
        (cards | self._get_points_cards())._note_points()
        return result

    def _action_cancel(self):
        """Give spent points back.

        :raise UserError: when the reward stands on a posted invoice: the customer has it
        """
        self._check_rewards_not_invoiced()
        orders, cards = self._lock_points_cards()
        result = super(SaleOrder, orders)._action_cancel()
        cards._note_points()
        return result

    def _get_points_cards(self):
        """Return the guarded cards the orders spend, or give points to."""
        cards = self.order_line.coupon_id | self.coupon_point_ids.coupon_id
        return cards._filter_points()

    def _lock_points_cards(self):
        """Return the orders, allowed to change balances, and the cards they name, now locked."""
        cards = self._get_points_cards()
        cards._lock_points()
        return self.with_env(self.env["loyalty.card"]._allow_points().env), cards

    def _tell_points_spent(self, cards):
        """Let the history of cards say what the rewards on confirmed orders cost now.

        Odoo changes the balance only: points would come back as new ones, with new months.
        """
        orders = self.filtered(lambda order: order.state == "sale")
        cards = cards._filter_points()
        if not orders or not cards:
            return
        history = cards._allow_points().env["loyalty.history"]
        pairs = [("order_id", "in", orders.ids), ("coupon_id", "in", cards.ids)]
        groups = history.env["sale.order.line"]._read_group(
            pairs, ["order_id", "coupon_id"], ["points_cost:sum"]
        )
        costs = {(order.id, card.id): cost for order, card, cost in groups}
        told = [("order_model", "=", self._name), ("order_id", "in", orders.ids)]
        rows = history.search([*told, ("card_id", "in", cards.ids)], order="id")
        rows = rows.grouped(lambda row: (row.order_id, row.card_id.id))
        for key in sorted({*costs, *rows}):
            own, cost = rows.get(key, history), costs.get(key, 0)
            change = cost - sum(own.mapped("used"))
            if abs(change) <= HALF_UNIT:
                continue
            if own:
                own[0].used += change
                continue
            order, card = key
            text = self.env._("Order %s", self.browse(order).display_name)
            vals = {"card_id": card, "description": text, "used": cost}
            history.create({**vals, "order_model": self._name, "order_id": order})

    def _check_rewards_not_invoiced(self):
        lines = self.order_line._filter_invoiced_rewards()
        lines.filtered(lambda line: line.sudo().qty_invoiced_posted > 0)._refuse_points_back()

    def _check_points_cards(self):
        for order in self:
            customer = order.partner_id.commercial_partner_id
            for card in order.order_line.coupon_id._filter_points():
                if card.partner_id.commercial_partner_id != customer:
                    raise UserError(
                        order.env._(
                            "The points on %(order)s are not those of %(customer)s: remove the "
                            "reward first.",
                            order=order.name,
                            customer=customer.display_name,
                        )
                    )
