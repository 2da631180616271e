import email
from ast import literal_eval
from xmlrpc.client import Binary

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all, email_split

SCREENED = ("customer.interaction", "customer.complaint")
TNEF = b"\x78\x9f\x3e\x22"


class MailThread(models.AbstractModel):
    """Mails on their way to our records are looked at, and kept when they become nothing."""

    _inherit = "mail.thread"

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Screen mails on their way to our records, new ones and replies; leave all others.

        :raise AccessError: if somebody else than the mail gateway brings them
        """
        screened = route
        if route and route[0] in SCREENED:
            self._check_gateway()
            screened = self.env[route[0]]._screen_mail(message, message_dict, route)
            if not screened:
                return False
        checked = super()._routing_check_route(
            message, message_dict, screened, raise_exception=raise_exception
        )
        if checked is False and route and route[0] in SCREENED:
            self.env["customer.mail.left.out"]._keep(message, message_dict, screened, "refused")
        return checked

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        """Keep the mails to our records that Odoo leaves, as there were too many of a sender."""
        is_loop = super()._detect_loop_sender(message, message_dict, routes)
        if is_loop:
            self._keep_routes(message, message_dict, routes, "storm")
        return is_loop

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Keep the mails to our records that Odoo leaves before anybody screens them.

        Anybody who logs in can call this: what they say about the record would be written with
        all rights, in the name of whoever is said to have sent the mail.

        :raise AccessError: if somebody else than the mail gateway names a model of ours
        """
        if model in SCREENED:
            self._check_gateway()
        result = super().message_process(
            model,
            message,
            custom_values=custom_values,
            save_original=save_original,
            strip_attachments=strip_attachments,
            thread_id=thread_id,
        )
        if not result:
            self._keep_ignored(message)
        return result

    @api.model
    def _check_gateway(self):
        """Refuse mails that somebody who logs in has written: no mail server has seen them."""
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            raise AccessError(
                self.env._(
                    "Mails find their team or channel by the address they are sent to. Send the "
                    "mail there, or have an administrator set up the mail gateway."
                )
            )

    @api.model
    def _keep_ignored(self, raw):
        """Keep what Odoo's gateway has left: bounces, answers to notices of ours, doubles."""
        raw = bytes(raw.data) if isinstance(raw, Binary) else raw
        raw = raw.encode("utf-8") if isinstance(raw, str) else raw
        message = email.message_from_bytes(raw, policy=email.policy.SMTP)
        message_dict = self.message_parse(message)
        reason = self._get_ignored_reason(message, message_dict)
        if reason:
            routes = self._find_ignored_routes(message_dict)
            self._keep_routes(message, message_dict, routes, reason)

    @api.model
    def _get_ignored_reason(self, message, message_dict):
        """Return why Odoo left a mail; an empty text when nobody would miss it."""
        domain = [("message_id", "=", message_dict["message_id"])]
        known = self.env["mail.message"].sudo().search(domain, limit=1)
        if known:
            return "" if self._is_same_mail(known, message_dict) else "duplicate_id"
        if self._detect_loop_headers(message_dict):
            return "loop"
        if message_dict.get("is_bounce"):
            screening = self.env["customer.mail.screening.mixin"]
            return screening._get_mail_kind(message, message_dict, False, True) or "bounce"
        return ""

    @api.model
    def _is_same_mail(self, known, message_dict):
        """Return whether a message is a mail fetched again; some programs number mails badly."""
        clean = self.env["customer.mail.screening.mixin"]._clean_text
        subjects = {clean(known.subject), clean(message_dict.get("subject"))}
        return len(subjects) == 1 and (
            email_normalize(known.email_from or "", strict=False)
            in (
                email_normalize(message_dict.get("email_from") or "", strict=False),
                *email_normalize_all(message_dict.get("reply_to") or ""),
            )
        )

    @api.model
    def _find_ignored_routes(self, message_dict):
        """Return the ways to our records: the one a mail answers, else those it is sent to."""
        messages = self.env["mail.message"].sudo()
        answered = message_dict.get("bounced_message") or messages.browse(
            message_dict.get("parent_id") or []
        )
        if answered.model in SCREENED and answered.res_id:
            return [(answered.model, answered.res_id, {}, self.env.uid, False)]
        addresses = [address.lower() for address in email_split(message_dict["recipients"])]
        names = [address.partition("@")[0] for address in addresses]
        is_meant = Domain("alias_full_name", "in", addresses) | (
            Domain("alias_name", "in", names) & Domain("alias_incoming_local", "=", True)
        )
        aliases = self.env["mail.alias"].sudo()
        ours = Domain("alias_model_id.model", "in", SCREENED)
        return [
            (
                alias.alias_model_id.model,
                alias.alias_force_thread_id,
                literal_eval(alias.alias_defaults or "{}"),
                self.env.uid,
                alias,
            )
            for alias in aliases.search(ours & is_meant)
        ]

    @api.model
    def _keep_routes(self, message, message_dict, routes, reason):
        for route in routes or ():
            if route[0] in SCREENED:
                self.env["customer.mail.left.out"]._keep(message, message_dict, route, reason)

    def _message_post_after_hook(self, message, msg_vals):
        """Say what a winmail.dat is: Odoo keeps it as it came."""
        result = super()._message_post_after_hook(message, msg_vals)
        if self._name in SCREENED and message.message_type == "email":
            for attachment in message.sudo().attachment_ids:
                if self._is_outlook_package(attachment):
                    self._message_log(
                        body=self.env._(
                            "The file %(name)s is a package of Outlook; what was attached to the "
                            "mail is in it. Ask the sender to send it again as HTML or plain "
                            "text, or open the file with a program for winmail.dat.",
                            name=attachment.name,
                        )
                    )
        return result

    @api.model
    def _is_outlook_package(self, attachment):
        name, kind = (attachment.name or "").lower(), attachment.mimetype or ""
        may_be = name.endswith(".dat") or "ms-tnef" in kind
        return may_be and (attachment.raw or b"").startswith(TNEF)
