from markupsafe import Markup

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.mail import append_content_to_html

from ..outreach import mass_mailing
from ..outreach.customer_outreach_message_list import PLACE

SAMPLE_LINK = f"/customer/o/1234567-{'0' * 16}"


class CustomerPlayAction(models.Model):
    """Steps that go out as mail, SMS, letter or fax: each tells how to hear no more by this way."""

    _inherit = "customer.play.action"

    def _do_email(self):
        """Put the mail into the mail queue, with a link to opt out."""
        lang = self._get_contact_lang()
        template = self.step_id.mail_template_id.with_context(template_preview_lang=lang)
        if template.model != self._name:  # whoever made the template may have changed it since
            raise UserError(
                self.env._("The mail of “%(step)s” is not made for plays.", step=self.step_id.name)
            )
        mail = self.env["mail.mail"].browse(
            template.send_mail(
                self.id,
                email_values={
                    "model": "res.partner",
                    "res_id": self.partner_id.id,
                    "recipient_ids": [Command.set(self.contact_id.ids)],
                    "email_to": False,
                    "email_cc": False,
                },
            )
        )
        link = self._get_optout_link()
        if link not in (mail.body_html or ""):
            told = self.with_context(lang=lang)
            text = told.env._("No more such mails: %(link)s", link=link)
            # The link is one long word: it has to wrap on a telephone.
            part = Markup('<p dir="%s" style="overflow-wrap: anywhere;">%s</p>')
            part %= (told._get_direction(), text)
            mail.body_html = append_content_to_html(mail.body_html, part, plaintext=False)
        return {"mail_id": mail.id, **self._trace_mail(mail)}

    def _trace_mail(self, mail):
        """Make the mail part of a mailing of its step, where Odoo's app for those is installed.

        It is reached when Odoo says so (:meth:`_follow_traces`).
        """
        if not mass_mailing.is_installed(self.env):
            return {}
        traced = [("step_id", "=", self.step_id.id), ("trace_number", ">", 0)]
        sibling = self.search(traced, order="id desc", limit=1)
        mailing = mass_mailing.get_mailing(self.env, sibling.trace_number)
        if not mailing:
            name = f"{self.play_id.name}: {self.step_id.name}"
            mailing = mass_mailing.make_mailing(mail, name, self.play_id.user_id)
        trace = mass_mailing.trace(mail, mailing, self.address)
        return {"trace_number": trace.id, "is_reached": False}

    def _follow_traces(self):
        """Note which mails that are part of mailings were read, and which were replied to."""
        traced = self.filtered("trace_number")
        found = mass_mailing.read_traces(self.env, traced.mapped("trace_number"))
        for action in traced:
            told = found.get(action.trace_number)
            if told and told != (action.is_reached, action.is_answered):
                action.write({"is_reached": told[0], "is_answered": told[1]})

    def _find_gone(self):
        """Return those that wait to be sent to who left the play, or whose play was stopped."""
        unsent = self.filtered(lambda one: one.message_id.state in (False, "waiting"))
        for members in unsent.member_id.grouped("play_id").values():
            members._leave_where_due(is_done=True)
        return self.filtered(
            lambda one: one.member_id.state == "left" or one.play_id.state == "cancelled"
        )

    def _do_sms(self):
        """Put an SMS into the queue; it counts as reached when it is sent."""
        message = self._create_message()
        message._wake_sender()
        return {"message_id": message.id, "is_reached": False}

    def _do_letter(self):
        """Write a letter; it counts as reached when it is printed."""
        return {"message_id": self._create_message().id, "is_reached": False}

    def _create_message(self):
        lang = self._get_contact_lang()
        return self.env["customer.outreach.message"].create(
            {
                "channel": self.kind,
                "company_id": self.company_id.id,
                "partner_id": self.contact_id.id,
                "user_id": self._get_salesperson().id,
                "address": self.address,
                "title": self.step_id.with_context(lang=lang).name,
                "text": self._get_step_text(lang),
                "way_out": self._get_way_out(lang),
                "lang": lang,
            }
        )

    def _get_step_text(self, lang):
        """Return the text of the step in a language, with its places filled."""
        return self._fill_places(self.step_id.with_context(lang=lang).text or "").strip()

    def _fill_places(self, text):
        """Return a text with its places filled; what stands in no place is not worked out."""
        self.ensure_one()
        values = self._get_text_places()
        return PLACE.sub(lambda found: values.get(found[1], lambda: found[0])(), text)

    def _get_text_places(self):
        """Return {place: function that returns what stands there}; later rooms add theirs."""
        user = self._get_salesperson()
        contact = self.contact_id
        return {
            "name": lambda: contact.name or contact.commercial_partner_id.name or "",
            "company": lambda: self.company_id.name,
            "salesperson": lambda: user.name,
            "phone": lambda: user.phone or self.company_id.phone or "",
            "coupon": lambda: self.coupon_code or "",
        }

    def _get_way_out(self, lang):
        link = self._get_short_optout_link()
        env = self.with_context(lang=lang).env
        if self.kind == "sms":
            return env._("No more SMS: %(link)s", link=link)
        return env._("You want no more such letters? Open %(link)s, or just tell us.", link=link)

    @api.model
    def _get_sample_way_out(self):
        """Return what is added to an SMS, as long as it will be about."""
        link = f"{self.env.company.get_base_url()}{SAMPLE_LINK}"
        return self.env._("No more SMS: %(link)s", link=link)

    def _do_fax(self):
        """Put a mail to the fax service into the mail queue, with the letter as its body."""
        lang = self._get_contact_lang()
        company = self.company_id
        text = "\n\n".join((self._get_step_text(lang), self._get_way_out(lang)))
        sender = company.sudo().customer_fax_sender or company.email_formatted
        mail = self.env["mail.mail"].create(
            {
                "model": "res.partner",
                "res_id": self.partner_id.id,
                "subject": self.step_id.with_context(lang=lang).name,
                "email_from": sender or self._get_salesperson().email_formatted,
                "email_to": company._get_fax_address(self.address),
                "body_html": Markup('<div dir="%s">%s</div>')
                % (self.with_context(lang=lang)._get_direction(), plaintext2html(text)),
                "auto_delete": False,
            }
        )
        return {"mail_id": mail.id}

    def _get_values_of_message(self):
        """Return what the state of its message makes of an action; not sent is not paid for."""
        message = self.message_id
        lost = {"is_reached": False, "cost": 0}
        return {
            "sent": {
                "state": "done",
                "error": False,
                "skip_reason": False,
                "is_reached": True,
                "cost": self.step_id.cost,
            },
            "delivered": {"is_reached": True},
            "undelivered": {"is_reached": False},
            "failed": {"state": "failed", "error": message.error, **lost},
            "cancelled": {"state": "skipped", "skip_reason": message.cancel_reason, **lost},
        }.get(message.state)
