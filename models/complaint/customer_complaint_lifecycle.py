from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..guard.customer_date_bounds import MAX_SPAN

SEQUENCE_CODE = "customer.complaint"


class CustomerComplaint(models.Model):
    """Numbers, assignment, and what happens when a complaint is solved or comes back."""

    _inherit = "customer.complaint"

    feedback_id = fields.Many2one(
        string="Low answer",
        comodel_name="customer.feedback",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        copy=False,
        help="What the customer answered when asked; hearing from us about the complaint closes "
        "its loop.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Record complaints: numbered, assigned, and followed by the contact.

        The customer's own words are the first message; it needs no "created" beside it.
        """
        complaints = super(
            CustomerComplaint, self.with_context(mail_create_nosubscribe=True)
        ).create(vals_list)
        complaints = complaints.with_env(self.env)
        for complaint in complaints.filtered(lambda c: not c.name):
            complaint.sudo().name = self._get_next_number(complaint.company_id)
        complaints._assign_members()
        complaints._subscribe_contacts()
        complaints._check_resolution()
        closed = complaints.filtered(lambda c: c.stage_id.is_solved and not c.close_date)
        closed.sudo().close_date = fields.Datetime.now()
        return complaints

    def write(self, vals):
        """Follow the stage and the contact; close the loop of the answer it began with."""
        stages = {complaint: complaint.stage_id for complaint in self if "stage_id" in vals}
        result = super().write(vals)
        if stages:
            self.sudo().date_last_stage_update = fields.Datetime.now()
        self._follow_stage(stages)
        if "partner_id" in vals:
            self._subscribe_contacts()
        if vals.get("first_response_date") or vals.get("close_date"):
            self._close_feedback_loop()
        return result

    def _close_feedback_loop(self):
        """The customer of a low answer has heard from us."""
        for complaint in self.sudo().filtered("feedback_id"):
            if complaint.feedback_id.customer_id != complaint.customer_id:
                continue  # somebody named the answer of another customer
            user = complaint.user_id if self.env.user.share else self.env.user
            complaint.feedback_id._close_loop(user)

    @api.model
    def _get_next_number(self, company):
        sequences = self.env["ir.sequence"].sudo().with_company(company)
        return sequences.next_by_code(SEQUENCE_CODE)

    def _subscribe_contacts(self):
        """Let contacts follow: what an agent writes to the customer reaches them."""
        for complaint in self:
            if complaint.partner_id:
                complaint.message_subscribe(partner_ids=complaint.partner_id.ids)

    def _assign_members(self):
        for team, complaints in self.filtered(lambda c: not c.user_id).grouped("team_id").items():
            if team:
                users = team._pick_members(len(complaints))
                for complaint, user in zip(complaints, users, strict=False):
                    complaint.user_id = user

    def _follow_stage(self, before):
        """Set or clear the date of the solution of complaints whose stage has changed."""
        moved = self.filtered(lambda c: c in before and c.stage_id != before[c])
        solved = moved.filtered(lambda c: c.stage_id.is_solved and not c.close_date)
        reopened = moved.filtered(lambda c: not c.stage_id.is_solved and c.close_date)
        solved._check_resolution()
        now = fields.Datetime.now()
        for complaint in solved:
            complaint.sudo().close_date = max(now, complaint.open_date)
        for complaint in reopened:
            count = complaint.reopen_count + 1
            complaint.sudo().write({"close_date": False, "reopen_count": count})
        solved._after_solved()

    def _check_resolution(self):
        """Say how it was solved: the customer reads it, and so does who gets the next one."""
        self.filtered("stage_id.is_solved")._check_resolution_text()

    def _check_resolution_text(self):
        for complaint in self:
            if not (complaint.resolution or "").strip() and not complaint.duplicate_of_id:
                raise UserError(
                    self.env._(
                        "%(complaint)s cannot be closed yet: write down how it was solved, in "
                        "the field “Resolution”.",
                        complaint=complaint.display_name,
                    )
                )

    def _after_solved(self):
        """Ask the customers whether they are content."""
        if asked := self.filtered(lambda c: c.partner_id and not c.duplicate_of_id):
            asked._queue_feedback_requests()

    def _reopen(self):
        """Put complaints back to work."""
        stage = self.env["customer.complaint.stage"]._get_working()
        self.write({"stage_id": stage.id})

    def _get_answer_date(self):
        """Return until when the customer is promised a first answer; nothing by default."""
        return None

    def _is_reopenable(self):
        """Whether a customer who writes again still means this complaint."""
        self.ensure_one()
        days = min(self.company_id.sudo().customer_complaint_reopen_days, MAX_SPAN)
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        return not self.close_date or self.close_date >= limit

    def _create_follow_up(self, values):
        """Return a new complaint about a matter solved too long ago to be reopened."""
        self.ensure_one()
        return self.create(
            {
                "subject": self.subject,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "team_id": self.team_id.active and self.team_id.id,
                "category_id": self.category_id.id,
                "severity": self.severity,
                "previous_id": self.id,
                **values,
            }
        )

    def _find_current(self):
        """Return where to go on: what it is a duplicate of, or what has followed it since."""
        self.ensure_one()
        complaint = self.duplicate_of_id or self
        if complaint._is_reopenable():
            return complaint
        followers = Domain("previous_id", "=", complaint.id)
        for follower in self.search(followers, order="id desc"):
            if follower._is_reopenable():
                return follower
        return complaint

    def action_mark_answered(self):
        """Note that the customer got a first answer by phone or in person. Public: button.

        :raise AccessError: for users who may not work on complaints
        """
        self.check_access("write")
        for complaint in self.filtered(lambda c: not c.first_response_date):
            complaint.sudo().first_response_date = fields.Datetime.now()
            complaint._message_log(body=self.env._("The customer got a first answer."))
        return True

    def action_solve(self):
        """Close complaints that have a resolution. Public: button.

        :raise UserError: when the resolution is missing
        :raise AccessError: for users who may not work on complaints
        """
        self.check_access("write")
        stage = self.env["customer.complaint.stage"]._get_solved()
        self.filtered(lambda c: not c.close_date).write({"stage_id": stage.id})
        return True

    def action_reopen(self):
        """Reopen solved complaints. Public: button.

        :raise AccessError: for users who may not work on complaints
        """
        self.check_access("write")
        self.filtered("close_date")._reopen()
        return True

    def _get_rotting_domain(self):
        return super()._get_rotting_domain() & Domain("close_date", "=", False)

    def _get_rotting_depends_fields(self):
        return [*super()._get_rotting_depends_fields(), "close_date"]

    def _queue_feedback_requests(self):
        """Have the cron look at once for what to ask after closing.

        Closed complaints are found by their ``close_date`` anyway, when their delay is over:
        this only saves the wait for the next regular run where there is no delay.
        """
        rules = (
            self.env["customer.feedback.rule"]
            .sudo()
            .search(
                [
                    ("cause", "=", "complaint"),
                    ("delay_days", "=", 0),
                    ("company_id", "in", self.company_id.ids),
                ],
                limit=1,
            )
        )
        if rules:
            self.env["customer.feedback.request"]._wake_worker()

    def _prepare_merge_values(self, target):
        """Return what the target gets of duplicates: links add up, gaps are filled."""
        values = {"hours": target.hours + sum(self.mapped("hours"))}
        for name in self._get_merged_links():
            values[name] = [Command.link(record.id) for record in self[name] - target[name]]
        every = self | target
        values["open_date"] = min(every.mapped("open_date"))
        answers = [date for date in every.mapped("first_response_date") if date]
        values["first_response_date"] = min(answers) if answers else False
        values["severity"] = max(every.mapped("severity"))
        for name in self._get_merged_gaps():
            found = next((source[name] for source in self if source[name]), False)
            if found and not target[name]:
                values[name] = found.id if isinstance(found, models.BaseModel) else found
        return values

    @api.model
    def _get_merged_links(self):
        """Return the many2many fields that add up when complaints are merged."""
        return [
            *("tag_ids", "credit_note_ids", "return_ids", "replacement_ids"),
            "loyalty_history_ids",
        ]

    @api.model
    def _get_merged_gaps(self):
        """Return the fields taken from a duplicate where the complaint has nothing."""
        return [
            *("partner_id", "email_from", "user_id", "category_id", "description"),
            *("root_cause", "department", "corrective_action", "preventive_action"),
        ]
