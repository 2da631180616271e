from datetime import datetime, time, timedelta

import pytz

from odoo import models
from odoo.fields import Domain

from ..base.scope import YEAR


class CustomerProfile(models.Model):
    """Calendar helpers of the drill-downs."""

    _inherit = "customer.profile"

    def _get_year_domain(self, field_name, until_today=True):
        """Domain of a UTC datetime inside the last 365 days of the profile's company.

        :param until_today: also leave out what lies after today
        """
        self.ensure_one()
        today = self._get_today(self.company_id)
        domain = Domain(field_name, ">=", self._to_utc(today - timedelta(days=YEAR - 1)))
        if until_today:
            domain &= Domain(field_name, "<", self._to_utc(today + timedelta(days=1)))
        return domain

    def _to_utc(self, day):
        """Return the UTC instant at which a day starts in the company's time zone."""
        zone = pytz.timezone(self._get_timezone(self.company_id))
        start = zone.localize(datetime.combine(day, time.min))
        return start.astimezone(pytz.utc).replace(tzinfo=None)
