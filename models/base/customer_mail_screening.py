import hashlib
import logging

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

_logger = logging.getLogger(__name__)

MAX_LINE = 1000
MAX_ADDRESS = 200
AUTO_REPLY_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
BULK = ("bulk", "junk", "list", "auto_reply")


class CustomerMailScreeningMixin(models.AbstractModel):
    """Looks at mails before they become records: loops, automatic replies, duplicates."""

    _name = "customer.mail.screening.mixin"
    _description = "Screening of Incoming Mail"

    @api.model
    def _screen_mail(self, message, message_dict, route):
        """Return the route of a mail with what the headers tell, or False to leave the mail.

        :param message: the mail with its headers
        :param message_dict: what Odoo has parsed of it; its texts are cleaned in place
        :param route: (model, thread id, values, user id, alias)
        """
        for name in ("subject", "email_from"):
            if message_dict.get(name):
                message_dict[name] = self._clean_text(message_dict[name], MAX_LINE)
        model, thread_id, values, user_id, alias = route
        values = dict(values or {})
        channel = self.env["customer.intake.channel"].browse(values.get("channel_id")).exists()
        reason = self._get_mail_refusal(message, message_dict, channel, thread_id)
        if not reason and not thread_id:
            values["request_key"] = self._get_mail_key(message, message_dict, channel)
            values |= self._get_screened_values(message, channel)
            if self._is_recorded(values["request_key"]):
                reason = "it has been recorded already"
        if reason:
            _logger.info(
                "Mail %r from %r was not recorded: %s",
                message_dict.get("message_id"),
                message_dict.get("email_from"),
                reason,
            )
            return False
        return (model, thread_id, values, user_id, alias)

    @api.model
    def _get_screened_values(self, message, channel):
        """Return what else the headers of a new mail tell."""
        return {}

    @api.model
    def _is_recorded(self, key):
        """Tell whether a mail has been recorded, be it this moment by another process.

        Two processes may fetch one mail at the same time. A violated constraint would come too
        late: Odoo sends the sender a bounce whenever a record cannot be made. So the second one
        waits here for the first, and looks at what that has committed: a transaction of its own
        does, this one cannot see what came after its beginning.
        """
        domain = [("request_key", "=", key)]
        if self.sudo().search_count(domain, limit=1):
            return True
        self.env.execute_query(SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", key))
        with self.env.registry.cursor() as cr:
            return bool(self.with_env(self.env(cr=cr)).sudo().search_count(domain, limit=1))

    @api.model
    def _get_mail_refusal(self, message, message_dict, channel, thread_id):
        """Return why a mail is not to be recorded, or an empty text."""
        sender = email_normalize(message_dict.get("email_from") or "", strict=False)
        if sender and self.env["mail.alias.domain"].sudo()._find_aliases([sender]):
            return "it comes from an address of ours"
        if self._is_automatic_reply(message):
            return "it is an automatic reply"
        # Gateways and scanners are machines: what they send is no mass mail for that.
        is_person = thread_id or (channel.kind or "email") == "email"
        if is_person and self._get_header(message, "Precedence") in BULK:
            return "it is a mass mail"
        return ""

    @api.model
    def _is_automatic_reply(self, message):
        if self._get_header(message, "Auto-Submitted").startswith("auto-replied"):
            return True
        if self._get_header(message, "Precedence") == "auto_reply":
            return True
        return any(self._get_header(message, name) for name in AUTO_REPLY_HEADERS)

    @api.model
    def _is_automatic(self, message, channel):
        """Tell whether a program of the customer wrote the mail: it waits for no answer.

        Faxes and scanned letters are sent by programs, but people wrote them.
        """
        sent = self._get_header(message, "Auto-Submitted")
        is_person = (channel.kind or "email") == "email"
        return is_person and bool(sent) and not sent.startswith("no")

    @api.model
    def _get_header(self, message, name):
        """Return a header in lower case; what cannot be read counts as not there."""
        try:
            return str(message.get(name) or "").strip().lower()
        except (ValueError, LookupError, AttributeError, TypeError):
            return ""

    @api.model
    def _get_mail_key(self, message, message_dict, channel):
        """Return what identifies a mail on a channel: its id, or without one its content."""
        told = [message_dict.get("message_id")]
        if not message.get("Message-Id"):  # Odoo has invented one, another every time
            told = [message_dict.get(name) for name in ("email_from", "date", "subject", "body")]
            told += [(item[0], len(item[1] or "")) for item in message_dict["attachments"]]
        digest = hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()
        return f"mail:{channel.id or 0}:{digest}"

    @api.model
    def _get_mail_date(self, text):
        """Return when a mail was sent; what lies in the future is the sender's mistake."""
        now = fields.Datetime.now()
        return min(fields.Datetime.to_datetime(text) or now, now)

    @api.model
    def _clean_text(self, text, length=MAX_ADDRESS):
        """Return one line of printable text, cut to a length."""
        text = (text or "")[: length * 4]
        kept = "".join(
            sign if sign.isprintable() or sign in "\u200c\u200d" else " " for sign in text
        )
        return " ".join(kept.split())[:length]
