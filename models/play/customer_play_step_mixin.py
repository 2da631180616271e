from odoo import api, fields, models
from odoo.exceptions import ValidationError

STEP_KINDS = [
    ("activity", "Call by the salesperson"),
    ("email", "E-mail"),
    ("coupon", "Coupon"),
    ("opportunity", "Opportunity"),
]
# What a customer notices; an opportunity or a coupon alone disturbs nobody.
CONTACT_KINDS = ("activity", "email")
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
        help="What the salesperson says or offers; stands in the activity and the opportunity.",
    )
    mail_template_id = fields.Many2one(
        string="Mail",
        comodel_name="mail.template",
        ondelete="restrict",
        domain="[('model', '=', 'customer.play.action')]",
        help="Sent in the language of the contact; a link to opt out is always in it.",
    )
    program_id = fields.Many2one(
        string="Coupon program",
        comodel_name="loyalty.program",
        ondelete="restrict",
        domain="[('program_type', '=', 'coupons')]",
    )

    @api.constrains("day")
    def _check_day(self):
        for step in self:
            if not 0 <= step.day <= MAX_DAY:
                raise ValidationError(
                    self.env._("The day of a step is 0 to %(most)s.", most=MAX_DAY)
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
            "mail_template_id": self.mail_template_id.id,
            "program_id": self.program_id.id,
        }
