from odoo import api, fields, models
from odoo.exceptions import UserError

from ..base.access import GROUPS_STANDING

DETAIL_BADGES = (("customer_stage", "fa-refresh"), ("customer_value_class", "fa-pie-chart"))


class ResPartner(models.Model):
    """Badges of the customer's standing on contact lists, cards and forms."""

    _inherit = "res.partner"

    customer_badges = fields.Json(
        string="Standing",
        compute="_compute_customer_badges",
        groups=GROUPS_STANDING,
        help="Tier, segment, lifecycle stage and value class of the customer.",
    )

    @api.depends_context("company", "lang")
    @api.depends("customer_tier_id", "customer_segment", "customer_stage", "customer_value_class")
    def _compute_customer_badges(self):
        for partner in self:
            partner.customer_badges = [
                *partner._get_customer_badges(),
                *partner._get_customer_detail_badges(),
            ]

    def _compute_application_statistics_hook(self):
        """Add tier and segment to the contact list and cards."""
        data_list = super()._compute_application_statistics_hook()
        if self._has_field_access(self._fields["customer_tier_id"], "read"):
            for partner in self.filtered("customer_profile_id"):
                data_list[partner.id].extend(partner._get_customer_badges())
        return data_list

    def _get_customer_badges(self):
        """Return the badges of lists: tier and segment."""
        self.ensure_one()
        badges = []
        if tier := self.customer_tier_id:
            badges.append(
                {
                    "iconClass": tier.icon or "fa-star-o",
                    "value": tier.name,
                    "label": self.env._("Loyalty tier"),
                    "tagClass": f"o_tag_color_{tier.color}",
                }
            )
        if self.customer_segment:
            badges.append(
                {
                    "iconClass": "fa-users",
                    "value": self._get_customer_label("customer_segment"),
                    "label": self.env._("Segment"),
                    "tagClass": "o_tag_color_0",
                }
            )
        return badges

    def _get_customer_detail_badges(self):
        """Return the badges only the contact form has room for: stage and value class."""
        self.ensure_one()
        badges = []
        for name, icon in DETAIL_BADGES:
            if self[name]:
                badges.append(
                    {
                        "iconClass": icon,
                        "value": self._get_customer_label(name),
                        "label": self._fields[name]._description_string(self.env),
                        "tagClass": "o_tag_color_0",
                    }
                )
        return badges

    def _get_customer_label(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    def action_open_customer_profile(self):
        """Open the profile of the contact's customer. Public: button."""
        self.ensure_one()
        if not self.customer_profile_id:
            raise UserError(
                self.env._(
                    "%(customer)s has no invoice, order or delivery yet, so there is no "
                    "customer profile to show.",
                    customer=self.display_name,
                )
            )
        return self.customer_profile_id._get_form_action()
