from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import service
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
MAX_CALL_DURATION = timedelta(days=1)


class CustomerCall(models.Model):
    """A phone call as the telephone system tells of it; when it ends it is an interaction.

    Rows are written by the intake only (docs/telephony.md). ``evidence`` is the merge of all
    events; every other value follows from it.

    Takes the events of a telephone system in: any order, any number of times.
    """

    _name = "customer.call"
    _description = "Phone Call"
    _inherit = "customer.date.bounds.mixin"
    _contact_history = ("partner_id",)
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
        call = service.derive_call(evidence)
        minutes = 0.0
        if call.state == "done" and "hangup" in evidence["times"]:
            talked = self._to_datetime(call.ended) - self._to_datetime(call.answered)
            if timedelta(0) < talked <= MAX_CALL_DURATION:
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

    @api.model
    def _register_event(self, company, event):
        """Merge one event into its call and let the consequences follow.

        Runs as superuser; the caller has checked who asks and for which company.

        :param company: the company of the call
        :param event: validated: ``call_id``, ``kind``, ``at``, and any of the facts
        :return: (call, whether the event told anything new)
        """
        model = self.sudo().with_company(company)
        call = model._lock_call(company, event["call_id"])
        evidence = service.merge_call_event(call.evidence or {}, event)
        if evidence == call.evidence:
            return call, False
        before = {"state": call.state, "user": call.user_id} if call.evidence else {}
        logged = call._prepare_interaction_values() if call.interaction_id else {}
        values = call._prepare_call_values(evidence)
        agents = call._find_agents(evidence)
        values["user_id"] = agents.get(values["agent"], self.env["res.users"]).id
        if values["number"] != (call.number or "") or not call.partner_id:
            values |= model._prepare_caller(values["number"], company, call)
        call.write(values)
        if call.interaction_id:
            call._update_interaction(logged)
        elif call.state in ENDED and before.get("state") not in ENDED:
            call._create_interaction()
        call._notify_agents(event, before, agents)
        return call, True

    @api.model
    def _prepare_caller(self, number, company, call):
        """Return the values that tell who calls or is called: a contact, or else a lead."""
        partners, lead = self.env["res.partner"]._find_sender("phone", number, company)
        return {
            "partner_id": partners[:1].id,
            "candidate_ids": [fields.Command.set(partners[1:].ids)],
            # Made of the call by somebody, or known by the number.
            "lead_id": call.lead_id.id or lead.id,
        }

    @api.model
    def _lock_call(self, company, call_id):
        """Return the row of a call, made if need be, locked until the end of the transaction.

        Two events of one call at the same time: the second fails with a serialization error,
        and Odoo serves it again on what the first one has committed.
        """
        # Looked for first: a mere attempt to insert uses up a number of the table.
        found = SQL(
            """SELECT id FROM customer_call
                WHERE company_id = %s AND call_id = %s FOR NO KEY UPDATE""",
            company.id,
            call_id,
        )
        made = SQL(
            """INSERT INTO customer_call
                      (company_id, call_id, state, direction, start_date,
                       create_uid, create_date, write_uid, write_date)
               VALUES (%(company)s, %(call_id)s, 'ringing', 'in', %(now)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s)
               ON CONFLICT (company_id, call_id) DO UPDATE SET call_id = EXCLUDED.call_id
               RETURNING id""",
            company=company.id,
            call_id=call_id,
            now=fields.Datetime.now(),
            uid=self.env.uid,
        )
        for query in (found, made):
            # Meeting another event is no error: no alarm in the log.
            self.env.cr.execute(query, log_exceptions=False)
            if row := self.env.cr.fetchone():
                break
        call = self.browse(row)
        call.invalidate_recordset()
        return call

    def _find_agents(self, evidence):
        """Return name -> user for every agent the events name, in one query."""
        self.ensure_one()
        names = set(evidence["ringing"])
        names.add(service.derive_call(evidence).agent)
        return self.env["res.users"]._find_phone_agents(self.company_id, names - {""})
