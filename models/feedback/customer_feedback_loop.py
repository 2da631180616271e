from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import plaintext2html

from ..base.access import GROUPS_STANDING, MANAGER, USER
from ..base.nullable import NullableFloat

SUBJECT_LENGTH = 80
ACTIVITY_TYPE = "customer_value.mail_activity_type_low_feedback"
# Older answers (Odoo's ratings before the install, files of another program) open no loop.
FRESH_DAYS = 7


class CustomerFeedback(models.Model):
    """From a low answer to the complaint it is about, and back.

    The closed loop: whoever gave a low answer hears from us, and it is known how soon.
    """

    _inherit = "customer.feedback"

    complaint_ids = fields.One2many(
        string="Complaints",
        comodel_name="customer.complaint",
        inverse_name="feedback_id",
        groups=GROUPS_STANDING,
    )
    is_low = fields.Boolean(string="Low answer", readonly=True, index=True)
    loop_state = fields.Selection(
        selection=[("open", "To answer"), ("closed", "Answered")],
        string="Closed loop",
        readonly=True,
        index="btree_not_null",
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="Who is to answer the customer.",
    )
    answer_due_date = fields.Datetime(string="Answer due", readonly=True)
    handled_date = fields.Datetime(string="Answered on", readonly=True)
    handled_by_id = fields.Many2one(
        string="Answered by", comodel_name="res.users", ondelete="set null", readonly=True
    )
    hours_to_close = NullableFloat(
        digits=(12, 2),
        aggregator="avg",
        readonly=True,
        help="Working hours from the low answer until the customer heard from us.",
    )
    closed_loop_percent = NullableFloat(
        string="Closed loop (%)",
        digits=(5, 2),
        aggregator="avg",
        readonly=True,
        help="100 when the low answer was answered, 0 when not yet; the mean is the share.",
    )

    def action_create_complaint(self):
        """Open a new complaint about what the customer answered, else the one there is.

        Public: button.

        :raise AccessError: for users who may not write down complaints
        """
        self.ensure_one()
        self.check_access("read")
        complaints = self.env["customer.complaint"]
        complaints.check_access("create")
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaint"),
            "res_model": complaints._name,
            "views": [(False, "form")],
        }
        if self.complaint_ids:
            return {**action, "res_id": self.complaint_ids[:1].id}
        values = self._prepare_complaint()
        return {**action, "context": {f"default_{name}": values[name] for name in values}}

    def _prepare_complaint(self):
        """Return the values of a complaint about the answer."""
        self.ensure_one()
        comment = (self.comment or "").strip()
        subject = comment.splitlines()[0][:SUBJECT_LENGTH] if comment else self.display_name
        values = {
            "feedback_id": self.id,
            "subject": subject,
            "description": plaintext2html(comment) if comment else False,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "concerned_user_id": self.user_id.id,
            "user_id": self.responsible_id.id or self.env.uid,
        }
        picking = self._get_document() if self.res_model == "stock.picking" else None
        if picking:
            values["picking_id"] = picking.id
            products = picking.sudo().move_ids.product_id
            values["product_id"] = products.id if len(products) == 1 else False
        return values

    def _get_is_low(self):
        """Return whether an answer is at or below the limits of its company."""
        self.ensure_one()
        company = self.company_id.sudo()
        if self.kind == "rating":
            return bool(self.rating) and self.rating <= company.feedback_low_rating
        if self.kind == "nps":
            return self.nps is not False and self.nps <= company.feedback_low_nps
        return self.gap is not False and self.gap < company.feedback_low_gap

    def _open_loops(self):
        """Give each low answer a responsible person, a due time and an activity."""
        fresh = fields.Datetime.now() - timedelta(days=FRESH_DAYS)
        for feedback in self.sudo():
            low = feedback._get_is_low()
            if low != feedback.is_low:
                feedback.is_low = low
            is_waiting = low and not feedback.is_void and not feedback.loop_state
            if is_waiting and feedback.date >= fresh:
                feedback._open_loop()

    def _open_loop(self):
        self.ensure_one()
        user = self._get_responsible()
        due = self._get_answer_due()
        self.write(
            {
                "loop_state": "open",
                "closed_loop_percent": 0,
                "responsible_id": user.id,
                "answer_due_date": due,
            }
        )
        note = plaintext2html(self.comment) if self.comment else False
        self.activity_schedule(
            ACTIVITY_TYPE,
            date_deadline=fields.Datetime.context_timestamp(
                self.with_context(tz=user.tz or self.company_id.partner_id.tz or "UTC"), due
            ).date(),
            summary=self._get_activity_summary(user),
            note=note,
            user_id=user.id,
        )

    def _get_activity_summary(self, user):
        """Return the title of the activity in the language of the person."""
        feedback = self.with_context(lang=user.lang or self.env.lang)
        return feedback.env._("Low answer: %(answer)s", answer=feedback.display_name)

    def _get_answer_due(self):
        """Return when the customer should have heard from us, in working hours of the company."""
        company = self.company_id.sudo()
        # An answer recorded later than it was given is known of from now on.
        hours, start = company.feedback_answer_hours, max(self.date, fields.Datetime.now())
        calendar = company.resource_calendar_id
        planned = calendar and calendar.plan_hours(
            hours, start, compute_leaves=True, domain=company._get_customer_holiday_domain()
        )
        return (planned or start + timedelta(hours=hours)).replace(microsecond=0)

    def _get_responsible(self):
        """Return who is to answer: always somebody who works in the company.

        Whose work was judged, else the salesperson of contact or customer, else the leader of
        the sales or complaint team, else the person of the settings, else a manager.
        """
        self.ensure_one()
        partner = self.partner_id
        candidates = self.user_id | partner.user_id | self.customer_id.user_id
        document = self.sudo()._get_document()
        for name in ("team_id", "sale_id"):
            if document is not None and name in document._fields:
                record = document[name]
                team = record.team_id if name == "sale_id" else record
                candidates |= team.user_id
        company = self.company_id.sudo()
        candidates |= company.feedback_user_id
        able = candidates.filtered(lambda user: self._is_able_to_answer(user))
        return able[:1] or self._get_manager()

    def _is_able_to_answer(self, user):
        return (
            user.active
            and not user.share
            and self.company_id in user.company_ids
            and user.has_group(USER)
        )

    def _get_manager(self):
        """Return a manager of the company who is a person, else the administrator."""
        managers = self.env.ref(MANAGER).sudo().all_user_ids.sorted("id")
        able = managers.filtered(
            lambda user: user.id != api.SUPERUSER_ID and self._is_able_to_answer(user)
        )
        return able[:1] or self.env.ref("base.user_admin")

    # === CLOSING ===

    def _drop_loop(self):
        """Take answers that do not count out of the closed loop; one answered stays answered."""
        for feedback in self.sudo().filtered(lambda feedback: feedback.loop_state == "open"):
            feedback.write(
                {
                    "loop_state": False,
                    "closed_loop_percent": None,
                    "responsible_id": False,
                    "answer_due_date": False,
                }
            )
            feedback._get_loop_activities().unlink()

    def _get_loop_activities(self):
        kind = self.env.ref(ACTIVITY_TYPE)
        return self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _close_loop(self, user):
        """Note that the customer heard from us; the first time counts."""
        now = fields.Datetime.now()
        for feedback in self.sudo().filtered(lambda feedback: feedback.loop_state == "open"):
            span = [(min(feedback.date, now), now)]
            feedback.write(
                {
                    "loop_state": "closed",
                    "closed_loop_percent": 100,
                    "handled_date": now,
                    "handled_by_id": user.id,
                    "hours_to_close": feedback.company_id._get_customer_working_hours(span)[0],
                }
            )
            feedback._get_loop_activities()._action_done()

    def action_mark_handled(self):
        """Note that the customer heard from us, by phone for example. Public: button.

        :raise AccessError: for users without the right to work with customers
        """
        self._check_may_handle()
        self._close_loop(self.env.user)
        return True

    def _check_may_handle(self):
        self.check_access("read")
        if not self._may_handle():
            raise AccessError(
                self.env._(
                    "Answering customers needs the right “Customer Value: User”. "
                    "Ask your administrator for it."
                )
            )

    def _may_handle(self):
        """Whether who writes may answer customers: the route of the chatter has all rights."""
        return self.env.user._is_superuser() or self.env.user.has_group(USER)

    def action_write_back(self):
        """Open a mail to the customer; sending it closes the loop. Public: button."""
        self.ensure_one()
        self._check_may_handle()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Write to the customer"),
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": self.partner_id.ids,
                "default_subject": self.env._("Your feedback"),
            },
        }

    def _message_post_after_hook(self, message, msg_values):
        """A message to the customer closes the loop."""
        if self.partner_id in message.partner_ids and not message.is_internal:
            author = message.author_id.sudo().user_ids.filtered(lambda user: not user.share)[:1]
            if author and self._may_handle():
                self._close_loop(author)
        return super()._message_post_after_hook(message, msg_values)
