from odoo import api, fields, models

from ..base.access import GROUPS_STANDING


class SaleOrder(models.Model):
    """What to offer to the customer, on the quotation itself."""

    _inherit = "sale.order"

    customer_recommendation_ids = fields.Many2many(
        string="Recommendations",
        comodel_name="customer.recommendation",
        compute="_compute_customer_recommendation_ids",
        groups=GROUPS_STANDING,
    )
    customer_recommendation_count = fields.Integer(
        string="Number of recommendations",
        compute="_compute_customer_recommendation_ids",
        groups=GROUPS_STANDING,
    )

    @api.depends("partner_id.commercial_partner_id", "company_id", "state", "order_line.product_id")
    def _compute_customer_recommendation_ids(self):
        recommendations = self.env["customer.recommendation"]
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        found = recommendations.search_fetch(
            [
                ("state", "=", "open"),
                ("partner_id", "in", quotations.partner_id.commercial_partner_id.ids),
                ("company_id", "in", quotations.company_id.ids),
            ]
        ).grouped(lambda one: (one.partner_id.id, one.company_id.id))
        for order in self:
            customer = order.partner_id.commercial_partner_id
            fitting = recommendations
            if order in quotations:
                key = (customer._origin.id, order.company_id.id)
                present = order.order_line.product_id._origin
                fitting = found.get(key, recommendations).filtered(
                    lambda one, present=present: one.product_id not in present
                )
            order.customer_recommendation_ids = fitting
            order.customer_recommendation_count = len(fitting)

    def action_open_recommendations(self):
        """Open what to offer to the customer of this quotation. Public: button."""
        self.ensure_one()
        recommendations = self.env["customer.recommendation"]
        action = recommendations._get_customer_action(self.partner_id.commercial_partner_id)
        if self.state in ("draft", "sent"):
            action["context"] |= {"order_id": self.id}
        return action
