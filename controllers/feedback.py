import re
from http import HTTPStatus

from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from .dispatchers import PageDispatcher
from .feedback_page import FeedbackPage

PATH = "/customer/feedback/<string:token>"
# A comment of 4 000 characters of any script, encoded for a form.
MAX_BODY_BYTES = 64 * 1024
ROUTE = {"type": PageDispatcher.routing_type, "auth": "public", "sitemap": False}
LEVEL_FIELD = re.compile(r"(expectation|perception)_([0-9]{1,9})")


class Feedback(Controller):
    """Where customers answer (docs/satisfaction.md). The token in the link is all they need.

    A GET shows, only a POST with what the page contained stores: programs that open every link
    of a mail answer nothing.
    """

    @route(PATH, methods=["GET"], readonly=True, **ROUTE)
    def show(self, token, level=None, **_rest):
        """Show the question; the level of the link is chosen beforehand."""
        page = FeedbackPage(request)
        asked = request.env["customer.feedback.request"]._find_open(token)
        return page.form(asked, _to_number(level)) if asked else page.closed()

    @route(PATH, methods=["POST"], max_content_length=MAX_BODY_BYTES, **ROUTE)
    def answer(self, token, **form):
        """Store the answer, once."""
        page = FeedbackPage(request)
        attempts = request.env["customer.feedback.attempt"].sudo()
        asked = request.env["customer.feedback.request"]._find_open(token, lock=True)
        counted = ("token", token) if asked else ("address", request.httprequest.remote_addr)
        if attempts._is_exhausted(*counted):
            return page.error(HTTPStatus.TOO_MANY_REQUESTS, minutes=2)
        if not asked:
            attempts._note(*counted)
            return page.closed()
        if form.get("decline"):
            asked._decline()
            return page.thanks(asked)
        answer = read_answer(form)
        try:
            with request.env.cr.savepoint():
                asked.with_context(lang=asked._get_contact_lang())._answer(answer)
        except UserError as error:
            attempts._note(*counted)
            return page.form(asked, None, problem=str(error), answer=answer)
        return page.thanks(asked)


def read_answer(form):
    """Return what the form says, with ``None`` for what is no number."""
    levels = {}
    for name, value in form.items():
        if match := LEVEL_FIELD.fullmatch(name):
            pair = levels.setdefault(int(match[2]), [None, None])
            pair[match[1] == "perception"] = _to_number(value)
    comment = form.get("comment")
    return {
        "rating": _to_number(form.get("rating")),
        "nps": _to_number(form.get("nps")),
        "levels": levels,
        "comment": comment if isinstance(comment, str) else "",
    }


def _to_number(text):
    """Return a level as a number, ``None`` for anything else."""
    is_level = isinstance(text, str) and re.fullmatch(r"[0-9]{1,2}", text)
    return int(text) if is_level else None
