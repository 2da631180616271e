import hashlib
import logging
import re

from odoo import api, fields, models
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_and_format

from ...engine.service import find_mail_kind
from ..guard.customer_date_bounds import is_within

_logger = logging.getLogger(__name__)

MAX_LINE = 1000
MAX_ADDRESS = 200
# Who sends mails for others: their names are before the @, perhaps with a number or +tag.
FORM_NAMES = re.compile(
    r"""(?:wordpress|mailer|web-?master|(?:contact|web|order|inquiry)?[-_.]?forms?|kontaktformular
        |formulario|formulaire|www-?data|apache|httpd|nginx|nobody)\d*""",
    re.VERBOSE,
)
# Anywhere in the name: "shop-noreply", "no.reply-42", "shopnoreply".
NO_REPLY = re.compile(
    r"""noreply|donotreply|(?:^|[-_.])(?:(?:no|not|never|do[-_.]?not|dont)[-_.]?(?:reply|replies|respond|answer)
        |(?:nicht|keine)[-_.]?antwort(?:en)?|ne[-_.]?pas[-_.]?repondre|no[-_.]?responder
        |non[-_.]?rispondere|nao[-_.]?responda|unattended)\d*(?:$|[-_.])""",
    re.VERBOSE,
)
MAX_WRITERS = 20
# Of aliases, and of the screening itself.
GIVEN_NAMES = (
    *("team_id", "channel_id", "company_id"),
    *("request_key", "previous_id", "needs_answer"),
)
RECORDED = "recorded"
TAKEN_IN = "customer_mail_taken_in"


