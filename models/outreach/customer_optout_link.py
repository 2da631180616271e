from markupsafe import Markup

from odoo import api, models
from odoo.tools import consteq, get_lang, hmac
from odoo.tools.mail import append_content_to_html

PATH = "/customer/mails/optout"


class CustomerOptoutLinkMixin(models.AbstractModel):
    """A record a mail to its customer is about: the mail has a link to want no more of them.

    Its model queues the mail (``_queue_mail``) and knows the language of the customer
    (``_get_contact_lang``).
    """

    _name = "customer.optout.link.mixin"
    _description = "Link to Opt Out of Mails"

    @api.model
    def _get_optout_models(self):
        """Return the word in the address of the page -> model of the records behind it."""
        return {"points": "customer.points.lot", "tier": "customer.tier.change"}

    def _queue_mail(self, template):
        """Put the mail into the mail queue, with the link to opt out; return it."""
        mail = super()._queue_mail(template)
        link = self._get_optout_link()
        if link not in (mail.body_html or ""):
            told = self.with_context(lang=self._get_contact_lang())
            text = told.env._("No more such mails: %(link)s", link=link)
            # The link is one long word: it has to wrap on a telephone.
            part = Markup('<p dir="%s" style="overflow-wrap: anywhere;">%s</p>')
            part %= (get_lang(told.env).direction, text)
            mail.body_html = append_content_to_html(mail.body_html, part, plaintext=False)
        return mail

    def _get_optout_key(self):
        """Return what opens the page to opt out for this record, and for no other."""
        self.ensure_one()
        return f"{self.id}-{hmac(self.env(su=True), PATH, (self._name, self.id))}"

    def _get_optout_link(self):
        """Return the link that stands in the mail."""
        words = {model: word for word, model in self._get_optout_models().items()}
        place = f"{PATH}/{words[self._name]}/{self._get_optout_key()}"
        return f"{self.company_id.get_base_url()}{place}"

    @api.model
    def _find_by_optout_key(self, key):
        """Return the record a link belongs to, with all rights; empty for any other text."""
        number, _dash, _mac = key.partition("-")
        records = self.sudo()
        if not key.isascii() or not number.isdigit() or len(number) > 9:
            return records
        record = records.browse(int(number)).exists()
        return record if record and consteq(record._get_optout_key(), key) else records

    @api.model
    def _find_record_of_link(self, word, key):
        """Return the record behind a link of any of these models; ``None`` for any other text."""
        model = self._get_optout_models().get(word)
        return self.env[model]._find_by_optout_key(key) or None if model else None

    def _opt_out(self):
        """Note that the customer wants no more such mails."""
        raise NotImplementedError
