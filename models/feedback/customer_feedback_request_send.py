import logging
import secrets
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize_all

from ..base.input_reader import clean_address, get_address_forms
from .customer_feedback_request_token import TOKEN_BYTES, WAITING

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50
CRON = "customer_value.ir_cron_customer_feedback"
TEMPLATES = {
    "rating": "customer_value.mail_template_feedback_rating",
    "nps": "customer_value.mail_template_feedback_nps",
    "gap": "customer_value.mail_template_feedback_gap",
}
REMINDER_TEMPLATE = "customer_value.mail_template_feedback_reminder"


class CustomerFeedbackRequest(models.Model):
    """Deciding and sending, in the cron only; any number of workers, safe to kill at any time.

    All waiting rows of a customer are locked together: whoever holds them is alone in deciding
    about this customer; the addresses are locked, too, as one person may be kept twice. State,
    token hash and mail are committed together or not at all.
    """

    _inherit = "customer.feedback.request"

    @api.model
    def _wake_worker(self):
        self.env.ref(CRON).sudo()._trigger()

    @api.model
    def _cron_ask(self):
        """Collect, send, remind and close: what is due now, in short transactions."""
        steps = [self._collect_batch, self._send_batch, self._remind_batch, self._expire_batch]
        for step in steps:
            while True:
                try:
                    done = step()
                except psycopg2.OperationalError as error:
                    # Another worker was faster: its rows are done.
                    _logger.info("Requests for feedback postponed: %s", error)
                    self.env.cr.rollback()
                    done = 0
                time_left = self.env["ir.cron"]._commit_progress(done, remaining=0)
                if not done:
                    break
                if not time_left:
                    self._wake_worker()
                    return

    # === DECIDING ===

    @api.model
    def _send_batch(self, limit=BATCH_SIZE):
        """Decide about the customers of the oldest waiting rows.

        :return: number of rows decided; 0 when there are none or other workers hold them
        """
        decided = 0
        for requests in self._lock_waiting(limit):
            decided += requests._decide()
        self.flush_model()
        return decided

    @api.model
    def _lock_waiting(self, limit):
        """Return the waiting rows by company and customer, where all of them could be locked."""
        requests = self.sudo()
        oldest = requests.search([("state", "=", "queued")], order="id", limit=limit)
        rows = requests.search(
            [
                ("state", "=", "queued"),
                ("customer_id", "in", oldest.customer_id.ids),
                ("company_id", "in", oldest.company_id.ids),
            ],
            order="id",
        )
        locked = rows.try_lock_for_update(allow_referencing=True)
        groups = rows.grouped(lambda row: (row.company_id, row.customer_id)).values()
        return [group for group in groups if group <= locked]

    def _decide(self):
        """Ask one customer, and one address, at most once; note for all other rows why not.

        :return: number of rows decided; others wait for a worker that is busy with an address
        """
        decided = 0
        for request in self.sorted("id"):
            addresses = request._get_addresses()
            if not request._lock_addresses(addresses):
                continue
            earlier = request._find_earlier(addresses)
            reason = "quiet" if earlier else request._get_obstacle()
            if reason:
                request.write(
                    {
                        "state": "skipped",
                        "skip_reason": reason,
                        "earlier_request_id": earlier.id
                        if earlier.company_id == request.company_id
                        else False,
                    }
                )
            elif request._is_asked_meanwhile(addresses):
                continue
            else:
                request._send_isolated()
            decided += 1
        return decided

    def _get_addresses(self):
        """Return the addresses a mail to the contact goes to, in all their forms, sorted."""
        self.ensure_one()
        told = email_normalize_all(clean_address(self.partner_id.email))
        return sorted({form for address in told for form in get_address_forms(address)})

    def _lock_addresses(self, addresses):
        """Be alone in deciding about addresses until the end of the transaction, if possible."""
        self.ensure_one()
        names = [f"customer_feedback:{address}" for address in addresses]
        locks = SQL(
            """SELECT pg_try_advisory_xact_lock(hashtextextended(name, 0))
                 FROM unnest(%s::text[]) AS name""",
            names,
        )
        return all(is_locked for (is_locked,) in self.env.execute_query(locks))

    def _find_earlier(self, addresses):
        """Return the newest other request to the customer or addresses in the days to be quiet.

        An address counts for everybody who has it: it was asked, or belongs to somebody asked.
        Whoever reads mail there does not care which company of the database asks: those of others
        count, too, and come last.
        """
        self.ensure_one()
        self.flush_model()
        self.env["res.partner"].flush_model(["email_normalized"])
        days = self.company_id.feedback_quiet_days
        sent = SQL(
            "r.sent_date > %s AND r.id != %s",
            fields.Datetime.now() - timedelta(days=days),
            self.id,
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT r.id, TRUE AS is_own, r.sent_date FROM customer_feedback_request r
                    WHERE %(sent)s AND r.customer_id = %(customer)s AND r.company_id = %(company)s
                UNION ALL
                   SELECT r.id, r.company_id = %(company)s, r.sent_date
                     FROM customer_feedback_request r
                    WHERE %(sent)s AND r.asked_emails IS NOT NULL
                      AND string_to_array(r.asked_emails, ',') && %(addresses)s::text[]
                UNION ALL
                   SELECT r.id, r.company_id = %(company)s, r.sent_date
                     FROM customer_feedback_request r
                     JOIN res_partner p ON p.id = r.partner_id
                    WHERE %(sent)s AND p.email_normalized = ANY(%(addresses)s)
                 ORDER BY is_own DESC, sent_date DESC, id DESC LIMIT 1""",
                sent=sent,
                company=self.company_id.id,
                customer=self.customer_id.id,
                addresses=addresses,
            )
        )
        return self.browse([id_ for id_, *_order in rows])

    def _is_asked_meanwhile(self, addresses):
        """Return whether a rival asked the addresses since this transaction began.

        A transaction of its own sees what was committed before the addresses were locked.
        """
        with self.env.registry.cursor() as cr:
            others = self.with_env(self.env(cr=cr))
            return bool(others.exists() and others._find_earlier(addresses))

    def _get_obstacle(self):
        """Return why the contact cannot be asked, if so."""
        self.ensure_one()
        partner, addresses = self.partner_id, self._get_addresses()
        if partner.feedback_optout or self.customer_id.feedback_optout:
            return "opt_out"
        if not partner.active:
            return "archived"
        if not addresses:
            return "no_email"
        if partner._is_feedback_refused(addresses, self.company_id):
            return "opt_out"
        blacklist = self.env["mail.blacklist"].sudo()
        if blacklist.search_count([("email", "in", addresses)], limit=1):
            return "blacklisted"
        return None

    # === SENDING ===

    def _send_isolated(self):
        """Send one request; when that fails the others go on and the error is kept.

        :return: whether it was sent
        """
        self.ensure_one()
        now = fields.Datetime.now()
        try:
            with self.env.cr.savepoint():
                self.write(
                    {
                        "state": "sent",
                        "sent_date": now,
                        "asked_emails": ",".join(self._get_addresses()),
                        "expires_date": now + timedelta(days=self.valid_days),
                    }
                )
                self._send_mail(TEMPLATES[self.kind], "token_hash")
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.exception("Request for feedback %s failed", self.id)
            self.write({"state": "failed", "error": str(error)})
            return False
        return True

    def _send_mail(self, template_name, hash_name):
        """Put a mail in the mail queue; its link gets a token when the mail is sent.

        Until then, and for ever where that fails, the link opens nothing. The mail is no message
        on a document: nobody but the mail queue can read the link.
        """
        self.ensure_one()
        number = secrets.token_urlsafe(TOKEN_BYTES)
        self.write({hash_name: self._hash_waiting(number)})
        template = self.env.ref(template_name).sudo().with_company(self.company_id)
        template.with_context(feedback_tokens={self.id: f"{WAITING}{number}"}).send_mail(
            self.id, email_values={"model": False, "res_id": False}
        )

    # === AFTER ===

    @api.model
    def _remind_batch(self, limit=BATCH_SIZE):
        """Remind once those who have not answered.

        :return: number of requests reminded or found not to be reminded any more
        """
        now = fields.Datetime.now()
        ids = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_feedback_request
                    WHERE state = 'sent' AND reminder_date IS NULL AND reminder_days > 0
                      AND sent_date <= %(now)s - reminder_days * interval '1 day'
                      AND expires_date > %(now)s
                 ORDER BY id LIMIT %(limit)s""",
                now=now,
                limit=limit,
            )
        )
        requests = self.sudo().browse([id_ for (id_,) in ids])
        locked = requests.try_lock_for_update(allow_referencing=True)
        for request in locked:
            # Noted for those not to be mailed any more, too: nobody looks at them again.
            request.reminder_date = now
            if request._is_remindable():
                request._send_reminder()
        self.flush_model()
        return len(locked)

    def _is_remindable(self):
        """Return whether a reminder asks nobody else, nor who was asked something since."""
        addresses = self._get_addresses()
        known = set((self.asked_emails or "").split(","))
        return not self._get_obstacle() and (
            known.issuperset(addresses) or not self._find_earlier(addresses)
        )

    def _send_reminder(self):
        try:
            with self.env.cr.savepoint():
                self._send_mail(REMINDER_TEMPLATE, "reminder_hash")
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.exception("Reminder of request for feedback %s failed", self.id)
            self.error = str(error)

    @api.model
    def _expire_batch(self, limit=1000):
        """Close requests whose link is not valid any more."""
        domain = [("state", "=", "sent"), ("expires_date", "<=", fields.Datetime.now())]
        requests = self.sudo().search(domain, order="id", limit=limit).try_lock_for_update()
        requests.write({"state": "expired"})
        self.flush_model()
        return len(requests)
