from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import service
from ..base.folded_text import FoldedChar

CHANNEL_KINDS = [("email", "Email"), ("fax", "Fax"), ("letter", "Letter"), ("other", "Other")]


class CustomerIntakeChannel(models.Model):
    """An address customers write to; every mail there becomes an interaction.

    Fax gateways and scanners send mails, too: for faxes the sender is found by the number in
    the subject or the sender, as the mail itself comes from the gateway.
    """

    _name = "customer.intake.channel"
    _description = "Intake Channel"
    _inherit = ["customer.company.mixin", "customer.gate.mixin", "mail.alias.mixin"]
    # What mails become: whoever could say would name any record, with all rights.
    _guarded_fields = frozenset({"alias_defaults", "alias_model_id", "alias_force_thread_id"})
    _order = "sequence, name, id"
    _check_company_auto = True

    name = FoldedChar(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(selection=CHANNEL_KINDS, required=True, default="email")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        ondelete="set null",
        check_company=True,
        help="Answers what comes in here.",
    )
    user_id = fields.Many2one(
        string="Responsible",
        comodel_name="res.users",
        ondelete="set null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Gets what comes in here, and is told of it.",
    )
    number_patterns = fields.Text(
        string="Where the number stands",
        default=service.DEFAULT_FAX_PATTERNS,
        help="One pattern in each line, tried on the subject, then on the sender: plain text with "
        "{number} where the fax number stands, and * for any short text.",
    )
    alias_id = fields.Many2one(help="Mails to this address become interactions.")
    interaction_count = fields.Integer(compute="_compute_interaction_count")

    @api.depends_context("uid")
    def _compute_interaction_count(self):
        counts = dict(
            self.env["customer.interaction"]._read_group(
                [("channel_id", "in", self.ids)], ["channel_id"], ["__count"]
            )
        )
        for channel in self:
            channel.interaction_count = counts.get(channel, 0)

    @api.constrains("number_patterns")
    def _check_number_patterns(self):
        for channel in self:
            try:
                service.compile_fax_patterns(channel.number_patterns)
            except service.FaxPatternError as error:
                raise ValidationError(channel._explain_pattern(*error.args)) from error

    def _explain_pattern(self, reason, pattern):
        if reason == "count":
            return self.env._("A channel can have %(count)s patterns at most.", count=pattern)
        if reason == "length":
            return self.env._(
                "The pattern “%(pattern)s…” is longer than %(count)s characters.",
                pattern=pattern[:40],
                count=service.MAX_PATTERN_LENGTH,
            )
        if reason == "stars":
            return self.env._(
                "The pattern “%(pattern)s” may hold * %(count)s times at most.",
                pattern=pattern,
                count=service.MAX_STARS,
            )
        return self.env._(
            "The pattern “%(pattern)s” has to hold {number} once, where the fax number stands.",
            pattern=pattern,
        )

    def _find_fax_number(self, *texts):
        """Return the sender's number as the channel's patterns find it, or ``""``."""
        self.ensure_one()
        return service.find_fax_number(service.compile_fax_patterns(self.number_patterns), texts)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("customer.interaction")
        if self.id:
            defaults = literal_eval(self.alias_defaults or "{}")
            values["alias_defaults"] = {**defaults, "channel_id": self.id}
        return values

    def action_open_interactions(self):
        """Open what came in on the channel. Public: button."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "customer.interaction",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "mobile_view_mode": "kanban",
            "domain": [("channel_id", "=", self.id)],
        }
