from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..base.access import GROUPS_STANDING, USER
from ..guard.digits import write_digits


class ResPartner(models.Model):
    """Recommendations for the customer of a contact, and what the customer never wants.

    What the customer buys of each product category, beside customers alike.
    """

    _inherit = "res.partner"

    customer_blocked_category_ids = fields.Many2many(
        string="Never recommend",
        comodel_name="product.category",
        relation="customer_blocked_category_rel",
        groups=GROUPS_STANDING,
        help="Products of these categories, and of those below them, are never recommended to "
        "this customer.",
    )
    customer_recommendation_count = fields.Integer(
        string="Recommendations",
        compute="_compute_customer_recommendation_count",
        groups=GROUPS_STANDING,
    )

    @api.depends_context("company")
    @api.depends("commercial_partner_id")
    def _compute_customer_recommendation_count(self):
        counts = self.env["customer.recommendation"]._count_open(
            self.env.company, self.commercial_partner_id
        )
        for partner in self:
            partner.customer_recommendation_count = counts.get(
                partner.commercial_partner_id._origin.id, 0
            )

    def action_open_recommendations(self):
        """Open what to offer to the customer in the current company. Public: button."""
        self.ensure_one()
        recommendations = self.env["customer.recommendation"]
        return recommendations._get_customer_action(self.commercial_partner_id)

    def action_refresh_recommendations(self):
        """Make the customer's recommendations anew, now. Public: button.

        :return: a notification with their number
        :raise AccessError: when the user does not work with customers
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(USER):
            raise AccessError(
                self.env._(
                    "Only users of Customer Value can have recommendations made anew. Ask an "
                    "administrator for the right."
                )
            )
        customer = self.commercial_partner_id
        recommendations = self.env["customer.recommendation"]
        recommendations._refresh(self.env.company, customer.ids)
        count = recommendations._count_open(self.env.company, customer).get(customer.id, 0)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Recommendations for %(customer)s: %(count)s",
                    customer=customer._get_plain_name(),
                    count=write_digits(self.env, count),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def write(self, vals):
        """Recommendations go along when a customer becomes a contact of another one."""
        result = super().write(vals)
        if not {"parent_id", "is_company"}.isdisjoint(vals):
            self.env["customer.recommendation"]._follow(self)
        return result

    def action_open_needs(self):
        """Open the customer's needs by product category. Public: button.

        :raise AccessError: when the user may not read the contact
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_value.customer_category_need_action"
        )
        customer = self.commercial_partner_id
        return action | {
            "domain": [("partner_id", "=", customer.id)],
            "context": {},
            "display_name": self.env._(
                "Needs of %(customer)s", customer=customer._get_plain_name()
            ),
        }
