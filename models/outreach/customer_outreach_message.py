from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import get_lang

from ...engine import service
from ..base.access import MANAGER
from ..calendar.reader_date import LONG, format_day

KINDS = [("sms", "SMS"), ("letter", "Letter")]
STATES = [
    ("waiting", "Waiting"),
    ("sending", "Being sent"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("undelivered", "Not delivered"),
    ("failed", "Refused"),
    ("unknown", "Nobody knows"),
    ("cancelled", "Cancelled"),
]
CANCEL_REASONS = [
    ("opted_out", "Does not want to be contacted"),
    ("blacklisted", "On the blacklist"),
    ("left", "The customer has left the play"),
    ("archived", "Contact is archived"),
    ("late", "Waited for too long"),
    ("taken_back", "Taken back"),
    ("quiet", "Contacted shortly before"),
]
CRON = "customer_value.ir_cron_customer_outreach"


class CustomerOutreachMessage(models.Model):
    """An SMS or letter to a customer, from being written to being there.

    Letters are printed by people, SMS are sent by the job alone (``_cron_send``). Which is sent
    is decided in a transaction of its own *before* anything goes out: who is killed in between
    leaves *being sent*, and later *nobody knows*, never a second message.
    """

    _name = "customer.outreach.message"
    _description = "Message to a Customer"
    _contact_history = ("partner_id",)
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"

    channel = fields.Selection(selection=KINDS, required=True, readonly=True)
    state = fields.Selection(
        selection=STATES, required=True, default="waiting", readonly=True, index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        compute="_compute_customer_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        index=True,
    )
    user_id = fields.Many2one(
        string="Salesperson",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    address = fields.Char(string="Number or address", readonly=True)
    title = fields.Char(readonly=True)
    text = fields.Text(readonly=True)
    way_out = fields.Char(string="How to opt out", readonly=True)
    lang = fields.Char(string="Language", readonly=True)
    parts = fields.Integer(
        compute="_compute_parts",
        store=True,
        aggregator="sum",
        help="An SMS of Latin letters holds 160, of Persian ones 70; several parts 153 and 67 "
        "each.",
    )
    request_id = fields.Char(
        required=True, readonly=True, default=lambda self: uuid4().hex, copy=False
    )
    attempt_count = fields.Integer(string="Attempts", readonly=True)
    next_try = fields.Datetime(readonly=True, default=fields.Datetime.now)
    claimed_on = fields.Datetime(readonly=True)
    sent_on = fields.Datetime(readonly=True)
    next_check = fields.Datetime(readonly=True)
    check_count = fields.Integer(readonly=True)
    gateway_ref = fields.Char(string="Number at the gateway", readonly=True)
    cancel_reason = fields.Selection(selection=CANCEL_REASONS, string="Why not", readonly=True)
    error = fields.Char(readonly=True)
    answer = fields.Text(string="What came back", readonly=True, groups="base.group_system")

    _request_uniq = models.UniqueIndex("(request_id)")
    _waiting_idx = models.Index("(next_try, id) WHERE state = 'waiting' AND channel = 'sms'")
    _sending_idx = models.Index("(claimed_on) WHERE state = 'sending'")
    _check_idx = models.Index("(next_check, id) WHERE next_check IS NOT NULL")

    @api.depends("partner_id.commercial_partner_id")
    def _compute_customer_id(self):
        for message in self:
            message.customer_id = message.partner_id.commercial_partner_id

    @api.depends("channel", "text", "way_out")
    def _compute_parts(self):
        for message in self:
            is_sms = message.channel == "sms"
            message.parts = service.measure_sms(message._get_body()).parts if is_sms else 0

    def _get_body(self):
        """Return the whole text of an SMS: what is said, and how to hear no more."""
        self.ensure_one()
        return "\n".join(filter(None, (self.text, self.way_out)))

    # === WHAT PEOPLE DO ===

    def action_send_again(self):
        """Send what failed, or nobody knows about, once more under its old id. Public: button.

        :raise AccessError: for everybody but managers
        :raise UserError: what is on its way, or there
        """
        messages = self._check_decision(("unknown", "failed"))
        messages._set_state(
            "waiting", next_try=fields.Datetime.now(), attempt_count=0, error=False, answer=False
        )
        self._wake_sender()
        return True

    def action_note_sent(self):
        """Note that a message nobody knew about went out. Public: button.

        :raise AccessError: for everybody but managers
        :raise UserError: any other message
        """
        self._check_decision(("unknown",))._set_state("sent", sent_on=fields.Datetime.now())
        return True

    def action_print(self):
        """Print letters, all in one file; who opted out meanwhile is left out. Public: button.

        :raise AccessError: for everybody but managers
        :raise UserError: where there is no letter left to be printed
        """
        letters = self._check_decision(("waiting", "sent"))
        letters = letters.filtered(lambda message: message.channel == "letter").sorted("id")
        letters -= letters._cancel_refused()
        if not letters:
            raise UserError(self.env._("There is no letter to print."))
        new = letters.filtered(lambda letter: letter.state == "waiting")
        new._set_state("sent", sent_on=fields.Datetime.now())
        report = self.env.ref("customer_value.report_outreach_letter")
        return report.report_action(letters.sudo(False), config=False)

    def action_open_partner(self):
        """Open the contact. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action(context={})

    def _check_decision(self, states):
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers decide about messages to customers."))
        messages = self.sudo()
        messages.lock_for_update()
        if any(message.state not in states for message in messages):
            raise UserError(
                self.env._(
                    "Only messages that failed, or whose outcome nobody knows, can be decided "
                    "about; letters, until they are cancelled."
                )
            )
        return messages

    # === THE LETTER ===

    @api.model
    def _get_direction(self):
        """Return ``rtl`` or ``ltr``."""
        return get_lang(self.env).direction

    def _get_address_lines(self):
        """Return the lines of the window: who, and where."""
        self.ensure_one()
        lines = self.partner_id._display_address().splitlines()
        customer = self.customer_id.name if self.customer_id != self.partner_id else ""
        names = [customer or "", self.partner_id.name or ""]
        found = [" ".join(line.split()) for line in (*names, *lines) if line.strip()]
        return list(dict.fromkeys(found))

    def _get_sender_line(self):
        """Return who writes, in one line above the address."""
        address = self.company_id.partner_id._display_address(without_company=True)
        lines = (self.company_id.name, *address.splitlines())
        return " · ".join(line.strip() for line in lines if line.strip())

    def _get_letter_date(self):
        """Return the day of the letter as it is written in its language."""
        moment = self.sent_on or fields.Datetime.now()
        return format_day(self.env, moment, date_format=LONG, company=self.company_id)

    # === STATES ===

    def _set_state(self, state, **values):
        """Write a new state; who made the message hears of it (``_follow_state``)."""
        self.write({"state": state, **values})
        self._follow_state()

    def _follow_state(self):
        """Hook: what a new state changes elsewhere."""

    def _cancel_refused(self):
        """Cancel what may not be sent any more; return it."""
        obstacles = self._find_obstacles()
        for reason, messages in self.grouped(obstacles.get).items():
            if reason:
                messages._set_state("cancelled", cancel_reason=reason)
        return self.filtered(obstacles.get)

    def _find_obstacles(self):
        """Return {message: reason} of those that may not be sent, as of this moment."""
        optouts = self.env["customer.play.optout"]
        blocked = self._find_blacklisted()
        obstacles = dict.fromkeys(self._find_second_ones(), "quiet")
        for channel, messages in self.grouped("channel").items():
            customers = optouts._find_customers(channel, messages.customer_id)
            addresses = optouts._find_addresses({*messages.mapped("address")}, channel)
            for message in messages:
                if message.customer_id in customers or message.address in addresses:
                    obstacles[message] = "opted_out"
                elif message.address in blocked:
                    obstacles[message] = "blacklisted"
                elif not message.partner_id.active or not message.customer_id.active:
                    obstacles[message] = "archived"
        return obstacles

    def _find_blacklisted(self):
        numbers = self.filtered(lambda message: message.channel == "sms").mapped("address")
        rows = self.env["phone.blacklist"].sudo().search([("number", "in", numbers)])
        return {*rows.mapped("number")}

    @api.model
    def _wake_sender(self, moment=None):
        self.env.ref(CRON).sudo()._trigger(moment)
