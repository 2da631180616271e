import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html

from ..base.input_reader import get_address_forms
from ..outreach.customer_outreach_message_list import NOTHING_SENT
from .customer_play_step_mixin import CONTACT_KINDS, WRITTEN_KINDS

_logger = logging.getLogger(__name__)
BATCH_SIZE = 50
OFFERED_PRODUCTS = 3


class CustomerPlayAction(models.Model):
    """Carrying out what is due, in the job only; safe to kill at any time, with any workers.

    Who holds the lock on a play is alone with it. An action and what it makes (activity, mail,
    coupon, opportunity) are committed together or not at all; the row of the action is locked, so
    a worker that has not seen yet that it was done is rolled back by PostgreSQL.
    """

    _inherit = "customer.play.action"

    @api.model
    def _act_batch(self, limit=BATCH_SIZE):
        """Carry out the oldest due actions of one running play.

        :return: number of actions decided; 0 when there are none or other workers hold them
        """
        plays = self.env["customer.play"].sudo()
        for play in plays.search([("state", "=", "running")], order="id"):
            due = self._find_due(play, limit)
            if not due or not play.try_lock_for_update(allow_referencing=True):
                continue
            due = due.try_lock_for_update(allow_referencing=True)
            if decided := due.with_company(play.company_id)._carry_out(play):
                self.flush_model()
                return decided
        return 0

    @api.model
    def _find_due(self, play, limit):
        today = self.env["customer.profile"]._get_today(play.company_id)
        domain = [("play_id", "=", play.id), ("state", "=", "waiting"), ("due_date", "<=", today)]
        return self.sudo().search(domain, order="due_date, id", limit=limit)

    def _carry_out(self, play):
        """Let those leave whose reason is gone, and do for the others what is due."""
        staying = self.member_id._leave_where_due()
        todo = self.filtered(lambda one: one.member_id in staying and one.state == "waiting")
        todo._prepare_contacts()
        ready = todo._lock_addresses()
        obstacles = ready._find_obstacles(play)
        spent = play.spent
        for action in ready.sorted("id"):
            reason = obstacles.get(action)
            if not reason and play.budget and spent + action.step_id.cost > play.budget:
                reason = "budget"
            if reason:
                action.write({"state": "skipped", "skip_reason": reason})
            elif action._do_isolated():
                spent += action.step_id.cost
        return len(self) - len(todo - ready)

    def _prepare_contacts(self):
        """Note whom each action speaks to, and at which address."""
        for kind, actions in self.grouped("kind").items():
            channel = kind if kind in CONTACT_KINDS else "activity"
            contacts = actions.partner_id._get_play_contacts(channel)
            reached = self.env["res.partner"].union(*contacts.values())
            addresses = reached._get_outreach_addresses(channel)
            for action in actions:
                contact = contacts[action.partner_id]
                action.contact_id = contact or action.partner_id
                is_written = contact and kind in WRITTEN_KINDS
                action.address = addresses[contact] if is_written else False

    def _lock_addresses(self):
        """Return the actions whose address nobody else is deciding about: plays and feedback.

        Of two customers with one address, the first of a batch.
        """
        addresses = sorted({action.address for action in self if action.address})
        names = {f"customer_feedback:{form}" for a in addresses for form in _get_forms(a)}
        rows = self.env.execute_query(
            SQL(
                """SELECT name, pg_try_advisory_xact_lock(hashtextextended(name, 0))
                     FROM unnest(%s::text[]) AS name""",
                sorted(names),
            )
        )
        busy = {name for name, is_locked in rows if not is_locked}
        return self.filtered(
            lambda action: (
                not action.address
                or not busy & {f"customer_feedback:{f}" for f in _get_forms(action.address)}
            )
        )

    # === MAY IT BE DONE ===

    def _find_obstacles(self, play):
        """Return {action: reason} of those that may not be carried out now."""
        contacting = self.filtered(lambda action: action.kind in CONTACT_KINDS)
        refused = contacting._find_refused()
        blocked = contacting._find_blacklisted()
        quiet = contacting._find_quiet(play._get_quiet_since())
        obstacles, taken = {}, set()
        for action in contacting.sorted("id"):
            if action in refused:
                obstacles[action] = "opted_out"
            elif action.kind in WRITTEN_KINDS and not action.address:
                obstacles[action] = "no_address"
            elif action.address and action.address in blocked:
                obstacles[action] = "blacklisted"
            elif action.id in quiet or action.address in taken:
                obstacles[action] = "quiet"
            elif action.address:
                taken.add(action.address)
        return obstacles

    def _find_blacklisted(self):
        """Return the addresses and numbers on Odoo's blacklists."""
        kinds = self.grouped("kind")
        none = self.browse()
        mails, numbers = (kinds.get(kind, none).mapped("address") for kind in ("email", "sms"))
        emails = self.env["mail.blacklist"].sudo().search([("email", "in", mails)])
        phones = self.env["phone.blacklist"].sudo().search([("number", "in", numbers)])
        return {*emails.mapped("email"), *phones.mapped("number")}

    def _find_refused(self):
        """Return those whose customer wants nothing by their way, or where nothing is wanted."""
        optouts = self.env["customer.play.optout"]
        refused = self.browse()
        for kind, actions in self.grouped("kind").items():
            customers = optouts._find_customers(kind, actions.partner_id)
            places = actions._get_told_places(kind)
            told = optouts._find_addresses({one for own in places.values() for one in own}, kind)
            refused |= actions.filtered(
                lambda one, who=customers, where=places, told=told: (
                    one.partner_id in who or not told.isdisjoint(where[one])
                )
            )
        return refused

    def _get_told_places(self, kind):
        """Return {action: addresses or numbers it speaks to}."""
        if kind in WRITTEN_KINDS:
            return {action: [action.address] if action.address else [] for action in self}
        called = (self.contact_id | self.partner_id)._get_called_numbers()
        return {action: called[action.contact_id or action.partner_id] for action in self}

    def _find_quiet(self, since):
        """Return the ids whose customer or address something else went to since then.

        Asked again outside of the transaction: a rival may have committed since it began.
        """
        if not self:
            return set()
        self.flush_model()
        self.env["customer.feedback.request"].flush_model()
        self.env["customer.outreach.message"].flush_model()
        found = self._read_quiet(since)
        with self.env.registry.cursor() as cr:
            return found | self.with_env(self.env(cr=cr))._read_quiet(since, self._get_places())

    def _get_places(self):
        return [(one.id, one.member_id.id, one.partner_id.id, one.address or None) for one in self]

    def _read_quiet(self, since, places=None):
        ids, members, customers, addresses = zip(*(places or self._get_places()), strict=True)
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id
                     FROM unnest(%(ids)s::int4[], %(members)s::int4[], %(customers)s::int4[],
                                 %(addresses)s::text[]) AS a(id, member, customer, address)
                    WHERE EXISTS (
                          SELECT FROM customer_play_action o
                           WHERE o.state = 'done' AND o.kind = ANY(%(kinds)s)
                             AND o.done_on > %(since)s AND o.member_id <> a.member
                             AND (o.partner_id = a.customer OR o.address = a.address))
                       OR EXISTS (
                          SELECT FROM customer_feedback_request r
                           WHERE r.sent_date > %(since)s
                             AND (r.customer_id = a.customer
                                  OR string_to_array(r.asked_emails, ',') && ARRAY[a.address]))
                       OR EXISTS (
                          SELECT FROM customer_outreach_message m
                           WHERE m.is_by_hand AND m.create_date > %(since)s
                             AND m.state <> ALL(%(unsent)s)
                             AND (m.customer_id = a.customer OR m.address = a.address))""",
                ids=[*ids],
                members=[*members],
                customers=[*customers],
                addresses=[*addresses],
                kinds=[*CONTACT_KINDS],
                since=since,
                unsent=[*NOTHING_SENT],
            )
        )
        return {id_ for (id_,) in rows}

    # === DOING IT ===

    def _do_isolated(self):
        """Do one action; where that fails, the others go on and the error is kept.

        :return: whether it was done
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self.user_id = self._get_salesperson()  # mails are sent by them
                made = getattr(self, f"_do_{self.kind}")()
                self.write(
                    {
                        "state": "done",
                        "done_on": fields.Datetime.now(),
                        "cost": self.step_id.cost,
                        "is_reached": self.kind != "activity",
                        **made,
                    }
                )
                self.flush_recordset()
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.exception("Action %s of a play failed", self.id)
            self.write({"state": "failed", "error": str(error)})
            return False
        return True

    def _get_salesperson(self):
        """Return the salesperson of the customer, if they work here; else the owner."""
        user = self.partner_id.user_id
        is_here = user.active and not user.share and self.company_id in user.company_ids
        return user if is_here else self.play_id.user_id

    def _do_activity(self):
        """Plan the call on the customer, with phone, reason and what to offer."""
        user = self._get_salesperson()
        customer = self.partner_id.with_context(lang=user.lang, mail_activity_quick_update=True)
        step = self.step_id.with_context(lang=user.lang)
        activity = customer.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=self.due_date,
            summary=step.name,
            note=plaintext2html("\n".join(self.with_context(lang=user.lang)._get_briefing())),
            user_id=user.id,
        )
        return {"activity_id": activity.id}

    def _get_briefing(self):
        """Return the lines a salesperson needs: whom, why, and what to offer."""
        lines = [self.contact_id.display_name]
        if self.contact_id.phone:
            lines.append(self.env._("Phone: %(number)s", number=self.contact_id.phone))
        if self.play_id.reason:
            lines.append(self.env._("Why: %(reason)s", reason=self.play_id.reason))
        if self.step_id.note:
            offer = self._fill_places(self.step_id.note)
            lines.append(self.env._("Offer: %(offer)s", offer=offer))
        if self.coupon_code:
            lines.append(self.env._("Coupon: %(code)s", code=self.coupon_code))
        offered = self.env["customer.recommendation"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
            ],
            order="rank, id",
            limit=OFFERED_PRODUCTS,
        )
        if offered:
            names = ", ".join(offered.product_id.mapped("display_name"))
            lines.append(self.env._("May need: %(products)s", products=names))
        return lines

    def _do_coupon(self):
        """Give the customer a coupon that is worth the dearest reward of the program.

        Without the mail of the program, which nobody can refuse: the other steps tell of it.
        """
        program = self.step_id.program_id
        cards = self.env["loyalty.card"].with_context(loyalty_no_mail=True)
        card = cards.create(
            {
                "program_id": program.id,
                "partner_id": self.partner_id.id,
                "points": max(program.reward_ids.mapped("required_points"), default=1),
                "expiration_date": self.play_id.measure_until,
            }
        )
        return {"card_id": card.id}

    def _do_opportunity(self):
        user = self._get_salesperson()
        profile = self.env["customer.profile"].search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        )
        lead = self.env["crm.lead"].create(
            {
                "type": "opportunity",
                "name": f"{self.step_id.name}: {self.partner_id._get_plain_name()}",
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "user_id": user.id,
                "team_id": user.sale_team_id.id,
                "expected_revenue": profile.predicted_revenue or 0.0,
                "date_deadline": self.play_id.end_date,
                "description": plaintext2html("\n".join(self._get_briefing())),
            }
        )
        return {"lead_id": lead.id}


def _get_forms(address):
    """Return the ways in which an address may be written; a number has one."""
    return get_address_forms(address) if "@" in address else (address,)
