from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.lifetime_value import RetentionPlays
from ..base.access import GROUPS_SETTINGS

PERCENTS = (
    "customer_discount_percent",
    "customer_retention_contact_uplift_percent",
    "customer_retention_offer_uplift_percent",
)
COSTS = ("customer_retention_contact_cost", "customer_retention_offer_cost")


class ResCompany(models.Model):
    """What money of next year is worth today, and what keeping a customer costs and brings."""

    _inherit = "res.company"

    customer_discount_percent = fields.Float(
        string="Annual discount rate",
        default=10.0,
        digits=(16, 2),
        help="Percent per year by which expected profit is discounted to today's value.",
        groups=GROUPS_SETTINGS,
    )
    customer_retention_contact_uplift_percent = fields.Float(
        string="Kept by a contact",
        default=5.0,
        digits=(16, 2),
        help="Of 100 customers who would leave, how many stay after a contact.",
        groups=GROUPS_SETTINGS,
    )
    customer_retention_offer_uplift_percent = fields.Float(
        string="Kept by an offer",
        default=15.0,
        digits=(16, 2),
        help="Of 100 customers who would leave, how many stay after a contact with an offer.",
        groups=GROUPS_SETTINGS,
    )
    customer_retention_contact_cost = fields.Monetary(
        string="Cost of a contact",
        help="What contacting one customer to keep them costs the company.",
        groups=GROUPS_SETTINGS,
    )
    customer_retention_offer_cost = fields.Monetary(
        string="Cost of an offer",
        help="What the usual offer costs the company for a customer who stays.",
        groups=GROUPS_SETTINGS,
    )

    @api.model
    def _get_refresh_settings(self):
        return super()._get_refresh_settings() | {*PERCENTS, *COSTS}

    @api.constrains(*PERCENTS, *COSTS)
    def _check_customer_prediction_settings(self):
        for company in self.sudo():
            percents = [company[name] for name in PERCENTS]
            if min(company[name] for name in COSTS) < 0 or not all(0 <= p <= 100 for p in percents):
                raise ValidationError(
                    self.env._(
                        "Prediction settings of %(company)s: percentages are between 0 and 100, "
                        "and costs cannot be negative.",
                        company=company.name,
                    )
                )

    def _get_customer_retention_plays(self):
        """Return the plays as the engine takes them, ``None`` while no cost has been set."""
        self.ensure_one()
        company = self.sudo()
        if not company.customer_retention_contact_cost + company.customer_retention_offer_cost:
            return None
        contact_uplift, offer_uplift = company._get_customer_retention_uplifts()
        return RetentionPlays(
            contact_uplift_ratio=contact_uplift,
            offer_uplift_ratio=offer_uplift,
            contact_cost=company.customer_retention_contact_cost,
            offer_cost=company.customer_retention_offer_cost,
        )

    def _get_customer_retention_uplifts(self):
        """Return which share (0 to 1) of those who would leave a contact keeps, and an offer.

        The settings; extended by what plays were measured to bring.
        """
        self.ensure_one()
        company = self.sudo()
        return (
            company.customer_retention_contact_uplift_percent / 100,
            company.customer_retention_offer_uplift_percent / 100,
        )
