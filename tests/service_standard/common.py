from odoo import Command, fields
from odoo.tests import freeze_time

from ..common import CustomerValueCommon


class StandardCommon(CustomerValueCommon):
    """Complaints with stages, a team that works 8-12 and 13-17 UTC, and one standard."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.service_user = cls._create_user("sima", "customer_value.customer_value_group_user")
        cls.leader = cls._create_user("lale", "customer_value.customer_value_group_user")
        cls.env["customer.service.standard"].search([]).active = False
        stages = cls.env["customer.complaint.stage"]
        cls.stage_new = stages.create({"name": "New", "sequence": -3})
        cls.stage_waiting = stages.create({"name": "Waits", "is_waiting": True, "sequence": -2})
        cls.stage_solved = stages.create({"name": "Done", "is_solved": True, "sequence": 99})
        cls.team = cls.env["customer.complaint.team"].create(
            {"name": "Service", "user_id": cls.leader.id}
        )
        cls.category = cls.env["customer.complaint.category"].create({"name": "Scratches"})

    @classmethod
    def _create_standard(cls, **values):
        return cls.env["customer.service.standard"].create(
            {
                "name": "Every complaint",
                "first_response_hours": 4,
                "solution_hours": 16,
                **values,
            }
        )

    @classmethod
    def _complain(cls, partner=None, **values):
        values = {
            "subject": "Scratched",
            "partner_id": (partner or cls.customer).id,
            "team_id": cls.team.id,
            "user_id": cls.service_user.id,
            "stage_id": cls.stage_new.id,
            "category_id": cls.category.id,
            **values,
        }
        if "resolution" in cls.env["customer.complaint"]._fields:
            values.setdefault("resolution", "Exchanged")
        return cls.env["customer.complaint"].create(values)

    @classmethod
    def _close(cls, complaint):
        complaint.stage_id = cls.stage_solved
        complaint.close_date = fields.Datetime.now()

    @classmethod
    def _reopen(cls, complaint):
        complaint.stage_id = cls.stage_new
        complaint.close_date = False

    @classmethod
    def _get(cls, complaint, kind, state=None):
        """Return the deadlines of a kind, oldest first."""
        return complaint.deadline_ids.filtered(
            lambda d: d.kind == kind and (not state or d.state == state)
        ).sorted("id")

    @classmethod
    def _watch(cls):
        """Do what the cron does every five minutes, without its commits."""
        cls.env.flush_all()
        while cls.env["customer.complaint.deadline"]._watch(100):
            pass
        cls.env.invalidate_all()

    @classmethod
    def _recompute(cls):
        """Do what the cron does every hour, without its commits."""
        cls.env.flush_all()
        while cls.env["customer.complaint.deadline"]._recompute(100):
            pass
        cls.env.invalidate_all()

    @classmethod
    def _create_calendar(cls, timezone, attendances, **values):
        """Create a calendar; attendances are (weekday, from, to)."""
        return cls.env["resource.calendar"].create(
            {
                "name": timezone,
                "tz": timezone,
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": str(number),
                                "dayofweek": str(weekday),
                                "hour_from": start,
                                "hour_to": end,
                                "day_period": "morning" if end <= 12 else "afternoon",
                            }
                        )
                        for number, (weekday, start, end) in enumerate(attendances)
                    ),
                ],
                **values,
            }
        )

    @classmethod
    def _create_leave(cls, calendar, start, end, **values):
        return cls.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": cls.company.id,
                "date_from": start,
                "date_to": end,
                **values,
            }
        )

    @staticmethod
    def _at(moment):
        return freeze_time(moment)
