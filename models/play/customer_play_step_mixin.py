from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import service
from ..guard.digits import write_digits
from ..outreach.customer_play_optout import CHANNELS

STEP_KINDS = [*CHANNELS, ("coupon", "Coupon"), ("opportunity", "Opportunity")]
CONTACT_KINDS = tuple(kind for kind, _label in CHANNELS)
# Ways that need an address or number of their own.
WRITTEN_KINDS = ("email", "sms", "letter", "fax")
TEXT_KINDS = ("sms", "letter", "fax")
MAX_DAY = 365


class CustomerPlayStepMixin(models.AbstractModel):
    """What is done for each customer of a play, and on which day."""

    _name = "customer.play.step.mixin"
    _description = "What Is Done in a Play"
    _order = "day, sequence, id"
    _rec_name = "name"

    name = fields.Char(string="What", required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection=STEP_KINDS, required=True, default="activity")
    day = fields.Integer(help="Days after the start; 0 is the day of the start.")
    note = fields.Text(
        string="What to offer",
        translate=True,
        help="What the salesperson says or offers; stands in the activity and the opportunity. "
        "Places as in a text, such as {referral_code}.",
    )
    mail_template_id = fields.Many2one(
        string="Mail",
        comodel_name="mail.template",
        ondelete="restrict",
        domain="[('model', '=', 'customer.play.action')]",
        help="Sent in the language of the contact; a link to opt out is always in it.",
    )
    text = fields.Text(
        translate=True,
        help="Of an SMS, letter or fax, in the language of the contact. Places: {name}, {company}, "
        "{salesperson}, {phone}, {coupon}, {referral_code}, {referral_link}. How to opt out is "
        "always added.",
    )
    text_length = fields.Char(string="Length", compute="_compute_text_length")
    program_id = fields.Many2one(
        string="Coupon program",
        comodel_name="loyalty.program",
        ondelete="restrict",
        domain="[('program_type', '=', 'coupons')]",
    )

    @api.depends("kind", "text")
    def _compute_text_length(self):
        """Say how many SMS a text takes, with what tells how to opt out."""
        for step in self:
            step.text_length = step._get_text_length() if step.kind == "sms" else ""

    def _get_text_length(self):
        actions = self.env["customer.play.action"]
        body = "\n".join((self.text or "", actions._get_sample_way_out()))
        length = service.measure_sms(body)
        return self.env._(
            "%(signs)s signs with the way to opt out: %(parts)s SMS. Names and coupons may add "
            "to it.",
            signs=write_digits(self.env, len(body)),
            parts=write_digits(self.env, length.parts),
        )

    @api.constrains("day")
    def _check_day(self):
        for step in self:
            if not 0 <= step.day <= MAX_DAY:
                raise ValidationError(
                    self.env._("The day of a step is 0 to %(most)s.", most=MAX_DAY)
                )

    @api.constrains("mail_template_id", "program_id")
    def _check_made_for_plays(self):
        """A template of something else would be filled from a record of the same number."""
        for step in self.sudo():
            template, program = step.mail_template_id, step.program_id
            if template and template.model != "customer.play.action":
                raise ValidationError(
                    self.env._(
                        "%(template)s is not made for plays: choose a mail of plays.",
                        template=template.name,
                    )
                )
            if program and program.program_type != "coupons":
                raise ValidationError(
                    self.env._(
                        "%(program)s gives no coupons: choose a coupon program.",
                        program=program.name,
                    )
                )

    def _get_copied_values(self):
        """Return what a step of a play takes over from this one."""
        self.ensure_one()
        return {
            "name": self.name,
            "sequence": self.sequence,
            "kind": self.kind,
            "day": self.day,
            "note": self.note,
            "text": self.text,
            "mail_template_id": self.mail_template_id.id,
            "program_id": self.program_id.id,
        }
