import logging

from odoo import api, models

_logger = logging.getLogger(__name__)
# What is known for good: no later answer, question or report changes it.
FINAL_STATES = ("delivered", "undelivered")
# What a report may change. "Waiting" only after an attempt that was broken off.
OPEN_STATES = ("waiting", "sending", "sent", "unknown")


class CustomerOutreachMessage(models.Model):
    """What gateways report: the first word on a message is the last, whenever it comes."""

    _inherit = "customer.outreach.message"

    @api.model
    def _note_reports(self, company, reports):
        """Note which SMS of a company arrived and which did not; others are not touched.

        With the rights of the caller: who has proved to be the gateway of the company.

        :param reports: list of (our id or number at the gateway, state); no state changes nothing
        """
        states = {}
        for number, state in reports:
            if state:
                states.setdefault(number, state)
        # Of two reports at once the second fails to write, is begun again by Odoo, and finds the
        # first one's word. A lock would turn it away instead.
        for number, message in self._find_reported(company, [*states]).items():
            if message.state in OPEN_STATES and message.attempt_count:
                message._note_delivery(states[number])

    @api.model
    def _find_reported(self, company, numbers):
        """Return {number: message} of those numbers that mean one message of the company."""
        domain = [
            ("company_id", "=", company.id),
            ("channel", "=", "sms"),
            "|",
            ("request_id", "in", numbers),
            ("gateway_ref", "in", numbers),
        ]
        by_number = {}
        for message in self.search(domain):
            for number in {message.request_id, message.gateway_ref} - {False, ""}:
                by_number[number] = by_number.get(number, message.browse()) | message
        wanted = {number: by_number.get(number, self.browse()) for number in numbers}
        for messages in wanted.values():
            if len(messages) > 1:
                _logger.warning("A report means %s messages: none is changed", len(messages))
        return {number: one for number, one in wanted.items() if len(one) == 1}

    def _note_delivery(self, state):
        """Write what was reported; what was delivered was sent, whatever we knew of it."""
        if self.state != "sent":
            self._set_state("sent", sent_on=self.env.cr.now(), error=False)
            self._note_history()
        self._set_state(state, next_check=False)
