from typing import NamedTuple
from uuid import uuid4

from odoo import models
from odoo.exceptions import UserError

from ...engine import service
from .gateway_http import call_gateway

CONTENT_TYPES = {
    "json": "application/json; charset=utf-8",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "plain": "text/plain; charset=utf-8",
}
SHOWN_SIGNS, MIN_SECRET, HIDDEN = 500, 4, "•••"


class GatewayOutcome(NamedTuple):
    """``state``: sent, refused, busy, unsent or unknown; ``ref``: the gateway's own number."""

    state: str
    ref: str
    detail: str


class CustomerSmsGateway(models.Model):
    """Speaking to a gateway. What it answers is kept without the secrets it may repeat."""

    _inherit = "customer.sms.gateway"

    def action_test(self):
        """Send a test to the number in the form, and show what came back. Public: button.

        :raise AccessError: for everybody but administrators
        :raise UserError: without a number that can be read
        """
        self.ensure_one()
        self.check_access("write")
        numbers = self.company_id._get_caller_reader().find(self.test_number or "")
        number = next((one.number for one in numbers if one.number.startswith("+")), "")
        if not number:
            raise UserError(
                self.env._("Enter the number for the test with its country code, as in +98912….")
            )
        # Held until the end: nobody makes this transaction begin again after it was sent.
        self.sudo().lock_for_update()
        text = self.env._("This is a test of %(company)s.", company=self.company_id.name)
        outcome = self._hand_over(number, text, uuid4().hex)
        self.sudo().write({"test_state": outcome.state, "test_answer": outcome.detail})
        return True

    def _hand_over(self, number, text, request_id):
        """Hand a message to the gateway, once; return the :class:`GatewayOutcome`.

        :param number: in E.164
        :param request_id: the same for every attempt to send one message
        """
        self.ensure_one()
        values = self._get_values() | self._get_number_values(number)
        values |= {"text": text, "id": request_id}
        has_body = self.method != "GET" and self.body
        filler = service.FILLERS[self.body_kind]
        reply = call_gateway(
            self.method,
            service.fill_template(self.url, values, service.fill_url),
            self._get_headers(values, has_body),
            service.fill_template(self.body, values, filler).encode("utf-8", "replace")
            if self.method != "GET"
            else None,
            self.timeout,
            self.is_internal,
        )
        if reply.error:
            state = "unknown" if reply.is_sent else "unsent"
            return GatewayOutcome(state, "", self._get_error_text(reply.error))
        state = service.judge_answer(self._get_rule(), reply.status, reply.body)
        ref = service.read_path(reply.body, self.ref_path) if self.ref_path else ""
        return GatewayOutcome(state, ref or "", self._get_shown(reply))

    def _ask_delivery(self, ref, request_id):
        """Return ``delivered``, ``undelivered`` or ``""`` where that is not known (yet)."""
        self.ensure_one()
        values = self._get_values() | {"ref": ref, "id": request_id}
        reply = call_gateway(
            "GET",
            service.fill_template(self.status_url, values, service.fill_url),
            self._get_headers(values, has_body=False),
            None,
            self.timeout,
            self.is_internal,
        )
        if reply.error or not 200 <= reply.status < 300:
            return ""
        for state, texts in (
            ("delivered", self.delivered_value),
            ("undelivered", self.undelivered_value),
        ):
            rule = service.AnswerRule(
                self.status_kind, self.status_path or "", service.read_values(texts)
            )
            if rule.values and service.is_match(rule, reply.body):
                return state
        return ""

    def _get_values(self):
        return {
            "sender": self.sender or "",
            "user": self.user_name or "",
            "secret": self.secret or "",
        }

    def _get_number_values(self, number):
        prefix = self.company_id.country_id.phone_code
        return {
            "number": number,
            "digits": number.removeprefix("+"),
            "national": service.get_national(number, prefix or ""),
        }

    def _get_headers(self, values, has_body):
        headers = [
            (name, service.fill_template(value, values, service.fill_header))
            for name, value in service.read_headers(self.headers)[0]
        ]
        if has_body and "content-type" not in {name.lower() for name, _value in headers}:
            headers.append(("Content-Type", CONTENT_TYPES[self.body_kind]))
        return headers

    def _get_rule(self):
        return service.AnswerRule(
            self.success_kind, self.success_path or "", service.read_values(self.success_value)
        )

    def _get_shown(self, reply):
        """Return what a gateway answered, in short and without our secrets."""
        text = " ".join(reply.body.split())
        for secret in filter(None, (self.secret, self.user_name)):
            for form in {secret, *(fill(secret) for fill in service.FILLERS.values())}:
                if len(secret) >= MIN_SECRET:
                    text = text.replace(form, HIDDEN)
        shown = f"HTTP {reply.status}: {text[:SHOWN_SIGNS]}".strip(": ")
        if 300 <= reply.status < 400:
            shown += " " + self.env._(
                "The gateway has moved. Redirects are not followed: set its new address."
            )
        return shown

    def _get_error_text(self, error):
        texts = {
            "unknown_host": self.env._("There is no server of this name."),
            "forbidden_address": self.env._(
                "The address is in your own network. Tick “In our own network” if it should be."
            ),
            "no_connection": self.env._("The gateway could not be reached."),
            "certificate": self.env._("The gateway does not prove who it is (certificate)."),
            "no_answer": self.env._(
                "The gateway broke off or did not answer in time: nobody knows whether the "
                "message went out."
            ),
        }
        return texts[error]
