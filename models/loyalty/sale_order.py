from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The text of a tier is printed on the quotations of the customers who held it that day.

    Programs for some tiers are for their customers only: whatever way they come to an order.
    """

    _inherit = "sale.order"

    def _get_tier_text(self):
        """Return the text the customer's tier prints on this document, else an empty one."""
        self.ensure_one()
        day = fields.Datetime.context_timestamp(self, self.date_order).date()
        changes = self.env["customer.tier.change"]
        return changes._get_text_on(self.partner_id.commercial_partner_id, self.company_id, day)

    def _get_program_domain(self):
        """Leave out the programs that are for customers of other tiers."""
        return [*super()._get_program_domain(), *self._get_tier_leaves("customer_tier_ids")]

    def _get_trigger_domain(self):
        """Leave out the rules of programs that are for customers of other tiers."""
        leaves = self._get_tier_leaves("program_id.customer_tier_ids")
        return [*super()._get_trigger_domain(), *leaves]

    def _try_apply_code(self, code):
        """Refuse the welcome gift of another customer: a benefit is of who holds the tier."""
        card = self.env["loyalty.card"].sudo().search([("code", "=", code)], limit=1)
        if card and self._find_foreign_gifts(card):
            text = self.env._("This coupon is the welcome gift of another customer.")
            return {"error": text}
        return super()._try_apply_code(code)

    def action_confirm(self):
        """Refuse orders with what is of another customer, or for customers of other tiers.

        :raise UserError: for a welcome gift, or a reward of a program, of somebody else
        """
        self._check_gifts()
        result = super().action_confirm()
        self._check_tier_programs()
        return result

    def write(self, vals):
        """Refuse to make confirmed orders out to others, who would have what is not for them.

        Also to confirm them by their state alone.

        :raise UserError: for a welcome gift, or a reward of a program, of somebody else
        """
        before = {}
        if not self.env.su and ("partner_id" in vals or vals.get("state") == "sale"):
            before = {order: order._get_whose() for order in self}
        result = super().write(vals)
        for order, whose in before.items():
            if order.state == "sale" and order._get_whose() != whose:
                order._check_gifts()
                order._check_tier_programs()
        return result

    def _get_whose(self):
        return self.state == "sale", self.partner_id.commercial_partner_id

    def _check_gifts(self, lines=None):
        """Raise UserError for a welcome gift of somebody else.

        :param lines: of one order; all without
        """
        for order in self:
            cards = (lines or order.order_line).coupon_id.sudo()
            gifts = order._find_foreign_gifts(cards)
            if gifts:
                raise UserError(
                    order.env._(
                        "The coupon %(code)s on %(order)s is the welcome gift of another "
                        "customer: remove its reward first.",
                        code=gifts[0].code,
                        order=order.name,
                    )
                )

    def _check_tier_programs(self, lines=None):
        """Raise UserError for a reward for customers of other tiers.

        :param lines: of one order; all without
        """
        for order in self:
            programs = (lines or order.order_line).reward_id.program_id.sudo()
            programs = programs.filtered("customer_tier_ids")
            held = programs and order._get_customer_tiers()
            foreign = programs.filtered(lambda one, held=held: not one.customer_tier_ids & held)
            if foreign:
                raise UserError(
                    order.env._(
                        "%(program)s on %(order)s is for customers of some tiers only: remove its "
                        "reward first.",
                        program=foreign[0].name,
                        order=order.name,
                    )
                )

    def _check_whose_rewards(self, lines):
        """Raise UserError for lines, just put on a confirmed order, of others' rewards."""
        rewards = lines.filtered(lambda line: line.reward_id or line.coupon_id)
        for order, own in rewards.grouped("order_id").items():
            if order.state == "sale" and not self.env.su:
                order._check_gifts(own)
                order._check_tier_programs(own)

    def _find_foreign_gifts(self, cards):
        """Return which cards, with all rights, are welcome gifts of others than the customer."""
        customer = self.partner_id.commercial_partner_id
        foreign = cards.filtered(lambda card: card.partner_id.commercial_partner_id != customer)
        return self.env["customer.benefit.grant"]._filter_gifts(foreign)

    def _get_tier_leaves(self, name):
        # A list of leaves: other modules look for theirs in these domains.
        tiers = self._get_customer_tiers()
        return ["|", (name, "=", False), (name, "in", tiers.ids)]

    def _get_customer_tiers(self):
        """Return the tier each order's customer holds in the company of the order; all rights.

        What is decided by it shows on the order; who works on orders may see tiers anyway.
        """
        customers = self.partner_id.commercial_partner_id
        profiles = self.env["customer.profile"].sudo()
        found = profiles.search(
            [("partner_id", "in", customers.ids), ("company_id", "in", self.company_id.ids)]
        )
        pairs = {(order.partner_id.commercial_partner_id, order.company_id) for order in self}
        return found.filtered(lambda one: (one.partner_id, one.company_id) in pairs).tier_id
