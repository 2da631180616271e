from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import phone_call
from .customer_call import ENDED


class CustomerCall(models.Model):
    """Takes the events of a telephone system in: any order, any number of times."""

    _inherit = "customer.call"

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
        evidence = phone_call.merge(call.evidence or {}, event)
        if evidence == call.evidence:
            return call, False
        before = {"state": call.state, "user": call.user_id} if call.evidence else {}
        logged = call._prepare_interaction_values() if call.interaction_id else {}
        values = call._prepare_call_values(evidence)
        agents = call._find_agents(evidence)
        values["user_id"] = agents.get(values["agent"], self.env["res.users"]).id
        if values["number"] != (call.number or "") or not call.partner_id:
            partners = model.env["res.partner"]._find_customers_by_number(values["number"], company)
            values["partner_id"] = partners[:1].id
            values["candidate_ids"] = [fields.Command.set(partners[1:].ids)]
        call.write(values)
        if call.interaction_id:
            call._update_interaction(logged)
        elif call.state in ENDED and before.get("state") not in ENDED:
            call._create_interaction()
        call._notify_agents(event, before, agents)
        return call, True

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
        names.add(phone_call.derive(evidence).agent)
        return self.env["res.users"]._find_phone_agents(self.company_id, names - {""})
