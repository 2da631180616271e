import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import consteq

from ...engine import service
from .customer_sms_gateway import ADMIN

PATH = "/customer_value/sms/report"
TOKEN_BYTES = 24
MAX_ID_DIGITS = 9


class CustomerSmsGateway(models.Model):
    """What a gateway reports by itself, at an address only it knows (docs/plays.md).

    The address holds 192 random bits and belongs to one gateway: what comes in by it changes the
    state of messages of its company alone, and is told nothing.
    """

    _inherit = "customer.sms.gateway"

    report_token = fields.Char(readonly=True, copy=False, groups=ADMIN)
    report_url = fields.Char(
        string="Address for reports", compute="_compute_report_url", groups=ADMIN
    )
    report_list = fields.Char(
        string="Path of the list",
        help="Only where one report tells of several messages in JSON: names and numbers with "
        "dots, such as results. A JSON that is a list needs none.",
    )
    report_id = fields.Char(
        string="Number of the message in",
        help="The parameter, or path in JSON, of the number of the message: ours ({id}), or that "
        "of the gateway, where the answer says it.",
    )
    report_state = fields.Char(
        string="State in", help="The parameter, or path in JSON, of the delivery state."
    )
    report_delivered = fields.Char(string="Reported as delivered if one of")
    report_undelivered = fields.Char(string="Reported as not delivered if one of")

    @api.depends("report_token", "company_id")
    def _compute_report_url(self):
        for gateway in self:
            token = gateway.report_token
            base = gateway.company_id.get_base_url()
            gateway.report_url = f"{base}{PATH}/{gateway.id}-{token}" if token else False

    @api.constrains("report_token", "report_id", "report_state", "report_delivered")
    def _check_report(self):
        for gateway in self.filtered("report_token"):
            if not gateway.report_id or not gateway.report_state or not gateway.report_delivered:
                raise ValidationError(
                    self.env._(
                        "Say where in a report the number of the message and its state stand, and "
                        "what the state of a delivered message is."
                    )
                )

    def action_renew_report_token(self):
        """Make a new address for reports; the one before is closed at once. Public: button.

        :raise AccessError: for everybody but administrators
        :raise ValidationError: where it is not said yet how a report is read
        """
        self.ensure_one()
        self.check_access("write")
        self.sudo().report_token = secrets.token_urlsafe(TOKEN_BYTES)
        return True

    def action_close_reports(self):
        """Take no reports any more. Public: button.

        :raise AccessError: for everybody but administrators
        """
        self.check_access("write")
        self.sudo().report_token = False
        return True

    @api.model
    def _find_by_report_key(self, key):
        """Return the gateway an address belongs to, with all rights; empty for any other text."""
        number, _dash, token = key.partition("-")
        gateways = self.sudo()
        if not key.isascii() or not number.isdigit() or len(number) > MAX_ID_DIGITS:
            return gateways
        gateway = gateways.browse(int(number)).exists()
        # Compared in any case, and in constant time: nothing tells which numbers there are.
        is_known = consteq(gateway.report_token or secrets.token_urlsafe(TOKEN_BYTES), token)
        return gateway if is_known and gateway.active else gateways

    def _read_reports(self, values):
        """Return [(number, state)] of a report; see :func:`service.read_reports`.

        :raise service.ReportError: what cannot be read
        """
        self.ensure_one()
        rule = service.ReportRule(
            (self.report_id or "").strip(),
            (self.report_state or "").strip(),
            service.read_values(self.report_delivered),
            service.read_values(self.report_undelivered),
            (self.report_list or "").strip(),
        )
        return service.read_reports(rule, values)
