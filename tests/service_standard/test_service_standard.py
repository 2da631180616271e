from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import StandardCommon

# 2026-06-15 is a Monday; the calendar works 8-12 and 13-17 in UTC.
MONDAY = "2026-06-15 09:00:00"


def moment(text):
    return fields.Datetime.to_datetime(text)


@freeze_time(MONDAY)
@tagged("post_install", "-at_install")
class TestServiceStandard(StandardCommon):
    """Which deadlines a complaint gets, how they stand still, and how they end."""

    def test_every_fitting_standard_makes_a_deadline(self):
        general = self._create_standard()
        urgent = self._create_standard(
            name="Critical", severity="3", first_response_hours=1, solution_hours=0
        )
        complaint = self._complain(severity="3")
        self.assertEqual(complaint.deadline_ids.standard_id, general | urgent)
        self.assertEqual(len(complaint.deadline_ids), 3)
        self.assertEqual(complaint.deadline_date, moment("2026-06-15 10:00"))
        normal = self._complain()
        self.assertEqual(normal.deadline_ids.standard_id, general)
        self.assertEqual(normal.deadline_date, moment("2026-06-15 14:00"))
        solution = self._get(normal, "solution")
        self.assertEqual(solution.deadline_date, moment("2026-06-17 09:00"))

    def test_team_and_tier(self):
        gold, silver = self.env["customer.tier"].create(
            [{"name": "Gold test", "sequence": 900}, {"name": "Silver test", "sequence": 800}]
        )
        other_team = self.env["customer.complaint.team"].create({"name": "Other"})
        for_gold = self._create_standard(tier_ids=gold.ids, first_response_hours=1)
        for_team = self._create_standard(team_ids=other_team.ids)
        self.assertFalse(self._complain().deadline_ids)
        self._make_profile(self.customer, gold)
        self.assertEqual(self._complain().deadline_ids.standard_id, for_gold)
        self._make_profile(self.other_customer, silver)
        complaint = self._complain(self.other_customer, team_id=other_team.id)
        self.assertEqual(complaint.deadline_ids.standard_id, for_team)

    def _make_profile(self, partner, tier):
        profiles = self.env["customer.profile"].sudo()
        profile = self._profile(partner) or profiles.create(
            {
                "partner_id": partner.id,
                "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            }
        )
        profile.tier_id = tier

    def test_change_of_tier_is_followed_by_the_cron(self):
        gold = self.env["customer.tier"].create({"name": "Gold test", "sequence": 900})
        self._create_standard(tier_ids=gold.ids, first_response_hours=1, solution_hours=0)
        complaint = self._complain()
        self.assertFalse(complaint.deadline_ids)
        self._make_profile(self.customer, gold)
        self._recompute()
        self.assertEqual(complaint.deadline_date, moment("2026-06-15 10:00"))
        self._make_profile(self.customer, self.env["customer.tier"])
        self._recompute()
        self.assertEqual(complaint.deadline_ids.state, "cancelled")
        self.assertFalse(complaint.deadline_date)

    def test_kept_and_missed(self):
        self._create_standard()
        kept, missed = self._complain(), self._complain()
        with self._at("2026-06-15 14:00:00"):  # the very second
            kept.first_response_date = fields.Datetime.now()
        with self._at("2026-06-15 14:00:01"):
            missed.first_response_date = fields.Datetime.now()
        self.assertEqual(self._get(kept, "first_response").state, "kept")
        self.assertEqual(self._get(missed, "first_response").state, "missed")
        self.assertEqual(self._get(kept, "first_response").used_hours, 4)
        self.assertEqual(kept.response_hours, 4)
        self.assertFalse(kept.solution_hours)
        with self._at("2026-06-17 08:00:00"):
            self._close(kept)
        solution = self._get(kept, "solution")
        self.assertEqual((solution.state, solution.used_hours), ("kept", 15))
        self.assertEqual(kept.solution_hours, 15)
        self.assertFalse(kept.deadline_date)
        shares = self.env["customer.complaint.deadline"]._read_group(
            [("complaint_id", "in", (kept | missed).ids)], ["kind"], ["kept_ratio:avg", "__count"]
        )
        self.assertEqual(shares, [("first_response", 0.5, 2), ("solution", 1.0, 2)])

    def test_answer_after_hours_is_late(self):
        self._create_standard(first_response_hours=7)
        complaint = self._complain()
        with self._at("2026-06-15 18:00:00"):
            complaint.first_response_date = fields.Datetime.now()
        deadline = self._get(complaint, "first_response")
        self.assertEqual(deadline.deadline_date, moment("2026-06-15 17:00"))
        self.assertEqual(deadline.state, "missed")

    def test_pause(self):
        self._create_standard()
        complaint = self._complain()
        with self._at("2026-06-15 10:00:00"):
            complaint.stage_id = self.stage_waiting
            self.assertEqual(set(complaint.deadline_ids.mapped("state")), {"paused"})
            self.assertFalse(complaint.deadline_date)
            self.assertEqual(complaint.deadline_state, "paused")
        with self._at("2026-06-16 10:00:00"):
            complaint.stage_id = self.stage_new
        response = self._get(complaint, "first_response")
        self.assertEqual(response.state, "running")
        self.assertEqual(response.deadline_date, moment("2026-06-16 14:00"))
        self.assertEqual(response.paused_hours, 8)
        with self._at("2026-06-16 11:00:00"):
            complaint.first_response_date = fields.Datetime.now()
        self.assertEqual((response.state, response.used_hours), ("kept", 2))

    def test_answer_during_a_pause(self):
        self._create_standard(solution_hours=0)
        complaint = self._complain()
        with self._at("2026-06-15 10:00:00"):
            complaint.stage_id = self.stage_waiting
        with self._at("2026-06-17 10:00:00"):
            complaint.first_response_date = fields.Datetime.now()
        deadline = complaint.deadline_ids
        self.assertEqual((deadline.state, deadline.used_hours), ("kept", 1))

    def test_pause_after_the_deadline_does_not_save_it(self):
        self._create_standard(solution_hours=0)
        complaint = self._complain()
        with self._at("2026-06-15 14:00:01"):
            complaint.stage_id = self.stage_waiting
            self.assertEqual(complaint.deadline_ids.state, "missed")
            self.assertEqual(complaint.deadline_state, "overdue")

    def test_stage_that_begins_to_wait(self):
        self._create_standard()
        complaint = self._complain()
        self.stage_new.is_waiting = True
        self.assertEqual(complaint.deadline_state, "paused")
        self.stage_new.is_waiting = False
        self.assertEqual(complaint.deadline_state, "on_time")

    def test_change_of_severity(self):
        minor = self._create_standard(severity="0", first_response_hours=8)
        major = self._create_standard(severity="2", first_response_hours=2)
        complaint = self._complain(severity="0")
        with self._at("2026-06-15 10:00:00"):
            complaint.severity = "2"
        old = complaint.deadline_ids.filtered(lambda d: d.standard_id == minor)
        self.assertEqual(set(old.mapped("state")), {"cancelled"})
        self.assertEqual(old.mapped("severity"), ["0", "0"])
        new = complaint.deadline_ids - old
        self.assertEqual(new.standard_id, major)
        self.assertEqual(complaint.deadline_date, moment("2026-06-15 11:00"))
        self.assertEqual(set(new.mapped("start_date")), {moment(MONDAY)})

    def test_what_was_answered_before_is_not_judged_again(self):
        self._create_standard(severity="0", first_response_hours=8)
        self._create_standard(severity="2", first_response_hours=2)
        complaint = self._complain(severity="0")
        with self._at("2026-06-15 14:00:00"):
            complaint.first_response_date = fields.Datetime.now()
            complaint.severity = "2"
        self.assertEqual(self._get(complaint, "first_response").mapped("state"), ["kept"])

    def test_reopening_starts_a_new_solution(self):
        self._create_standard()
        complaint = self._complain()
        with self._at("2026-06-15 10:00:00"):
            self._close(complaint)
        self.assertEqual(set(complaint.deadline_ids.mapped("state")), {"kept"})
        with self._at("2026-06-22 09:00:00"):
            self._reopen(complaint)
        first, second = self._get(complaint, "solution")
        self.assertEqual((first.state, second.state), ("kept", "running"))
        self.assertEqual(second.start_date, moment("2026-06-22 09:00"))
        self.assertEqual(second.deadline_date, moment("2026-06-24 09:00"))
        self.assertEqual(len(self._get(complaint, "first_response")), 1)

    def test_duplicate(self):
        self._create_standard()
        original, duplicate, late = self._complain(), self._complain(), self._complain()
        with self._at("2026-06-15 15:00:00"):
            self._watch()
            late.duplicate_of_id = original
        duplicate.duplicate_of_id = original
        self.assertEqual(set(duplicate.deadline_ids.mapped("state")), {"missed", "cancelled"})
        self.assertFalse(duplicate.deadline_date)
        self.assertFalse(late.deadline_ids.filtered(lambda d: not d.end_date))
        self.assertTrue(original.deadline_date)

    def test_old_complaints_are_judged_when_recorded(self):
        self._create_standard()
        complaint = self._complain(
            stage_id=self.stage_solved.id,
            open_date="2026-06-01 09:00:00",
            first_response_date="2026-06-01 10:00:00",
            close_date="2026-06-05 09:00:00",
        )
        self.assertEqual(self._get(complaint, "first_response").state, "kept")
        self.assertEqual(self._get(complaint, "solution").state, "missed")
        self._watch()
        self.assertFalse(complaint.activity_ids)

    def test_holiday_entered_afterwards(self):
        self._create_standard()
        complaint = self._complain()
        self._create_leave(
            self.company.resource_calendar_id, "2026-06-15 13:00:00", "2026-06-16 13:00:00"
        )
        self._recompute()
        self.assertEqual(complaint.deadline_date, moment("2026-06-16 14:00"))
        self._complain()
        self.env["customer.complaint.deadline"].flush_model()
        self.assertFalse(self.env["customer.complaint.deadline"]._recompute(100) - 2)

    def test_holiday_entered_in_the_nick_of_time(self):
        self._create_standard(solution_hours=0)
        complaint = self._complain()
        calendar = self.company.resource_calendar_id
        with self._at("2026-06-15 15:00:00"):
            self._create_leave(calendar, "2026-06-15 13:00:00", "2026-06-16 13:00:00")
            self._watch()
        self.assertEqual(complaint.deadline_ids.state, "running")
        self.assertFalse(complaint.deadline_ids.escalated_date)

    def test_holidays_of_other_companies_do_not_count(self):
        other = self._create_company("Other", self.env.ref("base.EUR"))
        leave = (
            self.env["resource.calendar.leaves"]
            .with_company(other)
            .create({"date_from": "2026-06-15 00:00:00", "date_to": "2026-06-20 00:00:00"})
        )
        self.assertEqual((leave.company_id, leave.calendar_id.id), (other, False))
        self._create_standard()
        self.assertEqual(self._complain().deadline_date, moment("2026-06-15 14:00"))

    def test_calendar_of_the_team(self):
        self._create_standard(solution_hours=0)
        self.team.calendar_id = self._create_calendar("UTC", [(2, 10, 12), (3, 8, 12)])
        self.assertEqual(self._complain().deadline_date, moment("2026-06-18 10:00"))

    def test_company_without_calendar(self):
        self._create_standard(solution_hours=0, first_response_hours=30)
        self.company.resource_calendar_id = False
        complaint = self._complain()
        self.assertEqual(complaint.deadline_date, moment("2026-06-16 15:00"))
        complaint.stage_id = self.stage_waiting
        with self._at("2026-06-15 19:00:00"):
            complaint.stage_id = self.stage_new
        self.assertEqual(complaint.deadline_date, moment("2026-06-17 01:00"))
        self.assertEqual(complaint.deadline_ids.paused_hours, 10)

    def test_calendar_without_working_hours(self):
        self._create_standard(solution_hours=0)
        self.team.calendar_id = self._create_calendar("UTC", [])
        complaint = self._complain()
        self.assertEqual(complaint.deadline_ids.state, "running")
        self.assertFalse(complaint.deadline_date)
        complaint.first_response_date = "2026-06-20 09:00:00"
        self.assertEqual(complaint.deadline_ids.state, "kept")

    def test_state_and_its_search(self):
        self._create_standard(solution_hours=0)
        complaint = self._complain()
        plain = self._complain()
        plain.first_response_date = fields.Datetime.now()
        both = complaint | plain
        states = {
            "2026-06-15 09:30:00": "on_time",
            "2026-06-15 13:00:00": "due_soon",
            "2026-06-15 14:00:00": "due_soon",
            "2026-06-15 14:00:01": "overdue",
        }
        for now, expected in states.items():
            with self.subTest(now=now), self._at(now):
                self.env.invalidate_all()
                self.assertEqual(complaint.deadline_state, expected)
                for state in ("on_time", "due_soon", "overdue", "paused", False):
                    found = both.search([("id", "in", both.ids), ("deadline_state", "=", state)])
                    self.assertEqual(found, both.filtered(lambda c, s=state: c.deadline_state == s))
                not_overdue = [("id", "in", both.ids), ("deadline_state", "!=", "overdue")]
                self.assertEqual(
                    both.search(not_overdue),
                    both.filtered(lambda c: c.deadline_state != "overdue"),
                )

    def test_standard_needs_a_target(self):
        for values in (
            {"first_response_hours": 0, "solution_hours": 0},
            {"first_response_hours": -1},
            {"solution_hours": 2001},
            {"warning_hours": -1},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(IntegrityError, "_range"),
                self.env.cr.savepoint(),
            ):
                self._create_standard(**values).flush_recordset()

    def test_used_standard_is_archived_not_deleted(self):
        standard = self._create_standard()
        complaint = self._complain()
        with self.assertRaisesRegex(UserError, "Archive it"):
            standard.with_user(self.manager).unlink()
        standard.with_user(self.manager).active = False
        self.assertTrue(complaint.deadline_date)
        self.assertFalse(self._complain().deadline_ids)
        self._create_standard(name="Unused").with_user(self.manager).unlink()

    def test_what_was_promised_is_kept_by_archived_standards(self):
        """Whatever becomes of the complaint; only where its standard fits no more it ends."""
        standard = self._create_standard(severity="1")
        complaint, other = self._complain(), self._complain()
        standard.active = False
        with self._at("2026-06-15 10:00:00"):
            complaint.first_response_date = "2026-06-15 10:00:00"
            other.severity = "2"
        self.assertEqual(self._get(complaint, "first_response").state, "kept")
        self.assertEqual(self._get(complaint, "solution").state, "running")
        self.assertEqual(set(other.deadline_ids.mapped("state")), {"cancelled"})
        with self._at("2026-06-18 10:00:00"):
            self._close(complaint)
            self._reopen(complaint)
        self.assertEqual(self._get(complaint, "solution").mapped("state"), ["missed"])

    def test_a_target_taken_away_holds_for_future_deadlines(self):
        standard = self._create_standard()
        complaint = self._complain()
        standard.solution_hours = 0
        complaint.first_response_date = fields.Datetime.now()
        self.assertEqual(self._get(complaint, "solution").state, "running")
        self.assertFalse(self._get(self._complain(), "solution"))

    def test_team_and_tier_of_a_standard_cannot_be_deleted(self):
        tier = self.env["customer.tier"].create({"name": "Gold test", "sequence": 900})
        self._create_standard(tier_ids=tier.ids, team_ids=self.team.ids)
        for condition in (tier, self.team):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(IntegrityError, "customer_service_standard"),
                self.env.cr.savepoint(),
            ):
                condition.unlink()

    def test_results_of_a_standard(self):
        standard = self._create_standard(solution_hours=0)
        self._complain().first_response_date = "2026-06-15 10:00:00"
        self._complain().first_response_date = "2026-06-15 16:00:00"
        self._complain()
        self.env.invalidate_all()
        self.assertEqual((standard.deadline_count, standard.kept_ratio), (3, 0.5))
        action = standard.with_user(self.manager).action_open_deadlines()
        found = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertEqual(len(found), 3)
        self.assertEqual(found[0].action_open_complaint()["res_id"], found[0].complaint_id.id)

    def test_users_work_under_standards(self):
        self._create_standard()
        complaint = (
            self.env["customer.complaint"]
            .with_user(self.service_user)
            .create(
                {
                    "subject": "Scratched",
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "stage_id": self.stage_new.id,
                    "resolution": "Exchanged",
                }
            )
        )
        self.assertEqual(complaint.deadline_date, moment("2026-06-15 14:00"))
        with self._at("2026-06-15 10:00:00"):
            complaint.action_mark_answered()
            complaint.stage_id = self.stage_waiting
        with self._at("2026-06-16 10:00:00"):
            complaint.stage_id = self.stage_solved
        self.assertEqual(set(complaint.deadline_ids.mapped("state")), {"kept"})
        self.assertEqual((complaint.response_hours, complaint.solution_hours), (1, 1))
        with self._at("2026-06-16 11:00:00"):
            complaint.action_reopen()
        self.assertEqual(self._get(complaint, "solution").mapped("state"), ["kept", "running"])

    def test_complaints_merged_by_their_wizard(self):
        self._create_standard()
        with self._at("2026-06-15 08:30:00"):
            older = self._complain()
        complaint = self._complain()
        older._merge_into(complaint)
        self.assertEqual(set(older.deadline_ids.mapped("state")), {"cancelled"})
        starts = set(complaint.deadline_ids.mapped("start_date"))
        self.assertEqual(starts, {moment("2026-06-15 08:30")})
        self.assertEqual(complaint.deadline_date, moment("2026-06-15 13:30"))

    def test_customers_merged(self):
        self._create_standard()
        complaint = self._complain()
        deadlines = complaint.deadline_ids
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.customer.id, self.other_customer.id], self.other_customer)
        self.env.invalidate_all()
        self.assertEqual(complaint.deadline_ids, deadlines)
        self.assertEqual(deadlines.customer_id, self.other_customer)

    def test_archived_standards_stay_out_whatever_the_context(self):
        self._create_standard().active = False
        complaints = self.env["customer.complaint"].with_context(active_test=False)
        complaint = self._complain()
        complaint.with_env(complaints.env).severity = "2"
        self.assertFalse(complaint.deadline_ids)

    def test_roles(self):
        standard = self._create_standard()
        complaint = self._complain()
        user, manager = self.service_user, self.manager
        self.assertEqual(complaint.with_user(user).deadline_state, "on_time")
        self.assertEqual(len(complaint.with_user(user).deadline_ids), 2)
        with self.assertRaises(AccessError):
            standard.with_user(user).solution_hours = 1
        standard.with_user(manager).solution_hours = 1
        for role in (user, manager):
            with self.assertRaises(AccessError):
                complaint.deadline_ids.with_user(role).write({"state": "kept"})
            with self.assertRaises(AccessError):
                complaint.deadline_ids.with_user(role).unlink()
        employee = self._create_user("emin", "base.group_user")
        for model in ("customer.service.standard", "customer.complaint.deadline"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(employee).search([])

    def test_companies_do_not_mix(self):
        self._create_standard()
        other = self._create_company("Other", self.env.ref("base.EUR"))
        standard = self._create_standard(company_id=other.id, first_response_hours=1)
        self.assertNotIn(standard, self._complain().deadline_ids.standard_id)
        theirs = self._complain(team_id=False, company_id=other.id)
        self.assertEqual(theirs.deadline_ids.standard_id, standard)
        seen = self.env["customer.complaint.deadline"].with_user(self.service_user).search([])
        self.assertEqual(seen.company_id, self.company)
        with self.assertRaises(UserError):
            self._create_standard(team_ids=self.team.ids, company_id=other.id)

    def test_queries_do_not_grow_with_the_complaints(self):
        # One deadline each: Odoo writes a table in portions of 100 rows.
        self._create_standard(severity="0", solution_hours=0)
        self._create_standard(severity="1", first_response_hours=2, solution_hours=0)
        counts = []
        for number in (10, 100):
            complaints = self.env["customer.complaint"].concat(
                *(self._complain() for _number in range(number))
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            complaints.write({"severity": "0"})
            self.env.flush_all()
            complaints.write({"severity": "1"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
