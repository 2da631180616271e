from odoo import api, fields, models

from ..base.nullable import NullableFloat
from ..base.working_calendar import WorkingCalendar
from ..complaint.customer_complaint import SEVERITIES

KINDS = [("first_response", "First response"), ("solution", "Solution")]
STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("kept", "Kept"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]


class CustomerComplaintDeadline(models.Model):
    """What one service standard asks for one complaint, and how it ended; kept for ever.

    A deadline is open until ``end_date``. Team, severity and tier are those by which the
    standard came to apply. Missed is missed, also when the calendar changes afterwards.
    """

    _name = "customer.complaint.deadline"
    _description = "Deadline of a Complaint"
    _inherit = "customer.date.bounds.mixin"
    _order = "end_date desc, deadline_date, id"
    _rec_name = "standard_id"

    complaint_id = fields.Many2one(
        comodel_name="customer.complaint",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    standard_id = fields.Many2one(
        comodel_name="customer.service.standard",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    customer_id = fields.Many2one(related="complaint_id.customer_id", store=True)
    category_id = fields.Many2one(related="complaint_id.category_id", store=True)
    user_id = fields.Many2one(
        related="complaint_id.user_id", store=True, string="Responsible person"
    )
    team_id = fields.Many2one(
        comodel_name="customer.complaint.team", ondelete="set null", readonly=True
    )
    severity = fields.Selection(selection=SEVERITIES, readonly=True)
    tier_id = fields.Many2one(comodel_name="customer.tier", ondelete="set null", readonly=True)
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    state = fields.Selection(selection=STATES, required=True, default="running", readonly=True)
    start_date = fields.Datetime(string="From", required=True, readonly=True)
    target_hours = fields.Float(string="Target (working hours)", readonly=True, aggregator="avg")
    warning_hours = fields.Float(readonly=True, aggregator=None)
    deadline_date = fields.Datetime(
        string="Deadline", readonly=True, help="Empty while the complaint waits for the customer."
    )
    warning_date = fields.Datetime(readonly=True)
    paused_hours = fields.Float(
        string="Paused (working hours)",
        readonly=True,
        digits=(16, 2),
        help="Working hours within the pauses that have ended.",
    )
    reached_date = fields.Datetime(
        string="Met on", readonly=True, help="When the customer was answered, or it was solved."
    )
    used_hours = NullableFloat(
        string="Needed (working hours)",
        readonly=True,
        aggregator="avg",
        digits=(16, 2),
        help="Working hours until it was reached, pauses left out.",
    )
    end_date = fields.Datetime(
        string="Ended", readonly=True, help="Reached, or cancelled: nobody waits for it any more."
    )
    kept_ratio = NullableFloat(
        string="Share kept",
        compute="_compute_kept_ratio",
        store=True,
        aggregator="avg",
        help="0 to 1, of the deadlines that were kept or missed.",
    )
    warned_date = fields.Datetime(readonly=True)
    escalated_date = fields.Datetime(readonly=True)
    warning_activity_id = fields.Many2one(
        comodel_name="mail.activity", ondelete="set null", index="btree_not_null", readonly=True
    )

    _open_uniq = models.UniqueIndex(
        "(complaint_id, standard_id, kind) WHERE end_date IS NULL",
        "A standard measures a complaint once at a time.",
    )
    _watched_idx = models.Index("(deadline_date) WHERE end_date IS NULL")
    _warning_idx = models.Index("(warning_date) WHERE end_date IS NULL AND warned_date IS NULL")

    @api.depends("state")
    def _compute_kept_ratio(self):
        shares = {"kept": 1.0, "missed": 0.0}
        for deadline in self:
            deadline.kept_ratio = shares.get(deadline.state)

    def _evaluate(self, now):
        """Bring open deadlines up to date with calendar, pauses and what was reached.

        Two queries per working calendar, whatever the number of deadlines; only what differs
        is written.

        :param now: naive UTC
        """
        watched = self.filtered(lambda d: not d.end_date)
        pauses = watched.complaint_id._get_pauses()
        for (calendar, company), deadlines in watched.grouped(
            lambda d: (d.complaint_id._get_working_calendar(), d.company_id)
        ).items():
            reached = {d: d.complaint_id._get_reached_date(d.kind, now) for d in deadlines}
            latest = max([now, *filter(None, reached.values())])
            working = WorkingCalendar(
                calendar, company, min(deadlines.mapped("start_date")), latest
            )
            for deadline in deadlines:
                values = deadline._measure(
                    working, pauses.get(deadline.complaint_id, []), reached[deadline], now
                )
                deadline._write_changes(values)

    def _write_changes(self, values):
        # 0 and "not known" are equal in Python
        changed = {
            name: value
            for name, value in values.items()
            if self[name] != value or (self[name] is False) != (value is False)
        }
        if changed:
            self.write(changed)

    def _measure(self, working, pauses, reached, now):
        """Return the values of an open deadline.

        :param working: ``WorkingCalendar``
        :param pauses: (start, end) in order, the last may have no end
        :param reached: moment the target was reached, ``None`` while it was not
        """
        self.ensure_one()
        ended = [(start, end) for start, end in pauses if end]
        waiting_since = pauses[-1][0] if pauses and not pauses[-1][1] else None
        if reached:
            if waiting_since and waiting_since < reached:
                ended.append((waiting_since, reached))
            ended = [(start, min(end, reached)) for start, end in ended if start < reached]
            waiting_since = None
        deadline = self._plan(working, self.target_hours, ended, waiting_since)
        if self.state == "missed":
            deadline = self.deadline_date  # missed is missed
        values = {
            "deadline_date": deadline or False,
            "warning_date": self._plan_warning(working, ended, waiting_since) or False,
            "state": self._get_state(deadline, reached or now, bool(waiting_since), bool(reached)),
        }
        total = working.measure(self.start_date, max(reached or now, self.start_date))
        used = working.measure(self.start_date, max(reached or now, self.start_date), ended)
        values["paused_hours"] = round((total - used) / 3600, 2)
        if reached:
            values |= {
                "reached_date": reached,
                "end_date": reached,
                "used_hours": round(used / 3600, 2),
            }
        return values

    def _plan(self, working, hours, pauses, waiting_since):
        """Return when ``hours`` are used up; ``None`` if the complaint waits before that."""
        seconds = round(hours * 3600)
        if waiting_since is None:
            return working.add(self.start_date, seconds, pauses)
        if working.measure(self.start_date, waiting_since, pauses) < seconds:
            return None
        return working.add(self.start_date, seconds, pauses)

    def _plan_warning(self, working, pauses, waiting_since):
        if not self.warning_hours:
            return None
        hours = self.target_hours - self.warning_hours
        if hours <= 0:
            return self.start_date
        return self._plan(working, hours, pauses, waiting_since)

    def _get_state(self, deadline, moment, is_waiting, is_reached):
        if self.state == "missed" or (deadline and moment > deadline):
            return "missed"
        if is_reached:
            return "kept"
        return "paused" if is_waiting and not deadline else "running"

    def _cancel(self, now):
        """End open deadlines that are not wanted any more; what was missed stays missed."""
        watched = self.filtered(lambda d: not d.end_date)
        watched.write({"end_date": now})
        watched.filtered(lambda d: d.state != "missed").write({"state": "cancelled"})

    def write(self, vals):
        result = super().write(vals)
        if vals.get("end_date"):
            for deadline in self.sudo():
                deadline.warning_activity_id._remove_from(deadline.complaint_id)
        return result

    def action_open_complaint(self):
        """Open the complaint of the deadline. Public: button."""
        self.ensure_one()
        return self.complaint_id._get_records_action(context={})
