import hashlib
import logging
import secrets
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50
TOKEN_BYTES = 32
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
    about this customer. State, token hash and mail are committed together or not at all.
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
            requests._decide()
            decided += len(requests)
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
        """Ask one customer at most once; note for all other rows why not."""
        company, customer = self.company_id, self.customer_id
        quiet = self._is_quiet(company, customer)
        for request in self.sorted("id"):
            reason = "quiet" if quiet else request._get_obstacle()
            if reason:
                request.write({"state": "skipped", "skip_reason": reason})
            elif request._send_isolated():
                quiet = company.feedback_quiet_days > 0

    @api.model
    def _is_quiet(self, company, customer):
        """Return whether the customer was asked in the days that are to stay quiet."""
        since = fields.Datetime.now() - timedelta(days=company.feedback_quiet_days)
        domain = [
            ("company_id", "=", company.id),
            ("customer_id", "=", customer.id),
            ("sent_date", ">", since),
        ]
        return bool(self.sudo().search_count(domain, limit=1))

    def _get_obstacle(self):
        """Return why the contact cannot be asked, if so."""
        self.ensure_one()
        partner = self.partner_id
        if partner.feedback_optout or self.customer_id.feedback_optout:
            return "opt_out"
        if not partner.active:
            return "archived"
        if not partner.email_normalized:
            return "no_email"
        blacklist = self.env["mail.blacklist"].sudo()
        if blacklist.search_count([("email", "=", partner.email_normalized)], limit=1):
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
        """Put a mail with a new token in the mail queue.

        The mail is no message on a document: nobody but the mail queue can read the link.
        """
        self.ensure_one()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.write({hash_name: self._hash(token)})
        template = self.env.ref(template_name).sudo().with_company(self.company_id)
        template.with_context(feedback_tokens={self.id: token}).send_mail(
            self.id, email_values={"model": False, "res_id": False}
        )

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

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
            if not request._get_obstacle():
                request._send_reminder()
        self.flush_model()
        return len(locked)

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
