from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

from ..play.customer_play_step_mixin import CONTACT_KINDS


class CustomerBulk(models.Model):
    """What each kind of step for many does, whom it leaves out, and how it is taken back.

    Set-wise: the same number of queries for ten customers and a thousand.
    """

    _inherit = "customer.bulk"

    @api.model
    def _get_left_out(self, kind, partners, options):
        """Return contact -> reason of those a step leaves out; the first reason that holds.

        :param options: what the window says, see ``customer.bulk.start``
        """
        left_out = getattr(self, f"_leave_out_{kind}")(partners, options)
        left_out |= {partner: "archived" for partner in partners if not partner.active}
        return left_out

    @api.model
    def _start(self, kind, partners, left_out, options):
        """Do a step for contacts, and write the journal.

        :return: the journal
        """
        values = [
            {"partner_id": partner.id, "state": "left_out", "reason": reason}
            for partner, reason in left_out.items()
        ]
        chosen = partners.filtered(lambda partner: partner not in left_out)
        values += [
            done | {"state": "done"} for done in getattr(self, f"_do_{kind}")(chosen, options)
        ]
        # With all rights: nobody writes the journal but this; who may act was asked before.
        return self.sudo().create(
            {
                "kind": kind,
                "company_id": options["company_id"].id,
                "user_id": self.env.uid,
                "line_ids": [fields.Command.create(line) for line in values],
            }
        )

    # === FOLLOW-UPS ===

    def _leave_out_activity(self, partners, options):
        # With all rights: whether somebody else has planned it already; nothing else is told.
        planned = (
            self.env["mail.activity"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", partners.ids),
                    ("activity_type_id", "=", options["activity_type_id"].id),
                ],
                ["res_id"],
            )
        )
        ids = set(planned.mapped("res_id"))
        return {partner: "planned" for partner in partners if partner.id in ids}

    def _do_activity(self, partners, options):
        """Plan an activity with each, for the salesperson of each or one person.

        With all rights, as for planning calls: users who work with customers may not all change
        contacts. Nobody is mailed one by one: it is in their list.
        """
        if not partners:
            return []
        kind, user = options["activity_type_id"], options["user_id"]
        # Two at the same moment: one begins anew, and leaves out whom the other planned it with.
        query = "UPDATE mail_activity_type SET id = id WHERE id = %s"
        self.env.cr.execute(SQL(query, kind.id), log_exceptions=False)
        owners = {partner: user or partner.commercial_partner_id.user_id for partner in partners}
        activities = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        model = self.env["ir.model"]._get_id("res.partner")
        created = activities.create(
            [
                {
                    "res_model_id": model,
                    "res_id": partner.id,
                    "activity_type_id": kind.id,
                    "summary": options["summary"] or kind.summary or kind.name,
                    "date_deadline": options["date_deadline"],
                    "user_id": owners[partner].id or self.env.uid,
                }
                for partner in partners
            ]
        )
        return [
            {"partner_id": partner.id, "activity_id": activity.id}
            for partner, activity in zip(partners, created, strict=True)
        ]

    def _undo_activity(self, lines):
        """Delete what is still planned; done activities are archived, and stay."""
        planned = lines.sudo().filtered(
            lambda line: line.activity_id.active and line.activity_id.res_model == "res.partner"
        )
        undone = lines.browse(planned.ids)
        planned.activity_id.unlink()
        return undone

    # === SALESPERSON ===

    def _leave_out_assign(self, partners, options):
        writable = partners._filtered_access("write")
        left_out = {partner: "no_right" for partner in partners - writable}
        same = writable.filtered(lambda partner: partner.user_id == options["user_id"])
        return left_out | dict.fromkeys(same, "same")

    def _do_assign(self, partners, options):
        """Write the salesperson with the user's own rights."""
        user = options["user_id"]
        values = [
            {
                "partner_id": partner.id,
                "old_user_id": partner.user_id.id,
                "new_user_id": user.id,
            }
            for partner in partners
        ]
        partners.write({"user_id": user.id})
        return values

    def _undo_assign(self, lines):
        writable = lines.partner_id._filtered_access("write")
        undone = lines.filtered(
            lambda line: (
                line.partner_id in writable
                and line.new_user_id
                and line.partner_id.user_id == line.new_user_id
            )
        )
        for former, mine in undone.grouped("old_user_id").items():
            mine.partner_id.write({"user_id": former.id})
        return undone

    # === FEEDBACK ===

    def _leave_out_feedback(self, partners, options):
        """Whom asking would leave out, as far as it can be known before; the worker asks again."""
        company = options["company_id"]
        quiet = self._find_quiet_customers(partners, company)
        blacklisted = self._find_blacklisted(partners)
        others = partners._filter_of_others(company)
        left_out, taken = {}, set()
        for partner in partners:
            customer = partner.commercial_partner_id
            if partner in others:
                left_out[partner] = "other_company"
            elif partner.feedback_optout or customer.feedback_optout:
                left_out[partner] = "opt_out"
            elif not email_normalize(partner.email, strict=False):
                left_out[partner] = "no_email"
            elif email_normalize(partner.email, strict=False) in blacklisted:
                left_out[partner] = "blacklisted"
            elif customer.id in quiet:
                left_out[partner] = "quiet"
            elif customer in taken:
                left_out[partner] = "twice"
            else:
                taken.add(customer)
        return left_out

    def _find_quiet_customers(self, partners, company):
        """Return the ids of customers asked within the days of the settings, or in the queue."""
        days = company.sudo().feedback_quiet_days
        self.env["customer.feedback.request"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT customer_id FROM customer_feedback_request
                    WHERE company_id = %s AND customer_id = ANY(%s)
                      AND (state = 'queued' OR sent_date > %s)""",
                company.id,
                partners.commercial_partner_id.ids,
                fields.Datetime.subtract(fields.Datetime.now(), days=days),
            )
        )
        return {customer for (customer,) in rows}

    def _find_blacklisted(self, partners):
        addresses = {email_normalize(partner.email, strict=False) for partner in partners}
        blacklist = self.env["mail.blacklist"].sudo()  # only whether an address is on it
        found = blacklist.search_fetch([("email", "in", list(addresses - {False}))], ["email"])
        return set(found.mapped("email"))

    def _do_feedback(self, partners, options):
        """Queue a question to each, as the window *Ask for feedback* does; the worker sends."""
        requests = self.env["customer.feedback.request"].sudo()
        created = requests.create(
            [
                {
                    "cause": "manual",
                    "kind": options["question"],
                    "company_id": options["company_id"].id,
                    "partner_id": partner.id,
                    "event_date": fields.Datetime.now(),
                    "reminder_days": options["reminder_days"],
                    "valid_days": options["valid_days"],
                }
                for partner in partners
            ]
        )
        requests._wake_worker()
        return [
            {"partner_id": request.partner_id.id, "request_id": request.id} for request in created
        ]

    def _undo_feedback(self, lines):
        """Delete questions that wait; a worker that has one right now keeps it."""
        waiting = lines.sudo().request_id.filtered(lambda request: request.state == "queued")
        free = waiting.try_lock_for_update(allow_referencing=True)
        undone = lines.filtered(lambda line: line.sudo().request_id in free)
        free.unlink()
        return undone

    # === SMS ===

    def _leave_out_sms(self, partners, options):
        """Whom an SMS must not go to; the job asks again who opted out before it sends each."""
        contacts = partners._get_play_contacts("sms")
        written_to = self.env["res.partner"].union(*contacts.values())
        numbers = written_to._get_outreach_addresses("sms")
        others = (partners | written_to)._filter_of_others(options["company_id"])
        customers = partners.commercial_partner_id
        optouts, told = self.env["customer.play.optout"], {*numbers.values()} - {""}
        unwilling = optouts._find_customers("sms", customers)
        refused = optouts._find_addresses(told, "sms")
        blacklist = self.env["phone.blacklist"].sudo()  # only whether a number is on it
        blocked = set(blacklist.search([("number", "in", [*told])]).mapped("number"))
        contacted, written = self._find_contacted_customers(customers, told, options["company_id"])
        left_out, taken = {}, set()
        for partner in partners:
            customer, number = partner.commercial_partner_id, numbers.get(contacts[partner])
            if (partner | contacts[partner]) & others:
                left_out[partner] = "other_company"
            elif not number:
                left_out[partner] = "no_number"
            elif customer in unwilling or number in refused:
                left_out[partner] = "no_sms"
            elif number in blocked:
                left_out[partner] = "number_blacklisted"
            elif customer.id in contacted or number in written:
                left_out[partner] = "contacted"
            elif customer in taken or number in taken:
                left_out[partner] = "twice_written"
            elif partner.active:
                taken |= {customer, number}
        return left_out

    def _find_contacted_customers(self, customers, numbers, company):
        """Return (ids of customers, numbers) contacted within the days of the settings.

        By plays, questions and SMS to a list, those that wait included.
        """
        days = company.sudo().feedback_quiet_days
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        # With all rights: whether somebody was contacted; no action is told.
        actions = self.env["customer.play.action"].sudo()
        done = [
            ("partner_id", "in", customers.ids),
            ("kind", "in", CONTACT_KINDS),
            ("state", "=", "done"),
            ("done_on", ">", since),
        ]
        played = {customer.id for (customer,) in actions._read_group(done, ["partner_id"])}
        messages = self.env["customer.outreach.message"]
        written, told = messages._find_written(customers, numbers, since)
        return played | written | self._find_quiet_customers(customers, company), told

    def _do_sms(self, partners, options):
        """Queue an SMS to each; the job sends them between the hours of the settings."""
        if not partners:
            return []
        contacts = partners._get_play_contacts("sms")
        chosen = self.env["res.partner"].union(*contacts.values())
        messages = self.env["customer.outreach.message"]
        queued = messages._queue_sms(chosen, options["company_id"], options["text"])
        made = {message.partner_id: message for message in queued}
        return [
            {"partner_id": partner.id, "message_id": made[contacts[partner]].id}
            for partner in partners
        ]

    def _undo_sms(self, lines):
        """Cancel what waits; what was tried, is on its way or there stays."""
        taken_back = lines.sudo().message_id._take_back()
        return lines.filtered(lambda line: line.sudo().message_id in taken_back)
