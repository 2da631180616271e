from datetime import timedelta

from odoo import api, fields, models

from ...engine import phone_call
from ..interaction.customer_interaction import DIRECTIONS

STATES = [
    ("ringing", "Ringing"),
    ("answered", "In progress"),
    ("done", "Answered"),
    ("missed", "Not answered"),
    ("voicemail", "Message left"),
]
ENDED = ("done", "missed", "voicemail")
# A longer one, as one that ends before it begins, comes of clocks that differ: nobody knows.
LONGEST_CALL = timedelta(days=1)


class CustomerCall(models.Model):
    """A phone call as the telephone system tells of it; when it ends it is an interaction.

    Rows are written by the intake only (docs/telephony.md). ``evidence`` is the merge of all
    events; every other value follows from it.
    """

    _name = "customer.call"
    _description = "Phone Call"
    _order = "start_date desc, id desc"
    _rec_name = "number"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    call_id = fields.Char(
        string="Call id", required=True, readonly=True, help="As the telephone system names it."
    )
    evidence = fields.Json(readonly=True, groups="base.group_system")
    state = fields.Selection(selection=STATES, required=True, readonly=True, default="ringing")
    direction = fields.Selection(selection=DIRECTIONS, required=True, readonly=True, default="in")
    from_number = fields.Char(string="From", readonly=True)
    to_number = fields.Char(string="To", readonly=True)
    number = fields.Char(
        string="Phone number", readonly=True, help="Of the customer; empty when withheld."
    )
    start_date = fields.Datetime(string="Started", readonly=True)
    answered_date = fields.Datetime(string="Answered on", readonly=True)
    end_date = fields.Datetime(string="Ended", readonly=True)
    duration_minutes = fields.Float(
        string="Duration (minutes)", readonly=True, help="From answering to hanging up."
    )
    voicemail_url = fields.Char(string="Message", readonly=True)
    agent = fields.Char(readonly=True, help="Login or extension, as it came in.")
    user_id = fields.Many2one(
        string="Our person",
        comodel_name="res.users",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    partner_id = fields.Many2one(
        string="Contact",
        comodel_name="res.partner",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    candidate_ids = fields.Many2many(
        string="Also known under this number",
        comodel_name="res.partner",
        relation="customer_call_candidate_rel",
        column1="call_id",
        column2="partner_id",
        readonly=True,
    )
    interaction_id = fields.Many2one(
        comodel_name="customer.interaction",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead", readonly=True, ondelete="set null", index="btree_not_null"
    )

    # Without the contact: merging contacts may not drop rows (docs/architecture.md).
    _call_id_uniq = models.Constraint(
        "UNIQUE(company_id, call_id)", "This call has been recorded already."
    )

    @api.depends("number")
    def _compute_display_name(self):
        for call in self:
            call.display_name = call.number or self.env._("Withheld number")

    @api.model
    def _prepare_call_values(self, evidence):
        """Return the values of a row that the merged events add up to."""
        call = phone_call.derive(evidence)
        minutes = 0.0
        if call.state == "done" and "hangup" in evidence["times"]:
            talked = self._to_datetime(call.ended) - self._to_datetime(call.answered)
            if timedelta(0) < talked <= LONGEST_CALL:
                minutes = round(talked.total_seconds() / 60, 2)
        return {
            "evidence": evidence,
            "state": call.state,
            "direction": call.direction,
            "from_number": call.caller,
            "to_number": call.called,
            "number": call.number,
            "start_date": self._to_datetime(call.start),
            "answered_date": self._to_datetime(call.answered),
            "end_date": self._to_datetime(call.ended),
            "duration_minutes": minutes,
            "voicemail_url": call.voicemail_url,
            "agent": call.agent,
        }

    @api.model
    def _to_datetime(self, text):
        """Read a time of the evidence; Odoo keeps whole seconds."""
        return fields.Datetime.to_datetime(text.partition(".")[0]) if text else False
