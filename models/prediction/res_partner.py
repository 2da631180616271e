from odoo import api, fields, models

from ..base.access import GROUPS_STANDING
from .customer_profile import RISK_BANDS

BAND_COLORS = {"low": 10, "medium": 3, "high": 1}


class ResPartner(models.Model):
    """Contacts show how likely their customer leaves, in the current company."""

    _inherit = "res.partner"

    customer_churn_band = fields.Selection(
        selection=RISK_BANDS,
        string="Risk of leaving",
        compute="_compute_customer_profile_id",
        search="_search_customer_churn_band",
        groups=GROUPS_STANDING,
        help="Empty: not enough data.",
    )

    def _search_customer_churn_band(self, operator, value):
        return self._search_customer("churn_band", operator, value)

    @api.model
    def _get_profile_sources(self):
        return [*super()._get_profile_sources(), "prediction_horizon_days", "lapsed_after_days"]

    def _get_customer_detail_badges(self):
        """Add the risk of leaving; while it is being computed there is none."""
        badges = super()._get_customer_detail_badges()
        profile = self.customer_profile_id
        if self.customer_churn_band and not profile.is_computing:
            what = self._fields["customer_churn_band"]._description_string(self.env)
            badges.append(
                {
                    "iconClass": "fa-sign-out",
                    "value": f"{what}: {self._get_customer_label('customer_churn_band')}",
                    "label": self.env._(
                        "Risk of leaving: %(horizon)s. %(meaning)s",
                        horizon=profile._get_churn_label(profile.prediction_horizon_days),
                        meaning=profile.stage_sentence,
                    ),
                    "tagClass": f"o_tag_color_{BAND_COLORS[self.customer_churn_band]}",
                }
            )
        return badges
