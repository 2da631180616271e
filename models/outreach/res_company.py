from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ...engine import service
from ..base.access import GROUPS_SETTINGS

PROVIDERS = [("odoo", "Odoo's own service"), ("gateway", "HTTP gateway")]


class ResCompany(models.Model):
    """How SMS and faxes leave the company."""

    _inherit = "res.company"

    customer_sms_provider = fields.Selection(
        string="SMS are sent by", selection=PROVIDERS, groups=GROUPS_SETTINGS
    )
    customer_sms_from_hour = fields.Integer(
        string="SMS from", default=8, groups=GROUPS_SETTINGS, help="Hour of the day, 0 to 23."
    )
    customer_sms_to_hour = fields.Integer(
        string="SMS until",
        default=20,
        groups=GROUPS_SETTINGS,
        help="Hour of the day, 1 to 24, in the time zone of the company.",
    )
    customer_fax_pattern = fields.Char(
        string="Faxes go to",
        groups=GROUPS_SETTINGS,
        help="The e-mail address of your fax service with {number} (982112345678) or {national} "
        "(02112345678) in it, as in {number}@fax.example.com.",
    )
    customer_fax_sender = fields.Char(
        string="Faxes come from",
        groups=GROUPS_SETTINGS,
        help="The e-mail address the fax service knows you by; empty: that of the company.",
    )

    @api.constrains("customer_sms_provider")
    def _check_sms_provider(self):
        for company in self.sudo():
            if company.customer_sms_provider == "odoo" and "sms.sms" not in self.env:
                raise ValidationError(
                    self.env._(
                        "Odoo's own SMS service is not installed. Install the app “SMS gateway”, "
                        "or choose an HTTP gateway."
                    )
                )

    @api.constrains("customer_sms_from_hour", "customer_sms_to_hour")
    def _check_sms_hours(self):
        for company in self.sudo():
            if not 0 <= company.customer_sms_from_hour < company.customer_sms_to_hour <= 24:
                raise ValidationError(
                    self.env._("SMS are sent from an hour to a later one, between 0 and 24.")
                )

    @api.constrains("customer_fax_pattern", "customer_fax_sender")
    def _check_fax_pattern(self):
        for company in self.sudo():
            pattern, sender = company.customer_fax_pattern, company.customer_fax_sender
            if pattern and not company._get_fax_address("+982112345678"):
                raise ValidationError(
                    self.env._(
                        "The address for faxes has to hold {number} or {national} once, and be an "
                        "e-mail address otherwise: {number}@fax.example.com"
                    )
                )
            if sender and not email_normalize(sender):
                raise ValidationError(
                    self.env._("Faxes come from one e-mail address, as in fax@example.com.")
                )

    def _get_fax_address(self, number):
        """Return the e-mail address a fax to a number (E.164) goes to, ``""`` if none is set."""
        self.ensure_one()
        company = self.sudo()
        pattern = company.customer_fax_pattern or ""
        if len(service.find_places(pattern) & {"number", "national"}) != 1:
            return ""
        values = {
            "number": number.removeprefix("+"),
            "national": service.get_national(number, company.country_id.phone_code or ""),
        }
        return email_normalize(service.fill_template(pattern, values, str)) or ""

    def _get_sms_gateway(self):
        """Return the HTTP gateway of the company, with all rights; empty where there is none."""
        gateways = self.env["customer.sms.gateway"].sudo()
        return gateways.search([("company_id", "=", self.id)], limit=1)

    def _can_send_sms(self):
        self.ensure_one()
        provider = self.sudo().customer_sms_provider
        if provider == "odoo":
            return "sms.sms" in self.env
        return provider == "gateway" and bool(self._get_sms_gateway())

    def _can_ask_delivery(self):
        self.ensure_one()
        if self.sudo().customer_sms_provider == "odoo":
            return "sms.sms" in self.env
        return bool(self._get_sms_gateway().status_url)

    def _is_sms_hour(self):
        """Whether it is an hour in which nobody minds a message."""
        self.ensure_one()
        company = self.sudo()
        timezone = self.env["customer.profile"]._get_timezone(company)
        now = fields.Datetime.context_timestamp(
            self.with_context(tz=timezone), fields.Datetime.now()
        )
        return company.customer_sms_from_hour <= now.hour < company.customer_sms_to_hour
