import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

_logger = logging.getLogger(__name__)

CRON = "customer_value.ir_cron_customer_value_solve"
# Only our own code has this very object: no call from outside solves in silence.
ANYWAY = object()
ASKED = ("to_approve", "approved")
OVER = ("done", "cancel")


class CustomerComplaint(models.Model):
    """A complaint is solved once what was asked for is made, not before.

    Whoever solves it earlier hears what is missing, and it closes by itself when that is made.
    """

    _inherit = "customer.complaint"

    solving_stage_id = fields.Many2one(
        string="Solved once made",
        comodel_name="customer.complaint.stage",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The stage it goes to by itself as soon as what was asked for is made.",
    )
    outstanding_notice = fields.Char(
        string="Still to be made", compute="_compute_outstanding_notice", compute_sudo=True
    )

    @api.depends_context("lang")
    @api.depends(
        *("solving_stage_id", "close_date", "duplicate_of_id", "resolution_ids.state"),
        *("credit_note_ids.state", "return_ids.state", "replacement_ids.state"),
    )
    def _compute_outstanding_notice(self):
        for complaint in self:
            what = complaint._describe_outstanding()
            if not what:
                notice = False
            elif complaint.close_date:
                notice = self.env._("Solved, but still to be made: %(what)s.", what=what)
            elif complaint.solving_stage_id:
                notice = self.env._("Solved by itself once this is made: %(what)s.", what=what)
            else:
                notice = self.env._("Still to be made: %(what)s.", what=what)
            complaint.outstanding_notice = notice

    # === WHAT IS STILL TO BE MADE ===

    def _get_outstanding(self):
        """Return what is asked for and not made yet: resolutions, and documents not final."""
        self.ensure_one()
        complaint = self.sudo()
        if complaint.duplicate_of_id:
            return []
        return [
            *complaint.resolution_ids.filtered(lambda r: r.state in ASKED),
            *complaint.credit_note_ids.filtered(lambda move: move.state == "draft"),
            *complaint._get_open_returns(),
            *complaint.replacement_ids.filtered(self._is_replacement_open),
        ]

    def _get_open_returns(self):
        """Return the transfers of goods that still have to come back, parts of them included."""
        every = pickings = self.return_ids
        while pickings := pickings.backorder_ids - every:
            every |= pickings
        return every.filtered(lambda picking: picking.state not in OVER)

    @api.model
    def _is_replacement_open(self, order):
        """Tell whether the goods of a replacement have not all left yet."""
        if order.state in ("draft", "sent"):
            return True
        leaving = self._get_leaving(order)
        return order.state == "sale" and any(p.state not in OVER for p in leaving)

    @api.model
    def _is_replacement_made(self, order):
        """Tell whether goods of a replacement have left, or there are none to be delivered."""
        leaving = self._get_leaving(order)
        is_sent = not leaving or "done" in leaving.mapped("state")
        return order.state == "sale" and is_sent

    @api.model
    def _get_leaving(self, order):
        return order.picking_ids.filtered(lambda p: p.picking_type_code != "incoming")

    def _has_given(self):
        """Tell whether something of what was asked for has been made, to the end."""
        self.ensure_one()
        complaint = self.sudo()
        return (
            "posted" in complaint.credit_note_ids.mapped("state")
            or "done" in complaint.return_ids.mapped("state")
            or any(self._is_replacement_made(order) for order in complaint.replacement_ids)
            or any(r.kind == "points" and r.state == "done" for r in complaint.resolution_ids)
        )

    def _describe_outstanding(self):
        """Return what is still to be made in one phrase; "" if nothing is."""
        texts = [self._describe_step(record) for record in self._get_outstanding()]
        return format_list(self.env, texts) if texts else ""

    @api.model
    def _describe_step(self, record):
        """Return what has to happen to a resolution or to a document made for it."""
        if record._name == "customer.complaint.resolution":
            what = record.with_env(self.env).display_name
            if record.state == "to_approve":
                return self.env._("%(what)s (waits for approval)", what=what)
            return self.env._("%(what)s (asked for)", what=what)
        name = record.name
        if record._name == "account.move" and name:
            return self.env._("credit note %(name)s (to be posted)", name=name)
        if record._name == "account.move":
            return self.env._("credit note (to be posted)")
        if record._name == "stock.picking":
            return self.env._("return %(name)s (to be received)", name=name)
        if record.state == "sale":
            return self.env._("replacement %(name)s (to be delivered)", name=name)
        return self.env._("replacement %(name)s (to be confirmed)", name=name)

    # === SOLVED TOO EARLY ===

    def write(self, vals):
        """Keep complaints open until what was asked for is made, and say so."""
        if self.env.context.get("customer_solve_anyway") is ANYWAY:
            result = super().write(vals)
            self._forget_solving()
            return result
        if vals.get("close_date"):
            self._check_nothing_outstanding()
        self._check_asked_stays(vals)
        if "stage_id" not in vals:
            return super().write(vals)
        stage = self._get_given(vals, "stage_id")  # the gate refuses what is none, further down
        held = self._filter_held() if stage.is_solved else self.browse()
        result = super(CustomerComplaint, self - held).write(vals)
        (self - held)._forget_solving()
        if held:
            others = {name: value for name, value in vals.items() if name != "stage_id"}
            result = super(CustomerComplaint, held).write(others) and result
            held._hold(stage)
        return result

    def _forget_solving(self):
        waiting = self.sudo().filtered("solving_stage_id")
        waiting.solving_stage_id = False
        return waiting.with_env(self.env)

    def _filter_held(self):
        """Return the open complaints that wait for something."""
        return self.filtered(lambda c: not c.close_date and c._get_outstanding())

    def _check_nothing_outstanding(self):
        for complaint in self._filter_held():
            raise UserError(
                self.env._(
                    "%(complaint)s cannot be closed yet. Still to be made: %(what)s. Press "
                    "“Solved”: it closes by itself then.",
                    complaint=complaint.display_name,
                    what=complaint._describe_outstanding(),
                )
            )

    def _hold(self, stage):
        """Have complaints closed when everything is made; until then the work is ours.

        :param stage: where they go then
        :raise UserError: when nobody has written down how it is solved
        """
        self._check_resolution_text()
        new = self.filtered(lambda c: c.solving_stage_id != stage)
        if waiting := self.filtered("stage_id.is_waiting"):  # our turn now: the clock runs
            waiting.write({"stage_id": stage._get_working().id})
        self.sudo().solving_stage_id = stage
        for complaint in new:
            complaint._message_log(body=complaint.outstanding_notice)
        self._tell_user()

    def _tell_user(self):
        """Show a note to who has just tried to solve complaints, whichever way."""
        if self.env.user._is_internal():
            self.env.user._bus_send(
                "simple_notification",
                {
                    "type": "warning",
                    "title": self.env._("Not solved yet"),
                    "message": "\n".join(f"{c.name}: {c.outstanding_notice}" for c in self),
                },
            )

    def _solve_anyway(self, reason):
        """Close complaints though something is still to be made; the reason is kept.

        :raise UserError: when nobody has written down how it is solved
        :raise AccessError: for users who may not work on complaints
        """
        self.check_access("write")
        solved = self.env["customer.complaint.stage"]._get_solved()
        for complaint in self.filtered(lambda c: not c.close_date):
            what = complaint._describe_outstanding()
            stage = complaint.solving_stage_id or solved
            complaint.with_context(customer_solve_anyway=ANYWAY).write({"stage_id": stage.id})
            complaint._message_log(
                body=self.env._(
                    "Solved before everything was made (%(what)s): %(reason)s",
                    what=what or self.env._("nothing is missing"),
                    reason=reason,
                )
            )

    def action_reopen(self):
        """Reopen solved complaints, and those about to close by themselves. Public: button.

        :raise AccessError: for users who may not work on complaints
        """
        result = super().action_reopen()
        self._stop_solving()
        return result

    def _stop_solving(self):
        """Let nothing close complaints by itself any more."""
        for complaint in self._forget_solving():
            complaint._message_log(body=self.env._("It does not close by itself any more."))

    def _after_customer_message(self, message):
        """Who writes again is not content yet, as with a complaint solved already."""
        result = super()._after_customer_message(message)
        self.sudo()._stop_solving()
        return result

    # === MADE ===

    def _follow_results(self):
        """Close what waits for a document that is made now; whoever made it notices nothing.

        What cannot be closed this moment is left to the job: no document fails or waits for it.
        """
        waiting = self.sudo().filtered("solving_stage_id")
        if not waiting:
            return
        self.env.cr.flush()  # a fault of others that waits here is not ours to hide
        try:
            with self.env.cr.savepoint():
                locked = waiting.try_lock_for_update(allow_referencing=True)
                locked._close_made()
        except Exception:
            _logger.exception("Complaints %s could not be closed by themselves.", waiting.ids)
            locked = self.browse()
        if waiting - locked:
            self.env.ref(CRON).sudo()._trigger()

    @api.model
    def _cron_close_made(self):
        """Close complaints whose last missing document was made without our noticing."""
        waiting = self.search([("solving_stage_id", "!=", False)])
        for complaint in waiting.try_lock_for_update(allow_referencing=True):
            try:
                with self.env.cr.savepoint():
                    complaint._close_made()
            except UserError as error:
                _logger.warning(
                    "Complaint %s cannot be closed: %s", complaint.id, type(error).__name__
                )

    def _close_made(self):
        """Close complaints for which everything is made.

        If all was refused or cancelled instead, nothing was given: the responsible decides.
        """
        self.invalidate_recordset(["outstanding_notice"])
        for complaint in self.filtered("solving_stage_id"):
            if complaint._get_outstanding():
                continue
            if complaint._has_given():
                complaint.write({"stage_id": complaint.solving_stage_id.id})
                complaint._message_log(body=self.env._("Everything is made: closed by itself."))
            else:
                complaint._forget_solving()
                complaint._ask_responsible(
                    self.env._("Nothing was given in the end: solve it another way?")
                )

    def _ask_responsible(self, summary):
        """Plan an activity for who takes care of the complaint."""
        user = self.user_id or self.team_id.user_id
        self._message_log(body=summary)
        if user:
            self.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=user.id)

    def _note_lost(self, document):
        """Say on complaints that a document made for them was cancelled or deleted."""
        for complaint in self.sudo().filtered(lambda c: not c.duplicate_of_id):
            text = self.env._("%(document)s was cancelled or deleted.", document=document)
            if complaint.close_date:
                complaint._ask_responsible(self.env._("%(what)s Reopen the complaint?", what=text))
            else:
                complaint._message_log(body=text)

    @api.model
    def _find_by_results(self, moves=None, pickings=None, orders=None):
        """Return the complaints documents were made for, with all rights.

        A part of a return, delivered later, belongs to the same complaint.
        """
        complaints = self.sudo()
        domain = Domain.FALSE
        if moves:
            domain |= Domain("credit_note_ids", "in", moves.ids)
        if pickings:
            every = part = pickings.sudo()
            while part := part.backorder_id - every:
                every |= part
            domain |= Domain("return_ids", "in", every.ids)
            orders = every.sale_id
        if orders:
            domain |= Domain("replacement_ids", "in", orders.ids)
        return complaints.browse() if domain.is_false() else complaints.search(domain)
