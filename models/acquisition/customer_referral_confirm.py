from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import consteq, get_lang, hmac

CONFIRM_PATH = "/customer/referral/confirm"
# Mails in a day and a night that one link may cause: whoever it brings beyond waits for a manager.
MAILS_PER_DAY = 20


class CustomerReferral(models.Model):
    """Whoever came by a link says by a mail to them that it was they.

    Anybody may open a link, in a private window as well: one of us could enter the customers they
    win, so that a friend is paid for them. Without the answer a manager approves the reward.
    """

    _inherit = "customer.referral"

    def _ask_to_confirm(self):
        """Put the mail that asks for it into the mail queue; none to our own people.

        Nothing a visitor wrote is in it: they could write to anybody in our name. Called with all
        rights, on what the page has just noted.
        """
        self.ensure_one()
        blocked = self.env["mail.blacklist"]
        if not self.email or self._is_one_of_us(self.email) or self._is_link_overused():
            return
        if blocked.search_count([("email", "=", self.email)], limit=1):
            return
        lang = self.referrer_id._get_page_lang()
        company = self.company_id.with_context(lang=lang)
        values = {
            "company": company,
            "direction": get_lang(company.env).direction,
            "link": self._get_confirm_link(),
        }
        body = company.env["ir.qweb"]._render(
            "customer_value.referral_confirm_mail", values, minimal_qcontext=True
        )
        sender = company.email_formatted or self.env.ref("base.user_root").email_formatted
        self.env["mail.mail"].create(
            {
                "subject": company.env._("%(company)s: was it you?", company=company.name),
                "email_from": sender,
                "email_to": self.email,
                "body_html": body,
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _is_link_overused(self):
        """Return whether the link brought more people since yesterday than it may write to."""
        since = fields.Datetime.now() - timedelta(days=1)
        domain = [("referrer_id", "=", self.referrer_id.id), ("way", "=", "link")]
        lately = [*domain, ("create_date", ">=", since)]
        return self.search_count(lately, limit=MAILS_PER_DAY + 1) > MAILS_PER_DAY

    @api.model
    def _is_one_of_us(self, address):
        users = self.env["res.users"].with_context(active_test=False)
        domain = [("share", "=", False), ("partner_id.email_normalized", "=", address)]
        return bool(users.search_count(domain, limit=1))

    def _confirm(self):
        """Let the referral be rewarded; once a manager has decided, nothing changes."""
        self.ensure_one()
        if self.state != "refused" and not self.is_approved:
            self.is_approved = True
            self._queue()

    def _get_confirm_key(self):
        """Return what confirms this referral, and no other."""
        self.ensure_one()
        return self._make_confirm_key(self.id)

    @api.model
    def _make_confirm_key(self, number):
        return f"{number}-{hmac(self.env(su=True), 'customer.referral', number)}"

    def _get_confirm_link(self):
        return f"{self.company_id.get_base_url()}{CONFIRM_PATH}/{self._get_confirm_key()}"

    @api.model
    def _find_by_confirm_key(self, key):
        """Return the referral a link belongs to, with all rights; empty for any other text."""
        number, _dash, _mac = key.partition("-")
        if not key.isascii() or not number.isdigit() or len(number) > 9:
            return self.browse()
        if not consteq(self._make_confirm_key(int(number)), key):
            return self.browse()
        return self.sudo().browse(int(number)).exists()
