from odoo import api, models
from odoo.tools.misc import get_lang

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
PATH = "/customer/feedback"


class CustomerFeedbackRequest(models.Model):
    """What mails and page show: links, levels, the document, in the language of the contact."""

    _inherit = "customer.feedback.request"

    def _get_feedback_link(self, level=None):
        """Return the link of the mail being made, with a level to choose beforehand.

        It holds the token and nothing else; where there is none (previews), a link to nothing.
        """
        self.ensure_one()
        token = self.env.context.get("feedback_tokens", {}).get(self.id, "preview")
        query = "" if level is None else f"?level={int(level)}"
        return f"{self.company_id.get_base_url()}{PATH}/{token}{query}"

    def _get_mail_levels(self):
        """Return (link, digits, words) of the levels a mail offers."""
        self.ensure_one()
        if self.kind == "gap":
            return []
        levels = self._get_levels(self.kind)
        return [
            (self._get_feedback_link(level), self._localize(level), text) for level, text in levels
        ]

    @api.model
    def _get_levels(self, kind):
        """Return (level, words) of a scale in the language of the environment."""
        if kind == "nps":
            ends = {0: self.env._("not at all likely"), 10: self.env._("extremely likely")}
            return [(level, ends.get(level, "")) for level in range(11)]
        words = [
            self.env._("very bad"),
            self.env._("bad"),
            self.env._("fair"),
            self.env._("good"),
            self.env._("very good"),
        ]
        return list(enumerate(words, 1))

    @api.model
    def _localize(self, number):
        """Write a number in the digits of the language."""
        text = str(number)
        return text.translate(PERSIAN_DIGITS) if self._get_lang_code()[:2] == "fa" else text

    @api.model
    def _get_lang_code(self):
        return get_lang(self.env).code

    def _get_contact_lang(self):
        """Return the language to ask in: of the contact, else of the company."""
        self.ensure_one()
        company = self.company_id.partner_id.lang
        return get_lang(self.env, self.partner_id.lang or company).code

    @api.model
    def _get_direction(self):
        """Return ``rtl`` or ``ltr``."""
        return get_lang(self.env).direction

    def _get_document_name(self):
        """Return the number of the document, "" when there is none (any more)."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env:
            return ""
        return self.env[self.res_model].sudo().browse(self.res_id).exists().display_name or ""

    def _get_question(self):
        """Return the question of the request as a sentence."""
        self.ensure_one()
        company, document = self.company_id.name, self._get_document_name()
        if self.kind == "nps":
            return self.env._(
                "How likely are you to recommend %(company)s to a friend or colleague?",
                company=company,
            )
        if self.kind == "gap":
            return self.env._(
                "What did you expect of %(company)s, and what did you get?", company=company
            )
        questions = {
            "delivery": self.env._("How satisfied are you with delivery %(name)s?", name=document),
            "invoice": self.env._("How satisfied are you with order %(name)s?", name=document),
            "complaint": self.env._(
                "How satisfied are you with the way we solved complaint %(name)s?", name=document
            ),
        }
        general = self.env._("How satisfied are you with %(company)s?", company=company)
        return questions.get(self.cause, general) if document else general
