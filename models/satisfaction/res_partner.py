from odoo import api, fields, models

from ..base.access import GROUPS_STANDING
from ..base.nullable import NullableFloat
from .customer_profile import NOT_ASKED, SATISFACTION_STATES
from .customer_profile_card import MEANING_SOURCES

STATE_COLORS = {"delighted": 10, "satisfied": 4, "dissatisfied": 1}


class ResPartner(models.Model):
    """Contacts show how satisfied their customer is, in the current company."""

    _inherit = "res.partner"

    customer_satisfaction = NullableFloat(
        string="Satisfaction",
        compute="_compute_customer_profile_id",
        search="_search_customer_satisfaction",
        digits=(16, 1),
        aggregator="avg",
        groups=GROUPS_STANDING,
        help="0 to 100; empty: not enough data.",
    )
    customer_satisfaction_state = fields.Selection(
        selection=SATISFACTION_STATES,
        string="State of satisfaction",
        compute="_compute_customer_profile_id",
        search="_search_customer_satisfaction_state",
        falsy_value_label=NOT_ASKED,
        groups=GROUPS_STANDING,
    )

    def _search_customer_satisfaction(self, operator, value):
        return self._search_customer("satisfaction", operator, value)

    def _search_customer_satisfaction_state(self, operator, value):
        return self._search_customer("satisfaction_state", operator, value)

    def _get_customer_badges(self):
        badges = super()._get_customer_badges()
        if self.customer_satisfaction_state:
            badges.append(
                {
                    "iconClass": "fa-smile-o"
                    if self.customer_satisfaction_state != "dissatisfied"
                    else "fa-frown-o",
                    "value": self._get_customer_label("customer_satisfaction_state"),
                    "label": self._get_satisfaction_meaning(),
                    "tagClass": f"o_tag_color_{STATE_COLORS[self.customer_satisfaction_state]}",
                }
            )
        return badges

    @api.model
    def _get_profile_sources(self):
        return [*super()._get_profile_sources(), *MEANING_SOURCES]

    def _get_satisfaction_meaning(self):
        name = self._fields["customer_satisfaction"]._description_string(self.env)
        return f"{name}: {self.customer_profile_id.satisfaction_state_meaning}"

    def _get_customer_detail_badges(self):
        """Say of customers who were not asked that they were not."""
        badges = super()._get_customer_detail_badges()
        if self.customer_profile_id and not self.customer_satisfaction_state:
            badges.append(
                {
                    "iconClass": "fa-meh-o",
                    "value": self._get_customer_satisfaction_label(),
                    "label": self._get_satisfaction_meaning(),
                    "tagClass": "o_tag_color_0",
                }
            )
        return badges

    def _get_customer_satisfaction_label(self):
        """Return the state of satisfaction in words; who was not asked has none."""
        if not self.customer_satisfaction_state:
            return self.env._("Not asked")
        return self._get_customer_label("customer_satisfaction_state")
