from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.service_standard import customer_complaint_deadline_watch as watch
from .common import StandardCommon

# 2026-06-15 is a Monday; the calendar works 8-12 and 13-17 in UTC.
MONDAY = "2026-06-15 09:00:00"


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestServiceStandardWatch(StandardCommon):
    """Reminders and escalation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._create_user("behzad", "customer_value.customer_value_group_manager")
        cls.standard = cls._create_standard(
            first_response_hours=4, solution_hours=0, escalation_user_id=cls.boss.id
        )

    def _activities(self, complaint, xmlid):
        return complaint.activity_ids.filtered(lambda a: a.activity_type_id == self.env.ref(xmlid))

    def test_reminder(self):
        complaint = self._complain()
        self._watch()
        self.assertFalse(complaint.activity_ids)
        with self._at("2026-06-15 13:00:00"):  # the lunch hour does not count
            self._watch()
            self._watch()
        activity = self._activities(complaint, watch.WARNING_ACTIVITY)
        self.assertEqual(activity.user_id, self.service_user)
        self.assertEqual(activity.summary, "First response: Every complaint")
        self.assertEqual(activity.date_deadline, self._day("2026-06-15"))
        with self._at("2026-06-15 13:30:00"):
            complaint.first_response_date = fields.Datetime.now()
            self._watch()
        self.assertFalse(activity.exists())

    def test_one_reminder_when_a_holiday_puts_the_deadline_off(self):
        """Entered after the deadline, before anybody was told that it was missed."""
        self.standard.warning_hours = 2
        complaint = self._complain()
        with self._at("2026-06-15 12:00:00"):
            self._watch()
        self.assertEqual(len(complaint.activity_ids), 1)
        complaint.activity_ids._action_done()
        with self._at("2026-06-15 14:05:00"):
            self._create_leave(
                self.company.resource_calendar_id, "2026-06-15 13:00:00", "2026-06-15 13:30:00"
            )
            self._watch()
        deadline = complaint.deadline_ids
        self.assertEqual(str(deadline.deadline_date), "2026-06-15 14:30:00")
        self.assertEqual(deadline.state, "running")
        self.assertEqual(str(deadline.warned_date), "2026-06-15 12:00:00")
        self.assertFalse(complaint.activity_ids)

    def test_no_reminder_without_hours_or_while_waiting(self):
        self.standard.warning_hours = 0
        unreminded = self._complain()
        self.standard.warning_hours = 2
        paused = self._complain()
        paused.stage_id = self.stage_waiting
        with self._at("2026-06-15 13:59:00"):
            self._watch()
        self.assertFalse((unreminded | paused).activity_ids)

    def test_pause_after_the_warning_time_leaves_the_cron_in_peace(self):
        complaint = self._complain()
        with self._at("2026-06-15 13:30:00"):
            complaint.stage_id = self.stage_waiting
            self.assertEqual(self.env["customer.complaint.deadline"]._count_due(), 0)

    def test_escalation(self):
        complaint = self._complain()
        with self._at("2026-06-15 13:30:00"):
            self._watch()
        with self._at("2026-06-15 14:00:00"):
            self._watch()
            self.assertFalse(self._activities(complaint, watch.ESCALATION_ACTIVITY))
        with self._at("2026-06-15 14:00:01"):
            self._watch()
            self._watch()
        activity = complaint.activity_ids
        self.assertEqual(activity.activity_type_id, self.env.ref(watch.ESCALATION_ACTIVITY))
        self.assertEqual(activity.user_id, self.boss)
        self.assertEqual(complaint.user_id, self.service_user)
        messages = complaint.message_ids.filtered(lambda m: "Deadline missed" in m.body)
        self.assertEqual(len(messages), 1)
        self.assertIn("Every complaint", messages.body)
        self.assertIn(self.boss.name, messages.body)

    def test_escalation_hands_over(self):
        self.standard.escalation_reassigns = True
        complaint = self._complain()
        with self._at("2026-06-15 15:00:00"):
            self._watch()
        self.assertEqual(complaint.user_id, self.boss)

    def test_whom_to_escalate_to(self):
        by_leader, by_responsible, by_nobody = (self._complain() for _number in range(3))
        self.standard.escalation_user_id = self._create_user("emin", "base.group_user")
        by_responsible.team_id = self.team.copy({"name": "No leader", "user_id": False})
        by_nobody.write({"team_id": by_responsible.team_id.id, "user_id": False})
        with self._at("2026-06-15 15:00:00"):
            self._watch()
        self.assertEqual(by_leader.activity_ids.user_id, self.leader)
        self.assertEqual(by_responsible.activity_ids.user_id, self.service_user)
        self.assertFalse(by_nobody.activity_ids)
        self.assertTrue(by_nobody.deadline_ids.escalated_date)
        self.assertIn("Deadline missed", "".join(by_nobody.message_ids.mapped("body")))

    def test_people_who_left_are_passed_over(self):
        complaint = self._complain()
        self.boss.active = False
        with self._at("2026-06-15 15:00:00"):
            self._watch()
        self.assertEqual(complaint.activity_ids.user_id, self.leader)

    def test_missed_and_unnoticed_by_the_cron_is_escalated_later(self):
        complaint = self._complain()
        with self._at("2026-06-15 15:00:00"):
            complaint.severity = "2"  # finds out that it is late
            self.assertEqual(complaint.deadline_ids.state, "missed")
            self._watch()
        self.assertEqual(complaint.activity_ids.user_id, self.boss)

    def test_one_failure_does_not_stop_the_others(self):
        broken, complaint = self._complain(), self._complain()
        broken.deadline_ids.flush_recordset()
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'Nowhere/Land' WHERE id = %s",
            [self.leader.partner_id.id],
        )
        self.env.invalidate_all()
        self.leader.lang = "en_US"
        broken.team_id = self.team
        self.standard.escalation_user_id = False
        complaint.team_id = self.team.copy({"name": "Other", "user_id": self.boss.id})
        with self._at("2026-06-15 15:00:00"), mute_logger(watch.__name__):
            self._watch()
        self.assertEqual(complaint.activity_ids.user_id, self.boss)
        self.assertTrue(broken.deadline_ids.escalated_date)

    def test_cron(self):
        complaint = self._complain()
        with self.enter_registry_test_mode(), self._at("2026-06-15 15:00:00"):
            self.env.ref("customer_value.ir_cron_customer_deadline_watch").method_direct_trigger()
            self.env.ref(
                "customer_value.ir_cron_customer_deadline_recompute"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(complaint.activity_ids.user_id, self.boss)
        self.assertTrue(complaint.deadline_ids.checked_date)
