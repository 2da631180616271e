from odoo import fields, models


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
