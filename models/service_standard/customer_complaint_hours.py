from odoo import models

from ..base.working_calendar import WorkingCalendar


class CustomerComplaint(models.Model):
    """How long the first answer and the solution took, with or without a service standard."""

    _inherit = "customer.complaint"

    def _measure_hours(self, now):
        """Measure the working hours of complaints whose dates have changed."""
        pauses = self._get_pauses()
        for (calendar, company), complaints in self.grouped(
            lambda c: (c._get_working_calendar(), c.company_id)
        ).items():
            ends = [
                c._get_reached_date(kind, now)
                for c in complaints
                for kind in ("first_response", "resolution")
            ]
            if not any(ends):
                complaints._write_hours({"response_hours": False, "solution_hours": False})
                continue
            start = min(complaints.mapped("open_date"))
            working = WorkingCalendar(calendar, company, start, max(filter(None, ends)))
            for complaint in complaints:
                spans = [(start, end or now) for start, end in pauses.get(complaint, [])]
                complaint._write_hours(
                    {
                        "response_hours": complaint._count_hours(
                            working, complaint._get_reached_date("first_response", now), spans
                        ),
                        "solution_hours": complaint._count_hours(
                            working, complaint._get_reached_date("resolution", now), spans
                        ),
                    }
                )

    def _count_hours(self, working, end, pauses):
        if not end:
            return False
        return round(working.measure(self.open_date, end, pauses) / 3600, 2)

    def _write_hours(self, values):
        for complaint in self:
            # 0 hours and no answer yet are equal in Python
            changed = {
                name: value
                for name, value in values.items()
                if complaint[name] != value or (complaint[name] is False) != (value is False)
            }
            if changed:
                complaint.write(changed)
