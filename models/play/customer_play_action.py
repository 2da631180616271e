from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq, hmac
from odoo.tools.misc import get_lang

from ..base.access import GROUPS_PROFIT, MANAGER
from .customer_play_step_mixin import CONTACT_KINDS, STEP_KINDS

ACTION_STATES = [
    ("waiting", "Waiting"),
    ("done", "Done"),
    ("skipped", "Left out"),
    ("failed", "Failed"),
]
SKIP_REASONS = [
    ("left", "The customer has left the play"),
    ("quiet", "Contacted shortly before"),
    ("opted_out", "Does not want to be contacted"),
    ("no_address", "No address or number for it"),
    ("blacklisted", "On the blacklist"),
    ("archived", "Contact is archived"),
    ("late", "Waited for too long"),
    ("budget", "The budget is used up"),
    ("period", "The play was over"),
]
RESULTS = [
    ("answered", "Spoke with them"),
    ("not_reached", "Not reached"),
    ("refused", "Wants no such calls"),
    ("done", "Done"),
]
PATH = "/customer/play/optout"
# What is typed from paper or paid for by the sign is shorter.
SHORT_PATH, SHORT_MAC = "/customer/o", 16


class CustomerPlayAction(models.Model):
    """One step for one customer: planned at the start, carried out once, and what came of it."""

    _name = "customer.play.action"
    _description = "Action of a Play"
    _contact_history = ("partner_id",)
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "due_date, id"
    _rec_name = "partner_id"

    play_id = fields.Many2one(
        comodel_name="customer.play", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    member_id = fields.Many2one(
        comodel_name="customer.play.member", required=True, ondelete="cascade", readonly=True
    )
    step_id = fields.Many2one(
        comodel_name="customer.play.step",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    phone = fields.Char(related="contact_id.phone")
    address = fields.Char(string="Sent to", readonly=True)
    kind = fields.Selection(selection=STEP_KINDS, required=True, readonly=True)
    play_name = fields.Char(related="play_id.name", string="Play name")
    step_name = fields.Char(related="step_id.name", string="Step name")
    reason = fields.Text(related="play_id.reason")
    note = fields.Text(string="What to offer", compute="_compute_note", compute_sudo=True)
    due_date = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        selection=ACTION_STATES, required=True, default="waiting", readonly=True
    )
    skip_reason = fields.Selection(selection=SKIP_REASONS, string="Why not", readonly=True)
    error = fields.Text(readonly=True)
    done_on = fields.Datetime(readonly=True)
    cost = fields.Monetary(readonly=True, groups=GROUPS_PROFIT)
    user_id = fields.Many2one(
        string="Salesperson",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity", ondelete="set null", index="btree_not_null", readonly=True
    )
    mail_id = fields.Many2one(
        comodel_name="mail.mail",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        groups=MANAGER,
    )
    message_id = fields.Many2one(
        comodel_name="customer.outreach.message",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    lead_id = fields.Many2one(
        string="Opportunity",
        comodel_name="crm.lead",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    # Of a model that may not be there: a number, not a relation.
    trace_number = fields.Integer(string="Trace of the mailing", readonly=True, groups=MANAGER)
    card_id = fields.Many2one(
        string="Coupon",
        comodel_name="loyalty.card",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    coupon_code = fields.Char(compute="_compute_coupon_code", compute_sudo=True)
    result = fields.Selection(selection=RESULTS, readonly=True)
    result_on = fields.Datetime(readonly=True)
    is_reached = fields.Boolean(string="Reached", readonly=True)
    is_answered = fields.Boolean(string="Answered", readonly=True)
    is_bought_after = fields.Boolean(string="Bought after", readonly=True)

    # What no crash and no second worker can do twice.
    _member_step_uniq = models.UniqueIndex("(member_id, step_id)")
    _due_idx = models.Index("(play_id, due_date, id) WHERE state = 'waiting'")
    _contact_idx = models.Index("(partner_id, done_on) WHERE state = 'done'")
    _address_idx = models.Index("(address, done_on) WHERE state = 'done' AND address IS NOT NULL")

    @api.depends_context("lang")
    @api.depends("step_id.note", "state", "coupon_code")
    def _compute_note(self):
        """What to offer, with its places filled once the call is planned."""
        for action in self:
            note = action.step_id.note
            action.note = action._fill_places(note) if note and action.state == "done" else note

    @api.depends("member_id.action_ids.card_id")
    def _compute_coupon_code(self):
        """The code of the newest coupon this play gave the customer."""
        for action in self:
            action.coupon_code = action.member_id.action_ids.card_id.sorted("id")[-1:].code

    # === WHAT PEOPLE DO ===

    def action_answered(self):
        """Note that the salesperson spoke with the customer. Public: button.

        :raise AccessError: an action of somebody else
        :raise UserError: no call that waits for its result
        """
        return self._note_result("answered")

    def action_not_reached(self):
        """Note that nobody answered. Public: button; see :meth:`action_answered`."""
        return self._note_result("not_reached")

    def action_refused(self):
        """Note that the customer wants no such calls any more. Public: button.

        They leave the play before its next step; see :meth:`action_answered`.
        """
        return self._note_result("refused")

    def action_open_partner(self):
        """Open the customer. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action(context={})

    def action_interview_lost(self):
        """Record why the customer has left. Public: button."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "customer_value.customer_lost_interview_action_new"
        )
        contact = self.contact_id or self.partner_id
        context = {"default_partner_id": contact.id, "default_company_id": self.company_id.id}
        return action | {"context": context}

    def action_retry(self):
        """Try what failed again. Public: button.

        :raise AccessError: for users who may not change plays
        """
        self.env["customer.play"].check_access("write")
        self.check_access("read")
        failed = self.filtered(lambda action: action.state == "failed")
        failed = failed.filtered(lambda action: action.play_id.state == "running")
        refused = failed.message_id
        if refused:  # under the same id: whatever the gateway made of it, it is no second one
            refused.action_send_again()
        failed -= failed.filtered("message_id")
        failed.sudo().write({"state": "waiting", "error": False})
        self.env["customer.play"]._wake_worker()
        return True

    def _note_result(self, result):
        self.check_access("read")
        is_manager = self.env.user.has_group(MANAGER)
        if not is_manager and any(action.user_id != self.env.user for action in self):
            raise AccessError(self.env._("Only the salesperson of a call, or a manager, notes it."))
        calls = self.sudo()
        if any(call.kind != "activity" or call.state != "done" for call in calls):
            raise UserError(self.env._("Only calls that are planned have a result to be noted."))
        calls._set_result(result)
        label = dict(self._fields["result"]._description_selection(self.env))[result]
        for call in calls.filtered("activity_id"):
            call.activity_id.with_user(self.env.user).sudo().action_feedback(feedback=label)
        return True

    def _set_result(self, result):
        """Note what came of calls; who refuses is not called again by any play."""
        now = fields.Datetime.now()
        self.write(
            {
                "result": result,
                "result_on": now,
                "is_reached": result != "not_reached",
                "is_answered": result in ("answered", "refused"),
            }
        )
        if result == "refused":
            optouts = self.env["customer.play.optout"].sudo()
            optouts._note(self.mapped("partner_id"), "activity", self.env.user)

    # === OPTING OUT ===

    def _get_optout_key(self):
        """Return what opens the page to opt out for this action, and for no other."""
        self.ensure_one()
        return f"{self.id}-{hmac(self.env(su=True), 'customer.play.optout', self.id)}"

    def _get_optout_link(self):
        """Return the link that stands in every message."""
        return f"{self.company_id.get_base_url()}{PATH}/{self._get_optout_key()}"

    def _get_short_optout_link(self):
        """Return the link for what is printed, and for SMS."""
        self.ensure_one()
        number, _dash, mac = self._get_optout_key().partition("-")
        return f"{self.company_id.get_base_url()}{SHORT_PATH}/{number}-{mac[:SHORT_MAC]}"

    @api.model
    def _find_by_optout_key(self, key):
        """Return the action a link belongs to, with all rights; empty for any other text."""
        number, _dash, _mac = key.partition("-")
        actions = self.sudo()
        if not key.isascii() or not number.isdigit() or len(number) > 9:
            return actions
        action = actions.browse(int(number)).exists()
        return action if action and actions._is_key(action, key) else actions

    @api.model
    def _is_key(self, action, key):
        whole = action._get_optout_key()
        number, _dash, mac = whole.partition("-")
        return consteq(whole, key) or consteq(f"{number}-{mac[:SHORT_MAC]}", key)

    def _opt_out(self):
        """Note that the contact a message went to wants no more by this way, once."""
        self.ensure_one()
        optouts = self.env["customer.play.optout"].sudo()
        partner = self.contact_id or self.partner_id
        channel = self.kind if self.kind in CONTACT_KINDS else "email"
        domain = [("partner_id", "=", partner.id), ("channel", "=", channel)]
        if self.address:  # they may have said so for another address before
            domain.append(("address", "=", self.address))
        if not optouts.search_count(domain, limit=1):
            optouts._note(partner, channel, address=self.address)

    def _get_contact_lang(self):
        """Return the language to write in: of the contact, else of the company."""
        self.ensure_one()
        company = self.company_id.partner_id.lang
        return get_lang(self.env, self.contact_id.lang or self.partner_id.lang or company).code

    @api.model
    def _get_direction(self):
        """Return ``rtl`` or ``ltr``."""
        return get_lang(self.env).direction
