import logging

import psycopg2

from odoo import api, fields, models

from .customer_outreach_message_report import FINAL_STATES

_logger = logging.getLogger(__name__)
CLAIM_SEARCH = 20
MAX_ATTEMPTS = 6
# A worker that is alive has written the outcome by then: a gateway gets a minute at most.
LOST_MINUTES = 10
LATE_DAYS = 3
NOTE_ATTEMPTS = 3
# Minutes after which a gateway is asked whether a message arrived.
CHECK_MINUTES = (2, 10, 60, 240, 720, 1440, 2880)


class CustomerOutreachMessage(models.Model):
    """Sending, in the job only: claimed and committed, sent, written down and committed.

    No transaction is open while a gateway is spoken to, but for reading; a message that fails
    stops no other one.
    """

    _inherit = "customer.outreach.message"

    @api.model
    def _cron_send(self):
        """Send what waits, then ask what arrived; any number of workers, safe to kill."""
        steps = (self._recover_lost, self._send_next, self._ask_next)
        for step in steps:
            while True:
                try:
                    done = step()
                except (psycopg2.OperationalError, psycopg2.IntegrityError) as error:
                    _logger.info("Messages to customers are postponed: %s", error)
                    self.env.cr.rollback()
                    self.env.invalidate_all(flush=False)
                    self._wake_sender()
                    done = 0
                time_left = self._commit(done)
                if not done:
                    break
                if not time_left:
                    self._wake_sender()
                    return

    # === SENDING ===

    @api.model
    def _send_next(self):
        """Send the oldest message that may be; return how many were decided about."""
        message, cancelled = self._claim()
        if not message:
            return cancelled
        # From here on nobody else sends it, whatever becomes of this process.
        self._commit(cancelled)
        outcome = message._transmit_safely()
        # What happened to the message meanwhile must not undo what is known now.
        self._commit(0)
        message._note_outcome_surely(*outcome)
        return 1

    @api.model
    def _commit(self, count):
        self.env.flush_all()
        return self.env["ir.cron"]._commit_progress(count, remaining=0)

    @api.model
    def _claim(self):
        """Return (the message that is now being sent, how many were cancelled instead)."""
        companies = self._get_sending_companies()
        domain = [
            ("channel", "=", "sms"),
            ("state", "=", "waiting"),
            ("next_try", "<=", fields.Datetime.now()),
            ("company_id", "in", companies.ids),
        ]
        found = self.sudo().search(domain, order="next_try, id", limit=CLAIM_SEARCH)
        found = found.try_lock_for_update(allow_referencing=True)
        late = found.filtered(lambda message: message._is_late())
        late._set_state("cancelled", cancel_reason="late")
        refused = (found - late)._cancel_refused()
        message = (found - late - refused)[:1]
        for one in message:
            one._set_state(
                "sending",
                claimed_on=fields.Datetime.now(),
                attempt_count=one.attempt_count + 1,
            )
        self.env.flush_all()
        return message, len(late | refused)

    def _is_late(self):
        return self.create_date < fields.Datetime.subtract(fields.Datetime.now(), days=LATE_DAYS)

    @api.model
    def _get_sending_companies(self):
        """Return the companies that can send SMS, and where it is a decent hour to do so."""
        companies = self.env["res.company"].sudo().search([])
        return companies.filtered(
            lambda company: company._can_send_sms() and company._is_sms_hour()
        )

    def _transmit_safely(self):
        """Return (state, number at the gateway, error, answer); whatever fails, nobody knows."""
        try:
            return self._transmit()
        except psycopg2.Error:
            raise
        except Exception:
            _logger.exception("Message %s to a customer failed", self.id)
            return "unknown", "", self._get_state_error("unknown"), False

    def _transmit(self):
        self.ensure_one()
        if self.company_id.sudo().customer_sms_provider == "odoo":
            return self._transmit_by_odoo()
        gateway = self.company_id._get_sms_gateway()
        if not gateway:
            return "unsent", "", self._get_state_error("unsent"), False
        outcome = gateway._hand_over(self.address, self._get_body(), self.request_id)
        error = self._get_state_error(outcome.state)
        is_again = outcome.state == "unknown" and gateway.is_idempotent
        return "busy" if is_again else outcome.state, outcome.ref, error, outcome.detail

    def _note_outcome_surely(self, *outcome):
        """Write down what became of an attempt, even if its delivery is reported this moment."""
        for attempt in range(NOTE_ATTEMPTS):
            try:
                self._note_outcome(*outcome)
                self.env.flush_all()
                return
            except psycopg2.errors.SerializationFailure:
                if attempt == NOTE_ATTEMPTS - 1:
                    raise
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)

    def _note_outcome(self, state, ref, error, answer):
        """Write down what became of an attempt, and when the next one or a question is due."""
        now = fields.Datetime.now()
        values = {"gateway_ref": ref, "error": error, "answer": answer}
        if self.state in FINAL_STATES:  # reported before its answer was read
            self.write({"gateway_ref": ref, "answer": answer})
        elif state in ("busy", "unsent") and self.attempt_count < MAX_ATTEMPTS:
            later = fields.Datetime.add(now, minutes=2**self.attempt_count)
            self._set_state("waiting", next_try=later, **values)
            self._wake_sender(later)
        elif state == "sent":
            later = self._get_next_check(0)
            self._set_state("sent", sent_on=now, next_check=later, **{**values, "error": False})
            self._note_history()
        elif state == "unknown":
            self._set_state("unknown", **values)
        else:
            self._set_state("failed", **values)

    def _get_state_error(self, state):
        texts = {
            "refused": self.env._("The gateway refused the message."),
            "busy": self.env._("The gateway was busy."),
            "unsent": self.env._("The gateway could not be reached."),
            "unknown": self.env._("Nobody knows whether the message went out."),
        }
        return texts.get(state, False)

    def _transmit_by_odoo(self):
        """Send by Odoo's own service; its id is ours, so that no message can be made twice."""
        sms = self.env["sms.sms"].sudo().with_company(self.company_id)
        sms = sms.create(
            {
                "uuid": self.request_id,
                "number": self.address,
                "body": self._get_body(),
                "partner_id": self.partner_id.id,
            }
        )
        sms.send(unlink_sent=False)
        if sms.state in ("process", "pending", "sent"):
            return "sent", "", False, False
        if sms.failure_type == "sms_server":
            return "unknown", "", self._get_state_error("unknown"), False
        labels = dict(sms._fields["failure_type"]._description_selection(self.env))
        # A new attempt makes a new one: this one is known not to have been sent.
        error = labels.get(sms.failure_type) or self._get_state_error("refused")
        sms.unlink()
        return "refused", "", error, False

    def _note_history(self):
        """Write what was sent into the history of the contact."""
        number, text = self.address, self._get_body()
        author = self.user_id.partner_id or self.company_id.partner_id
        self.partner_id._message_log(
            body=self.env._("SMS to %(number)s: %(text)s", number=number, text=text),
            author_id=author.id,
        )

    @api.model
    def _recover_lost(self):
        """Say of messages whose worker died that nobody knows; return how many."""
        before = fields.Datetime.subtract(fields.Datetime.now(), minutes=LOST_MINUTES)
        lost = self.sudo().search([("state", "=", "sending"), ("claimed_on", "<", before)])
        lost = lost.try_lock_for_update(allow_referencing=True)
        for message in lost:
            gateway = message.company_id._get_sms_gateway()
            state = "busy" if gateway.is_idempotent else "unknown"
            message._note_outcome(state, False, message._get_state_error("unknown"), False)
        self.env.flush_all()
        return len(lost)

    # === ARRIVING ===

    @api.model
    def _ask_next(self):
        """Ask whether one message arrived; return whether there was one to ask about."""
        message = self._claim_question()
        if not message:
            return 0
        self._commit(0)
        if message.company_id.sudo().customer_sms_provider == "odoo":
            state = message._read_odoo_state()
        else:
            gateway = message.company_id._get_sms_gateway()
            state = gateway._ask_delivery(message.gateway_ref or "", message.request_id)
        self._commit(0)
        if state and message.state == "sent":
            message._set_state(state, next_check=False)
        return 1

    @api.model
    def _claim_question(self):
        """Return the message to ask about now; the next question about it is later."""
        companies = self.env["res.company"].sudo().search([])
        companies = companies.filtered(lambda company: company._can_ask_delivery())
        domain = [
            ("channel", "=", "sms"),
            ("state", "=", "sent"),
            ("company_id", "in", companies.ids),
            ("next_check", "<=", fields.Datetime.now()),
        ]
        found = self.sudo().search(domain, order="next_check, id", limit=CLAIM_SEARCH)
        message = found.try_lock_for_update(allow_referencing=True)[:1]
        for one in message:
            count = one.check_count + 1
            one.write({"next_check": one._get_next_check(count), "check_count": count})
        return message

    def _get_next_check(self, count):
        """Return when to ask for the next time, after so many questions; False: never again."""
        if count >= len(CHECK_MINUTES) or not self.company_id._can_ask_delivery():
            return False
        later = fields.Datetime.add(fields.Datetime.now(), minutes=CHECK_MINUTES[count])
        self._wake_sender(later)
        return later

    def _read_odoo_state(self):
        sms = self.env["sms.sms"].sudo().search([("uuid", "=", self.request_id)])
        return {"sent": "delivered", "error": "undelivered"}.get(sms.state, "")
