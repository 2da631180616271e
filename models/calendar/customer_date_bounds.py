from odoo import models
from odoo.tools import date_utils

from .company_calendar import get_month_end
from .reader_date import format_day, format_month, reads_jalali, write_jalali

# Months of a group, the first of which its day begins.
SPANS = {"quarter": 3, "year": 12}


class CustomerDateBoundsMixin(models.AbstractModel):
    """Names the groups of lists, charts and tables in the calendar of their reader.

    The groups are Odoo's, Gregorian; only their names change.
    """

    _inherit = "customer.date.bounds.mixin"

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        path, _colon, granularity = groupby_spec.partition(":")
        field = self._fields.get(path)
        if not field or field.type not in ("date", "datetime") or not reads_jalali(self.env):
            return formatter

        def rename(value):
            named, domain = formatter(value)
            label = value and self._get_period_label(value, granularity)
            return ((named[0], label), domain) if label else (named, domain)

        return rename

    def _get_period_label(self, value, granularity):
        """Return the name of the period that begins on a day, ``None`` for numbers of periods."""
        first = value.date() if hasattr(value, "hour") else value
        if granularity == "day":
            return write_jalali(first)
        if granularity == "month":
            return format_month(self.env, first)
        if granularity == "week":
            return self.env._("Week of %(day)s", day=format_day(self.env, first))
        if granularity in SPANS:
            last = get_month_end(date_utils.add(first, months=SPANS[granularity] - 1))
            return f"{write_jalali(first, 'MMMM y')} – {write_jalali(last, 'MMMM y')}"
        return None