class CustomerMailScreeningMixin(models.AbstractModel):
    """Looks at mails before they become records: loops, automatic replies, duplicates."""

    _name = "customer.mail.screening.mixin"
    _description = "Screening of Incoming Mail"
    # Whether what programs send unasked is of interest, too.
    _reads_programs = True

    @api.model
    def _screen_mail(self, message, message_dict, route):
        """Return the route of a mail with what the headers tell, or False to leave the mail.

        What is left is kept in ``customer.mail.left.out``, but for what is recorded already.

        :param message: the mail with its headers
        :param message_dict: what Odoo has parsed of it; its texts are cleaned in place
        :param route: (model, thread id, values, user id, alias)
        """
        for name in ("subject", "email_from"):
            if message_dict.get(name):
                message_dict[name] = self._clean_text(message_dict[name], MAX_LINE)
        model, thread_id, values, user_id, alias = route
        values = dict(values or {})
        channel = self._get_mail_channel(values)
        is_machine = not thread_id and (channel.kind or "email") != "email"
        if not is_machine:
            self._find_writer(message, message_dict)
        reason = self._get_mail_refusal(message, message_dict, is_machine, thread_id)
        if not reason and not thread_id:
            values["request_key"] = self._get_mail_key(message, message_dict, channel)
            values |= self._get_screened_values(message, message_dict, channel)
            if not self._is_taken_in() and self._is_recorded(values["request_key"]):
                reason = RECORDED
        if not reason:
            self._bound_mail_date(message_dict)
            return (model, thread_id, values, user_id, alias)
        # Who wrote stays out of the log; the mail itself is in the list of those left out.
        _logger.info("A mail to %s was not recorded: %s", self._name, reason)
        if reason != RECORDED:
            self.env["customer.mail.left.out"]._keep(message, message_dict, route, reason)
        return False

    @api.model
    def _is_taken_in(self):
        """Return whether somebody has said that the mail is one of a person."""
        return bool(self.env.context.get(TAKEN_IN))

    @api.model
    def _get_given_values(self, values):
        """Return what the gateway may say about a new record: never what people decide on it."""
        known = [name for name in GIVEN_NAMES if name in self._fields]
        return {name: values[name] for name in known if (values or {}).get(name)}

    @api.model
    def _get_screened_values(self, message, message_dict, channel):
        """Return what else the headers of a new mail tell."""
        return {}

    @api.model
    def _get_mail_company(self, thread_id, values):
        """Return the company a mail comes to."""
        record = self.sudo().browse(thread_id).exists() if thread_id else self.browse()
        channel_company = self._get_mail_channel(values).company_id
        return record.company_id or channel_company or self.env.company

    @api.model
    def _get_mail_channel(self, values):
        return self.env["customer.intake.channel"].browse(values.get("channel_id")).exists()

    @api.model
    def _get_mail_refusal(self, message, message_dict, is_machine, thread_id):
        """Return why a mail is not to be recorded, or an empty text.

        :param is_machine: whether it comes from a fax gateway or scanner
        """
        if self._is_taken_in():
            return ""
        sender = email_normalize(message_dict.get("email_from") or "", strict=False)
        if sender and self.env["mail.alias.domain"].sudo()._find_aliases([sender]):
            return "own_address"
        kind = self._get_mail_kind(message, message_dict, is_machine, thread_id)
        is_read = self._reads_programs or self._is_form(message, message_dict)
        return "" if kind == "program" and is_read else kind

    @api.model
    def _get_mail_kind(self, message, message_dict, is_machine, thread_id):
        """Return what a mail is instead of the mail of a person, or an empty text."""
        return find_mail_kind(
            message,
            message_dict.get("subject"),
            message_dict.get("body"),
            is_reply=bool(thread_id),
            is_machine=is_machine,
        )

    @api.model
    def _is_automatic(self, message, message_dict, channel):
        """Tell whether a program of the customer wrote the mail: it waits for no answer.

        Faxes and scanned letters are sent by programs, but people wrote them, and so did who
        filled in a form.
        """
        if self._is_taken_in() or self._is_form(message, message_dict):
            return False
        is_machine = (channel.kind or "email") != "email"
        return self._get_mail_kind(message, message_dict, is_machine, False) == "program"

    # === WHO WROTE ===

    @api.model
    def _find_writer(self, message, message_dict):
        """Put the customer in the place of the form that sent the mail for the customer.

        Forms on web pages send from an address of their own, or of the shop; who has filled one
        in is whom an answer goes to.
        """
        sender = email_normalize(message_dict.get("email_from") or "", strict=False)
        told = self._get_reply_addresses(message)
        writers = [address for address in told if address != sender]
        if not sender or not writers:
            return
        if self._is_form_name(sender) or self._is_own_address(sender):
            writers = [
                address
                for address in writers
                if not (self._is_form_name(address) or self._is_own_address(address))
            ]
            if len(writers) == 1:
                message_dict["email_from"] = self._clean_text(told[writers[0]], MAX_LINE)
                message_dict["from"] = message_dict["email_from"]
                message_dict.pop("author_id", None)

    @api.model
    def _get_reply_addresses(self, message):
        """Return address -> how it is written, with its name, of those an answer goes to.

        Each once; none at all of a mail that lists more than :data:`MAX_WRITERS`.
        """
        written = email_split_and_format(self._get_header(message, "Reply-To"))
        if len(written) > MAX_WRITERS:
            return {}
        addresses = {}
        for one in written:
            if address := email_normalize(one, strict=False):
                addresses.setdefault(address, one)
        return addresses

    @api.model
    def _is_form_name(self, address):
        """Return whether an address is one that programs send from and nobody reads."""
        name = address.partition("@")[0].partition("+")[0]
        return bool(FORM_NAMES.fullmatch(name) or NO_REPLY.search(name))

    @api.model
    def _is_form(self, message, message_dict):
        """Return whether :meth:`_find_writer` has put somebody in the place of the sender."""
        sender = email_normalize(self._get_header(message, "From"), strict=False)
        writer = email_normalize(message_dict.get("email_from") or "", strict=False)
        return bool(sender and writer and sender != writer)

    @api.model
    def _is_own_address(self, address):
        """Return whether an address is one of the company, or of somebody who works there."""
        domains = self.env["mail.alias.domain"].sudo()
        if address.partition("@")[2] in domains.search([]).mapped(lambda d: d.name.lower()):
            return True
        if domains._find_aliases([address]):
            return True
        partners = self.env["res.partner"].sudo()
        owners = partners.search([("email_normalized", "=", address)], limit=100)
        companies = self.env["res.company"].sudo().search([("partner_id", "in", owners.ids)])
        return bool(companies or owners._filter_colleagues(()))

    @api.model
    def _get_header(self, message, name):
        """Return a header; what cannot be read counts as not there."""
        try:
            return str(message.get(name) or "").strip()
        except (ValueError, LookupError, AttributeError, TypeError):
            return ""

    @api.model
    def _get_mail_key(self, message, message_dict, channel):
        """Return what identifies a mail on a channel: its id, or without one its content."""
        if self._is_taken_in():
            return f"left:{self.env.context[TAKEN_IN]}"
        told = [message_dict.get("message_id")]
        if not message.get("Message-Id"):  # Odoo has invented one, another every time
            told = self._get_mail_content(message_dict)
        digest = hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()
        return f"mail:{channel.id or 0}:{digest}"

    @api.model
    def _get_mail_content(self, message_dict):
        """Return what two copies of a mail have in common, as a list."""
        told = [message_dict.get(name) for name in ("email_from", "date", "subject", "body")]
        return told + [
            (item[0], len(item[1] or "")) for item in message_dict.get("attachments", ())
        ]

    @api.model
    def _bound_mail_date(self, message_dict):
        """Take a mail out of all reason for one of now: it stands in threads with its date."""
        sent = fields.Datetime.to_datetime(message_dict.get("date"))
        if sent and not is_within(sent):
            message_dict["date"] = fields.Datetime.to_string(fields.Datetime.now())

    @api.model
    def _get_mail_date(self, text):
        """Return when a mail was sent; the future and the far past are the sender's mistake."""
        now = fields.Datetime.now()
        try:
            sent = fields.Datetime.to_datetime(text) or now
        except (ValueError, TypeError):
            sent = now
        return min(sent, now) if is_within(sent) else now

    @api.model
    def _clean_text(self, text, length=MAX_ADDRESS):
        """Return one line of printable text, cut to a length."""
        text = (text or "")[: length * 4]
        kept = "".join(
            sign if sign.isprintable() or sign in "\u200c\u200d" else " " for sign in text
        )
        return " ".join(kept.split())[:length]
