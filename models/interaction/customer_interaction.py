from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..base.folded_text import FoldedChar, FoldedText, GramsIndex, IndexedFoldedChar

KINDS = [
    ("call", "Call"),
    ("visit", "Visit"),
    ("meeting", "Meeting"),
    ("email", "Email"),
    ("sms", "SMS"),
    ("chat", "Chat"),
    ("fax", "Fax"),
    ("letter", "Letter"),
    ("other", "Other"),
]
DIRECTIONS = [("in", "Incoming"), ("out", "Outgoing"), ("both", "Both ways")]
OUTCOMES = [
    ("reached", "Reached"),
    ("not_reached", "Not reached"),
    ("message_left", "Message left"),
    ("callback", "To be called back"),
    ("done", "Dealt with"),
]
# Outcomes of an attempt that got through to nobody: neither an answer nor a contact.
UNREACHED = "not_reached"
# Three working days of one person: what takes longer is logged day by day. It is a cost.
MAX_MINUTES = 24 * 60
# What older versions took; "not a number" compares as greater than all.
MAX_MINUTES_EVER = 100_000
UNDO_MINUTES = 10


class CustomerInteraction(models.Model):
    """A contact between the company and a customer that left no document of its own.

    The next step planned along with an interaction, and taking both back.
    """

    _name = "customer.interaction"
    _description = "Customer Interaction"
    # Subjects and notes can come from anybody who writes to the company: exported, they are text.
    _inherit = [
        "customer.company.mixin",
        "customer.gate.mixin",
        "customer.refresh.source.mixin",
        "customer.contact.mixin",
        "customer.correspondence.mixin",
        "customer.request.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _rec_name = "subject"
    _check_company_auto = True
    _guarded_fields = frozenset({"customer_id", "customer_origin_id"})
    _refresh_reason = "interaction"
    _refresh_fields = frozenset({"partner_id", "company_id", "date", "duration_minutes", "outcome"})

    kind = fields.Selection(selection=KINDS, required=True, default="call")
    direction = fields.Selection(selection=DIRECTIONS, required=True, default="out")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    duration_minutes = fields.Float(
        string="Duration (minutes)", help="Working time it took; counts in the cost to serve."
    )
    subject = IndexedFoldedChar(
        compute="_compute_subject", store=True, readonly=False, precompute=True, required=True
    )
    note = FoldedText(string="Internal note")
    outcome = fields.Selection(selection=OUTCOMES)
    reason_id = fields.Many2one(
        comodel_name="customer.interaction.reason",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        ondelete="restrict",
        index=True,
        help="Empty while it is not known who called or wrote.",
    )
    address = FoldedChar(
        string="Phone or e-mail", help="As it came in, for senders nobody knows yet."
    )
    participant_ids = fields.Many2many(
        string="Participants",
        comodel_name="res.partner",
        relation="customer_interaction_participant_rel",
        column1="interaction_id",
        column2="partner_id",
        context={"active_test": False},  # who was there is told although archived since
        help="Others who took part, on both sides.",
    )
    user_id = fields.Many2one(
        string="Our person",
        comodel_name="res.users",
        ondelete="set null",
        index="btree_not_null",
        default=lambda self: self.env.user,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    res_model = fields.Char(string="Document model")
    res_id = fields.Many2oneReference(string="Document", model_field="res_model")
    needs_answer = fields.Boolean(help="The customer waits for an answer.")
    answered_date = fields.Datetime(readonly=True, copy=False)
    # The index serves the deletion of activities, which looks for references.
    next_activity_id = fields.Many2one(
        string="Next step",
        comodel_name="mail.activity",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )

    # Without the customer: merging contacts may not drop rows (docs/architecture.md).
    _request_key_uniq = models.Constraint(
        "UNIQUE(company_id, request_key)",
        "This request has been recorded already.",
    )
    _duration_range = models.Constraint(
        f"CHECK(duration_minutes >= 0 AND duration_minutes < {MAX_MINUTES_EVER})",
        "The duration of an interaction must be between 0 and 100,000 minutes.",
    )
    _customer_idx = models.Index("(customer_id, date DESC, id DESC)")
    _subject_grams_idx = GramsIndex("subject")
    _waiting_idx = models.Index("(company_id, date) WHERE needs_answer AND answered_date IS NULL")
    # The timeline asks of each meeting whether it was logged.
    _meeting_idx = models.Index("(res_id) WHERE res_model = 'calendar.event'")

    @api.constrains("duration_minutes")
    def _check_duration_minutes(self):
        """Minutes are a cost: a slip of the pen would make a customer unprofitable."""
        for interaction in self:
            if not 0 <= interaction.duration_minutes <= MAX_MINUTES:
                raise ValidationError(
                    self.env._(
                        "%(minutes)s minutes is no working time of one interaction: enter 0 to "
                        "%(most)s, and log what took several days day by day.",
                        minutes=interaction.duration_minutes,
                        most=MAX_MINUTES,
                    )
                )

    @api.depends("kind")
    def _compute_subject(self):
        """Name an interaction after its kind until somebody writes a better subject."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for interaction in self:
            if not interaction.subject or interaction.subject in labels.values():
                interaction.subject = labels.get(interaction.kind, labels["other"])

    @api.depends("user_id", "company_id")
    def _compute_team_id(self):
        """The sales team of our person, unless somebody chose another or it is of elsewhere."""
        for interaction in self:
            team = interaction.user_id.sale_team_id
            is_ours = team.company_id in (interaction.company_id, self.env["res.company"])
            interaction.team_id = interaction.team_id or (is_ours and team)

    @api.model_create_multi
    def create(self, vals_list):
        """Record interactions; an empty subject becomes the name of the kind.

        An interaction is an entry of a log itself: it needs no "created" message, and who
        writes it down need not follow it.
        """
        vals_list = [
            {name: value for name, value in vals.items() if name != "subject" or value}
            for vals in vals_list
        ]
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        interactions = super(CustomerInteraction, quiet).create(vals_list).with_env(self.env)
        interactions._after_create()
        return interactions

    def action_undo(self):
        """Delete interactions that the user logged just now, with their next steps. Public: RPC.

        :return: True
        :raise AccessError: when the user may not read them
        :raise UserError: when they are gone already, not logged by the user, or ten minutes old
        """
        interactions = self.exists()
        interactions.check_access("read")
        interactions = interactions.sudo()
        # The clock of the database, which also wrote the creation date.
        since = self.env.cr.now() - timedelta(minutes=UNDO_MINUTES)
        if not interactions:
            raise UserError(self.env._("There is nothing to undo: it has been deleted already."))
        if any(
            interaction.create_uid != self.env.user or interaction.create_date < since
            for interaction in interactions
        ):
            raise UserError(
                self.env._(
                    "An interaction can be undone by whoever logged it, for %(minutes)s minutes. "
                    "Open it to correct or delete it.",
                    minutes=UNDO_MINUTES,
                )
            )
        for interaction in interactions:
            interaction._remove_next_step()
        interactions.unlink()
        return True

    def _remove_next_step(self):
        """Delete the step planned along with the interaction, unless it is done.

        Only one its author planned for the same contact or document, and not before.
        """
        activity = self.next_activity_id.filtered("active")
        if not activity or activity.create_uid != self.create_uid:
            return
        if activity.create_date >= self.create_date:
            places = [self, self.partner_id]
            if self.res_id and self.res_model in self.env:
                places.append(self.env[self.res_model].browse(self.res_id))
            activity._remove_from(*places)
