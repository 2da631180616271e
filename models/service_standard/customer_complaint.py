from odoo import api, fields, models
from odoo.fields import Domain

from ..base.nullable import NullableFloat
from ..base.working_calendar import WorkingCalendar

# What decides which standards apply, when they start, stand still and end.
MEASURED_FIELDS = {
    "stage_id",
    "team_id",
    "severity",
    "partner_id",
    "company_id",
    "open_date",
    "first_response_date",
    "close_date",
    "duplicate_of_id",
}
DEADLINE_STATES = [
    ("overdue", "Overdue"),
    ("due_soon", "Due soon"),
    ("on_time", "On time"),
    ("paused", "Waiting for the customer"),
]


class CustomerComplaint(models.Model):
    """The deadlines of a complaint, as its screens show them.

    How long the first answer and the solution took, with or without a service standard.
    """

    _inherit = "customer.complaint"

    deadline_ids = fields.One2many(
        string="Deadlines",
        comodel_name="customer.complaint.deadline",
        inverse_name="complaint_id",
        readonly=True,
        copy=False,
    )
    pause_ids = fields.One2many(
        comodel_name="customer.complaint.pause",
        inverse_name="complaint_id",
        readonly=True,
        copy=False,
    )
    standard_tier_id = fields.Many2one(
        string="Tier for service standards",
        comodel_name="customer.tier",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The customer's tier when the service standards were last chosen.",
    )
    solution_start_date = fields.Datetime(
        string="Reopened on",
        readonly=True,
        copy=False,
        help="From when the time to solve it is measured; empty: since it was received.",
    )
    deadline_date = fields.Datetime(
        string="Deadline",
        compute="_compute_deadline_date",
        store=True,
        index="btree_not_null",
        help="The earliest open deadline; empty while the complaint waits for the customer.",
    )
    deadline_warning_date = fields.Datetime(compute="_compute_deadline_date", store=True)
    is_deadline_paused = fields.Boolean(compute="_compute_deadline_date", store=True)
    deadline_state = fields.Selection(
        selection=DEADLINE_STATES,
        compute="_compute_deadline_state",
        search="_search_deadline_state",
        help="Of the earliest open deadline.",
    )
    response_hours = NullableFloat(
        string="First response after (working hours)",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 2),
        help="Working hours from receipt to the first answer, pauses left out.",
    )
    solution_hours = NullableFloat(
        string="Solved after (working hours)",
        readonly=True,
        copy=False,
        aggregator="avg",
        digits=(16, 2),
        help="Working hours from receipt to the solution, pauses left out.",
    )

    def _get_answer_date(self):
        """Add what the service standard promises."""
        waiting = self.deadline_ids.filtered(
            lambda deadline: deadline.kind == "first_response" and not deadline.end_date
        )
        return waiting[:1].deadline_date or super()._get_answer_date()

    @api.depends(
        "deadline_ids.deadline_date",
        "deadline_ids.warning_date",
        "deadline_ids.state",
        "deadline_ids.end_date",
    )
    def _compute_deadline_date(self):
        for complaint in self:
            watched = complaint.deadline_ids.filtered(lambda d: not d.end_date)
            deadlines = [date for date in watched.mapped("deadline_date") if date]
            warnings = [date for date in watched.mapped("warning_date") if date]
            complaint.deadline_date = min(deadlines, default=False)
            complaint.deadline_warning_date = min(warnings, default=False)
            complaint.is_deadline_paused = "paused" in watched.mapped("state")

    @api.depends("deadline_date", "deadline_warning_date", "is_deadline_paused")
    def _compute_deadline_state(self):
        now = fields.Datetime.now()
        for complaint in self:
            complaint.deadline_state = complaint._get_deadline_state(now)

    def _get_deadline_state(self, now):
        if not self.deadline_date:
            return "paused" if self.is_deadline_paused else False
        if self.deadline_date < now:
            return "overdue"
        if self.deadline_warning_date and self.deadline_warning_date <= now:
            return "due_soon"
        return "on_time"

    @api.model
    def _search_deadline_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        later = Domain("deadline_date", ">=", now)
        warned = Domain("deadline_warning_date", "<=", now)
        none = Domain("deadline_date", "=", False)
        paused = Domain("is_deadline_paused", "=", True)
        domains = {
            "overdue": Domain("deadline_date", "<", now),
            "due_soon": later & warned,
            "on_time": later & ~warned,
            "paused": none & paused,
            False: none & ~paused,
        }
        return Domain.OR(domains[state] for state in set(value) & domains.keys())

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints._update_deadlines(is_new=True)
        return complaints

    def write(self, vals):
        if MEASURED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        solved = {c: c.close_date for c in self.sudo() if c._is_solved()}
        result = super().write(vals)
        for complaint, close_date in solved.items():
            if not complaint._is_solved():
                complaint._note_reopening(close_date)
        self._update_deadlines()
        return result

    def _note_reopening(self, close_date):
        """Measure the next solution from now; the one taken back was an answer all the same."""
        self.ensure_one()
        self.solution_start_date = fields.Datetime.now()
        if close_date and not self.first_response_date:
            self.first_response_date = close_date

    def _is_solved(self):
        return bool(self.close_date or self.stage_id.is_solved)

    def _measure_hours(self, now):
        """Measure the working hours of complaints whose dates have changed."""
        pauses = self._get_pauses()
        for (calendar, company), complaints in self.grouped(
            lambda c: (c._get_working_calendar(), c.company_id)
        ).items():
            ends = [
                c._get_reached_date(kind, now)
                for c in complaints
                for kind in ("first_response", "solution")
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
                            working, complaint._get_reached_date("solution", now), spans
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
