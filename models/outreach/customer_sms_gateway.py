import json
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import service

ADMIN = "base.group_system"
NUMBER_PLACES = {"number", "digits", "national"}
SAMPLE = {
    **{"number": "+982112345678", "digits": "982112345678", "national": "02112345678"},
    **{"text": 'A "test"\nسلام', "id": "0" * 32, "ref": "1", "sender": "1000"},
    **{"secret": "x", "user": "x"},
}
TIMEOUTS = (1, 60)


class CustomerSmsGateway(models.Model):
    """How an SMS is handed to an HTTP gateway, and how its answer is read (docs/plays.md).

    For administrators only: who sets it decides where the server sends what, and with which key.
    """

    _name = "customer.sms.gateway"
    _description = "SMS Gateway"
    _inherit = ["customer.company.mixin", "customer.gate.mixin"]
    _order = "company_id, id"
    _guarded_fields = frozenset({"test_state", "test_answer", "report_token"})

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    # === WHAT IS SENT === #
    url = fields.Char(
        string="Address",
        required=True,
        groups=ADMIN,
        help="Begins with https://. Places as in the body; they are escaped for an address.",
    )
    method = fields.Selection(
        selection=[("POST", "POST"), ("GET", "GET"), ("PUT", "PUT")],
        required=True,
        default="POST",
    )
    headers = fields.Text(
        groups=ADMIN, help="One a line, such as: Authorization: Bearer {secret}", copy=False
    )
    body_kind = fields.Selection(
        string="Body is",
        selection=[
            ("json", "JSON"),
            ("form", "A form (name=value&…)"),
            ("xml", "XML"),
            ("plain", "Plain text"),
        ],
        required=True,
        default="json",
        help="What is filled in is escaped accordingly.",
    )
    body = fields.Text(
        groups=ADMIN,
        default='{"to": "{number}", "text": "{text}", "id": "{id}"}',
        help="Places: {number} +989121234567, {digits} 989121234567, {national} 09121234567, "
        "{text}, {id} (the same for every attempt to send a message), {sender}, {user}, {secret}.",
    )
    sender = fields.Char(help="Fills the place {sender}: the line the message comes from.")
    user_name = fields.Char(groups=ADMIN, copy=False, help="Fills the place {user}.")
    secret = fields.Char(
        string="Key or password", groups=ADMIN, copy=False, help="Fills the place {secret}."
    )
    timeout = fields.Integer(string="Waits for (seconds)", default=20)
    is_internal = fields.Boolean(
        string="In our own network",
        help="Without this, addresses of the own network and of this server are refused.",
    )
    is_plain_allowed = fields.Boolean(
        string="Without encryption",
        help="Allows http://: everybody on the way can read messages and key.",
    )
    is_idempotent = fields.Boolean(
        string="Sends each {id} once",
        help="The gateway refuses or ignores an id it has seen. Only then a message nobody knows "
        "the outcome of is sent again by itself.",
    )
    # === HOW THE ANSWER IS READ === #
    success_kind = fields.Selection(
        string="Accepted if",
        selection=[
            ("status", "The status is 2xx"),
            ("json", "A value of the JSON is"),
            ("text", "The answer contains"),
        ],
        required=True,
        default="status",
        help="The status has to be 2xx in any case.",
    )
    success_path = fields.Char(
        string="Path of the value", help="Names and numbers with dots: messages.0.status"
    )
    success_value = fields.Char(
        string="One of", help="Several with commas; empty: whatever is there."
    )
    ref_path = fields.Char(
        string="Path of its number", help="Where the gateway's own number stands: {ref}"
    )
    # === WHETHER IT ARRIVED === #
    status_url = fields.Char(
        string="Address to ask", groups=ADMIN, help="With {ref} or {id}; asked by GET."
    )
    status_kind = fields.Selection(
        string="Read",
        selection=[("json", "A value of the JSON"), ("text", "The answer contains")],
        required=True,
        default="json",
    )
    status_path = fields.Char(string="Path of the state")
    delivered_value = fields.Char(string="Delivered if one of")
    undelivered_value = fields.Char(string="Not delivered if one of")
    # === TRYING IT === #
    test_number = fields.Char(string="Number for the test", copy=False)
    test_state = fields.Selection(
        selection=[
            ("sent", "Accepted"),
            ("refused", "Refused"),
            ("busy", "Busy: to be tried again"),
            ("unsent", "Not reached"),
            ("unknown", "Nobody knows"),
        ],
        string="Test",
        readonly=True,
        copy=False,
    )
    test_answer = fields.Text(string="What came back", readonly=True, copy=False, groups=ADMIN)

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "A company has one SMS gateway: archive the other one first."
    )

    @api.constrains("url", "status_url", "is_plain_allowed")
    def _check_addresses(self):
        for gateway in self:
            for address in filter(None, (gateway.url, gateway.status_url)):
                gateway._check_address(address)

    def _check_address(self, address):
        """Raise ValidationError for what is no address of a gateway, without repeating it."""
        filled = service.fill_template(address, SAMPLE, service.fill_url)
        try:
            parts = urlsplit(filled)
            is_good = parts.hostname and not parts.username and (parts.port or 1)
        except ValueError:
            is_good = False
        origin = address.partition("://")[2].partition("/")[0].partition("?")[0]
        is_plain = filled.isascii() and filled.isprintable() and " " not in filled
        if not is_good or not is_plain or "{" in origin or parts.fragment:
            raise ValidationError(
                self.env._(
                    "The address of the gateway has to look like "
                    "https://sms.example.com/send?to={number}: the name of the server without "
                    "places or password, no spaces, and other signs escaped."
                )
            )
        if parts.scheme != "https" and not (parts.scheme == "http" and self.is_plain_allowed):
            raise ValidationError(
                self.env._(
                    "The address of the gateway has to begin with https://. If there is no other "
                    "way, tick “Without encryption”."
                )
            )

    @api.constrains("url", "body", "body_kind", "headers", "method")
    def _check_templates(self):
        for gateway in self:
            body = gateway.body if gateway.method != "GET" else ""
            places = service.find_places(gateway.url, body, gateway.headers)
            if not places & NUMBER_PLACES or "text" not in places:
                raise ValidationError(
                    self.env._(
                        "The number and the text of a message have to stand somewhere: put "
                        "{number} and {text} into the address or the body."
                    )
                )
            if service.read_headers(gateway.headers)[1]:
                raise ValidationError(
                    self.env._("Write one header a line, as in “Accept: application/json”.")
                )
            if body and gateway.body_kind == "json" and not _is_json(body):
                raise ValidationError(
                    self.env._(
                        "The body is no JSON. Places stand between quotation marks, as in "
                        "{“text”: “{text}”}, with straight marks."
                    )
                )

    @api.constrains("success_kind", "success_path", "status_url", "status_kind", "status_path")
    def _check_reading(self):
        for gateway in self:
            if gateway.success_kind == "json" and not gateway.success_path:
                raise ValidationError(
                    self.env._("Say where in the JSON the value stands that means success.")
                )
            if gateway.status_url and gateway.status_kind == "json" and not gateway.status_path:
                raise ValidationError(
                    self.env._("Say where in the JSON the delivery state stands.")
                )
            if gateway.status_url and not gateway.delivered_value:
                raise ValidationError(self.env._("Say what the state of a delivered message is."))

    @api.constrains("timeout")
    def _check_timeout(self):
        for gateway in self:
            if not TIMEOUTS[0] <= gateway.timeout <= TIMEOUTS[1]:
                raise ValidationError(self.env._("A gateway is given 1 to 60 seconds."))


def _is_json(body):
    try:
        json.loads(service.fill_template(body, SAMPLE, service.FILLERS["json"]))
    except ValueError:
        return False
    return True
