"""The public page of feedback: no JavaScript, no cookie needed to read it, nothing stored."""

from http import HTTPStatus

from odoo.http import Response
from odoo.tools.misc import get_lang

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address holds the token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


class FeedbackPage:
    """Makes the answers to a request of a browser."""

    def __init__(self, request):
        self.request = request

    def form(self, asked, level, problem="", answer=None):
        """The question of a request, in the language of the contact."""
        asked = asked.with_context(lang=asked._get_contact_lang())
        factors = asked.env["customer.feedback.factor"]
        values = {
            "title": asked.company_id.name,
            "asked": asked,
            "level": level,
            "answer": answer or {},
            "problem": problem,
            "factors": factors._get_factors(asked.company_id) if asked.kind == "gap" else factors,
            "csrf_token": self.request.csrf_token(),
        }
        status = HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK
        return self._render(asked.env, "customer_value.feedback_form", values, status)

    def thanks(self, asked):
        """What the customer sees after the answer, in their language."""
        asked = asked.with_context(lang=asked._get_contact_lang())
        values = {"title": asked.company_id.name, "asked": asked}
        return self._render(asked.env, "customer_value.feedback_thanks", values)

    def optout(self, record, is_done, is_mail=True):
        """Ask whether such messages are unwanted, or say that none will come any more.

        :param record: what a link to opt out stood in
        """
        record = record.with_context(lang=record._get_contact_lang())
        values = {
            "title": record.company_id.name,
            "company": record.company_id,
            "is_mail": is_mail,
            "is_done": is_done,
            "csrf_token": self.request.csrf_token(),
        }
        return self._render(record.env, "customer_value.play_optout", values)

    def referral(self, referrer, problem="", answers=None, is_done=False):
        """Ask somebody who was invited how to reach them; nothing of who invited them is shown."""
        referrer = referrer.with_context(lang=referrer._get_page_lang())
        values = {
            "title": referrer.company_id.name,
            "company": referrer.company_id,
            "answers": answers or {},
            "problem": problem,
            "is_done": is_done,
            "csrf_token": self.request.csrf_token(),
        }
        status = HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK
        return self._render(referrer.env, "customer_value.referral_page", values, status)

    def referral_confirm(self, referral, is_done=False):
        """Ask somebody by a mail to them whether they came by a link, or thank them."""
        referral = referral.with_context(lang=referral.referrer_id._get_page_lang())
        values = {
            "title": referral.company_id.name,
            "company": referral.company_id,
            "is_done": is_done,
            "csrf_token": self.request.csrf_token(),
        }
        return self._render(referral.env, "customer_value.referral_confirm_page", values)

    def closed(self):
        """The same page for used, expired and unknown links, to the byte."""
        return self._render(self._get_visitor_env(), "customer_value.feedback_closed", {})

    def error(self, status, minutes=0):
        """A page for an error, with what to do about it."""
        env = self._get_visitor_env()
        texts = {
            HTTPStatus.BAD_REQUEST: env._(
                "Your browser did not send everything we need. Please open the link in the mail "
                "again, allow cookies for this page, and send your answer once more."
            ),
            HTTPStatus.TOO_MANY_REQUESTS: env._(
                "There were too many attempts. Please try again in a few minutes."
            ),
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE: env._(
                "Your answer is too long. Please shorten the comment and send it again."
            ),
            HTTPStatus.METHOD_NOT_ALLOWED: env._("Please open the link in the mail again."),
            HTTPStatus.SERVICE_UNAVAILABLE: env._("We are busy. Please try again in a minute."),
        }
        text = texts.get(status) or env._(
            "Something went wrong, and it is our fault. Please try again later."
        )
        response = self._render(env, "customer_value.feedback_error", {"text": text}, status)
        if minutes:
            response.headers["Retry-After"] = str(minutes * 60)
        return response

    def _get_visitor_env(self):
        """Return an environment in the language of the browser."""
        env = self.request.env
        wanted = self.request.best_lang or ""
        installed = [code for code, _name in env["res.lang"].get_installed()]
        same = [code for code in installed if code[:2] == wanted[:2]]
        code = wanted if wanted in installed else (same or [get_lang(env).code])[0]
        return env(context={**env.context, "lang": code})

    def _render(self, env, template, values, status=HTTPStatus.OK):
        lang = get_lang(env)
        values |= {"lang_code": lang.code.replace("_", "-"), "direction": lang.direction}
        values.setdefault("title", env._("Feedback"))
        html = env["ir.qweb"].sudo()._render(template, values, minimal_qcontext=True)
        text = "<!DOCTYPE html>\n" + str(html)
        return Response(text, status=int(status), headers=dict(HEADERS), mimetype="text/html")
