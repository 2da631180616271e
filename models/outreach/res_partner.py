from odoo import fields, models

from ..base.access import GROUPS_STANDING
from ..base.phone_plan import PhonePlan, can_receive_sms


class ResPartner(models.Model):
    """By which address or number a contact is reached."""

    _inherit = "res.partner"

    customer_fax = fields.Char(
        string="Fax", help="Faxes of plays go to this number.", groups=GROUPS_STANDING
    )

    def _get_outreach_addresses(self, channel):
        """Return {contact: its own address or number for a way, "" where there is none}.

        Numbers in E.164, or as they are written where they cannot be read. One query at most for
        any number of contacts.

        :param channel: a key of ``CHANNELS``
        """
        if channel == "sms":
            return self._get_sms_numbers()
        if channel == "activity":
            called = self._get_called_numbers()
            return {contact: next(iter(called[contact]), "") for contact in self}
        read = {
            "email": lambda contact: contact.email_normalized,
            "letter": lambda contact: contact._get_letter_address(),
            "fax": lambda contact: contact._get_fax_number(),
        }[channel]
        return {contact: read(contact) or "" for contact in self}

    def _find_loyalty_mail_refusing(self):
        """Also who opted out of the mails of plays, or has an address that did."""
        optouts = self.env["customer.play.optout"]
        emails = {one.email_normalized for one in self if one.email_normalized}
        told = optouts._find_addresses(emails)
        refused = optouts._find_customers("email", self)
        found = self.filtered(lambda one: one in refused or one.email_normalized in told)
        return super()._find_loyalty_mail_refusing() | found

    def _get_sms_numbers(self):
        rows = self._find_phone_numbers()
        numbers = dict.fromkeys(self, "")
        for row in rows.filtered(lambda row: not row.extension and can_receive_sms(row.number)):
            numbers[row.partner_id] = numbers[row.partner_id] or row.number
        return numbers

    def _get_called_numbers(self):
        """Return {contact: numbers they are called at, the first one first, then as written}."""
        numbers = {contact: {} for contact in self}
        for row in self._find_phone_numbers():
            numbers[row.partner_id][row.number] = True
        return {
            contact: [*found, contact.phone] if contact.phone else []
            for contact, found in numbers.items()
        }

    def _find_phone_numbers(self):
        self.flush_model(["phone_sanitized"])  # what has changed is read when it is written
        rows = self.env["customer.phone.number"].sudo()
        domain = [("partner_id", "in", self.ids), ("number", "=like", "+%")]
        return rows.search(domain, order="id")

    def _get_letter_address(self):
        """Return the postal address on one line, empty where a letter would not arrive."""
        if not self.street or not (self.city or self.zip):
            return ""
        lines = self._display_address(without_company=True).splitlines()
        return ", ".join(" ".join(line.split()) for line in lines if line.strip())

    def _get_fax_number(self):
        country = self.country_id or (self.company_id or self.env.company).country_id
        text = self.sudo().customer_fax or ""
        number = PhonePlan(country).complete(text.strip())
        return number if number.startswith("+") else ""
