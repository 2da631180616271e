from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import MANAGER

# Everybody may read companies; what serving a customer costs is not for everybody.
GROUPS_SETTINGS = f"{MANAGER},base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    customer_delivery_tolerance_days = fields.Integer(
        string="Delivery tolerance",
        default=0,
        help="Days after the promised day on which a delivery still counts as on time.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_per_order_line = fields.Monetary(
        string="Cost per order line",
        help="What handling one order line costs the company.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_per_delivery = fields.Monetary(
        string="Cost per delivery",
        help="What one delivery to a customer costs the company.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_per_return = fields.Monetary(
        string="Cost per return",
        help="What one return from a customer costs the company.",
        groups=GROUPS_SETTINGS,
    )
    customer_capital_cost_percent = fields.Float(
        string="Annual cost of capital",
        digits=(16, 2),
        help="Percent per year; money paid late costs amount x days late x rate / 365.",
        groups=GROUPS_SETTINGS,
    )
    customer_tier_period = fields.Selection(
        selection=[
            ("anniversary", "A number of months from the day it was earned"),
            ("fixed", "The end of the fiscal year"),
        ],
        string="A tier is kept until",
        default="anniversary",
        required=True,
        groups=GROUPS_SETTINGS,
    )
    customer_tier_period_months = fields.Integer(
        string="Tier period in months", default=12, groups=GROUPS_SETTINGS
    )
    customer_tier_grace_days = fields.Integer(
        string="Tier grace days",
        default=30,
        help="Days after the end of the tier period before the tier can fall.",
        groups=GROUPS_SETTINGS,
    )
    customer_cost_cursor = fields.Integer(
        readonly=True,
        help="Invoices up to this id have had the cost of their lines filled in.",
        groups=GROUPS_SETTINGS,
    )

    @api.constrains(
        "customer_delivery_tolerance_days",
        "customer_cost_per_order_line",
        "customer_cost_per_delivery",
        "customer_cost_per_return",
        "customer_capital_cost_percent",
        "customer_tier_period_months",
        "customer_tier_grace_days",
    )
    def _check_customer_value_settings(self):
        for company in self.sudo():
            numbers = (
                company.customer_delivery_tolerance_days,
                company.customer_cost_per_order_line,
                company.customer_cost_per_delivery,
                company.customer_cost_per_return,
                company.customer_capital_cost_percent,
                company.customer_tier_grace_days,
            )
            if min(numbers) < 0 or company.customer_tier_period_months < 1:
                raise ValidationError(
                    self.env._(
                        "Customer Value settings of %(company)s: costs, percentages and days "
                        "cannot be negative, and a tier period lasts one month at least.",
                        company=company.name,
                    )
                )

    @api.model
    def _get_refresh_settings(self):
        """Return the settings that change measures of all customers; extended by each room."""
        return {
            *("customer_delivery_tolerance_days", "customer_cost_per_order_line"),
            *("customer_cost_per_delivery", "customer_cost_per_return"),
            *("customer_capital_cost_percent", "customer_tier_period"),
            *("customer_tier_period_months", "customer_tier_grace_days"),
        }

    def _get_tier_period_end(self, day):
        """Return the last day of a tier period that starts on a day."""
        self.ensure_one()
        if self.customer_tier_period == "fixed":
            return self.compute_fiscalyear_dates(day)["date_to"]
        return day + relativedelta(months=self.customer_tier_period_months, days=-1)
