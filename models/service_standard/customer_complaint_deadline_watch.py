import logging

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..calendar.reader_date import format_moment

_logger = logging.getLogger(__name__)

# About half a second of work: short transactions let users and other workers through.
BATCH_SIZE = 200
# Less than the hour between two runs of the cron.
CHECK_MINUTES = 50
WARNING_ACTIVITY = "customer_value.mail_activity_type_deadline_warning"
ESCALATION_ACTIVITY = "customer_value.mail_activity_type_deadline_missed"


class CustomerComplaintDeadline(models.Model):
    """Reminders before deadlines, escalation after them: once each, by any number of workers."""

    _inherit = "customer.complaint.deadline"

    # The hourly look at calendars and holidays; shared by the workers.
    checked_date = fields.Datetime(readonly=True)

    @api.model
    def _cron_watch(self, batch_size=BATCH_SIZE):
        """Remind and escalate; safe to kill at any time."""
        self._work_off(lambda: self._watch(batch_size), self._count_due)

    @api.model
    def _cron_recompute(self, batch_size=BATCH_SIZE):
        """Follow changes of calendars, holidays and tiers in all open deadlines."""
        self._work_off(lambda: self._recompute(batch_size), self._count_unchecked)

    @api.model
    def _work_off(self, process, count):
        remaining = count()
        while remaining:
            try:
                done = process()
            except psycopg2.OperationalError as error:
                _logger.info("Deadlines of complaints postponed: %s", error)
                self.env.cr.rollback()
                done = 0
            remaining = count()
            time_left = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
            if not done or not time_left:
                break

    @api.model
    def _get_due_domain(self):
        """Domain of the open deadlines that want a reminder or an escalation."""
        now = fields.Datetime.now()
        missed = Domain("deadline_date", "<", now) & Domain("escalated_date", "=", False)
        near = Domain(
            [("warning_date", "<=", now), ("warned_date", "=", False), ("state", "=", "running")]
        )
        return Domain("end_date", "=", False) & (missed | near)

    @api.model
    def _count_due(self):
        return self.sudo().search_count(self._get_due_domain())

    @api.model
    def _watch(self, batch_size):
        """Remind and escalate for the deadlines nobody else works on.

        :return: number of deadlines dealt with
        """
        found = self.sudo().search(self._get_due_domain(), order="id", limit=4 * batch_size)
        deadlines = found.try_lock_for_update(allow_referencing=True, limit=batch_size)
        now = fields.Datetime.now()
        # A holiday entered a minute ago counts.
        deadlines._evaluate(now)
        for deadline in deadlines.filtered(lambda d: not d.end_date):
            deadline._act(now)
        return len(deadlines)

    def _act(self, now):
        """Escalate or remind, once; what fails for one complaint must not stop the others."""
        self.ensure_one()
        if self.state == "missed" and not self.escalated_date:
            act, done = self._escalate, {"escalated_date": now}
        elif (
            self.state == "running"
            and self.warning_date
            and self.warning_date <= now
            and not self.warned_date  # found as missed, before a holiday put it off
        ):
            act, done = self._warn, {"warned_date": now}
        else:
            return
        self.write(done)
        try:
            with self.env.cr.savepoint():
                act()
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.exception("Nobody was told of deadline %s of a complaint", self.id)

    @api.model
    def _get_unchecked_domain(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=CHECK_MINUTES)
        checked = Domain("checked_date", ">", limit)
        return Domain("end_date", "=", False) & ~checked

    @api.model
    def _count_unchecked(self):
        count = self.sudo().search_count(self._get_unchecked_domain())
        return count + len(self._find_moved_customers(None))

    @api.model
    def _find_moved_customers(self, limit):
        """Return unsolved complaints of customers who have changed tier since."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id
                     FROM customer_complaint c
                LEFT JOIN customer_profile p
                       ON p.partner_id = c.customer_id AND p.company_id = c.company_id
                    WHERE c.close_date IS NULL AND c.duplicate_of_id IS NULL
                      AND c.standard_tier_id IS DISTINCT FROM p.tier_id
                 ORDER BY c.id
                    LIMIT %s""",
                limit,
            )
        )
        return self.env["customer.complaint"].sudo().browse([row[0] for row in rows])

    @api.model
    def _recompute(self, batch_size):
        """Bring the next open deadlines up to date.

        :return: number of records dealt with
        """
        complaints = self._find_moved_customers(4 * batch_size)
        complaints = complaints.try_lock_for_update(allow_referencing=True, limit=batch_size)
        complaints._update_deadlines()
        found = self.sudo().search(self._get_unchecked_domain(), order="id", limit=4 * batch_size)
        deadlines = found.try_lock_for_update(allow_referencing=True, limit=batch_size)
        now = fields.Datetime.now()
        deadlines._evaluate(now)
        deadlines.write({"checked_date": now})
        return len(complaints) + len(deadlines)

    def _warn(self):
        """Remind the responsible person that the deadline is near."""
        users = [self.complaint_id.user_id, self.complaint_id.team_id.user_id]
        if user := self._get_first_reachable(users):
            self.warning_activity_id = self._plan_activity(WARNING_ACTIVITY, user)

    def _escalate(self):
        """Hand a missed deadline to somebody who can do more about it."""
        self.warning_activity_id._remove_from(self.complaint_id)
        complaint = self.complaint_id
        users = [self.standard_id.escalation_user_id, complaint.team_id.user_id, complaint.user_id]
        user = self._get_first_reachable(users)
        if user:
            self._plan_activity(ESCALATION_ACTIVITY, user)
            if self.standard_id.escalation_reassigns and complaint.user_id != user:
                complaint.user_id = user
        translated = self.with_context(lang=user.lang or self.env.lang)
        complaint._message_log(body=translated._get_escalation_text(user))

    def _get_first_reachable(self, users):
        """Return the first user who still works here and may read the complaint."""
        for user in users:
            if user.active and self.company_id in user.company_ids:
                if self.complaint_id.with_user(user).has_access("read"):
                    return user
        return self.env["res.users"]

    def _plan_activity(self, activity_type, user):
        translated = self.with_context(lang=user.lang)
        return self.complaint_id.activity_schedule(
            activity_type,
            date_deadline=fields.Datetime.context_timestamp(
                self.with_context(tz=user.tz), self.deadline_date
            ).date(),
            summary=translated._get_activity_summary(),
            user_id=user.id,
        )

    def _get_activity_summary(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return self.env._(
            "%(kind)s: %(standard)s", kind=kinds[self.kind], standard=self.standard_id.name
        )

    def _get_escalation_text(self, user):
        values = {
            "what": self._get_activity_summary(),
            "deadline": format_moment(self.env, self.deadline_date, tz=self._get_timezone()),
        }
        if not user:
            return self.env._("Deadline missed (%(deadline)s). %(what)s", **values)
        return self.env._(
            "Deadline missed (%(deadline)s). %(what)s. Escalated to %(user)s.",
            user=user.name,
            **values,
        )

    def _get_timezone(self):
        return self.complaint_id._get_working_calendar().tz or "UTC"
