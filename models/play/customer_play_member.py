from odoo import api, fields, models

from ..base.access import GROUPS_PROFIT, MANAGER
from ..base.nullable import NullableFloat, NullableMonetary

GROUPS = [("play", "Play"), ("control", "Control")]
SALES = ("out_invoice", "out_receipt")
MEMBER_STATES = [("active", "In the play"), ("left", "Left"), ("finished", "To the end")]
LEAVE_REASONS = [
    ("bought", "Bought"),
    ("paid", "Paid"),
    ("complained", "Complained"),
    ("opted_out", "Does not want to be contacted"),
    ("archived", "Contact is archived"),
    ("merged", "Merged with a customer of another play"),
    ("stopped", "The play was stopped"),
]


class CustomerPlayMember(models.Model):
    """A customer in a play: in which group, until when, and what they brought.

    Whether they leave is asked anew before each step, for many at once.
    """

    _name = "customer.play.member"
    _description = "Customer in a Play"
    _contact_history = ("partner_id",)
    _is_guarded = True
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "play_id desc, group desc, id"
    _rec_name = "partner_id"

    play_id = fields.Many2one(
        comodel_name="customer.play", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade", index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        string="Customer",
        comodel_name="res.partner",
        required=True,
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    group = fields.Selection(selection=GROUPS, required=True, readonly=True)
    state = fields.Selection(
        selection=MEMBER_STATES, required=True, default="active", readonly=True
    )
    leave_reason = fields.Selection(selection=LEAVE_REASONS, string="Why left", readonly=True)
    left_on = fields.Datetime(readonly=True)
    stay_probability = NullableFloat(readonly=True, groups=MANAGER, aggregator="avg")
    expected_gain = NullableMonetary(
        readonly=True,
        groups=GROUPS_PROFIT,
        help="What the play should bring, less its cost, as expected at the start.",
    )
    serve_before = NullableMonetary(
        string="Cost to serve before", readonly=True, groups=GROUPS_PROFIT
    )
    is_reached = fields.Boolean(string="Reached", readonly=True)
    is_answered = fields.Boolean(string="Answered", readonly=True)
    bought_date = fields.Date(string="First bought on", readonly=True)
    is_bought = fields.Boolean(string="Bought", readonly=True)
    is_paid = fields.Boolean(string="Nothing overdue", readonly=True)
    revenue = NullableMonetary(readonly=True, groups=MANAGER)
    gross_profit = NullableMonetary(readonly=True, groups=GROUPS_PROFIT)
    serve_cost = NullableMonetary(string="Cost to serve", readonly=True, groups=GROUPS_PROFIT)
    cost = fields.Monetary(string="Cost of the steps", readonly=True, groups=GROUPS_PROFIT)
    net_profit = NullableMonetary(
        readonly=True,
        groups=GROUPS_PROFIT,
        help="Gross profit of the days measured, less what serving the customer cost in them, less "
        "the cost of the steps.",
    )
    action_ids = fields.One2many(comodel_name="customer.play.action", inverse_name="member_id")

    # Indexes, not constraints: a merge of contacts would delete rows of a table with the latter.
    _play_partner_uniq = models.UniqueIndex("(play_id, partner_id)")
    # Nobody is in two plays at once, whichever company runs them.
    _seat_uniq = models.UniqueIndex("(partner_id) WHERE state = 'active'")

    @api.depends("partner_id")
    def _compute_display_name(self):
        for member in self:
            member.display_name = member.partner_id._get_plain_name()

    def _leave(self, reason):
        """Take no more steps for these customers; what they bring still counts."""
        self.write({"state": "left", "leave_reason": reason, "left_on": fields.Datetime.now()})
        waiting = [("member_id", "in", self.ids), ("state", "=", "waiting")]
        self.env["customer.play.action"].sudo().search(waiting).write(
            {"state": "skipped", "skip_reason": "left"}
        )

    def _merge(self, customer):
        """Give the memberships of merged customers to the one that stays."""
        members = self.search([("partner_id", "in", (self.partner_id | customer).ids)])
        own = members.filtered(lambda member: member.partner_id == customer)
        for member in members - own:
            same_play = own.filtered(lambda one, play=member.play_id: one.play_id == play)
            if same_play:
                member.unlink()
                continue
            if member.state == "active" and "active" in own.mapped("state"):
                member._leave("merged")
            self.flush_model()
            member.partner_id = customer
            own |= member
        self.flush_model()

    # === LEAVING ===

    def _leave_where_due(self, is_done=False):
        """Let those of one play go for whom its reason is gone; return who stays.

        :param is_done: after the step, while it waits to be sent: only who bought, paid or
            complained; whether it may still be sent to the others is asked of their address
        """
        active = self.filtered(lambda member: member.state == "active")
        if not active:
            return active
        play = active.play_id
        play.ensure_one()
        reasons = {}
        finders = [("complained", self._find_complained), play._get_success_finder()]
        if not is_done:
            finders[:0] = [("archived", self._find_archived), ("opted_out", self._find_opted_out)]
        for reason, find in finders:
            for customer in find(play, active.partner_id):
                reasons.setdefault(customer, reason)
        leaving = active.filtered(lambda member: member.partner_id in reasons)
        for reason, members in leaving.grouped(lambda m: reasons[m.partner_id]).items():
            members._leave(reason)
        return active - leaving

    def _find_archived(self, play, customers):
        return customers.filtered(lambda customer: not customer.active)

    def _find_opted_out(self, play, customers):
        """Return who opted out, of whatever channel, since the play began."""
        rows = self.env["customer.play.optout"].sudo()
        domain = [("customer_id", "in", customers.ids), ("date", ">=", play.started_on)]
        return rows.search(domain).customer_id

    def _find_complained(self, play, customers):
        """Return who complained since the play began."""
        complaints = self.env["customer.complaint"].sudo().with_context(active_test=False)
        return complaints.search(
            [
                ("customer_id", "in", customers.ids),
                ("company_id", "in", play.company_id._get_counted_companies().ids),
                ("open_date", ">=", play.started_on),
            ]
        ).customer_id

    def _find_buyers(self, play, customers):
        """Return who ordered or was invoiced since the play began.

        Invoices have a day only: those of the day of the start are from before.
        """
        companies = play.company_id._get_counted_companies().ids
        invoices = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [
                    ("commercial_partner_id", "in", customers.ids),
                    ("company_id", "in", companies),
                    ("state", "=", "posted"),
                    ("move_type", "in", SALES),
                    ("invoice_date", ">", play.start_date),
                    ("amount_untaxed_signed", ">", 0),
                ],
                ["commercial_partner_id"],
            )
        )
        orders = (
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [
                    ("partner_id.commercial_partner_id", "in", customers.ids),
                    ("company_id", "in", companies),
                    ("state", "=", "sale"),
                    ("date_order", ">=", play.started_on),
                ],
                ["partner_id"],
            )
        )
        buyers = self.env["res.partner"].union(*(partner for (partner,) in invoices))
        return buyers.union(*(partner.commercial_partner_id for (partner,) in orders))

    def _find_payers(self, play, customers):
        """Return who owes nothing that is overdue any more."""
        profiles = self.env["customer.profile"].sudo()
        owing = profiles.search(
            [
                ("partner_id", "in", customers.ids),
                ("company_id", "=", play.company_id.id),
                ("overdue_amount", ">", 0),
            ]
        )
        return customers - owing.partner_id

    # === SCREENS ===

    def action_open_partner(self):
        """Open the customer. Public: button."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action(context={})
