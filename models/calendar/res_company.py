from odoo import fields, models

from ..base.access import GROUPS_SETTINGS
from .company_calendar import GREGORIAN, JALALI


class ResCompany(models.Model):
    """In which calendar a company reads dates and reckons months and years."""

    _inherit = "res.company"

    customer_calendar = fields.Selection(
        selection=[
            ("gregorian", "Gregorian"),
            ("readers", "Jalali for readers of Persian"),
            ("jalali", "Jalali, months and years too"),
        ],
        string="Calendar",
        default="readers",
        required=True,
        groups=GROUPS_SETTINGS,
        help="How our pages, texts, prints and mails write dates, and which months and years "
        "snapshots, forecasts and tier periods go by. What is stored does not change.",
    )

    def _shows_jalali_dates(self):
        """Whether readers of Persian get Jalali dates."""
        return self.sudo().customer_calendar != "gregorian"

    def _get_customer_calendar(self):
        """Return the calendar of the months and years of the company."""
        return JALALI if self.sudo().customer_calendar == "jalali" else GREGORIAN

    def _get_tier_period_end(self, day):
        """With Jalali years, a tier is kept until the last day of Esfand, or for Jalali months."""
        calendar = self._get_customer_calendar()
        if not calendar.is_jalali:
            return super()._get_tier_period_end(day)
        if self.customer_tier_period == "fixed":
            return calendar.get_year_end(day)
        end = calendar.add_months(day, self.customer_tier_period_months)
        return fields.Date.subtract(end, days=1)
