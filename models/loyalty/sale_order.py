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

        :raise UserError: for a welcome gift, or a reward of a program, of somebody else
        """
        customers = {}
        if "partner_id" in vals and not self.env.su:
            confirmed = self.filtered(lambda order: order.state == "sale")
            customers = {order: order.partner_id.commercial_partner_id for order in confirmed}
        result = super().write(vals)
        for order, customer in customers.items():
            if order.partner_id.commercial_partner_id != customer:
                order._check_gifts()
                order._check_tier_programs()
        return result

    def _check_gifts(self):
        for order in self:
            gifts = order._find_foreign_gifts(order.order_line.coupon_id.sudo())
            if gifts:
                raise UserError(
                    order.env._(
                        "The coupon %(code)s on %(order)s is the welcome gift of another "
                        "customer: remove its reward first.",
                        code=gifts[0].code,
                        order=order.name,
                    )
                )

    def _check_tier_programs(self):
        for order in self:
            programs = order.order_line.reward_id.program_id.sudo().filtered("customer_tier_ids")
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

    def _find_foreign_gifts(self, cards):
        """Return which cards are welcome gifts of others than the customer; cards with all rights.

        A gift whose row in the journal has ended, such as after a merge, is anybody's.
        """
        customer = self.partner_id.commercial_partner_id
        foreign = cards.filtered(
            lambda card: card.partner_id and card.partner_id.commercial_partner_id != customer
        )
        if not foreign:
            return foreign
        domain = [("partner_id", "in", foreign.partner_id.ids)]
        domain += [("kind", "=", "gift"), ("state", "=", "granted")]
        grants = self.env["customer.benefit.grant"].sudo().search(domain)
        given = set(grants.mapped("new_value"))
        return foreign.filtered(lambda card: card.id in given)

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
