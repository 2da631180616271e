from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..engine import service
from ..models.base.access import MANAGER
from ..models.desk.customer_bulk import KINDS
from ..models.feedback.customer_feedback import FEEDBACK_KINDS
from ..models.guard.digits import write_digits

MAX_CUSTOMERS = 10_000
MAX_SMS_SIGNS = 1000
# Mails and plays are begun in windows of their own, with who remains after the dry run.
DONE_BY_US = {kind for kind, _label in KINDS}
CONTACT_FIELDS = ("partner_id", "customer_id")


class CustomerBulkStart(models.TransientModel):
    """One step for the customers chosen in any list, after a dry run: who not, and why."""

    _name = "customer.bulk.start"
    _description = "Start a Step for Many Customers"
    _inherit = ["customer.gate.mixin", "customer.date.bounds.mixin"]

    kind = fields.Selection(
        selection=lambda self: self._get_kinds(),
        string="What to do",
        required=True,
        default="activity",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    partner_ids = fields.Many2many(
        string="Customers",
        comodel_name="res.partner",
        context={"active_test": False},
        default=lambda self: self._default_partners(),
    )
    user_id = fields.Many2one(
        string="Who",
        comodel_name="res.users",
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty for a follow-up: the salesperson of each, and you where there is none.",
    )
    activity_type_id = fields.Many2one(
        string="Activity",
        comodel_name="mail.activity.type",
        ondelete="cascade",
        domain="[('res_model', 'in', (False, 'res.partner'))]",
        default=lambda self: self.env.ref("mail.mail_activity_data_call", False),
    )
    summary = fields.Char(string="What about")
    date_deadline = fields.Date(string="Due", default=fields.Date.context_today)
    question = fields.Selection(selection=FEEDBACK_KINDS, default="nps")
    text = fields.Text(
        string="SMS",
        help="Places: {name}, {company}, {salesperson}, {phone}. How to opt out is always added.",
    )
    text_length = fields.Char(string="Length", compute="_compute_text_length")
    can_send_sms = fields.Boolean(compute="_compute_can_send_sms")
    # === THE DRY RUN === #
    found_count = fields.Integer(string="Chosen", compute="_compute_preview")
    done_count = fields.Integer(string="Will be done for", compute="_compute_preview")
    left_out_text = fields.Text(string="Left out", compute="_compute_preview")

    @api.model
    def _get_kinds(self):
        labels = [
            ("activity", self.env._("Plan a follow-up")),
            ("assign", self.env._("Assign a salesperson")),
            ("feedback", self.env._("Ask for feedback")),
            ("sms", self.env._("Write an SMS")),
            ("mail", self.env._("Write a mail")),
        ]
        if self.env.user.has_group(MANAGER):
            labels.append(("play", self.env._("Start a play")))
        return labels

    @api.model
    def _default_partners(self):
        """Return the contacts of the rows chosen in a list, whatever the list is of."""
        model = self.env.context.get("active_model")
        ids = [id_ for id_ in self.env.context.get("active_ids") or () if type(id_) is int]
        if model not in self.env or not ids:
            return []
        records = self.env[model].with_context(active_test=False).search([("id", "in", ids)])
        if model == "res.partner":
            return [Command.set(records.ids)]
        name = next((name for name in CONTACT_FIELDS if name in records._fields), None)
        if not name or records._fields[name].comodel_name != "res.partner":
            return []
        partners = records.mapped(name)._filtered_access("read")
        return [Command.set(partners.ids)]

    @api.depends("text")
    def _compute_text_length(self):
        """Say how many SMS each pays for, with what tells how to opt out."""
        way_out = self.env["customer.play.action"]._get_sample_way_out()
        for wizard in self:
            body = "\n".join((wizard.text or "", way_out))
            wizard.text_length = self.env._(
                "%(signs)s signs with the way to opt out: %(parts)s SMS for each. Names may add "
                "to it.",
                signs=write_digits(self.env, len(body)),
                parts=write_digits(self.env, service.measure_sms(body).parts),
            )

    @api.depends("company_id")
    def _compute_can_send_sms(self):
        for wizard in self:
            wizard.can_send_sms = wizard.company_id._can_send_sms()

    @api.depends("kind", "partner_ids", "company_id", "user_id", "activity_type_id")
    def _compute_preview(self):
        for wizard in self:
            partners, left_out = wizard._split()
            wizard.found_count = len(partners)
            wizard.done_count = len(partners) - len(left_out)
            wizard.left_out_text = wizard._get_left_out_text(left_out)

    @api.model
    def _get_left_out_text(self, left_out):
        """Return how many are left out for each reason, in words; "" for nobody."""
        field = self.env["customer.bulk.line"]._fields["reason"]
        labels = dict(field._description_selection(self.env))
        reasons = list(left_out.values())
        texts = [f"{labels[one]}: {reasons.count(one)}" for one in labels if one in reasons]
        return format_list(self.env, texts) if texts else ""

    def _split(self):
        """Return the contacts a step is about, and {contact: reason} of those left out."""
        partners = self.with_context(active_test=False).partner_ids._origin
        if self.kind == "assign":
            partners = partners.commercial_partner_id
        if not partners or self.kind == "play":
            return partners, {}
        bulk = self.env["customer.bulk"]
        if self.kind == "mail":
            return partners, self._leave_out_mail(partners)
        return partners, bulk._get_left_out(self.kind, partners, self._get_options())

    def _leave_out_mail(self, partners):
        blacklisted = self.env["customer.bulk"]._find_blacklisted(partners)
        left_out = {partner: "archived" for partner in partners if not partner.active}
        for partner in partners - partners.browse([one.id for one in left_out]):
            if not partner.email_normalized:
                left_out[partner] = "no_email"
            elif partner.email_normalized in blacklisted:
                left_out[partner] = "blacklisted"
        return left_out

    def _get_options(self):
        return {
            "company_id": self.company_id,
            "user_id": self.user_id,
            "activity_type_id": self.activity_type_id,
            "summary": self.summary,
            "date_deadline": self.date_deadline,
            "question": self.question,
            "text": self.text,
            "reminder_days": 7,
            "valid_days": 30,
        }

    # === BUTTONS ===

    def action_start(self):
        """Do it for all that are not left out, or go on to the window of mails or plays.

        Public: button.

        :return: a notification with a button that takes it back, or the next window
        :raise AccessError: for users who do not work with customers
        :raise UserError: nobody is left, too many, or something to decide is missing
        """
        self.ensure_one()
        partners, left_out = self._split()
        self._check_start(partners, left_out)
        chosen = partners.filtered(lambda partner: partner not in left_out)
        if self.kind not in DONE_BY_US:
            return getattr(self, f"_get_{self.kind}_action")(chosen)
        options = self._get_options()
        bulk = self.env["customer.bulk"]._start(self.kind, partners, left_out, options)
        message = self.env._(
            "Done for %(done)s of %(count)s.",
            done=write_digits(self.env, len(chosen)),
            count=write_digits(self.env, len(partners)),
        )
        if left_out:
            reasons = self._get_left_out_text(left_out)
            left = self.env._("Left out: %(reasons)s.", reasons=reasons)
            message = f"{message} {left}"
        return {
            "type": "ir.actions.client",
            "tag": "customer_value_bulk_done",
            "params": {
                "bulk_id": bulk.id,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_start(self, partners, left_out):
        self.check_access("write")
        partners.check_access("read")
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "Choose %(company)s among your companies first.", company=self.company_id.name
                )
            )
        if self.kind == "assign" and not self.user_id:
            raise UserError(self.env._("Choose who is to be the salesperson."))
        if self.kind in ("activity", "assign"):
            self._check_person()
        if self.kind == "activity" and not (self.activity_type_id and self.date_deadline):
            raise UserError(self.env._("Choose what is to be done, and by which day."))
        if self.kind == "feedback" and not self.question:
            raise UserError(self.env._("Choose what to ask."))
        if self.kind == "sms":
            self._check_sms()
        if len(partners) > MAX_CUSTOMERS:
            raise UserError(
                self.env._("Choose at most %(most)s customers at once.", most=MAX_CUSTOMERS)
            )
        if len(left_out) == len(partners):
            raise UserError(
                self.env._(
                    "Nobody is left to do this for. %(reasons)s", reasons=self.left_out_text or ""
                )
            )

    def _check_person(self):
        """Who is to do it is one of us: the list says so, a program may name anybody."""
        person = self.user_id.sudo()
        if person and (person.share or self.company_id not in person.company_ids):
            raise UserError(
                self.env._(
                    "%(user)s does not work in %(company)s: choose somebody else.",
                    user=person.name,
                    company=self.company_id.name,
                )
            )

    def _check_sms(self):
        if not self.can_send_sms:
            raise UserError(
                self.env._(
                    "%(company)s sends no SMS yet: a manager chooses in the settings, under “SMS "
                    "and fax”, who sends them.",
                    company=self.company_id.name,
                )
            )
        if not (self.text or "").strip():
            raise UserError(self.env._("Write what the SMS says."))
        if len(self.text) > MAX_SMS_SIGNS:
            raise UserError(
                self.env._("An SMS has at most %(most)s signs here.", most=MAX_SMS_SIGNS)
            )

    def _get_mail_action(self, partners):
        """Return Odoo's window for a mail to each; a mail that has gone cannot be taken back."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write a mail"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "res.partner",
                "default_res_ids": partners.ids,
                "default_composition_mode": "mass_mail",
                "active_model": "res.partner",
                "active_ids": partners.ids,
            },
        }

    def _get_play_action(self, partners):
        actions = self.env["ir.actions.actions"]
        action = actions._for_xml_id("customer_value.customer_play_start_action_partner")
        return action | {
            "context": {
                "active_model": "res.partner",
                "active_id": partners[:1].id,
                "active_ids": partners.ids,
            }
        }
