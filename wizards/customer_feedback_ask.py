from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..models.feedback.customer_feedback import FEEDBACK_KINDS
from ..models.guard.digits import write_digits

MAX_CONTACTS = 10_000
MAX_NAMED = 5


class CustomerFeedbackAsk(models.TransientModel):
    """Ask chosen contacts by hand; the limits of asking hold for them, too."""

    _name = "customer.feedback.ask"
    _description = "Ask for Feedback"
    _inherit = "customer.gate.mixin"

    kind = fields.Selection(
        selection=FEEDBACK_KINDS, string="Question", required=True, default="nps"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    partner_ids = fields.Many2many(
        string="Contacts",
        comodel_name="res.partner",
        required=True,
        default=lambda self: self._default_partners(),
    )
    contact_count = fields.Integer(string="Number of contacts", compute="_compute_contact_count")
    reminder_days = fields.Integer(string="Reminder after (days)", default=7)
    valid_days = fields.Integer(string="Link valid (days)", default=30)

    @api.model
    def _default_partners(self):
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        if model == "customer.complaint":
            complaints = self.env[model].browse(ids)
            complaints.check_access("read")
            ids = complaints.partner_id.ids
        elif model != "res.partner":
            return []
        return [Command.set(ids)]

    @api.depends("partner_ids")
    def _compute_contact_count(self):
        for wizard in self:
            wizard.contact_count = len(wizard.partner_ids)

    def action_ask(self):
        """Queue one request per contact; the cron sends those that may be asked. Public: button.

        :raise UserError: without contacts, with too many or those of another company, or with
            impossible days
        :raise AccessError: for users who may not ask, or read a contact
        """
        self.ensure_one()
        self._check_may_ask()
        requests = self.env["customer.feedback.request"].sudo()
        requests.create(
            [
                {
                    "cause": "manual",
                    "kind": self.kind,
                    "company_id": self.company_id.id,
                    "partner_id": partner.id,
                    "event_date": fields.Datetime.now(),
                    "reminder_days": self.reminder_days,
                    "valid_days": self.valid_days,
                }
                for partner in self.partner_ids
            ]
        )
        requests._wake_worker()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s contacts will be asked, except those asked shortly before or who "
                    "do not want to be. Requests show who was.",
                    count=write_digits(self.env, len(self.partner_ids)),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_may_ask(self):
        self.partner_ids.check_access("read")
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "Choose %(company)s among your companies first.", company=self.company_id.name
                )
            )
        if not 0 < len(self.partner_ids) <= MAX_CONTACTS:
            raise UserError(self.env._("Choose 1 to %(most)s contacts to ask.", most=MAX_CONTACTS))
        if others := self.partner_ids._filter_of_others(self.company_id):
            raise UserError(
                self.env._(
                    "These contacts belong to another company than %(company)s: %(contacts)s "
                    "(%(count)s in all). Take them off.",
                    count=len(others),
                    company=self.company_id.name,
                    contacts=format_list(
                        self.env, [one._get_plain_name() for one in others[:MAX_NAMED]]
                    ),
                )
            )
        if not (0 <= self.reminder_days <= 365 and 1 <= self.valid_days <= 365):
            raise UserError(
                self.env._("A reminder is 0 to 365 days after, and a link is valid 1 to 365 days.")
            )
