import re

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import email_normalize

MAX_SUBJECT = 200
MAX_WORDS = 50
NAME = re.compile(r"[^\s\[\](){}<>#:;,!?\"'«»“”،؛؟]+")
LATIN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


class CustomerComplaint(models.Model):
    """Mails to a team become complaints; replies go on with the one that is meant."""

    _name = "customer.complaint"
    _inherit = ["customer.complaint", "customer.mail.screening.mixin"]
    _reads_programs = False

    @api.model
    def _screen_mail(self, message, message_dict, route):
        """Send replies to where the matter goes on now: the original, or a new complaint."""
        route = super()._screen_mail(message, message_dict, route)
        if route and not route[1]:
            route = (route[0], self._find_named(message_dict, route[2]).id, *route[2:])
        if not route or not route[1]:
            return route
        model, thread_id, values, user_id, alias = route
        complaint = self.sudo().browse(thread_id).exists()
        if not complaint:
            return route
        current = complaint._find_current()
        if not current._is_kept_in(message_dict):
            return current._get_own_route(message, message_dict, route)
        if current._is_reopenable() or not current._is_written_by_customer(
            self.env["res.partner"].browse(message_dict.get("author_id")),
            message_dict.get("email_from"),
        ):
            return (model, current.id, values, user_id, alias)
        values = {
            "previous_id": current.id,
            "team_id": current.team_id.id,
            "request_key": self._get_mail_key(
                message, message_dict, self.env["customer.intake.channel"]
            ),
        }
        return (model, False, values, user_id, alias)

    def _prepare_own_route_values(self):
        team = self.team_id.id if self.team_id.active else False
        return {**super()._prepare_own_route_values(), "team_id": team}

    def _part_from(self, partner, customer):
        """Forget the addresses, links and questions of a former customer."""
        result = super()._part_from(partner, customer)
        complaint = self.sudo()
        known = (
            self.env["res.partner"]
            .sudo()
            ._find_customers_by_email(self.email_from or "", self.company_id)
        )
        is_new = complaint.customer_id in known.commercial_partner_id if known else not customer
        if complaint.customer_id and not is_new:
            complaint.email_from = False
        if customer:
            complaint.write({"email_cc": False, "access_token": False})
            complaint._keep_to_ourselves()
            complaint._take_back_questions(customer)
            complaint._release_duplicates()
        return result

    def _keep_to_ourselves(self):
        """Show nobody on the portal what was said between us and a former customer."""
        public = self.message_ids.filtered(lambda message: not message.is_internal)
        own = public.filtered(
            lambda message: (
                message.author_id.partner_share
                and self.customer_id
                and message.author_id.commercial_partner_id == self.customer_id
            )
        )
        (public - own).is_internal = True

    def _take_back_questions(self, customer):
        """Ask a former customer nothing about it, and close links that were sent already."""
        requests = self.env["customer.feedback.request"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("customer_id", "=", customer.id),
                ("state", "in", ("queued", "sent")),
            ]
        )
        queued = requests.filtered(lambda request: request.state == "queued")
        (requests - queued).expires_date = fields.Datetime.now()
        queued.unlink()

    @api.model
    def _find_named(self, message_dict, values):
        """Return the complaint whose number stands in the subject, if its customer has written.

        Programs that drop references leave the number. It proves nothing by itself: with it,
        anybody could write into the complaints of others.
        """
        subject = (message_dict.get("subject") or "").translate(LATIN_DIGITS)
        words = [word.strip(".-") for word in NAME.findall(subject)[:MAX_WORDS]]
        names = {word for word in words if any(map(str.isdigit, word)) and not word.isdigit()}
        if not names:
            return self.browse()
        company = self._get_mail_company(False, values)
        spellings = [spell(name) for name in names for spell in (str, str.upper, str.lower)]
        domain = [("company_id", "=", company.id), ("name", "in", spellings)]
        sender = message_dict.get("email_from")
        found = self.sudo().search(domain)
        if not found:
            return found
        authors = self.env["res.partner"]._find_customers_by_email(sender, company)
        return found.filtered(
            lambda complaint: any(
                complaint._is_written_by_customer(author, sender)
                for author in (authors[:0], *authors)
            )
        )[:1]

    @api.model
    def _get_mail_company(self, thread_id, values):
        team = self.env["customer.complaint.team"].browse(values.get("team_id")).exists()
        company = self.env["res.company"] if thread_id else team.company_id
        return company or super()._get_mail_company(thread_id, values)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a complaint of a mail. Called by Odoo's mail gateway.

        :param msg_dict: the parsed mail
        :param custom_values: ``team_id`` from the alias; ``request_key`` and ``previous_id``
            from the screening of the mail (``_screen_mail``)
        """
        given = self._get_given_values(custom_values)
        team = self.env["customer.complaint.team"].browse(given.get("team_id")).exists()
        company = self.env["res.company"].browse(given.get("company_id")).exists()
        values = {**given, **self._prepare_mail_values(msg_dict, team, company)}
        key = values.get("request_key")
        try:
            with self.env.cr.savepoint():
                complaint = self.with_company(values["company_id"]).create(values)
        except UniqueViolation as error:
            found = self.search(
                [("company_id", "=", values["company_id"]), ("request_key", "=", key)], limit=1
            )
            if not found:  # made since this transaction began: served again, it is found
                raise ConcurrencyError(key) from error
            return found
        complaint._confirm_receipt()
        return complaint

    @api.model
    def _prepare_mail_values(self, msg_dict, team, company=None):
        """Return the values of the complaint that a mail to a team is.

        :param company: of a mail to no team
        """
        company = team.company_id or company or self.env.company
        sender = msg_dict.get("email_from") or ""
        partner = self.env["res.partner"]._find_customers_by_email(sender, company)[:1]
        subject = self._clean_text(msg_dict.get("subject"), MAX_SUBJECT)
        return {
            "subject": subject or self.env._("(no subject)"),
            "description": msg_dict.get("body") or False,
            "email_from": self._clean_text(sender),
            "partner_id": partner.id,
            "company_id": company.id,
            "team_id": team.id,
            "open_date": self._get_mail_date(msg_dict.get("date")),
            "is_from_customer": True,
        }

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        return [("email_from", "ilike", email_from_normalized)]

    def _confirm_receipt(self):
        """Tell customers that their complaint has come in; it is no answer yet."""
        for complaint in self:
            template = complaint.team_id.sudo().template_id
            if template.model == self._name and (
                complaint.partner_id.email or complaint.email_from
            ):
                complaint.sudo().message_post_with_source(
                    template, message_type="auto_comment", subtype_xmlid="mail.mt_comment"
                )

    def _get_direction(self):
        """Return ``rtl`` or ``ltr``, as the contact reads: mails of ours are in their language."""
        code = self.partner_id.lang or self.env.lang or "en_US"
        return self.env["res.lang"]._get_data(code=code).direction or "ltr"

    # === WHAT IS WRITTEN ON A COMPLAINT ===

    def _message_post_after_hook(self, message, msg_vals):
        self._adopt_contact(message)
        is_told = message.message_type in ("email", "comment") and not message.is_internal
        if is_told and self._is_moved_by_user():
            author = message.author_id
            if self._is_written_by_customer(author, message.email_from):
                self._after_customer_message(message)
        return super()._message_post_after_hook(message, msg_vals)

    def _is_moved_by_user(self):
        """Whether what is written here moves the complaint: whoever may only read, may only write.

        Any author can be named over RPC: no clock runs, and nothing is reopened, by a reader.
        Who it is counts, not with which rights: the route of the chatter posts with all of them.
        """
        user = self.env.user
        return user._is_superuser() or user.share or self.sudo(False).has_access("write")

    def _adopt_contact(self, message):
        """Take the contact made for an unknown sender when the sender was first answered."""
        address = email_normalize(self.email_from or "", strict=False)
        if address and not self.partner_id and self._is_moved_by_user():
            found = message.partner_ids.filtered(lambda p: p.email_normalized == address)
            if found:
                self.sudo().partner_id = found[0]

    def _is_written_by_customer(self, author, sender):
        """Whether it is the customer who writes, and not one of us or a third party."""
        self.ensure_one()
        if author and not author.partner_share:
            return False
        known = author and self.customer_id and author.commercial_partner_id == self.customer_id
        if author and (known or author == self.partner_id):
            return True
        wanted = email_normalize(self.partner_id.email or self.email_from or "", strict=False)
        return bool(wanted) and email_normalize(sender or "", strict=False) == wanted

    def _after_customer_message(self, message):
        """Go on with a complaint whose customer has written again."""
        complaint = self.sudo()
        stage = complaint.stage_id
        if complaint.duplicate_of_id:
            return
        if complaint.close_date and complaint._is_reopenable():
            complaint._reopen()
        elif complaint.close_date:
            follow_up = complaint._create_follow_up(
                {"description": message.body, "is_from_customer": True}
            )
            for attachment in message.sudo().attachment_ids:
                attachment.copy({"res_model": self._name, "res_id": follow_up.id})
        elif stage.is_waiting:
            complaint._reopen()

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Note the first answer: something one of us wrote that goes to the customer."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if (
            not self.first_response_date
            and self._is_moved_by_user()
            and message.message_type in ("comment", "email_outgoing")
            and message.author_id
            and not message.author_id.partner_share
            and self._is_sent_to_customer(recipients)
        ):
            self.sudo().first_response_date = self._get_mail_date(message.date)
        return recipients

    def _is_sent_to_customer(self, recipients):
        partners = self.env["res.partner"].sudo().browse([r["id"] for r in recipients if r["id"]])
        if self.customer_id:
            return self.partner_id in partners or self.customer_id in partners.commercial_partner_id
        address = email_normalize(self.email_from or "", strict=False)
        return bool(address) and address in partners.mapped("email_normalized")
