from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.lifetime_value import RetentionPlays
from ..base.access import GROUPS_SETTINGS

PERCENTS = (
    "customer_discount_percent",
    "customer_retention_contact_uplift_percent",
    "customer_retention_offer_uplift_percent",
)
COSTS = ("customer_retention_contact_cost", "customer_retention_offer_cost")

BORDERS = ("customer_churn_low_percent", "customer_churn_high_percent")
# A window shorter than a week, or longer than two years, can be graded on no past day.
WINDOW_RANGE = (7, 730)


class ResCompany(models.Model):
    """What money of next year is worth today, and what keeping a customer costs and brings.

    And what a high risk of leaving is, within which days.
    """

    _inherit = "res.company"

    customer_leaving_window_days = fields.Integer(
        string="Window",
        default=0,
        groups=GROUPS_SETTINGS,
        help="Days ahead for which it is told whether a customer will buy. 0: learned, twice the "
        "usual pause of the company's customers and at least 90 days.",
    )
    customer_churn_low_percent = fields.Float(
        string="Medium risk from",
        default=25.0,
        digits=(16, 2),
        groups=GROUPS_SETTINGS,
        help="Percent: below this probability to buy nothing within the window, the risk is low.",
    )
    customer_churn_high_percent = fields.Float(
        string="High risk from",
        default=50.0,
        digits=(16, 2),
        groups=GROUPS_SETTINGS,
        help="Percent: from this probability to buy nothing within the window, the risk is high.",
    )
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

    @api.constrains(*BORDERS, "customer_leaving_window_days")
    def _check_customer_churn_settings(self):
        first, last = WINDOW_RANGE
        for company in self.sudo():
            low, high = (company[name] for name in BORDERS)
            if not 0 < low < high < 100:
                raise ValidationError(
                    self.env._(
                        "Risk of leaving in %(company)s: both borders are between 0 and 100 %%, "
                        "and that of the medium risk is below that of the high one.",
                        company=company.name,
                    )
                )
            window = company.customer_leaving_window_days
            if window and not first <= window <= last:
                raise ValidationError(
                    self.env._(
                        "Window of %(company)s: enter a number of days between %(first)s and "
                        "%(last)s, or 0 to have it learned.",
                        company=company.name,
                        first=first,
                        last=last,
                    )
                )

    def write(self, vals):
        """Bands follow their borders at once, and the prediction is made anew for its window."""
        windows = {company: company._get_leaving_window() for company in self}
        result = super().write(vals)
        if not set(BORDERS).isdisjoint(vals):
            self._reband_customers()
        moved = self.filtered(lambda company: company._get_leaving_window() != windows[company])
        if moved:
            self.env["customer.prediction.model"]._request(moved)
        return result

    def _get_leaving_window(self):
        """Return the days ahead the company asks for, 0 where they are learned."""
        self.ensure_one()
        company = self.sudo()
        is_own = company.customer_leaving_rule == "days"
        return company.customer_leaving_window_days if is_own else 0

    def _get_churn_borders(self):
        """Return from which churn probabilities (0 to 1) the risk is medium, and high."""
        self.ensure_one()
        return tuple(self.sudo()[name] / 100 for name in BORDERS)

    def _reband_customers(self):
        """Put the customers of the companies into the bands of today: one statement each."""
        self.env.flush_all()
        for company in self:
            low, high = company._get_churn_borders()
            band = SQL(
                "CASE WHEN churn_probability >= %s THEN 'high'"
                " WHEN churn_probability >= %s THEN 'medium' ELSE 'low' END",
                high,
                low,
            )
            self.env.execute_query(
                SQL(
                    """UPDATE customer_profile
                          SET churn_band = %(band)s
                        WHERE company_id = %(company)s AND churn_probability IS NOT NULL
                          AND churn_band IS DISTINCT FROM %(band)s
                    RETURNING id""",
                    band=band,
                    company=company.id,
                )
            )
        self.env["customer.profile"]._invalidate_standing()

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
