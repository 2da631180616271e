import bisect
from itertools import accumulate

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..base.access import GROUPS_SETTINGS


class ResCompany(models.Model):
    """What contact with customers costs, and the working time in which they are answered."""

    _inherit = "res.company"

    customer_cost_per_interaction_minute = fields.Monetary(
        string="Cost per interaction minute",
        help="What one minute on the phone, in a meeting or on a visit costs the company.",
        groups=GROUPS_SETTINGS,
    )

    @api.model
    def _get_refresh_settings(self):
        return super()._get_refresh_settings() | {"customer_cost_per_interaction_minute"}

    @api.constrains("customer_cost_per_interaction_minute")
    def _check_customer_cost_per_interaction_minute(self):
        for company in self.sudo():
            if company.customer_cost_per_interaction_minute < 0:
                raise ValidationError(
                    self.env._(
                        "The cost per interaction minute of %(company)s cannot be negative.",
                        company=company.name,
                    )
                )

    def _get_customer_holiday_domain(self):
        """Return the holidays that hold for the company: its own, and those of every company."""
        self.ensure_one()
        return [("time_type", "=", "leave"), ("company_id", "in", [self.id, False])]

    def _get_customer_working_hours(self, spans):
        """Measure spans of time in the company's working hours, holidays left out.

        The calendar is read once for all spans, whatever their number.

        :param spans: list of (start, end), naive UTC
        :return: list of hours, rounded to 2 digits; plain hours without a working calendar
        """
        self.ensure_one()
        if not spans:
            return []
        calendar = self.sudo().resource_calendar_id
        if not calendar:
            return [round(max((end - start).total_seconds(), 0) / 3600, 2) for start, end in spans]
        first = pytz.utc.localize(min(start for start, _end in spans))
        last = pytz.utc.localize(max(end for _start, end in spans))
        intervals = [
            (start.timestamp(), end.timestamp())
            for start, end, _meta in calendar._work_intervals_batch(
                first, max(first, last), domain=self._get_customer_holiday_domain()
            )[False]
        ]
        starts = [start for start, _end in intervals]
        totals = [0, *accumulate(end - start for start, end in intervals)]

        def worked_until(moment):
            instant = pytz.utc.localize(moment).timestamp()
            number = bisect.bisect_right(starts, instant)
            if not number:
                return 0
            return totals[number] - max(intervals[number - 1][1] - instant, 0)

        return [
            round(max(worked_until(end) - worked_until(start), 0) / 3600, 2) for start, end in spans
        ]
