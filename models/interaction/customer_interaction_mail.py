from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import email_normalize

MAX_SUBJECT_LENGTH = 200


class CustomerInteraction(models.Model):
    """A mail to a channel is looked at, and is then an interaction of the customer who sent it."""

    _name = "customer.interaction"
    _inherit = ["customer.interaction", "customer.mail.screening.mixin"]

    channel_id = fields.Many2one(
        comodel_name="customer.intake.channel",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        help="The address it came in on.",
    )

    @api.model
    def _screen_mail(self, message, message_dict, route):
        """Make what is not of the customer who is answered an interaction of its own."""
        route = super()._screen_mail(message, message_dict, route)
        answered = self.sudo().browse(route[1] if route else []).exists()
        if answered and not answered._is_kept_in(message_dict):
            return answered._get_own_route(message, message_dict, route)
        return route

    @api.model
    def _get_stored_address(self):
        return "address"

    def _prepare_own_route_values(self):
        return {**super()._prepare_own_route_values(), "channel_id": self.channel_id.id}

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make an interaction of a mail. Called by Odoo's mail gateway.

        :param msg_dict: the parsed mail
        :param custom_values: ``channel_id`` from the alias; ``request_key`` and ``needs_answer``
            from the screening of the mail (``_screen_mail``)
        """
        given = self._get_given_values(custom_values)
        channel = self.env["customer.intake.channel"].browse(given.get("channel_id")).exists()
        company = self.env["res.company"].browse(given.get("company_id")).exists()
        values = {**given, **self._prepare_mail_values(msg_dict, channel, company)}
        key = values.get("request_key")
        try:
            with self.env.cr.savepoint():
                return self.create(values)
        except UniqueViolation as error:
            found = self.search(
                [("company_id", "=", values["company_id"]), ("request_key", "=", key)], limit=1
            )
            if not found:  # made since this transaction began: served again, it is found
                raise ConcurrencyError(key) from error
            return found

    @api.model
    def _prepare_mail_values(self, msg_dict, channel, company=None):
        """Return the values of the interaction that a mail to a channel is.

        :param company: of a mail to no channel
        """
        company = channel.company_id or company or self.env.company
        sender = msg_dict.get("email_from") or ""
        partners = self.env["res.partner"]
        if channel.kind == "fax":
            address = channel._find_fax_number(msg_dict.get("subject"), sender)
            partners, lead = partners._find_sender("phone", address, company)
        else:
            address = email_normalize(sender, strict=False) or self._clean_text(sender)
            partners, lead = partners._find_sender("email", sender, company)
        subject = self._clean_text(msg_dict.get("subject"), MAX_SUBJECT_LENGTH)
        return {
            "kind": channel.kind or "email",
            "direction": "in",
            "date": self._get_mail_date(msg_dict.get("date")),
            "subject": subject or self.env._("(no subject)"),
            "address": self._clean_text(address),
            "partner_id": partners[:1].id,
            "channel_id": channel.id,
            "company_id": company.id,
            "team_id": channel.team_id.id,
            "user_id": channel.user_id.id,
            **lead._get_interaction_document(company),
        }

    def message_update(self, msg_dict, update_vals=None):
        """Take a reply in: when the customer writes again, the customer waits again.

        Called by Odoo's mail gateway.
        """
        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        if not author or author.partner_share:
            self._ask_again(self._get_mail_date(msg_dict.get("date")))
        return super().message_update(msg_dict, update_vals)

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Count mails of one person only: gateways and scanners may send many."""
        return [("address", "=", email_from_normalized), ("kind", "=", "email")]

    @api.model
    def _get_screened_values(self, message, message_dict, channel):
        return {"needs_answer": not self._is_automatic(message, message_dict, channel)}
